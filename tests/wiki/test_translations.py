"""How far pages are translated, on a real MediaWiki with what tests/servers/translate.php adds to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.servers import pywikibot as pywikibot_server
from tests.wiki.child import Child, Raised, child

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.mediawiki import MediaWiki

PAGE = "Template:Translated news"
UNITS = {"1": "One", "2": "Two", "3": "Three, $n", "name with blanks": "Four"}


@pytest.fixture(scope="module")
def reader(mediawiki: MediaWiki, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Child]:
    """A process that reads the wiki, on which a page of four units was marked for translation."""
    units = "".join(f"* <translate><!--T:{id_}--> {text}</translate>\n" for id_, text in UNITS.items())
    mediawiki.edit(PAGE, units)
    for id_, text in UNITS.items():
        mediawiki.edit(f"Translations:{PAGE}/{id_}/en", text)
    folder = pywikibot_server.prepare(tmp_path_factory.mktemp("reader") / "pywikibot", mediawiki.url)
    with child(folder.environment) as started:
        started.open()
        started.read("Main Page")
        yield started


def test_units_are_told_with_who_translated_them(reader: Child, mediawiki: MediaWiki) -> None:
    first = mediawiki.edit(f"Translations:{PAGE}/1/de", "Eins", user="Tina")
    mediawiki.edit(f"Translations:{PAGE}/2/de", "Zwo", user="Vandal")
    second = mediawiki.edit(f"Translations:{PAGE}/2/de", "Zwei", user="Tina")
    mediawiki.edit(f"Translations:{PAGE}/3/de", "!!FUZZY!!Drei, $n", user="FuzzyBot")
    with mediawiki.watched() as asked:
        told = reader.tell("translation", PAGE, "de")
    assert told["lack"] == ""
    units = told["units"]
    assert {id_: (unit["definition"], unit["text"], unit["outdated"]) for id_, unit in units.items()} == {
        "1": ("One", "Eins", False),
        "2": ("Two", "Zwei", False),
        "3": ("Three, $n", "Drei, $n", True),
        "name with blanks": ("Four", None, False),
    }
    origins = {id_: unit["provenance"] for id_, unit in units.items()}
    assert (origins["1"]["revision"], origins["1"]["editors"]) == (first, ["Tina"])
    assert (origins["2"]["revision"], origins["2"]["editors"]) == (second, ["Tina", ""])
    assert origins["1"]["since"].endswith("+00:00")
    assert origins["name with blanks"] is None
    # The page, four units in two answers of three (really five hundred), and all revisions at once.
    assert [request.parameters.get("list") or request.parameters["prop"] for request in asked] == [
        "revisions|info",
        "messagecollection",
        "messagecollection",
        "revisions",
    ]


def test_the_wiki_knows_every_parameter_that_it_is_sent(reader: Child, mediawiki: MediaWiki) -> None:
    with mediawiki.watched() as asked:
        reader.tell("translation", PAGE, "fr")
    for request in asked:
        answer = mediawiki.api(**{key: value for key, value in request.parameters.items() if key != "format"})
        assert "warnings" not in answer


def test_a_hidden_translator_is_nobody(reader: Child, mediawiki: MediaWiki) -> None:
    hidden = mediawiki.edit(f"Translations:{PAGE}/1/nl", "Een", user="Secret")
    mediawiki.hide(hidden, "user")
    origin = reader.tell("translation", PAGE, "nl")["units"]["1"]["provenance"]
    assert origin["editors"] == [""]


@pytest.mark.parametrize(
    ("title", "language", "lack"),
    [
        ("Never marked", "de", "Never marked has never been marked for translation"),
        (PAGE, "de-formal", f"this wiki does not translate {PAGE} into de-formal"),
        (PAGE, "qqqq-nothing", f"this wiki does not translate {PAGE} into qqqq-nothing"),
    ],
)
def test_why_there_can_be_no_translation_is_told(
    reader: Child, mediawiki: MediaWiki, title: str, language: str, lack: str
) -> None:
    if title != PAGE:
        mediawiki.edit(title, "<translate>* One</translate>")
    assert reader.tell("translation", title, language) == {"units": {}, "lack": lack}


def test_codes_of_languages_are_as_the_wiki_has_them(reader: Child, mediawiki: MediaWiki) -> None:
    mediawiki.edit(f"Translations:{PAGE}/1/pt-br", "Um")
    assert reader.tell("translation", PAGE, "pt-BR")["units"]["1"]["text"] == "Um"


def test_without_the_extension_a_subpage_is_the_translation(reader: Child, mediawiki: MediaWiki) -> None:
    mediawiki.edit("Plain news", "* One")
    assert reader.tell("translation", "Plain news", "de") is None
    revision = mediawiki.edit("Plain news/de", "* Eins", user="Tina")
    with mediawiki.watched() as asked:
        page: dict[str, Any] = reader.tell("translation", "Plain news", "de")
    assert (page["title"], page["wikitext"], page["revision"]["id"]) == ("Plain news/de", "* Eins", revision)
    assert len(asked) == 2


def test_a_subpage_that_cannot_be_read_is_an_error(reader: Child, mediawiki: MediaWiki) -> None:
    mediawiki.edit("Moved news", "* One")
    mediawiki.edit("Moved news/nl", "#REDIRECT [[Main Page]]")
    with pytest.raises(Raised, match="is a redirect"):
        reader.tell("translation", "Moved news", "nl")
