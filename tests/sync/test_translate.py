"""Channels that speak another language than the page."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.ledger.opening import open_ledger
from bot.model import OnEdit, Provenance, Revision, Status, Style, TranslatedUnit, TranslatedUnits
from bot.sync.explain import explain
from bot.sync.preview import preview_all
from tests.sync.world import TITLE, World

if TYPE_CHECKING:
    from pathlib import Path

    from bot.model import RunReport

OLD = "* <!--T:1-->2026-11-10: Old news, on the page before the bot."
SAID = "2026-11-18: [[MediaWiki 1.46]] is out."
NEW = f"* <!--T:2-->{SAID}"
GERMAN = "2026-11-18: [[MediaWiki 1.46]] ist erschienen."


def english(world: World, *lines: str, user: str = "Sue") -> None:
    """Save the page; each item is a unit of the Translate extension."""
    units = "\n".join(line.replace("<!--T:", "<translate><!--T:", 1) + "</translate>" for line in lines)
    world.wiki.edit(units, user=user)


def german(world: World, text: str | None = GERMAN, *, by: str = "Sue", **fields: Any) -> None:
    """Say how the new item stands in German, saved just now."""
    unit = TranslatedUnit(
        **{
            "definition": SAID,
            "text": text,
            "provenance": Provenance(revision=900, editors=(by,), since=world.now) if text else None,
        }
        | fields
    )
    world.wiki.translations[TITLE, "de"] = TranslatedUnits(units={"2": unit})


def speaking(world: World, language: str = "de", **settings: Any) -> None:
    """Let the only channel speak a language."""
    style = Style(template="{{ text }}", language=language)
    world.channel_settings["mastodon"] = {"style": style, **settings}


@pytest.fixture
def world(tmp_path: Path) -> World:
    """The usual one, on a single kind of database: nothing here is about the ledger."""
    return World(folder=tmp_path)


@pytest.fixture
def waiting(world: World) -> World:
    """A channel in German, an hour after it began to follow a page in English; nothing is translated."""
    speaking(world)
    english(world, OLD)
    german(world, None)
    world.run()
    world.pass_time(hours=1)
    return world


def reason(report: RunReport) -> str:
    (held,) = report.held
    return held.reason


def test_what_is_translated_goes_out_in_the_channels_language(waiting: World) -> None:
    english(waiting, NEW, OLD)
    german(waiting)
    waiting.run()
    (post,) = waiting.channel.posts
    assert post.text == "MediaWiki 1.46 ist erschienen."
    assert post.language == "de"
    (row,) = (row for row in waiting.deliveries() if row.status is Status.SENT)
    assert (row.revision, row.editor) == (900, "Sue")
    waiting.run()
    assert len(waiting.channel.posts) == 1


def test_what_is_not_translated_waits_and_then_goes_out_as_what_it_is(waiting: World) -> None:
    english(waiting, NEW, OLD)
    report = waiting.run()
    until = waiting.now + timedelta(days=2)
    assert reason(report) == (
        f"it is not translated into de yet; it goes out as it is at {until:%Y-%m-%d %H:%M} UTC"
    )
    assert report.held[0].until == until
    waiting.pass_time(days=1, hours=23)
    assert waiting.run().held
    waiting.pass_time(hours=1)
    waiting.run()
    (post,) = waiting.channel.posts
    assert post.text == "MediaWiki 1.46 is out."
    assert post.language == "en"


def test_an_edit_does_not_begin_the_wait_anew(waiting: World) -> None:
    english(waiting, NEW, OLD)
    waiting.run()
    waiting.pass_time(days=1)
    english(waiting, NEW.replace("is out", "is out now"), OLD)
    assert reason(waiting.run()).startswith("it was changed and not marked for translation since")
    waiting.pass_time(days=1)
    waiting.run()
    (post,) = waiting.channel.posts
    assert post.text == "MediaWiki 1.46 is out now."


def test_a_translation_that_comes_in_time_goes_out(waiting: World) -> None:
    english(waiting, NEW, OLD)
    waiting.run()
    waiting.pass_time(days=1)
    german(waiting)
    waiting.run()
    assert [post.language for post in waiting.channel.posts] == ["de"]


@pytest.mark.parametrize(
    ("unit", "lack"),
    [
        ({"outdated": True}, "its translation into de is outdated"),
        ({"definition": f"{SAID} Soon."}, "it was changed and not marked for translation since"),
        ({"text": "  "}, "it is not translated into de yet"),
    ],
)
def test_what_is_outdated_never_goes_out_as_a_translation(
    waiting: World, unit: dict[str, Any], lack: str
) -> None:
    english(waiting, NEW, OLD)
    german(waiting, **unit)
    assert reason(waiting.run()).startswith(lack)
    assert waiting.channel.posts == []


def test_what_is_not_marked_yet_waits_too(waiting: World) -> None:
    waiting.wiki.edit(f"* {SAID}\n* <translate><!--T:1-->{OLD.partition('-->')[2]}</translate>")
    assert reason(waiting.run()).startswith("it is not marked for translation yet")


def test_source_posts_at_once_what_is_not_translated(waiting: World) -> None:
    speaking(waiting, fallback=timedelta(0))
    english(waiting, NEW, OLD)
    waiting.run()
    assert [(post.text, post.language) for post in waiting.channel.posts] == [
        ("MediaWiki 1.46 is out.", "en")
    ]


def test_skip_posts_nothing_that_is_not_translated_and_all_that_is(waiting: World) -> None:
    speaking(waiting, fallback=None)
    english(waiting, NEW, OLD)
    report = waiting.run()
    assert report.held == ()
    assert [skip.reason for skip in report.skipped if "adopted" not in skip.reason] == [
        'it is not translated into de yet; it goes out in no other language here (fallback = "skip")'
    ]
    waiting.pass_time(days=5)
    assert waiting.run().posts == ()
    german(waiting)
    waiting.run()
    assert [post.language for post in waiting.channel.posts] == ["de"]


def test_a_strangers_translation_settles_first(waiting: World) -> None:
    english(waiting, NEW, OLD)
    waiting.pass_time(hours=1)
    german(waiting, by="Vandal")
    assert reason(waiting.run()).startswith("its translation: settling on the page until")
    german(waiting, "2026-11-18: nothing but lies.", by="Vandal")
    waiting.pass_time(minutes=29)
    assert waiting.run().held
    german(waiting)
    waiting.run()
    (post,) = waiting.channel.posts
    assert post.text == "MediaWiki 1.46 ist erschienen."


def test_who_else_had_a_hand_in_a_translation_is_not_known_and_so_it_settles(waiting: World) -> None:
    english(waiting, NEW, OLD)
    german(waiting, provenance=Provenance(revision=900, editors=("Sue", ""), since=waiting.now))
    assert reason(waiting.run()).startswith("its translation: settling")
    waiting.pass_time(hours=1)
    waiting.run()
    assert len(waiting.channel.posts) == 1


def test_a_translation_of_which_nobody_knows_who_wrote_it_is_held(waiting: World) -> None:
    english(waiting, NEW, OLD)
    german(waiting, provenance=None)
    waiting.pass_time(days=3)
    assert reason(waiting.run()) == "its translation: it is not known who wrote it, and when"


def test_the_original_settles_too(waiting: World) -> None:
    english(waiting, NEW, OLD, user="Stranger")
    german(waiting)
    assert reason(waiting.run()).startswith("settling on the page")


def test_a_translation_must_not_link_where_the_original_must_not(waiting: World) -> None:
    waiting.gate = replace(waiting.gate, allowed_domains=frozenset({"mediawiki.org"}))
    english(waiting, NEW, OLD)
    german(waiting, "2026-11-18: [https://spam.example Sonderangebot].")
    assert "its translation: it links to spam.example" in reason(waiting.run())


def test_when_the_wiki_cannot_tell_it_is_held_whatever_was_configured(waiting: World) -> None:
    speaking(waiting, fallback=timedelta(0))
    english(waiting, NEW, OLD)
    waiting.wiki.down = "translation"
    report = waiting.run()
    assert reason(report).startswith("its translation cannot be told: the wiki cannot be reached")
    assert [problem.failure for problem in report.problems] == [True]
    waiting.wiki.down = None
    waiting.run()
    assert len(waiting.channel.posts) == 1


def test_nothing_is_asked_where_nothing_waits(waiting: World) -> None:
    waiting.wiki.asked.clear()
    waiting.run()
    assert waiting.wiki.asked == ["read"]
    english(waiting, NEW, OLD)
    german(waiting)
    waiting.run()
    assert waiting.wiki.asked.count("translation") == 1
    waiting.pass_time(days=2)
    waiting.wiki.asked.clear()
    waiting.run()
    assert waiting.wiki.asked == ["read"]


def test_nothing_is_asked_for_a_channel_in_the_pages_language(waiting: World) -> None:
    speaking(waiting, "en-GB")
    english(waiting, NEW, OLD)
    waiting.run()
    assert len(waiting.channel.posts) == 1
    assert "translation" not in waiting.wiki.asked


def test_one_question_is_enough_for_all_items_and_channels(waiting: World) -> None:
    speaking(waiting)
    waiting.add_channel("other", settings={"style": Style(template="{{ text }}", language="de")})
    waiting.run()
    english(waiting, NEW.replace("T:2", "T:3").replace("1.46", "1.47"), NEW, OLD)
    waiting.wiki.asked.clear()
    waiting.run()
    assert waiting.wiki.asked.count("translation") == 1


def test_a_language_that_the_item_says_goes_first(waiting: World) -> None:
    waiting.wiki.edit(f"{NEW} <!-- herald: lang=fr -->\n{OLD}")
    waiting.run()
    assert [post.language for post in waiting.channel.posts] == ["fr"]


def test_a_text_for_the_channel_goes_first(waiting: World) -> None:
    waiting.wiki.edit(f"{NEW} <!-- herald: mastodon=Es ist da. -->\n{OLD}")
    waiting.run()
    assert [(post.text, post.language) for post in waiting.channel.posts] == [("Es ist da.", "de")]


def test_a_text_for_the_channel_takes_the_place_of_a_translation_that_is_out(waiting: World) -> None:
    english(waiting, NEW, OLD)
    german(waiting)
    waiting.run()
    english(waiting, f"{NEW} <!-- herald: mastodon=Es ist da. -->", OLD)
    waiting.run()
    assert [(post.text, post.language) for post in waiting.channel.posts] == [("Es ist da.", "de")]


def test_templates_in_a_translation_are_expanded_too(waiting: World) -> None:
    said = f"{SAID} See {{{{Known}}}}."
    english(waiting, NEW.replace(SAID, said), OLD)
    german(waiting, f"{GERMAN} Siehe {{{{Known}}}}.", definition=said)
    waiting.run()
    german(waiting, f"{GERMAN} Siehe {{{{Known}}}}, {{{{Unknown}}}}.", definition=said)
    waiting.run()
    (post,) = waiting.channel.posts
    assert post.text == f"MediaWiki 1.46 ist erschienen. Siehe <{TITLE}>."


def test_whoever_edited_a_template_of_the_translation_alone_must_be_trusted_or_wait(waiting: World) -> None:
    waiting.wiki.template_edits = [Revision(id=800, editor="Vandal", saved_at=waiting.now)]
    english(waiting, NEW, OLD)
    german(waiting, f"{GERMAN} Siehe {{{{Known}}}}.")
    assert reason(waiting.run()).startswith("its translation: settling")
    waiting.pass_time(hours=1)
    waiting.run()
    assert len(waiting.channel.posts) == 1


def template_changes(world: World) -> None:
    """Let a translated item settle while a template that only its translation uses says something rude."""
    world.wiki.expanding["{{Known}}"] = "<rude>"
    assert reason(world.run()).startswith("settling")
    world.wiki.expanding["{{Known}}"] = "<good>"
    world.pass_time(hours=1)
    assert reason(world.run()).startswith("its translation: a template that it uses has changed")
    world.run()
    (post,) = world.channel.posts
    assert "<good>" in post.text


def test_a_template_of_the_translation_that_has_changed_is_read_anew(waiting: World) -> None:
    english(waiting, NEW, OLD, user="Vandal")
    german(waiting, f"{GERMAN} Siehe {{{{Known}}}}.")
    template_changes(waiting)


def test_so_is_one_of_a_translation_on_a_subpage(untagged: World) -> None:
    untagged.page(*PLAIN, user="Vandal")
    subpage(untagged, *(f"{line} Siehe {{{{Known}}}}." for line in DEUTSCH))
    template_changes(untagged)


def test_an_edit_of_the_translation_is_followed(waiting: World) -> None:
    english(waiting, NEW, OLD)
    german(waiting)
    waiting.run()
    german(waiting, GERMAN.replace("ist erschienen", "ist da"))
    waiting.run()
    (post,) = waiting.channel.posts
    assert post.text == "MediaWiki 1.46 ist da."


def test_an_edit_of_the_translation_settles_first(waiting: World) -> None:
    english(waiting, NEW, OLD)
    german(waiting)
    waiting.run()
    german(waiting, "2026-11-18: nothing but lies.", by="Vandal")
    report = waiting.run()
    assert any("its edit: its translation: settling" in skip.reason for skip in report.skipped)
    assert [post.text for post in waiting.channel.posts] == ["MediaWiki 1.46 ist erschienen."]


def test_no_edit_is_followed_where_none_is_wanted(waiting: World) -> None:
    speaking(waiting, on_edit=OnEdit.IGNORE)
    english(waiting, NEW, OLD)
    german(waiting)
    waiting.run()
    waiting.wiki.asked.clear()
    german(waiting, "2026-11-18: etwas anderes.")
    waiting.run()
    assert [post.text for post in waiting.channel.posts] == ["MediaWiki 1.46 ist erschienen."]
    assert "translation" not in waiting.wiki.asked


def test_a_post_stays_in_its_language_when_the_translation_is_outdated(waiting: World) -> None:
    english(waiting, NEW, OLD)
    german(waiting)
    waiting.run()
    english(waiting, NEW.replace("is out", "is out now"), OLD)
    waiting.run()
    waiting.pass_time(days=4)
    waiting.run()
    assert [post.text for post in waiting.channel.posts] == ["MediaWiki 1.46 ist erschienen."]


def test_a_post_in_the_pages_language_stays_in_it_and_follows_its_edits(waiting: World) -> None:
    speaking(waiting, fallback=timedelta(0))
    english(waiting, NEW, OLD)
    waiting.run()
    german(waiting)
    waiting.run()
    english(waiting, NEW.replace("is out", "is out now"), OLD)
    waiting.run()
    assert [post.text for post in waiting.channel.posts] == ["MediaWiki 1.46 is out now."]


def test_a_vandalised_page_is_no_reason_to_say_what_the_translation_says(waiting: World) -> None:
    """The translation is of what stood there before."""
    english(waiting, NEW, OLD)
    german(waiting)
    english(waiting, NEW.replace("is out", "was never made"), OLD, user="Vandal")
    waiting.pass_time(hours=1)
    waiting.run()
    assert waiting.channel.posts == []


def subpage(world: World, *lines: str, user: str = "Sue") -> None:
    world.page(*lines, title=f"{TITLE}/de", user=user)


@pytest.fixture
def untagged(world: World) -> World:
    """The same without the extension: there is a page and its subpage in German."""
    speaking(world)
    world.page("2026-11-10: [[Old]] news.")
    world.run()
    world.pass_time(hours=1)
    return world


PLAIN = (SAID, "2026-11-10: [[Old]] news.")
DEUTSCH = (
    "18. November 2026: [[MediaWiki 1.46/de|MediaWiki]] ist da.",
    "10. November 2026: [[Old]], übersetzt.",
)


def test_a_subpage_is_a_translation(untagged: World) -> None:
    untagged.page(*PLAIN)
    assert reason(untagged.run()).startswith(f"there is no translation of {TITLE} into de")
    subpage(untagged, *DEUTSCH)
    untagged.run()
    assert [(post.text, post.language) for post in untagged.channel.posts] == [("MediaWiki ist da.", "de")]


def test_a_subpage_that_is_older_than_the_item_is_none(untagged: World) -> None:
    subpage(untagged, *DEUTSCH)
    untagged.pass_time(minutes=1)
    untagged.page(*PLAIN)
    assert reason(untagged.run()).startswith(f"{TITLE}/de was not edited since the item was")


def test_a_subpage_without_the_item_is_none(untagged: World) -> None:
    untagged.page(*PLAIN)
    subpage(untagged, *DEUTSCH[1:])
    assert reason(untagged.run()).startswith(f"{TITLE}/de has no item that is clearly this one")


@pytest.mark.parametrize(
    ("line", "lack"),
    [
        (
            f'<span lang="en" dir="ltr" class="mw-content-ltr">{SAID}</span>',
            "it is not translated into de yet",
        ),
        (f'<span class="mw-translate-fuzzy">{DEUTSCH[0]}</span>', "its translation into de is outdated"),
    ],
)
def test_what_the_subpage_says_is_not_translated_is_not(untagged: World, line: str, lack: str) -> None:
    untagged.page(*PLAIN)
    subpage(untagged, line, DEUTSCH[1])
    assert reason(untagged.run()).startswith(lack)


def test_a_subpage_that_keeps_bots_away_is_none(untagged: World) -> None:
    untagged.page(*PLAIN)
    subpage(untagged, *DEUTSCH, "{{nobots}}")
    assert reason(untagged.run()).startswith(f"{TITLE}/de says {{{{nobots}}}}, so nothing of it is published")


def test_a_page_that_is_one_item_has_a_subpage_that_is_one(world: World) -> None:
    speaking(world)
    world.prefix = "News/2026/"
    world.wiki.edit("Last week: [[MediaWiki 1.45]].", title="News/2026/46")
    world.run()
    world.wiki.edit("This week: [[MediaWiki 1.46]] is out.", title="News/2026/47")
    world.wiki.edit("In dieser Woche: [[MediaWiki 1.46]].", title="News/2026/47/de")
    world.run()
    (post,) = world.channel.posts
    assert "In dieser Woche: MediaWiki 1.46." in post.text
    assert post.language == "de"


def test_whoever_wrote_on_the_subpage_lately_must_be_trusted_or_wait(untagged: World) -> None:
    untagged.page(*PLAIN)
    subpage(untagged, *DEUTSCH, user="Stranger")
    subpage(untagged, *DEUTSCH, "More", user="Sue")
    assert reason(untagged.run()).startswith("its translation: settling")
    untagged.pass_time(hours=1)
    untagged.run()
    assert len(untagged.channel.posts) == 1


def test_preview_and_explain_say_what_a_run_would_do(waiting: World) -> None:
    english(waiting, NEW, OLD)

    def seen() -> tuple[str, str, str]:
        with open_ledger(waiting.config().ledger_url) as ledger:
            herald = waiting.herald(ledger)
            previews, _ = preview_all(herald)
            (preview,) = (preview for preview in previews if preview.item.units == ("2",))
            (explained,), _ = explain(herald, preview.item.key)
        assert preview.post is not None
        return preview.post.parts[0].text, preview.note, explained.reason

    text, note, why = seen()
    assert text == "MediaWiki 1.46 is out."
    assert note == f"hold: {why}"
    assert why.startswith("it is not translated into de yet")
    german(waiting)
    text, note, _ = seen()
    assert (text, note) == ("MediaWiki 1.46 ist erschienen.", "")


def test_backfilled_items_are_translated(world: World) -> None:
    speaking(world)
    english(world, NEW, OLD)
    german(world)
    world.run(backfill=1)
    assert [post.language for post in world.channel.posts] == ["de"]
