"""The methods and paths of LinkedIn's API that a bot uses, and what a request of each must look like.

After https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api and its neighbours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from tests.fakes.schema import (
    FORM_BODY,
    JSON_BODY,
    TEXT,
    Reply,
    Route,
    checked,
    fields,
    list_of,
    matching,
    one_of,
)

if TYPE_CHECKING:
    from tests.fakes.linkedin_api import LinkedInApi
    from tests.fakes.schema import Answer, Call, Request, Schema

POST = r"/rest/posts/(urn%3Ali%3A(?:share|ugcPost)%3A\d+)"
IMAGE = r"/rest/images/(urn%3Ali%3Aimage%3A[\w-]+)"
RESTLI = {"X-Restli-Protocol-Version": r"2\.0\.0", "LinkedIn-Version": r"20\d\d(0[1-9]|1[0-2])"}


def text(most: int, *, least: int = 0) -> Schema:
    return {"type": "string", "minLength": least, "maxLength": most}


def urn(kind: str) -> Schema:
    return {"type": "string", "pattern": rf"^urn:li:{kind}:[\w-]+$"}


PICTURE = fields({"id": urn("image")}, {"altText": text(4086, least=1), "title": TEXT})
CONTENT = {
    "oneOf": [
        fields({"media": PICTURE}),
        fields({"multiImage": fields({"images": list_of(PICTURE, least=2, most=20)})}),
        fields(
            {
                "article": fields(
                    {"source": {"type": "string", "pattern": "^https?://"}, "title": text(400, least=1)},
                    {"description": text(4086, least=1), "thumbnail": urn("image")},
                )
            }
        ),
    ]
}
NEW = fields(
    {
        "author": urn("organization"),
        "commentary": TEXT,
        "visibility": one_of("PUBLIC"),
        "distribution": fields(
            {
                "feedDistribution": one_of("MAIN_FEED"),
                "targetEntities": {"type": "array", "maxItems": 0},
                "thirdPartyDistributionChannels": {"type": "array", "maxItems": 0},
            }
        ),
        "lifecycleState": one_of("PUBLISHED"),
        "isReshareDisabledByAuthor": {"const": False},
    },
    {"content": CONTENT},
)
NUMBER = {"type": "string", "pattern": r"^\d{1,9}$"}
PAGE = {"type": "string", "pattern": "^([1-9]|[1-9][0-9]|100)$"}
APP = {"client_id": TEXT, "client_secret": TEXT}


def answer(api: LinkedInApi, request: Request) -> Answer:
    """Check a request and have it carried out."""
    route, path = matching(ROUTES, request)
    if route.scope != "app":
        api.authorise(request)
    return route.handle(api, checked(route, tuple(unquote(group) for group in path), request))


def _update(api: LinkedInApi, call: Call) -> Answer:
    api.update(call.path[0], call.fields["patch"]["$set"]["commentary"])
    return Reply(status=204)


def _delete(api: LinkedInApi, call: Call) -> Answer:
    api.delete(call.path[0])
    return Reply(status=204)


ROUTES = (
    Route(
        method="POST",
        path="/rest/posts",
        headers=RESTLI,
        body=NEW,
        media_types=JSON_BODY,
        handle=lambda api, call: api.create(dict(call.fields)),
    ),
    Route(
        method="GET",
        path="/rest/posts",
        headers=RESTLI | {"X-RestLi-Method": "FINDER"},
        query=fields(
            {
                "q": one_of("author"),
                "author": urn("organization"),
                "start": NUMBER,
                "count": PAGE,
                "sortBy": one_of("CREATED", "LAST_MODIFIED"),
            }
        ),
        handle=lambda api, call: api.by_author(call.query),
    ),
    Route(method="GET", path=POST, headers=RESTLI, handle=lambda api, call: api.get(call.path[0])),
    Route(
        method="POST",
        path=POST,
        headers=RESTLI | {"X-RestLi-Method": "PARTIAL_UPDATE"},
        body=fields({"patch": fields({"$set": fields({"commentary": TEXT})})}),
        media_types=JSON_BODY,
        handle=_update,
    ),
    Route(method="DELETE", path=POST, headers=RESTLI | {"X-RestLi-Method": "DELETE"}, handle=_delete),
    Route(
        method="GET",
        path=r"/rest/organizations/(\d+)",
        headers=RESTLI,
        handle=lambda api, call: api.organization(call.path[0]),
    ),
    Route(
        method="POST",
        path="/rest/images",
        headers=RESTLI,
        query=fields({"action": one_of("initializeUpload")}),
        body=fields({"initializeUploadRequest": fields({"owner": urn("organization")})}),
        media_types=JSON_BODY,
        handle=lambda api, call: api.begin_upload(call.fields["initializeUploadRequest"]["owner"]),
    ),
    Route(
        method="PUT",
        path=r"/dms-uploads/([\w-]+)/uploaded-image/0",
        media_types=("image/png", "image/jpeg", "image/gif"),
        raw=True,
        handle=lambda api, call: api.upload(call.path[0], call.request.body),
    ),
    Route(method="GET", path=IMAGE, headers=RESTLI, handle=lambda api, call: api.image(call.path[0])),
    Route(
        method="POST",
        path="/oauth/v2/accessToken",
        scope="app",
        body=fields(APP | {"grant_type": one_of("refresh_token"), "refresh_token": TEXT}),
        media_types=FORM_BODY,
        handle=lambda api, call: api.renew(call.fields),
    ),
    Route(
        method="POST",
        path="/oauth/v2/introspectToken",
        scope="app",
        body=fields(APP | {"token": TEXT}),
        media_types=FORM_BODY,
        handle=lambda api, call: api.introspect(call.fields),
    ),
)
