"""Reads the messages of a room on Matrix back, as they stand after edits and redactions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from bot.channels.mastodon_html import read_content
from bot.channels.matrix_content import HTML, OURS
from bot.compose.text import urls
from bot.model import Receipt, RemotePost

Entity = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One answer: where the next begins (``None``: nowhere), and when the oldest event in it was made."""

    next: str | None
    oldest: datetime | None


@dataclass(kw_only=True, slots=True)
class Reading:
    """What was found so far, newest first. An edit is newer than what it edits, so it is seen before it."""

    room: str
    server_name: str
    posts: list[RemotePost] = field(default_factory=list)
    _edits: dict[str, Entity] = field(default_factory=dict)

    def take(self, answer: Entity) -> Page:
        """Take a page of messages, newest first; raises where it is not one.

        https://spec.matrix.org/v1.15/client-server-api/#get_matrixclientv3roomsroomidmessages
        """
        events, following = list(answer["chunk"]), answer.get("end")
        self.posts += [post for event in events if (post := self._post(event))]
        return Page(
            next=str(following) if following else None, oldest=_made_at(events[-1]) if events else None
        )

    def _post(self, event: Entity) -> RemotePost | None:
        """Return a message as it stands now; an edit is none, and what was redacted has no content."""
        content = _within(event, "content")
        relation = _within(content, "m.relates_to")
        if not content.get("msgtype"):
            return None
        if relation.get("rel_type") == "m.replace":
            self._edits.setdefault(str(relation.get("event_id")), _within(content, "m.new_content"))
            return None
        event_id = str(event["event_id"])
        text, links = _text(self._edits.get(event_id) or content)
        return RemotePost(
            receipt=receipt(self.room, event_id, self.server_name),
            text=text,
            created_at=_made_at(event),
            links=links,
            key=_key(content),
        )


def receipt(room: str, event_id: str, server_name: str) -> Receipt:
    """Return an event's receipt; its address names a server to ask for the room.

    https://spec.matrix.org/v1.15/appendices/#matrixto-navigation
    """
    place = f"{quote(room, safe='!:')}/{quote(event_id, safe='$')}"
    return Receipt(remote_id=event_id, url=f"https://matrix.to/#/{place}?via={quote(server_name, safe=':')}")


def _made_at(event: Entity) -> datetime:
    return datetime.fromtimestamp(event["origin_server_ts"] / 1000, UTC)


def _text(content: Entity) -> tuple[str, tuple[str, ...]]:
    html = content.get("formatted_body")
    if content.get("format") == HTML and isinstance(html, str):
        return read_content(html)
    body = str(content.get("body") or "")
    return body, urls(body)


def _key(content: Entity) -> str | None:
    key = _within(content, OURS).get("key")
    return key if isinstance(key, str) else None


def _within(found: Entity, name: str) -> Entity:
    value = found.get(name)
    return value if isinstance(value, dict) else {}
