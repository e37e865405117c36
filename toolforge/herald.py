"""Starts wikiherald in a container of Toolforge's build service: ``python toolforge/herald.py ARGS``.

Such a container has no HOME, no disk that lasts, no user-config.py, and a user that is in no /etc/passwd.
Pywikibot wants a folder of its own that only this user may write to. So this makes one in the temporary
folder, and takes it away at the end. The wiki's account is in the environment, where wikiherald finds it.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import NoReturn

HERE = Path(__file__).resolve().parent


def main() -> NoReturn:
    """Run the command line in an environment that Pywikibot can work with."""
    os.environ.setdefault("WIKIHERALD_CONFIG", str(HERE / "news.toml"))
    os.environ["PYWIKIBOT_DIR"] = str(private_folder())
    from bot.cli import main as herald  # noqa: PLC0415 - Pywikibot reads the environment when it is imported

    herald()


def private_folder() -> Path:
    """Make the folder for Pywikibot, which only we may read; it is removed when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="wikiherald-"))
    # The first to be registered is the last to be called: Pywikibot tidies up in its folder before.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copyfile(HERE / "user-config.py", folder / "user-config.py")
    (folder / "user-config.py").chmod(0o600)
    return folder


if __name__ == "__main__":
    main()
