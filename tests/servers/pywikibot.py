"""A folder as Pywikibot wants it (``PYWIKIBOT_DIR``), for a wiki on loopback."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.servers.mediawiki import BOT

if TYPE_CHECKING:
    from pathlib import Path

FAMILY = "herald"
CODE = "test"
REPOSITORY = "commons"

FAMILY_FILE = """\
from pywikibot import family


class Family(family.Family):
    name = '{family}'
    langs = {langs}

    def protocol(self, code):
        return 'http'

    def scriptpath(self, code):
        return '/w'

    def shared_image_repository(self, code):
        return {shared}
"""

USER_CONFIG = """\
family = '{family}'
mylang = '{code}'
put_throttle = 0
minthrottle = 0
maxthrottle = 1
"""

ACCOUNT = """\
usernames['{family}']['{code}'] = '{user}'
password_file = 'user-password.py'
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class PywikibotDir:
    """The folder, and how ``[wiki]`` in news.toml names its site."""

    path: Path
    family: str = FAMILY
    code: str = CODE

    @property
    def environment(self) -> dict[str, str]:
        """The environment for a child process that is to use this folder and nothing else of this machine."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYWIKIBOT")}
        return kept | {"PYWIKIBOT_DIR": str(self.path), "HOME": str(self.path)}


def family_file(url: str, repository: str | None = None) -> str:
    """Describe the wiki at ``url``, and the one at ``repository`` whose files it shows, to Pywikibot."""
    hosts = {CODE: url} | ({REPOSITORY: repository} if repository else {})
    return FAMILY_FILE.format(
        family=FAMILY,
        langs={code: urlsplit(host).netloc for code, host in hosts.items()},
        shared=(REPOSITORY, FAMILY) if repository else (None, None),
    )


def prepare(
    path: Path, url: str, *, password: str | None = None, repository: str | None = None
) -> PywikibotDir:
    """Write a family file and ``user-config.py`` for the wiki at ``url``.

    With ``password``, the one of the bot's bot password, Pywikibot logs in; without it there is no account.
    ``repository`` is the address of the wiki whose files it shows.
    """
    families = path / "families"
    families.mkdir(parents=True)
    names = {"family": FAMILY, "code": CODE, "user": BOT}
    (families / f"{FAMILY}_family.py").write_text(family_file(url, repository), encoding="utf-8")
    config = USER_CONFIG + f"user_families_paths = [{str(families)!r}]\n"
    if password is not None:
        config += ACCOUNT
        _write_private(path / "user-password.py", f"('{BOT}', BotPassword('news', '{password}'))\n")
    _write_private(path / "user-config.py", config.format_map(names))
    return PywikibotDir(path=path)


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
