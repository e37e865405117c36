"""The account on the wiki, where the environment names it; files of Pywikibot's own go on working.

Importing this does not import Pywikibot. That knows no other place for a bot password than a file, so this
writes one for this process alone.
https://www.mediawiki.org/wiki/Manual:Pywikibot/BotPasswords, https://www.mediawiki.org/wiki/Manual:Pywikibot/OAuth
"""

from __future__ import annotations

import atexit
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import ConfigError
from bot.model import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

USERNAME = "WIKI_USERNAME"
BOT_PASSWORD = "WIKI_BOT_PASSWORD"  # noqa: S105 - the variable's name
OAUTH = ("WIKI_CONSUMER_TOKEN", "WIKI_CONSUMER_SECRET", "WIKI_ACCESS_TOKEN", "WIKI_ACCESS_SECRET")
# What MediaWiki makes is 32 letters and digits; a line of Pywikibot's file must not be long.
_PASSWORD = re.compile(r"[!-~]{1,150}")
_NAME = re.compile(r"(?P<account>[^@\x00-\x1f\x7f]{1,85})(?:@(?P<appid>[^@\x00-\x1f\x7f]{1,32}))?")


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvironmentAccount:
    """What the environment says: who logs in, and by what.

    ``name`` is the account's, ``None`` where ``user-config.py`` has to name it; ``appid`` that of its bot
    password; ``oauth`` are the four values of an owner-only consumer of OAuth 1.0a, which go before one.
    """

    name: str | None = None
    appid: str | None = None
    password: Secret | None = None
    oauth: tuple[Secret, Secret, Secret, Secret] | None = None


def account_of(environ: Mapping[str, str]) -> EnvironmentAccount:
    """Read the account's variables.

    Raises:
        ConfigError: one is missing beside the others, or is not what it should be; no value is ever named.
    """
    given = [name for name in (USERNAME, BOT_PASSWORD, *OAUTH) if environ.get(name)]
    by_oauth = bool(set(OAUTH).intersection(given))
    wanted = (*(OAUTH if by_oauth else ()), *((USERNAME,) if BOT_PASSWORD in given else ()))
    problems = [f"{name}: missing, while {given[0]} is set" for name in wanted if name not in given]
    named = _NAME.fullmatch(environ.get(USERNAME, ""))
    if USERNAME in given and named is None:
        problems.append(f"{USERNAME}: must be an account, or account@name as the wiki shows a bot password")
    if {USERNAME, BOT_PASSWORD} <= set(given):
        if named and not named["appid"]:
            problems.append(
                f"{USERNAME}: must be as the wiki shows it with a bot password: account@name; the password "
                "of the account itself is not for a bot"
            )
        if not _PASSWORD.fullmatch(environ[BOT_PASSWORD]):
            problems.append(f"{BOT_PASSWORD}: must be the password that Special:BotPasswords has shown")
    if problems:
        raise ConfigError(problems)
    consumer, secret, token, token_secret = (Secret(environ.get(name, "")) for name in OAUTH)
    return EnvironmentAccount(
        name=named["account"] if named else None,
        appid=named["appid"] if named else None,
        password=Secret(environ[BOT_PASSWORD]) if BOT_PASSWORD in given else None,
        oauth=(consumer, secret, token, token_secret) if by_oauth else None,
    )


def password_file(account: EnvironmentAccount) -> Path:
    """Write Pywikibot's file of passwords for this process: only its user may read it, and it ends with it.

    Not before: Pywikibot reads the file again where a session has ended.

    Raises:
        ConfigError: there is nowhere to write to.
    """
    assert account.password is not None  # noqa: S101 - for mypy: who has none does not call this
    line = f"({account.name!r}, BotPassword({account.appid!r}, {account.password.reveal()!r}))\n"
    try:
        folder = Path(tempfile.mkdtemp(prefix="wikiherald-"))  # which only we may enter
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        path = folder / "user-password.py"
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(line, encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"{BOT_PASSWORD}: Pywikibot reads it from a file only, and none can be written in the temporary "
            f"folder: {error.strerror}"
        ) from error
    return path
