"""What Meta's Graph APIs have in common, mostly shown on the one of Facebook."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.channels.graph_read import links, time
from bot.channels.http import Http
from bot.channels.verdict import without_tokens
from bot.errors import (
    AmbiguousError,
    ChannelError,
    CredentialsError,
    PermanentError,
    RateLimited,
    RejectedError,
    TransientError,
)
from bot.model import Receipt
from tests.channels.benches import CONTACT
from tests.channels.fault_contract import said
from tests.channels.graph_bench import DEBUG, FacebookBench, ThreadsBench
from tests.channels.messages import a_moment_ago, outgoing
from tests.fakes.facebook import FacebookServer
from tests.fakes.facebook_api import APP, APP_SECRET, PAGE
from tests.fakes.graph_api import TOKEN
from tests.fakes.network import running
from tests.fakes.scripted import Scripted, ScriptedServer
from tests.fakes.threads import ThreadsServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.channels.facebook import FacebookChannel


@pytest.fixture
def facebook() -> Iterator[FacebookServer]:
    with running(FacebookServer()) as server:
        yield server


@pytest.fixture
def bench(facebook: FacebookServer) -> FacebookBench:
    return FacebookBench(facebook)


def refusal(code: int, words: str = "No.", *, status: int = 400, **more: object) -> Scripted:
    error = {"message": words, "type": "OAuthException", "code": code, "fbtrace_id": "A"} | more
    return Scripted(status=status, body=json.dumps({"error": error}))


def open_at(server: ScriptedServer, **changes: Any) -> FacebookChannel:
    bench = FacebookBench(FacebookServer())
    return bench.open(server=server.url, http=Http(CONTACT, timeout=(10, 30)), **changes)


class TestErrors:
    @pytest.mark.parametrize(
        ("answer", "expected", "words"),
        [
            (refusal(190, "Session has expired"), CredentialsError, "Session has expired .*make a new token"),
            (refusal(190, status=401), CredentialsError, "token_env"),
            (refusal(102), CredentialsError, "token_env"),
            (refusal(10), CredentialsError, "permissions"),
            (refusal(200, status=403), CredentialsError, "permissions"),
            (refusal(299), CredentialsError, "permissions"),
            (refusal(368, "Temporarily blocked"), CredentialsError, "blocked for"),
            (refusal(4), RateLimited, "tried again at"),
            (refusal(17), RateLimited, "tried again at"),
            (refusal(32), RateLimited, "tried again at"),
            (refusal(613), RateLimited, "tried again at"),
            (refusal(80001), RateLimited, "tried again at"),
            (refusal(9, error_subcode=2207042), RateLimited, "tried again at"),
            (refusal(100, status=429), RateLimited, "tried again at"),
            (refusal(1), AmbiguousError, "may be public"),
            (refusal(2, status=500), AmbiguousError, "may be public"),
            (refusal(100, status=503), AmbiguousError, "may be public"),
            (refusal(100, is_transient=True), AmbiguousError, "may be public"),
            (refusal(506, "Duplicate status message"), AmbiguousError, "may be public"),
            (refusal(1609005, "Error posting link"), TransientError, "nothing was published"),
            (refusal(9007, error_subcode=2207027), TransientError, "nothing was published"),
            (refusal(100, "Invalid parameter", error_user_msg="Too long"), RejectedError, "Too long"),
            (refusal(100, "No.", error_user_msg="No."), RejectedError, r"127.0.0.1:\d+: No\. \(code 100\)$"),
            (Scripted(status=500, body="<html>"), AmbiguousError, "may be public"),
            (Scripted(status=200, body='{"error": {"code": 190}}'), CredentialsError, "no reason given"),
            (Scripted(status=200, body="[]"), AmbiguousError, "could not be understood"),
            (Scripted(status=200, body='{"id": ""}'), AmbiguousError, "could not be understood"),
            (Scripted(status=200, body='{"id": "me/feed"}'), AmbiguousError, "could not be understood"),
            (Scripted(status=404, body="<html>"), TransientError, "not this network's"),
            (Scripted(status=400, body='{"error": {"code": "190"}}'), RejectedError, "400"),
        ],
    )
    def test_one_says_what_may_have_happened(
        self, answer: Scripted, expected: type[ChannelError], words: str
    ) -> None:
        with ScriptedServer(answer) as server, pytest.raises(ChannelError, match=words) as caught:
            open_at(server).publish(outgoing())
        assert type(caught.value) is expected
        assert len(server.received) == 1

    @pytest.mark.parametrize("answer", [refusal(1), refusal(2, status=500), Scripted(status=502)])
    def test_what_only_reads_is_never_in_doubt(self, answer: Scripted) -> None:
        with ScriptedServer(answer) as server, pytest.raises(TransientError):
            open_at(server).recent(a_moment_ago())

    @pytest.mark.parametrize(
        ("headers", "minutes"),
        [
            ({}, 60),
            ({"X-Business-Use-Case-Usage": '{"1": [{"estimated_time_to_regain_access": 19}]}'}, 19),
            ({"X-Business-Use-Case-Usage": '{"1": [{"estimated_time_to_regain_access": 0}]}'}, 60),
            (
                {"X-Business-Use-Case-Usage": '{"1": [{"estimated_time_to_regain_access": 99999999999}]}'},
                24 * 60,
            ),
            ({"X-Business-Use-Case-Usage": "[]"}, 60),
            ({"X-Business-Use-Case-Usage": "no JSON"}, 60),
            ({"Retry-After": "120"}, 2),
        ],
    )
    def test_a_limit_ends_when_the_api_says_or_in_an_hour(
        self, headers: dict[str, str], minutes: int
    ) -> None:
        answer = Scripted(status=400, body=refusal(32).body, headers=headers)
        with ScriptedServer(answer) as server, pytest.raises(RateLimited) as caught:
            open_at(server).publish(outgoing())
        wait = caught.value.retry_at - datetime.now(UTC)
        assert abs(wait - timedelta(minutes=minutes)) < timedelta(seconds=10)


class TestSecrets:
    def test_the_token_is_in_a_header_and_in_no_address(self) -> None:
        with ScriptedServer(Scripted(body='{"id": "1", "success": true, "data": []}')) as server:
            channel = open_at(server)
            receipt = channel.publish(outgoing())
            channel.recent(a_moment_ago())
            channel.edit(receipt, outgoing("edited"))
            channel.delete(receipt)
        assert [headers["Authorization"] for _, _, headers in server.received] == [f"Bearer {TOKEN}"] * 4
        assert [path for _, path, _ in server.received if TOKEN in path] == []

    @pytest.mark.parametrize("method", ["account", "publish"])
    def test_a_server_that_quotes_it_does_not_make_us_tell_it(
        self, method: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        words = f"Cannot parse {TOKEN} or {APP}|{APP_SECRET}"
        with caplog.at_level(logging.DEBUG), ScriptedServer(refusal(190, words)) as server:
            channel = open_at(server, app=APP, app_secret=APP_SECRET)
            attempts = {"publish": lambda: channel.publish(outgoing()), "account": channel.account}
            with pytest.raises(ChannelError) as caught:
                attempts[method]()
        told = "\n".join([*said(caught.value), caplog.text])
        assert TOKEN not in told

    def test_nor_does_one_that_quotes_the_app_s_secret(self) -> None:
        page = Scripted(body='{"id": "1", "name": "Wiki News"}')
        quoting = refusal(2, f"Cannot ask about {TOKEN} with {APP}|{APP_SECRET}")
        with ScriptedServer(page, quoting) as server, pytest.raises(TransientError) as caught:
            open_at(server, app=APP, app_secret=APP_SECRET).account()
        told = "\n".join(said(caught.value))
        assert [secret for secret in (TOKEN, APP_SECRET) if secret in told] == []

    def test_neither_do_the_addresses_of_the_requests_that_are_about_a_token(self) -> None:
        logged = "GET /debug_token?input_token=EAAB%7C1&access_token=EAAB2 HTTP/1.1"
        assert without_tokens(logged) == "GET /debug_token?input_token=***&access_token=*** HTTP/1.1"

    def test_an_address_that_is_logged_holds_none(
        self, facebook: FacebookServer, bench: FacebookBench, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG):
            bench.open(app=APP, app_secret=APP_SECRET).account()
        assert DEBUG in facebook.requests
        assert [secret for secret in bench.secrets if secret in caplog.text] == []

    def test_with_an_app_secret_each_request_proves_that_we_have_it(
        self, facebook: FacebookServer, bench: FacebookBench
    ) -> None:
        facebook.api.demands_proof = True
        with pytest.raises(RejectedError, match="appsecret_proof"):
            bench.open().publish(outgoing())
        channel = bench.open(app=APP, app_secret=APP_SECRET)
        receipt = channel.publish(outgoing())
        channel.account()
        assert len(channel.recent(a_moment_ago())) == 1
        channel.edit(receipt, outgoing("edited"))
        channel.delete(receipt)
        assert facebook.visible() == []

    @pytest.mark.parametrize("token", [None, "", "  ", "two words", "with\nline", "é" * 40])
    def test_what_can_be_none_is_not_sent(
        self, facebook: FacebookServer, bench: FacebookBench, token: str | None
    ) -> None:
        channel = bench.open(token=token)
        for attempt in (channel.account, lambda: channel.publish(outgoing())):
            with pytest.raises(CredentialsError, match="token_env") as caught:
                attempt()
            assert not token or not token.strip() or token not in str(caught.value)
        assert facebook.requests == []

    def test_nothing_is_sent_over_plain_http(self, bench: FacebookBench) -> None:
        with pytest.raises(CredentialsError, match="plain http"):
            bench.open(server="http://graph.facebook.example").publish(outgoing())

    @pytest.mark.parametrize("remote_id", ["", "me", "1/feed", "1_", "../1", "\N{ARABIC-INDIC DIGIT ONE}"])
    def test_what_is_no_id_is_in_no_address(
        self, facebook: FacebookServer, bench: FacebookBench, remote_id: str
    ) -> None:
        channel, receipt = bench.open(), Receipt(remote_id=remote_id)
        for attempt in (lambda: channel.delete(receipt), lambda: channel.edit(receipt, outgoing())):
            with pytest.raises(PermanentError, match="not the id"):
                attempt()
        assert facebook.requests == []


class TestReading:
    @pytest.fixture
    def five(self, facebook: FacebookServer, bench: FacebookBench) -> list[str]:
        texts = [f"Post {number}" for number in range(5)]
        for number, text in enumerate(texts):
            bench.open().publish(outgoing(text, key=f"key-{number}"))
        facebook.api.page = 2
        facebook.requests.clear()
        return texts

    def test_page_after_page_is_read(
        self, facebook: FacebookServer, bench: FacebookBench, five: list[str]
    ) -> None:
        found = bench.open().recent(a_moment_ago())
        assert [post.text for post in found] == five[::-1]
        assert facebook.requests == [f"GET /v26.0/{PAGE}/published_posts"] * 3

    def test_too_many_are_an_error_and_not_only_some_of_them(
        self, bench: FacebookBench, five: list[str]
    ) -> None:
        assert len(five) == 5
        with pytest.raises(TransientError, match="too many to look through"):
            bench.open(pages=2).recent(a_moment_ago())

    @pytest.mark.parametrize(
        "body",
        [
            "{}",
            '{"data": {}}',
            '{"data": [1]}',
            '{"data": [{"id": "1"}]}',
            '{"data": [{"id": "1", "created_time": "yesterday"}]}',
            '{"data": [{"id": "1", "created_time": "2026-11-18T12:00:00+0000", "message": 1}]}',
            '{"data": [], "paging": {"next": "https://graph.facebook.com/"}}',
        ],
    )
    def test_what_is_no_list_of_posts_is_an_error(self, body: str) -> None:
        with ScriptedServer(Scripted(body=body)) as server, pytest.raises(TransientError):
            open_at(server).recent(a_moment_ago())

    def test_it_stops_where_all_is_older(self) -> None:
        old = {"id": "1", "message": "Old", "created_time": "2026-11-18T12:00:00+0000"}
        paging = {"cursors": {"after": "x"}, "next": "https://graph.facebook.com/"}
        page = Scripted(body=json.dumps({"data": [old], "paging": paging}))
        with ScriptedServer(page) as server:
            assert open_at(server).recent(datetime(2026, 11, 18, 12, 0, 1, tzinfo=UTC)) == []
        assert len(server.received) == 1

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("See https://a.example/x.", ("https://a.example/x",)),
            (
                "(https://a.example/A_(b)), https://b.example!",
                ("https://a.example/A_(b)", "https://b.example"),
            ),
            ("https://a.example https://a.example", ("https://a.example",)),
            ("nothing", ()),
        ],
    )
    def test_links_are_found_in_a_text(self, text: str, found: tuple[str, ...]) -> None:
        assert links(text) == found

    def test_a_time_is_in_utc(self) -> None:
        noon = datetime(2026, 11, 18, 12, tzinfo=UTC)
        assert time("2026-11-18T14:00:00+0200") == time("2026-11-18T12:00:00") == noon
        with pytest.raises(TypeError):
            time("noon")


class TestAccount:
    def test_rights_and_end_are_told(self, facebook: FacebookServer, bench: FacebookBench) -> None:
        account = bench.open().account()
        assert (account.name, account.url) == ("Wiki News", f"https://www.facebook.com/{PAGE}")
        assert account.notes == ("the token's permissions are pages_manage_posts, pages_read_engagement",)
        assert account.expires_at is not None
        assert abs(account.expires_at - facebook.api.token_made_at - timedelta(days=60)) < timedelta(
            seconds=2
        )
        assert (account.warnings, account.obstacles) == ((), ())

    def test_what_is_missing_and_what_is_too_much_is_said(
        self, facebook: FacebookServer, bench: FacebookBench
    ) -> None:
        facebook.api.scopes = ["pages_show_list", "pages_read_engagement", "ads_management"]
        facebook.api.is_published = False
        account = bench.open().account()
        assert account.warnings == ("the token may do more than is needed (ads_management)",)
        assert account.obstacles == (
            "the Page is not published: nobody sees its posts",
            "the token lacks pages_manage_posts: make one that has it",
        )
        with pytest.raises(CredentialsError, match="permission pages_manage_posts"):
            bench.open().publish(outgoing())

    def test_where_it_is_not_told_that_is_no_obstacle(
        self, facebook: FacebookServer, bench: FacebookBench
    ) -> None:
        facebook.api.tells_rights = False
        account = bench.open().account()
        assert account.notes == ("what the token may do is not told",)
        assert account.expires_at is None

    def test_a_token_without_an_end_has_none(self) -> None:
        body = {
            "name": "Wiki News",
            "data": {"scopes": [], "expires_at": 0, "data_access_expires_at": 1_800_000_000},
        }
        with ScriptedServer(Scripted(body=json.dumps(body))) as server:
            account = open_at(server).account()
        assert account.expires_at is None
        assert account.notes == ("the app may use the account until 2027-01-15: log in to it anew before",)

    def test_a_profile_on_threads_tells_the_same(self) -> None:
        with running(ThreadsServer()) as threads:
            threads.api.scopes.remove("threads_delete")
            account = ThreadsBench(threads).open().account()
        assert (account.name, account.url) == ("@wikinews", "https://www.threads.com/@wikinews")
        assert account.obstacles == ("the token lacks threads_delete: make one that has it",)
        assert account.expires_at is not None

    def test_where_a_profile_may_not_ask_about_its_token_that_is_no_obstacle(self) -> None:
        me, no = Scripted(body='{"username": "wikinews"}'), refusal(100, "Not a tester")
        with ScriptedServer(me, no) as server:
            account = ThreadsBench(ThreadsServer()).open(server=server.url).account()
        assert account.notes == ("what the token may do is not told",)
        assert (account.expires_at, account.warnings, account.obstacles) == (None, (), ())
