"""What the members of a room on Matrix see of its events, which is more than the events themselves.

https://spec.matrix.org/v1.15/client-server-api/#applying-mnew_content
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

from tests.fakes.network import Visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ALT_TEXT, TEXT = "org.matrix.msc1767.alt_text", "org.matrix.msc1767.text"


def shown(events: Iterable[dict[str, Any]], download: Callable[[str], bytes]) -> list[Visible]:
    """Return the messages as they stand after all ``events``, oldest first."""
    standing: dict[str, dict[str, Any]] = {}
    replies: dict[str, str | None] = {}
    for event in events:
        content = event["content"]
        if not content:
            continue  # redacted
        relation = content.get("m.relates_to", {})
        if relation.get("rel_type") == "m.replace":
            if relation["event_id"] in standing:
                standing[relation["event_id"]] = content["m.new_content"]
            continue
        standing[event["event_id"]] = content
        replies[event["event_id"]] = relation.get("m.in_reply_to", {}).get("event_id")
    return [
        Visible(
            remote_id=event_id,
            text=text_of(content),
            pictures=_pictures(content, download),
            reply_to=replies[event_id],
        )
        for event_id, content in standing.items()
    ]


def text_of(content: dict[str, Any]) -> str:
    """Return the text that a client shows: the HTML where there is some, and no caption without one."""
    if "formatted_body" not in content:
        return "" if content.get("filename") == content["body"] else str(content["body"])
    html = content["formatted_body"].replace("</p><p>", "\n\n").replace("<br>", "\n")
    return unescape(re.sub(r"<[^>]*>", "", html))


def _pictures(content: dict[str, Any], download: Callable[[str], bytes]) -> tuple[tuple[bytes, str], ...]:
    if content["msgtype"] != "m.image":
        return ()
    alt = "".join(text["body"] for text in content.get(ALT_TEXT, {}).get(TEXT, ()))
    return ((download(content["url"]), alt),)
