"""The lexicon of a post: its schema, and what no schema can say.

After https://github.com/bluesky-social/atproto/tree/main/lexicons/app/bsky: what is of the wrong shape is a
complaint, what is too long, too big or too much is refused in the real server's words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import regex

from tests.fakes.schema import NUMBER, TEXT, Complaint, Json, Refused, Schema, fields, list_of, one_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes.bluesky_api import BlueskyApi

POST = "app.bsky.feed.post"
FACET = "app.bsky.richtext.facet"
IMAGES = "app.bsky.embed.images"
CARD = "app.bsky.embed.external"
GRAPHEMES = 300
BYTES = 3000
THUMB = 1_000_000
# The well-formed ones of https://www.rfc-editor.org/rfc/rfc5646 that are no grandfathered or private ones.
LANGUAGE = re.compile(
    r"[A-Za-z]{2,3}(-[A-Za-z]{3}){0,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|\d{3}))?(-([A-Za-z0-9]{5,8}|\d[A-Za-z0-9]{3}))*"
)
DID = {"type": "string", "pattern": r"^did:[a-z]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._-]$"}
URI = {"type": "string", "pattern": r"^https?://[^\s/]\S*$", "maxLength": 8192}
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"}


def typed(name: str, required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    """Return the schema of an object that says its type, as members of a union do."""
    return fields({"$type": one_of(name)} | required, optional)


def plain(name: str, required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    """Return the schema of an object that may say its type."""
    return fields(required, {"$type": one_of(name)} | (optional or {}))


BLOB = fields(
    {"$type": one_of("blob"), "ref": fields({"$link": TEXT}), "mimeType": TEXT, "size": NUMBER},
)
REFERENCE = plain("com.atproto.repo.strongRef", {"uri": TEXT, "cid": TEXT})
RATIO = {"type": "integer", "minimum": 1}
IMAGE = plain(
    f"{IMAGES}#image",
    {"image": BLOB, "alt": TEXT},
    {"aspectRatio": plain("app.bsky.embed.defs#aspectRatio", {"width": RATIO, "height": RATIO})},
)
EXTERNAL = plain(f"{CARD}#external", {"uri": URI, "title": TEXT, "description": TEXT}, {"thumb": BLOB})
OFFSET = {"type": "integer", "minimum": 0}
SLICE = plain(f"{FACET}#byteSlice", {"byteStart": OFFSET, "byteEnd": OFFSET})
FEATURE = {
    "oneOf": [
        typed(f"{FACET}#link", {"uri": URI}),
        typed(f"{FACET}#mention", {"did": DID}),
        typed(f"{FACET}#tag", {"tag": TEXT}),
    ]
}
RECORD = typed(
    POST,
    {"text": TEXT, "createdAt": TIME},
    {
        "facets": list_of(plain(FACET, {"index": SLICE, "features": list_of(FEATURE, least=1)}), least=1),
        "langs": list_of(TEXT, least=1),
        "embed": {
            "oneOf": [
                typed(IMAGES, {"images": list_of(IMAGE, least=1)}),
                typed(CARD, {"external": EXTERNAL}),
            ]
        },
        "reply": plain(f"{POST}#replyRef", {"root": REFERENCE, "parent": REFERENCE}),
    },
)

REPOST = "app.bsky.feed.repost"
SHARE = typed(REPOST, {"subject": REFERENCE, "createdAt": TIME}, {"via": REFERENCE})


def check_share(api: BlueskyApi, record: Json) -> None:
    """Complain of what shares no post there is: the server itself would not look."""
    subject = record["subject"]
    if api.cid_of(subject["uri"]) != subject["cid"]:
        raise Complaint(f"a share of {subject['uri']}, of which there is no such version")


def check_record(api: BlueskyApi, record: Json) -> None:
    """Refuse what the lexicon or the server does not allow, and complain of what a client gets wrong."""
    text = record["text"]
    _most("grapheme", len(regex.findall(r"\X", text)), GRAPHEMES, "text")
    _most("string", len(text.encode()), BYTES, "text")
    langs = record.get("langs", [])
    _most("array", len(langs), 3, "langs")
    for number, language in enumerate(langs):
        if not LANGUAGE.fullmatch(language):
            raise _invalid(f'Invalid language (got "{language}") at $.record.langs[{number}]')
    _check_facets(api, text.encode(), record.get("facets", []))
    _check_embed(api, record.get("embed", {}))
    for reference in record.get("reply", {}).values():
        if isinstance(reference, dict):
            _check_reference(api, reference)


def images_of(record: Json) -> Iterator[tuple[str, str]]:
    """Yield the reference and the alt text of each picture of a post."""
    for image in record.get("embed", {}).get("images", ()):
        yield image["image"]["ref"]["$link"], image["alt"]


def _check_facets(api: BlueskyApi, text: bytes, facets: list[Json]) -> None:
    """Check that each facet covers whole characters, no two overlap, and each means what it covers."""
    at = 0
    for facet in sorted(facets, key=lambda facet: int(facet["index"]["byteStart"])):
        start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        if not at <= start < end <= len(text):
            raise Complaint(f"a facet from {start} to {end} does not fit there")
        at = end
        try:
            covered = text[start:end].decode()
        except UnicodeDecodeError:
            raise Complaint(f"a facet from {start} to {end} cuts a character") from None
        for feature in facet["features"]:
            _check_feature(api, covered, feature)


def _check_feature(api: BlueskyApi, covered: str, feature: Json) -> None:
    if "did" in feature and api.known.get(covered.removeprefix("@").lower()) != feature["did"]:
        raise Complaint(f"{covered} is not {feature['did']}")
    if "tag" in feature:
        _most("grapheme", len(regex.findall(r"\X", feature["tag"])), 64, "facets")
        if covered[:1] not in "#\N{FULLWIDTH NUMBER SIGN}" or covered[1:] != feature["tag"]:
            raise Complaint(f"{covered} is not the tag {feature['tag']}")


def _check_embed(api: BlueskyApi, embed: Json) -> None:
    images = embed.get("images", [])
    _most("array", len(images), 4, "embed.images")
    for number, image in enumerate(images):
        _check_blob(api, image["image"], api.blob_limit, f"embed.images[{number}].image")
    if "thumb" in embed.get("external", {}):
        _check_blob(api, embed["external"]["thumb"], THUMB, "embed.external.thumb")


def _check_blob(api: BlueskyApi, reference: Json, limit: int, place: str) -> None:
    blob = api.blobs.get(reference["ref"]["$link"])
    if blob is None:
        raise Refused(400, "Could not find blob", error="BlobNotFound")
    if (len(blob.content), blob.mime_type) != (reference["size"], reference["mimeType"]):
        raise Complaint("a reference that is not as the server gave it")
    _most("blob", len(blob.content), min(limit, THUMB), place)


def _check_reference(api: BlueskyApi, reference: Json) -> None:
    stored = api.posts.get(reference["uri"].rpartition("/")[2])
    if stored is None or reference["uri"] != api.uri(reference["uri"].rpartition("/")[2]):
        raise Complaint(f"a reply to {reference['uri']}, which is not there")
    if stored.cid != reference["cid"]:
        raise Complaint("a reply to a version that is not there")


def _most(kind: str, found: int, most: int, place: str) -> None:
    if found > most:
        raise _invalid(f"{kind} too big (maximum {most}, got {found}) at $.record.{place}")


def _invalid(message: str) -> Any:
    return Refused(400, f"Invalid {POST} record: {message}")
