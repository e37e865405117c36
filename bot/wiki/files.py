"""Fetches a file of the wiki as a picture that can be posted.

https://www.mediawiki.org/wiki/API:Imageinfo
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.errors import PageError, PictureError
from bot.wiki.media import MOST, MOST_PIXELS, TYPES, attach
from bot.wiki.pictures import MISSING, NO_NAME, is_shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.model import Attachment, Limits, Media
    from bot.wiki.api import Api

# Pixels: networks scale down what is larger. One of the widths that Wikimedia's wikis keep renderings of
# (https://www.mediawiki.org/wiki/Common_thumbnail_sizes).
WIDEST = 1920


def fetch(api: Api, media: Media, limits: Limits) -> Attachment:
    """Return the file: itself where it is a small picture, else as the wiki scales or renders it.

    Raises:
        PictureError: it is missing, or no picture that can be posted.
        PageError: it cannot be had just now, or is not the one that was looked at before.
    """
    if NO_NAME.search(media.file):
        raise PictureError("has no name that a file can have")
    answer = api.ask(
        action="query",
        prop="imageinfo",
        titles=f"File:{media.file}",
        redirects=1,
        iiprop="url|mime|size|sha1|mediatype",
        iiurlwidth=WIDEST,
    )
    told = next(
        (page["imageinfo"][0] for page in answer["query"].get("pages", ()) if page.get("imageinfo")), None
    )
    if told is None:
        raise PictureError(MISSING)
    if media.sha1 is not None and media.sha1 != told.get("sha1"):
        raise PageError(
            f"File:{media.file}: has just been replaced by another version; the next run looks at that"
        )
    address, mime_type = _address(told)
    url = f"{api.site.protocol()}:{address}" if address.startswith("//") else address
    return attach(media, api.download(url, most=MOST), limits, mime_type=mime_type, url=url)


def _address(told: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return where to fetch the picture, and what it is said to be there.

    That is the original, where it is as small as a rendering would be, or where the wiki makes none.
    """
    if not is_shown(told):
        raise PictureError(f"is nothing that the wiki can show as a picture ({told.get('mime')})")
    size, pixels = told["size"], told["width"] * told["height"]
    original = told.get("mime") in TYPES and size <= MOST and pixels <= MOST_PIXELS
    if original and told["width"] <= WIDEST:
        return told["url"], told["mime"]
    if told.get("thumburl"):
        return told["thumburl"], told.get("thumbmime")
    if original:
        return told["url"], told["mime"]
    raise PictureError("is too large, and the wiki makes no smaller picture of it: use a smaller one")
