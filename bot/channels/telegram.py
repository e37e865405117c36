"""A channel or group on Telegram, by the Bot API (https://core.telegram.org/bots/api).

A bot cannot read what it has posted, and nothing tells two requests for one post apart: at most once, then in
doubt. The token stands in the address of every request, so no address is ever shown.
"""

from __future__ import annotations

import json
import mimetypes
import re
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import requests

from bot.channels.http import exchange, host_of
from bot.compose.markup import to_telegram_html
from bot.errors import CredentialsError, PermanentError, RejectedError
from bot.model import (
    Account,
    Capabilities,
    FacetKind,
    Limits,
    NetworkSpec,
    Option,
    OptionKind,
    Receipt,
    Unit,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.channels.base import Facilities
    from bot.channels.http import Http, Session
    from bot.config import ChannelConfig
    from bot.model import Attachment, Outgoing, RemotePost, Secret

Entity = Mapping[str, Any]
Files = dict[str, tuple[str, bytes, str]]
T = TypeVar("T")

_CHAT = re.compile(r"@[A-Za-z][A-Za-z0-9_]{3,31}|-?[0-9]{5,}")
_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]{20,}")
_MOST_PICTURES = 10  # in an album
_GAP = "\n\n"  # between a content warning and the text


def _wrong_chat(value: str) -> str | None:
    if _CHAT.fullmatch(value):
        return None
    return 'must be a public name with its @, such as "@wikinews", or an id such as "-1001234567890"'


SPEC = NetworkSpec(
    network="telegram",
    title="Telegram",
    capabilities=Capabilities(edit=True, delete=True, threads=True, media=True),
    # "After entities parsing" (https://core.telegram.org/bots/api#sendmessage, #sendphoto): of plain text.
    defaults=Limits(
        text=4096,
        unit=Unit.UTF16,
        with_media=1024,
        media=_MOST_PICTURES,
        media_bytes=10_000_000,
        gap=_GAP,
    ),
    server="https://api.telegram.org",
    secrets=("token",),
    options=(
        Option(
            name="chat",
            kind=OptionKind.TEXT,
            help="the channel or group: its public name with the @, or its id",
            required=True,
            wrong=_wrong_chat,
            example="@wikinews",
        ),
        Option(
            name="silent",
            kind=OptionKind.FLAG,
            help="whether subscribers are told of a post without a sound",
            default=False,
        ),
    ),
    rich=True,
    places=("chat",),
)

# What is wrong with the account or the chat, and not with one post: td_api's and the Bot API's own words.
_CHAT_AT_FAULT = re.compile(
    r"chat not found|not enough rights|need administrator rights|have no rights|CHAT_\w+|CHANNEL_PRIVATE"
    r"|upgraded to a supergroup|USER_BANNED_IN_CHANNEL",
    re.IGNORECASE,
)
_GONE = re.compile(r"message to delete not found|MESSAGE_ID_INVALID", re.IGNORECASE)
_SAME = re.compile(r"message is not modified", re.IGNORECASE)
_NO_TEXT = re.compile(r"there is no text in the message to edit", re.IGNORECASE)


def open_channel(config: ChannelConfig, facilities: Facilities) -> TelegramChannel:
    """Open the channel that ``config`` describes; no request leaves."""
    return TelegramChannel(
        name=config.name,
        server=config.server,
        token=config.secrets.get("token"),
        chat=str(config.options["chat"]),
        silent=bool(config.options.get("silent")),
        http=facilities.http,
    )


class TelegramChannel:
    """What one bot posts in one chat. A receipt's remote id is the message's, of an album those of all."""

    capabilities = SPEC.capabilities

    def __init__(
        self, *, name: str, server: str, token: Secret | None, chat: str, silent: bool, http: Http
    ) -> None:
        self.name = name
        self._server = server.rstrip("/")
        self._token = token
        self._chat = chat
        self._silent = silent
        self._session: Session = http.session()

    def limits(self) -> Limits:
        """Return the Bot API's limits, which are the same for every bot."""
        return SPEC.defaults

    def account(self) -> Account:
        """Ask who the bot is, whether the chat is there, and what the bot may do in it."""
        me = self._call("getMe", {}, _entity)
        chat = self._call("getChat", {"chat_id": self._chat}, _entity)
        asked = {"chat_id": self._chat, "user_id": me.get("id")}
        member = self._call("getChatMember", asked, _entity)
        name = chat.get("username")
        obstacles = _obstacles(chat, member)
        may = () if obstacles else ("the bot may post there, and change and delete its posts",)
        return Account(
            name=f"@{name}" if name else str(chat.get("title") or self._chat),
            url=f"https://t.me/{name}" if name else None,
            notes=(f"posted by the bot @{me.get('username')}", *may),
            obstacles=obstacles,
        )

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Send a message, a photo with a caption, or an album whose first photo has the caption."""
        fields: dict[str, Any] = {"chat_id": self._chat}
        if self._silent:
            fields["disable_notification"] = True
        if outgoing.reply_to is not None:
            fields["reply_parameters"] = {"message_id": self._message_ids(outgoing.reply_to)[0]}
        pictures = outgoing.attachments
        if not pictures:
            return self._call("sendMessage", fields | _text(outgoing), _receipt, publishes=True)
        if len(pictures) == 1:
            fields |= _caption(outgoing) | _hidden(outgoing)
            files = {"photo": _file(pictures[0])}
            return self._call("sendPhoto", fields, _receipt, files=files, publishes=True)
        if len(pictures) > _MOST_PICTURES:
            raise RejectedError(
                f"{self.name}: {len(pictures)} pictures, and an album on Telegram holds {_MOST_PICTURES}"
            )
        fields["media"] = [_photo(outgoing, number) for number in range(len(pictures))]
        files = {f"photo{number}": _file(picture) for number, picture in enumerate(pictures)}
        return self._call("sendMediaGroup", fields, _album_receipt, files=files, publishes=True)

    def recent(self, since: datetime) -> Sequence[RemotePost]:  # noqa: ARG002 - the protocol's signature
        """Refuse: a bot is told of new messages, not of old ones."""
        raise PermanentError(f"{self.name}: a bot cannot read what a channel on Telegram has published")

    def edit(self, receipt: Receipt, outgoing: Outgoing) -> Receipt:
        """Change the text, or the pictures with their caption; their number cannot change, except from none.

        Picture by picture: an edit that fails half-way is completed when it is repeated.
        """
        ids = self._message_ids(receipt.remote_id)
        pictures = outgoing.attachments
        if max(len(pictures), 1) != len(ids):
            raise self._wrong_number(len(ids), len(pictures))
        if not pictures:
            self._edit("editMessageText", ids[0], _text(outgoing))
        for number, (message, picture) in enumerate(zip(ids, pictures, strict=False)):
            media = {"media": _photo(outgoing, number)}
            self._edit("editMessageMedia", message, media, files={f"photo{number}": _file(picture)})
        return receipt

    def delete(self, receipt: Receipt) -> None:
        """Delete the message, or every message of an album; what is not there is gone already."""
        for message in self._message_ids(receipt.remote_id):
            fields = {"chat_id": self._chat, "message_id": message}
            try:
                self._call("deleteMessage", fields, _anything)
            except RejectedError as error:
                if not _GONE.search(str(error)):
                    raise

    def _edit(self, method: str, message: int, fields: dict[str, Any], *, files: Files | None = None) -> None:
        try:
            fields = {"chat_id": self._chat, "message_id": message} | fields
            self._call(method, fields, _anything, files=files)
        except RejectedError as error:
            if _NO_TEXT.search(str(error)):
                raise self._wrong_number(1, 0) from error
            if not _SAME.search(str(error)):
                raise

    def _wrong_number(self, before: int, after: int) -> RejectedError:
        return RejectedError(
            f"{self.name}: the post has {before} message(s) with pictures and is to have {after}, which "
            "Telegram cannot change afterwards; delete it there and publish it anew if it matters"
        )

    def _message_ids(self, remote_id: str) -> list[int]:
        ids = remote_id.split(",")
        if not all(one.isascii() and one.isdecimal() for one in ids):
            raise PermanentError(f"{self.name}: {remote_id!r} is not the id of a message on Telegram")
        return [int(one) for one in ids]

    def _call(
        self,
        method: str,
        fields: dict[str, Any],
        read: Callable[[Any], T],
        *,
        files: Files | None = None,
        publishes: bool = False,
    ) -> T:
        """Call a method of the API and return what ``read`` makes of its result.

        Raises ``CredentialsError`` where the chat is at fault: then no post could be published.
        """
        url = f"{self._server}/bot{self._good_token()}/{method}"
        try:
            with exchange(self._session, self._server, publishes=publishes):
                if files:
                    data = {name: _as_field(value) for name, value in fields.items()}
                    answer = self._session.post(url, data=data, files=files)
                else:
                    answer = self._session.post(url, json=fields)
                return read(_result(answer))
        except RejectedError as error:
            self._blame(error)

    def _blame(self, error: RejectedError) -> NoReturn:
        """Raise the error, as one of the credentials' where the token or the chat is at fault."""
        status = self._session.status
        if status == requests.codes.not_found:  # what Telegram answers to a token that never was
            raise CredentialsError(
                f"{host_of(self._server)}: the token is not known; copy it again from @BotFather into the "
                "environment variable that token_env names"
            ) from error
        if status == requests.codes.forbidden or _CHAT_AT_FAULT.search(str(error)):
            raise CredentialsError(
                f"{error}; look whether chat names the right channel or group, and whether the bot is an "
                "administrator there who may post"
            ) from error
        raise error

    def _good_token(self) -> str:
        token = self._token.reveal().strip() if self._token else ""
        if not token:
            raise CredentialsError(
                f"{self.name}: there is no token; make a bot with @BotFather and put its token into the "
                "environment variable that token_env names"
            )
        if not _TOKEN.fullmatch(token):
            raise CredentialsError(
                f"{self.name}: the token does not look like one (digits, a colon, letters); copy it again "
                "from @BotFather into the environment variable that token_env names"
            )
        return token


def _text(outgoing: Outgoing) -> dict[str, Any]:
    """Return a message's text, with a preview of the main link where that stands in it, and of no other."""
    shown = {facet.url for facet in outgoing.part.facets if facet.kind is FacetKind.LINK}
    previewed = outgoing.link in shown and not outgoing.content_warning
    preview = {"url": outgoing.link} if previewed else {"is_disabled": True}
    return {"text": _html(outgoing), "parse_mode": "HTML", "link_preview_options": preview}


def _caption(outgoing: Outgoing) -> dict[str, Any]:
    return {"caption": _html(outgoing), "parse_mode": "HTML"}


def _hidden(outgoing: Outgoing) -> dict[str, Any]:
    return {"has_spoiler": True} if outgoing.content_warning else {}


def _photo(outgoing: Outgoing, number: int) -> dict[str, Any]:
    """Return one picture as Telegram's InputMediaPhoto; the first has the text as its caption."""
    photo = {"type": "photo", "media": f"attach://photo{number}"} | _hidden(outgoing)
    return photo | (_caption(outgoing) if number == 0 else {})


def _html(outgoing: Outgoing) -> str:
    """Return the text; behind a content warning it is a spoiler, to be seen by who taps on it."""
    html = to_telegram_html(outgoing.part)
    if not outgoing.content_warning:
        return html
    warning = escape(outgoing.content_warning, quote=False)
    return f"{warning}{_GAP}<tg-spoiler>{html}</tg-spoiler>"


def _file(attachment: Attachment) -> tuple[str, bytes, str]:
    name = "picture" + (mimetypes.guess_extension(attachment.mime_type) or "")
    return name, attachment.content, attachment.mime_type


def _as_field(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _result(answer: requests.Response) -> Any:  # noqa: ANN401 - what it is the method says
    body = _entity(answer.json())
    if not answer.ok or body.get("ok") is not True:
        raise ValueError("not ok")
    return body["result"]


def _entity(value: object) -> Entity:
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return value


def _anything(_: object) -> None:
    return None


def _receipt(message: object) -> Receipt:
    """Read a message's id and address: https://core.telegram.org/api/links#message-links."""
    return _album_receipt([message])


def _album_receipt(messages: object) -> Receipt:
    if not isinstance(messages, list) or not messages:
        raise TypeError("no messages")
    ids = [_entity(message)["message_id"] for message in messages]
    if not all(isinstance(one, int) for one in ids):
        raise TypeError("no message_id")
    chat = _entity(messages[0].get("chat") or {})
    return Receipt(remote_id=",".join(map(str, ids)), url=_url(chat, ids[0]))


def _url(chat: Entity, message: int) -> str | None:
    if chat.get("username"):
        return f"https://t.me/{chat['username']}/{message}"
    internal = str(chat.get("id") or "")
    return f"https://t.me/c/{internal[4:]}/{message}" if internal.startswith("-100") else None


def _obstacles(chat: Entity, member: Entity) -> tuple[str, ...]:
    """Say what the bot lacks: in a channel only administrators post, and they delete what they posted."""
    status = member.get("status")
    if chat.get("type") == "channel":
        if status not in {"administrator", "creator"}:
            return ("the bot is no administrator of the channel: make it one who may post messages",)
        if status == "administrator" and member.get("can_post_messages") is not True:
            return ("the bot may not post in the channel: give it the right to post messages",)
        return ()
    if status in {"left", "kicked"}:
        return ("the bot is not in the group: add it",)
    rights = {"can_send_messages": "write", "can_send_photos": "send photos"}
    lacking = [words for right, words in rights.items() if member.get(right) is False]
    return (f"the bot may not {' or '.join(lacking)} in the group",) if lacking else ()
