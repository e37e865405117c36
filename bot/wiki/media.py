"""What a picture is, by its own bytes: a name or a server's word is not to be trusted.

Nothing is decoded before its size is known, and nothing is posted that has not been decoded.
"""

from __future__ import annotations

import io
import logging
import mimetypes
import threading
import warnings
from typing import TYPE_CHECKING, TypeVar

import imagesize
from PIL import Image

from bot.errors import PageError, PictureError
from bot.model import Attachment
from bot.wiki.fitting import fit

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.model import Limits, Media

log = logging.getLogger(__name__)

T = TypeVar("T")

_alone = threading.Lock()

MOST = 10 * 2**20  # bytes of what is fetched; networks take less, or scale it down
MOST_PIXELS = 40_000_000  # of what is decoded: it takes four bytes for each
FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}


def attach(
    media: Media, content: bytes, limits: Limits, *, mime_type: str | None, url: str | None = None
) -> Attachment:
    """Return the picture as the network takes it, without what it says of where and by whom it was made.

    ``mime_type`` is what it is said to be, ``url`` where it was fetched: the attachment is said to be there
    where the network could take it from there as well.

    Raises:
        PictureError: it is not a PNG, JPEG, GIF or WebP picture, is another one than it is said to be, cannot
            be decoded, or is too large to be.
        PageError: it cannot be made small enough for the network.
    """
    found = verified(content, mime_type)
    fitting = safely(lambda: fit(content, found, limits))
    return Attachment(
        file=media.file,
        mime_type=fitting.mime_type,
        content=fitting.content,
        alt=media.alt or media.caption or "",
        url=None if fitting.changed else url,
    )


def verified(content: bytes, mime_type: str | None) -> str:
    """Return what the picture is, if it is one that may be decoded; raises ``PictureError``."""
    if len(content) > MOST:
        raise PictureError(f"is larger than {MOST // 2**20} MB: use a smaller picture")
    found = picture_type(content)
    if found is None:
        raise PictureError("is not a PNG, JPEG, GIF or WebP picture")
    if mime_type is not None and mime_type != found:
        raise PictureError(
            f"is not what its name says: {found} instead of {mime_type}; upload it by its right name"
        )
    width, height = measured(content)
    if not 0 < width * height <= MOST_PIXELS:
        raise PictureError(
            f"would have {width} times {height} pixels, and {MOST_PIXELS // 1_000_000} millions are the most"
        )
    safely(lambda: _decode(content, found))
    return found


def picture_type(content: bytes) -> str | None:
    """Return the media type of a picture by its first bytes (https://mimesniff.spec.whatwg.org/)."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if content.startswith(b"RIFF") and content[8:14] == b"WEBPVP":
        return "image/webp"
    return None


def type_by_name(file: str) -> str | None:
    """Return the media type that a file's name says it has, ``None`` where it says none of a picture's."""
    guessed, _ = mimetypes.guess_type(file)
    return guessed if guessed in FORMATS else None


def measured(content: bytes) -> tuple[int, int]:
    """Return the width and height that a picture claims to have; (0, 0) where that is not to be found."""
    width, height = safely(lambda: imagesize.get(io.BytesIO(content)))
    return max(0, int(width)), max(0, int(height))


def safely(do: Callable[[], T]) -> T:
    """Do something with a picture's bytes; raises ``PictureError`` where they are no good.

    Bytes that are made to break a decoder may raise anything in it. Channels work side by side, but one
    picture is decoded at a time: it takes the memory of all its pixels.
    """
    try:
        with _alone, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of metadata, say, that nobody reads
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return do()
    except PageError:
        raise
    except Exception as error:
        log.debug("not decoded", exc_info=True)
        raise PictureError("is broken: it cannot be decoded") from error


def _decode(content: bytes, mime_type: str) -> None:
    formats = [FORMATS[mime_type]]
    with Image.open(io.BytesIO(content), formats=formats) as image:
        image.verify()  # all of its pieces, which takes opening it anew
    with Image.open(io.BytesIO(content), formats=formats) as image:
        width, height = image.size
        if width * height > MOST_PIXELS:  # its header says more than one thing
            raise PictureError("is larger than it seems: it would not fit into memory")
        image.load()
