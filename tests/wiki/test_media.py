from __future__ import annotations

import pytest

from bot.errors import PageError
from bot.model import Media
from bot.wiki.media import MOST, TYPES, attach, picture_type
from tests.servers.mediawiki import picture

SIGNS = {
    "image/png": picture(1, 1),
    "image/jpeg": b"\xff\xd8\xff\xe0 and so on",
    "image/gif": b"GIF89a and so on",
    "image/webp": b"RIFF\x10\0\0\0WEBPVP8L and so on",
}


@pytest.mark.parametrize(("mime_type", "content"), SIGNS.items())
def test_a_picture_is_known_by_its_first_bytes(mime_type: str, content: bytes) -> None:
    assert picture_type(content) == mime_type
    assert attach(Media(file="A picture"), content).mime_type == mime_type


def test_every_type_that_may_be_posted_is_known() -> None:
    assert set(SIGNS) == TYPES


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"%PDF-1.7", b"RIFF\x10\0\0\0WAVEfmt ", b"\x89PNG"])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(PageError, match=r"A\.png: is not a PNG"):
        attach(Media(file="A.png"), content)


def test_a_picture_too_large_is_refused() -> None:
    with pytest.raises(PageError, match=r"A\.gif: is larger than 10 MB"):
        attach(Media(file="A.gif"), SIGNS["image/gif"].ljust(MOST + 1, b"\0"))


def test_a_missing_alt_text_is_empty() -> None:
    assert attach(Media(file="A.gif"), SIGNS["image/gif"]).alt == ""
