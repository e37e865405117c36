"""What a picture is, by its own bytes: a name or a server's word is not to be trusted."""

from __future__ import annotations

from bot.errors import PageError
from bot.model import Attachment, Media

TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
MOST = 10 * 2**20  # bytes; what every network takes is less


def attach(media: Media, content: bytes) -> Attachment:
    """Return the picture with its alt text.

    Raises:
        PageError: it is not a PNG, JPEG, GIF or WebP image, or it is larger than 10 MB.
    """
    if len(content) > MOST:
        raise PageError(f"{media.file}: is larger than {MOST // 2**20} MB; use a smaller picture")
    mime_type = picture_type(content)
    if mime_type is None:
        raise PageError(f"{media.file}: is not a PNG, JPEG, GIF or WebP picture")
    return Attachment(file=media.file, mime_type=mime_type, content=content, alt=media.alt or "")


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
