"""Files of a real MediaWiki: what is said of them, and what is fetched.

What the extensions of Wikimedia Commons add is imitated there, tests/servers/commons.php.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from tests.pictures import ALIKE, bomb, differences, encoded, opened, photo, with_place
from tests.servers import mediawiki as mediawiki_server
from tests.servers import pywikibot as pywikibot_server
from tests.servers.mediawiki import WIDE, picture
from tests.wiki.child import Child, Raised, child

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.servers.mediawiki import MediaWiki

    Describe = Callable[[Mapping[str, object]], object]

DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" width="16" height="9"><path d="M0 0h9v9z"/></svg>'
# What anybody can write into a file of theirs, and MediaWiki reads.
CLAIM = (
    b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
    b' xmlns:cc="http://creativecommons.org/ns#">'
    b'<cc:license rdf:resource="http://creativecommons.org/publicdomain/zero/1.0/"/>'
    b'</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)
CC_BY_SA = {
    "License": "cc-by-sa-4.0",
    "LicenseShortName": "CC BY-SA 4.0",
    "UsageTerms": "Creative Commons Attribution-Share Alike 4.0",
    "LicenseUrl": "https://creativecommons.org/licenses/by-sa/4.0",
    "Copyrighted": "True",
    "AttributionRequired": "true",
    "Artist": '<a href="//commons.wikimedia.org/wiki/User:Jane" title="User:Jane">Jane &amp; John</a>',
    "Credit": '<span class="int-own-work" lang="en">Own work</span>',
}


@pytest.fixture(scope="module")
def describe(mediawiki: MediaWiki) -> Iterator[Describe]:
    with mediawiki.describing() as describe:
        yield describe


@pytest.fixture(scope="module")
def reader(
    mediawiki: MediaWiki,
    describe: Describe,  # noqa: ARG001 - the wiki is opened as one whose files are described
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Child]:
    folder = pywikibot_server.prepare(tmp_path_factory.mktemp("pictures") / "pywikibot", mediawiki.url)
    with child(folder.environment) as started:
        started.open()
        started.read("Main Page")
        yield started


def fetched(
    reader: Child, file: str, limits: dict[str, object] | None = None, sha1: str | None = None
) -> Any:
    told = reader.tell("fetch", file, limits, sha1)
    return told | {"content": base64.b64decode(told["content"])}


def test_what_is_said_of_a_file_is_read(reader: Child, mediawiki: MediaWiki, describe: Describe) -> None:
    content = encoded(photo(400, 300), "JPEG")
    mediawiki.upload("Described one.jpg", content)
    describe({"Described one.jpg": {"fields": CC_BY_SA, "labels": {"de": "Farben  und mehr", "fr": "Non"}}})
    told = reader.tell("pictures", "Described one.jpg")["Described one.jpg"]
    rights = told.pop("rights")
    assert told == {
        "file": "Described one.jpg",
        "lack": None,
        "mime_type": "image/jpeg",
        "drawing": False,
        "size": len(content),
        "width": 400,
        "height": 300,
        "sha1": hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        "captions": {"de": "Farben und mehr"},
    }
    assert {name: value for name, value in rights.items() if value} == {
        "code": "cc-by-sa-4.0",
        "name": "CC BY-SA 4.0",
        "terms": "Creative Commons Attribution-Share Alike 4.0",
        "url": "https://creativecommons.org/licenses/by-sa/4.0",
        "copyrighted": "True",
        "attribution_required": "true",
        "artist": "Jane & John",
        "authors": 1,
    }


def test_licences_of_the_structured_data_are_read(
    reader: Child, mediawiki: MediaWiki, describe: Describe
) -> None:
    mediawiki.upload("Stated.png", picture(4, 4))
    describe({"Stated.png": {"statements": {"P275": ["Q18199165", "Q20007257"], "P6216": ["Q50423863"]}}})
    told = reader.tell("pictures", "Stated.png")["Stated.png"]
    assert told["rights"]["stated"] == ["Q18199165", "Q20007257", "Q50423863"]
    assert told["captions"] == {}


def test_what_does_not_stand_in_the_description_is_no_licence(
    reader: Child, mediawiki: MediaWiki, describe: Describe
) -> None:
    mediawiki.upload("Selfish.jpg", encoded(photo(64, 48), "JPEG", xmp=CLAIM))
    describe({"Selfish.jpg": {"fields": {"UsageTerms": ["CC0", "file-metadata"], "Artist": ["M", "hook"]}}})
    told = reader.tell("pictures", "Selfish.jpg")["Selfish.jpg"]
    assert {name: value for name, value in told["rights"].items() if value} == {"authors": 1}


def test_many_files_are_two_requests_and_keep_the_names_they_were_asked_by(
    reader: Child, mediawiki: MediaWiki, describe: Describe
) -> None:
    mediawiki.upload("Batch a.png", picture(4, 4))
    mediawiki.upload("Batch b.png", picture(5, 5))
    mediawiki.edit("File:Batch moved.png", "#REDIRECT [[File:Batch b.png]]")
    describe({"Batch a.png": {"fields": CC_BY_SA}})
    with mediawiki.watched() as asked:
        told = reader.tell("pictures", "batch_a.png", "Batch moved.png", "Batch never.png", "a|b.png")
    assert [request.parameters["action"] for request in asked] == ["query", "wbgetentities"]
    assert told["batch_a.png"]["rights"]["code"] == "cc-by-sa-4.0"
    assert (told["batch_a.png"]["width"], told["Batch moved.png"]["width"]) == (4, 5)
    assert told["Batch never.png"]["lack"] == "does not exist on the wiki: upload it, or name another"
    assert told["a|b.png"]["lack"] == "has no name that a file can have"


def test_more_than_fifty_files_are_asked_for_fifty_at_a_time(reader: Child, mediawiki: MediaWiki) -> None:
    with mediawiki.watched() as asked:
        told = reader.tell("pictures", *(f"Number {number}.png" for number in range(51)))
    assert len(asked) == 2
    assert len(told) == 51


def test_what_the_wiki_shows_as_an_icon_is_no_picture(reader: Child, mediawiki: MediaWiki) -> None:
    mediawiki.upload("Plain words.txt", b"Nothing to see in these words.\n")
    told = reader.tell("pictures", "Plain words.txt")["Plain words.txt"]
    assert told["lack"] == "is nothing that the wiki can show as a picture (text/plain)"
    with pytest.raises(Raised, match="is nothing that the wiki can show") as raised:
        fetched(reader, "Plain words.txt")
    assert raised.value.kind == "PictureError"


def test_a_page_without_a_file_is_missing(reader: Child, mediawiki: MediaWiki) -> None:
    mediawiki.edit("File:Only words.png", "There was a file here.")
    assert "does not exist" in reader.tell("pictures", "Only words.png")["Only words.png"]["lack"]


def test_a_wiki_without_such_extensions_is_asked_once(
    mediawiki: MediaWiki, tmp_path_factory: pytest.TempPathFactory
) -> None:
    mediawiki.upload("Undescribed.png", picture(4, 4))
    folder = pywikibot_server.prepare(tmp_path_factory.mktemp("plain") / "pywikibot", mediawiki.url)
    sign = mediawiki.folder / "commons.json"
    kept = sign.read_bytes() if sign.exists() else None
    sign.unlink(missing_ok=True)
    try:
        with child(folder.environment) as plain:
            plain.open()
            plain.read("Main Page")
            with mediawiki.watched() as asked:
                told = plain.tell("pictures", "Undescribed.png")
    finally:
        if kept is not None:
            sign.write_bytes(kept)
    assert len(asked) == 1
    assert {name: value for name, value in told["Undescribed.png"]["rights"].items() if value} == {
        "authors": 1
    }


def test_a_small_picture_is_fetched_to_the_byte(reader: Child, mediawiki: MediaWiki) -> None:
    content = encoded(photo(40, 30), "JPEG")
    mediawiki.upload("Small one.jpg", content)
    told = fetched(reader, "Small one.jpg")
    assert (told["content"], told["mime_type"], told["alt"]) == (content, "image/jpeg", "What is seen")
    assert told["url"].startswith(f"{mediawiki.url}/w/images/")


def test_where_and_by_whom_it_was_made_is_gone(reader: Child, mediawiki: MediaWiki) -> None:
    content = encoded(photo(400, 300), "JPEG", exif=with_place(turned=6))
    mediawiki.upload("Placed.jpg", content)
    told = fetched(reader, "Placed.jpg")["content"]
    assert not opened(told).getexif()
    assert b"Jane Doe" in content
    assert b"Jane Doe" not in told
    assert opened(told).size == (300, 400)


def test_a_large_picture_comes_as_the_wiki_scales_it(reader: Child, mediawiki: MediaWiki) -> None:
    content = encoded(photo(3200, 1000), "PNG")
    mediawiki.upload("Large one.png", content)
    told = fetched(reader, "Large one.png")
    assert opened(told["content"]).size == (1920, 600)
    assert "/thumb/" in told["url"]
    assert differences(told["content"], content) <= ALIKE


def test_a_drawing_comes_as_the_wiki_draws_it(reader: Child, mediawiki: MediaWiki) -> None:
    mediawiki.upload("Drawing.svg", DRAWING)
    assert reader.tell("pictures", "Drawing.svg")["Drawing.svg"]["drawing"] is True
    told = fetched(reader, "Drawing.svg")
    assert (told["mime_type"], opened(told["content"]).width) == ("image/png", WIDE)
    assert told["content"] == picture(WIDE, 900)


def test_a_picture_is_made_as_the_network_takes_it(reader: Child, mediawiki: MediaWiki) -> None:
    content = encoded(photo(800, 600, noise=60), "PNG")
    mediawiki.upload("Heavy.png", content)
    told = fetched(reader, "Heavy.png", {"media_bytes": 60_000, "media_types": ["image/jpeg"]})
    assert told["mime_type"] == "image/jpeg"
    assert len(told["content"]) <= 60_000
    assert differences(told["content"], content) <= 3 * ALIKE
    assert told["url"] is None  # nobody can fetch that from the wiki


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("Never uploaded.png", "does not exist on the wiki"),
        ("a|b.png", "has no name that a file can have"),
        ("", "has no name that a file can have"),
    ],
)
def test_a_file_that_is_missing_is_no_picture(reader: Child, file: str, message: str) -> None:
    with pytest.raises(Raised, match=message) as raised:
        fetched(reader, file)
    assert raised.value.kind == "PictureError"


def test_a_version_that_was_not_looked_at_is_not_fetched(reader: Child, mediawiki: MediaWiki) -> None:
    mediawiki.upload("Replaced.png", picture(4, 4))
    seen = reader.tell("pictures", "Replaced.png")["Replaced.png"]["sha1"]
    assert fetched(reader, "Replaced.png", None, seen)["content"] == picture(4, 4)
    mediawiki.upload("Replaced.png", picture(5, 5))
    with pytest.raises(Raised, match="has just been replaced") as raised:
        fetched(reader, "Replaced.png", None, seen)
    assert raised.value.kind == "PageError"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (bomb(), "would have 50000 times 50000 pixels"),
        (b"GIF89a but not really", "is not what its name says: image/gif instead of image/png"),
        (b"<html>", "is not a PNG, JPEG, GIF or WebP picture"),
        (picture(40, 30)[:60], "is broken"),
        (picture(4, 4).ljust(10 * 2**20 + 1, b"\0"), "is larger than 10 MB"),
    ],
)
def test_what_comes_instead_of_the_picture_is_refused(
    reader: Child, mediawiki: MediaWiki, content: bytes, message: str
) -> None:
    """The wiki says that it is small, and a PNG; what its server sends is something else."""
    name = f"Swapped {len(content)}.png"
    mediawiki.upload(name, picture(40, 30 + len(content) % 97))
    (stored,) = mediawiki.folder.glob(f"images/?/??/{name.replace(' ', '_')}")
    stored.write_bytes(content)
    with pytest.raises(Raised, match=message) as raised:
        fetched(reader, name)
    assert raised.value.kind == "PictureError"


def test_a_file_of_the_shared_repository_is_described_there_and_fetched_from_there(
    mediawiki: MediaWiki, describe: Describe, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """As a Wikipedia shows the files of Wikimedia Commons."""
    content = encoded(photo(300, 200), "JPEG")
    mediawiki.upload("Shared one.jpg", content)
    describe(
        {
            "Shared one.jpg": {
                "fields": CC_BY_SA,
                "labels": {"en": "Colours"},
                "statements": {"P275": ["Q18199165"]},
            }
        }
    )
    folder = tmp_path_factory.mktemp("shared")
    with mediawiki_server.serve(folder / "site", language="de", repository=mediawiki) as wiki:
        prepared = pywikibot_server.prepare(folder / "pywikibot", wiki.url, repository=mediawiki.url)
        with child(prepared.environment) as reader:
            reader.open()
            told = reader.tell("pictures", "Shared one.jpg")["Shared one.jpg"]
            taken = fetched(reader, "Shared one.jpg", None, told["sha1"])
            with mediawiki.broken():
                undescribed = reader.tell("pictures", "Shared one.jpg")["Shared one.jpg"]
    assert (told["lack"], told["width"], told["captions"]) == (None, 300, {"en": "Colours"})
    assert told["rights"]["code"] == "cc-by-sa-4.0"
    assert told["rights"]["artist"] == "Jane & John"
    assert told["rights"]["stated"] == ["Q18199165"]
    assert taken["content"] == content
    assert taken["url"].startswith(mediawiki.url)
    assert undescribed["captions"] == {}
