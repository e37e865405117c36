"""The licences in answers like those of Wikimedia Commons: every kind of them, and nothing guessed."""

from __future__ import annotations

from typing import Any

import pytest

from bot.decide.licences import ANY, FAMILIES, chosen, credit, doubt, is_non_free, licences
from bot.model import Rights

CC_ZERO = {
    "code": "cc0",
    "name": "CC0",
    "terms": "Creative Commons Zero, Public Domain Dedication",
    "url": "http://creativecommons.org/publicdomain/zero/1.0/deed.en",
    "copyrighted": "True",
    "attribution_required": "false",
}
CC_BY_SA = {
    "code": "cc-by-sa-4.0",
    "name": "CC BY-SA 4.0",
    "terms": "Creative Commons Attribution-Share Alike 4.0",
    "url": "https://creativecommons.org/licenses/by-sa/4.0",
    "copyrighted": "True",
    "attribution_required": "true",
    "artist": "Jane Doe",
}
PD = {"code": "pd", "name": "Public domain", "terms": "Public domain", "copyrighted": "False"}


def names(**fields: Any) -> list[str]:
    return [licence.name for licence in licences(Rights(**fields))]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (CC_ZERO, ["CC0"]),
        (CC_BY_SA, ["CC BY-SA 4.0"]),
        (PD, ["public domain"]),
        # What descriptions say by hand, or through older templates.
        ({"name": "CC-BY-SA-3.0"}, ["CC BY-SA 3.0"]),
        ({"name": "CC BY-SA 2.0 fr", "code": "cc-by-sa-2.0-fr"}, ["CC BY-SA 2.0 FR"]),
        ({"name": "CC BY 4.0"}, ["CC BY 4.0"]),
        ({"name": "cc-by-sa-3.0-2.5-2.0-1.0"}, ["CC BY-SA 3.0"]),
        ({"name": "CC BY-SA 3.0 migrated"}, ["CC BY-SA 3.0"]),
        ({"name": "CC BY-SA"}, ["CC BY-SA"]),
        ({"name": "CC-Zero"}, ["CC0"]),
        ({"name": "CC0 1.0 Universal"}, ["CC0"]),
        ({"name": "PD-self"}, ["public domain"]),
        ({"name": "pd-old-100"}, ["public domain"]),
        ({"name": "Public Domain Mark 1.0"}, ["public domain"]),
        ({"name": "PDM-owner"}, ["public domain"]),
        # One field alone is enough, if it is understood.
        ({"code": "cc-by-2.5"}, ["CC BY 2.5"]),
        ({"url": "https://creativecommons.org/licenses/by/3.0/deed.de"}, ["CC BY 3.0"]),
        ({"url": "//creativecommons.org/publicdomain/mark/1.0/"}, ["public domain"]),
        ({"terms": "Creative Commons Attribution-Share Alike 3.0 Germany"}, ["CC BY-SA 3.0"]),
        ({"terms": "Creative Commons Zero, Public Domain Dedication"}, ["CC0"]),
        # Several, those that ask for least first.
        ({"name": "cc-by-sa-4.0, GFDL"}, ["CC BY-SA 4.0", "GFDL"]),
        ({"name": "GFDL or CC BY-SA 3.0"}, ["CC BY-SA 3.0", "GFDL"]),
        ({"name": "CC BY 4.0; CC0"}, ["CC0", "CC BY 4.0"]),
        # The structured data count where the description says nothing, or agrees.
        ({"stated": ("Q6938433",)}, ["CC0"]),
        ({"stated": ("Q19652",)}, ["public domain"]),
        ({**CC_BY_SA, "stated": ("Q18199165", "Q20007257")}, ["CC BY-SA 4.0", "CC BY 4.0"]),
        ({**CC_BY_SA, "stated": ("Q6938433",)}, ["CC BY-SA 4.0"]),
        ({"stated": ("Q50423863",)}, []),  # that there is a copyright is no licence
        # Others are named, and of no family.
        ({"name": "GFDL 1.2"}, ["GFDL 1.2"]),
        ({"name": "OGL 3"}, ["OGL 3"]),
        ({"name": "No restrictions"}, ["No restrictions"]),
        ({"name": "See below"}, ["See below"]),
        ({"name": "CC BY-NC-SA 4.0"}, ["CC BY-NC-SA 4.0"]),
        ({"name": "CC BY-ND 2.0"}, ["CC BY-ND 2.0"]),
        ({"terms": "Use it as you like"}, ["Use it as you like"]),
        # Missing, or not for machines.
        ({}, []),
        ({"artist": "Jane Doe", "copyrighted": "True"}, []),
        ({"url": "https://example.org/my-licence"}, []),
    ],
)
def test_a_licence_is_read(fields: dict[str, Any], expected: list[str]) -> None:
    assert names(**fields) == expected


@pytest.mark.parametrize(
    "name",
    [
        "CC BY-SA 4.0 and GFDL",  # both at once
        "CC BY 4.0 for the text only",
        "CC0-like",
        "not CC0",
        "ccby",
        "public domain in the USA",
        "CC BY-NC-SA 4.0",
        "CC BY-ND 4.0",
        "Creative Commons",
        "Attribution",
        "Copyrighted free use",
    ],
)
def test_what_only_looks_like_a_free_licence_is_none(name: str) -> None:
    assert chosen(Rights(name=name), FAMILIES) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"code": "cc0", "url": "https://creativecommons.org/licenses/by-nc/4.0/"},
        {"code": "cc-by-4.0", "name": "CC BY-SA 4.0"},
        {"name": "CC BY 4.0", "terms": "Creative Commons Attribution-NonCommercial 4.0"},
        {"name": "Public domain", "terms": "Public domain in the United States", "copyrighted": "True"},
    ],
)
def test_what_contradicts_itself_is_doubted(fields: dict[str, Any]) -> None:
    assert doubt(Rights(**fields)) is not None


@pytest.mark.parametrize(
    "fields",
    [CC_ZERO, CC_BY_SA, PD, {}, {"code": "cc0", "name": "Public domain"}, {"name": "cc-by-sa-4.0, GFDL"}],
)
def test_what_agrees_is_not_doubted(fields: dict[str, Any]) -> None:
    assert doubt(Rights(**fields)) is None


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({**CC_BY_SA, "non_free": "true"}, True),
        ({"non_free": "1"}, True),
        ({"non_free": "maybe"}, True),
        ({"name": "Fair use"}, True),
        ({"terms": "Non-free logo"}, True),
        ({"name": "All rights reserved"}, True),
        ({"non_free": "false", **CC_BY_SA}, False),
        (CC_ZERO, False),
    ],
)
def test_fair_use_is_not_free(fields: dict[str, Any], *, expected: bool) -> None:
    assert is_non_free(Rights(**fields)) is expected


def test_the_licence_that_is_accepted_is_the_one_that_is_used() -> None:
    rights = Rights(name="GFDL, CC BY-SA 4.0", artist="Jane Doe")
    found = chosen(rights, {"CC BY-SA"})
    assert found is not None
    assert credit(rights, found) == "Jane Doe, CC BY-SA 4.0"
    assert chosen(rights, {"CC BY"}) is None


def test_of_several_that_which_asks_for_nothing_is_used() -> None:
    found = chosen(Rights(name="CC BY-SA 4.0, CC0"), {"CC BY-SA", "CC0"})
    assert found is not None
    assert (found.name, found.credit) == ("CC0", False)


@pytest.mark.parametrize(
    ("fields", "asks"),
    [
        (CC_BY_SA, True),
        ({**CC_BY_SA, "attribution_required": "false"}, True),  # the licence itself asks
        (CC_ZERO, False),
        (PD, False),
        ({**PD, "attribution_required": "true"}, True),
    ],
)
def test_who_asks_for_a_credit_gets_one(fields: dict[str, Any], *, asks: bool) -> None:
    found = chosen(Rights(**fields), FAMILIES)
    assert found is not None
    assert found.credit is asks


@pytest.mark.parametrize(
    ("fields", "asks"),
    [({}, False), ({"artist": "Jane Doe"}, True), ({"attribution_required": "true"}, True), (CC_ZERO, False)],
)
def test_where_any_is_accepted_the_unknown_goes_too_with_a_credit_if_there_is_one(
    fields: dict[str, Any], *, asks: bool
) -> None:
    found = chosen(Rights(**fields), {ANY})
    assert found is not None
    assert found.credit is asks


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        (CC_BY_SA, "Jane Doe, CC BY-SA 4.0"),
        ({**CC_BY_SA, "credit": "J. Doe / Example Museum"}, "J. Doe / Example Museum, CC BY-SA 4.0"),
        ({**CC_BY_SA, "credit": "Photograph by J. Doe, Cc-by-sa-4.0"}, "Photograph by J. Doe, Cc-by-sa-4.0"),
        ({**CC_BY_SA, "authors": 2}, "Jane Doe et al., CC BY-SA 4.0"),
        ({**CC_BY_SA, "artist": ""}, None),
    ],
)
def test_the_credit_names_the_author_as_asked_and_the_licence_once(
    fields: dict[str, Any], line: str | None
) -> None:
    rights = Rights(**fields)
    found = chosen(rights, {"CC BY-SA"})
    assert found is not None
    assert credit(rights, found) == line
