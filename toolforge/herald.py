"""Starts wikiherald in a container of Toolforge's build service: ``python toolforge/herald.py ARGS``.

Such a container has no HOME, no disk that lasts, no user-config.py, and a user that is in no /etc/passwd.
Pywikibot wants a folder of its own that only this user may write to. So this makes one in the temporary
folder, puts in it what the environment says about the wiki's account, and takes it away at the end.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE = Path(__file__).resolve().parent
USERNAME = "WIKI_USERNAME"
BOT_PASSWORD = "WIKI_BOT_PASSWORD"  # noqa: S105 - the variable's name
OAUTH = (
    "WIKI_CONSUMER_TOKEN",
    "WIKI_CONSUMER_SECRET",
    "WIKI_ACCESS_TOKEN",
    "WIKI_ACCESS_SECRET",
    "WIKI_HOST",
)
RUNBOOK = "see toolforge/README.md, 'The wiki's account'"
WRONG = 2  # wikiherald's exit code for a wrong configuration


def main() -> NoReturn:
    """Run the command line in an environment that Pywikibot can work with."""
    if problems := problems_of(os.environ):
        for problem in problems:
            print(f"{problem}; {RUNBOOK}", file=sys.stderr)
        sys.exit(WRONG)
    os.environ.setdefault("WIKIHERALD_CONFIG", str(HERE / "news.toml"))
    os.environ["PYWIKIBOT_DIR"] = str(private_folder(os.environ))
    from bot.cli import main as herald  # noqa: PLC0415 - Pywikibot reads the environment when it is imported

    herald()


def problems_of(environ: Mapping[str, str]) -> list[str]:
    """Say what is wrong with the variables of the wiki's account, naming them and never their values."""
    given = {name for name in (USERNAME, BOT_PASSWORD, *OAUTH) if environ.get(name)}
    wanted: set[str] = set()
    if given & set(OAUTH):
        wanted |= {USERNAME, *OAUTH}
    if BOT_PASSWORD in given:
        wanted.add(USERNAME)
    problems = [f"{name}: missing, while {min(given)} is set" for name in sorted(wanted - given)]
    if given == {USERNAME}:
        problems.append(f"{USERNAME}: set, but nothing to log in with")
    if {USERNAME, BOT_PASSWORD} <= given and not re.fullmatch(r"[^@]+@[^@]+", environ[USERNAME]):
        problems.append(f"{USERNAME}: must be as the wiki shows it with a bot password: account@name")
    return problems


def private_folder(environ: Mapping[str, str]) -> Path:
    """Make the folder for Pywikibot, which only we may read; it is removed when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="wikiherald-"))
    # The first to be registered is the last to be called: Pywikibot tidies up in its folder before.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copyfile(HERE / "user-config.py", folder / "user-config.py")
    if environ.get(BOT_PASSWORD):
        account, _, name = environ[USERNAME].partition("@")
        line = f"({account!r}, BotPassword({name!r}, {environ[BOT_PASSWORD]!r}))\n"
        (folder / "user-password.py").write_text(line, encoding="utf-8")
    for path in folder.iterdir():
        path.chmod(0o600)
    return folder


if __name__ == "__main__":
    main()
