from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.decide.gate import Surroundings
from bot.decide.pictures import LONGEST_CREDIT, PICTURE_RULES, fallbacks, told
from bot.model import AltText, Gate, Media, Picture, PictureRules, Rights
from tests.builders import NOW, an_item

FILE = "A b.png"
ITEM = an_item(media=(Media(file=FILE, alt="An A"),))
CC_ZERO = Rights(code="cc0", name="CC0")
CC_BY = Rights(code="cc-by-4.0", name="CC BY 4.0", artist="Jane Doe")
PICTURE = Picture(file=FILE, mime_type="image/png", size=1000, width=40, height=30, sha1="a1", rights=CC_ZERO)


def objection(
    picture: Picture | None = PICTURE,
    *,
    item: Any = ITEM,
    rules: PictureRules | None = None,
    trusted: bool = False,
) -> str | None:
    around = Surroundings(
        gate=Gate(pictures=rules or PictureRules()),
        now=NOW,
        trusted_page=trusted,
        pictures={FILE: picture} if picture else {},
    )
    found = next((found for rule in PICTURE_RULES if (found := rule(item, around))), None)
    return found.reason if found else None


def test_a_picture_in_order_goes_out() -> None:
    assert objection() is None


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (None, "is not known: the wiki did not tell"),
        (Picture(file=FILE, lack="does not exist on the wiki"), "does not exist on the wiki"),
        (replace(PICTURE, size=500 * 2**20), "has 500 MB, and 100 are the most"),
        (replace(PICTURE, width=50_000, height=50_000), "has 2,500 megapixels, and 100 are the most"),
        (replace(PICTURE, rights=Rights(code="cc0", deletion="no source")), "is to be deleted"),
        (replace(PICTURE, rights=Rights()), "has no licence that a program can read"),
        (
            replace(PICTURE, rights=CC_BY),
            "is under CC BY 4.0; published here is what is under CC0, public dom",
        ),
        (replace(PICTURE, rights=Rights(name="GFDL or See below")), "is under GFDL or See below"),
        (replace(PICTURE, rights=Rights(name="Fair use")), "is not free"),
        (replace(PICTURE, rights=Rights(code="cc0", non_free="true")), "is not free"),
        (replace(PICTURE, rights=Rights(code="cc0", name="CC BY 4.0")), "which do not agree"),
    ],
)
def test_each_is_held_with_a_reason_that_names_the_file(picture: Picture | None, reason: str) -> None:
    found = objection(picture)
    assert found is not None
    assert found.startswith(f"its picture {FILE} ")
    assert reason in found


def test_a_drawing_has_no_pixels_of_its_own() -> None:
    assert objection(replace(PICTURE, width=50_000, height=50_000, drawing=True)) is None


def test_every_picture_of_an_item_is_judged() -> None:
    both = replace(ITEM, media=(*ITEM.media, Media(file="Other.png", alt="Another")))
    found = objection(item=both)
    assert found is not None
    assert "Other.png" in found


@pytest.mark.parametrize(
    ("media", "rules", "held"),
    [
        (Media(file=FILE), PictureRules(), True),
        (Media(file=FILE, alt=""), PictureRules(), True),
        (Media(file=FILE, caption="A letter"), PictureRules(), False),
        (Media(file=FILE), PictureRules(alt_text=AltText.WARN), False),
    ],
)
def test_alt_text_is_required_unless_it_is_only_warned_of(
    media: Media, rules: PictureRules, *, held: bool
) -> None:
    found = objection(item=an_item(media=(media,)), rules=rules)
    assert (found is not None and "has no alt text" in found) is held


@pytest.mark.parametrize(
    ("rights", "accepted", "reason"),
    [
        (CC_BY, {"CC BY"}, None),
        (CC_BY, {"CC BY-SA"}, "is under CC BY 4.0"),
        (replace(CC_BY, artist=""), {"CC BY"}, "names nobody"),
        (replace(CC_BY, artist="J" * LONGEST_CREDIT), {"CC BY"}, "too long"),
        (Rights(), {"any"}, None),
        (Rights(name="OGL 3", artist="HM Government"), {"any"}, None),
        (Rights(name="OGL 3"), {"any"}, "names nobody"),
        (Rights(non_free="true"), {"any"}, "is not free"),
        (Rights(code="cc0", name="CC BY 4.0"), {"any"}, "do not agree"),
    ],
)
def test_what_is_accepted_is_configured_but_for_what_is_not_free(
    rights: Rights, accepted: set[str], reason: str | None
) -> None:
    found = objection(replace(PICTURE, rights=rights), rules=PictureRules(licences=frozenset(accepted)))
    assert found is None if reason is None else found is not None and reason in found


def test_who_writes_files_on_disk_knows_what_may_be_used_but_describes_it_too() -> None:
    unlicensed = replace(PICTURE, rights=Rights())
    assert objection(unlicensed, trusted=True) is None
    assert objection(unlicensed, trusted=True, item=an_item(media=(Media(file=FILE),))) is not None
    assert objection(replace(PICTURE, lack="is broken"), trusted=True) is not None


def test_what_the_wiki_says_of_a_picture_is_told_with_it() -> None:
    captions = {"de": "Ein A", "en": "An A"}
    known = {FILE: replace(PICTURE, rights=CC_BY, captions=captions)}
    rules = PictureRules(licences=frozenset({"CC BY"}))
    (media,) = told(ITEM, known, rules, languages=fallbacks("de-AT")).media
    assert (media.caption, media.credit, media.sha1) == ("Ein A", "Jane Doe, CC BY 4.0", "a1")
    assert media.alt == "An A"
    (media,) = told(ITEM, known, rules, languages=fallbacks("fr"), trusted=True).media
    assert (media.caption, media.credit) == ("An A", None)


def test_what_is_not_known_is_not_told() -> None:
    assert told(ITEM, {}, PictureRules(), languages=("en",)) == ITEM


def test_what_asks_for_nothing_has_no_credit() -> None:
    (media,) = told(ITEM, {FILE: PICTURE}, PictureRules(), languages=("en",)).media
    assert media.credit is None


def test_captions_are_looked_for_in_the_language_its_family_and_english() -> None:
    assert fallbacks("pt-BR", "de", None) == ("pt-br", "pt", "de", "en")
