from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot.channels.base import Forgetful
from bot.channels.seal import seal, unseal
from bot.errors import ChannelError, CredentialsError, RateLimited, RejectedError, TransientError
from bot.model import Receipt, Secret
from tests.channels.bluesky_bench import (
    DELETE,
    HANDLE,
    LIST,
    LOGIN,
    PASSWORD,
    PUT,
    REFRESH,
    SESSION,
    UNKNOWN_ID,
    BlueskyBench,
)
from tests.channels.fault_contract import said
from tests.channels.messages import a_moment_ago, outgoing
from tests.fakes.bluesky import BlueskyServer
from tests.fakes.bluesky_api import BlueskyApi
from tests.fakes.faults import HARMLESS, Fault
from tests.fakes.network import running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.channels.bluesky import BlueskyChannel


@pytest.fixture
def bluesky() -> Iterator[BlueskyServer]:
    with running(BlueskyServer()) as server:
        yield server


@pytest.fixture
def bench(bluesky: BlueskyServer) -> BlueskyBench:
    return BlueskyBench(bluesky)


def told_by(error: BaseException, bench: BlueskyBench) -> list[str]:
    """Return the secrets that an error tells."""
    told = "\n".join(said(error))
    return [secret for secret in (PASSWORD, *bench.api.tokens) if secret in told]


class TestKeeping:
    def test_one_session_is_enough_for_all_that_a_run_does_and_for_the_runs_to_come(
        self, bench: BlueskyBench
    ) -> None:
        for number in range(3):
            channel = bench.open()
            channel.account()
            channel.recent(a_moment_ago())
            channel.publish(outgoing(key=f"key-{number}"))
            channel.delete(Receipt(remote_id=UNKNOWN_ID))
        assert bench.network.requests == [LOGIN] + [SESSION, LIST, PUT, DELETE] * 3

    def test_what_is_kept_is_worthless_without_the_password(self, bench: BlueskyBench) -> None:
        bench.open().account()
        kept = bench.memory.get("session")
        assert kept is not None
        assert [secret for secret in (PASSWORD, *bench.api.tokens) if secret in kept] == []
        assert bench.api.did not in kept

    @pytest.mark.parametrize(
        "other",
        [
            {"password": "correct horse battery staple"},
            {"handle": "did:plc:ewvi7nxzyoun6zhxrhs64oiz"},
            {"memory": Forgetful()},
        ],
        ids=["password", "handle", "memory"],
    )
    def test_another_account_or_password_does_not_get_it(
        self, bench: BlueskyBench, other: dict[str, str]
    ) -> None:
        bench.open().account()
        bench.open(**other).account()
        assert bench.network.requests == [LOGIN, SESSION] * 2

    @pytest.mark.parametrize("kept", ["", "nonsense", "null", "[]", "{}", '{"did": "did:plc:1"}'])
    def test_what_is_kept_and_cannot_be_read_is_made_anew(self, bench: BlueskyBench, kept: str) -> None:
        purpose = f"bluesky {bench.network.url} {HANDLE}"
        for memory in (kept, seal(kept, Secret(PASSWORD), purpose=purpose)):
            bench.network.requests.clear()
            bench.memory.put("session", memory)
            bench.open().account()
            assert bench.network.requests == [LOGIN, SESSION]

    def test_it_is_kept_before_it_is_used(self, bench: BlueskyBench, bluesky: BlueskyServer) -> None:
        bluesky.fail(Fault.RESET)
        with pytest.raises(ChannelError):
            bench.open().publish(outgoing())
        bench.open().publish(outgoing())
        assert bench.network.requests == [LOGIN, PUT, PUT]


ACTIONS: dict[str, tuple[str, Callable[[BlueskyChannel], object]]] = {
    "publish": (PUT, lambda channel: channel.publish(outgoing())),
    "delete": (DELETE, lambda channel: channel.delete(Receipt(remote_id=UNKNOWN_ID))),
    "account": (SESSION, lambda channel: channel.account()),
}


@pytest.mark.parametrize("action", ACTIONS)
class TestRunningOut:
    def test_it_is_refreshed(self, bench: BlueskyBench, action: str) -> None:
        request, act = ACTIONS[action]
        bench.open().account()
        bench.api.expire("access")
        bench.network.requests.clear()
        act(bench.open())
        assert bench.network.requests == [request, REFRESH, request]
        bench.network.requests.clear()
        act(bench.open())
        assert bench.network.requests == [request]

    def test_whatever_status_says_so(self, bench: BlueskyBench, action: str) -> None:
        request, act = ACTIONS[action]
        bench.open().account()
        bench.api.expire("access")
        bench.api.stale_status = 401
        bench.network.requests.clear()
        act(bench.open())
        assert bench.network.requests == [request, REFRESH, request]

    def test_also_in_the_middle_of_a_run(self, bench: BlueskyBench, action: str) -> None:
        request, act = ACTIONS[action]
        channel = bench.open()
        channel.account()
        bench.api.expire("access")
        act(channel)
        act(channel)
        assert bench.network.requests == [LOGIN, SESSION, request, REFRESH, request, request]

    @pytest.mark.parametrize("kinds", [("access", "refresh"), None], ids=["run out", "unknown"])
    def test_where_it_cannot_be_refreshed_a_new_one_is_made(
        self, bench: BlueskyBench, action: str, kinds: tuple[str, ...] | None
    ) -> None:
        request, act = ACTIONS[action]
        bench.open().account()
        if kinds is None:
            bench.api.tokens.clear()
        else:
            bench.api.expire(*kinds)
        bench.network.requests.clear()
        act(bench.open())
        assert bench.network.requests == [request, REFRESH, LOGIN, request]

    def test_a_server_that_takes_none_is_not_asked_for_ever(self, bench: BlueskyBench, action: str) -> None:
        request, act = ACTIONS[action]
        bench.open().account()
        bench.network.requests.clear()
        bench.api.forgets = True
        with pytest.raises(ChannelError) as caught:
            act(bench.open())
        assert type(caught.value) is CredentialsError
        assert bench.network.requests == [request, REFRESH, LOGIN, request]

    @pytest.mark.parametrize("fault", [Fault.BROKEN, Fault.RESET, Fault.RATE_LIMITED, Fault.INTERCEPTED])
    def test_a_refreshing_that_fails_puts_it_off_and_costs_no_login(
        self, bench: BlueskyBench, bluesky: BlueskyServer, action: str, fault: Fault
    ) -> None:
        request, act = ACTIONS[action]
        bench.open().account()
        bench.api.expire("access")
        bench.network.requests.clear()
        bluesky.fail(fault, on=REFRESH)
        with pytest.raises(ChannelError) as caught:
            act(bench.open())
        assert type(caught.value) is HARMLESS[fault]
        act(bench.open())
        assert bench.network.requests == [request, REFRESH, request, REFRESH, request]
        assert told_by(caught.value, bench) == []


class TestLoggingIn:
    @pytest.mark.parametrize("fault", [fault for fault in Fault if not fault.is_slow])
    def test_a_failure_is_never_a_doubt(
        self, bench: BlueskyBench, bluesky: BlueskyServer, fault: Fault
    ) -> None:
        if fault is Fault.REFUSED:
            with bluesky.offline(), pytest.raises(TransientError):
                bench.open().publish(outgoing())
            return
        bluesky.fail(fault, on=LOGIN)
        with pytest.raises(ChannelError) as caught:
            bench.open().publish(outgoing())
        expected = CredentialsError if fault is Fault.REJECTED else HARMLESS[fault]
        assert type(caught.value) is expected
        assert told_by(caught.value, bench) == []
        assert PUT not in bluesky.requests

    @pytest.mark.parametrize(
        "body",
        [
            "{}",
            "[]",
            '{"accessJwt": "a-secret-token", "refreshJwt": 4, "did": "did:plc:1", "handle": "a.example"}',
        ],
    )
    def test_a_session_of_another_shape_tells_nothing(
        self, bench: BlueskyBench, bluesky: BlueskyServer, body: str
    ) -> None:
        bluesky.garbage = body
        bluesky.fail(Fault.ACCEPTED_GARBLED, on=LOGIN)
        with pytest.raises(TransientError) as caught:
            bench.open().publish(outgoing())
        assert "a-secret-token" not in "\n".join(said(caught.value))

    def test_a_wrong_password_rests_the_channel(self, bench: BlueskyBench) -> None:
        wrong = PASSWORD[::-1]
        with pytest.raises(CredentialsError, match=r"Invalid identifier or password.*password_env") as caught:
            bench.open(password=wrong).publish(outgoing())
        assert wrong not in "\n".join(said(caught.value))

    def test_without_a_password_nothing_is_even_tried(self, bench: BlueskyBench) -> None:
        channel = bench.open(password=None)
        for _, act in ACTIONS.values():
            with pytest.raises(CredentialsError, match="password_env"):
                act(channel)
        assert bench.network.requests == []

    def test_too_many_logins_are_waited_out(self, bench: BlueskyBench, bluesky: BlueskyServer) -> None:
        bluesky.fail(Fault.RATE_LIMITED, on=LOGIN)
        with pytest.raises(RateLimited, match="Rate Limit Exceeded"):
            bench.open().recent(a_moment_ago())


class TestServers:
    """The account's own server is the one that its DID document names, wherever one logs in."""

    @pytest.fixture
    def home(self, bluesky: BlueskyServer) -> Iterator[BlueskyServer]:
        with running(BlueskyServer(api=BlueskyApi(tokens=bluesky.api.tokens))) as server:
            bluesky.api.service = server.url
            yield server

    def test_everything_but_the_login_goes_there(
        self, bench: BlueskyBench, bluesky: BlueskyServer, home: BlueskyServer
    ) -> None:
        for number in range(2):
            channel = bench.open()
            assert channel.account().notes == (f"the account is kept at 127.0.0.1:{home.port}",)
            channel.publish(outgoing(key=f"key-{number}"))
            assert len(channel.recent(outgoing().dated)) == number + 1
        assert bluesky.requests == [LOGIN]
        assert list(dict.fromkeys(home.requests)) == [SESSION, PUT, LIST]

    def test_it_is_refreshed_there_too(
        self, bench: BlueskyBench, bluesky: BlueskyServer, home: BlueskyServer
    ) -> None:
        bench.open().account()
        home.api.expire("access")
        bench.open().account()
        assert bluesky.requests == [LOGIN]
        assert home.requests == [SESSION, SESSION, REFRESH, SESSION]

    def test_an_account_that_has_moved_away_is_looked_for_in_the_next_run(
        self, bench: BlueskyBench, bluesky: BlueskyServer, home: BlueskyServer
    ) -> None:
        for request, act in (*ACTIONS.values(), (LIST, lambda channel: channel.recent(a_moment_ago()))):
            bench.open().account()
            bluesky.requests.clear()
            moved = Fault.REJECTED if request == LIST else Fault.UNAUTHORISED
            home.fail(moved, on=request)
            with pytest.raises(ChannelError):
                act(bench.open())
            act(bench.open())
            assert bluesky.requests == [LOGIN]

    def test_a_refusal_of_one_post_is_no_reason_to_log_in_again(
        self, bench: BlueskyBench, bluesky: BlueskyServer
    ) -> None:
        bluesky.fail(Fault.REJECTED)
        with pytest.raises(RejectedError):
            bench.open().publish(outgoing())
        bench.open().publish(outgoing())
        assert bluesky.requests == [LOGIN, PUT, PUT]

    def test_a_trouble_is_told_of_the_server_that_has_it(
        self, bench: BlueskyBench, home: BlueskyServer
    ) -> None:
        home.fail(Fault.MAINTENANCE, on=SESSION)
        with pytest.raises(TransientError, match=f"127.0.0.1:{home.port}"):
            bench.open().account()

    def test_no_token_goes_over_plain_http_to_another_machine(
        self, bench: BlueskyBench, bluesky: BlueskyServer
    ) -> None:
        bluesky.api.service = "http://pds.example"
        with pytest.raises(CredentialsError, match=r"pds\.example: over plain http"):
            bench.open().publish(outgoing())
        assert bluesky.requests == [LOGIN]

    def test_another_account_s_document_is_not_believed(
        self, bench: BlueskyBench, bluesky: BlueskyServer
    ) -> None:
        bluesky.api.document = {"id": "did:plc:somebodyelse"}
        with pytest.raises(TransientError, match="could not be understood"):
            bench.open().publish(outgoing())
        assert bluesky.requests == [LOGIN]

    @pytest.mark.parametrize(
        "document", [{}, {"id": None}, {"id": "did:plc:ewvi7nxzyoun6zhxrhs64oiz", "service": []}]
    )
    def test_without_a_document_the_account_is_where_one_logs_in(
        self, bench: BlueskyBench, bluesky: BlueskyServer, document: dict[str, object]
    ) -> None:
        bluesky.api.document = document
        bench.open().publish(outgoing())
        assert bluesky.requests == [LOGIN, PUT]


class TestAccount:
    def test_it_is_named(self, bench: BlueskyBench) -> None:
        account = bench.open().account()
        assert (account.name, account.url) == (f"@{HANDLE}", f"https://bsky.app/profile/{HANDLE}")
        assert account.warnings == ()

    def test_a_name_in_another_case_or_with_its_sign_is_the_same(self, bench: BlueskyBench) -> None:
        assert bench.open(handle="@News.Example").account().warnings == ()
        assert bench.open(handle=bench.api.did).account().warnings == ()

    def test_the_main_password_is_warned_of(self, bench: BlueskyBench) -> None:
        (warning,) = bench.open(password=bench.api.main_password).account().warnings
        assert "make an app password" in warning
        assert bench.api.main_password not in warning

    def test_an_account_that_nobody_sees_is_told_of(self, bench: BlueskyBench) -> None:
        bench.api.active = False
        (obstacle,) = bench.open().account().obstacles
        assert "deactivated" in obstacle

    def test_a_name_that_has_changed_is_warned_of(self, bench: BlueskyBench) -> None:
        bench.open().account()
        bench.api.handle = "other.example"
        (warning,) = bench.open().account().warnings
        assert "called @other.example" in warning
        bench.api.handle = "handle.invalid"
        (warning,) = bench.open().account().warnings
        assert "does not lead to it" in warning


def test_what_is_kept_has_just_what_is_needed(bench: BlueskyBench) -> None:
    bench.open().account()
    purpose = f"bluesky {bench.network.url} {HANDLE}"
    kept = unseal(bench.memory.get("session"), Secret(PASSWORD), purpose=purpose)
    assert kept is not None
    assert json.loads(kept).keys() == {"did", "service", "access", "refresh"}
