"""The life of a news page, revision by revision: written down, imported into a real wiki, and synced.

A history is written as edits of what stood there before, for that is how pages live. The bot sees the wiki as
it was after each of them: what it asks goes to the real wiki's API, only the newest revision is the one of
that time.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from bot.config import PageConfig
from bot.ledger.opening import open_ledger
from bot.model import Gate
from bot.sync import run as engine
from bot.sync.herald import Shelf
from bot.wiki.page import WikiSource
from tests.servers.asking import Asking, site_of
from tests.sync.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from bot.ledger.store import Ledger
    from bot.model import RunReport
    from tests.servers.mediawiki import MediaWiki

SOON = timedelta(minutes=5)  # after an edit: what strangers wrote has not settled yet
LATER = timedelta(minutes=40)  # now it has
TRUSTED = frozenset({"Ann", "Bert", "FuzzyBot"})
EXPORT = """\
<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.10/" version="0.10" xml:lang="en">
<page><title>{title}</title><ns>10</ns>{revisions}</page></mediawiki>
"""
REVISION = """
<revision><timestamp>{at:%Y-%m-%dT%H:%M:%SZ}</timestamp><contributor>{by}</contributor>
<model>wikitext</model><format>text/x-wiki</format><text xml:space="preserve">{text}</text></revision>"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Saved:
    """One revision as it is imported."""

    saved_at: datetime
    user: str
    text: str


@dataclass(kw_only=True, slots=True)
class History:
    """A page's life. ``posted`` and ``held`` are what is expected, written by hand.

    ``posted`` are the texts that the public sees in the end, in the order in which they were published;
    ``held`` names what a person had to settle: the revision (the first is 1) after which an item was held,
    and a part of the reason. ``retracted`` are texts that were published and taken back.
    ``refused`` are the revisions at which a brake stopped the run.
    """

    title: str
    posted: list[str] = field(default_factory=list)
    held: list[tuple[int, str]] = field(default_factory=list)
    retracted: list[str] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    templates: dict[str, str] = field(default_factory=dict)
    saved: list[Saved] = field(default_factory=list)

    def edit(self, at: str, user: str, *changes: Callable[[str], str]) -> None:
        """Save the page with some changes: ``edit("2026-03-02 09:15", "Ann", change("a", "b"))``."""
        text = self.saved[-1].text if self.saved else ""
        for each in changes:
            text = each(text)
        moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
        assert not self.saved or moment > self.saved[-1].saved_at, at
        assert not self.saved or text != self.saved[-1].text, f"{at} changes nothing"
        self.saved.append(Saved(saved_at=moment, user=user, text=text))

    def restore(self, number: int) -> Callable[[str], str]:
        """Return the change that brings back a revision."""
        return whole(self.saved[number - 1].text)


def whole(text: str) -> Callable[[str], str]:
    """Put a text in the place of all."""
    return lambda _: text


def change(old: str, new: str) -> Callable[[str], str]:
    """Put a text in the place of another, which stands there once."""

    def changed(text: str) -> str:
        assert text.count(old) == 1, f"{old!r} stands there {text.count(old)} times"
        return text.replace(old, new)

    return changed


def change_all(old: str, new: str) -> Callable[[str], str]:
    """Put a text in the place of another wherever it stands."""

    def changed(text: str) -> str:
        assert old in text, f"{old!r} does not stand there"
        return text.replace(old, new)

    return changed


def add(piece: str, *, above: str, between: str = "\n") -> Callable[[str], str]:
    """Put a line above the one that holds a text; with another ``between``, that is what divides pieces."""
    return lambda text: _with_piece(text, above, lambda found: [piece, found], between)


def remove(part: str, *, between: str = "\n") -> Callable[[str], str]:
    """Take away the line that holds a text."""
    return lambda text: _with_piece(text, part, lambda _: [], between)


def move(part: str, *, above: str, between: str = "\n") -> Callable[[str], str]:
    """Move the line that holds a text above another one."""

    def moved(text: str) -> str:
        piece = _piece(text, part, between)
        return add(piece, above=above, between=between)(remove(part, between=between)(text))

    return moved


def _piece(text: str, part: str, between: str) -> str:
    found = [piece for piece in text.split(between) if part in piece]
    assert len(found) == 1, f"{part!r} is in {len(found)} pieces"
    return found[0]


def _with_piece(text: str, part: str, put: Callable[[str], list[str]], between: str) -> str:
    wanted = _piece(text, part, between)
    pieces = text.split(between)
    return between.join(new for piece in pieces for new in (put(piece) if piece == wanted else [piece]))


def marked(text: str) -> str:
    """Mark a page for translation: each unit that has no marker gets one, on a line of its own.

    A unit is what stands between blank lines, as for Translate.
    """
    start, opening, rest = text.partition("<translate>")
    inner, closing, end = rest.partition("</translate>")
    numbers = [int(number) for number in re.findall(r"<!--T:(\d+)-->", text)]
    last = max(numbers, default=0)
    units = []
    for unit in inner.split("\n\n"):
        if unit.strip() and "<!--T:" not in unit:
            last += 1
            # The marker of a heading stands behind it.
            units.append(f"{unit} <!--T:{last}-->" if unit.startswith("=") else f"<!--T:{last}-->\n{unit}")
        else:
            units.append(unit)
    return start + opening + "\n\n".join(units) + closing + end


class PastApi(Asking):
    """The API of the wiki, as if it were the time of an earlier revision."""

    def __init__(self, wiki: MediaWiki) -> None:
        super().__init__(wiki)
        self.now = 0

    def ask(self, **parameters: str | int) -> dict[str, Any]:
        """Send one request; the present revision of the page asked for is the one of that time."""
        if parameters.get("prop") != "revisions|info":
            return super().ask(**parameters)
        answer = super().ask(**parameters, rvstartid=self.now, rvlimit=1)
        answer.pop("continue", None)  # it leads to older revisions
        return answer


@dataclass(kw_only=True, slots=True)
class Replayed:
    """What came of a history: the runs after each revision, and what the public saw in the end."""

    runs: list[tuple[int, RunReport]]
    texts: list[str]
    published: int
    statuses: Counter[str]

    @property
    def refused(self) -> list[int]:
        """The revisions at which a run was refused."""
        return list(dict.fromkeys(number for number, report in self.runs if report.refusal))

    @property
    def held(self) -> list[tuple[int, str]]:
        """What only a person could settle, when it was first said: the revision, and the reason."""
        first: dict[tuple[str, str], int] = {}
        for number, report in self.runs:
            for held in report.held:
                if held.until is None:
                    first.setdefault((held.item, held.reason), number)
        return [(number, reason) for (_, reason), number in first.items()]

    @property
    def gone(self) -> list[str]:
        """What was never published because it left the page before it could be."""
        return [reason for _, reason in self.held if reason == "no longer on the page"]

    @property
    def failures(self) -> list[str]:
        """What kept a run from doing its work."""
        return [trouble.message for _, report in self.runs for trouble in report.problems if trouble.failure]


def replay(history: History, wiki: MediaWiki, folder: Path) -> Replayed:
    """Import a history and sync it: soon after each revision, and when a stranger's had time to settle."""
    for title, text in history.templates.items():
        wiki.edit(title, text)
    numbers = _import(history, wiki, folder)
    world = World(folder=folder, gate=Gate(trusted_users=TRUSTED))
    past = PastApi(wiki)
    source = WikiSource(past.api, site_of(wiki))
    shelf = Shelf(source=source, pages=(PageConfig(title=history.title),))
    runs = []
    with open_ledger(world.config().ledger_url) as ledger:
        for number, revision, moment in _moments(history, numbers):
            past.now, world.now = revision, moment
            runs.append((number, _run(world, ledger, shelf)))
        statuses = Counter(str(row.status) for row in ledger.deliveries())
    return Replayed(
        runs=runs,
        texts=[post.text.replace(wiki.url, "") for post in world.channel.posts],
        published=world.channel.calls.count("publish"),
        statuses=statuses,
    )


def _run(world: World, ledger: Ledger, shelf: Shelf) -> RunReport:
    return engine.run(replace(world.herald(ledger), shelves=(shelf,)))


def _moments(history: History, numbers: list[int]) -> Iterator[tuple[int, int, datetime]]:
    """Yield when the bot looks: the revision's number and id, and the time."""
    following = [saved.saved_at for saved in history.saved[1:]] + [datetime.max.replace(tzinfo=UTC)]
    for place, (saved, revision, end) in enumerate(zip(history.saved, numbers, following, strict=True)):
        for span in (SOON,) if saved.user in TRUSTED else (SOON, LATER):
            if saved.saved_at + span < end:
                yield place + 1, revision, saved.saved_at + span


def _import(history: History, wiki: MediaWiki, folder: Path) -> list[int]:
    """Import the history and return the ids of its revisions, oldest first.

    Whoever has no account when a page is imported gets another name.
    """
    for user in {saved.user for saved in history.saved} - set(wiki.passwords):
        if not _is_address(user):
            wiki.make_user(user)
    revisions = [(saved.saved_at, _contributor(saved.user), saved.text) for saved in history.saved]
    dump = folder / "history.xml"
    dump.write_text(export(history.title, revisions), encoding="utf-8")
    wiki.maintain("importDump", "--no-updates", "--username-prefix=", str(dump))
    told = wiki.api(
        action="query", prop="revisions", titles=history.title, rvprop="ids", rvlimit=500, rvdir="newer"
    )["query"]["pages"][0]["revisions"]
    return [revision["revid"] for revision in told][: len(history.saved)]


def export(title: str, revisions: Iterable[tuple[datetime, str, str]]) -> str:
    """Return a template as a wiki exports it, of revisions: when saved, by whom (in XML), with which text."""
    told = "".join(REVISION.format(at=at, by=by, text=escape(text)) for at, by, text in revisions)
    return EXPORT.format(title=escape(title), revisions=told)


def _contributor(user: str) -> str:
    return f"<ip>{user}</ip>" if _is_address(user) else f"<username>{user}</username>"


def _is_address(user: str) -> bool:
    return re.fullmatch(r"[\d.]+", user) is not None
