"""A channel of a workspace on Slack, by an incoming webhook.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks. A webhook's address is all the
credentials there are, so it is shown nowhere. Slack answers "ok" and no more: there is no id, nothing can be
read, changed or deleted afterwards, and the same message again is another one. At most once, then in doubt.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar
from uuid import uuid4

from bot.channels.http import exchange, host_of
from bot.compose.marked import Marked
from bot.compose.mrkdwn import to_mrkdwn
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
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    import requests

    from bot.channels.base import Facilities
    from bot.channels.http import Http
    from bot.config import ChannelConfig
    from bot.model import Attachment, Outgoing, RemotePost, Secret

T = TypeVar("T")

# Slack's clouds are told apart by the host, which is the configuration's to say.
_WEBHOOK = re.compile(r"https?://[^/?#\s]+/services/(T\w{2,20})/(B\w{2,20})/(\w{8,100})/?", re.ASCII)
_SLUG = re.compile(r"[a-z]+(?:_[a-z]+)+")
_MOST_PICTURES = 10
_LONGEST_ADDRESS = 3000
# The webhook, its channel or its workspace is at fault, and not one message.
_ALL_AT_FAULT = frozenset(
    {
        "action_prohibited",
        "channel_is_archived",
        "channel_not_found",
        "invalid_token",
        "no_active_hooks",
        "no_service",
        "no_service_id",
        "no_team",
        "posting_to_general_channel_denied",
        "team_disabled",
        "user_not_found",
    }
)
# What a message without anything in it is refused with, by a webhook that is well.
_NOTHING_SAID = frozenset({"no_text", "invalid_payload", "missing_text_or_fallback_or_attachments"})

SPEC = NetworkSpec(
    network="slack",
    title="Slack",
    capabilities=Capabilities(media=True),
    # A section holds 3,000 characters, of which kind Slack does not say: those count most in UTF-16.
    # https://docs.slack.dev/reference/block-kit/blocks/section-block and .../image-block
    defaults=Limits(
        text=3000,
        unit=Unit.UTF16,
        counted=Form.MRKDWN,
        media=_MOST_PICTURES,
        alt_text=2000,
        gap="\n\n",
    ),
    server="https://hooks.slack.com",
    secrets=("webhook",),
    options=(
        Option(
            name="preview",
            kind=OptionKind.FLAG,
            help="whether links are shown with a preview, where no picture goes with the text",
            default=True,
        ),
        Option(
            name="pictures",
            kind=OptionKind.FLAG,
            help="whether pictures go with the text; only those that anybody can fetch, as Slack does",
            default=False,
        ),
    ),
    rich=True,
    places=(),
)


def open_channel(config: ChannelConfig, facilities: Facilities) -> SlackChannel:
    """Open the channel that ``config`` describes; no request leaves."""
    return SlackChannel(
        name=config.name,
        server=config.server,
        webhook=config.secrets.get("webhook"),
        preview=bool(config.options.get("preview", True)),
        pictures=bool(config.options.get("pictures", False)),
        http=facilities.http,
    )


class SlackChannel:
    """What one webhook posts."""

    capabilities = SPEC.capabilities

    def __init__(
        self,
        *,
        name: str,
        server: str,
        webhook: Secret | None,
        http: Http,
        preview: bool = True,
        pictures: bool = False,
    ) -> None:
        self.name = name
        self._server = server.rstrip("/")
        self._webhook = webhook
        self._preview = preview
        self._pictures = pictures
        self._session = http.session()

    def limits(self) -> Limits:
        """Return what any message holds; without ``pictures`` it has none."""
        return SPEC.defaults if self._pictures else replace(SPEC.defaults, media=0)

    def account(self) -> Account:
        """Send a message without anything in it: how Slack refuses it tells whether the webhook lives."""
        self._post({"text": ""}, _refused_as_empty)
        return Account(
            name=f"webhook {self._path().split('/')[1]}",
            notes=("the webhook may post; Slack does not tell in which channel",),
        )

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Post the message, with pictures where anybody can fetch them: a webhook takes no files.

        The receipt's id is the one that we give the message's text, since Slack tells none.
        """
        if outgoing.reply_to is not None:
            raise PermanentError(f"{self.name}: a webhook on Slack cannot answer to a message")
        pictures = [self._picture(one) for one in outgoing.attachments]
        text = _mrkdwn(outgoing)
        block_id = uuid4().hex
        said = {"type": "mrkdwn", "text": text, "verbatim": True}
        section = {"type": "section", "block_id": block_id, "text": said}
        body = {
            "text": text,  # what notifications show
            "blocks": [*([section] if text else []), *pictures],
            "unfurl_links": self._preview and not pictures,
            "unfurl_media": False,
        }
        self._post(body, _is_ok, publishes=True)
        return Receipt(remote_id=block_id)

    def recent(self, since: datetime) -> Sequence[RemotePost]:  # noqa: ARG002 - the protocol's signature
        """Refuse: a webhook only posts."""
        raise PermanentError(f"{self.name}: a webhook cannot read what it has posted on Slack")

    def edit(self, receipt: Receipt, outgoing: Outgoing) -> Receipt:  # noqa: ARG002 - the protocol's signature
        """Refuse: a webhook only posts."""
        raise PermanentError(f"{self.name}: a webhook cannot change what it has posted on Slack")

    def delete(self, receipt: Receipt) -> None:  # noqa: ARG002 - the protocol's signature
        """Refuse: a webhook only posts."""
        raise PermanentError(f"{self.name}: a webhook cannot delete what it has posted on Slack")

    def _picture(self, attachment: Attachment) -> dict[str, Any]:
        if attachment.url is None or len(attachment.url) > _LONGEST_ADDRESS:
            raise RejectedError(
                f"{self.name}: Slack fetches pictures itself, and nobody tells where it could fetch "
                f"{attachment.file}; take it out of the item, or say pictures = false for this channel"
            )
        # Slack wants an alt text of every picture; one without any says nothing to those who cannot see it.
        return {"type": "image", "image_url": attachment.url, "alt_text": attachment.alt or attachment.file}

    def _post(
        self,
        body: Mapping[str, Any],
        understand: Callable[[requests.Response], T],
        *,
        publishes: bool = False,
    ) -> T:
        """Post, and return what ``understand`` makes of the answer.

        Raises ``CredentialsError`` where webhook, channel or workspace are at fault.
        """
        url = f"{self._server}/services/{self._path()}"
        with exchange(self._session, self._server, publishes=publishes):
            answer = self._session.post(url, json=body)
            said = answer.text.strip()
            if 400 <= answer.status_code < 500 and len(said) < 100 and _SLUG.fullmatch(said):
                if publishes or said not in _NOTHING_SAID:
                    self._blame(answer, said)
            elif not answer.ok:
                raise ValueError("not ok")
            return understand(answer)

    def _blame(self, answer: requests.Response, said: str) -> NoReturn:
        """Raise what one of Slack's words for an error means; a rate limit is everybody's to understand."""
        host = host_of(self._server)
        if said in _ALL_AT_FAULT:
            raise CredentialsError(
                f"{host}: {said}; look whether the app, its webhook and the channel are still there, and "
                "whether the webhook may post in it; else make a new one and put its URL into the "
                "environment variable that webhook_env names"
            )
        if answer.status_code == 429:
            raise ValueError("asked to wait")
        raise RejectedError(f"{host}: {said}")

    def _path(self) -> str:
        """Return the end of the webhook's address; the server is asked that the configuration names."""
        address = self._webhook.reveal().strip() if self._webhook else ""
        if not address:
            raise CredentialsError(
                f"{self.name}: there is no webhook; make one in the app's settings (Incoming Webhooks) and "
                "put its URL into the environment variable that webhook_env names"
            )
        found = _WEBHOOK.fullmatch(address)
        if found is None:
            raise CredentialsError(
                f"{self.name}: the webhook is not the URL of one ({host_of(self._server)}/services/T.../B.../"
                "...); copy it again from the app's settings into the environment variable that webhook_env "
                "names"
            )
        return "/".join(found.groups())


def _mrkdwn(outgoing: Outgoing) -> str:
    """Return the text, a content warning above it: Slack has no place for one."""
    warning = outgoing.content_warning
    above = to_mrkdwn(Marked(text=warning + SPEC.defaults.gap)) if warning else ""
    return above + to_mrkdwn(outgoing.part)


def _is_ok(answer: requests.Response) -> None:
    if answer.text.strip() != "ok":
        raise ValueError("not what Slack answers")


def _refused_as_empty(answer: requests.Response) -> None:
    if answer.ok:
        raise ValueError("a message without anything in it was taken")
