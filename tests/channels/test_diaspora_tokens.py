"""The tokens of diaspora*: what lives for a day is renewed, what is renewed is kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bot.channels.base import Forgetful
from bot.channels.seal import unseal
from bot.errors import AmbiguousError, CredentialsError, TransientError
from bot.model import Secret
from tests.channels.diaspora_bench import DiasporaBench
from tests.channels.fault_contract import said
from tests.channels.messages import a_moment_ago, outgoing
from tests.fakes.diaspora import POST, TOKENS, DiasporaServer
from tests.fakes.diaspora_api import CLIENT_SECRET, REFRESH_TOKEN
from tests.fakes.faults import Fault
from tests.fakes.network import running
from tests.fakes.scripted import Scripted, ScriptedServer

if TYPE_CHECKING:
    from collections.abc import Iterator

OTHER = "0e" * 32


@pytest.fixture
def diaspora() -> Iterator[DiasporaServer]:
    with running(DiasporaServer()) as server:
        yield server


@pytest.fixture
def bench(diaspora: DiasporaServer) -> DiasporaBench:
    return DiasporaBench(diaspora)


def renewals(bench: DiasporaBench) -> int:
    return bench.network.requests.count(TOKENS)


class TestTheDay:
    def test_an_access_token_is_used_by_one_process_after_the_other(self, bench: DiasporaBench) -> None:
        for number in range(3):
            bench.open().publish(outgoing(key=f"key-{number}"))
        assert renewals(bench) == 1

    def test_one_that_has_run_out_is_renewed_and_the_post_is_made_once(self, bench: DiasporaBench) -> None:
        bench.open().publish(outgoing("One", key="key-1"))
        bench.api.expire()
        bench.open().publish(outgoing("Two", key="key-2"))
        assert [post.text for post in bench.visible()] == ["One", "Two"]
        assert renewals(bench) == 2

    def test_it_may_run_out_in_the_midst_of_a_process(self, bench: DiasporaBench) -> None:
        channel = bench.open()
        receipt = channel.publish(outgoing())
        bench.api.expire()
        assert len(channel.recent(a_moment_ago())) == 1
        bench.api.expire()
        channel.delete(receipt)
        assert bench.visible() == []

    def test_one_that_is_refused_as_soon_as_it_is_given_is_not_asked_for_for_ever(
        self, bench: DiasporaBench
    ) -> None:
        bench.network.at = lambda moment, _: bench.api.expire() if moment == "arrived" else None
        with pytest.raises(CredentialsError, match="that it has just given"):
            bench.open().publish(outgoing())
        assert renewals(bench) == 2
        assert bench.visible() == []

    @pytest.mark.parametrize(
        "fault", [Fault.BROKEN, Fault.RESET, Fault.MAINTENANCE, Fault.INTERCEPTED, Fault.ACCEPTED_GARBLED]
    )
    def test_a_pod_that_gives_none_now_leaves_no_doubt_and_the_next_run_asks_again(
        self, bench: DiasporaBench, fault: Fault
    ) -> None:
        bench.network.fail(fault, on=TOKENS)
        with pytest.raises(TransientError):
            bench.open().publish(outgoing())
        bench.open().publish(outgoing())
        assert len(bench.visible()) == 1


class TestRotation:
    """Pods of today leave a refresh token as it is; nothing says that they always will."""

    @pytest.fixture(autouse=True)
    def _rotating(self, bench: DiasporaBench) -> None:
        bench.api.rotates = True

    def test_the_new_refresh_token_is_the_one_that_is_used(self, bench: DiasporaBench) -> None:
        for number in range(3):
            bench.open().publish(outgoing(key=f"key-{number}"))
            bench.api.expire()
        assert len(bench.visible()) == 3

    def test_it_is_kept_before_anything_is_done_with_what_came_with_it(self, bench: DiasporaBench) -> None:
        """A process that dies in between leaves the next one what it needs."""
        bench.network.fail(Fault.RESET, on=POST)
        with pytest.raises(AmbiguousError):
            bench.open().publish(outgoing())
        bench.api.expire()
        bench.open().publish(outgoing())
        assert len(bench.visible()) == 1

    def test_where_it_was_lost_on_the_way_somebody_must_authorise_anew(self, bench: DiasporaBench) -> None:
        bench.network.fail(Fault.ACCEPTED_LOST, on=TOKENS)
        with pytest.raises(TransientError):
            bench.open().publish(outgoing())
        with pytest.raises(CredentialsError, match="authorise the application anew"):
            bench.open().publish(outgoing())

    def test_a_new_one_in_the_environment_wins(self, bench: DiasporaBench) -> None:
        bench.open().publish(outgoing("One", key="key-1"))
        bench.api.refresh_token = OTHER
        bench.open(refresh_token=OTHER).publish(outgoing("Two", key="key-2"))
        assert renewals(bench) == 2
        assert len(bench.visible()) == 2

    def test_where_the_one_that_was_kept_is_refused_the_environment_s_is_tried(
        self, bench: DiasporaBench
    ) -> None:
        """Somebody put an old ledger back, say, or the pod an old database."""
        bench.open().publish(outgoing("One", key="key-1"))
        bench.api.refresh_token = REFRESH_TOKEN
        bench.api.expire()
        bench.open().publish(outgoing("Two", key="key-2"))
        assert len(bench.visible()) == 2


class TestTheEnd:
    def test_an_authorisation_that_was_taken_back_is_told_with_what_to_do(self, bench: DiasporaBench) -> None:
        bench.open().publish(outgoing("One", key="key-1"))
        bench.api.revoke()
        with pytest.raises(CredentialsError) as caught:
            bench.open().publish(outgoing("Two", key="key-2"))
        told = str(caught.value)
        assert "taken the authorisation back" in told
        assert "docs/networks/diaspora.md" in told
        assert "refresh_token_env" in told
        assert len(bench.visible()) == 1
        assert renewals(bench) == 2

    def test_an_authorisation_anew_is_taken_up(self, bench: DiasporaBench) -> None:
        bench.open().publish(outgoing("One", key="key-1"))
        bench.api.revoke()
        bench.api.refresh_token = OTHER
        bench.open(refresh_token=OTHER).publish(outgoing("Two", key="key-2"))
        assert len(bench.visible()) == 2

    def test_an_application_that_the_pod_does_not_know_is_told(self, bench: DiasporaBench) -> None:
        with pytest.raises(CredentialsError, match="client_id and the secret"):
            bench.open(client_id="0123456789abcdef").publish(outgoing())

    @pytest.mark.parametrize("missing", ["client_secret", "refresh_token"])
    @pytest.mark.parametrize("value", [None, "", " ", "two words", "schlüssel", "line\nbreak"])
    def test_a_secret_that_is_none_is_named_and_nothing_is_sent(
        self, bench: DiasporaBench, missing: str, value: str | None
    ) -> None:
        secrets: dict[str, Any] = {missing: value}
        with pytest.raises(CredentialsError, match=f"{missing}_env"):
            bench.open(**secrets).publish(outgoing())
        assert bench.network.requests == []

    def test_over_plain_http_nothing_is_sent(self, bench: DiasporaBench) -> None:
        with pytest.raises(CredentialsError, match="use an address with https"):
            bench.open(server="http://pod.example").publish(outgoing())

    def test_a_code_that_nobody_knows_is_told(self, bench: DiasporaBench) -> None:
        refusal = Scripted(status=400, body='{"error": "unsupported_grant_type"}')
        with (
            ScriptedServer(refusal) as server,
            pytest.raises(CredentialsError, match="unsupported_grant_type"),
        ):
            bench.open(server=server.url).publish(outgoing())

    def test_a_pod_that_repeats_what_was_sent_is_not_repeated(self, bench: DiasporaBench) -> None:
        words = json.dumps({"error": REFRESH_TOKEN, "error_description": f"{REFRESH_TOKEN} {CLIENT_SECRET}"})
        with (
            ScriptedServer(Scripted(status=400, body=words)) as server,
            pytest.raises(CredentialsError) as caught,
        ):
            bench.open(server=server.url).publish(outgoing())
        told = "\n".join(said(caught.value))
        assert [secret for secret in bench.secrets if secret in told] == []

    def test_what_is_no_pod_is_told_as_such(self, bench: DiasporaBench) -> None:
        with (
            ScriptedServer(Scripted(status=404, body="<html>")) as server,
            pytest.raises(TransientError, match="check this channel's server"),
        ):
            bench.open(server=server.url).publish(outgoing())

    def test_white_space_around_a_secret_is_not_one_of_its_letters(self, bench: DiasporaBench) -> None:
        channel = bench.open(client_secret=f"{CLIENT_SECRET}\n", refresh_token=f" {REFRESH_TOKEN}\r\n")
        channel.publish(outgoing())
        assert len(bench.visible()) == 1


class TestSecrecy:
    def test_what_is_kept_is_sealed(self, bench: DiasporaBench) -> None:
        bench.open().publish(outgoing())
        kept = bench.memory.get("tokens")
        assert kept is not None
        (access,) = bench.api.tokens
        assert [secret for secret in (REFRESH_TOKEN, CLIENT_SECRET, access) if secret in kept] == []
        purpose = f"diaspora {bench.network.url} c609e9dbb8a4a36d5a3abb99ef5cb2b7"
        assert access in (unseal(kept, Secret(REFRESH_TOKEN), purpose=purpose) or "")

    @pytest.mark.parametrize("kept", ["", "nonsense", "gAAAAABm"])
    def test_what_cannot_be_opened_is_as_nothing(self, bench: DiasporaBench, kept: str) -> None:
        bench.memory.put("tokens", kept)
        bench.open().publish(outgoing())
        assert len(bench.visible()) == 1

    def test_no_error_tells_a_token(self, bench: DiasporaBench) -> None:
        bench.open().publish(outgoing())
        (access,) = bench.api.tokens
        bench.api.revoke()
        with pytest.raises(CredentialsError) as caught:
            bench.open().publish(outgoing())
        told = "\n".join(said(caught.value))
        assert [secret for secret in (REFRESH_TOKEN, CLIENT_SECRET, access) if secret in told] == []

    def test_tokens_of_another_pod_are_not_taken(self, bench: DiasporaBench) -> None:
        bench.open().publish(outgoing())
        with running(DiasporaServer()) as other:
            DiasporaBench(other).open(memory=bench.memory).publish(outgoing())
            assert other.requests[0] == TOKENS

    def test_without_a_memory_each_process_asks_anew(self, bench: DiasporaBench) -> None:
        bench.open(memory=Forgetful()).publish(outgoing("One", key="key-1"))
        bench.open(memory=Forgetful()).publish(outgoing("Two", key="key-2"))
        assert renewals(bench) == 2
