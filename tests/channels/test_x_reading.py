from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.channels.x import SPEC
from bot.errors import (
    ChannelError,
    CredentialsError,
    RejectedError,
    TransientError,
)
from bot.model import Receipt, Unit
from tests.channels.messages import LINK, a_moment_ago, outgoing, picture
from tests.channels.x_bench import (
    KEYS,
    LONG_GONE,
    ME,
    XBench,
    open_channel,
    refusal,
)
from tests.fakes.scripted import Scripted, ScriptedServer
from tests.fakes.x import CREATE, TIME_LINE

if TYPE_CHECKING:
    from tests.fakes.x import XServer


@pytest.fixture
def bench(x: XServer) -> XBench:
    return XBench(x)


class TestAccount:
    def test_it_is_named_and_has_nothing_in_its_way(self, bench: XBench) -> None:
        account = bench.open().account()
        assert (account.name, account.url) == ("@WikiNews", "https://x.com/WikiNews")
        assert account.notes == ("the app's rights are read-write",)
        assert (account.warnings, account.obstacles) == ((), ())

    def test_an_app_that_may_only_read_is_told_of_and_publishes_nothing(
        self, bench: XBench, x: XServer
    ) -> None:
        x.api.rights = "read"
        (obstacle,) = bench.open().account().obstacles
        assert "may only read" in obstacle
        with pytest.raises(CredentialsError, match="app permissions"):
            bench.open().publish(outgoing())
        assert x.api.posts == []

    def test_more_rights_than_needed_are_noted(self, bench: XBench, x: XServer) -> None:
        x.api.rights = "read-write-directmessages"
        (note,) = bench.open().account().notes
        assert "read-write-directmessages, more than read-write" in note

    def test_posts_that_few_can_see_are_warned_of(self, bench: XBench, x: XServer) -> None:
        x.api.protected = True
        (warning,) = bench.open().account().warnings
        assert "protected" in warning

    @pytest.mark.parametrize("value", [None, "", "  ", "two words", "ключ", "a\nb"])
    @pytest.mark.parametrize("key", KEYS)
    def test_without_each_of_the_four_nothing_is_even_tried(
        self, x: XServer, key: str, value: str | None
    ) -> None:
        channel = open_channel(x.url, keys={key: value})
        attempts = (
            channel.account,
            lambda: channel.publish(outgoing()),
            lambda: channel.recent(a_moment_ago()),
            lambda: channel.delete(Receipt(remote_id="1")),
        )
        for attempt in attempts:
            with pytest.raises(CredentialsError, match=f"{key}_env"):
                attempt()
        assert x.requests == []

    @pytest.mark.parametrize("key", KEYS)
    def test_a_wrong_one_is_noticed_by_the_signature(self, x: XServer, key: str) -> None:
        with pytest.raises(CredentialsError, match="Unauthorized"):
            open_channel(x.url, keys={key: KEYS[key] + "x"}).publish(outgoing())
        assert x.api.posts == []

    def test_the_limits_are_x_s_and_cost_nothing(self, bench: XBench, x: XServer) -> None:
        limits = bench.open().limits()
        assert (limits.text, limits.unit, limits.url_weight) == (280, Unit.WEIGHTED, 23)
        assert (limits.media, limits.alt_text) == (4, 1000)
        assert x.requests == []

    def test_x_itself_is_asked_unless_another_server_is_named(self) -> None:
        assert SPEC.server == "https://api.x.com"


class TestReadingBack:
    def test_all_posts_since_then_are_found_on_however_many_pages(self, bench: XBench, x: XServer) -> None:
        x.api.page = 50
        start = datetime.now(UTC).replace(microsecond=500_000) - timedelta(hours=2)
        for minutes in range(95):
            x.api.clock = lambda minutes=minutes: start + timedelta(minutes=minutes)  # type: ignore[misc]  # a default binds the value
            x.api.post_by_hand(f"Post {minutes}", reply_to=x.api.posts[-1].id if minutes % 2 else None)
        x.api.clock = lambda: datetime.now(UTC)
        found = bench.open().recent(start + timedelta(minutes=5))
        assert [post.text for post in found] == [f"Post {number}" for number in range(94, 4, -1)]
        assert x.requests == [TIME_LINE] * 2

    @pytest.mark.parametrize("number", [100, 101])
    def test_no_more_is_read_than_one_doubt_is_worth(self, x: XServer, number: int) -> None:
        x.api.page = 30
        for one in range(number):
            x.api.post_by_hand(f"Post {one}")
        channel = open_channel(x.url)
        if number == 100:
            assert len(channel.recent(a_moment_ago())) == 100
        else:
            with pytest.raises(TransientError, match="more than 100 posts"):
                channel.recent(a_moment_ago())
        assert len(x.api.charges) == 100

    def test_a_list_that_does_not_end_is_an_error_and_not_cut_short(self, x: XServer) -> None:
        x.api.page = 5
        for number in range(11):
            x.api.post_by_hand(f"Post {number}")
        with pytest.raises(TransientError, match="more than 10 posts"):
            open_channel(x.url, pages=2).recent(a_moment_ago())

    def test_what_was_only_reposted_is_not_ours(self, bench: XBench, x: XServer) -> None:
        x.api.post_by_hand("RT @somebody: theirs", repost=True)
        x.api.post_by_hand("ours")
        assert [post.text for post in bench.open().recent(a_moment_ago())] == ["ours"]

    def test_a_post_is_read_as_it_was_written(self, bench: XBench) -> None:
        text = f"#MediaWiki for @nobody: {LINK}, {LINK}; http://www.example.org/?a=<b>&c.\n\nmediawiki.org"
        text += " and http://wiki.org/a!"
        bench.open().publish(replace(outgoing(text), attachments=(picture(), picture("2"))))
        (found,) = bench.open().recent(a_moment_ago())
        assert found.text == text
        assert found.links == (
            LINK,
            "http://www.example.org/?a=",
            "http://mediawiki.org",
            "http://wiki.org/a",
        )

    def test_a_long_post_of_a_paying_account_is_read_whole(self, bench: XBench, x: XServer) -> None:
        text = "x" * 400 + f" {LINK}"
        x.api.post_by_hand(text, long=True)
        (found,) = bench.open().recent(a_moment_ago())
        assert (found.text, found.links) == (text, (LINK,))

    def test_the_token_tells_whose_posts_to_read(self, x: XServer) -> None:
        channel = open_channel(x.url)
        channel.recent(a_moment_ago())
        assert x.requests == [TIME_LINE]

    def test_of_a_token_that_does_not_tell_x_is_asked_once(self, x: XServer) -> None:
        x.api.keys.token = "AnotherKindOfToken"
        channel = open_channel(x.url, keys={"token": "AnotherKindOfToken"})
        for _ in range(2):
            channel.recent(a_moment_ago())
        assert x.requests == [ME, TIME_LINE, TIME_LINE]

    @pytest.mark.parametrize("since", [datetime(2001, 1, 15, tzinfo=UTC), datetime(2010, 11, 6, tzinfo=UTC)])
    def test_a_time_before_x_remembers_is_no_error(self, bench: XBench, x: XServer, since: datetime) -> None:
        x.api.post_by_hand("ours")
        assert len(bench.open().recent(since)) == 1

    @pytest.mark.parametrize(
        "body",
        [
            "{}",
            "[]",
            '{"meta": {"result_count": 1}}',
            '{"data": {}, "meta": {"result_count": 0}}',
            '{"data": [{"id": "1", "text": "x"}], "meta": {"result_count": 1}}',
            '{"data": [{"id": "1", "text": "x", "created_at": "soon"}], "meta": {"result_count": 1}}',
            '{"data": [], "meta": {"result_count": 0, "next_token": 4}}',
        ],
    )
    def test_a_list_that_makes_no_sense_is_none(self, body: str) -> None:
        with (
            ScriptedServer(Scripted(body=body)) as server,
            pytest.raises(TransientError, match="could not be understood"),
        ):
            open_channel(server.url).recent(a_moment_ago())

    def test_only_reading_requests_read(self, bench: XBench, x: XServer) -> None:
        x.writes_forbidden = True
        channel = bench.open()
        channel.limits()
        channel.account()
        channel.recent(a_moment_ago())
        assert x.forbidden == []
        with pytest.raises(RejectedError):
            channel.publish(outgoing())
        assert x.forbidden == [CREATE]


class TestDeleting:
    @pytest.mark.parametrize(
        ("answer", "expected"),
        [
            (Scripted(status=404, body="<html>Not here</html>"), TransientError),
            (Scripted(body='{"data": {"deleted": false}}'), TransientError),
            (refusal(403, "You are not authorized to delete this Tweet."), RejectedError),
        ],
    )
    def test_what_does_not_say_gone_is_not_taken_for_it(
        self, answer: Scripted, expected: type[ChannelError]
    ) -> None:
        with ScriptedServer(answer) as server, pytest.raises(ChannelError) as caught:
            open_channel(server.url).delete(Receipt(remote_id=LONG_GONE))
        assert type(caught.value) is expected
