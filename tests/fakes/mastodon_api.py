"""What a Mastodon server remembers and refuses, without HTTP: statuses, media, tokens, idempotency keys.

After https://docs.joinmastodon.org/methods/ and the error messages of Mastodon's own source. Where Mastodon
quietly mends what a client got wrong (an unknown parameter, an impossible language), this one refuses it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.fakes import mastodon_routes
from tests.fakes.mastodon_boosts import Other
from tests.fakes.mastodon_dialects import MASTODON, Dialect
from tests.fakes.mastodon_text import URL_WEIGHT, count, graphemes, render
from tests.fakes.network import Visible
from tests.fakes.schema import Complaint, Json, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.fakes.schema import Answer, Request

KEY_LIVES = timedelta(hours=1)
VISIBILITIES = frozenset({"public", "unlisted", "private", "direct"})
IMAGES = ("image/jpeg", "image/png", "image/gif", "image/webp")
YES = frozenset({"1", "true"})
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][A-Za-z]+)?")


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A media attachment; ``waits`` is how often it will still answer that it is being processed."""

    id: str
    content: bytes
    mime_type: str
    description: str
    waits: int = 0
    broken: bool = False
    status: str | None = None


@dataclass(frozen=True, kw_only=True)
class Status:
    """A status that its readers can see."""

    id: str
    text: str
    created_at: datetime
    visibility: str = "public"
    language: str | None = None
    spoiler_text: str = ""
    sensitive: bool = False
    in_reply_to_id: str | None = None
    media_ids: tuple[str, ...] = ()
    edited_at: datetime | None = None
    boost: bool = False
    boosts: str | None = None  # the id of the post of others that we have boosted


@dataclass(kw_only=True)
class MastodonApi:
    """The server's memory and rules. ``statuses`` is what is visible, oldest first.

    ``processing`` is how often a new upload answers 206 before it is done (0: at once), ``breaks_media`` lets
    the processing end in an error. ``id_prefix`` makes ids that are no numbers, as other servers' are.
    ``knows_v2`` is false for a server that has only the older description of itself, ``keeps_keys`` for one
    that takes no notice of idempotency keys, as GoToSocial; ``dialect`` is what else differs there. A
    ``url_weight`` of ``None`` is not told, and URLs count as they are. A status shows on the time-line after
    ``lag``. ``ignores_paging`` gives the newest whatever was asked for, ``ignores_boosts`` gives those too.
    ``tells_urls`` is false where a status has an identifier only. ``refuses_writing`` is why nothing may be
    posted. ``others`` are other people's posts by id, ``unreachable`` the URLs of those that cannot be
    fetched now, ``naming`` the address that the text of one holds, by id: a search finds that one too.
    ``boosts_once`` is false where a post that is boosted again is there twice, ``tells_boosts`` where a
    status does not say that we have boosted it.
    """

    base_url: str = "http://127.0.0.1"
    user: str = "news"
    domain: str = "mastodon.example"
    tokens: dict[str, frozenset[str]] = field(
        default_factory=lambda: {"good-token": frozenset({"read", "write"})}
    )
    max_characters: int = 500
    url_weight: int | None = URL_WEIGHT
    max_media: int = 4
    description_limit: int = 1500
    image_size_limit: int = 16_777_216
    images: tuple[str, ...] = IMAGES
    processing: int = 0
    breaks_media: bool = False
    id_prefix: str = ""
    knows_v2: bool = True
    keeps_keys: bool = True
    ignores_paging: bool = False
    ignores_boosts: bool = False
    tells_urls: bool = True
    refuses_writing: str = ""
    dialect: Dialect = MASTODON
    lag: timedelta = timedelta(0)
    known_accounts: frozenset[str] = frozenset()
    profile: Json = field(default_factory=lambda: {"bot": True, "locked": False})
    clock: Callable[[], datetime] = utc_now
    statuses: list[Status] = field(default_factory=list)
    media: dict[str, Upload] = field(default_factory=dict)
    keys: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    others: dict[str, Other] = field(default_factory=dict)
    unreachable: set[str] = field(default_factory=set)
    naming: dict[str, str] = field(default_factory=dict)
    boosts_once: bool = True
    tells_boosts: bool = True
    made: int = 0

    def answer(self, request: Request) -> Answer:
        try:
            return mastodon_routes.answer(self, request)
        except Complaint:
            raise
        except Refused as refused:
            raise self.dialect.refusal(refused) from None

    def error(self, _status: int, message: str, _details: Mapping[str, Any]) -> Json:
        return {"error": message}

    def visible(self) -> list[Visible]:
        return [
            Visible(remote_id=status.boosts, text="", shares=self.others[status.boosts].url)
            if status.boosts
            else Visible(
                remote_id=status.id,
                text=status.text,
                pictures=tuple(
                    (self.media[one].content, self.media[one].description) for one in status.media_ids
                ),
                reply_to=status.in_reply_to_id,
                content_warning=status.spoiler_text or None,
                language=status.language,
            )
            for status in self.statuses
        ]

    def post_by_hand(self, text: str, **changes: Any) -> Status:
        """Publish what a person writes on the web; ``boost=True`` is a boost of someone else's."""
        status = Status(id=self._next_id(), text=text, created_at=self.clock(), **changes)
        self.statuses.append(status)
        return status

    def post_by_others(self, url: str = "https://wikis.world/@wikitech/113000000000000001") -> Other:
        """Let somebody elsewhere have posted something."""
        host, _, path = url.removeprefix("https://").partition("/")
        uri = f"https://{host}/users/wikitech/statuses/{path.rpartition('/')[2]}"
        other = Other(id=self._next_id(), url=url, uri=uri)
        self.others[other.id] = other
        return other

    def instance(self, version: int) -> Answer:
        if version == 2 and not self.knows_v2:
            raise Refused(404, "Not Found")
        weight = {} if self.url_weight is None else {"characters_reserved_per_url": self.url_weight}
        described: Json = {
            "version": self.dialect.version,
            "title": "A fake",
            "configuration": {
                "statuses": {
                    "max_characters": self.max_characters,
                    "max_media_attachments": self.max_media,
                }
                | weight,
                "media_attachments": {
                    "supported_mime_types": ["video/mp4", *self.images],
                    "description_limit": self.description_limit,
                    "image_size_limit": self.image_size_limit,
                    "image_matrix_limit": 33_177_600,
                },
            },
        }
        uri = f"https://{self.domain}" if self.dialect.uri_is_address else self.domain
        return 200, described | ({"domain": self.domain} if version == 2 else {"uri": uri})

    def verify_account(self) -> Answer:
        return 200, self._account() | {"source": {"privacy": "public"}}

    def verify_app(self, scopes: frozenset[str]) -> Answer:
        return 200, {"name": "wikiherald", "website": None, "scopes": sorted(scopes)}

    def upload(self, content: bytes, mime_type: str, description: str) -> Answer:
        if mime_type not in self.images:
            raise Refused(422, "Validation failed: File content type is invalid, File is invalid")
        if len(description) > self.description_limit:
            raise Refused(
                422,
                "Validation failed: Description is too long "
                f"(maximum is {self.description_limit} characters)",
            )
        upload = Upload(
            id=self._next_id(),
            content=content,
            mime_type=mime_type,
            description=description,
            waits=self.processing,
            broken=self.breaks_media,
        )
        self.media[upload.id] = upload
        unfinished = upload.waits or upload.broken or self.dialect.done_at_once
        return (202 if unfinished else 200), self._media_json(upload)

    def show_media(self, media_id: str) -> Answer:
        upload = self.media.get(media_id)
        if upload is None or upload.status is not None:
            raise Refused(404, "Record not found")
        if upload.waits:
            self.media[media_id] = upload = replace(upload, waits=upload.waits - 1)
        elif upload.broken:
            raise Refused(422, "Error processing thumbnail for uploaded media")
        return (206 if upload.waits or upload.broken else 200), self._media_json(upload)

    def create(self, params: Mapping[str, Any], key: str | None) -> Answer:
        if self.refuses_writing:
            raise Refused(403, self.refuses_writing)
        known = self.keys.get(key or "")
        if known is not None and self.clock() - known[0] <= KEY_LIVES:
            return 200, self.status_json(self._find(known[1]))
        visibility, language = params.get("visibility", "public"), params.get("language")
        if visibility not in VISIBILITIES:
            raise Refused(422, f"'{visibility}' is not a valid visibility")
        if language is not None and not LANGUAGE.fullmatch(language):
            raise Refused(422, "Validation failed: Language is invalid")
        reply_to = params.get("in_reply_to_id")
        if reply_to is not None and all(status.id != reply_to for status in self.statuses):
            raise Refused(404, "The post you are trying to reply to does not appear to exist.")
        status = Status(
            id=self._next_id(),
            created_at=self.clock(),
            visibility=visibility,
            language=language,
            in_reply_to_id=reply_to,
            **self._written(params, owner=None),
        )
        self.statuses.append(status)
        self._attach(status)
        if key and self.keeps_keys:
            self.keys[key] = (status.created_at, status.id)
        return 200, self.status_json(status)

    def update(self, status_id: str, params: Mapping[str, Any]) -> Answer:
        status = self._find(status_id)
        written = self._written(params, owner=status_id)
        for change in params.get("media_attributes", ()):
            upload = self.media[change["id"]]
            self.media[upload.id] = replace(upload, description=change.get("description", upload.description))
        changed = replace(status, edited_at=self.clock(), **written)
        self.statuses[self.statuses.index(status)] = changed
        self._attach(changed)
        return 200, self.status_json(changed)

    def delete(self, status_id: str) -> Answer:
        status = self._find(status_id)
        self.statuses.remove(status)
        return 200, self.status_json(status) | {"text": status.text}

    def show(self, status_id: str) -> Answer:
        return 200, self.status_json(self._find(status_id))

    def time_line(self, account_id: str, query: Mapping[str, str]) -> Answer:
        if account_id != self._account()["id"]:
            raise Refused(404, "Record not found")
        limit = min(int(query.get("limit", "20")), 40)
        before = query.get("max_id")
        shown = [
            status
            for status in reversed(self.statuses)
            if status.created_at + self.lag <= self.clock()
            and (before is None or self.ignores_paging or _order(status.id) < _order(before))
            and (self.ignores_boosts or not (_is_boost(status) and query.get("exclude_reblogs") in YES))
        ]
        return 200, [self.status_json(status) for status in shown[:limit]]

    def _written(self, params: Mapping[str, Any], *, owner: str | None) -> Json:
        """Check what a writer writes, for a new status and for an edit alike."""
        text, spoiler = params.get("status", ""), params.get("spoiler_text", "")
        media_ids = tuple(params.get("media_ids", ()))
        if not text and not media_ids:
            raise Refused(422, "Validation failed: Text can't be blank")
        if self._length(text) + self._length(spoiler) > self.max_characters:
            raise Refused(422, f"Validation failed: Text character limit of {self.max_characters} exceeded")
        if len(media_ids) > self.max_media:
            raise Refused(422, f"Cannot attach more than {self.max_media} files")
        for media_id in media_ids:
            upload = self.media.get(media_id)
            if upload is None or upload.status not in {None, owner}:
                raise Refused(422, f"Media {media_id} not found or already attached to another post")
            if upload.waits or upload.broken:
                raise Refused(
                    422,
                    "Cannot attach files that have not finished processing. Try again in a moment!",
                )
        return {
            "text": text,
            "spoiler_text": spoiler,
            "sensitive": params.get("sensitive") in {"1", "true", True} or bool(spoiler),
            "media_ids": media_ids,
        }

    def _length(self, text: str) -> int:
        if self.dialect.counts == "code points":
            return len(text)
        if self.dialect.counts == "graphemes":
            return graphemes(text)
        return count(text, url_weight=self.url_weight or URL_WEIGHT)

    def _attach(self, status: Status) -> None:
        for media_id in status.media_ids:
            self.media[media_id] = replace(self.media[media_id], status=status.id)

    def _find(self, status_id: str) -> Status:
        for status in self.statuses:
            if status.id == status_id:
                return status
        raise Refused(404, "Record not found")

    def _next_id(self) -> str:
        self.made += 1
        return f"{self.id_prefix}{113_000_000_000_000_000 + self.made}"

    def _account(self) -> Json:
        return {
            "id": f"{self.id_prefix}42",
            "username": self.user,
            "acct": self.user,
            "url": f"{self.base_url}/@{self.user}",
        } | self.profile

    def _media_json(self, upload: Upload) -> Json:
        done = not upload.waits and not upload.broken
        return {
            "id": upload.id,
            "type": "image",
            "url": f"{self.base_url}/media/{upload.id}" if done else None,
            "preview_url": f"{self.base_url}/media/{upload.id}" if done else None,
            "description": upload.description or None,
            "meta": {},
        }

    def status_json(self, status: Status) -> Json:
        return {
            "id": status.id,
            "created_at": _iso(status.created_at),
            "edited_at": _iso(status.edited_at) if status.edited_at else None,
            "in_reply_to_id": status.in_reply_to_id,
            "sensitive": status.sensitive,
            "spoiler_text": status.spoiler_text,
            "visibility": status.visibility,
            **({"language": status.language} if self.dialect.knows_language else {}),
            "uri": f"{self.base_url}/users/{self.user}/statuses/{status.id}",
            "url": f"{self.base_url}/@{self.user}/{status.id}" if self.tells_urls else None,
            "content": render(status.text, host=self.base_url, accounts=self.known_accounts),
            "media_attachments": [self._media_json(self.media[media_id]) for media_id in status.media_ids],
            "mentions": [
                {"id": "7", "acct": name, "username": name.partition("@")[0], "url": _account_url(name)}
                for name in self.known_accounts
                if f"@{name}" in status.text
            ],
            "tags": [],
            "card": None,
            "reblog": {"id": "7", "content": render(status.text, host="https://b.example")}
            if _is_boost(status)
            else None,
            "account": self._account(),
        }


def _is_boost(status: Status) -> bool:
    return status.boost or status.boosts is not None


def _account_url(name: str) -> str:
    user, _, host = name.partition("@")
    return f"https://{host}/@{user}"


def _order(status_id: str) -> tuple[int, str]:
    return len(status_id), status_id


def _iso(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03d}Z"
