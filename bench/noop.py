"""A run with nothing to do, against the least that a Pywikibot script does to read the same page."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measure import Result, in_turn, ratio
from bench.runs import Bot, items, python
from tests.fakes.mastodon import MastodonServer
from tests.servers import pywikibot

if TYPE_CHECKING:
    from tests.servers.mediawiki import MediaWiki

TITLE = "Template:Bench news"
SLOWER = 1.25  # a run's wall time in bare scripts
BARE = str(Path(__file__).with_name("bare.py"))


def measure(wiki: MediaWiki, folder: Path, *, repeats: int) -> list[Result]:
    """Compare the two as processes, in time and in requests; one channel can be read."""
    wiki.age(wiki.edit(TITLE, items(20)), timedelta(days=1))
    mine, bare = (pywikibot.prepare(folder / name, wiki.url) for name in ("mine", "bare"))
    with MastodonServer() as network:
        bot = Bot(folder=folder / "bot")
        bot.configure(servers=[network.url], token=network.token, titles=[TITLE], wiki=mine)

        def script() -> float:
            return python(
                BARE,
                bare.family,
                bare.code,
                TITLE,
                folder=bare.path,
                environment={"PYWIKIBOT_DIR": str(bare.path)},
            )

        bot.sync()  # what stands on the page is old news from here on
        times = in_turn({"bare script": script, "run": bot.sync}, repeats=repeats)
        network.requests.clear()
        with wiki.watched() as asked:
            bot.sync()
        with wiki.watched() as needed:
            script()
        if network.writes:
            raise RuntimeError(f"a run with nothing to do has written: {network.writes}")
        requests = len(asked) + len(network.requests)
    return [
        Result(
            name="no-op, time",
            what="a run with nothing to do, in bare Pywikibot scripts that read the same page",
            value=ratio(times, of="run", to="bare script"),
            goal=SLOWER,
            unit="times",
            samples=times,
        ),
        Result(
            name="no-op, requests",
            what="its requests; the goal is those of the script and one for the readable channel",
            value=requests,
            goal=len(needed) + 1,
            unit="requests",
        ),
    ]
