"""What Discord remembers of one webhook's channel, and what it refuses, without HTTP.

After https://docs.discord.com/developers/resources/webhook and the error codes of
https://docs.discord.com/developers/topics/opcodes-and-status-codes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tests.fakes import discord_routes
from tests.fakes.discord_markdown import read_markdown
from tests.fakes.network import Visible
from tests.fakes.schema import Json, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.fakes.schema import Answer, File, Request

WEBHOOK = "223704706495545344"
TOKEN = "3d89bb7572e0fb30d8128367b3b1b44fecd1726de135cbe28a41f8b2f777c372ba29"
CHANNEL, GUILD = "199737254929760256", "199737254929760255"
MOST_TEXT, MOST_ALT, MOST_FILES = 2000, 1024, 10
SUPPRESS_EMBEDS = 4


@dataclass(frozen=True, kw_only=True)
class Picture:
    """An attached file, the name that it came with and its alt text."""

    content: bytes
    name: str
    alt: str = ""


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message of the webhook; ``content`` is its Markdown."""

    id: str
    content: str
    channel: str = CHANNEL
    username: str = "Wiki news"
    avatar_url: str | None = None
    flags: int = 0
    pictures: tuple[Picture, ...] = ()


@dataclass(kw_only=True)
class DiscordApi:
    """The memory and rules. ``threads`` are those of the channel, which may be a ``forum`` without a text."""

    base_url: str = "http://127.0.0.1"
    token: str | None = TOKEN
    kind: int = 1
    forum: bool = False
    threads: frozenset[str] = frozenset()
    messages: list[Message] = field(default_factory=list)
    made: int = 0

    def answer(self, request: Request) -> Answer:
        return discord_routes.answer(self, request)

    def error(self, status: int, message: str, details: Mapping[str, Any]) -> Json:
        return {"message": message, "code": 0 if status != 400 else 50035} | dict(details)

    def visible(self) -> list[Visible]:
        return [
            Visible(
                remote_id=message.id,
                text=read_markdown(message.content).text,
                pictures=tuple((picture.content, picture.alt) for picture in message.pictures),
            )
            for message in self.messages
        ]

    def get_webhook(self) -> Json:
        return {
            "id": WEBHOOK,
            "type": self.kind,
            "name": "Wiki news",
            "avatar": None,
            "channel_id": CHANNEL,
            "guild_id": GUILD,
            "application_id": None,
            "token": self.token,
        }

    def execute(self, query: Mapping[str, str], body: Json, files: Mapping[str, File]) -> Answer:
        channel = self._channel(query)
        written = self._written(body, files)
        self.made += 1
        message = Message(
            id=str(1_130_000_000_000_000_000 + self.made),
            channel=channel,
            username=body.get("username", "Wiki news"),
            avatar_url=body.get("avatar_url"),
            **written,
        )
        self.messages.append(message)
        return (200, self._json(message)) if query.get("wait") == "true" else (204, None)

    def change(
        self, message_id: str, query: Mapping[str, str], body: Json, files: Mapping[str, File]
    ) -> Answer:
        message = self._find(message_id, query)
        changed = replace(message, **self._written(body, files))
        self.messages[self.messages.index(message)] = changed
        return 200, self._json(changed)

    def delete(self, message_id: str, query: Mapping[str, str]) -> None:
        self.messages.remove(self._find(message_id, query))

    def _channel(self, query: Mapping[str, str]) -> str:
        thread = query.get("thread_id")
        if thread is not None and thread not in self.threads:
            raise Refused(404, "Unknown Channel", code=10003)
        if thread is None and self.forum:
            raise Refused(
                400,
                "Webhooks posted to forum channels must have a thread_name or thread_id",
                code=220001,
            )
        return thread or CHANNEL

    def _find(self, message_id: str, query: Mapping[str, str]) -> Message:
        channel = self._channel(query)
        for message in self.messages:
            if (message.id, message.channel) == (message_id, channel):
                return message
        raise Refused(404, "Unknown Message", code=10008)

    def _written(self, body: Json, files: Mapping[str, File]) -> Json:
        content = body.get("content", "")
        if len(content) > MOST_TEXT:
            raise _invalid("content", f"Must be {MOST_TEXT} or fewer in length.", "BASE_TYPE_MAX_LENGTH")
        if not content.strip() and not files:
            raise Refused(400, "Cannot send an empty message", code=50006)
        described = {f"files[{one['id']}]": one for one in body.get("attachments", ())}
        if described.keys() != files.keys():
            raise _invalid("attachments", "Attachment data not found", "ATTACHMENT_NOT_FOUND")
        for one in described.values():
            if len(one.get("description", "")) > MOST_ALT:
                message = f"Must be {MOST_ALT} or fewer in length."
                raise _invalid("attachments.0.description", message, "BASE_TYPE_MAX_LENGTH")
        pictures = tuple(
            Picture(
                content=files[name].content, name=files[name].name, alt=described[name].get("description", "")
            )
            for name in sorted(files)
        )
        flags = {"flags": body["flags"]} if "flags" in body else {}
        return {"content": content, "pictures": pictures} | flags

    def _json(self, message: Message) -> Json:
        return {
            "id": message.id,
            "type": 0,
            "content": message.content,
            "channel_id": message.channel,
            "author": {"bot": True, "id": WEBHOOK, "username": message.username},
            "attachments": [
                {"id": str(number), "filename": picture.name, "description": picture.alt}
                for number, picture in enumerate(message.pictures)
            ],
            "embeds": [],
            "mentions": [],
            "flags": message.flags,
            "webhook_id": WEBHOOK,
        }


def _invalid(field_name: str, message: str, code: str) -> Refused:
    errors: Json = {"_errors": [{"code": code, "message": message}]}
    for part in reversed(field_name.split(".")):
        errors = {part: errors}
    return Refused(400, "Invalid Form Body", code=50035, errors=json.loads(json.dumps(errors)))
