from __future__ import annotations

import re
import socket
import threading
from base64 import b64encode
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from bot.channels import irc_lines as lines
from bot.channels.base import specs
from bot.channels.irc import IrcChannel
from bot.channels.irc_login import Visitor
from bot.config import load
from bot.errors import (
    AmbiguousError,
    ConfigError,
    CredentialsError,
    RateLimited,
    RejectedError,
    TransientError,
)
from bot.model import Capabilities, Secret
from bot.news.parse import LAYOUTS
from tests.channels.bench import IMPATIENT, PATIENT, FakeBench
from tests.channels.contract import ChannelContract
from tests.channels.fault_contract import FaultContract, said
from tests.channels.messages import outgoing
from tests.e2e.conftest import FILE_PAGE
from tests.fakes.faults import Fault
from tests.fakes.irc import IrcServer
from tests.fakes.network import running

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator, Sequence
    from pathlib import Path

PASSWORD = "good-password"
# Those that a server meets us with on the way in, whatever we came for.
ON_THE_WAY_IN = {Fault.UNAUTHORISED: "AUTHENTICATE", Fault.RATE_LIMITED: "NICK"}


def open_at(
    url: str,
    *,
    rooms: Sequence[str] = ("#news",),
    nick: str = "herald",
    account: str | None = "herald",
    password: str | None = PASSWORD,
    command: str = "PRIVMSG",
    timeout: tuple[float, float] = PATIENT,
    context: ssl.SSLContext | None = None,
) -> IrcChannel:
    visitor = Visitor(
        nick=nick,
        realname="Wikiherald (https://wiki.example/wiki/User:NewsBot)",
        account=account,
        password=Secret(password) if password else None,
    )
    return IrcChannel(
        name="room",
        server=url,
        visitor=visitor,
        rooms=rooms,
        command=command,
        timeout=timeout,
        context=context,
    )


@contextmanager
def answering(answer: bytes, *, again: bool = False) -> Iterator[str]:
    """Run a server that says one thing to whoever comes, or says it until the other hangs up.

    With nothing to say it only listens.
    """

    def serve() -> None:
        with suppress(OSError), listener.accept()[0] as connection:
            connection.sendall(answer)
            while again:
                connection.sendall(answer)
            if answer:
                connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"irc://127.0.0.1:{listener.getsockname()[1]}"
        thread.join(30)
        assert not thread.is_alive()


class IrcBench(FakeBench):
    secrets = (PASSWORD, "aGVyYWxkAGhlcmFsZABnb29kLXBhc3N3b3Jk")
    requests: ClassVar = {"publish": "PRIVMSG", "account": "JOIN"}

    def open(self, **changes: Any) -> IrcChannel:
        return open_at(self.network.url, timeout=self.timeout, **changes)

    @contextmanager
    def failing(self, fault: Fault, method: str) -> Iterator[None]:
        if fault not in ON_THE_WAY_IN:
            with super().failing(fault, method):
                yield
            return
        self.network.fail(fault, on=ON_THE_WAY_IN[fault])
        yield


@pytest.fixture
def server() -> Iterator[IrcServer]:
    with running(IrcServer()) as server:
        yield server


@pytest.fixture
def bench(server: IrcServer) -> IrcBench:
    return IrcBench(server)


class TestIrc(ChannelContract, FaultContract):
    capabilities: ClassVar = Capabilities()
    keeps: ClassVar = frozenset()
    asking: ClassVar = frozenset({"account"})
    harmless: ClassVar = {Fault.REJECTED: TransientError}


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("rooms", "[]", "must not be empty"),
        ("rooms", '["#news", "#a b"]', "must be names of rooms with their sign"),
        ("nick", '"1st"', "must be a nick"),
        ("account", '"two words"', "must be a name without spaces"),
        ("server", '"irc://irc.libera.chat"', "must begin with ircs://, as a secret is sent there"),
        (
            "server",
            '"https://irc.libera.chat"',
            "must be a complete address that begins with ircs:// or irc://",
        ),
        ("says", '"shout"', "must be one of message, notice"),
    ],
)
def test_a_configuration_that_cannot_work_is_refused(
    tmp_path: Path, key: str, value: str, problem: str
) -> None:
    keys = {"nick": '"herald"', "rooms": '["#news"]', "account": '"herald"', "password_env": '"PASSWORD"'}
    channel = "".join(f"{name} = {written}\n" for name, written in (keys | {key: value}).items())
    (tmp_path / "news.toml").write_text(f'{FILE_PAGE}[[channels]]\nname = "r"\nnetwork = "irc"\n{channel}')
    with pytest.raises(ConfigError) as caught:
        load(
            tmp_path / "news.toml",
            networks=specs(),
            environ={"PASSWORD": PASSWORD},
            layouts=LAYOUTS,
            check_template=lambda _: None,
        )
    (found,) = caught.value.problems
    assert found.startswith(f"channels[1] (r): {key}: {problem}")


class TestSaying:
    def test_every_room_is_told_once_as_one_message_or_notice(
        self, server: IrcServer, bench: IrcBench
    ) -> None:
        bench.open(rooms=("#news", "#Chat", "#news")).publish(outgoing())
        bench.open(command="NOTICE").publish(outgoing("Second"))
        said = [(one.room, one.command, one.text) for one in server.memory.said]
        text = outgoing().part.text
        assert said == [("#news", "PRIVMSG", text), ("#Chat", "PRIVMSG", text), ("#news", "NOTICE", "Second")]

    def test_nothing_is_said_before_every_room_is_entered(self, server: IrcServer, bench: IrcBench) -> None:
        bench.open(rooms=("#news", "#chat")).publish(outgoing())
        first = next(number for number, name in enumerate(server.requests) if name.startswith("PRIVMSG"))
        entering = ["JOIN #news", "JOIN #chat", "MODE #news", "MODE #chat"]
        assert set(entering) <= set(server.requests[:first])
        assert server.requests[first:] == ["PRIVMSG #news", "PRIVMSG #chat", "PING said", "QUIT"]

    @pytest.mark.parametrize(
        ("number", "words"),
        [
            (403, "No such channel"),
            (405, "You have joined too many channels"),
            (470, "Forwarding to another channel"),
            (471, "Cannot join channel (+l)"),
            (473, "Cannot join channel (+i)"),
            (474, "Cannot join channel (+b)"),
            (475, "Cannot join channel (+k)"),
            (477, "You need to be identified with services"),
        ],
    )
    def test_a_room_that_cannot_be_entered_keeps_all_others_silent(
        self, server: IrcServer, bench: IrcBench, number: int, words: str
    ) -> None:
        server.memory.shut["#closed"] = number, words
        with pytest.raises(
            TransientError, match=rf"cannot enter #closed: {re.escape(words)}; nothing was said"
        ):
            bench.open(rooms=("#news", "#closed")).publish(outgoing())
        assert server.memory.said == []

    @pytest.mark.parametrize(
        "text",
        [
            "One\r\nQUIT :two",
            "One\nPRIVMSG #other :two",
            "One\rJOIN #other",
            "\x01ACTION waves\x01",
            "\x02bold\x02 \x0304red\x03 \x1funder\x1f\x0f",
            "nul\0l",
            "line\u2028separator\x85next",
        ],
    )
    def test_a_text_is_only_ever_a_text(self, server: IrcServer, bench: IrcBench, text: str) -> None:
        bench.open().publish(outgoing(text))
        (said,) = server.memory.said
        assert said.text.isprintable()
        assert [word for word in re.findall(r"\w+", text) if word not in said.text] == []
        assert [name for name in server.requests if name.startswith(("QUIT", "PRIVMSG", "JOIN"))] == [
            "JOIN #news",
            "PRIVMSG #news",
            "QUIT",
        ]

    @pytest.mark.parametrize("text", ["", "\n", " \x02 \r\n"])
    def test_nothing_is_not_said(self, server: IrcServer, bench: IrcBench, text: str) -> None:
        with pytest.raises(RejectedError, match="no text"):
            bench.open().publish(outgoing(text))
        assert server.requests == []

    def test_a_content_warning_goes_before_the_text_and_counts(
        self, server: IrcServer, bench: IrcBench
    ) -> None:
        channel = bench.open()
        most = channel.limits().text or 0
        warned = replace(outgoing("x" * (most - 9)), content_warning="Spiders")
        channel.publish(warned)
        assert server.memory.said[0].text == "Spiders: " + warned.part.text
        with pytest.raises(RejectedError, match=f"{most + 1} bytes"):
            channel.publish(replace(warned, content_warning="Spiders!"))

    def test_a_text_at_the_limit_arrives_however_the_server_shows_us(
        self, server: IrcServer, bench: IrcBench
    ) -> None:
        server.memory.host = "h" * lines.LONGEST_HOST
        room = "#" + "ü" * 31
        channel = bench.open(nick="longestnickof16c", rooms=("#news", room), command="NOTICE")
        text = "ü" * ((channel.limits().text or 0) // 2)
        channel.publish(outgoing(text))
        assert [one.text for one in server.memory.said] == [text, text]

    def test_a_name_that_makes_the_line_too_long_is_told(self, server: IrcServer, bench: IrcBench) -> None:
        server.memory.host = "h" * 200
        channel = bench.open()
        with pytest.raises(RejectedError, match="bytes too long; use a shorter nick"):
            channel.publish(outgoing("x" * (channel.limits().text or 0)))
        assert server.memory.said == []

    def test_where_no_voice_is_to_be_had_nothing_is_said(self, server: IrcServer, bench: IrcBench) -> None:
        server.memory.moderated.add("#quiet")
        bench.timeout = IMPATIENT
        with pytest.raises(
            TransientError, match="not everybody may speak in #quiet, and the bot has no voice"
        ):
            bench.open(rooms=("#news", "#quiet")).publish(outgoing())
        assert server.memory.said == []

    def test_the_voice_that_services_give_is_waited_for(self, server: IrcServer, bench: IrcBench) -> None:
        server.memory.moderated.add("#news")
        server.memory.services = True
        bench.open().publish(outgoing())
        assert len(server.memory.said) == 1


class TestBelieving:
    """What it takes to believe that a line was said, and to believe that it was not."""

    def test_a_server_that_echoes_nothing_is_believed_by_its_pong(
        self, server: IrcServer, bench: IrcBench
    ) -> None:
        server.memory.capabilities = ("sasl",)
        receipt = bench.open().publish(outgoing())
        assert receipt.remote_id == "key-1"
        assert len(server.memory.said) == 1

    def test_the_id_is_the_server_s_where_it_gives_one(self, server: IrcServer, bench: IrcBench) -> None:
        assert bench.open().publish(outgoing()).remote_id == "id;1"
        server.memory.capabilities = ("sasl", "echo-message")
        assert bench.open().publish(outgoing(key="key-2")).remote_id == "key-2"

    def test_a_line_that_is_not_echoed_where_lines_are_is_in_doubt(
        self, server: IrcServer, bench: IrcBench
    ) -> None:
        server.memory.deaf.add("#news")
        with pytest.raises(AmbiguousError, match="did not echo it from #news"):
            bench.open().publish(outgoing())

    @pytest.mark.parametrize("echoes", [True, False])
    def test_refused_everywhere_is_surely_not_public(
        self, server: IrcServer, bench: IrcBench, *, echoes: bool
    ) -> None:
        if not echoes:
            server.memory.capabilities = ("sasl",)
        for room in ("#news", "#chat"):
            server.memory.muted[room] = 404, "Cannot send to nick/channel"
        with pytest.raises(
            TransientError, match=r"#news refused it: Cannot send .*; #chat refused it: .*nothing is"
        ):
            bench.open(rooms=("#news", "#chat")).publish(outgoing())
        assert server.memory.said == []

    @pytest.mark.parametrize("echoes", [True, False])
    def test_refused_in_one_room_of_two_is_a_doubt_that_names_both(
        self, server: IrcServer, bench: IrcBench, *, echoes: bool
    ) -> None:
        if not echoes:
            server.memory.capabilities = ("sasl",)
        server.memory.muted["#chat"] = 482, "You're not a channel operator"
        with pytest.raises(
            AmbiguousError, match=r"#chat refused it: You're not .* it may be public in #news"
        ):
            bench.open(rooms=("#news", "#chat")).publish(outgoing())
        assert [one.room for one in server.memory.said] == ["#news"]

    @pytest.mark.parametrize("echoes", [True, False])
    def test_a_line_that_one_room_finds_too_long_is_a_doubt(
        self, server: IrcServer, bench: IrcBench, *, echoes: bool
    ) -> None:
        """The server does not say which room it means."""
        if not echoes:
            server.memory.capabilities = ("sasl",)
        server.fail(Fault.REJECTED, on="PRIVMSG #chat")
        with pytest.raises(AmbiguousError, match="Input line was too long"):
            bench.open(rooms=("#news", "#chat")).publish(outgoing())

    def test_a_line_that_all_rooms_find_too_long_is_refused(self, server: IrcServer, bench: IrcBench) -> None:
        server.fail(Fault.REJECTED, Fault.REJECTED)
        with pytest.raises(RejectedError, match="Input line was too long"):
            bench.open(rooms=("#news", "#chat")).publish(outgoing())

    @pytest.mark.parametrize("fault", [Fault.SILENT, Fault.RESET, Fault.BROKEN, Fault.INTERCEPTED])
    def test_no_answer_to_the_ping_leaves_a_doubt(
        self, server: IrcServer, bench: IrcBench, fault: Fault
    ) -> None:
        server.memory.capabilities = ("sasl",)
        server.fail(fault, on="PING said")
        bench.timeout = IMPATIENT if fault.is_slow else PATIENT
        with pytest.raises(AmbiguousError, match="before it was sure that #news had the line"):
            bench.open().publish(outgoing())
        assert len(server.memory.said) == 1

    @pytest.mark.parametrize("fault", [Fault.SILENT, Fault.RESET, Fault.BROKEN])
    def test_a_good_bye_that_fails_changes_nothing(
        self, server: IrcServer, bench: IrcBench, fault: Fault
    ) -> None:
        server.fail(fault, on="QUIT")
        bench.timeout = IMPATIENT if fault.is_slow else PATIENT
        assert bench.open().publish(outgoing()).remote_id == "id;1"

    @pytest.mark.parametrize("fault", [Fault.SILENT, Fault.RESET, Fault.BROKEN, Fault.INTERCEPTED])
    @pytest.mark.parametrize(
        "step", ["CAP LS", "NICK", "USER", "CAP REQ", "AUTHENTICATE", "CAP END", "PONG", "JOIN"]
    )
    def test_what_breaks_on_the_way_in_is_never_in_doubt(
        self, server: IrcServer, bench: IrcBench, step: str, fault: Fault
    ) -> None:
        server.fail(fault, on=step)
        bench.timeout = IMPATIENT if fault.is_slow else PATIENT
        with pytest.raises(TransientError):
            bench.open().publish(outgoing())
        assert server.memory.said == []


class TestComingIn:
    def test_the_account_says_how_we_are_seen_and_where_we_may_speak(
        self, server: IrcServer, bench: IrcBench
    ) -> None:
        account = bench.open(rooms=("#news", "#chat")).account()
        assert account.name == f"herald on 127.0.0.1:{server.port}"
        assert account.notes == (
            "everybody sees the bot as herald!~herald@user/herald, logged in as herald",
            "it may speak in #news, #chat",
            "the connection is not encrypted",
        )
        assert server.memory.said == []

    def test_no_account_is_needed(self, server: IrcServer, bench: IrcBench) -> None:
        channel = bench.open(account=None, password=None)
        channel.publish(outgoing())
        assert "not logged in" in channel.account().notes[0]
        assert not [name for name in server.requests if name.startswith("AUTH")]

    def test_a_server_without_any_capability_is_fine_without_an_account(
        self, server: IrcServer, bench: IrcBench
    ) -> None:
        server.memory.capabilities = ()
        assert bench.open(account=None, password=None).publish(outgoing()).remote_id == "key-1"

    def test_without_its_services_a_server_gets_no_password_and_another_try(
        self, server: IrcServer, bench: IrcBench
    ) -> None:
        server.memory.capabilities = ("echo-message",)
        with pytest.raises(TransientError, match="offers no SASL now"):
            bench.open().publish(outgoing())
        assert not [name for name in server.requests if name.startswith(("AUTH", "JOIN"))]

    @pytest.mark.parametrize("length", [1, 283, 284, 286, 287, 584, 586, 900])
    def test_a_password_of_any_length_gets_through(
        self, server: IrcServer, bench: IrcBench, length: int
    ) -> None:
        server.memory.accounts["herald"] = "p" * length
        bench.open(password="p" * length).publish(outgoing())

    def test_a_wrong_password_is_told_and_not_repeated(self, server: IrcServer, bench: IrcBench) -> None:
        wrong = "wrong-secret"
        channel = bench.open(password=wrong)
        with pytest.raises(
            CredentialsError, match=r"failed for herald with \*\*\* \(\*\*\*\); check its"
        ) as caught:
            channel.publish(outgoing())
        told = "".join(said(caught.value))
        assert wrong not in told
        assert b64encode(b"herald\0herald\0" + wrong.encode()).decode() not in told
        assert server.memory.said == []

    def test_an_account_without_its_password_is_told_before_anything_is_asked(
        self, server: IrcServer, bench: IrcBench
    ) -> None:
        with pytest.raises(CredentialsError, match="password_env"):
            bench.open(password=None).publish(outgoing())
        assert server.requests == []

    def test_a_nick_in_use_is_waited_for(self, server: IrcServer, bench: IrcBench) -> None:
        server.memory.nicks.add("herald")
        with pytest.raises(
            TransientError, match="the nick herald is in use: Nickname is already in use; nothing"
        ):
            bench.open().publish(outgoing())
        server.memory.nicks.clear()
        bench.open().publish(outgoing())

    def test_a_nick_that_the_server_does_not_take_rests_the_channel(
        self, server: IrcServer, bench: IrcBench
    ) -> None:
        with pytest.raises(CredentialsError, match="choose another"):
            bench.open(nick="a-nick-longer-than-16").publish(outgoing())
        assert server.memory.said == []

    def test_a_server_may_give_us_another_nick(self, server: IrcServer, bench: IrcBench) -> None:
        server.memory.renames = "Guest1"
        bench.open().publish(outgoing())
        assert server.memory.said[0].nick == "Guest1"

    @pytest.mark.parametrize(
        ("words", "kind"),
        [
            ("Closing Link: 192.0.2.1 (Throttled)", RateLimited),
            ("Closing Link: (Too many connections from your IP)", RateLimited),
            ("Closing Link: (K-Lined)", CredentialsError),
            ("Closing Link: (SASL access only)", CredentialsError),
            ("Closing Link: (Banned)", CredentialsError),
            ("Server shutting down", TransientError),
            ("", TransientError),
        ],
    )
    def test_the_reason_for_being_turned_away_is_understood(self, words: str, kind: type[Exception]) -> None:
        with answering(f"ERROR :{words}\r\n".encode()) as url, pytest.raises(kind) as caught:
            open_at(url).publish(outgoing())
        assert type(caught.value) is kind
        assert words in str(caught.value)

    @pytest.mark.parametrize(
        "answer",
        [
            b"\x00" * 20_000,
            b"HTTP/1.1 400 Bad Request\r\n\r\n",
            b"\r\n" * 50,
            b"@=;\\: :x y\r\n",
            b":\r\n001",
        ],
    )
    def test_something_that_speaks_no_irc_leaves_no_doubt(self, answer: bytes) -> None:
        with answering(answer) as url, pytest.raises(TransientError):
            open_at(url).publish(outgoing())

    def test_an_endless_greeting_ends(self) -> None:
        with (
            answering(b"NOTICE * :wait\r\n", again=True) as url,
            pytest.raises(TransientError, match="in time"),
        ):
            open_at(url, timeout=IMPATIENT).publish(outgoing())

    def test_a_port_without_tls_is_told(self) -> None:
        with answering(b"NOTICE * :hello\r\n") as url, pytest.raises(TransientError, match="there is no TLS"):
            open_at(url.replace("irc:", "ircs:")).publish(outgoing())

    def test_a_handshake_that_does_not_end_is_not_waited_for_long(self) -> None:
        with (
            answering(b"") as url,
            pytest.raises(TransientError, match="no connection in time; nothing was sent"),
        ):
            open_at(url.replace("irc:", "ircs:"), timeout=(0.3, 0.3)).publish(outgoing())

    def test_a_name_that_is_none_is_told(self) -> None:
        with pytest.raises(TransientError, match="its name is none that can be asked for"):
            open_at(f"ircs://{'a' * 70}.localhost").publish(outgoing())

    def test_plain_irc_is_for_this_machine_only(self) -> None:
        with pytest.raises(CredentialsError, match="use an address with ircs://"):
            open_at("irc://irc.example.org:6667").publish(outgoing())
