"""What LinkedIn remembers of one organisation's page and of its app's tokens, and what it refuses.

After https://learn.microsoft.com/linkedin/marketing/community-management/ and what its answers have been seen
to say.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.fakes import linkedin_routes
from tests.fakes.linkedin_text import read_little_text
from tests.fakes.network import Visible
from tests.fakes.schema import Complaint, Json, Refused, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.fakes.schema import Answer, Request

ORGANIZATION = "2414183"
AUTHOR = f"urn:li:organization:{ORGANIZATION}"
TOKEN, REFRESH = "AQX-good-token", "AQY-good-refresh-token"
CLIENT, CLIENT_SECRET = "78abcdefghijkl", "WPL-good-client-secret"
VERSIONS = frozenset({"202606", "202607", "202608"})
SCOPES = ("r_organization_social", "w_organization_social")
LIMIT, LONGEST_ALT, LONGEST_TITLE = 3000, 4086, 400
MAGIC = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
LASTS, REFRESH_LASTS = timedelta(days=60), timedelta(days=365)


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Image:
    """A picture; ``waits`` is how often it will still be said to be in progress."""

    urn: str
    content: bytes | None = None
    waits: int = 0


@dataclass(frozen=True, kw_only=True)
class Post:
    """A post; ``commentary`` is little text, ``below`` its content as it was sent."""

    urn: str
    commentary: str
    created_at: datetime
    author: str = AUTHOR
    below: Json = field(default_factory=dict)
    more: Json = field(default_factory=dict)


@dataclass(kw_only=True)
class LinkedInApi:
    """The memory and rules. ``posts`` are oldest first.

    ``tokens`` are those that are good, with their ends. ``seen`` is what was posted lately, whatever has
    become of it, and the URN by which it is named. ``ghosts`` lets that be one that nobody can find, another
    each time. ``page`` is the most posts that come at once, ``processing`` how often a new picture is said to
    be in progress. ``asked`` are the headers LinkedIn-Version that came.
    """

    base_url: str = "http://127.0.0.1"
    tokens: dict[str, datetime | None] = field(default_factory=lambda: {TOKEN: None})
    refresh: str = REFRESH
    scopes: tuple[str, ...] = SCOPES
    administrator: bool = False
    versions: frozenset[str] = VERSIONS
    processing: int = 0
    breaks_pictures: bool = False
    thumbnails: bool = True
    uploads: str | None = None
    page: int = 100
    ghosts: bool = False
    clock: Callable[[], datetime] = utc_now
    posts: list[Post] = field(default_factory=list)
    images: dict[str, Image] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    made: int = 0

    def answer(self, request: Request) -> Answer:
        return linkedin_routes.answer(self, request)

    def error(self, status: int, message: str, details: Mapping[str, Any]) -> Json:
        return {"status": status, "message": message} | dict(details)

    def visible(self) -> list[Visible]:
        return [
            Visible(
                remote_id=post.urn,
                text=read_little_text(post.commentary),
                pictures=self._pictures(post.below),
            )
            for post in self.posts
        ]

    def post_by_hand(self, text: str, **changes: Any) -> Post:
        """Publish what a person writes on the web: ``text`` is little text."""
        post = Post(urn=self._next("share"), commentary=text, **{"created_at": self.clock()} | changes)
        self.posts.append(post)
        return post

    def authorise(self, request: Request) -> None:
        """Check the token, then the version."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            raise Refused(401, "Invalid access token", serviceErrorCode=65600, code="INVALID_ACCESS_TOKEN")
        end = self.tokens[token]
        if end is not None and end <= self.clock():
            message = "The token used in the request has expired"
            raise Refused(401, message, serviceErrorCode=65601, code="EXPIRED_ACCESS_TOKEN")
        version = request.headers.get("LinkedIn-Version", "")
        if request.path.startswith("/rest/") and version not in self.versions:
            raise Refused(426, f"Requested version {version}01 is not active", code="NONEXISTENT_VERSION")

    def need(self, scope: str, what: str) -> None:
        if scope not in self.scopes:
            message = f"Not enough permissions to access: {what}"
            raise Refused(403, message, serviceErrorCode=100, code="ACCESS_DENIED")

    def create(self, body: Json) -> Answer:
        self.need("w_organization_social", "partnerApiPosts.CREATE.20260701")
        if body["author"] != AUTHOR:
            raise Refused(403, "The member is no administrator of the author", code="ACCESS_DENIED")
        self._check_commentary(body["commentary"])
        below = body.get("content", {})
        self._check_below(below)
        if not body["commentary"] and not below:
            raise Refused(422, "commentary: there must be a text or a content", code="UNPROCESSABLE_ENTITY")
        if there := self.seen.get(body["commentary"]):
            named = self._next("share") if self.ghosts else there
            raise Refused(
                422,
                f"com.linkedin.content.common.exception.BadRequestResponseException: Content is a duplicate "
                f"of {named}",
                errorDetailType="com.linkedin.common.error.BadRequest",
                errorDetails={
                    "inputErrors": [
                        {"description": "Duplicate post is detected", "input": {}, "code": "DUPLICATE_POST"}
                    ]
                },
            )
        post = self.post_by_hand(body["commentary"], below=below)
        self.seen[post.commentary] = post.urn
        return Reply(status=201, headers={"x-restli-id": post.urn, "x-linkedin-id": post.urn})

    def get(self, urn: str) -> Answer:
        self.need("r_organization_social", "partnerApiPosts.GET.20260701")
        return 200, self.post_json(self._find(urn))

    def update(self, urn: str, commentary: str) -> None:
        self.need("w_organization_social", "partnerApiPosts.PARTIAL_UPDATE.20260701")
        self._check_commentary(commentary)
        post = self._find(urn)
        self.posts[self.posts.index(post)] = replace(post, commentary=commentary)

    def delete(self, urn: str) -> None:
        self.need("w_organization_social", "partnerApiPosts.DELETE.20260701")
        self.posts = [post for post in self.posts if post.urn != urn]

    def by_author(self, query: Mapping[str, str]) -> Answer:
        self.need("r_organization_social", "partnerApiPosts.FINDER-author.20260701")
        start, count = int(query["start"]), min(int(query["count"]), self.page)
        mine = [post for post in reversed(self.posts) if post.author == query["author"]]
        shown = mine[start : start + int(query["count"])][:count]
        links = []
        if start + len(shown) < len(mine):
            href = f"/rest/posts?author={quote(AUTHOR)}&q=author&start={start + count}&count={count}"
            links = [{"type": "application/json", "rel": "next", "href": href}]
        paging = {"start": start, "count": count, "links": links}
        return 200, {"paging": paging, "elements": [self.post_json(post) for post in shown]}

    def organization(self, number: str) -> Answer:
        if not self.administrator:
            self.need("rw_organization_admin", "organizations.GET.20260701")
        return 200, {"id": int(number), "localizedName": "Wiki News", "vanityName": "wiki-news"}

    def begin_upload(self, owner: str) -> Answer:
        self.need("w_organization_social", "images.ACTION-initializeUpload.20260701")
        if owner != AUTHOR:
            raise Refused(403, "The member is no administrator of the owner", code="ACCESS_DENIED")
        urn = self._next("image")
        self.images[urn] = Image(urn=urn, waits=self.processing)
        address = f"{self.uploads or self.base_url}/dms-uploads/{urn.rpartition(':')[2]}/uploaded-image/0"
        ends = int((self.clock() + timedelta(days=1)).timestamp() * 1000)
        return 200, {"value": {"uploadUrlExpiresAt": ends, "uploadUrl": address, "image": urn}}

    def upload(self, number: str, content: bytes) -> Answer:
        urn = f"urn:li:image:{number}"
        if urn not in self.images:
            raise Refused(404, "no such upload")
        if not content.startswith(MAGIC):
            raise Refused(400, "the media type is not supported")
        self.images[urn] = replace(self.images[urn], content=content)
        return Reply(status=201)

    def image(self, urn: str) -> Answer:
        found = self.images.get(urn)
        if found is None:
            raise Refused(404, f"Could not find entity {urn}", code="NOT_FOUND")
        if found.content is None:
            state = "WAITING_UPLOAD"
        elif found.waits:
            self.images[urn] = replace(found, waits=found.waits - 1)
            state = "PROCESSING"
        else:
            state = "PROCESSING_FAILED" if self.breaks_pictures else "AVAILABLE"
        return 200, {"id": urn, "owner": AUTHOR, "status": state}

    def renew(self, fields: Mapping[str, str]) -> Answer:
        self._check_app(fields)
        if fields["refresh_token"] != self.refresh:
            raise Refused(400, "", error="invalid_grant", error_description="The refresh token is invalid")
        self.made += 1
        token = f"AQX-renewed-{self.made}"
        self.tokens[token] = self.clock() + LASTS
        return 200, {
            "access_token": token,
            "expires_in": int(LASTS.total_seconds()),
            "refresh_token": self.refresh,
            "refresh_token_expires_in": int(REFRESH_LASTS.total_seconds()),
            "scope": ",".join(self.scopes),
        }

    def introspect(self, fields: Mapping[str, str]) -> Answer:
        self._check_app(fields)
        if fields["token"] not in self.tokens:
            return 200, {"active": False}
        end = self.tokens[fields["token"]] or self.clock() + LASTS
        return 200, {
            "active": end > self.clock(),
            "status": "active" if end > self.clock() else "expired",
            "client_id": CLIENT,
            "scope": ",".join(self.scopes),
            "expires_at": int(end.timestamp()),
            "auth_type": "3L",
        }

    def post_json(self, post: Post) -> Json:
        when = int(post.created_at.timestamp() * 1000)
        return (
            {
                "id": post.urn,
                "author": post.author,
                "commentary": post.commentary,
                "createdAt": when,
                "publishedAt": when,
                "lastModifiedAt": when,
                "lifecycleState": "PUBLISHED",
                "visibility": "PUBLIC",
                "distribution": {"feedDistribution": "MAIN_FEED", "thirdPartyDistributionChannels": []},
                "isReshareDisabledByAuthor": False,
            }
            | ({"content": post.below} if post.below else {})
            | post.more
        )

    def _check_app(self, fields: Mapping[str, str]) -> None:
        if (fields["client_id"], fields["client_secret"]) != (CLIENT, CLIENT_SECRET):
            raise Refused(401, "", error="invalid_client", error_description="Client authentication failed")

    def _check_commentary(self, commentary: str) -> None:
        if len(commentary.encode("utf-16-le")) // 2 > LIMIT:
            message = f"ERROR :: /commentary :: length of the text is greater than the maximum {LIMIT}"
            raise Refused(422, message, code="FIELD_LENGTH_TOO_LONG")
        try:
            read_little_text(commentary)
        except ValueError as cut:
            raise Complaint(f"the text would be cut: {cut}") from cut

    def _check_below(self, below: Json) -> None:
        images = below.get("multiImage", {}).get("images", [])
        thumbnail = below.get("article", {}).get("thumbnail")
        shown = [*images, *([below["media"]] if "media" in below else [])]
        for one in [*(image["id"] for image in shown), *([thumbnail] if thumbnail else [])]:
            image = self.images.get(one)
            if image is None or image.content is None or image.waits:
                raise Refused(422, f"The image {one} is not available", code="MEDIA_ASSET_WAITING_UPLOAD")
        if thumbnail and not self.thumbnails:
            raise Refused(422, "The thumbnail is not one", code="INVALID_THUMBNAIL")

    def _pictures(self, below: Json) -> tuple[tuple[bytes, str], ...]:
        shown = below.get("multiImage", {}).get("images") or ([below["media"]] if "media" in below else [])
        return tuple((self.images[one["id"]].content or b"", one.get("altText", "")) for one in shown)

    def _find(self, urn: str) -> Post:
        for post in self.posts:
            if post.urn == urn:
                return post
        raise Refused(404, f"Could not find entity {urn}", code="NOT_FOUND")

    def _next(self, kind: str) -> str:
        self.made += 1
        return f"urn:li:{kind}:{'D4E10AQ' if kind == 'image' else 7_400_000_000_000_000}{self.made:03}"


def told(status: int, message: str, **details: Any) -> str:
    """Return the JSON of an error as LinkedIn words it."""
    return json.dumps(LinkedInApi().error(status, message, details))
