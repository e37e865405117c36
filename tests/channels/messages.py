"""What the channels' tests have to say: posts to be sent, in every script and with pictures."""

from __future__ import annotations

import hashlib
import io
import re
from datetime import UTC, datetime, timedelta

from PIL import Image

from bot.model import Attachment, Facet, FacetKind, Outgoing, Part, Unit

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)


def _jpeg() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(written, "JPEG")
    return written.getvalue()


JPEG = _jpeg()
LINK = "https://www.mediawiki.org/wiki/MediaWiki_1.46_(release)/en?a=1&b=2#Top"
SCRIPTS = {
    "latin": "Ĉiuĵaŭde: crème brûlée, ﬁn",
    "cyrillic and greek": "Новости, Ειδήσεις",
    "right to left": "חדשות, أخبار، (1.46)",
    "indic": "समाचार और বাংলা",
    "east asian": "日本語のニュース、한국어、中文",
    "emoji": "👨‍👩‍👧‍👦 1️⃣ 🏳️‍🌈",
    "markup": "a < b && c > d; 'quotes' \"too\" &amp; <b>not bold</b> *nor* _this_",
    "combining": "cafe\u0301 Zalgơ̴",
    "defused": "README\u2060.md and @\u200bnobody",
}


def part(text: str, *, rich: bool = False) -> Part:
    """A part of a post; a ``rich`` network is told where the links stand in its text."""
    found = re.finditer(r"https?://\S+", text) if rich else ()
    facets = tuple(
        Facet(start=one.start(), end=one.end(), kind=FacetKind.LINK, url=one.group()) for one in found
    )
    return Part(text=text, length=len(text), limit=None, unit=Unit.CHARACTERS, facets=facets)


def outgoing(
    text: str = f"MediaWiki 1.46 is out {LINK}",
    *,
    key: str = "key-1",
    link: str | None = LINK,
    rich: bool = False,
) -> Outgoing:
    dated = datetime(2026, 11, 18, tzinfo=UTC)
    return Outgoing(key=key, part=part(text, rich=rich), dated=dated, link=link)


def picture(
    alt: str = "The new logo", *, content: bytes = PNG, file: str = "Neues_Logo_新.png"
) -> Attachment:
    url = f"https://upload.wiki.example/{hashlib.sha256(content).hexdigest()[:8]}.png"
    return Attachment(file=file, mime_type="image/png", content=content, alt=alt, url=url)


def a_moment_ago() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=1)
