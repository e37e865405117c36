from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from bot.model import Page, Profile, Provenance, Revision, Site, TranslatedUnit, TranslatedUnits, Translation
from bot.news.identity import fingerprint, recognise, translated_into
from bot.news.parse import parse
from bot.news.translated import UNPAIRED, by_subpage, by_units
from bot.news.units import units

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.model import Item

SITE = Site(name="test:test", article_path="https://wiki.example/wiki/$1", namespaces={"file": 6})
NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
PROVENANCE = Provenance(revision=9, editors=("Tina",), since=NOW)
FRENCH = "fr"


def a_page(wikitext: str, title: str = "Template:News", site: Site = SITE) -> Page:
    return Page(
        site=site, title=title, wikitext=wikitext, revision=Revision(id=1, editor="Ann", saved_at=NOW)
    )


def understood(page: Page, language: str | None = None) -> tuple[Item, ...]:
    layout = "auto" if language is None else "bullets"
    return parse(page, language=language, profile=Profile(layout=layout)).items


def in_french(
    wikitext: str, there: Mapping[str, tuple[str, str]], *, site: Site = SITE, **more: Any
) -> list[Translation]:
    """Translate a page by its units: what each said when it was marked, and what it is in French."""
    page = a_page(wikitext, site=site)
    items = recognise(understood(page), None, page)
    fields: dict[str, Any] = {"provenance": PROVENANCE} | more
    told = TranslatedUnits(
        units={id_: TranslatedUnit(definition=old, text=new, **fields) for id_, (old, new) in there.items()}
    )
    found = by_units(page, items, told, FRENCH, understood)
    return [found[item.key] for item in items]


def text(translation: Translation) -> str:
    assert translation.item is not None, translation.lack
    return translation.item.text


def test_a_translation_is_the_same_item_in_other_words() -> None:
    page = "* 2026-11-18: <translate><!--T:1--> [[A|News]] is out. <!-- herald: id=a; cw=News --></translate>"
    (told,) = in_french(
        page, {"1": ("[[A|News]] is out. <!-- herald: id=a; cw=News -->", "[[A|Actualités]].")}
    )
    item = told.item
    assert item is not None
    assert (item.key, item.text, item.language, item.translated) == ("a", "Actualités.", "fr", True)
    assert item.main_link is not None
    assert item.main_link.url == "https://wiki.example/wiki/A"
    assert item.directives.content_warning == "News"
    assert item.provenance == PROVENANCE
    assert translated_into(fingerprint(item)) == "fr"


def test_an_original_has_no_language_in_its_fingerprint() -> None:
    (item,) = understood(a_page("* 2026-11-18: [[A]] is out."))
    assert item.language == "en"
    assert translated_into(fingerprint(item)) is None


def test_variables_are_filled_in_however_they_are_written() -> None:
    page = (
        "* <translate><!--T:1--> 2026-11-18: <tvar name=v>[[MediaWiki 1.46]]</tvar> is out.</translate>\n"
        "* <translate><!--T:2-->\n2026-11-17: <tvar|v>[[MediaWiki 1.45]]</> is out.</translate>"
    )
    unit = "{}: $v is out.", "{}: voici $v."
    found = in_french(
        page,
        {
            "1": (unit[0].format("2026-11-18"), unit[1].format("2026-11-18")),
            "2": (unit[0].format("2026-11-17"), unit[1].format("17 novembre 2026")),
        },
    )
    assert [text(one) for one in found] == ["voici MediaWiki 1.46.", "voici MediaWiki 1.45."]


LIST = "<translate>\n<!--T:1-->\n* 2026-11-18: [[A]] is out.\n* 2026-11-17: [[B]] was out.\n</translate>"
DEFINITION = "* 2026-11-18: [[A]] is out.\n* 2026-11-17: [[B]] was out."


def test_a_list_may_be_one_unit() -> None:
    there = "* 18 novembre 2026 : [[A]] est là.\n* 17 novembre 2026 : [[B]] aussi."
    assert [text(one) for one in in_french(LIST, {"1": (DEFINITION, there)})] == ["A est là.", "B aussi."]


def test_a_list_that_lost_an_item_in_translation_is_not_guessed_at() -> None:
    found = in_french(LIST, {"1": (DEFINITION, "* 2026-11-17 : [[B]] aussi.")})
    assert [one.lack for one in found] == [UNPAIRED] * 2


def test_a_date_outside_the_unit_is_in_the_language_of_the_page() -> None:
    page = "* 18 listopada: <translate><!--T:1--> jest [[A]].</translate>"
    (told,) = in_french(page, {"1": ("jest [[A]].", "[[A]] est là.")}, site=replace(SITE, language="pl"))
    assert text(told) == "A est là."


TWO = (
    "* 2026-11-18: <translate><!--T:1--> [[A]] is out.</translate> <translate><!--T:2--> Try it.</translate>"
)


def test_all_units_of_an_item_must_be_translated() -> None:
    (told,) = in_french(TWO, {"1": ("[[A]] is out.", "[[A]] est là."), "2": ("Try it.", "Essayez.")})
    assert text(told) == "A est là. Essayez."
    (told,) = in_french(TWO, {"1": ("[[A]] is out.", "[[A]] est là."), "2": ("Try it.", "")})
    assert told.lack == "it is not translated into fr yet"
    (told,) = in_french(TWO, {"1": ("[[A]] is out.", "[[A]] est là.")})
    assert told.lack == "it is not marked for translation yet"


PAIR = (
    "* <translate><!--T:1--> 2026-11-18: [[A]] is out.</translate>\n"
    "* <translate><!--T:2--> 2026-11-17: [[B]] was out.</translate>"
)


@pytest.mark.parametrize(
    "evil",
    [
        "18 novembre.\n* <!--T:2--> 2026-11-17: [[B]] was never out. <!--",
        "18 novembre.\n* <!-- t:2 --> 2026-11-17: [[B]] was never out. <!--",
        "18 novembre.\n* <!--T<!--T:2-->:2--> 2026-11-17: [[B]] was never out. <!--",
        "18 novembre.\n* 2026-11-17: [[B]] was never out. <!-- herald: id=b --> <!--",
        "18 novembre.</translate>\n* <translate><!--T:2--> 2026-11-17: [[B]] was never out.",
        "<onlyinclude>\n* <!--T:2--> 2026-11-17: [[B]] was never out.</onlyinclude>",
        "{{x|<!--T:2-->",
    ],
)
def test_who_translates_one_unit_does_not_speak_for_another(evil: str) -> None:
    """Its provenance is another: that of somebody who may be trusted."""
    units = {"1": ("2026-11-18: [[A]] is out.", evil), "2": ("2026-11-17: [[B]] was out.", "[[B]], avant.")}
    other = in_french(PAIR, units)[1].item
    assert other is None or other.text == "B, avant."


def test_of_two_units_of_one_id_nobody_knows_which_was_translated() -> None:
    page = PAIR.replace("T:2", "T:1")
    found = in_french(page, {"1": ("2026-11-17: [[B]] was out.", "[[B]], avant.")})
    assert [one.item for one in found] == [None, None]


def test_nobody_wrote_a_translation_of_which_a_part_is_nobodys() -> None:
    units = {"1": ("[[A]] is out.", "[[A]] est là."), "2": ("Try it.", "Essayez.")}
    (told,) = in_french(TWO, units, provenance=None)
    assert told.item is not None
    assert told.item.provenance is None


def test_what_cannot_be_translated_says_why() -> None:
    page = a_page(TWO)
    items = recognise(understood(page), None, page)
    (told,) = by_units(page, items, TranslatedUnits(lack="never marked"), FRENCH, understood).values()
    assert told == Translation(lack="never marked")


@pytest.mark.parametrize(
    ("there", "texts"),
    [
        ("* 18 novembre 2026 : [[A/fr|A]] est là.\n* 17 novembre 2026 : [[C]].", ["A est là.", "C."]),
        ("* 17 novembre 2026 : [[B]].\n* 18 novembre 2026 : [[A]] est là.", ["A est là.", "B."]),
        ("* 18 novembre 2026 : [[Là]].\n* 17 novembre 2026 : [[B]].", ["Là.", "B."]),
        ("* 18 novembre 2026 : [[Là]].\n* 18 novembre 2026 : [[Ici]].", [None, None]),
        ("* 16 novembre 2026 : [[Là]].", [None, None]),
        ("Rien.", [None, None]),
    ],
)
def test_items_of_a_subpage_are_paired_by_day_and_link_or_not_at_all(
    there: str, texts: list[str | None]
) -> None:
    page = a_page("* 2026-11-18: [[A]] is out.\n* 2026-11-17: [[Special:MyLanguage/B|B]] was out.")
    items = recognise(understood(page), None, page)
    found = by_subpage(items, a_page(there, "Template:News/fr"), ("Tina",), FRENCH, understood)
    said = [found[item.key].item for item in items]
    assert [item and item.text for item in said] == texts


NEWER, OLDER = "The [[A]] is out now.", "The [[B]] is out now."


@pytest.mark.parametrize(
    ("layout", "wikitext"),
    [
        ("bullets", f"<!--T:1-->\n* 2026-11-18: {NEWER}\n\n<!--T:2-->\n* 2026-11-17: {OLDER}"),
        ("bullets", f"<!--T:1-->\n* 2026-11-18: {NEWER}\n* 2026-11-17: {OLDER}"),
        ("paragraphs", f"<!--T:1-->\n2026-11-18: {NEWER}\n\n<!--T:2-->\n2026-11-17: {OLDER}"),
        ("definitions", f"<!--T:1-->\n; 2026-11-18\n: {NEWER}\n\n<!--T:2-->\n; 2026-11-17\n: {OLDER}"),
        (
            "headings",
            (
                f"== 2026-11-18 == <!--T:3-->\n\n<!--T:1-->\n{NEWER}\n\n"
                f"== 2026-11-17 == <!--T:4-->\n\n<!--T:2-->\n{OLDER}"
            ),
        ),
        (
            "templates",
            (
                f"</translate>{{{{News|date=2026-11-18|text=<translate><!--T:1--> {NEWER}</translate>}}}}\n"
                f"{{{{News|date=2026-11-17|text=<translate><!--T:2--> {OLDER}</translate>}}}}<translate>"
            ),
        ),
        (
            "table",
            (
                f"</translate>{{|\n|-\n| 2026-11-18 || <translate><!--T:1--> {NEWER}</translate>\n|-\n"
                f"| 2026-11-17 || <translate><!--T:2--> {OLDER}</translate>\n|}}<translate>"
            ),
        ),
    ],
)
def test_items_are_translated_in_whatever_layout(layout: str, wikitext: str) -> None:
    """Their dates too, into words that only a reader of that language knows."""
    page = a_page(f"<translate>\n{wikitext}\n</translate>")
    news = parse(page)
    assert news.layout == layout
    items = recognise(news.items, None, page)
    words = {"2026-11-18": "18 listopada 2026", "2026-11-17": "17 listopada 2026", "is out now": "tutaj"}

    def polish(text: str) -> str:
        for english, other in words.items():
            text = text.replace(english, other)
        return text

    told = TranslatedUnits(
        units={
            unit.id: TranslatedUnit(definition=unit.text, text=polish(unit.text))
            for unit in units(page.wikitext)
        }
    )
    found = by_units(
        page,
        items,
        told,
        "pl",
        lambda page, language: (
            parse(page, language=language, profile=Profile(layout=layout if language else "auto")).items
        ),
    )
    assert [text(found[item.key]) for item in items] == ["The A tutaj.", "The B tutaj."]
