"""Reads ``[ledger]``: which database remembers the deliveries, and how to get in.

On Toolforge, ``toolsdb://NAME`` is a database of the tool's own account on ToolsDB. Toolforge gives a tool's
jobs the account in two environment variables and lets it make databases called ``ACCOUNT__NAME``
(https://wikitech.wikimedia.org/wiki/Help:Toolforge/ToolsDB).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlsplit

from bot.config import checks
from bot.model import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bot.config.table import Table

LEDGER = "sqlite:///herald.sqlite"
TOOLSDB_HOST = "tools.db.svc.wikimedia.cloud"
TOOLSDB_USER, TOOLSDB_PASSWORD = "TOOL_TOOLSDB_USER", "TOOL_TOOLSDB_PASSWORD"

_HOST = r"[^\s/?#@&=]+"
# Not :memory: or the like: such a ledger would forget what was published.
_SQLITE = re.compile(r"sqlite:///(?!:|file:)(?P<file>[^?]+)")
_MARIADB = re.compile(rf"mysql\+pymysql://[^\s/?#@:]+@{_HOST}/[^\s/?#]+(\?unix_socket=[^\s&#]+)?")
_TOOLSDB = re.compile(rf"toolsdb://(?P<name>(?:(?!__)[A-Za-z0-9_])+)(\?host=(?P<host>{_HOST}))?")


def read_ledger(
    root: Table, *, folder: Path, environ: Mapping[str, str], require_secrets: bool, warnings: list[str]
) -> tuple[str, Secret | None]:
    """Return the ledger's URL, a file's with an absolute path, and the password that belongs to it.

    What is missing in the environment is a problem, or a warning where ``require_secrets`` is false.
    """
    table = root.table("ledger")
    url = table.get("url", _ledger_url, LEDGER)
    key, variable = "password_env", ""
    missing = []
    if sqlite := _SQLITE.fullmatch(url):
        url = f"sqlite:///{folder / sqlite['file']}"
        table.refuse(key, "a file has no password: leave it out")
    elif toolsdb := _TOOLSDB.fullmatch(url):
        table.refuse(key, f"ToolsDB's password is in {TOOLSDB_PASSWORD}: leave it out")
        key, variable = "url", TOOLSDB_PASSWORD
        if user := quote(environ.get(TOOLSDB_USER, "").strip(), safe=""):
            url = f"mysql+pymysql://{user}@{toolsdb['host'] or TOOLSDB_HOST}/{user}__{toolsdb['name']}"
        else:
            missing.append(TOOLSDB_USER)
    else:
        variable = table.get(key, checks.variable, "")
    table.close()
    password = environ.get(variable, "").strip("\r\n")  # as it comes out of a file
    if variable and not password:
        missing.append(variable)
    for name in missing:
        message = f"the environment variable {name} is not set, or is empty"
        if require_secrets:
            table.problem(message, key=key)
        else:
            warnings.append(f"{table.place}: {key}: {message}")
    return url, Secret(password) if password else None


def _ledger_url(value: object) -> str:
    url = checks.line(value)
    try:
        parts = urlsplit(url)
        secret = parts.password or {"password", "passwd"} & parse_qs(parts.query).keys()
    except ValueError:
        secret = None
    if secret:
        raise checks.UnfitError(
            "must not contain a password: put it in an environment variable, and name that variable in "
            "password_env"
        )
    if _TOOLSDB.fullmatch(url) or _MARIADB.fullmatch(url) or _SQLITE.fullmatch(url):
        return url
    if url.startswith("toolsdb:"):
        raise checks.UnfitError(
            'must be "toolsdb://" and what comes after the two underscores in the database\'s name: letters, '
            "digits and _"
        )
    raise checks.UnfitError(
        f'must be sqlite, three slashes and a file, such as "{LEDGER}", or a database on a server, such as '
        '"mysql+pymysql://user@host/database" or, on Toolforge, "toolsdb://herald"'
    )
