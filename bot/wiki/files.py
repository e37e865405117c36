"""Fetches a file of the wiki as a picture that can be posted.

https://www.mediawiki.org/wiki/API:Imageinfo
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.errors import PageError
from bot.wiki.media import MOST, TYPES, attach

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.model import Attachment, Media
    from bot.wiki.api import Api

WIDEST = 1600  # pixels; networks scale down what is larger
NO_NAME = re.compile(r"[\x00-\x1f|#<>\[\]{}]|^\s*$")


def fetch(api: Api, media: Media) -> Attachment:
    """Return the file: itself where it is a small picture, else as the wiki scales or renders it.

    Raises:
        PageError: it is missing, cannot be shown as a picture, or is too large.
    """
    if NO_NAME.search(media.file):
        raise PageError(f"{media.file!r}: is not a file's name")
    answer = api.ask(
        action="query",
        prop="imageinfo",
        titles=f"File:{media.file}",
        iiprop="url|mime|size|mediatype",
        iiurlwidth=WIDEST,
    )
    told = next(
        (page["imageinfo"] for page in answer["query"].get("pages", ()) if page.get("imageinfo")), None
    )
    if told is None:
        raise PageError(f"File:{media.file}: there is no such file on the wiki; upload it or name another")
    return attach(media, api.download(_address(api, media, told[0]), most=MOST))


def _address(api: Api, media: Media, told: Mapping[str, Any]) -> str:
    small = told.get("mime") in TYPES and told["width"] <= WIDEST and told["size"] <= MOST
    url: str | None = told["url"] if small else told.get("thumburl")
    # Of what is neither a bitmap nor a drawing the wiki shows an icon, or one page, or one frame.
    if not url or told.get("mediatype") not in {"BITMAP", "DRAWING"}:
        raise PageError(f"File:{media.file}: the wiki cannot show it as a picture ({told.get('mime')})")
    return f"{api.site.protocol()}:{url}" if url.startswith("//") else url
