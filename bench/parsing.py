"""Pages of wikitext, in the time that mwparserfromhell alone takes for them, and by how long they are."""

from __future__ import annotations

import gc
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import mwparserfromhell

from bench.measure import Result, in_turn, ratio
from bench.runs import items
from bot.model import Page, PageMemory, Revision
from bot.news.identity import recognise, remember
from bot.news.parse import parse
from bot.news.sites import offline

if TYPE_CHECKING:
    from collections.abc import Callable

SLOWER = 1.5  # than mwparserfromhell, which finds no items and no dates and makes no text
GROWTH = 1.2  # of the time for an item, on a page that is ten times as long
MATCHING = 1.0  # of the time that it takes to parse what is compared

SAVED = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
TITLE = "Template:Bench news"
SITE = offline("bench", article_path="https://wiki.example/wiki/$1")
TIMES = 10  # so many more items has the long page


def measure(*, count: int, repeats: int) -> list[Result]:
    """Compare understanding a page of so many items with the parser alone, a longer page, and matching."""
    short, long = page(items(count)), page(items(count * TIMES))
    known = _memory(count)
    edited, renamed = page(_edited(items(count))), page(_renamed(items(count)))
    found, moved = parse(edited).items, parse(renamed).items
    times = in_turn(
        {
            "mwparserfromhell": lambda: seconds(lambda: mwparserfromhell.parse(short.wikitext)),
            "parse": lambda: seconds(lambda: parse(short)),
            "parse, longer": lambda: seconds(lambda: parse(long)),
            "recognise, edited": lambda: seconds(lambda: recognise(found, known, edited)),
            "recognise, renamed": lambda: seconds(lambda: recognise(moved, known, renamed)),
        },
        repeats=repeats,
    )
    return [
        Result(
            name="parsing",
            what=f"understanding a page of {count:,} items, in parsing its wikitext with mwparserfromhell",
            value=ratio(times, of="parse", to="mwparserfromhell"),
            goal=SLOWER,
            unit="times",
            samples=times,
        ),
        Result(
            name="parsing, growth",
            what=f"understanding one of {count * TIMES:,}, in that of {count:,}",
            value=ratio(times, of="parse, longer", to="parse"),
            goal=TIMES * GROWTH,
            unit="times",
        ),
        Result(
            name="identity",
            what=f"recognising {count:,} items that were all reworded, in understanding their page",
            value=ratio(times, of="recognise, edited", to="parse"),
            goal=MATCHING,
            unit="times",
        ),
        Result(
            name="identity by likeness",
            what="where instead all their links lead elsewhere, and all their texts are much alike",
            value=ratio(times, of="recognise, renamed", to="parse"),
            goal=MATCHING,
            unit="times",
        ),
    ]


def seconds(work: Callable[[], object]) -> float:
    """Return the processor's seconds that something takes: what else the machine does is not in them."""
    gc.collect()
    started = time.process_time()
    work()
    return time.process_time() - started


def page(text: str, *, number: int = 2) -> Page:
    """Return a page of the bench as it was saved."""
    revision = Revision(id=number, editor="Sue", saved_at=SAVED + timedelta(hours=number), sha1=str(number))
    return Page(site=SITE, title=TITLE, wikitext=text, revision=revision)


def _memory(count: int) -> PageMemory:
    """Return what is known of the page as it was before."""
    before = page(items(count), number=1)
    seen = recognise(parse(before).items, None, before)
    return PageMemory(site=SITE.name, title=TITLE, revision=1, sha1="1", items=remember(seen))


def _edited(text: str) -> str:
    """Let no item be as it was: neither its words nor its place."""
    reworded = text.replace("is out and mends", "was released and corrects")
    return "\n".join(reversed(reworded.splitlines()))


def _renamed(text: str) -> str:
    """Let every item link to another page: only its words tell which one it was."""
    return text.replace("[[Release", "[[Version")
