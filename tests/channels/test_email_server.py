"""E-mail through a real server: what it has taken is what was meant, read with the standard parser."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.channels.email_submit import Relay
from bot.errors import CredentialsError, TransientError
from tests.channels.messages import PNG, SCRIPTS, outgoing, picture
from tests.channels.test_email import HEAD, open_at
from tests.e2e.conftest import FILE_PAGE, NEW, OLD, Bot
from tests.fakes.mailbox import complaints_of
from tests.servers import smtpd
from tests.servers.certificates import make
from tests.servers.smtpd import PASSWORD, USER, Security, SmtpServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.channels.email import EmailChannel


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[Security], SmtpServer]]:
    """A way to start servers; what they have taken is a mail in every respect."""
    started: list[SmtpServer] = []
    with ExitStack() as stack:

        def start(security: Security) -> SmtpServer:
            started.append(stack.enter_context(smtpd.serve(tmp_path / "smtpd", security)))
            return started[-1]

        yield start
    assert [complaints_of(mail.content) for server in started for mail in server.mails if mail.content] == [
        [] for server in started for _ in server.mails
    ]


def open_trusting(server: SmtpServer, *, password: str = PASSWORD, local: bool = True) -> EmailChannel:
    return open_at(
        server.url,
        relay=replace(Relay.at(server.url), plain_is_fine=local),
        user=USER,
        password=password,
        context=server.certificates.trusting(),
    )


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_text_page_and_pictures_come_back(serve: Callable[[Security], SmtpServer], text: str) -> None:
    server = serve(Security.PLAIN)
    pictures = (picture(text), picture("Another", content=PNG + b"\r\n.\r\n2"))
    channel = open_at(server.url, user=None, password=None)
    receipt = channel.publish(replace(outgoing(text), attachments=pictures, language="de"))
    (mail,) = server.mails
    assert (mail.sender, mail.recipients) == ("news@wiki.example", ("list@lists.example",))
    assert mail.plain == f"{text}\n\n[{text}]\n[Another]"
    assert mail.pictures == tuple((one.content, one.alt) for one in pictures)
    message = mail.message
    assert (message["Message-ID"], message["Content-Language"]) == (receipt.remote_id, "de")
    assert str(message["Subject"]) == text


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_over_tls_we_log_in(serve: Callable[[Security], SmtpServer], security: Security) -> None:
    server = serve(security)
    channel = open_trusting(server)
    channel.publish(outgoing())
    assert len(server.mails) == 1
    assert "the connection is encrypted (TLSv1.3)" in channel.account().notes


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_the_certificate_is_looked_at_before_anything_is_told(
    serve: Callable[[Security], SmtpServer], tmp_path: Path, security: Security
) -> None:
    server = serve(security)
    stranger = make(tmp_path / "other").trusting()
    for context in (stranger, None):
        with pytest.raises(TransientError, match="its certificate cannot be trusted; nothing was sent"):
            open_at(server.url, user=USER, password=PASSWORD, context=context).publish(outgoing())
    assert server.mails == []


def test_a_wrong_password_rests_the_channel(serve: Callable[[Security], SmtpServer]) -> None:
    server = serve(Security.TLS)
    with pytest.raises(CredentialsError, match=r"\(535\); check the user and the password"):
        open_trusting(server, password="wrong").publish(outgoing())
    assert server.mails == []


def test_elsewhere_than_on_this_machine_starttls_is_used_without_a_login_too(
    serve: Callable[[Security], SmtpServer],
) -> None:
    server = serve(Security.PLAIN)
    with pytest.raises(CredentialsError, match="offers no TLS"):
        open_trusting(server, local=False).publish(outgoing())
    assert server.mails == []


def test_a_server_that_speaks_no_tls_is_told(serve: Callable[[Security], SmtpServer]) -> None:
    server = serve(Security.PLAIN)
    with pytest.raises(TransientError, match="there is no TLS to be had at that port"):
        open_at(server.url.replace("smtp:", "smtps:")).publish(outgoing())


@pytest.mark.parametrize("digest", [False, True])
def test_the_bot_sends_each_item_once(
    serve: Callable[[Security], SmtpServer], tmp_path: Path, *, digest: bool
) -> None:
    server = serve(Security.TLS)
    bot = Bot(folder=tmp_path)
    bot.configure(
        FILE_PAGE
        + f"""
        [[channels]]
        name = "list"
        network = "email"
        server = "{server.url}"
        user = "{USER}"
        password_env = "MAIL_PASSWORD"
        from = "{HEAD.sender}"
        to = ["{HEAD.to[0]}"]
        digest = {str(digest).lower()}
        """
    )
    bot.environment = {"SSL_CERT_FILE": str(server.certificates.authority), "MAIL_PASSWORD": PASSWORD}
    bot.write_page(OLD)
    assert bot.run("sync").code == 0
    other = "* '''2026-11-19''': The '''[[Hackathon]]''' begins. <!-- herald: id=hackathon -->"
    bot.write_page(NEW.format(date="2026-11-20"), other, OLD)
    for _ in range(2):
        done = bot.run("sync")
        assert done.code == 0, done.err
    hackathon = "The Hackathon [1] begins.\n\n[1] https://wiki.example/wiki/Hackathon"
    release = "MediaWiki 1.46 [1] is out!\n\n[1] https://wiki.example/wiki/MediaWiki_1.46"
    shown = [mail.plain for mail in server.mails]
    assert shown == ([f"{hackathon}\n\n* * *\n\n{release}"] if digest else [hackathon, release])
    checked = bot.run("check")
    assert "mails go to list@lists.example" in checked.out + checked.err
