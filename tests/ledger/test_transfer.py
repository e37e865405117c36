"""The ledger as JSON lines, out of either kind of database and into the other."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from bot.errors import LedgerError
from bot.ledger import open_ledger
from bot.ledger.schema import metadata
from bot.model import Change, ChangeKind, Order, PageMemory, Provenance, Revision, Status, Verb
from tests.ledger.making import CHANNEL, MINUTE, NOW, PAGE, SITE, WORDING, claim, known, new, pending, sent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from bot.ledger import Ledger
    from bot.model import NewDelivery
    from tests.servers.mariadb import MariaDB


ADDED = Change(
    kind=ChangeKind.ADDED,
    revision=Revision(id=4711, editor="Zoë", saved_at=NOW, comment="日本語", tags=("mw-undo",)),
    form="1:abc",
)
ORDER = Order(
    key="k" * 64,
    verb=Verb.HOLD,
    item="mw146",
    revision=8,
    editor="Zoë",
    at=NOW,
    obeyed=True,
    answer="done",
)


@pytest.fixture
def full(ledger: Ledger) -> Ledger:
    """A ledger with something in each table, in many scripts."""
    ledger.remember_page(
        PageMemory(
            site=SITE,
            title=PAGE,
            revision=4711,
            sha1="abc",
            items=(
                known(
                    "mw146",
                    date=date(2026, 11, 18),
                    main_link="https://x.example/Ü",
                    unit="4",
                    provenance=Provenance(revision=4711, editors=("Zoë",), since=NOW, changes=(ADDED,)),
                ),
                known("日本語", text="“日本語” & नमस्ते \U0001f468\u200d\U0001f469\u200d\U0001f467"),
            ),
            channels=frozenset({"wikis-world", "feed"}),
        ),
        now=NOW,
    )
    sent(ledger)
    ledger.claim_digest([(pending(ledger, "digest"), WORDING)], digest="d" * 32, cost=Decimal("0.2"), now=NOW)
    ledger.spend_on_reading("x", Decimal("0.000001"), now=NOW)
    ledger.note_error(pending(ledger, "日本語"), error='it said "no"\n', retry_at=NOW + MINUTE, now=NOW)
    ledger.create([new("held", status=Status.HELD, reason="settling")], now=NOW)
    ledger.obey(ORDER, (), Status.PENDING, now=NOW, detail="")
    ledger.remember_overlay(SITE, "User:NewsBot/news.json", 7, '{"channels": {"日本語": {}}}', now=NOW)
    return ledger


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(f"sqlite:///{tmp_path / 'another.sqlite'}") as opened:
        yield opened


def everything(ledger: Ledger) -> list[object]:
    deliveries = ledger.deliveries()
    spent = [ledger.spent(channel) for channel in ("x", CHANNEL)]
    wiki = [ledger.latest_orders(9), ledger.overlay(SITE, "User:NewsBot/news.json")]
    events = [ledger.events(row.id) for row in deliveries]
    return [ledger.page(SITE, PAGE), deliveries, events, spent, *wiki]


def test_what_is_exported_and_imported_is_the_same(full: Ledger, empty: Ledger) -> None:
    lines = list(full.export())
    assert empty.restore(lines) == len(lines) - 2
    assert everything(empty) == everything(full)
    assert list(empty.export()) == lines


def test_afterwards_the_ledger_goes_on(full: Ledger, empty: Ledger) -> None:
    empty.restore(full.export())
    (row,) = empty.create([new("later")], now=NOW)
    assert row.id > max(delivery.id for delivery in full.deliveries())


def test_sqlite_goes_into_the_other_kind(ledger: Ledger, empty: Ledger) -> None:
    sent(empty)
    ledger.restore(empty.export())
    assert ledger.deliveries() == empty.deliveries()


def test_each_line_is_a_json_object_that_says_its_table(full: Ledger) -> None:
    header, *rows, end = [json.loads(line) for line in full.export()]
    assert header["format"] == "wikiherald ledger"
    assert end == {"rows": len(rows)}
    kept = {"page", "item", "follow", "delivery", "event", "spending", "command", "overlay"}
    assert {row["table"] for row in rows} == kept


def test_an_import_never_mixes(full: Ledger) -> None:
    before = everything(full)
    with pytest.raises(LedgerError, match="not empty"):
        full.restore(list(full.export()))
    assert everything(full) == before


@pytest.mark.parametrize(
    ("number", "line"),
    [
        (1, '{"format": "something else", "schema": "0002"}'),
        (1, '{"format": "wikiherald ledger", "schema": "9999"}'),
        (1, "[]"),
        (2, "not JSON"),
        (3, '{"table": "user", "row": {}}'),
        (3, '{"table": "page", "row": {"id": 1}}'),
        (3, '{"row": {}}'),
        (3, "7"),
    ],
)
def test_a_broken_line_is_named_and_nothing_is_imported(
    full: Ledger, empty: Ledger, number: int, line: str
) -> None:
    lines = list(full.export())
    lines[number - 1] = line
    with pytest.raises(LedgerError, match=f"Line {number} .*[Nn]othing was imported"):
        empty.restore(lines)
    assert json.loads(list(empty.export())[-1]) == {"rows": 0}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("status", "lost"),
        ("claimed_at", "yesterday"),
        ("attempts", "many"),
        ("claimed_at", "2026-11-18T12:00"),
    ],
)
def test_a_value_that_cannot_be_is_refused(full: Ledger, empty: Ledger, column: str, value: str) -> None:
    lines = list(full.export())
    place = next(number for number, line in enumerate(lines) if '"delivery"' in line)
    told = json.loads(lines[place])
    told["row"][column] = value
    lines[place] = json.dumps(told)
    with pytest.raises(LedgerError):
        empty.restore(lines)
    assert json.loads(list(empty.export())[-1]) == {"rows": 0}


@pytest.mark.parametrize(
    ("column", "value"), [("text", 7), ("attempts", True), ("key", "x" * 65), ("page_id", 99), ("item", None)]
)
def test_a_row_that_cannot_be_is_named_by_its_line(
    full: Ledger, empty: Ledger, column: str, value: object
) -> None:
    lines = list(full.export())
    place = next(number for number, line in enumerate(lines) if '"delivery"' in line)
    told = json.loads(lines[place])
    lines[place] = json.dumps(told | {"row": told["row"] | {column: value}})
    with pytest.raises(LedgerError, match=rf"Line {place + 1} .*Nothing was imported"):
        empty.restore(lines)
    assert json.loads(list(empty.export())[-1]) == {"rows": 0}


def test_a_row_that_is_there_twice_is_named_by_its_line(full: Ledger, url: str) -> None:
    lines = list(full.export())
    place = next(number for number, line in enumerate(lines) if '"delivery"' in line)
    lines.insert(place + 1, lines[place])
    wipe(url)
    with pytest.raises(LedgerError, match=rf"(?i)Line {place + 2} .*(unique|duplicate).*Nothing was imp"):
        full.restore(lines)
    assert json.loads(list(full.export())[-1]) == {"rows": 0}


def test_an_export_of_an_older_version_is_taken(full: Ledger, empty: Ledger) -> None:
    told = [json.loads(line) for line in full.export()][1:-1]
    for line in told:
        if line["table"] == "delivery":
            del line["row"]["chosen_id"], line["row"]["digest"], line["row"]["shares"]
    older = {"format": "wikiherald ledger", "schema": "0001"}
    rows = [line for line in told if line["table"] != "spending"]
    empty.restore(json.dumps(line) for line in (older, *rows, {"rows": len(rows)}))
    assert [row.key for row in empty.deliveries()] == [row.key for row in full.deliveries()]
    assert {row.digest for row in empty.deliveries()} == {None}


def wipe(url: str) -> None:
    """Empty a ledger's tables."""
    engine = create_engine(url)
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    engine.dispose()


# What a wiki's page can hold, and an error's text besides: half characters are not among them.
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
MOMENTS = st.integers(-(10**15), 10**15).map(lambda number: NOW + timedelta(microseconds=number))
ITEMS = st.builds(
    known,
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=30),
    text=TEXTS,
    date=st.none() | st.dates(),
    main_link=st.none() | TEXTS,
    unit=st.none() | TEXTS,
    present=st.booleans(),
    provenance=st.builds(
        Provenance,
        revision=st.integers(0, 2**40),
        editors=st.lists(TEXTS, max_size=3).map(tuple),
        since=MOMENTS,
    ),
)
PAGES = st.builds(
    PageMemory,
    site=st.sampled_from(["one", "two"]),
    title=st.sampled_from(["News", "news", "Néws "]),
    revision=st.integers(0, 2**40),
    sha1=TEXTS,
    items=st.lists(ITEMS, max_size=4, unique_by=lambda item: item.key).map(tuple),
    channels=st.frozensets(st.sampled_from(["feed", "Feed"])),
)
DELIVERIES = st.builds(
    new,
    TEXTS,
    status=st.sampled_from([Status.PENDING, Status.HELD, Status.ADOPTED]),
    part=st.integers(0, 3),
    text=TEXTS,
    link=st.none() | TEXTS,
    editor=st.none() | TEXTS,
    reason=TEXTS,
    remote_id=st.none() | TEXTS,
)


@pytest.fixture
def three(tmp_path: Path, mariadb: MariaDB) -> Iterator[dict[str, Ledger]]:
    """A ledger in a file, one on a server, and again one in a file, by their URLs."""
    urls = [f"sqlite:///{tmp_path / 'first'}", mariadb.clean_url(), f"sqlite:///{tmp_path / 'last'}"]
    with ExitStack() as stack:
        yield {url: stack.enter_context(open_ledger(url)) for url in urls}


@given(pages=st.lists(PAGES, max_size=3), made=st.lists(DELIVERIES, max_size=5), at=MOMENTS)
# The ledgers are emptied each time.
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_ledger_holds_goes_to_the_other_kind_and_back(
    three: dict[str, Ledger], pages: list[PageMemory], made: list[NewDelivery], at: datetime
) -> None:
    for url in three:
        wipe(url)
    first, *others = three.values()
    for page in pages:
        first.remember_page(page, now=at)
    for row in first.create(made, now=at):
        if row.status is Status.PENDING and row in first.deliveries():
            claim(first, row, now=at)
    lines = list(first.export())
    for before, after in pairwise(three.values()):
        after.restore(before.export())
    for other in others:
        assert list(other.export()) == lines
        assert other.deliveries() == first.deliveries()
        for page in pages:
            assert other.page(page.site, page.title) == first.page(page.site, page.title)


def test_an_empty_file_is_no_export(empty: Ledger) -> None:
    with pytest.raises(LedgerError, match="not complete"):
        empty.restore([])


def test_a_cut_off_file_is_no_export(full: Ledger, empty: Ledger) -> None:
    lines = list(full.export())
    for cut in ([*lines[:-2], lines[-2][:20]], lines[:-1], [*lines[:-2], lines[-1]]):
        with pytest.raises(LedgerError, match=r"[Nn]othing was imported"):
            empty.restore(cut)
    assert json.loads(list(empty.export())[-1]) == {"rows": 0}
