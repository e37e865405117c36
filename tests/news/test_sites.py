from __future__ import annotations

import pytest

from bot.news import sites
from bot.news.sites import offline

FILE, CATEGORY = 6, 14
LANGUAGES = """
    ar bs ca cs da de el eo es fa fi fr he hr hu id it ja ko nb nl no pl pt ro ru sh sr sv tr uk vi zh
"""


@pytest.mark.parametrize("language", LANGUAGES.split())
def test_each_language_knows_its_own_names_besides_the_english_ones(language: str) -> None:
    namespaces = offline("x", language=language).namespaces
    english = offline("x", language="en").namespaces

    assert english.items() <= namespaces.items()
    for number in (FILE, CATEGORY):
        assert {name for name, place in namespaces.items() if place == number} - english.keys(), number


@pytest.mark.parametrize(
    ("language", "name", "number"),
    [
        ("de", "datei", 6),
        ("de", "bild", 6),
        ("de-at", "datei", 6),
        ("fr", "fichier", 6),
        ("fr", "catégorie", 14),
        ("ko", "파일", 6),
        ("he", "קובץ", 6),
        ("ru", "файл", 6),
        ("ru", "шаблон", 10),
        ("no", "fil", 6),
        ("zh-hant", "檔案", 6),
        ("sr", "датотека", 6),
        ("es", "usuaria", 2),
        ("pt", "predefinição", 10),
        ("it", "portale", 100),
        ("en", "user talk", 3),
        ("en", "image", 6),
    ],
)
def test_a_name_or_alias_means_its_namespace(language: str, name: str, number: int) -> None:
    assert offline("x", language=language).namespaces[name] == number


def test_every_name_is_lower_case_and_every_prefix_has_a_place_for_the_title() -> None:
    site = offline("x", language="de")

    assert all(name == name.lower() for name in site.namespaces)
    assert all(prefix == prefix.lower() for prefix in site.interwiki)
    assert all(url.startswith("https://") and "$1" in url for url in site.interwiki.values())
    assert site.languages <= site.interwiki.keys()
    assert not site.languages & site.namespaces.keys()


@pytest.mark.parametrize(
    ("article_path", "prefix", "url"),
    [
        ("https://www.mediawiki.org/wiki/$1", "w", "https://en.wikipedia.org/wiki/$1"),
        ("https://wiki.example.org/$1", "wikt", "https://en.wiktionary.org/wiki/$1"),
        ("/wiki/$1", "w", "https://en.wikipedia.org/wiki/$1"),
        ("https://de.wikipedia.org/wiki/$1", "q", "https://de.wikiquote.org/wiki/$1"),
        ("https://fr.m.wikivoyage.org/wiki/$1", "w", "https://fr.wikipedia.org/wiki/$1"),
        ("https://fr.wikivoyage.org/wiki/$1", "de", "https://de.wikivoyage.org/wiki/$1"),
        ("https://www.mediawiki.org/wiki/$1", "de", "https://de.wikipedia.org/wiki/$1"),
        ("https://www.mediawiki.org/wiki/$1", "species", "https://species.wikimedia.org/wiki/$1"),
    ],
)
def test_prefixes_lead_where_the_wiki_of_that_address_has_them_lead(
    article_path: str, prefix: str, url: str
) -> None:
    assert offline("x", article_path=article_path).interwiki[prefix] == url


def test_the_name_of_a_wikimedia_project_is_its_project_namespace() -> None:
    assert offline("x", article_path="https://fr.wikivoyage.org/wiki/$1").namespaces["wikivoyage"] == 4
    assert "wikipedia" not in offline("x", article_path="https://www.mediawiki.org/wiki/$1").namespaces


@pytest.mark.parametrize(
    ("language", "text", "drawn"),
    [
        ("en", "s are", "s"),
        ("en", "és", None),
        ("de", "ßen", "ßen"),
        ("ru", "ами", "ами"),
        ("no", "ørs", "ørs"),
        ("ko", "의", None),
        ("zh-hans", "abc", None),
        ("xx", "abc", "abc"),
    ],
)
def test_a_link_draws_in_the_letters_of_its_language(language: str, text: str, drawn: str | None) -> None:
    pattern = sites.link_trail(language)
    match = pattern.match(text) if pattern else None

    assert (match[0] if match else None) == drawn


def test_the_words_of_images_are_known_in_every_language_at_once() -> None:
    assert {"thumb", "mini", "høyre", "droite", "слева"} <= sites.image_words()
    assert {"alt", "alternativtext", "альт"} <= sites.alt_words()
    assert {"file", "image", "datei", "файл"} <= sites.file_prefixes()
