"""E-mail, mostly to a mailing list: a mail for each item, or one for all that is due.

The message (bot/channels/email_message.py) has the same Message-ID at every try, so that a list's software or
a reader's program may drop a double; none promises to, so a lost answer leaves a doubt. Who gets a mail is
all of ``to`` or nobody.
"""

from __future__ import annotations

import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.channels import email_message as message
from bot.channels.clock import utc_now
from bot.channels.email_message import Letterhead
from bot.channels.email_submit import Login, Relay, submission
from bot.errors import CredentialsError, PermanentError
from bot.model import (
    Account,
    Capabilities,
    Limits,
    NetworkSpec,
    Option,
    OptionKind,
    Receipt,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from bot.channels.base import Facilities
    from bot.channels.email_submit import Submission
    from bot.channels.http import Timeout
    from bot.config import ChannelConfig
    from bot.model import Outgoing, RemotePost, Secret

# What programs for mail show, old ones too.
SHOWN = ("image/jpeg", "image/png", "image/gif")

SPEC = NetworkSpec(
    network="email",
    title="E-mail",
    capabilities=Capabilities(threads=True, media=True, digest=True),
    # Lists usually hold back what is bigger than a few megabytes.
    defaults=Limits(media_bytes=1_000_000, media_types=SHOWN, gap=message.GAP),
    server=None,
    schemes=("smtps", "smtp"),
    local_schemes=(),
    optional_secrets={"password": "user"},
    options=(
        Option(
            name="from",
            kind=OptionKind.TEXT,
            help="the address that the mails come from, with a name if you like",
            required=True,
            wrong=message.wrong_address,
            example="MediaWiki news <newsbot@example.org>",
        ),
        Option(
            name="to",
            kind=OptionKind.LIST,
            help="the addresses that they go to, at least one: mostly that of a list",
            required=True,
            wrong=message.wrong_address,
            example=("mediawiki-news@lists.example.org",),
        ),
        Option(
            name="user",
            kind=OptionKind.TEXT,
            help="who the bot logs in as at the server",
            example="newsbot@example.org",
        ),
        Option(
            name="reply_to",
            kind=OptionKind.TEXT,
            help="where answers go, if not to where the mail came from",
            wrong=message.wrong_address,
            example="talk@lists.example.org",
        ),
        Option(
            name="subject_prefix",
            kind=OptionKind.TEXT,
            help="what each subject begins with",
            example="[MediaWiki]",
        ),
        Option(
            name="list_id",
            kind=OptionKind.TEXT,
            help="the List-Id header, for a list without software of its own that sets it",
            wrong=message.wrong_list_id,
            example="MediaWiki news <news.mediawiki.example.org>",
        ),
        Option(
            name="archive",
            kind=OptionKind.URL,
            help="the List-Archive header: a page with all that was sent",
        ),
    ),
    rich=True,
)


def open_channel(config: ChannelConfig, facilities: Facilities) -> EmailChannel:
    """Open the channel that ``config`` describes; no request leaves."""
    options, to = config.options, config.options.get("to")

    def text(name: str) -> str | None:
        value = options.get(name)
        return str(value) if value else None

    return EmailChannel(
        name=config.name,
        relay=Relay.at(config.server),
        head=Letterhead(
            sender=text("from") or "",
            to=to if isinstance(to, tuple) else (),
            reply_to=text("reply_to"),
            list_id=text("list_id"),
            archive=text("archive"),
            prefix=text("subject_prefix") or "",
        ),
        user=text("user"),
        password=config.secrets.get("password"),
        timeout=facilities.http.timeout,
    )


class EmailChannel:
    """One sender, one server, and those whom the mails go to.

    ``timeout`` is in seconds, for connecting and for each answer; ``context`` is for a server whose
    certificate the system does not know; ``clock`` dates the mails.
    """

    capabilities = SPEC.capabilities

    def __init__(
        self,
        *,
        name: str,
        relay: Relay,
        head: Letterhead,
        timeout: Timeout,
        user: str | None = None,
        password: Secret | None = None,
        context: ssl.SSLContext | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.name = name
        self._relay = relay
        self._head = head
        self._user = user
        self._password = password
        self._timeout = timeout
        self._context = context
        self._clock = clock

    def limits(self) -> Limits:
        """Return what can be sent: any text."""
        return SPEC.defaults

    def account(self) -> Account:
        """Log in, and ask whether a mail of ours would be taken; none is sent."""
        sender, recipients = self._head.envelope
        with self._submission() as session:
            session.ask(sender, recipients)
            size = f"a mail may have {session.most_bytes:,} bytes" if session.most_bytes else ""
            encrypted = f"encrypted ({session.tls})" if session.tls else "not encrypted"
        notes = (f"mails go to {', '.join(recipients)}", f"the connection is {encrypted}", size)
        return Account(name=sender, notes=tuple(filter(None, notes)))

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Send the part as one mail."""
        return self.publish_digest((outgoing,))

    def publish_digest(self, outgoing: Sequence[Outgoing]) -> Receipt:
        """Send the parts, one of each item, as one mail; its id is made of all their keys."""
        mail = message.write(self._head, outgoing, now=self._clock())
        content = message.as_bytes(mail)
        sender, recipients = self._head.envelope
        with self._submission() as session:
            session.send(sender, recipients, content)
        return Receipt(remote_id=str(mail["Message-ID"]))

    def recent(self, since: datetime) -> Sequence[RemotePost]:  # noqa: ARG002 - the protocol's own
        """What has been sent is in other people's hands."""
        raise PermanentError(f"{self._relay.host}: mails that were sent cannot be read back")

    def edit(self, receipt: Receipt, outgoing: Outgoing) -> Receipt:  # noqa: ARG002 - the protocol's own
        """What has been sent is in other people's hands."""
        raise PermanentError(f"{self._relay.host}: a mail that was sent cannot be changed")

    def delete(self, receipt: Receipt) -> None:  # noqa: ARG002 - the protocol's own
        """What has been sent is in other people's hands."""
        raise PermanentError(f"{self._relay.host}: a mail that was sent cannot be taken back")

    @contextmanager
    def _submission(self) -> Iterator[Submission]:
        login = None
        if self._user is not None:
            if self._password is None:
                raise CredentialsError(
                    f"{self.name}: there is no password for the user {self._user}; put it into the "
                    "environment variable that password_env names"
                )
            login = Login(user=self._user, password=self._password)
        context = self._context or ssl.create_default_context()
        with submission(self._relay, login, timeout=self._timeout, context=context) as session:
            yield session
