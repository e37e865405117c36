"""The status page as wikitext, and what a real MediaWiki makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.model import RunReport, Status
from bot.report.labels import Labels, languages
from bot.report.values import StatusRow
from bot.report.wiki import MARK, content, status_page, tally_of, written
from tests.report import examples, goldens
from tests.report.examples import HOSTILE, NOW, outcome, refusal, standing
from tests.report.test_wikitext import parsed

if TYPE_CHECKING:
    from tests.servers.mediawiki import MediaWiki

EN = Labels("en")
TITLE = "User:NewsBot/status of the reports"
NASTY = HOSTILE + (
    " [[Category:X]] [[File:X.png]] {{T}} ~~~~ '''b''' </div> </nowiki> |} || \n== H ==\n* x "
    "https://x.example/ __TOC__ -{x}- <!-- RFC 2119"
)


@pytest.mark.parametrize("language", goldens.LANGUAGES)
def test_the_page_is_what_its_golden_file_says(language: str) -> None:
    """Where this is meant to change: ``./run golden``, and read the difference."""
    file = goldens.FOLDER / f"status.{language}.wikitext"
    assert file.read_text(encoding="utf-8") == goldens.golden(language)


def nasty_page() -> str:
    """A page all of whose data tries to be markup."""
    row = StatusRow(
        page=NASTY,
        item=NASTY,
        title=NASTY,
        standings=tuple(
            standing(status, channel="wikis-world", reason=NASTY, url=f"https://x.example/{NASTY}")
            for status in Status
        ),
    )
    page = examples.status_page(rows=(row, replace(row, item="another")), refusal=NASTY, notes=(NASTY,))
    page = replace(page, troubles=(NASTY,) * 99, channels=("wikis-world", NASTY))
    answers = tuple(replace(answer, command=NASTY, by=NASTY, answer=NASTY) for answer in page.answers)
    return status_page(replace(page, answers=answers), EN)


def test_nothing_from_outside_becomes_markup(mediawiki: MediaWiki) -> None:
    reader, told = parsed(mediawiki, nasty_page())
    assert (told["categories"], told["templates"], told["images"], told["externallinks"]) == ([], [], [], [])
    assert [entry["title"] for entry in told["links"]] == ["User:NewsBot/run"]
    assert set(told["properties"]) == {"notoc", "noeditsection"}
    assert {entry["line"] for entry in told["sections"]} == {
        "Needs a person",
        "Waits or is held",
        "Items and channels",
        "Problems of the last run",
        "Costs of this month",
        "Answers to commands",
        "Notes",
    }
    assert any("[[Category:X]]" in text for text in reader.texts)


def test_mediawiki_keeps_the_page_as_it_was_written(mediawiki: MediaWiki) -> None:
    for text in (nasty_page(), *map(goldens.golden, goldens.LANGUAGES)):
        mediawiki.edit(TITLE, text)
        found = written(mediawiki.text(TITLE))
        assert found is not None
        assert found.intact


@pytest.mark.parametrize("language", languages())
def test_the_page_has_its_tables_and_links_in_every_language(mediawiki: MediaWiki, language: str) -> None:
    _, told = parsed(mediawiki, status_page(examples.status_page(), Labels(language)))
    assert told["text"].count("<table") == 2
    assert f'lang="{language}"' in told["text"]
    assert len(told["externallinks"]) == 4
    assert len(told["sections"]) == 7
    assert "⧼" not in told["text"]


def test_what_the_mark_tells() -> None:
    page = examples.status_page(changed=NOW - timedelta(days=3))
    text = status_page(page, EN)
    assert text.startswith(MARK)
    found = written(text)
    assert found is not None
    assert (found.intact, found.run, found.changed) == (True, NOW, NOW - timedelta(days=3))
    assert found.content == content(page, EN)
    assert written(text.replace("\n", "\r\n")) == found
    changed = written(text + "x")
    assert changed is not None
    assert not changed.intact


@pytest.mark.parametrize(
    "text",
    ["", "Hello", MARK, f"{MARK} -->", f"{MARK}content=a body=b changed=x run=y -->\n",
     f"{MARK}content=a body=b changed=2026-11-18 run=2026-11-18 -->\n"],
)  # fmt: skip
def test_what_is_no_page_of_ours_tells_nothing(text: str) -> None:
    assert written(text) is None


def test_only_the_times_of_runs_are_no_news() -> None:
    page = examples.status_page()
    later = replace(page, last_run=NOW + timedelta(hours=5), changed=NOW + timedelta(hours=5))
    assert content(page, EN) == content(later, EN)
    others = [
        replace(page, refusal="a brake"),
        replace(page, every=None),
        replace(page, troubles=()),
        replace(page, rows=page.rows[1:]),
        replace(page, left_out=3),
        replace(page, notes=("another",)),
        replace(page, stop_page=None),
    ]
    assert len({content(page, EN), content(page, Labels("de")), *(content(one, EN) for one in others)}) == 9


def test_all_is_well_where_nobody_has_to_do_anything() -> None:
    page = examples.status_page(rows=(), troubles=(), costs=(), answers=(), notes=())
    text = status_page(page, EN)
    assert "✓&nbsp;All is well." in text
    assert "Nothing has been published, held or adopted yet." in text
    assert text.count("\n== ") == 1


def test_anchors_are_unique_and_plain() -> None:
    rows = [
        StatusRow(page=page, item=item, title="", standings=(standing(channel="feed"),))
        for page in ("A", "B")
        for item in ("mw146", "a b", 'x" onclick="', "")
    ]
    text = status_page(examples.status_page(rows=tuple(rows)), EN)
    anchors = [line.split('"')[1] for line in text.splitlines() if line.startswith("|- id=")]
    assert len(set(anchors)) == len(rows)
    assert all(anchor.replace("-", "").isalnum() for anchor in anchors)
    assert anchors[0] == "item-mw146"


@pytest.mark.parametrize(
    ("report", "summary"),
    [
        (RunReport(), "updated"),
        (RunReport(refusal="a brake"), "the run was refused"),
        (RunReport(posts=(outcome(), outcome(), outcome(Status.FAILED))), "2 posted, 1 failed"),
        (RunReport(posts=(outcome(Status.IN_DOUBT),), held=(refusal("x"),)), "1 held, 1 in doubt"),
    ],
)
def test_the_summary_says_what_the_run_did(report: RunReport, summary: str) -> None:
    assert tally_of(report, EN) == summary
