from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.channels.matrix import SPEC
from bot.errors import CredentialsError, RateLimited
from tests.channels.matrix import a_channel
from tests.channels.matrix_bench import MatrixBench
from tests.channels.messages import PNG, a_moment_ago, outgoing
from tests.channels.runs import TEXT, URL, publish_news
from tests.fakes.matrix import MatrixServer
from tests.fakes.matrix_api import ALIAS, BOT, ROOM, TOKEN
from tests.fakes.scripted import Scripted, ScriptedServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def matrix() -> Iterator[MatrixServer]:
    with MatrixServer() as server:
        yield server
    assert server.complaints == []


@pytest.fixture
def bench(matrix: MatrixServer) -> MatrixBench:
    return MatrixBench(matrix)


class TestRoom:
    def test_it_is_looked_up_once(self, bench: MatrixBench, matrix: MatrixServer) -> None:
        channel = bench.open()
        for number in range(3):
            channel.publish(outgoing(key=f"key-{number}"))
        assert len([one for one in matrix.requests if "/directory/" in one]) == 1
        assert len(matrix.requests) == 4 + 3

    def test_reading_back_asks_for_no_more_than_it_needs(
        self, bench: MatrixBench, matrix: MatrixServer
    ) -> None:
        bench.open(room=ROOM).recent(a_moment_ago())
        assert matrix.requests == [bench.requests["account"], bench.requests["recent"]]

    def test_the_account_comes_in_to_read_too(self, bench: MatrixBench, matrix: MatrixServer) -> None:
        matrix.api.members.discard(BOT)
        matrix.api.invited.add(BOT)
        assert list(bench.open().recent(a_moment_ago())) == []
        assert BOT in matrix.api.members

    def test_the_account_comes_in_where_it_is_invited(self, bench: MatrixBench, matrix: MatrixServer) -> None:
        matrix.api.members.discard(BOT)
        matrix.api.invited.add(BOT)
        assert "is not in the room yet" in bench.open().account().warnings[0]
        assert BOT not in matrix.api.members
        bench.open().publish(outgoing())
        assert len(bench.visible()) == 1

    @pytest.mark.parametrize("room", [ALIAS, ROOM, "#elsewhere:matrix.test", "!elsewhere:matrix.test"])
    def test_where_it_cannot_come_in_the_channel_rests(
        self, bench: MatrixBench, matrix: MatrixServer, room: str
    ) -> None:
        matrix.api.members.discard(BOT)
        for act in (
            lambda: bench.open(room=room).publish(outgoing()),
            lambda: bench.open(room=room).recent(a_moment_ago()),
        ):
            with pytest.raises(CredentialsError, match="right room"):
                act()

    def test_an_encrypted_one_is_refused(self, bench: MatrixBench, matrix: MatrixServer) -> None:
        matrix.api.state["m.room.encryption"] = {"algorithm": "m.megolm.v1.aes-sha2"}
        with pytest.raises(CredentialsError, match="is encrypted"):
            bench.open().publish(outgoing())
        assert "encrypted" in bench.open().account().obstacles[0]
        assert matrix.api.events == []

    def test_one_that_was_replaced_is_told_of(self, bench: MatrixBench, matrix: MatrixServer) -> None:
        matrix.api.state["m.room.tombstone"] = {"body": "moved", "replacement_room": "!new:matrix.test"}
        assert "replaced by another" in bench.open().account().obstacles[0]


class TestAccount:
    def test_it_is_named_with_its_server(self, bench: MatrixBench) -> None:
        account = bench.open().account()
        assert (account.name, account.url) == (BOT, f"https://matrix.to/#/{BOT}")
        assert account.notes == (
            f"posts in {ALIAS}",
            f"{BOT} may post there, and change and delete its posts",
        )
        assert (account.warnings, account.obstacles) == ((), ())

    @pytest.mark.parametrize(
        ("levels", "lacking"),
        [
            ({"events_default": 50}, ["may not post", "may not delete"]),
            ({"events": {"m.room.redaction": 50}}, ["may not delete"]),
            ({"events": {"m.room.message": "50"}, "users_default": 10}, ["may not post"]),
            ({"users": {BOT: 50}, "events_default": 50}, []),
            ({"users_default": 50, "events_default": 50}, []),
            ({"users": {BOT: "much"}, "events_default": None}, []),
            ({}, []),
        ],
    )
    def test_the_power_that_it_lacks_is_said(
        self, bench: MatrixBench, matrix: MatrixServer, levels: dict[str, Any], lacking: list[str]
    ) -> None:
        matrix.api.state["m.room.power_levels"] = levels
        account = bench.open().account()
        assert all("may not post" in one for one in account.obstacles)
        told = (*account.obstacles, *account.warnings)
        assert [words in one for words, one in zip(lacking, told, strict=True)] == [True for _ in lacking]
        assert ("may post there" in account.notes[-1]) == (not lacking)

    @pytest.mark.parametrize(("version", "warned"), [("11", True), ("12", False), ("org.example", True)])
    def test_who_made_a_room_of_the_newest_kind_may_do_anything(
        self, bench: MatrixBench, matrix: MatrixServer, version: str, *, warned: bool
    ) -> None:
        matrix.api.state["m.room.create"] = {"room_version": version, "additional_creators": [BOT]}
        matrix.api.state["m.room.power_levels"] = {"events_default": 50}
        assert bool(bench.open().account().obstacles) == warned

    def test_where_it_may_not_post_the_channel_rests_and_no_item_fails(
        self, bench: MatrixBench, matrix: MatrixServer
    ) -> None:
        matrix.api.state["m.room.power_levels"] = {"events_default": 50}
        with pytest.raises(CredentialsError, match="power to post"):
            bench.open().publish(outgoing())
        assert matrix.api.events == []

    def test_a_token_of_no_device_is_a_warning(self, bench: MatrixBench, matrix: MatrixServer) -> None:
        matrix.api.tokens[TOKEN] = None
        assert "no device" in bench.open().account().warnings[0]

    @pytest.mark.parametrize("token", [None, "", "  ", "two words", "ключ", "a\nb"])
    def test_a_token_that_cannot_be_one_is_not_sent(
        self, bench: MatrixBench, matrix: MatrixServer, token: str | None
    ) -> None:
        channel = bench.open(token=token)
        for attempt in (channel.account, lambda: channel.publish(outgoing())):
            with pytest.raises(CredentialsError, match="token_env") as caught:
                attempt()
            assert not token or not token.strip() or token not in str(caught.value)
        assert matrix.requests == []


class TestLimits:
    def test_a_file_may_be_as_large_as_the_server_says(
        self, bench: MatrixBench, matrix: MatrixServer
    ) -> None:
        assert bench.open().limits() == replace(SPEC.defaults, media_bytes=1_000_000)
        assert matrix.requests == ["GET /_matrix/client/v1/media/config"]

    def test_an_older_server_is_asked_as_it_was(self, bench: MatrixBench, matrix: MatrixServer) -> None:
        matrix.api.knows_new_media = False
        assert bench.open().limits().media_bytes == 1_000_000
        assert matrix.requests[1:] == ["GET /_matrix/media/v3/config"]

    def test_without_a_token_they_are_as_usual(self, bench: MatrixBench, matrix: MatrixServer) -> None:
        assert bench.open(token=None).limits() == SPEC.defaults
        assert matrix.requests == []

    @pytest.mark.parametrize("body", ["{}", '{"m.upload.size": "1"}', '{"m.upload.size": -1}'])
    def test_what_the_server_does_not_say_is_as_usual(self, body: str) -> None:
        with ScriptedServer(Scripted(body=body)) as server:
            assert a_channel(server.url, token=TOKEN, room=ROOM).limits() == SPEC.defaults


def test_a_rate_limit_of_an_older_server_is_kept() -> None:
    told = '{"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", "retry_after_ms": 46361}'
    before = datetime.now(UTC)
    with (
        ScriptedServer(Scripted(status=429, body=told)) as server,
        pytest.raises(RateLimited) as caught,
    ):
        a_channel(server.url, token=TOKEN, room=ROOM).account()
    assert timedelta(seconds=46) < caught.value.retry_at - before < timedelta(seconds=80)


@pytest.mark.parametrize(
    ("room", "good"),
    [
        (ALIAS, True),
        (ROOM, True),
        ("!room12withoutserver", True),
        ("wiki-news:matrix.test", False),
        ("#wiki-news", False),
        ("@news:matrix.test", False),
        ("https://matrix.to/#/#wiki-news:matrix.test", False),
    ],
)
def test_a_room_is_an_address_or_an_id(room: str, *, good: bool) -> None:
    (option,) = (option for option in SPEC.options if option.name == "room")
    assert option.wrong is not None
    assert (option.wrong(room) is None) == good


def test_news_go_from_a_configuration_to_the_room(
    matrix: MatrixServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATRIX_TOKEN", TOKEN)
    publish_news(
        tmp_path,
        f"""
        [[channels]]
        name = "matrix"
        network = "matrix"
        server = "{matrix.url}"
        token_env = "MATRIX_TOKEN"
        room = "{ALIAS}"
        msgtype = "m.notice"
        """,
    )
    (post,) = matrix.visible()
    assert (post.text, post.pictures) == (TEXT, ((PNG, "The new logo"),))
    assert f'<a href="{URL}">' in matrix.api.events[0]["content"]["formatted_body"]
