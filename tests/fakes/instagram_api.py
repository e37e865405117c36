"""The Instagram API (with Instagram Login) without HTTP: its memory, its rules and its routes.

https://developers.facebook.com/docs/instagram-platform/content-publishing
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.fakes.container_api import ContainerApi, Picture
from tests.fakes.graph_api import ABOUT_TOKEN, DIGITS, asked_for, listing, refused
from tests.fakes.schema import FORM_BODY, TEXT, Route, fields, one_of

if TYPE_CHECKING:
    from tests.fakes.schema import Answer, Call, Json, Refused

USER = "17841405822304914"
MOST_TEXT, MOST_HASHTAGS, MOST_PIECES, MOST_ALT = 2200, 30, 10, 1000
MOST_BYTES = 8 * 1024 * 1024


@dataclass(kw_only=True)
class InstagramApi(ContainerApi):
    """One professional account, which may be no professional one."""

    quota: int = 100
    account_type: str = "MEDIA_CREATOR"

    def me(self, _: Call) -> Answer:
        return 200, {"user_id": USER, "username": "wikinews", "account_type": self.account_type}

    def create(self, call: Call) -> Answer:
        told = call.fields
        text = told.get("caption", "")
        if len(text) > MOST_TEXT:
            raise refused(36004, "The caption is too long.", 2207010)
        if len(re.findall(r"(?:^|\s)#\w+", text)) > MOST_HASHTAGS:
            raise refused(100, "Too many hashtags: at most 30 are allowed", 2207040)
        is_album = told.get("media_type") == "CAROUSEL"
        if is_album != ("children" in told) or is_album == ("image_url" in told):
            raise refused(100, "The parameter image_url or video_url is required", 2207023)
        if is_album and not 2 <= len(told["children"].split(",")) <= MOST_PIECES:
            raise refused(100, "Invalid parameter: children")
        if len(told.get("alt_text", "")) > MOST_ALT:
            raise refused(100, "Param alt_text must be at most 1000 characters long.")
        return self.make(text, told)

    def fetched(self, url: str, alt: str) -> Picture | str:
        picture = super().fetched(url, alt)
        if isinstance(picture, str):
            raise refused(9004, "The media could not be fetched from this URI.", 2207052)
        if picture.kind != "image/jpeg" or not picture.content.startswith(b"\xff\xd8\xff"):
            raise refused(36001, "The image format is not supported. Supported formats are: JPEG.", 2207005)
        if len(picture.content) > MOST_BYTES:
            raise refused(36000, "The image is too large to download.", 2207004)
        return picture

    def media(self, call: Call) -> Answer:
        entries = [self._json(post.id) for post in reversed(self.posts)]
        return self.listed(entries, call.query, created="timestamp")

    def look(self, call: Call) -> Answer:
        """Show a post or a container, whichever has the id."""
        if "status_code" in call.query["fields"]:
            return self.status(call, "status_code", "status")
        return 200, self._json(call.path[0])

    def not_found(self, container: str) -> Refused:
        return refused(24, f"The media with {container} cannot be found", 2207006)

    def too_many(self) -> Refused:
        return refused(9, "You reached maximum number of posts that is allowed.", 2207042)

    def _json(self, post_id: str) -> Json:
        post = self.find(post_id)
        return {
            "id": post.id,
            "caption": post.text or None,
            "permalink": f"https://www.instagram.com/p/C{post.id}/",
            "timestamp": post.made_at,
        }


V = "/v26.0"

InstagramApi.routes = (
    Route(
        method="GET",
        path="/refresh_access_token",
        query=fields({"grant_type": one_of("ig_refresh_token"), "access_token": TEXT}),
        handle=InstagramApi.refresh_token,
        scope=ABOUT_TOKEN,
    ),
    Route(
        method="GET",
        path=f"{V}/me",
        query=fields({"fields": asked_for("user_id", "username", "account_type")}),
        handle=InstagramApi.me,
    ),
    Route(
        method="GET",
        path=f"{V}/{USER}/media",
        query=listing("id", "caption", "permalink", "timestamp", by_time=False),
        handle=InstagramApi.media,
    ),
    Route(
        method="GET",
        path=f"{V}/{USER}/content_publishing_limit",
        query=fields({"fields": asked_for("quota_usage", "config")}),
        handle=InstagramApi.limit,
    ),
    Route(
        method="POST",
        path=f"{V}/{USER}/media",
        body=fields(
            {},
            {
                "image_url": {"type": "string", "pattern": "^https?://"},
                "caption": TEXT,
                "alt_text": TEXT,
                "is_carousel_item": one_of("true", "false"),
                "media_type": one_of("CAROUSEL"),
                "children": {"type": "string", "pattern": "^[0-9]+(,[0-9]+)*$"},
            },
        ),
        media_types=FORM_BODY,
        handle=InstagramApi.create,
    ),
    Route(
        method="POST",
        path=f"{V}/{USER}/media_publish",
        body=fields({"creation_id": DIGITS}),
        media_types=FORM_BODY,
        handle=InstagramApi.publish,
    ),
    Route(
        method="GET",
        path=rf"{V}/([0-9]+)",
        query=fields({"fields": asked_for("id", "status_code", "status", "permalink")}),
        handle=InstagramApi.look,
    ),
)
