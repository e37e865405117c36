"""What a post is as the content of a Matrix event.

https://spec.matrix.org/v1.15/client-server-api/#instant-messaging
"""

from __future__ import annotations

import hashlib
import io
import json
import mimetypes
from html import escape
from importlib import import_module
from typing import TYPE_CHECKING, Any

from bot.compose.markup import to_html
from bot.compose.plain import to_footnotes
from bot.errors import RejectedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.model import Attachment, Outgoing

    Entity = Mapping[str, Any]

MOST_HTML = 16_000  # bytes; an edit says the text three times, as plain text, as HTML and for old clients
MOST_CONTENT = 60_000  # bytes of JSON; the server adds hashes and signatures, and an event holds 65,536
OURS = "org.toolforge.wikiherald"  # our own field: the idempotency key, and where the wiki shows the source
HTML = "org.matrix.custom.html"
# Alt texts are not in the specification yet: MSC3552, whose names stand in MSC1767's name space till then.
ALT_TEXT, TEXT = "org.matrix.msc1767.alt_text", "org.matrix.msc1767.text"


def new(outgoing: Outgoing, *, msgtype: str) -> dict[str, Any]:
    """Return the content of a new message; with an image the text is its caption, and its ``url`` is missing.

    The caption and ``filename`` of an image are version 1.10's. Nobody is mentioned: ``m.mentions``, 1.7.
    Raises ``RejectedError`` where it is too long.
    """
    length = len(f"{outgoing.content_warning or ''}{to_html(outgoing.part)}".encode())
    if length > MOST_HTML:
        raise RejectedError(f"a message on Matrix holds {MOST_HTML} bytes of HTML, and this has {length}")
    html = _html(outgoing)
    content: dict[str, Any] = {"msgtype": msgtype, "body": _plain(outgoing), "m.mentions": {}}
    if html:
        content |= {"format": HTML, "formatted_body": html}
    if outgoing.attachments:
        content |= _image(outgoing.attachments[0])
        content["body"] = content["body"] or content["filename"]
    if outgoing.reply_to is not None:
        content["m.relates_to"] = {"m.in_reply_to": {"event_id": outgoing.reply_to}}
    content[OURS] = {"key": outgoing.key} | ({"source": outgoing.source} if outgoing.source else {})
    return _fitting(content)


def replacing(event_id: str, content: dict[str, Any]) -> dict[str, Any]:
    """Return the content of an edit: https://spec.matrix.org/v1.15/client-server-api/#event-replacements."""
    kept = {name: value for name, value in content.items() if name != "m.relates_to"}
    fallback = {name: value for name, value in kept.items() if name not in {"format", "formatted_body"}}
    return _fitting(
        fallback
        | {
            "body": f"* {content['body']}",
            "m.new_content": kept,
            "m.relates_to": {"rel_type": "m.replace", "event_id": event_id},
        }
    )


def transaction(*parts: str) -> str:
    """Return the id of a transaction that is about these parts, the same at every try."""
    return "wikiherald-" + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def uploaded_at(answer: Entity) -> str:
    """Read where an upload is: https://spec.matrix.org/v1.15/client-server-api/#matrix-content-mxc-uris."""
    uri = answer["content_uri"]
    if not isinstance(uri, str) or not uri.startswith("mxc://"):
        raise ValueError("no content_uri")
    return uri


def _fitting(content: dict[str, Any]) -> dict[str, Any]:
    size = len(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())
    if size > MOST_CONTENT:
        raise RejectedError(f"an event on Matrix holds {MOST_CONTENT} bytes in all, and this has {size}")
    return content


def _html(outgoing: Outgoing) -> str:
    """Return the text as HTML; behind a content warning each paragraph is to be clicked on."""
    html = to_html(outgoing.part)
    if not outgoing.content_warning:
        return html
    hidden = html.replace("<p>", "<p><span data-mx-spoiler>").replace("</p>", "</span></p>")
    return f"<p>{escape(outgoing.content_warning)}</p>{hidden}"


def _plain(outgoing: Outgoing) -> str:
    """Return the text for clients that show no HTML, with its links below it."""
    text = to_footnotes(outgoing.part)
    return f"{outgoing.content_warning}\n\n{text}" if outgoing.content_warning else text


def _image(attachment: Attachment) -> dict[str, Any]:
    info: dict[str, Any] = {"mimetype": attachment.mime_type, "size": len(attachment.content)}
    width, height = import_module("imagesize").get(io.BytesIO(attachment.content))
    if width > 0 and height > 0:
        info |= {"w": int(width), "h": int(height)}
    image = {"msgtype": "m.image", "filename": file_name(attachment), "info": info}
    return image | ({ALT_TEXT: {TEXT: [{"body": attachment.alt}]}} if attachment.alt else {})


def file_name(attachment: Attachment) -> str:
    """Return the name of the file on the wiki, with the ending of what it has become."""
    ending = mimetypes.guess_extension(attachment.mime_type) or ""
    return attachment.file if attachment.file.lower().endswith(ending) else attachment.file + ending
