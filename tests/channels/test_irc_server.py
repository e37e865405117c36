"""IRC on a real server: what is said there is what somebody in the room hears."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.channels.irc_lines import MOST_BYTES
from bot.errors import TransientError
from tests.channels.bench import IMPATIENT
from tests.channels.messages import SCRIPTS, outgoing
from tests.channels.test_irc import open_at
from tests.e2e.conftest import FILE_PAGE, NEW, OLD, Bot
from tests.servers.certificates import make
from tests.servers.ngircd import FULL, MODERATED

if TYPE_CHECKING:
    from pathlib import Path

    from bot.channels.irc import IrcChannel
    from tests.servers.ngircd import NgIrcd

NICK = "herald"
PREFIX = f":{NICK}!~{NICK}@127.0.0.1"


def open_plain(server: NgIrcd, *rooms: str, **changes: str) -> IrcChannel:
    return open_at(server.url, rooms=rooms, account=None, password=None, **changes)  # type: ignore[arg-type]  # only fields of text


@pytest.mark.parametrize("text", [*SCRIPTS.values(), "One\r\nTwo\x02\x01"], ids=[*SCRIPTS, "lines"])
def test_what_is_said_is_heard_in_every_room(ngircd: NgIrcd, text: str) -> None:
    with ngircd.listener("Ann", "#one") as ann, ngircd.listener("Ben", "#two") as ben:
        open_plain(ngircd, "#one", "#two").publish(outgoing(text))
        shown = text.replace("\r\n", " ").rstrip("\x01\x02")
        assert ann.heard() == [f"{PREFIX} PRIVMSG #one :{shown}\r\n".encode()]
        assert ben.heard() == [f"{PREFIX} PRIVMSG #two :{shown}\r\n".encode()]


def test_the_longest_line_arrives_whole(ngircd: NgIrcd) -> None:
    channel = open_plain(ngircd, "#news", command="NOTICE")
    text = "я" * ((channel.limits().text or 0) // 2)
    with ngircd.listener("Ann", "#news") as ann:
        channel.publish(outgoing(text))
        (line,) = ann.heard()
    assert line == f"{PREFIX} NOTICE #news :{text}\r\n".encode()
    assert len(line) <= MOST_BYTES


@pytest.mark.parametrize("closed", [FULL, MODERATED])
def test_a_room_that_does_not_let_us_speak_keeps_all_others_silent(ngircd: NgIrcd, closed: str) -> None:
    channel = open_at(ngircd.url, rooms=("#news", closed), account=None, password=None, timeout=IMPATIENT)
    with ngircd.listener("Ann", "#news") as ann:
        with pytest.raises(TransientError, match=rf"{closed}.*nothing was said in any room"):
            channel.publish(outgoing())
        assert ann.heard() == []


def test_a_nick_in_use_is_told(ngircd: NgIrcd) -> None:
    with ngircd.listener(NICK), pytest.raises(TransientError, match="the nick herald is in use"):
        open_plain(ngircd, "#news").publish(outgoing())


def test_over_tls_the_certificate_is_looked_at(ngircd: NgIrcd, tmp_path: Path) -> None:
    trusting = ngircd.certificates.trusting()
    stranger = make(tmp_path / "tls").trusting()
    with ngircd.listener("Ann", "#news") as ann:
        for context in (stranger, None):
            with pytest.raises(TransientError, match="its certificate cannot be trusted; nothing was sent"):
                open_at(ngircd.tls_url, account=None, password=None, context=context).publish(outgoing())
        channel = open_at(ngircd.tls_url, account=None, password=None, context=trusting)
        channel.publish(outgoing("over TLS"))
        assert ann.heard() == [f"{PREFIX} PRIVMSG #news :over TLS\r\n".encode()]
    assert channel.account().notes == (
        "everybody sees the bot as herald!~herald@127.0.0.1, not logged in",
        "it may speak in #news",
        "the connection is encrypted (TLSv1.3)",
    )


def test_the_bot_says_each_item_once(ngircd: NgIrcd, tmp_path: Path) -> None:
    bot = Bot(folder=tmp_path)
    bot.configure(
        FILE_PAGE
        + f"""
        [[channels]]
        name = "rooms"
        network = "irc"
        server = "{ngircd.tls_url}"
        nick = "NewsBot"
        rooms = ["#news", "#other"]
        """
    )
    trust = {"SSL_CERT_FILE": str(ngircd.certificates.authority)}
    bot.write_page(OLD)
    assert bot.run("sync", **trust).code == 0
    bot.write_page(NEW.format(date="2026-11-20"), OLD)
    with ngircd.listener("Ann", "#news", "#other") as ann:
        for _ in range(2):
            done = bot.run("sync", **trust)
            assert done.code == 0, done.err
        text = "MediaWiki 1.46 is out! https://wiki.example/wiki/MediaWiki_1.46"
        assert ann.heard() == [
            f":NewsBot!~newsbot@127.0.0.1 PRIVMSG {room} :{text}\r\n".encode() for room in ("#news", "#other")
        ]
    checked = bot.run("check", **trust)
    assert "NewsBot on 127.0.0.1" in checked.out + checked.err
