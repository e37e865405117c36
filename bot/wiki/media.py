"""What a picture is, by its own bytes: a name or a server's word is not to be trusted.

Nothing is decoded before its size is known, and nothing is posted that has not been decoded. What decodes is
imported only then: a run without a new picture need not wait for it.
"""

from __future__ import annotations

import mimetypes
from typing import TYPE_CHECKING

from bot.errors import PictureError
from bot.model import Attachment

if TYPE_CHECKING:
    from bot.model import Limits, Media

MOST = 10 * 2**20  # bytes of what is fetched; networks take less, or scale it down
MOST_PIXELS = 40_000_000  # of what is decoded: it takes four bytes for each
TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


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
    from bot.wiki import fitting  # noqa: PLC0415 - see above

    found, _ = verified(content, mime_type)
    fits = fitting.safely(lambda: fitting.fit(content, found, limits))
    return Attachment(
        file=media.file,
        mime_type=fits.mime_type,
        content=fits.content,
        alt=media.alt or media.caption or "",
        url=None if fits.changed else url,
    )


def verified(content: bytes, mime_type: str | None) -> tuple[str, tuple[int, int]]:
    """Return what a picture is, and its width and height; raises ``PictureError`` where it is no good."""
    if len(content) > MOST:
        raise PictureError(f"is larger than {MOST // 2**20} MB: use a smaller picture")
    found = picture_type(content)
    if found is None:
        raise PictureError("is not a PNG, JPEG, GIF or WebP picture")
    if mime_type is not None and mime_type != found:
        raise PictureError(
            f"is not what its name says: {found} instead of {mime_type}; upload it by its right name"
        )
    from bot.wiki import fitting  # noqa: PLC0415 - see above

    return found, fitting.safely(lambda: fitting.decoded(content, found, most_pixels=MOST_PIXELS))


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
    return guessed if guessed in TYPES else None
