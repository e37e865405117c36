"""A room on Matrix (https://spec.matrix.org/v1.15/client-server-api/).

A transaction id of our own makes a repeated request harmless, and the idempotency key stands in the event, so
that what was posted is surely found again.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from bot.channels import matrix_content as content_of
from bot.channels import matrix_rights as rights
from bot.channels.http import host_of
from bot.channels.matrix_client import CLIENT, MEDIA, Client
from bot.channels.matrix_read import Page, Reading
from bot.channels.matrix_read import receipt as receipt_of
from bot.errors import ChannelError, CredentialsError, PermanentError, RejectedError, TransientError
from bot.model import (
    Account,
    Capabilities,
    Form,
    Limits,
    NetworkSpec,
    Option,
    OptionKind,
    Receipt,
    Unit,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.channels.base import Facilities
    from bot.channels.http import Http
    from bot.config import ChannelConfig
    from bot.model import Attachment, Outgoing, RemotePost, Secret

Entity = Mapping[str, Any]

_ROOM = re.compile(r"#[^\s:]+:\S+|![^\s/?#]+")
_PAGE, _PAGES = 100, 50
_NOTICE = "m.notice"


def _wrong_room(value: str) -> str | None:
    if _ROOM.fullmatch(value):
        return None
    return 'must be an address such as "#news:matrix.org", or a room id, which begins with !'


SPEC = NetworkSpec(
    network="matrix",
    title="Matrix",
    # Synapse remembers a transaction for a day (events_worker.py), Dendrite for half an hour
    # (internal/transactions); the specification says nothing of it.
    capabilities=Capabilities(
        read_back=True, edit=True, delete=True, threads=True, media=True, idempotent=timedelta(minutes=30)
    ),
    defaults=Limits(text=content_of.MOST_HTML, unit=Unit.BYTES, counted=Form.HTML, media=1, alt_text=1500),
    secrets=("token",),
    options=(
        Option(
            name="room",
            kind=OptionKind.TEXT,
            help="the room: its address (#name:server) or its id (!...)",
            required=True,
            wrong=_wrong_room,
            example="#wiki-news:matrix.org",
        ),
        Option(
            name="msgtype",
            kind=OptionKind.TEXT,
            help="m.notice is what bots say, and no client makes a sound of it",
            default="m.text",
            choices=("m.text", _NOTICE),
        ),
    ),
    rich=True,
    places=("room",),
)


def open_channel(config: ChannelConfig, facilities: Facilities) -> MatrixChannel:
    """Open the channel that ``config`` describes; no request leaves."""
    return MatrixChannel(
        name=config.name,
        server=config.server,
        token=config.secrets.get("token"),
        room=str(config.options["room"]),
        msgtype=str(config.options.get("msgtype") or "m.text"),
        http=facilities.http,
    )


class MatrixChannel:
    """What one account posts in one room."""

    capabilities = SPEC.capabilities

    def __init__(
        self, *, name: str, server: str, token: Secret | None, room: str, msgtype: str, http: Http
    ) -> None:
        self.name = name
        self._room = room
        self._msgtype = msgtype
        self._client = Client(name=name, server=server, token=token, session=http.session())
        self._me: Entity | None = None
        self._room_id: str | None = None
        self._entered = False

    def limits(self) -> Limits:
        """Ask how large a file may be; all else is the same on every server."""
        if not self._client.has_token:
            return SPEC.defaults
        try:
            config = self._client.ask("GET", "/_matrix/client/v1/media/config")
        except ChannelError:
            if self._client.errcode() not in {"M_UNRECOGNIZED", "M_NOT_FOUND"}:
                raise
            config = self._client.ask("GET", f"{MEDIA}/config")  # before version 1.11
        return rights.limits(config, SPEC.defaults)

    def account(self) -> Account:
        """Ask who the token belongs to, and what the account may do in the room; nothing is changed."""
        me, room = self._whoami(), self._find_room()
        user = str(me["user_id"])
        found = rights.Rights(warnings=rights.token_warnings(me))
        if room in self._joined():
            found += self._rights_in(room, user)
        else:
            outside = f"{user} is not in the room yet: invite it, and it comes in with the first post"
            found += rights.Rights(warnings=(outside,))
        return Account(
            name=user,
            url=f"https://matrix.to/#/{quote(user, safe='@:')}",
            notes=(f"posts in {self._room}", *found.notes),
            warnings=found.warnings,
            obstacles=found.obstacles,
        )

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Upload the picture, then send the event under the transaction that the key names."""
        room = self._enter()
        content = self._content(outgoing)
        path = f"/send/m.room.message/{content_of.transaction('post', outgoing.key)}"
        return self._receipt(self._event("PUT", room, path, content, publishes=True))

    def recent(self, since: datetime) -> Sequence[RemotePost]:
        """Read the account's own messages in the room back, page by page.

        Raises ``TransientError`` rather than return only some of them.
        """
        room = self._find_room()
        wanted = {"senders": [self._whoami()["user_id"]], "types": ["m.room.message"]}
        query = {"dir": "b", "limit": str(_PAGE), "filter": json.dumps(wanted)}
        reading = Reading(room=room, server_name=self._server_name())
        for _ in range(_PAGES):
            page = self._page(reading, query)
            if page.next is None or (page.oldest is not None and page.oldest < since):
                return [post for post in reading.posts if post.created_at >= since]
            query["from"] = page.next
        raise TransientError(
            f"{host_of(self._client.server)}: more than {_PAGES * _PAGE} messages since "
            f"{since:%Y-%m-%d %H:%M} UTC, too many to look through"
        )

    def _page(self, reading: Reading, query: Mapping[str, str]) -> Page:
        """Read a page; where the account was but invited, it comes in first."""
        path = _in_room(reading.room, "/messages")
        try:
            return self._client.read(reading.take, "GET", path, query=query)
        except CredentialsError:
            if self._entered or self._client.errcode() != "M_FORBIDDEN":
                raise
            self._enter()
            return self._client.read(reading.take, "GET", path, query=query)

    def edit(self, receipt: Receipt, outgoing: Outgoing) -> Receipt:
        """Replace the message by an event of its own, which is how Matrix edits; the picture is sent anew.

        A server would take an edit of nothing, so it is asked first whether the message is there.
        """
        room, event_id = self._enter(), self._event_id(receipt.remote_id)
        original = self._event("GET", room, f"/event/{quote(event_id, safe='')}")
        if not original.get("content"):
            raise RejectedError(f"{self.name}: the message to be edited was deleted")
        content = content_of.replacing(event_id, self._content(outgoing))
        # A transaction of its own: the same edit must count again after another one.
        self._event("PUT", room, f"/send/m.room.message/{secrets.token_hex(16)}", content)
        return self._receipt({"event_id": event_id})

    def delete(self, receipt: Receipt) -> None:
        """Redact the message: the event stays, without its content."""
        room, event_id = self._enter(), self._event_id(receipt.remote_id)
        path = f"/redact/{quote(event_id, safe='')}/{content_of.transaction('delete', event_id)}"
        try:
            self._event("PUT", room, path, {})
        except RejectedError:
            if self._client.errcode() != "M_NOT_FOUND":
                raise

    def _content(self, outgoing: Outgoing) -> dict[str, Any]:
        if len(outgoing.attachments) > 1:
            raise RejectedError(
                f"{self.name}: {len(outgoing.attachments)} pictures, and a message on Matrix shows one"
            )
        if outgoing.reply_to is not None:
            self._event_id(outgoing.reply_to)
        content = content_of.new(outgoing, msgtype=self._msgtype)
        if outgoing.attachments:  # it fits: only now is anything uploaded
            content["url"] = self._upload(outgoing.attachments[0])
        return content

    def _upload(self, attachment: Attachment) -> str:
        query = {"filename": content_of.file_name(attachment)}
        try:
            return self._client.read(
                content_of.uploaded_at, "POST", f"{MEDIA}/upload", query=query, content=attachment
            )
        except RejectedError as error:
            raise RejectedError(f"{error} (the file {attachment.file})") from error

    def _whoami(self) -> Entity:
        if self._me is None:
            self._me = self._client.ask("GET", f"{CLIENT}/account/whoami", needing="user_id")
        return self._me

    def _server_name(self) -> str:
        """Return the name of the account's server, which knows the room."""
        return str(self._whoami()["user_id"]).partition(":")[2]

    def _find_room(self) -> str:
        if self._room_id is None:
            if self._room.startswith("!"):
                self._room_id = self._room
            else:
                path = f"{CLIENT}/directory/room/{quote(self._room, safe='')}"
                self._room_id = str(self._client.ask("GET", path, needing="room_id")["room_id"])
        return self._room_id

    def _joined(self) -> Sequence[str]:
        return self._client.read(lambda answer: list(answer["joined_rooms"]), "GET", f"{CLIENT}/joined_rooms")

    def _enter(self) -> str:
        """Return the room's id, once the account is in it and it is not encrypted.

        Raises ``CredentialsError`` where it cannot come in, or where what it says could not be read.
        """
        room = self._find_room()
        if not self._entered:
            if room not in self._joined():
                self._client.ask("POST", f"{CLIENT}/join/{quote(room, safe='')}", content={})
            if self._state(room, "m.room.encryption"):
                raise CredentialsError(
                    f"{self.name}: the room {self._room} is encrypted, which this bot cannot be; choose a "
                    "room that is not, since encryption can never be turned off again"
                )
            self._whoami()
            self._entered = True
        return room

    def _rights_in(self, room: str, user: str) -> rights.Rights:
        if self._state(room, "m.room.encryption"):
            encrypted = "the room is encrypted, and nothing can be posted there: choose another"
            return rights.Rights(obstacles=(encrypted,))
        if self._state(room, "m.room.tombstone"):
            replaced = "the room was replaced by another: put that one into the configuration"
            return rights.Rights(obstacles=(replaced,))
        return rights.in_room(
            user, create=self._state_event(room), levels=self._state(room, "m.room.power_levels")
        )

    def _state_event(self, room: str) -> Entity:
        """Return who made the room, as an event: its sender is one of the creators."""
        query = {"format": "event"}
        return self._client.ask("GET", _in_room(room, "/state/m.room.create"), query=query)

    def _state(self, room: str, kind: str) -> Entity:
        """Return a part of the room's state, empty where it has none."""
        try:
            return self._client.ask("GET", _in_room(room, f"/state/{kind}"))
        except RejectedError:
            if self._client.errcode() != "M_NOT_FOUND":
                raise
            return {}

    def _receipt(self, answer: Entity) -> Receipt:
        return receipt_of(self._find_room(), str(answer["event_id"]), self._server_name())

    def _event_id(self, remote_id: str) -> str:
        """Return the event's id, also where it is the end of an address that a person gave."""
        event_id = unquote(remote_id.partition("?")[0])
        if not event_id.startswith("$"):
            raise PermanentError(f"{self.name}: {remote_id!r} is not the id of an event on Matrix")
        return event_id

    def _event(
        self, method: str, room: str, path: str, content: Entity | None = None, *, publishes: bool = False
    ) -> Entity:
        return self._client.ask(
            method, _in_room(room, path), content=content, needing="event_id", publishes=publishes
        )


def _in_room(room: str, path: str) -> str:
    return f"{CLIENT}/rooms/{quote(room, safe='')}{path}"
