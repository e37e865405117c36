"""The methods and paths of X's API v2 that a bot uses, and what a request of each must look like.

After the OpenAPI description, version 2.167, of which https://docs.x.com/x-api/ is made. What it has and this
fake does not know how to do is refused as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.schema import (
    FILE,
    JSON_BODY,
    MULTIPART_BODY,
    TEXT,
    Route,
    checked,
    fields,
    list_of,
    matching,
    one_of,
)

if TYPE_CHECKING:
    from tests.fakes.schema import Answer, Call, Request, Schema
    from tests.fakes.x_api import XApi


def comma(*values: str) -> Schema:
    """Return the schema of a list that is written with commas."""
    one = "|".join(values).replace(".", r"\.")
    return {"type": "string", "pattern": f"^({one})(,({one}))*$"}


ID = {"type": "string", "pattern": "^[0-9]{1,19}$"}
SECOND = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}
PAGE_SIZE = {"type": "string", "pattern": "^([5-9]|[1-9][0-9]|100)$"}
POST_FIELDS = comma(
    "attachments",
    "author_id",
    "conversation_id",
    "created_at",
    "edit_history_tweet_ids",
    "entities",
    "id",
    "lang",
    "note_tweet",
    "referenced_tweets",
    "text",
)
USER_FIELDS = comma("created_at", "id", "name", "protected", "username", "verified", "withheld")


def answer(api: XApi, request: Request) -> Answer:
    """Check a request and have it carried out."""
    route, path = matching(ROUTES, request)
    api.authorise(request, route.scope)
    return route.handle(api, checked(route, path, request))


def _create(api: XApi, call: Call) -> Answer:
    media = call.fields.get("media", {})
    reply = call.fields.get("reply", {})
    return api.create(
        call.fields.get("text", ""), tuple(media.get("media_ids", ())), reply.get("in_reply_to_tweet_id")
    )


def _upload(api: XApi, call: Call) -> Answer:
    file = call.fields["media"]
    return api.upload(file.content, file.content_type, call.fields["media_category"])


ROUTES = (
    Route(
        method="GET",
        path=r"/2/users/me",
        query=fields({}, {"user.fields": USER_FIELDS}),
        handle=lambda api, call: api.me(tuple(call.query.get("user.fields", "").split(","))),
    ),
    Route(
        method="GET",
        path=r"/2/users/(\d{1,19})/tweets",
        query=fields(
            {"start_time": SECOND, "max_results": PAGE_SIZE},
            {"pagination_token": TEXT, "exclude": comma("replies", "retweets"), "tweet.fields": POST_FIELDS},
        ),
        handle=lambda api, call: api.time_line(call.path[0], call.query),
    ),
    Route(
        method="POST",
        path=r"/2/tweets",
        scope="write",
        body=fields(
            {},
            {
                "text": TEXT,
                "media": fields({"media_ids": list_of(ID, least=1, most=4)}),
                "reply": fields({"in_reply_to_tweet_id": ID}),
            },
        ),
        media_types=JSON_BODY,
        handle=_create,
    ),
    Route(
        method="DELETE",
        path=r"/2/tweets/(\d{1,19})",
        scope="write",
        handle=lambda api, call: api.delete(call.path[0]),
    ),
    Route(
        method="POST",
        path=r"/2/users/(\d{1,19})/retweets",
        scope="write",
        body=fields({"tweet_id": ID}),
        media_types=JSON_BODY,
        handle=lambda api, call: api.repost(call.path[0], call.fields["tweet_id"]),
    ),
    Route(
        method="DELETE",
        path=r"/2/users/(\d{1,19})/retweets/(\d{1,19})",
        scope="write",
        handle=lambda api, call: api.take_repost_back(*call.path),
    ),
    Route(
        method="POST",
        path=r"/2/media/upload",
        scope="write",
        body=fields({"media": FILE, "media_category": one_of("tweet_image", "tweet_gif", "tweet_video")}),
        media_types=MULTIPART_BODY,
        handle=_upload,
    ),
    Route(
        method="GET",
        path=r"/2/media/upload",
        query=fields({"media_id": ID}, {"command": one_of("STATUS")}),
        scope="write",
        handle=lambda api, call: api.processing_of(call.query["media_id"]),
    ),
    Route(
        method="POST",
        path=r"/2/media/metadata",
        scope="write",
        body=fields({"id": ID, "metadata": fields({"alt_text": fields({"text": TEXT})})}),
        media_types=JSON_BODY,
        handle=lambda api, call: api.describe(call.fields["id"], call.fields["metadata"]["alt_text"]["text"]),
    ),
)
