"""The Threads API without HTTP: its memory, its rules and its routes.

https://developers.facebook.com/documentation/threads/reference
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import regex

from tests.fakes.container_api import ContainerApi
from tests.fakes.graph_api import ABOUT_TOKEN, DIGITS, asked_for, listing, refused
from tests.fakes.schema import FORM_BODY, TEXT, Route, fields, one_of

if TYPE_CHECKING:
    from tests.fakes.container_api import Picture
    from tests.fakes.schema import Answer, Call, Json, Refused

SCOPES = (
    "threads_basic",
    "threads_content_publish",
    "threads_delete",
    "threads_manage_replies",
    "threads_read_replies",
)
MOST_TEXT, MOST_LINKS, MOST_PIECES, MOST_ALT = 500, 5, 20, 1000
KINDS = frozenset({"image/jpeg", "image/png"})
EMOJI = regex.compile(r"\p{Emoji_Presentation}|\p{Extended_Pictographic}|\uFE0F")


@dataclass(kw_only=True)
class ThreadsApi(ContainerApi):
    """One profile."""

    scopes: list[str] = field(default_factory=lambda: list(SCOPES))

    def me(self, _: Call) -> Answer:
        return 200, {"id": "4471", "username": "wikinews"}

    def create(self, call: Call) -> Answer:
        told = call.fields
        text, kind = told.get("text", ""), told["media_type"]
        if length(text) > MOST_TEXT:
            raise refused(100, "Param text must be at most 500 characters long.")
        if len(set(re.findall(r"https?://\S+", text))) > MOST_LINKS:
            raise refused(100, "THREADS_API__LINK_LIMIT_EXCEEDED: a post may contain 5 links")
        if kind == "TEXT" and not text:
            raise refused(100, "The parameter text is required")
        if (kind == "IMAGE") != ("image_url" in told) or (kind == "CAROUSEL") != ("children" in told):
            raise refused(100, "Invalid parameter: media_type")
        if kind == "CAROUSEL" and not 2 <= len(told["children"].split(",")) <= MOST_PIECES:
            raise refused(100, "Invalid parameter: children")
        if len(told.get("alt_text", "")) > MOST_ALT:
            raise refused(100, "Param alt_text must be at most 1000 characters long.")
        if "reply_to_id" in told:
            self.find(told["reply_to_id"])
        return self.make(text, told)

    def fetched(self, url: str, alt: str) -> Picture | str:
        picture = super().fetched(url, alt)
        return picture if isinstance(picture, str) or picture.kind in KINDS else "UNSUPPORTED_IMAGE_TYPE"

    def threads(self, call: Call) -> Answer:
        return self._list(call, replies=False)

    def replies(self, call: Call) -> Answer:
        return self._list(call, replies=True)

    def look(self, call: Call) -> Answer:
        """Show a post or a container, whichever has the id."""
        if "status" in call.query["fields"]:
            return self.status(call, "status", "error_message")
        return 200, self._json(call.path[0])

    def delete(self, call: Call) -> Answer:
        post = self.find(call.path[0])
        self.posts.remove(post)
        return 200, {"success": True, "deleted_id": post.id}

    def not_found(self, container: str) -> Refused:
        return refused(24, f"The media with id {container} cannot be found.", 4279009)

    def too_many(self) -> Refused:
        return refused(4, "Application request limit reached: the limit of posts is reached")

    def _list(self, call: Call, *, replies: bool) -> Answer:
        posts = [post for post in reversed(self.posts) if (post.reply_to is not None) == replies]
        return self.listed([self._json(post.id) for post in posts], call.query, created="timestamp")

    def _json(self, post_id: str) -> Json:
        post = self.find(post_id)
        kinds = {0: "TEXT_POST", 1: "IMAGE"}
        return {
            "id": post.id,
            "media_type": kinds.get(len(post.pictures), "CAROUSEL_ALBUM"),
            "text": post.text or None,
            "permalink": f"https://www.threads.com/@wikinews/post/C{post.id}",
            "timestamp": post.made_at,
        }


def length(text: str) -> int:
    """Count an emoji as its UTF-8 bytes, and each other character as one."""
    pieces = regex.findall(r"\X", text)
    return sum(len(piece.encode()) if EMOJI.search(piece) else len(piece) for piece in pieces)


POST_FIELDS = ("id", "media_type", "text", "permalink", "timestamp")
V = "/v1.0"

ThreadsApi.routes = (
    Route(
        method="GET",
        path="/refresh_access_token",
        query=fields({"grant_type": one_of("th_refresh_token"), "access_token": TEXT}),
        handle=ThreadsApi.refresh_token,
        scope=ABOUT_TOKEN,
    ),
    Route(
        method="GET",
        path=f"{V}/debug_token",
        query=fields({"input_token": TEXT, "access_token": TEXT}),
        handle=ThreadsApi.debug_token,
        scope=ABOUT_TOKEN,
    ),
    Route(
        method="GET",
        path=f"{V}/me",
        query=fields({"fields": asked_for("id", "username")}),
        handle=ThreadsApi.me,
    ),
    Route(method="GET", path=f"{V}/me/threads", query=listing(*POST_FIELDS), handle=ThreadsApi.threads),
    Route(method="GET", path=f"{V}/me/replies", query=listing(*POST_FIELDS), handle=ThreadsApi.replies),
    Route(
        method="GET",
        path=f"{V}/me/threads_publishing_limit",
        query=fields({"fields": asked_for("quota_usage", "config")}),
        handle=ThreadsApi.limit,
    ),
    Route(
        method="POST",
        path=f"{V}/me/threads",
        body=fields(
            {"media_type": one_of("TEXT", "IMAGE", "CAROUSEL")},
            {
                "text": TEXT,
                "image_url": {"type": "string", "pattern": "^https?://"},
                "alt_text": TEXT,
                "is_carousel_item": one_of("true", "false"),
                "children": {"type": "string", "pattern": "^[0-9]+(,[0-9]+)*$"},
                "reply_to_id": DIGITS,
            },
        ),
        media_types=FORM_BODY,
        handle=ThreadsApi.create,
    ),
    Route(
        method="POST",
        path=f"{V}/me/threads_publish",
        body=fields({"creation_id": DIGITS}),
        media_types=FORM_BODY,
        handle=ThreadsApi.publish,
    ),
    Route(
        method="GET",
        path=rf"{V}/([0-9]+)",
        query=fields({"fields": asked_for("id", "status", "error_message", "permalink")}),
        handle=ThreadsApi.look,
    ),
    Route(method="DELETE", path=rf"{V}/([0-9]+)", handle=ThreadsApi.delete),
)
