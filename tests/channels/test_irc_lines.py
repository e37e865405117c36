from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels import irc_lines as lines
from bot.channels.irc_lines import Message, parse, write
from bot.channels.irc_rooms import Rooms

MASK = "herald!~herald@user/herald"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"PING :abc", Message(command="PING", params=("abc",))),
        (b"ping abc", Message(command="PING", params=("abc",))),
        (
            b":irc.x 001 me :Welcome to it",
            Message(command="001", params=("me", "Welcome to it"), source="irc.x"),
        ),
        (b":n!u@h PRIVMSG #a :", Message(command="PRIVMSG", params=("#a", ""), source="n!u@h")),
        (b":n!u@h PRIVMSG #a ::) :x", Message(command="PRIVMSG", params=("#a", ":) :x"), source="n!u@h")),
        (
            b"@msgid=x\\:y\\sz;t=1 :n NOTICE #a :b",
            Message(command="NOTICE", params=("#a", "b"), source="n", msgid="x;y z"),
        ),
        (b"@t;msgid= PONG  irc.x   :said", Message(command="PONG", params=("irc.x", "said"))),
        (b"NOTICE #a :\xff\xfe", Message(command="NOTICE", params=("#a", "\ufffd\ufffd"))),
        (b"", Message(command="")),
        (b":only.a.source", Message(command="", source="only.a.source")),
    ],
)
def test_a_line_is_read_as_it_was_meant(line: bytes, message: Message) -> None:
    assert parse(line) == message


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_line_is_too_odd_to_be_read(line: bytes) -> None:
    message = parse(line)
    assert message.words.isprintable()
    assert message.number is None or 0 <= message.number <= 999


@settings(deadline=None)
@given(
    st.lists(
        st.text(
            st.characters(exclude_characters=" \r\n\0:", exclude_categories=["Cs", "Z", "Cc"]), min_size=1
        ),
        max_size=3,
    ),
    st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"])),
)
def test_what_is_written_is_read_again(middle: list[str], last: str) -> None:
    line = write("TEST", *middle, last)
    assert line.endswith(b"\r\n")
    assert line.count(b"\n") == 1
    assert parse(line[:-2]).params == (*middle, last)


@pytest.mark.parametrize(
    "params", [("a b", "c"), (":a", "c"), ("", "c"), ("a", "c\r\nQUIT"), ("a\nb", "c"), ("a", "\0")]
)
def test_what_would_be_another_line_is_not_written(params: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="parameter"):
        write("PRIVMSG", *params)


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_becomes_one_line_without_controls_and_loses_nothing_else(text: str) -> None:
    line = lines.one_line(text)
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in line)
    assert parse(write("PRIVMSG", "#a", line)[:-2]).params[1] == line
    assert lines.one_line(line) == line
    kept = [character for character in text if character.isprintable() and not character.isspace()]
    assert [character for character in line if character.isprintable() and not character.isspace()] == kept


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("One\nTwo\n\nThree", "One Two Three"),
        ("One \n Two", "One Two"),
        ("\x02bold\x0f and \x034red", "bold and 4red"),
        ("no\u00a0break", "no\u00a0break"),
        ("full\u3000width", "full\u3000width"),
        ("\x01VERSION\x01", "VERSION"),
    ],
)
def test_lines_are_joined_and_looks_are_dropped(text: str, line: str) -> None:
    assert lines.one_line(text) == line


@pytest.mark.parametrize("command", ["PRIVMSG", "NOTICE"])
@pytest.mark.parametrize("room", ["#a", "#mediawiki-news", "#новости"])
def test_what_goes_into_a_line_fills_it_to_the_last_byte(command: str, room: str) -> None:
    text = "x" * lines.capacity(command, room, MASK)
    assert len(f":{MASK} ".encode() + write(command, room, text)) == lines.MOST_BYTES


@pytest.mark.parametrize(("one", "other"), [("#News", "#news"), ("a[b]\\^", "A{B}|~")])
def test_names_are_compared_whatever_their_case(one: str, other: str) -> None:
    assert lines.fold(one) == lines.fold(other)


@pytest.mark.parametrize("nick", ["NewsBot", "news-bot_", "[bot]", "b" * 30])
def test_a_nick_is_taken(nick: str) -> None:
    assert lines.wrong_nick(nick) is None
    assert lines.user_name(nick).isalnum()


@pytest.mark.parametrize("nick", ["", "1bot", "-bot", "news bot", "bøt", "b" * 31, "a\nb", "a!b"])
def test_what_is_no_nick_is_refused_and_not_repeated(nick: str) -> None:
    wrong = lines.wrong_nick(nick)
    assert wrong
    assert wrong.startswith("must be")


@pytest.mark.parametrize("room", ["#a", "##MediaWiki", "&local", "#новости"])
def test_a_room_is_taken(room: str) -> None:
    assert lines.wrong_room(room) is None


@pytest.mark.parametrize("room", ["", "#", "news", "#a b", "#a,#b", "#a:b", "#a\x07", "#" + "ü" * 32, "@a"])
def test_what_is_no_room_is_refused(room: str) -> None:
    assert lines.wrong_room(room)


@pytest.mark.parametrize(
    ("names", "silent"),
    [("@op herald", True), ("@+herald x", False), ("+HERALD!u@h", False), ("+herald2", True)],
)
def test_in_a_moderated_room_it_takes_a_rank_to_speak(names: str, silent: bool) -> None:
    rooms = Rooms(["#News"], "Herald")
    for line in (f":x 353 h = #news :{names}", ":x 366 h #news :End", ":x 324 h #news +ntm"):
        assert not rooms.entered
        rooms.note(parse(line.encode()))
    assert rooms.entered
    assert rooms.silent == (("#News",) if silent else ())


def test_a_room_that_hides_its_modes_can_be_entered() -> None:
    rooms = Rooms(["#news"], "herald")
    rooms.note(parse(b":x 366 h #news :End"))
    refusal = parse(b":x 482 h #news :You're not a channel operator")
    assert rooms.shut(refusal) is None
    rooms.note(refusal)
    assert rooms.entered
