"""What a personal data server remembers and refuses, without HTTP: sessions, records, blobs.

After https://docs.bsky.app/docs/category/http-reference, the lexicons in https://github.com/bluesky-social/atproto
and what the real server (tests/servers/pds.py) answers.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes import bluesky_routes
from tests.fakes.bluesky_lexicon import POST, REPOST, check_record, check_share, images_of
from tests.fakes.network import Visible
from tests.fakes.schema import Complaint, Json, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.fakes.schema import Answer, Request

TID = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")
RECORD_KEY = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9_.:~-]{1,512}")
NAMES = {
    400: "InvalidRequest",
    401: "AuthenticationRequired",
    413: "PayloadTooLarge",
    429: "RateLimitExceeded",
    500: "InternalServerError",
}


@dataclass(frozen=True, kw_only=True)
class Blob:
    """A file that was uploaded."""

    content: bytes
    mime_type: str


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A record in the repository: its version and what it says."""

    cid: str
    value: Json


@dataclass(kw_only=True)
class BlueskyApi:
    """The server's memory and rules. ``posts`` is what is visible by record key, in the order it was made,
    ``reposts`` what the account shares, ``others`` the posts of other accounts by DID and record key.

    ``service`` is the server that the account's document names, ``None`` where it is this one; ``document``
    stands for the whole of it. ``known`` has the accounts that can be mentioned. ``blob_limit`` is the
    largest picture in a post, ``upload_limit`` the largest file, in bytes. With ``forgets`` no token is good
    for anything; ``stale_status`` is what one gets that has run out.
    """

    base_url: str = "http://127.0.0.1"
    handle: str = "news.example"
    did: str = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
    app_password: str = "abcd-efgh-ijkl-mnop"
    main_password: str = "correct horse battery staple"
    service: str | None = None
    document: Json | None = None
    forgets: bool = False
    stale_status: int = 400
    active: bool = True
    known: dict[str, str] = field(default_factory=dict)
    blob_limit: int = 1_000_000
    upload_limit: int = 5_242_880
    posts: dict[str, Stored] = field(default_factory=dict)
    reposts: dict[str, Stored] = field(default_factory=dict)
    others: dict[tuple[str, str], Stored] = field(default_factory=dict)
    blobs: dict[str, Blob] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    stale: set[str] = field(default_factory=set)

    def answer(self, request: Request) -> Answer:
        return bluesky_routes.answer(self, request)

    def error(self, status: int, message: str, details: Mapping[str, Any]) -> Json:
        return {"error": details.get("error", NAMES.get(status, "Error")), "message": message}

    def visible(self) -> list[Visible]:
        posts = [self._visible(rkey, stored.value) for rkey, stored in self.posts.items()]
        return posts + [
            Visible(remote_id=rkey, text="", shares=_on_the_web(stored.value["subject"]["uri"]))
            for rkey, stored in self.reposts.items()
        ]

    def expire(self, *kinds: str) -> None:
        """Let the tokens of these kinds (``access``, ``refresh``) run out."""
        self.stale |= {token for token, kind in self.tokens.items() if kind in kinds}

    def post_by_hand(self, rkey: str, text: str, **more: Any) -> None:
        """Publish what a person writes in the app."""
        value = {"$type": POST, "text": text, "createdAt": "2026-11-18T12:00:00.000Z"} | more
        self.posts[rkey] = Stored(cid=_cid(value), value=value)

    def post_by_others(
        self, rkey: str = "3labcdefghi2a", did: str = "did:plc:z72i7hdynmk6r22z27h6tvur"
    ) -> str:
        """Let another account post something; return its address."""
        value = {"$type": POST, "text": f"Said by others: {rkey}", "createdAt": "2026-11-18T12:00:00.000Z"}
        self.others[did, rkey] = Stored(cid=_cid(value), value=value)
        return _on_the_web(f"at://{did}/{POST}/{rkey}")

    def cid_of(self, uri: str) -> str | None:
        """Return the version of a post, ours or another's, or ``None`` where there is none."""
        did, _, rkey = uri.removeprefix("at://").split("/")
        stored = self.posts.get(rkey) if did == self.did else self.others.get((did, rkey))
        return stored.cid if stored else None

    def check_token(self, request: Request, kind: str) -> None:
        """Check who asks, as the real server words it."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if not token:
            raise Refused(401, "Authentication Required", error="AuthMissing")
        if scheme != "Bearer" or token not in self.tokens:
            raise Refused(400, "Token could not be verified", error="InvalidToken")
        if self.tokens[token] != kind:
            raise Refused(400, "Invalid token type", error="InvalidToken")
        if token in self.stale or self.forgets:
            raise Refused(self.stale_status, "Token has expired", error="ExpiredToken")

    def create_session(self, identifier: str, password: str) -> Answer:
        known = {self.app_password: "com.atproto.appPass", self.main_password: "com.atproto.access"}
        if identifier not in {self.handle, self.did} or password not in known:
            raise Refused(401, "Invalid identifier or password")
        return 200, self._session() | self._tokens(known[password])

    def refresh_session(self, token: str) -> Answer:
        self.stale.add(token)
        return 200, self._session() | self._tokens("com.atproto.appPass")

    def get_session(self) -> Answer:
        return 200, self._session()

    def resolve_handle(self, handle: str) -> Answer:
        if handle not in self.known:
            raise Refused(400, "Unable to resolve handle")
        return 200, {"did": self.known[handle]}

    def upload(self, content: bytes, mime_type: str) -> Answer:
        if len(content) > self.upload_limit:
            raise Refused(413, "request entity too large")
        cid = "bafkrei" + _hash(content)
        self.blobs[cid] = Blob(content=content, mime_type=mime_type)
        reference = {"$type": "blob", "ref": {"$link": cid}, "mimeType": mime_type, "size": len(content)}
        return 200, {"blob": reference}

    def put(self, fields: Mapping[str, Any]) -> Answer:
        rkey, value, collection = self._addressed(fields), fields["record"], fields["collection"]
        if value["$type"] != collection:
            raise Complaint(f"a record of {value['$type']} in {collection}")
        if not TID.fullmatch(rkey):
            raise Refused(400, f'Invalid record key for {collection}: Invalid TID string (got "{rkey}") at $')
        check, says = (check_share, "subject") if collection == REPOST else (check_record, "text")
        check(self, value)
        there = self._records(fields)
        before, stored = there.get(rkey), Stored(cid=_cid(value), value=value)
        if before is not None and before.value[says] != value[says]:
            raise Complaint("a record that says something else is put over one that is there")
        there[rkey] = stored
        commit = {"cid": _cid(rkey), "rev": rkey}
        changed = {} if before == stored else {"commit": commit}
        uri = self.uri(rkey, collection)
        return 200, {"uri": uri, "cid": stored.cid, "validationStatus": "valid"} | changed

    def delete(self, fields: Mapping[str, Any]) -> Answer:
        rkey = self._addressed(fields)
        found = self._records(fields).pop(rkey, None)
        return 200, {"commit": {"cid": _cid(rkey), "rev": rkey}} if found else {}

    def get(self, query: Mapping[str, Any]) -> Answer:
        rkey, collection, repo = str(query["rkey"]), query["collection"], query["repo"]
        other = self.others.get((repo, rkey)) if collection == POST else None
        if other is not None:
            return 200, {"uri": f"at://{repo}/{POST}/{rkey}", "cid": other.cid, "value": other.value}
        if repo in {did for did, _ in self.others}:
            raise Refused(400, "Could not locate record", error="RecordNotFound")
        stored = self._records(query).get(self._addressed(query))
        if stored is None:
            raise Refused(
                400, f"Could not locate record: {self.uri(rkey, collection)}", error="RecordNotFound"
            )
        return 200, {**self._shown(rkey, stored), "uri": self.uri(rkey, collection)}

    def list_records(self, query: Mapping[str, Any]) -> Answer:
        self._check_repo(query)
        before = query.get("cursor", "~")
        keys = sorted((rkey for rkey in self.posts if rkey < before), reverse=True)
        shown = keys[: int(query.get("limit", "50"))]
        records = [self._shown(rkey, self.posts[rkey]) for rkey in shown]
        return 200, {"records": records} | ({"cursor": shown[-1]} if shown else {})

    def uri(self, rkey: str, collection: str = POST) -> str:
        return f"at://{self.did}/{collection}/{rkey}"

    def _records(self, fields: Mapping[str, Any]) -> dict[str, Stored]:
        return self.reposts if fields["collection"] == REPOST else self.posts

    def _addressed(self, fields: Mapping[str, Any]) -> str:
        """Check which record is meant and return its key."""
        self._check_repo(fields)
        rkey = str(fields["rkey"])
        if not RECORD_KEY.fullmatch(rkey):
            raise Refused(400, f'Invalid record key (got "{rkey}") at $.rkey')
        return rkey

    def _check_repo(self, fields: Mapping[str, Any]) -> None:
        if fields["collection"] not in {POST, REPOST}:
            raise Complaint(f"a bot has no business with {fields['collection']}")
        if fields["repo"] not in {self.did, self.handle}:
            raise Refused(400, f"Could not find repo: {fields['repo']}")

    def _shown(self, rkey: str, stored: Stored) -> Json:
        return {"uri": self.uri(rkey), "cid": stored.cid, "value": stored.value}

    def _session(self) -> Json:
        document = {
            "@context": ["https://www.w3.org/ns/did/v1"],
            "id": self.did,
            "alsoKnownAs": [f"at://{self.handle}"],
            "service": [
                {
                    "id": "#atproto_pds",
                    "type": "AtprotoPersonalDataServer",
                    "serviceEndpoint": self.service or self.base_url,
                }
            ],
        }
        status = {} if self.active else {"status": "deactivated"}
        return {
            "did": self.did,
            "didDoc": document if self.document is None else self.document,
            "handle": self.handle,
            "email": "news@wiki.example",
            "emailConfirmed": True,
            "active": self.active,
        } | status

    def _tokens(self, scope: str) -> Json:
        access, refresh = _token(scope), _token("com.atproto.refresh")
        self.tokens |= {access: "access", refresh: "refresh"}
        return {"accessJwt": access, "refreshJwt": refresh}

    def _visible(self, rkey: str, value: Json) -> Visible:
        blobs = [(self.blobs[cid], alt) for cid, alt in images_of(value)]
        parent = value.get("reply", {}).get("parent", {}).get("uri", "")
        return Visible(
            remote_id=rkey,
            text=value["text"],
            pictures=tuple((blob.content, alt) for blob, alt in blobs),
            reply_to=parent.rpartition("/")[2] or None,
            language=next(iter(value.get("langs", ())), None),
        )


def _on_the_web(uri: str) -> str:
    did, _, rkey = uri.removeprefix("at://").split("/")
    return f"https://bsky.app/profile/{did}/post/{rkey}"


def _token(scope: str) -> str:
    """Return a new token in the form of a JWT, as the real ones have."""
    number = secrets.token_hex(8)
    payload = json.dumps({"scope": scope, "jti": number})
    return f"{_part('{}')}.{_part(payload)}.{_part(f'signature {number}')}"


def _part(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _cid(value: object) -> str:
    return "bafyrei" + _hash(json.dumps(value, sort_keys=True).encode())


def _hash(content: bytes) -> str:
    return base64.b32encode(hashlib.sha256(content).digest()).decode().rstrip("=").lower()
