"""What a pod of diaspora* remembers of one account, and what it refuses, without HTTP.

After the controllers in app/controllers/api of https://github.com/diaspora/diaspora, whose words these are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.compose.readers import read_commonmark
from tests.fakes import diaspora_routes
from tests.fakes.network import Visible
from tests.fakes.schema import Json, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.fakes.schema import Answer, Request

CLIENT_ID = "c609e9dbb8a4a36d5a3abb99ef5cb2b7"
CLIENT_SECRET = "275de5fa9916f3789190a95cd12ee3a9ed56a207657fb537b011327d6707e443"
REFRESH_TOKEN = "5d4d1b7f0e6fbb1c0b3d3c1d9b4a1f2e8c7a6b5d4e3f2a1b0c9d8e7f6a5b4c3d"
PERSON = "f9a1b2c0d3e40133e40e406c8f31e210"
NEEDED = frozenset({"openid", "profile", "public:read", "public:modify"})
MOST_TEXT, MOST_PAGE, USUAL_PAGE = 65_535, 100, 15
PICTURES = re.compile(r".+\.(jpg|jpeg|png|gif|webp)", re.IGNORECASE)


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(kw_only=True)
class Photo:
    """An uploaded picture; ``post`` is what it belongs to by now."""

    guid: str
    content: bytes
    pending: bool
    post: str | None = None


@dataclass(frozen=True, kw_only=True)
class Post:
    """A post of the account's; ``body`` is its Markdown."""

    guid: str
    body: str
    created_at: datetime
    photos: tuple[str, ...] = ()
    post_type: str = "StatusMessage"


@dataclass(kw_only=True)
class DiasporaApi:
    """The memory and rules.

    ``tokens`` are the access tokens that are good, ``refresh_token`` the one of the account's authorisation
    (``None``: taken back), which has the ``scopes``. A pod that ``rotates`` gives a new refresh token with
    each access token, one that ``tells_scopes`` says what they are good for; pods of today do neither.
    ``precision`` is that of its database's times; ``breaks_late`` says how often it fails after storing.
    """

    base_url: str = "http://127.0.0.1"
    refresh_token: str | None = REFRESH_TOKEN
    scopes: frozenset[str] = NEEDED
    rotates: bool = False
    tells_scopes: bool = False
    nsfw: bool = False
    precision: timedelta = timedelta(microseconds=1)
    breaks_late: int = 0
    clock: Callable[[], datetime] = utc_now
    tokens: set[str] = field(default_factory=set)
    posts: list[Post] = field(default_factory=list)
    photos: dict[str, Photo] = field(default_factory=dict)
    made: int = 0

    def answer(self, request: Request) -> Answer:
        return diaspora_routes.answer(self, request)

    def error(self, status: int, message: str, details: Mapping[str, Any]) -> Json:
        if "error" in details:
            return {"error": details["error"], "error_description": message}
        return {"code": status, "message": message}

    def visible(self) -> list[Visible]:
        return [
            Visible(
                remote_id=post.guid,
                text=shown(post.body),
                pictures=tuple((self.photos[guid].content, "") for guid in post.photos),
            )
            for post in self.posts
            if post.post_type == "StatusMessage"
        ]

    def grant(self, fields: Mapping[str, str]) -> Answer:
        if (fields["client_id"], fields["client_secret"]) != (CLIENT_ID, CLIENT_SECRET):
            raise Refused(
                401,
                "The client identifier provided is invalid, the client failed to authenticate, ...",
                error="invalid_client",
            )
        if self.refresh_token is None or fields["refresh_token"] != self.refresh_token:
            raise Refused(
                400,
                "The provided access grant is invalid, expired, or revoked (e.g. invalid assertion, ...).",
                error="invalid_grant",
            )
        token = self._next() * 2
        self.tokens.add(token)
        told: Json = {"access_token": token, "token_type": "bearer", "expires_in": 86_399}
        if self.rotates:
            told["refresh_token"] = self.refresh_token = self._next() * 2
        if self.tells_scopes:
            told["scope"] = " ".join(sorted(self.scopes))
        return 200, told

    def expire(self) -> None:
        """Let a day pass for the access tokens."""
        self.tokens.clear()

    def revoke(self) -> None:
        """Take the authorisation back, as the account's owner can in its settings."""
        self.tokens.clear()
        self.refresh_token = None

    def own_user(self) -> Json:
        return {
            "guid": PERSON,
            "diaspora_id": "news@pod.example",
            "name": "News",
            "avatar": f"{self.base_url}/assets/user/default.png",
            "tags": ["mediawiki"],
            "searchable": True,
            "show_profile_info": True,
            "nsfw": self.nsfw,
        }

    def upload(self, name: str, content: bytes, *, pending: bool, is_public: bool) -> Answer:
        private = "private:modify" in self.scopes
        if not PICTURES.fullmatch(name) or not content.startswith(b"\x89PNG") or not (is_public or private):
            raise Refused(422, "Failed to create the photo")
        photo = Photo(guid=self._next(), content=content, pending=pending)
        self.photos[photo.guid] = photo
        made = {"guid": photo.guid, "created_at": _spelt(self.clock())}
        return 200, made | self._picture(photo)

    def create(self, fields: Json) -> Answer:
        guids = fields.get("photos", [])
        usable = [self.photos[guid] for guid in guids if guid in self.photos and self.photos[guid].pending]
        if len(usable) != len(guids) or not (fields["body"].strip() or guids):
            raise Refused(422, "Failed to create the post")
        if len(fields["body"]) > MOST_TEXT:
            raise Refused(422, "Failed to create the post")
        post = self.add(fields["body"], photos=tuple(guids))
        for photo in usable:
            photo.pending, photo.post = False, post.guid
        if self.breaks_late:
            self.breaks_late -= 1
            raise Refused(422, "Failed to create the post")
        return 200, self._json(post)

    def add(self, body: str, *, photos: tuple[str, ...] = (), post_type: str = "StatusMessage") -> Post:
        """Store a post, as when a person makes it on the web."""
        at = self.clock()
        at -= timedelta(microseconds=at.microsecond % round(self.precision / timedelta(microseconds=1)))
        post = Post(guid=self._next(), body=body, created_at=at, photos=photos, post_type=post_type)
        self.posts.append(post)
        return post

    def delete(self, guid: str) -> None:
        for post in self.posts:
            if post.guid == guid:
                self.posts.remove(post)
                return
        raise Refused(404, "Post with provided guid could not be found")

    def page(self, person: str, query: Mapping[str, str]) -> tuple[list[Json], Mapping[str, str]]:
        """Return a page of posts and its headers; the address of the next is the pod's own idea of itself."""
        if person != PERSON:
            raise Refused(404, "User not found")
        before = datetime.fromisoformat(query["before"]) if "before" in query else utc_now() + timedelta(365)
        most = min(max(int(query.get("per_page", USUAL_PAGE)), 1), MOST_PAGE)
        older = [post for post in reversed(self.posts) if post.created_at < before]
        older.sort(key=lambda post: post.created_at, reverse=True)
        found = older[:most]
        if not found:
            return [], {}
        kept = "".join(f"{name}={value}&" for name, value in query.items() if name != "before")
        url = f"http://backend.internal/api/v1/users/{person}/posts?{kept}"
        oldest, newest = _spelt(found[-1].created_at), _spelt(found[0].created_at + timedelta(milliseconds=1))
        links = f'<{url}before={oldest}>; rel="next", <{url}after={newest}>; rel="previous"'
        return [self._json(post) for post in found], {"Link": links}

    def _json(self, post: Post) -> Json:
        author = {"guid": PERSON, "diaspora_id": "news@pod.example", "name": "News"}
        return {
            "guid": post.guid,
            "created_at": _spelt(post.created_at),
            "title": post.body[:70],
            "body": post.body,
            "post_type": post.post_type,
            "provider_display_name": "Wikiherald",
            "public": True,
            "nsfw": re.search(r"(?:^|\s)#nsfw\b", post.body) is not None,
            "author": author,
            "interaction_counters": {"comments": 0, "likes": 0, "reshares": 0},
            "own_interaction_state": dict.fromkeys(("liked", "reshared", "subscribed", "reported"), False),
            "mentioned_people": [],
            "photos": [self._picture(self.photos[guid]) for guid in post.photos],
        }

    def _picture(self, photo: Photo) -> Json:
        sizes = ("raw", "large", "medium", "small")
        return {
            "dimensions": {"width": 1, "height": 1},
            "sizes": {size: f"{self.base_url}/uploads/images/{size}_{photo.guid}.png" for size in sizes},
        }

    def _next(self) -> str:
        self.made += 1
        return f"{self.made:08x}e4f50133e40e406c8f31e210"


def shown(body: str) -> str:
    """Return what readers see of Markdown, in which a mention shows the account."""
    mentions = re.compile(r"(?<!\\)@\{(?:[^}]+?; )?([^} ]+)\}")
    return read_commonmark(mentions.sub(lambda match: "@" + match[1].replace("_", r"\_"), body)).text


def _spelt(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03}Z"
