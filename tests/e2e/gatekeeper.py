"""Runs the engine on a real wiki as told on standard input, run after run: Pywikibot is one per process.

Each line in is a JSON object: the ``folder`` of a bot, with its news.toml and what its runs leave there, how
many seconds its clock is ``ahead``, and the options of a run. Each line out is what ``sync --json`` prints,
or ``{"raised": "...", "message": "..."}``.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.channels.base import Facilities, open_channel, specs
from bot.channels.http import Http
from bot.compose.template import check_template
from bot.config import load
from bot.errors import HeraldError
from bot.ledger.opening import open_ledger
from bot.news.parse import LAYOUTS
from bot.report.shapes import sync_shape
from bot.sync import run as engine
from bot.sync.herald import Herald, Shelf
from bot.wiki.page import open_wiki

if TYPE_CHECKING:
    from bot.config import Config
    from bot.ledger.store import Ledger
    from bot.wiki.page import WikiSource


class Gatekeeper:
    """A bot for every folder, on one wiki that is opened when the first of them runs."""

    def __init__(self) -> None:
        self._wiki: WikiSource | None = None

    def run(self, folder: str, ahead: float, **options: Any) -> Any:
        config = load(
            Path(folder, "news.toml"),
            networks=specs(),
            environ={},
            layouts=LAYOUTS,
            check_template=check_template,
        )
        if self._wiki is None:
            self._wiki = open_wiki(config.wiki)
        with open_ledger(config.ledger_url) as ledger:
            herald = self._herald(config, ledger, self._wiki, timedelta(seconds=ahead))
            return sync_shape(engine.run(herald, **options), simulate=False)

    def _herald(self, config: Config, ledger: Ledger, wiki: WikiSource, ahead: timedelta) -> Herald:
        def clock() -> datetime:
            return datetime.now(UTC) + ahead

        http = Http(config.wiki.contact)
        own = {channel.name: channel.stop_page for channel in config.channels if channel.stop_page}
        return Herald(
            config=config,
            ledger=ledger,
            shelves=(Shelf(source=wiki, pages=config.pages),),
            wiki=wiki,
            channels={
                channel.name: open_channel(
                    channel, Facilities(http=http, memory=ledger.memory(channel.name, clock=clock))
                )
                for channel in config.channels
            },
            clock=clock,
            jitter=lambda: 0.0,
            stop_page=wiki.stop_pages(config.gate.stop_page, own).why_stop,
        )


def main() -> None:
    keeper = Gatekeeper()
    for line in sys.stdin:
        try:
            answer = keeper.run(**json.loads(line))
        except HeraldError as error:
            answer = {"raised": type(error).__name__, "message": str(error)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
