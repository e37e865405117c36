"""Posts as Bluesky's lexicons write them, and what such a record says when it is read back.

Pure; the shapes are those of https://docs.bsky.app/docs/advanced-guides/posts, which has links, mentions and
hashtags beside the text: facets, whose ends are counted in bytes of its UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import imagesize

from bot.channels.bluesky_tid import time_of
from bot.compose.length import graphemes
from bot.compose.plain import in_bytes
from bot.model import FacetKind, Receipt, RemotePost

if TYPE_CHECKING:
    from bot.model import Attachment, Facet, Outgoing

Record = Mapping[str, Any]
POST = "app.bsky.feed.post"
REPOST = "app.bsky.feed.repost"
GAP = "\n\n"  # between a content warning and the text
_IMAGES = "app.bsky.embed.images"
_CARD = "app.bsky.embed.external"
_FACETS = "app.bsky.richtext.facet"
_LONGEST_TAG = 64  # graphemes
_LONGEST_TAG_BYTES = 640
_LONGEST_TITLE = 300  # graphemes; the lexicon sets no limit, and a card shows two lines
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:-([a-z]{4}))?(?:-([a-z]{2}|[0-9]{3}))?(?:-.*)?", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """What stands for a link below a post; ``thumb`` is an uploaded picture's reference."""

    url: str
    title: str
    description: str = ""
    thumb: Record | None = None


def record(
    outgoing: Outgoing,
    *,
    created_at: datetime,
    dids: Mapping[str, str],
    embed: Record | None = None,
    reply: Record | None = None,
) -> dict[str, Any]:
    """Return the record of a part.

    ``dids`` has the account of each handle that is to be mentioned; others stay text. A content warning
    stands above the text: the network's own labels are a few fixed words for pictures.
    """
    above = outgoing.content_warning + GAP if outgoing.content_warning else ""
    language = _language(outgoing.language)
    written: dict[str, Any] = {
        "$type": POST,
        "text": above + outgoing.part.text,
        "createdAt": _iso(created_at),
        "facets": _facets(outgoing, dids, offset=len(above.encode())),
        "langs": [language] if language else [],
        "embed": embed,
        "reply": reply,
    }
    return {key: value for key, value in written.items() if value or key == "text"}


def images(attachments: Sequence[tuple[Attachment, Record]]) -> Record:
    """Return the embed of pictures, each with its uploaded reference."""
    return {"$type": _IMAGES, "images": [_image(attachment, blob) for attachment, blob in attachments]}


def external(card: Card) -> Record:
    """Return the embed of a link's card."""
    title = "".join(graphemes(card.title)[:_LONGEST_TITLE])
    description = "".join(graphemes(card.description)[:_LONGEST_TITLE])
    shown: dict[str, Any] = {"uri": card.url, "title": title, "description": description}
    return {"$type": _CARD, "external": shown | ({"thumb": card.thumb} if card.thumb else {})}


def reply(parent_uri: str, parent_cid: str, parent: Record) -> Record:
    """Return the reference of a reply to ``parent``: to it, and to the post that its thread begins with."""
    reference = {"uri": parent_uri, "cid": parent_cid}
    above = parent.get("reply")
    root = above.get("root") if isinstance(above, Mapping) else None
    if isinstance(root, Mapping):
        return {"root": {"uri": str(root["uri"]), "cid": str(root["cid"])}, "parent": reference}
    return {"root": reference, "parent": reference}


def repost(uri: str, cid: str, *, created_at: datetime) -> Record:
    """Return the record that shares a version of somebody's post.

    https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/repost.json
    """
    return {"$type": REPOST, "subject": {"uri": uri, "cid": cid}, "createdAt": _iso(created_at)}


def is_repost_of(uri: str, found: Record) -> bool:
    """Tell whether a record shares the post of that address."""
    return _dict(found.get("subject")).get("uri") == uri


def handles(outgoing: Outgoing) -> tuple[str, ...]:
    """Return the handles that the part mentions, in lower case and without their sign."""
    mentions = (facet for facet in outgoing.part.facets if facet.kind is FacetKind.MENTION)
    return tuple(dict.fromkeys(_handle(outgoing.part.text, facet) for facet in mentions))


def rkey_of(uri: str) -> str:
    """Return the last piece of a record's address, ``at://did/collection/rkey``."""
    return uri.rpartition("/")[2]


def remote_post(uri: str, found: Record, *, url: str) -> RemotePost | None:
    """Read a record; ``None`` for one without a time, which no reader is shown.

    It was made when its key says, which cannot be told for one that a person has imported.
    """
    rkey = rkey_of(uri)
    text, made = found.get("text"), time_of(rkey) or _time(found.get("createdAt"))
    if not isinstance(text, str) or made is None:
        return None
    links = dict.fromkeys([*_linked(found), *_shown(found)])
    return RemotePost(
        receipt=Receipt(remote_id=rkey, url=url), text=text, created_at=made, links=tuple(links)
    )


def _facets(outgoing: Outgoing, dids: Mapping[str, str], *, offset: int) -> list[Record]:
    part = outgoing.part
    facets: list[Record] = []
    for facet, place in zip(part.facets, in_bytes(part), strict=True):
        feature = _feature(part.text, facet, dids)
        if feature is not None:
            index = {"byteStart": offset + place.start, "byteEnd": offset + place.end}
            facets.append({"$type": _FACETS, "index": index, "features": [feature]})
    return facets


def _feature(text: str, facet: Facet, dids: Mapping[str, str]) -> Record | None:
    """Return what a facet means; emphasis has no place on this network."""
    if facet.kind is FacetKind.LINK and facet.url:
        return {"$type": f"{_FACETS}#link", "uri": facet.url}
    if facet.kind is FacetKind.MENTION and (did := dids.get(_handle(text, facet))):
        return {"$type": f"{_FACETS}#mention", "did": did}
    if facet.kind is FacetKind.TAG:
        tag = text[facet.start + 1 : facet.end]
        if tag and len(graphemes(tag)) <= _LONGEST_TAG and len(tag.encode()) <= _LONGEST_TAG_BYTES:
            return {"$type": f"{_FACETS}#tag", "tag": tag}
    return None


def _handle(text: str, facet: Facet) -> str:
    return text[facet.start + 1 : facet.end].lower()


def _image(attachment: Attachment, blob: Record) -> Record:
    width, height = imagesize.get(BytesIO(attachment.content))
    ratio = {"aspectRatio": {"width": width, "height": height}} if width > 0 and height > 0 else {}
    return {"image": blob, "alt": attachment.alt} | ratio


def _language(code: str | None) -> str | None:
    """Return a wiki's language code in the form of BCP 47; what has no place in it is left out."""
    match = _LANGUAGE.fullmatch(code or "")
    if match is None:
        return None
    language, script, region = match.groups()
    pieces = [language.lower(), (script or "").title(), (region or "").upper()]
    return "-".join(piece for piece in pieces if piece)


def _linked(found: Record) -> list[str]:
    """Return where the facets of a record lead."""
    features = (
        feature
        for facet in _dicts(found.get("facets"))
        for feature in _dicts(facet.get("features"))
        if feature.get("$type") == f"{_FACETS}#link"
    )
    return [str(feature["uri"]) for feature in features if feature.get("uri")]


def _shown(found: Record) -> list[str]:
    """Return where the card of a record leads, which may stand beside a quoted post."""
    embed = _dict(found.get("embed"))
    cards = (_dict(one.get("external")) for one in (embed, _dict(embed.get("media"))))
    return [str(card["uri"]) for card in cards if card.get("uri")]


def _dict(value: object) -> Record:
    return value if isinstance(value, Mapping) else {}


def _dicts(value: object) -> list[Record]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _iso(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _time(value: object) -> datetime | None:
    try:
        when = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
