"""What Telegram remembers of one bot and its chats, and what it refuses, without HTTP.

After https://core.telegram.org/bots/api; the errors are worded as in the source of the Bot API's server
(https://github.com/tdlib/telegram-bot-api).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tests.fakes import telegram_routes
from tests.fakes.network import Visible
from tests.fakes.schema import Json, Refused
from tests.fakes.telegram_html import read_html, utf16

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.fakes.schema import Answer, File, Request

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
CHANNEL = "@wikinews"
MOST_TEXT, MOST_CAPTION = 4096, 1024
IMAGES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message; those of an album have the same ``group``, ``preview`` is the address previewed."""

    id: int
    text: str = ""
    html: str = ""
    picture: bytes | None = None
    spoiler: bool = False
    group: int | None = None
    reply_to: int | None = None
    preview: str | None = None
    silent: bool = False


@dataclass(kw_only=True)
class TelegramApi:
    """The memory and rules: one bot, and one chat that it may or may not write in."""

    base_url: str = "http://127.0.0.1"
    token: str = TOKEN
    chat: Json = field(
        default_factory=lambda: {
            "id": -1001234567890,
            "type": "channel",
            "title": "Wiki News",
            "username": "wikinews",
        }
    )
    member: Json = field(
        default_factory=lambda: {
            "status": "administrator",
            "can_post_messages": True,
            "can_edit_messages": False,
        }
    )
    messages: list[Message] = field(default_factory=list)
    made: int = 0

    def answer(self, request: Request) -> Answer:
        return telegram_routes.answer(self, request)

    def error(self, status: int, message: str, details: Mapping[str, Any]) -> Json:
        told = {"ok": False, "error_code": status, "description": message}
        return told | ({"parameters": dict(details)} if details else {})

    def visible(self) -> list[Visible]:
        return [
            Visible(
                remote_id=",".join(str(message.id) for message in post),
                text=post[0].text,
                pictures=tuple((message.picture, "") for message in post if message.picture is not None),
                reply_to=self._post_with(post[0].reply_to),
            )
            for post in self._posts()
        ]

    def get_me(self) -> Answer:
        return self._ok({"id": 110201543, "is_bot": True, "first_name": "News", "username": "WikiNewsBot"})

    def get_chat(self, chat: int | str) -> Answer:
        self._check_chat(chat)
        return self._ok(self.chat)

    def get_member(self, chat: int | str, user: int) -> Answer:
        self._check_chat(chat)
        if user != 110201543:
            raise Refused(400, "Bad Request: user not found")
        return self._ok({"user": {"id": user}} | self.member)

    def send(self, fields: Mapping[str, Any]) -> Answer:
        self._check_rights(fields["chat_id"])
        message = self._added(fields, **self._written(fields, "text"), preview=_preview(fields))
        return self._ok(self._json(message))

    def send_photo(self, fields: Mapping[str, Any]) -> Answer:
        self._check_rights(fields["chat_id"])
        message = self._added(
            fields,
            **self._written(fields, "caption"),
            picture=_picture(fields["photo"]),
            spoiler=fields.get("has_spoiler", False),
        )
        return self._ok(self._json(message))

    def send_album(self, fields: Mapping[str, Any], files: Mapping[str, File]) -> Answer:
        self._check_rights(fields["chat_id"])
        written = [self._photo(photo, files) for photo in fields["media"]]
        group = self.made + 1
        messages = [self._added(fields, **photo, group=group) for photo in written]
        return self._ok([self._json(message) for message in messages])

    def edit_text(self, fields: Mapping[str, Any]) -> Answer:
        message = self._find(fields, "edit")
        if message.picture is not None:
            raise Refused(400, "Bad Request: there is no text in the message to edit")
        changed = replace(message, **self._written(fields, "text"), preview=_preview(fields))
        return self._ok(self._json(self._changed(message, changed)))

    def edit_media(self, fields: Mapping[str, Any], files: Mapping[str, File]) -> Answer:
        message = self._find(fields, "edit")
        changed = replace(message, preview=None, **self._photo(fields["media"], files))
        return self._ok(self._json(self._changed(message, changed)))

    def delete(self, fields: Mapping[str, Any]) -> Answer:
        self.messages.remove(self._find(fields, "delete"))
        return 200, {"ok": True, "result": True}

    def _ok(self, result: object) -> Answer:
        return 200, {"ok": True, "result": result}

    def _check_chat(self, chat: int | str) -> None:
        known = {self.chat["id"], str(self.chat["id"]), f"@{self.chat.get('username')}".lower()}
        if (chat.lower() if isinstance(chat, str) else chat) not in known:
            raise Refused(400, "Bad Request: chat not found")

    def _check_rights(self, chat: int | str) -> None:
        self._check_chat(chat)
        status = self.member["status"]
        if status == "kicked":
            raise Refused(403, f"Forbidden: bot was kicked from the {self.chat['type']} chat")
        if status == "left":
            raise Refused(403, f"Forbidden: bot is not a member of the {self.chat['type']} chat")
        if self.chat["type"] == "channel" and not self.member.get("can_post_messages"):
            raise Refused(400, "Bad Request: need administrator rights in the channel chat")
        if self.member.get("can_send_messages") is False:
            raise Refused(400, "Bad Request: not enough rights to send text messages to the chat")

    def _find(self, fields: Mapping[str, Any], purpose: str) -> Message:
        self._check_rights(fields["chat_id"])
        for message in self.messages:
            if message.id == fields["message_id"]:
                return message
        raise Refused(400, f"Bad Request: message to {purpose} not found")

    def _written(self, fields: Mapping[str, Any], name: str) -> Json:
        html = fields.get(name, "")
        text = read_html(html)
        if name == "text" and not text:
            raise Refused(400, "Bad Request: message text is empty")
        if name == "text" and utf16(text) > MOST_TEXT:
            raise Refused(400, "Bad Request: message is too long")
        if name == "caption" and utf16(text) > MOST_CAPTION:
            raise Refused(400, "Bad Request: message caption is too long")
        return {"text": text, "html": html}

    def _photo(self, photo: Mapping[str, Any], files: Mapping[str, File]) -> Json:
        file = files.get(photo["media"].removeprefix("attach://"))
        if file is None:
            raise Refused(400, "Bad Request: wrong file identifier/HTTP URL specified")
        spoiler = {"spoiler": photo.get("has_spoiler", False)}
        return self._written(photo, "caption") | {"picture": _picture(file)} | spoiler

    def _added(self, fields: Mapping[str, Any], **written: Any) -> Message:
        reply_to = fields.get("reply_parameters", {}).get("message_id")
        if reply_to is not None and all(message.id != reply_to for message in self.messages):
            raise Refused(400, "Bad Request: message to be replied not found")
        self.made += 1
        silent = fields.get("disable_notification", False)
        message = Message(id=self.made, reply_to=reply_to, silent=silent, **written)
        self.messages.append(message)
        return message

    def _changed(self, message: Message, changed: Message) -> Message:
        if changed == message:
            raise Refused(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are "
                "exactly the same as a current content and reply markup of the message",
            )
        self.messages[self.messages.index(message)] = changed
        return changed

    def _posts(self) -> Sequence[list[Message]]:
        posts: list[list[Message]] = []
        for message in self.messages:
            if posts and message.group is not None and posts[-1][0].group == message.group:
                posts[-1].append(message)
            else:
                posts.append([message])
        return posts

    def _post_with(self, message_id: int | None) -> str | None:
        for post in self._posts():
            if any(message.id == message_id for message in post):
                return ",".join(str(message.id) for message in post)
        return None

    def _json(self, message: Message) -> Json:
        shown: Json = {"message_id": message.id, "date": 1763700000, "chat": self.chat}
        if message.picture is None:
            return shown | {"text": message.text}
        return shown | {"photo": [{"file_id": f"file{message.id}"}], "caption": message.text}


def _preview(fields: Mapping[str, Any]) -> str | None:
    options = fields.get("link_preview_options", {})
    return None if options.get("is_disabled") else options.get("url", "the first")


def _picture(file: File) -> bytes:
    if file.content_type not in IMAGES or not file.content:
        raise Refused(400, "Bad Request: IMAGE_PROCESS_FAILED")
    return file.content
