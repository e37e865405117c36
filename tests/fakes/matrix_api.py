"""What a server of Matrix remembers of one room, and what it refuses, without HTTP.

After https://spec.matrix.org/v1.15/client-server-api/, worded as Synapse words its errors.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.fakes import matrix_routes
from tests.fakes.matrix_events import shown
from tests.fakes.schema import Complaint, Json, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.fakes.network import Visible
    from tests.fakes.schema import Answer, Request

SERVER, BOT = "matrix.test", "@news:matrix.test"
ALIAS, ROOM = "#wiki-news:matrix.test", "!hPbLcRoOm:matrix.test"
TOKEN = "syt_bmV3cw_rEaDtHiSnOtAlOuD_0a1b2c"
MOST_EVENT = 65_536
MESSAGE = "m.room.message"
CODES = {
    400: "M_BAD_JSON",
    401: "M_UNKNOWN_TOKEN",
    403: "M_FORBIDDEN",
    404: "M_NOT_FOUND",
    413: "M_TOO_LARGE",
}


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file; ``name`` is the one that it was uploaded under."""

    content: bytes
    mime_type: str
    name: str


@dataclass(kw_only=True)
class MatrixApi:
    """The memory and rules. ``events`` are the room's, oldest first, as they are after redactions.

    ``tokens`` maps each to the device that it belongs to; a transaction is known to its device alone.
    ``knows_new_media`` is false for a server from before version 1.11.
    """

    base_url: str = "http://127.0.0.1"
    tokens: dict[str, str | None] = field(default_factory=lambda: {TOKEN: "HERALD"})
    state: dict[str, Json] = field(
        default_factory=lambda: {
            "m.room.create": {"room_version": "11"},
            "m.room.power_levels": {"users": {"@ann:matrix.test": 100}, "events_default": 0},
        }
    )
    creator: str = "@ann:matrix.test"
    members: set[str] = field(default_factory=lambda: {"@ann:matrix.test", BOT})
    invited: set[str] = field(default_factory=set)
    most_upload: int = 1_000_000
    knows_new_media: bool = True
    clock: Callable[[], datetime] = utc_now
    events: list[Json] = field(default_factory=list)
    transactions: dict[tuple[str | None, str], str] = field(default_factory=dict)
    media: dict[str, Upload] = field(default_factory=dict)
    made: int = 0

    def answer(self, request: Request) -> Answer:
        return matrix_routes.answer(self, request)

    def error(self, status: int, message: str, details: Mapping[str, Any]) -> Json:
        return {"errcode": CODES.get(status, "M_UNKNOWN"), "error": message} | dict(details)

    def visible(self) -> list[Visible]:
        return shown(self.events, lambda uri: self.media[uri].content)

    def post_by_hand(self, text: str, *, sender: str = BOT, **content: Any) -> Json:
        """Send what a person writes in a client, without our fields."""
        return self._add(sender, {"msgtype": "m.text", "body": text} | content)

    def whoami(self, token: str) -> Answer:
        device = self.tokens[token]
        return 200, {"user_id": BOT, "is_guest": False} | ({"device_id": device} if device else {})

    def find_room(self, alias: str) -> Answer:
        if alias != ALIAS:
            raise Refused(404, f"Room alias {alias} not found")
        return 200, {"room_id": ROOM, "servers": [SERVER]}

    def joined_rooms(self) -> Answer:
        return 200, {"joined_rooms": [ROOM] if BOT in self.members else []}

    def join(self, room: str) -> Answer:
        if room != ROOM:
            raise Refused(
                404, "Can't join remote room because no servers that are in the room have been provided."
            )
        if BOT not in self.invited | self.members:
            raise Refused(403, "You are not invited to this room.")
        self.members.add(BOT)
        return 200, {"room_id": ROOM}

    def state_of(self, room: str, kind: str, query: Mapping[str, str]) -> Answer:
        self._check_member(room)
        if kind not in self.state:
            raise Refused(404, "Event not found.")
        content = self.state[kind]
        if query.get("format") != "event":
            return 200, content
        return 200, {"type": kind, "state_key": "", "sender": self.creator, "content": content}

    def send(self, token: str, room: str, transaction: str, path: str, content: Json) -> Answer:
        del transaction  # it is the end of the path
        self._check_member(room)
        done = self.transactions.get((self.tokens[token], path))
        if done is None:
            self._check_level(MESSAGE)
            if len(json.dumps(content, ensure_ascii=False).encode()) > MOST_EVENT:
                raise Refused(413, "event too large")
            matrix_routes.check_content(content)
            for one in (content, content.get("m.new_content", {})):
                if "url" in one and one["url"] not in self.media:
                    raise Complaint("a picture that was not uploaded")
            done = self._add(BOT, content)["event_id"]
            self.transactions[self.tokens[token], path] = done
        return 200, {"event_id": done}

    def redact(self, token: str, room: str, event_id: str, path: str) -> Answer:
        self._check_member(room)
        done = self.transactions.get((self.tokens[token], path))
        if done is None:
            self._check_level("m.room.redaction")
            for event in self.events:
                if event["event_id"] == event_id:
                    event["content"] = {}
                    event["unsigned"] = {"redacted_because": {}}
            done = self._next_id()
            self.transactions[self.tokens[token], path] = done
        return 200, {"event_id": done}

    def event(self, room: str, event_id: str) -> Answer:
        self._check_member(room)
        for event in self.events:
            if event["event_id"] == event_id:
                return 200, event
        raise Refused(404, "Event not found.")

    def messages(self, room: str, query: Mapping[str, str], wanted: Json) -> Answer:
        self._check_member(room)
        start = int(query["from"].removeprefix("t")) if "from" in query else len(self.events)
        end = max(0, start - int(query.get("limit", "10")))
        chunk = [
            event
            for event in reversed(self.events[end:start])
            if event["sender"] in wanted["senders"] and event["type"] in wanted["types"]
        ]
        return 200, {"chunk": chunk, "start": f"t{start}"} | ({"end": f"t{end}"} if end else {})

    def media_config(self) -> Answer:
        return 200, {"m.upload.size": self.most_upload}

    def upload(self, content: bytes, mime_type: str, name: str) -> Answer:
        if len(content) > self.most_upload:
            raise Refused(413, "Upload request body is too large")
        self.made += 1
        uri = f"mxc://{SERVER}/Media{self.made}"
        self.media[uri] = Upload(content=content, mime_type=mime_type, name=name)
        return 200, {"content_uri": uri}

    def _check_member(self, room: str) -> None:
        if room != ROOM or BOT not in self.members:
            raise Refused(403, f"User {BOT} not in room {room}")

    def _check_level(self, kind: str) -> None:
        levels = self.state["m.room.power_levels"]
        own = levels.get("users", {}).get(BOT, 0)
        needed = levels.get("events", {}).get(kind, levels.get("events_default", 0))
        if own < needed:
            raise Refused(
                403, f"You don't have permission to post that to the room. user_level ({own}) < send_level"
            )

    def _add(self, sender: str, content: Json) -> Json:
        event = {
            "type": MESSAGE,
            "event_id": self._next_id(),
            "room_id": ROOM,
            "sender": sender,
            "origin_server_ts": int(self.clock().timestamp() * 1000),
            "content": content,
        }
        self.events.append(event)
        return event

    def _next_id(self) -> str:
        self.made += 1
        digest = hashlib.sha256(str(self.made).encode()).digest()
        return "$" + base64.urlsafe_b64encode(digest).decode().rstrip("=")
