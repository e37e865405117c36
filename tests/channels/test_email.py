from __future__ import annotations

from base64 import b64encode
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from bot.channels.base import specs
from bot.channels.email import EmailChannel
from bot.channels.email_message import Letterhead
from bot.channels.email_submit import Relay
from bot.config import load
from bot.errors import ConfigError, CredentialsError, RejectedError, TransientError
from bot.model import Capabilities, Secret
from bot.news.parse import LAYOUTS
from tests.channels.bench import IMPATIENT, PATIENT, FakeBench
from tests.channels.contract import KEPT, ChannelContract
from tests.channels.fault_contract import FaultContract, said
from tests.channels.messages import PNG, outgoing, picture
from tests.e2e.conftest import FILE_PAGE
from tests.fakes.faults import Fault
from tests.fakes.network import running
from tests.fakes.smtp import DOT, SmtpServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.channels.bench import Bench
    from tests.channels.contract import Sender

PASSWORD = "good-password"
HEAD = Letterhead(sender="Wiki news <news@wiki.example>", to=("list@lists.example",))


def open_at(
    url: str,
    *,
    head: Letterhead = HEAD,
    user: str | None = "herald",
    password: str | None = PASSWORD,
    **changes: Any,
) -> EmailChannel:
    arguments: dict[str, Any] = {"relay": Relay.at(url), "timeout": PATIENT} | changes
    return EmailChannel(
        name="list", head=head, user=user, password=Secret(password) if password else None, **arguments
    )


class EmailBench(FakeBench):
    secrets = (PASSWORD, "AGhlcmFsZABnb29kLXBhc3N3b3Jk")
    requests: ClassVar = {"publish": DOT, "account": "RCPT"}

    def open(self, **changes: Any) -> EmailChannel:
        return open_at(self.network.url, timeout=self.timeout, **changes)

    @contextmanager
    def failing(self, fault: Fault, method: str) -> Iterator[None]:
        if fault is not Fault.UNAUTHORISED:
            with super().failing(fault, method):
                yield
            return
        self.network.fail(fault, on="AUTH")
        yield


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with running(SmtpServer()) as server:
        yield server


@pytest.fixture
def bench(server: SmtpServer) -> EmailBench:
    return EmailBench(server)


class TestEmail(ChannelContract, FaultContract):
    capabilities: ClassVar = Capabilities(threads=True, media=True, digest=True)
    rich: ClassVar = True
    keeps: ClassVar = KEPT - {"content warning"}
    unknown_id: ClassVar = "<404@wiki.example>"
    asking: ClassVar = frozenset({"account"})
    # An answer of 4xx says that the server has not taken the mail: https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1
    publishing: ClassVar = dict.fromkeys(
        (Fault.RATE_LIMITED, Fault.BROKEN, Fault.MAINTENANCE), (TransientError, 0)
    )
    harmless: ClassVar = {Fault.RATE_LIMITED: TransientError, Fault.REJECTED: CredentialsError}

    def test_one_key_makes_one_post_also_in_a_later_process_where_keys_count(
        self, bench: Bench, sender: Sender
    ) -> None:
        """It makes two mails of one id, of which the receivers may drop one."""
        first = sender.publish(bench.open(), self.outgoing())
        assert sender.publish(bench.open(), self.outgoing()) == first
        assert [post.remote_id for post in bench.visible()] == [first.remote_id] * 2


STEPS = ["EHLO", "AUTH", "MAIL", "RCPT TO:<list@lists.example>", "DATA"]


class TestHandingOver:
    def test_it_is_one_mail_to_all(self, server: SmtpServer, bench: EmailBench) -> None:
        head = replace(HEAD, to=("a@lists.example", "Bee <b@lists.example>", "a@lists.example"))
        receipt = bench.open(head=head).publish(outgoing())
        (mail,) = server.memory.mails
        assert (mail.sender, mail.recipients) == ("news@wiki.example", ("a@lists.example", "b@lists.example"))
        assert mail.message["Message-ID"] == receipt.remote_id

    @pytest.mark.parametrize("text", [".", "..\n.", "a\n.\nb", ".\r\n.\r\nQUIT"])
    def test_a_dot_in_the_text_does_not_end_the_mail(
        self, server: SmtpServer, bench: EmailBench, text: str
    ) -> None:
        bench.open().publish(outgoing(text))
        (mail,) = server.memory.mails
        assert mail.plain == text.replace("\r\n", "\n")

    def test_a_server_that_asks_for_no_user_gets_none(self, server: SmtpServer, bench: EmailBench) -> None:
        server.memory.users.clear()
        server.memory.offers = ()
        bench.open(user=None, password=None).publish(outgoing())
        assert len(server.memory.mails) == 1
        assert not [
            name for name in server.requests if name.startswith(("AUTH", "STARTTLS")) or "SIZE" in name
        ]

    def test_a_server_that_asks_for_a_user_gets_no_mail_without(
        self, server: SmtpServer, bench: EmailBench
    ) -> None:
        with pytest.raises(CredentialsError, match=r"Authentication required \(530\); check the user"):
            bench.open(user=None, password=None).publish(outgoing())
        assert server.memory.mails == []

    @pytest.mark.parametrize("fault", [Fault.RESET, Fault.SILENT, Fault.INTERCEPTED, Fault.MAINTENANCE])
    @pytest.mark.parametrize("step", STEPS)
    def test_what_breaks_before_the_dot_is_surely_not_sent(
        self, server: SmtpServer, bench: EmailBench, step: str, fault: Fault
    ) -> None:
        server.fail(fault, on=step)
        bench.timeout = IMPATIENT if fault.is_slow else PATIENT
        with pytest.raises(TransientError, match="nothing was sent"):
            bench.open().publish(outgoing())
        assert server.memory.mails == []

    @pytest.mark.parametrize(
        ("part", "answer", "kind"),
        [
            ("mail", "550 5.7.1 Sender address rejected: not owned by user", CredentialsError),
            ("mail", "451 4.7.1 Greylisted", TransientError),
            ("mail", "552 5.3.4 Message size exceeds fixed limit", RejectedError),
            ("rcpt", "550 5.1.1 User unknown", CredentialsError),
            ("rcpt", "450 4.2.0 Greylisted", TransientError),
            ("rcpt", "530 5.7.0 Must issue a STARTTLS command first", CredentialsError),
            ("data", "554 5.5.1 Error: no valid recipients", CredentialsError),
            ("ehlo", "502 5.5.1 Not implemented", CredentialsError),
        ],
    )
    def test_a_refusal_on_the_way_rests_the_channel_and_fails_no_item(
        self, server: SmtpServer, bench: EmailBench, part: str, answer: str, kind: type[Exception]
    ) -> None:
        """Unless it is about this very mail."""
        server.memory.refused[part] = answer
        with pytest.raises(kind) as caught:
            bench.open().publish(outgoing())
        assert type(caught.value) is kind
        assert answer[4:] in str(caught.value)
        assert f"({answer[:3]})" in str(caught.value)
        assert server.memory.mails == []

    def test_one_refused_recipient_keeps_the_mail_from_all(
        self, server: SmtpServer, bench: EmailBench
    ) -> None:
        server.memory.refused["b@lists.example"] = "550 5.1.1 User unknown"
        head = replace(HEAD, to=("a@lists.example", "b@lists.example"))
        with pytest.raises(
            CredentialsError, match=r"send mail to b@lists.example, so nobody got it: .*User unknown"
        ):
            bench.open(head=head).publish(outgoing())
        assert server.memory.mails == []

    def test_a_forwarding_recipient_is_fine(self, server: SmtpServer, bench: EmailBench) -> None:
        server.memory.refused["b@lists.example"] = "251 User not local; will forward"
        bench.open(head=replace(HEAD, to=("a@lists.example", "b@lists.example"))).publish(outgoing())
        assert len(server.memory.mails) == 1

    @pytest.mark.parametrize("fault", [Fault.RESET, Fault.SILENT])
    def test_a_good_bye_that_fails_changes_nothing(
        self, server: SmtpServer, bench: EmailBench, fault: Fault
    ) -> None:
        server.fail(fault, on="QUIT")
        bench.timeout = IMPATIENT if fault.is_slow else PATIENT
        assert bench.open().publish(outgoing()).remote_id
        assert len(server.memory.mails) == 1

    def test_a_mail_that_is_too_big_is_refused_before_it_is_sent(
        self, server: SmtpServer, bench: EmailBench
    ) -> None:
        big = picture(content=PNG + bytes(1_000_000))
        with pytest.raises(RejectedError, match="Message size exceeds"):
            bench.open().publish(replace(outgoing(), attachments=(big,)))
        assert DOT not in server.requests


class TestLoggingIn:
    def test_the_account_is_tried_out_and_nothing_is_sent(
        self, server: SmtpServer, bench: EmailBench
    ) -> None:
        account = bench.open().account()
        assert account.name == "news@wiki.example"
        assert account.notes == (
            "mails go to list@lists.example",
            "the connection is not encrypted",
            "a mail may have 1,000,000 bytes",
        )
        assert server.memory.mails == []
        assert "RSET" in server.requests

    def test_a_wrong_password_is_told_and_not_repeated(self, bench: EmailBench) -> None:
        wrong = "wrong-secret"
        channel = bench.open(password=wrong)
        with pytest.raises(
            CredentialsError, match=r"may not come in with \*\*\* \(\*\*\*\) \(535\); check"
        ) as caught:
            channel.publish(outgoing())
        told = "".join(said(caught.value))
        assert wrong not in told
        assert b64encode(b"\0herald\0" + wrong.encode()).decode() not in told

    def test_a_user_without_a_password_is_told_before_anything_is_asked(
        self, server: SmtpServer, bench: EmailBench
    ) -> None:
        with pytest.raises(CredentialsError, match="password_env"):
            bench.open(password=None).publish(outgoing())
        assert server.requests == []

    def test_a_password_that_cannot_be_sent_is_told(self, bench: EmailBench) -> None:
        odd = "pässwörd"
        with pytest.raises(CredentialsError, match="must be of ASCII") as caught:
            bench.open(password=odd).publish(outgoing())
        assert odd not in "".join(said(caught.value))

    @pytest.mark.parametrize("offers", [(), ("AUTH GSSAPI",), ("SIZE",)])
    def test_a_server_without_a_login_is_told(
        self, server: SmtpServer, bench: EmailBench, offers: tuple[str, ...]
    ) -> None:
        server.memory.offers = offers
        with pytest.raises(CredentialsError, match=r"offers no (login|TLS) at port \d+; nothing was sent"):
            bench.open().publish(outgoing())
        assert [name for name in server.requests if name.startswith("AUTH")] == []

    def test_elsewhere_than_on_this_machine_nothing_goes_without_tls(
        self, server: SmtpServer, bench: EmailBench
    ) -> None:
        relay = replace(Relay.at(server.url), plain_is_fine=False)
        with pytest.raises(CredentialsError, match="offers no TLS"):
            bench.open(relay=relay).publish(outgoing())
        assert [name.split()[0] for name in server.requests] == ["EHLO"]

    @pytest.mark.parametrize(
        ("server", "relay"),
        [
            ("smtps://mail.example", Relay(host="mail.example", port=465, tls=True, plain_is_fine=False)),
            ("smtp://mail.example", Relay(host="mail.example", port=587, tls=False, plain_is_fine=False)),
            ("smtp://mail.example:25", Relay(host="mail.example", port=25, tls=False, plain_is_fine=False)),
            ("smtp://localhost:25", Relay(host="localhost", port=25, tls=False, plain_is_fine=True)),
            ("smtp://127.0.0.1:25", Relay(host="127.0.0.1", port=25, tls=False, plain_is_fine=True)),
            (
                "smtp://127.0.0.1.example:25",
                Relay(host="127.0.0.1.example", port=25, tls=False, plain_is_fine=False),
            ),
        ],
    )
    def test_only_on_this_machine_one_may_do_without_tls(self, server: str, relay: Relay) -> None:
        assert Relay.at(server) == relay

    @pytest.mark.parametrize("greeting", ["554 No SMTP service here", "421 Too busy", "HTTP/1.1 200 OK", ""])
    def test_what_does_not_greet_us_as_a_mail_server_is_tried_again(
        self, server: SmtpServer, bench: EmailBench, greeting: str
    ) -> None:
        server.memory.greeting = greeting
        with pytest.raises(TransientError, match="nothing was sent"):
            bench.open().publish(outgoing())


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_name_that_is_none_is_told(scheme: str) -> None:
    with pytest.raises(TransientError, match="its name is none that can be asked for"):
        open_at(f"{scheme}://{'a' * 70}.localhost").publish(outgoing())


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("to", "[]", "must not be empty"),
        ("to", '["list@lists.example", "Ann"]', "must be e-mail addresses"),
        ("from", '"News"', "must be e-mail addresses"),
        ("list_id", '"news"', "must be an id of ASCII"),
        ("archive", '"lists.example"', "must be a complete address"),
        (
            "server",
            '"https://mail.example"',
            "must be a complete address that begins with smtps:// or smtp://",
        ),
        ("digest", '"yes"', "must be true or false"),
    ],
)
def test_a_configuration_that_cannot_work_is_refused(
    tmp_path: Path, key: str, value: str, problem: str
) -> None:
    keys = {"server": '"smtps://mail.example"', "from": '"a@b.example"', "to": '["c@d.example"]'}
    channel = "".join(f"{name} = {written}\n" for name, written in (keys | {key: value}).items())
    (tmp_path / "news.toml").write_text(f'{FILE_PAGE}[[channels]]\nname = "l"\nnetwork = "email"\n{channel}')
    with pytest.raises(ConfigError) as caught:
        load(
            tmp_path / "news.toml",
            networks=specs(),
            environ={},
            layouts=LAYOUTS,
            check_template=lambda _: None,
        )
    (found,) = caught.value.problems
    assert found.startswith(f"channels[1] (l): {key}: {problem}")
