"""What Slack remembers of the channel of one webhook, and what it refuses, without HTTP.

After https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks and the block kit's reference.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.network import Visible
from tests.fakes.schema import (
    FLAG,
    JSON_BODY,
    TEXT,
    Complaint,
    Json,
    Refused,
    Reply,
    Request,
    Route,
    checked,
    fields,
    list_of,
    matching,
    one_of,
)
from tests.fakes.slack_mrkdwn import read_mrkdwn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.fakes.schema import Answer, Call

TEAM, CHANNEL, TOKEN = "T024BE7LD", "B0254BE7L", "hX3vQ9good0token0of0hook"
LONGEST, LONGEST_ALT, LONGEST_ADDRESS = 3000, 2000, 3000


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message of the webhook: the mrkdwn of its section, its pictures by address, what is unfurled."""

    id: str
    text: str
    pictures: tuple[tuple[str, str], ...] = ()
    unfurls: bool = False


@dataclass(kw_only=True)
class SlackApi:
    """The memory and rules. ``refuses`` is the error that every message meets, as one that is no service."""

    base_url: str = "http://127.0.0.1"
    token: str | None = TOKEN
    refuses: tuple[int, str] | None = None
    messages: list[Message] = field(default_factory=list)

    def answer(self, request: Request) -> Answer:
        route, path = matching(ROUTES, request)
        if request.headers.get("Authorization"):
            raise Complaint("a webhook needs no other credentials than its address")
        if path[:2] != (TEAM, CHANNEL) or self.token is None:
            raise Refused(404, "no_service")
        if path[2] != self.token:
            raise Refused(403, "invalid_token")
        if self.refuses is not None:
            raise Refused(*self.refuses)
        return route.handle(self, checked(route, path, request))

    def error(self, status: int, message: str, details: Mapping[str, Any]) -> str:
        del status, details
        return message

    def visible(self) -> list[Visible]:
        """A picture is known by the address at which its readers fetch it."""
        return [
            Visible(
                remote_id=message.id,
                text=read_mrkdwn(message.text).text,
                pictures=tuple((address.encode(), alt) for address, alt in message.pictures),
            )
            for message in self.messages
        ]

    def post(self, body: Mapping[str, Any]) -> Answer:
        blocks: list[Json] = body.get("blocks", [])
        if not body["text"] and not blocks:
            raise Refused(400, "no_text")
        sections = [block for block in blocks if block["type"] == "section"]
        for section in sections:
            if not 1 <= len(section["text"]["text"].encode("utf-16-le")) // 2 <= LONGEST:
                raise Refused(400, "invalid_blocks")
        pictures = [block for block in blocks if block["type"] == "image"]
        if any(
            len(one["alt_text"]) > LONGEST_ALT or len(one["image_url"]) > LONGEST_ADDRESS for one in pictures
        ):
            raise Refused(400, "invalid_blocks")
        message = Message(
            id=sections[0]["block_id"] if sections else "",
            text=sections[0]["text"]["text"] if sections else "",
            pictures=tuple((one["image_url"], one["alt_text"]) for one in pictures),
            unfurls=body.get("unfurl_links", False),
        )
        self.messages.append(message)
        return Reply(body="ok", content_type="text/html")


def words(status: int, said: str) -> Reply:
    """Answer as Slack does, in a word."""
    return Reply(status=status, body=said, content_type="text/plain")


def _post(api: SlackApi, call: Call) -> Answer:
    return api.post(call.fields)


# Without verbatim Slack would link what it takes for a name or an address.
SECTION = fields(
    {
        "type": one_of("section"),
        "block_id": {"type": "string", "minLength": 1, "maxLength": 255},
        "text": fields({"type": one_of("mrkdwn"), "text": TEXT, "verbatim": {"const": True}}),
    }
)
IMAGE = fields(
    {
        "type": one_of("image"),
        "image_url": {"type": "string", "pattern": "^https?://"},
        "alt_text": {"type": "string", "minLength": 1},
    }
)
MESSAGE = fields(
    {"text": TEXT, "blocks": list_of({"oneOf": [SECTION, IMAGE]}, least=1, most=50)},
    {"unfurl_links": FLAG, "unfurl_media": FLAG},
)
NOTHING = fields({"text": {"const": ""}})
ROUTES = (
    Route(
        method="POST",
        path=r"/services/(T\w+)/(B\w+)/(\w+)",
        body={"oneOf": [MESSAGE, NOTHING], "properties": {}},
        media_types=JSON_BODY,
        handle=_post,
    ),
)
