"""The part of Facebook's Graph API that is about a Page, without HTTP: its memory, its rules and its routes.

https://developers.facebook.com/docs/pages-api/posts and
https://developers.facebook.com/docs/graph-api/reference/page/photos
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tests.fakes.graph_api import ABOUT_TOKEN, DIGITS, GraphApi, asked_for, listing, moment, refused
from tests.fakes.network import Visible
from tests.fakes.schema import (
    FILE,
    FORM_BODY,
    MULTIPART_BODY,
    TEXT,
    Route,
    decoded,
    fields,
    list_of,
    one_of,
)

if TYPE_CHECKING:
    from tests.fakes.schema import Answer, Call, Json

PAGE = "112130216863063"
APP = "138483919580948"
APP_SECRET = "good-app-secret"
SCOPES = ("pages_show_list", "pages_read_engagement", "pages_manage_posts", "public_profile")
MOST_TEXT = 63_206
KINDS = frozenset({"image/jpeg", "image/png", "image/gif", "image/bmp", "image/tiff"})
PHOTOS = list_of(fields({"media_fbid": DIGITS}))


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A picture that was uploaded, and is in a post or not."""

    content: bytes
    alt: str


@dataclass(frozen=True, kw_only=True)
class Post:
    """A post of the Page's."""

    id: str
    message: str
    link: str | None
    photos: tuple[Photo, ...]
    made_at: str


@dataclass(kw_only=True)
class FacebookApi(GraphApi):
    """One Page, and the token of an app for it. With ``demands_proof`` each request has to be proved."""

    scopes: list[str] = field(default_factory=lambda: list(SCOPES))
    is_published: bool = True
    tells_rights: bool = True
    demands_proof: bool = False
    photos: dict[str, Photo] = field(default_factory=dict)
    posts: list[Post] = field(default_factory=list)

    def visible(self) -> list[Visible]:
        return [
            Visible(
                remote_id=post.id,
                text=post.message,
                pictures=tuple((photo.content, photo.alt) for photo in post.photos),
            )
            for post in self.posts
        ]

    def about_page(self, call: Call) -> Answer:
        self._check_proof(call.query)
        link = f"https://www.facebook.com/{PAGE}"
        return 200, {"id": PAGE, "name": "Wiki News", "link": link, "is_published": self.is_published}

    def about_token(self, call: Call) -> Answer:
        if not self.tells_rights or call.query["access_token"] not in {self.token, f"{APP}|{APP_SECRET}"}:
            raise refused(100, "(#100) You must provide an app access token, or a user access token")
        return self.debug_token(call)

    def upload(self, call: Call) -> Answer:
        self._check_proof(call.fields)
        self._check_scope("pages_manage_posts")
        file = call.fields["source"]
        if file.content_type not in KINDS or not file.content:
            raise refused(324, "(#324) Requires upload file", 2069019)
        photo = Photo(content=file.content, alt=call.fields.get("alt_text_custom", ""))
        photo_id = self.new_id()
        self.photos[photo_id] = photo
        return 200, {"id": photo_id}

    def publish(self, call: Call) -> Answer:
        self._check_proof(call.fields)
        self._check_scope("pages_manage_posts")
        told = call.fields
        message = self._checked(told["message"])
        attached = decoded(told.get("attached_media", "[]"), PHOTOS, "attached_media")
        if attached and "link" in told:
            raise refused(100, "(#100) A post has a link or media, not both")
        if self.posts and self.posts[-1].message == message and not attached:
            raise refused(506, "Duplicate status message")
        try:
            photos = tuple(self.photos.pop(one["media_fbid"]) for one in attached)
        except KeyError as error:
            raise refused(100, f"(#100) Invalid photo id {error}") from error
        post = Post(
            id=f"{PAGE}_{self.new_id()}",
            message=message,
            link=told.get("link"),
            photos=photos,
            made_at=moment(),
        )
        self.posts.append(post)
        return 200, {"id": post.id}

    def published(self, call: Call) -> Answer:
        self._check_proof(call.query)
        self._check_scope("pages_read_engagement")
        query = {**call.query, "fields": call.query["fields"].replace("{unshimmed_url}", "")}
        entries = [self._json(post) for post in reversed(self.posts)]
        return self.listed(entries, query, created="created_time")

    def edit(self, call: Call) -> Answer:
        self._check_proof(call.fields)
        post = self._find(call.path[0])
        changed = replace(post, message=self._checked(call.fields["message"]))
        self.posts[self.posts.index(post)] = changed
        return 200, {"success": True}

    def delete(self, call: Call) -> Answer:
        self._check_proof(call.query)
        self.posts.remove(self._find(call.path[0]))
        return 200, {"success": True}

    def _find(self, post_id: str) -> Post:
        for post in self.posts:
            if post.id == post_id:
                return post
        raise refused(
            100,
            f"Unsupported post request. Object with ID '{post_id}' does not exist, cannot be loaded due to "
            "missing permissions, or does not support this operation",
            33,
        )

    def _checked(self, message: str) -> str:
        if not message.strip():
            raise refused(100, "(#100) Missing message or attachment")
        if len(message) > MOST_TEXT:
            raise refused(100, "(#100) Status message exceeds maximum length")
        return message

    def _check_scope(self, scope: str) -> None:
        if scope not in self.scopes:
            raise refused(200, f"(#200) The permission {scope} has not been granted", status=403)

    def _check_proof(self, told: Any) -> None:
        """https://developers.facebook.com/docs/graph-api/guides/secure-requests."""
        proof = told.get("appsecret_proof")
        right = hmac.new(APP_SECRET.encode(), self.token.encode(), hashlib.sha256).hexdigest()
        if (proof is not None and proof != right) or (proof is None and self.demands_proof):
            raise refused(100, "API calls from the server require an appsecret_proof argument")

    def _json(self, post: Post) -> Json:
        shared = {"data": [{"unshimmed_url": post.link}]} if post.link else None
        return {
            "id": post.id,
            "message": post.message,
            "created_time": post.made_at,
            "attachments": shared,
        }


V = "/v26.0"
POST = rf"{V}/([0-9]+_[0-9]+|[0-9]+)"
PROOF = {"appsecret_proof": TEXT}


def _with_proof(schema: Json) -> Json:
    return {**schema, "properties": {**schema["properties"], **PROOF}}


FacebookApi.routes = (
    Route(
        method="GET",
        path=f"{V}/debug_token",
        query=fields({"input_token": TEXT, "access_token": TEXT}),
        handle=FacebookApi.about_token,
        scope=ABOUT_TOKEN,
    ),
    Route(
        method="GET",
        path=f"{V}/{PAGE}",
        query=fields({"fields": asked_for("id", "name", "link", "is_published")}, PROOF),
        handle=FacebookApi.about_page,
    ),
    Route(
        method="GET",
        path=f"{V}/{PAGE}/published_posts",
        query=_with_proof(listing("id", "message", "created_time", r"attachments\{unshimmed_url\}")),
        handle=FacebookApi.published,
    ),
    Route(
        method="POST",
        path=f"{V}/{PAGE}/feed",
        body=fields(
            {"message": TEXT},
            {"link": {"type": "string", "pattern": "^https?://"}, "attached_media": TEXT, **PROOF},
        ),
        media_types=FORM_BODY,
        handle=FacebookApi.publish,
    ),
    Route(
        method="POST",
        path=f"{V}/{PAGE}/photos",
        body=fields({"published": one_of("false"), "source": FILE}, {"alt_text_custom": TEXT, **PROOF}),
        media_types=MULTIPART_BODY,
        handle=FacebookApi.upload,
    ),
    Route(
        method="POST",
        path=POST,
        body=fields({"message": TEXT}, PROOF),
        media_types=FORM_BODY,
        handle=FacebookApi.edit,
    ),
    Route(method="DELETE", path=POST, query=fields({}, PROOF), handle=FacebookApi.delete),
)
