from __future__ import annotations

import pytest

from bot.errors import PictureError
from bot.model import Limits, Media
from bot.wiki.media import MOST, TYPES, attach, picture_type, type_by_name
from tests.pictures import bomb, encoded, photo

ANY = Limits()
FORMATS = {mime_type: mime_type.removeprefix("image/").upper() for mime_type in sorted(TYPES)}
KINDS = {mime_type: encoded(photo(), kind) for mime_type, kind in FORMATS.items()}


@pytest.mark.parametrize(("mime_type", "content"), KINDS.items())
def test_a_picture_in_order_is_attached_to_the_byte(mime_type: str, content: bytes) -> None:
    url = "https://wiki.example/images/A"
    attached = attach(Media(file="A", alt="An A"), content, ANY, mime_type=mime_type, url=url)
    assert (attached.content, attached.mime_type, attached.alt, attached.url) == (
        content,
        mime_type,
        "An A",
        url,
    )


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"%PDF-1.7", b"RIFF\x10\0\0\0WAVEfmt ", b"\x89PNG"])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(PictureError, match="is not a PNG"):
        attach(Media(file="A.png"), content, ANY, mime_type=None)


@pytest.mark.parametrize("said", ["image/jpeg", "image/gif", "image/svg+xml", "application/pdf"])
def test_what_is_not_what_its_name_says_is_refused(said: str) -> None:
    with pytest.raises(PictureError, match="is not what its name says: image/png"):
        attach(Media(file="A"), KINDS["image/png"], ANY, mime_type=said)


def test_a_file_too_large_is_refused() -> None:
    with pytest.raises(PictureError, match="is larger than 10 MB"):
        attach(Media(file="A.gif"), KINDS["image/gif"].ljust(MOST + 1, b"\0"), ANY, mime_type=None)


@pytest.mark.parametrize("size", [(50_000, 50_000), (2**31 - 1, 2**31 - 1), (8_000, 8_000), (0, 10)])
def test_a_decompression_bomb_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    content = bomb(*size)
    assert len(content) < 100
    with pytest.raises(PictureError, match=f"would have {size[0]} times {size[1]} pixels"):
        attach(Media(file="A.png"), content, ANY, mime_type="image/png")


@pytest.mark.parametrize("kind", FORMATS)
def test_a_picture_that_breaks_off_is_refused(kind: str) -> None:
    whole = encoded(photo(noise=40), FORMATS[kind])
    with pytest.raises(PictureError, match="is broken"):
        attach(Media(file="A"), whole[: len(whole) // 2], ANY, mime_type=kind)


@pytest.mark.parametrize("kind", FORMATS)
def test_no_bytes_raise_anything_else(kind: str) -> None:
    whole = KINDS[kind]
    for place in range(8, min(len(whole), 4000), 61):
        broken = whole[:place] + bytes([whole[place] ^ 0xFF, 0xFF, 0]) + whole[place + 3 :]
        try:
            attach(Media(file="A"), broken, ANY, mime_type=kind)
        except PictureError as error:
            assert str(error)  # noqa: PT017 - many go through, and all that do not must say why


def test_the_caption_describes_what_the_page_does_not() -> None:
    content = KINDS["image/png"]
    assert attach(Media(file="A", caption="A letter"), content, ANY, mime_type=None).alt == "A letter"
    assert attach(Media(file="A"), content, ANY, mime_type=None).alt == ""


@pytest.mark.parametrize("content", [b"", *KINDS.values()])
def test_a_picture_is_known_by_its_first_bytes(content: bytes) -> None:
    assert picture_type(content) == next((kind for kind, one in KINDS.items() if one == content), None)


@pytest.mark.parametrize(
    ("name", "kind"), [("A.PNG", "image/png"), ("A b.jpg", "image/jpeg"), ("A.svg", None), ("A", None)]
)
def test_a_name_says_what_a_picture_is(name: str, kind: str | None) -> None:
    assert type_by_name(name) == kind
