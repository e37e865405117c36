"""The command to begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bot.channels.base import specs
from bot.cli.wiring import CONFIG_FILE
from bot.config import starter
from bot.errors import ConfigError

if TYPE_CHECKING:
    from bot.cli.wiring import Settings


@click.command()
@click.option("--page", "title", metavar="TITLE", help="The news page; left out: a file to try things with.")
@click.option("--family", default="mediawiki", show_default=True, help="The wiki's family, as in Pywikibot.")
@click.option("--code", default="mediawiki", show_default=True, help="The wiki's code in that family.")
@click.option("--host", default="www.mediawiki.org", show_default=True, help="The wiki's host name.")
@click.option("--username", help="The bot's account on the wiki.")
@click.option("--contact", help="Where the wiki's people find you: a page or an e-mail address.")
@click.pass_obj
def init(
    settings: Settings,
    title: str | None,
    family: str,
    code: str,
    host: str,
    username: str | None,
    contact: str | None,
) -> None:
    """Write a commented news.toml and user-config.py here; existing files are left as they are."""
    texts = starter(
        networks=specs(),
        title=title,
        family=family,
        code=code,
        host=host,
        username=username,
        contact=contact,
    )
    folder = settings.config_path.parent
    written, left = [], []
    for name, text in texts.items():
        path = settings.config_path if name == CONFIG_FILE else folder / name
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
            if path.suffix == ".py":
                path.chmod(0o600)  # Pywikibot passes over a user-config.py that others may write to
            written.append(str(path))
        except FileExistsError:
            left.append(str(path))
        except OSError as error:
            raise ConfigError(f"{path}: cannot be written: {error.strerror}") from error
    if settings.as_json:
        settings.terminal.json({"written": written, "left": left})
        return
    for path_written in written:
        settings.terminal.message(f"Written: {path_written}")
    for path_left in left:
        settings.terminal.message(f"Left as it is: {path_left}")
    if written:
        settings.terminal.message("Next: edit it, then 'wikiherald check', then 'wikiherald --simulate'.")
