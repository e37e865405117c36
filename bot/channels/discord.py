"""A channel of a server on Discord, by a webhook (https://docs.discord.com/developers/resources/webhook).

A webhook needs no bot: its address is all the credentials there are, so it is shown nowhere. It can change
what it has posted but neither read it nor answer to it, and Discord's ``nonce`` is not for webhooks
(https://github.com/discord/discord-api-docs/pull/6647): at most once, then in doubt.
"""

from __future__ import annotations

import json
import mimetypes
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from bot.channels.http import exchange, host_of
from bot.compose.markdown import to_markdown
from bot.errors import CredentialsError, PermanentError, RejectedError
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
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    import requests

    from bot.channels.base import Facilities
    from bot.channels.http import Http, Session
    from bot.config import ChannelConfig
    from bot.model import Attachment, Outgoing, RemotePost, Secret

Entity = Mapping[str, Any]
Files = dict[str, tuple[str, bytes, str]]
T = TypeVar("T")

_WEBHOOK = re.compile(r"https?://[^/?#\s]+/api/(?:v\d+/)?webhooks/(\d{5,20})/([\w-]{20,200})/?", re.ASCII)
_SNOWFLAKE = re.compile(r"[0-9]{5,20}")
_MOST_FILES = 10
_SUPPRESS_EMBEDS = 1 << 2
_INCOMING = 1
# The webhook, the channel or the thread is at fault, and not one post:
# https://docs.discord.com/developers/topics/opcodes-and-status-codes#json-json-error-codes
_UNKNOWN_CHANNEL, _UNKNOWN_MESSAGE, _UNKNOWN_WEBHOOK = 10003, 10008, 10015
_CHANNEL_AT_FAULT = frozenset(
    {_UNKNOWN_CHANNEL, _UNKNOWN_WEBHOOK, 50001, 50013, 50027, 160005, 220001, 220003, 220004}
)


def _wrong_name(value: str) -> str | None:
    if len(value) <= 80 and not re.search("discord|clyde", value, re.IGNORECASE):
        return None
    return 'must have 80 characters at most, and neither "discord" nor "clyde" in it'


def _wrong_thread(value: str) -> str | None:
    return None if _SNOWFLAKE.fullmatch(value) else "must be the thread's id: digits only"


SPEC = NetworkSpec(
    network="discord",
    title="Discord",
    capabilities=Capabilities(edit=True, delete=True, media=True),
    # Counted in code points: https://github.com/discord/discord-api-docs/issues/1315
    defaults=Limits(
        text=2000,
        unit=Unit.CODE_POINTS,
        counted=Form.MARKDOWN,
        media=_MOST_FILES,
        media_bytes=10_000_000,
        alt_text=1024,
        gap="\n\n||||",
    ),
    server="https://discord.com",
    secrets=("webhook",),
    options=(
        Option(
            name="thread_id",
            kind=OptionKind.TEXT,
            help="the thread (or post of a forum) to write in, by its id; else the webhook's channel",
            wrong=_wrong_thread,
            example="1130000000000000001",
        ),
        Option(
            name="username",
            kind=OptionKind.TEXT,
            help="the name to post under; else the webhook's own",
            wrong=_wrong_name,
            example="Wiki news",
        ),
        Option(
            name="avatar",
            kind=OptionKind.URL,
            help="the address of the picture to post under; else the webhook's own",
        ),
        Option(
            name="preview",
            kind=OptionKind.FLAG,
            help="whether the main link is shown with a preview",
            default=True,
        ),
    ),
    rich=True,
    places=("thread_id",),
)


def open_channel(config: ChannelConfig, facilities: Facilities) -> DiscordChannel:
    """Open the channel that ``config`` describes; no request leaves."""
    options = {name: str(value) for name, value in config.options.items() if value}
    return DiscordChannel(
        name=config.name,
        server=config.server,
        webhook=config.secrets.get("webhook"),
        thread_id=options.get("thread_id"),
        identity={
            field: options[name]
            for field, name in (("username", "username"), ("avatar_url", "avatar"))
            if name in options
        },
        preview=bool(config.options.get("preview", True)),
        http=facilities.http,
    )


class DiscordChannel:
    """What one webhook posts. ``identity`` are the fields of the name and the picture to post under."""

    capabilities = SPEC.capabilities

    def __init__(
        self,
        *,
        name: str,
        server: str,
        webhook: Secret | None,
        http: Http,
        thread_id: str | None = None,
        identity: Mapping[str, str] | None = None,
        preview: bool = True,
    ) -> None:
        self.name = name
        self._server = server.rstrip("/")
        self._webhook = webhook
        self._thread = {"thread_id": thread_id} if thread_id else {}
        self._identity = dict(identity or {})
        self._preview = preview
        self._session: Session = http.session()
        self._guild: str | None = None

    def limits(self) -> Limits:
        """Return what any server on Discord takes; boosted ones take larger files."""
        return SPEC.defaults

    def account(self) -> Account:
        """Ask what the webhook is called, and where it posts."""
        webhook = self._ask_webhook()
        posts = webhook.get("type") == _INCOMING
        thread = f"posts in the thread {self._thread['thread_id']}" if self._thread else ""
        may = "the webhook may post, and change and delete its posts" if posts else ""
        return Account(
            name=self._identity.get("username") or str(webhook.get("name") or webhook["id"]),
            url=f"{self._server}/channels/{self._guild}/{webhook.get('channel_id')}",
            notes=tuple(filter(None, (thread, may))),
            obstacles=() if posts else ("the webhook is not one that posts messages",),
        )

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Execute the webhook, with the files in the same request, and wait for the message."""
        if outgoing.reply_to is not None:
            raise PermanentError(f"{self.name}: a webhook on Discord cannot answer to a message")
        if self._guild is None:
            self._ask_webhook()
        body = self._identity | self._body(outgoing)
        query = {"wait": "true"} | self._thread
        return self._call("POST", "", self._receipt, query=query, body=body, files=_files(outgoing))

    def recent(self, since: datetime) -> Sequence[RemotePost]:  # noqa: ARG002 - the protocol's signature
        """Refuse: a webhook can ask for a message by its id only."""
        raise PermanentError(f"{self.name}: a webhook cannot read what it has posted on Discord")

    def edit(self, receipt: Receipt, outgoing: Outgoing) -> Receipt:
        """Change the text; the files are sent anew and those that are there go."""
        path = self._message_path(receipt)
        body = {"attachments": [], "flags": 0} | self._body(outgoing)
        self._call("PATCH", path, _is_message, query=self._thread, body=body, files=_files(outgoing))
        return receipt

    def delete(self, receipt: Receipt) -> None:
        """Delete the message; one that Discord does not know is gone already."""
        path = self._message_path(receipt)
        try:
            self._call("DELETE", path, _is_empty, query=self._thread)
        except RejectedError:
            if self._last_code() != _UNKNOWN_MESSAGE:
                raise

    def _ask_webhook(self) -> Entity:
        webhook = self._call("GET", "", _is_webhook)
        # Without a server the address of a message is the one of a private conversation.
        self._guild = str(webhook.get("guild_id") or "@me")
        return webhook

    def _receipt(self, answer: requests.Response) -> Receipt:
        message = _is_message(answer)
        place = f"{self._guild}/{message['channel_id']}/{message['id']}"
        return Receipt(remote_id=message["id"], url=f"{self._server}/channels/{place}")

    def _body(self, outgoing: Outgoing) -> dict[str, Any]:
        """Return a message as its author writes it; nobody is ever pinged by it."""
        content = to_markdown(outgoing.part)
        previewed = self._preview and outgoing.link is not None and not outgoing.content_warning
        if previewed:
            content = _with_preview(content, outgoing.link or "")
        if warning := outgoing.content_warning:
            content = f"\n\n||{content}||"
            # It was counted as it is: where its escapes are too much, it goes without them.
            escaped = _escaped(warning)
            content = (escaped if len(escaped + content) <= (SPEC.defaults.text or 0) else warning) + content
        body: dict[str, Any] = {"content": content, "allowed_mentions": {"parse": []}}
        if not previewed:
            body["flags"] = _SUPPRESS_EMBEDS
        if outgoing.attachments:
            body["attachments"] = [
                {"id": number, "filename": _file_name(outgoing, file)}
                | ({"description": file.alt} if file.alt else {})
                for number, file in enumerate(outgoing.attachments)
            ]
        return body

    def _call(
        self,
        method: str,
        path: str,
        read: Callable[[requests.Response], T],
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        files: Files | None = None,
    ) -> T:
        """Ask, send the files with the body, and return what ``read`` makes of the answer.

        Raises ``CredentialsError`` where webhook, channel or thread are at fault.
        """
        url = f"{self._server}/api/v10/webhooks/{self._id_and_token()}{path}"
        sent: dict[str, Any] = {"json": body}
        if files:
            sent = {"data": {"payload_json": json.dumps(body)}, "files": files}
        try:
            with exchange(self._session, self._server, publishes=method == "POST"):
                answer = self._session.request(method, url, params=query, **sent)
                if not answer.ok:
                    raise ValueError("not ok")
                return read(answer)
        except RejectedError as error:
            self._blame(error)

    def _blame(self, error: RejectedError) -> NoReturn:
        """Raise the error with what Discord says of each field, or as one that no post could avoid."""
        said = str(error)
        if details := list(_field_errors(self._last_answer().get("errors"), "")):
            said = f"{said} ({'; '.join(details)[:300]})"
        if self._last_code() in _CHANNEL_AT_FAULT:
            raise CredentialsError(
                f"{said}; look whether the webhook and the thread are still there, and whether the channel "
                "is a forum, which needs thread_id"
            ) from error
        raise RejectedError(said) from error

    def _last_answer(self) -> Entity:
        """Return the last answer's JSON, empty where it has none."""
        try:
            found = self._session.answer.json() if self._session.answer is not None else None
        except ValueError:
            found = None
        return found if isinstance(found, dict) else {}

    def _last_code(self) -> object:
        return self._last_answer().get("code")

    def _message_path(self, receipt: Receipt) -> str:
        if not _SNOWFLAKE.fullmatch(receipt.remote_id):
            raise PermanentError(f"{self.name}: {receipt.remote_id!r} is not the id of a message on Discord")
        return f"/messages/{receipt.remote_id}"

    def _id_and_token(self) -> str:
        """Return the end of the webhook's address; the server is asked that the configuration names."""
        address = self._webhook.reveal().strip() if self._webhook else ""
        if not address:
            raise CredentialsError(
                f"{self.name}: there is no webhook; make one in the channel's settings (Integrations) and "
                "put its URL into the environment variable that webhook_env names"
            )
        found = _WEBHOOK.fullmatch(address)
        if found is None:
            raise CredentialsError(
                f"{self.name}: the webhook is not the URL of one ({host_of(self._server)}/api/webhooks/, "
                "digits, a slash, a token); copy it again from the channel's settings into the environment "
                "variable that webhook_env names"
            )
        return f"{found[1]}/{found[2]}"


def _with_preview(content: str, link: str) -> str:
    """Return the Markdown with the main link open, where others are in ``<>`` that keep previews away."""
    for url in dict.fromkeys((link, link.replace("(", "%28").replace(")", "%29"))):
        opened = content.replace(f"](<{url}>)", f"]({url})", 1)
        if opened == content:
            bare = re.search(rf"<{re.escape(url)}>(?!\S)", content)
            opened = content[: bare.start()] + url + content[bare.end() :] if bare else content
        if opened != content:
            return opened
    return content


def _escaped(warning: str) -> str:
    return re.sub(r"([\\*_~`|<>\[\]#:-])", r"\\\1", warning)


def _file_name(outgoing: Outgoing, attachment: Attachment) -> str:
    """Return a name of our own; one that begins so is hidden until the reader clicks on it."""
    spoiler = "SPOILER_" if outgoing.content_warning else ""
    return f"{spoiler}picture{mimetypes.guess_extension(attachment.mime_type) or ''}"


def _files(outgoing: Outgoing) -> Files:
    return {
        f"files[{number}]": (_file_name(outgoing, file), file.content, file.mime_type)
        for number, file in enumerate(outgoing.attachments)
    }


def _is_message(answer: requests.Response) -> Entity:
    message = answer.json()
    if not isinstance(message["id"], str) or not isinstance(message["channel_id"], str):
        raise TypeError("not a message")
    found: Entity = message
    return found


def _is_empty(answer: requests.Response) -> None:
    if answer.status_code != 204:
        raise ValueError("not what Discord answers")


def _is_webhook(answer: requests.Response) -> Entity:
    webhook = answer.json()
    if not isinstance(webhook["id"], str):
        raise TypeError("not a webhook")
    found: Entity = webhook
    return found


def _field_errors(errors: object, field: str) -> Iterator[str]:
    """Yield what is wrong with each field: https://docs.discord.com/developers/reference#error-messages."""
    if not isinstance(errors, dict):
        return
    for name, inner in errors.items():
        if name == "_errors" and isinstance(inner, list):
            for error in inner:
                if isinstance(error, dict) and isinstance(error.get("message"), str):
                    yield f"{field}: {error['message']}"
        else:
            yield from _field_errors(inner, f"{field}.{name}" if field else str(name))
