"""Finds the ``user-config.py`` that Pywikibot will read, and says so where it would silently skip it.

A file that is missing, that others may write to, or that someone else owns does not stop Pywikibot: it goes
on with its defaults, which are somebody else's wiki. So this looks first, in the places where Pywikibot looks
and with its rules (pywikibot/config.py, ``get_base_dir``), before Pywikibot is imported.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAME = "user-config.py"


def check_user_config(argv: Sequence[str], environ: Mapping[str, str]) -> Path:
    """Return the file that Pywikibot will read.

    Args:
        argv: the process's own arguments, from which Pywikibot takes ``-dir:`` and ``-config:``.
        environ: the process's environment.

    Raises:
        ConfigError: there is no such file, or Pywikibot would skip it.
    """
    name = _option(argv, "-config") or NAME
    name = name if name.endswith(".py") else f"{name}.py"
    folders = _folders(argv, environ)
    path = next((folder / name for folder in folders if (folder / name).exists()), None)
    if path is None:
        places = ", ".join(str(folder) for folder in folders)
        raise ConfigError(
            f"{name}: not found in {places}. 'wikiherald init' writes one; where it lies elsewhere, name its "
            "folder in the environment variable PYWIKIBOT_DIR"
        )
    try:
        status = path.stat()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    if status.st_uid not in {os.getuid(), 0}:
        raise ConfigError(
            f"{path}: belongs to another user, so Pywikibot would skip it: chown it to this one"
        )
    if status.st_mode & stat.S_IWOTH:
        raise ConfigError(f"{path}: everybody may write to it, so Pywikibot would skip it: chmod o-w {path}")
    if not os.access(path, os.R_OK):
        raise ConfigError(f"{path}: may not be read by this user: chmod u+r {path}")
    return path


def _folders(argv: Sequence[str], environ: Mapping[str, str]) -> list[Path]:
    if folder := _option(argv, "-dir"):
        return [Path(folder).expanduser().absolute()]
    named = [environ.get("PYWIKIBOT_DIR"), ".", environ.get("PYWIKIBOT_DIR_PWB")]
    folders = [Path(folder).absolute() for folder in named if folder]
    with suppress(RuntimeError):  # in a container, the user may have no home at all
        folders.append(Path("~/.pywikibot").expanduser())
    return folders


def _option(argv: Sequence[str], name: str) -> str:
    return next((value for option, _, value in (word.partition(":") for word in argv) if option == name), "")
