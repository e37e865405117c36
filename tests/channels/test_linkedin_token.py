from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.channels.linkedin_token import BEFORE_THE_END, login_server
from bot.channels.seal import seal
from bot.errors import ChannelError, CredentialsError
from bot.model import Secret
from tests.channels.fault_contract import said
from tests.channels.linkedin_bench import (
    ORGANIZATIONS,
    RENEWED,
    LinkedInBench,
    credentials,
)
from tests.channels.messages import a_moment_ago, outgoing
from tests.fakes.faults import Fault
from tests.fakes.linkedin import CREATE, FIND, INTROSPECT, RENEW
from tests.fakes.linkedin_api import CLIENT, CLIENT_SECRET, ORGANIZATION, REFRESH, TOKEN
from tests.fakes.scripted import Scripted, ScriptedServer

if TYPE_CHECKING:
    from bot.channels.linkedin_token import Credentials
    from tests.fakes.linkedin import LinkedInServer

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
NAMED = f"{ORGANIZATIONS}{ORGANIZATION}"


@pytest.fixture
def bench(linkedin: LinkedInServer) -> LinkedInBench:
    return LinkedInBench(linkedin)


def untold(error: BaseException, linkedin: LinkedInServer) -> bool:
    """Tell whether an error tells no secret."""
    told = "\n".join(said(error))
    return not any(secret in told for secret in (CLIENT_SECRET, REFRESH, *linkedin.api.tokens))


class TestAccount:
    def test_without_an_app_only_the_page_is_asked(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        account = bench.open().account()
        assert (account.name, account.url) == (
            f"urn:li:organization:{ORGANIZATION}",
            f"https://www.linkedin.com/company/{ORGANIZATION}",
        )
        assert (account.expires_at, account.notes, account.obstacles) == (None, (), ())
        assert linkedin.requests == [FIND, NAMED]

    def test_its_name_is_told_to_an_administrator_s_token(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        linkedin.api.administrator = True
        assert bench.open().account().name == "Wiki News"

    def test_the_app_may_ask_what_the_token_is_good_for_and_when_it_ends(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        linkedin.api.tokens[TOKEN] = NOW + timedelta(days=20)
        account = bench.at(NOW, credentials=credentials(client=True)).account()
        assert account.expires_at == NOW + timedelta(days=20)
        assert account.notes == ("the token may r_organization_social, w_organization_social",)
        assert account.obstacles == ()
        assert linkedin.requests == [FIND, INTROSPECT, NAMED]

    def test_a_token_that_may_not_post_is_told_of(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        linkedin.api.scopes = ("r_organization_social", "r_liteprofile")
        (obstacle,) = bench.open(credentials=credentials(client=True)).account().obstacles
        assert "no w_organization_social" in obstacle

    def test_a_token_that_may_not_read_is_refused(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        linkedin.api.scopes = ("w_organization_social",)
        with pytest.raises(CredentialsError, match="r_organization_social"):
            bench.open().account()

    def test_a_wrong_client_secret_is_told_of_and_not_told(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        wrong = credentials(client=True, key="WPL-another-client-secret")
        with pytest.raises(CredentialsError, match="client_secret_env") as caught:
            bench.open(credentials=wrong).account()
        assert untold(caught.value, linkedin)
        assert "WPL-another" not in "\n".join(said(caught.value))


def quoting(*secrets: str, status: int = 400) -> Scripted:
    said = " and ".join(secrets)
    return Scripted(status=status, body=f'{{"error": "invalid_client", "error_description": "no {said}"}}')


@pytest.mark.parametrize(
    ("used", "answers"),
    [
        (credentials(client=True), (Scripted(body='{"elements": []}'), quoting(CLIENT_SECRET, TOKEN))),
        (RENEWED, (quoting(CLIENT_SECRET, REFRESH), quoting(TOKEN, status=401))),
    ],
    ids=["asking", "renewing"],
)
def test_a_server_that_quotes_what_it_was_sent_does_not_make_us_tell_it(
    bench: LinkedInBench, linkedin: LinkedInServer, used: Credentials, answers: tuple[Scripted, ...]
) -> None:
    with (
        ScriptedServer(*answers) as server,
        pytest.raises(CredentialsError, match="invalid_client") as caught,
    ):
        bench.open(server=server.url, credentials=used).account()
    assert "***" in str(caught.value)
    assert untold(caught.value, linkedin)


class TestRenewing:
    def test_a_token_is_renewed_once_and_kept_from_run_to_run(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        for number in range(3):
            channel = bench.at(NOW, credentials=RENEWED)
            channel.recent(a_moment_ago())
            channel.publish(outgoing(f"News {number}", key=f"key-{number}", link=None))
        assert linkedin.requests == [RENEW, *[FIND, CREATE] * 3]

    def test_it_is_renewed_before_it_ends(self, bench: LinkedInBench, linkedin: LinkedInServer) -> None:
        bench.at(NOW, credentials=RENEWED).recent(a_moment_ago())
        end = NOW + timedelta(days=60)
        for when in (end - BEFORE_THE_END, end - BEFORE_THE_END + timedelta(hours=1)):
            linkedin.requests.clear()
            bench.at(when, credentials=RENEWED).recent(a_moment_ago())
            assert (RENEW in linkedin.requests) == (when > end - BEFORE_THE_END)

    def test_what_is_kept_is_worthless_without_the_configuration(self, bench: LinkedInBench) -> None:
        bench.open(credentials=RENEWED).recent(a_moment_ago())
        kept = bench.memory.get("token") or ""
        assert kept
        assert [secret for secret in (TOKEN, REFRESH, *bench.api.tokens) if secret in kept] == []

    def test_another_refresh_token_begins_anew(self, bench: LinkedInBench, linkedin: LinkedInServer) -> None:
        bench.open(credentials=RENEWED).recent(a_moment_ago())
        linkedin.api.refresh = "AQY-another-refresh-token"
        linkedin.requests.clear()
        bench.open(credentials=credentials(client=True, refresh=linkedin.api.refresh)).recent(a_moment_ago())
        assert linkedin.requests == [RENEW, FIND]

    @pytest.mark.parametrize(
        "kept", ["", "nonsense", "null", "[]", "{}", '{"access": "x", "expires_at": "soon"}']
    )
    def test_what_is_kept_and_cannot_be_read_is_made_anew(
        self, bench: LinkedInBench, linkedin: LinkedInServer, kept: str
    ) -> None:
        purpose = f"linkedin {linkedin.url.removeprefix('http://')} {CLIENT}"
        for memory in (kept, seal(kept, Secret(REFRESH), purpose=purpose)):
            linkedin.requests.clear()
            bench.memory.put("token", memory)
            bench.open(credentials=RENEWED).recent(a_moment_ago())
            assert linkedin.requests == [RENEW, FIND]

    @pytest.mark.parametrize("fault", [fault for fault in Fault if not fault.is_slow])
    def test_where_it_cannot_be_renewed_the_old_one_is_used_as_long_as_it_lives(
        self, bench: LinkedInBench, linkedin: LinkedInServer, fault: Fault
    ) -> None:
        if fault is Fault.REFUSED:
            return  # then nothing else can be asked either
        linkedin.fail(fault, on=RENEW)
        channel = bench.open(credentials=RENEWED)
        channel.publish(outgoing(link=None))
        channel.recent(a_moment_ago())
        assert linkedin.requests == [RENEW, CREATE, FIND]

    def test_so_is_one_that_was_kept(self, bench: LinkedInBench, linkedin: LinkedInServer) -> None:
        bench.at(NOW, credentials=RENEWED).recent(a_moment_ago())
        linkedin.api.tokens.pop(TOKEN)
        linkedin.api.refresh = "revoked"
        linkedin.requests.clear()
        bench.at(NOW + timedelta(days=55), credentials=RENEWED).recent(a_moment_ago())
        assert linkedin.requests == [RENEW, FIND]

    def test_a_dead_one_is_not_used_in_place_of_one_that_a_person_has_made_anew(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        bench.at(NOW, credentials=RENEWED).recent(a_moment_ago())
        linkedin.api.refresh = "revoked"
        bench.at(NOW + timedelta(days=61), credentials=RENEWED).recent(a_moment_ago())

    def test_when_all_are_dead_both_refusals_are_told(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        bench.at(NOW, credentials=RENEWED).recent(a_moment_ago())
        linkedin.api.tokens.pop(TOKEN)
        linkedin.api.refresh = "revoked"
        with pytest.raises(
            CredentialsError, match=r"nor could it be renewed: .*refresh token is invalid"
        ) as caught:
            bench.at(NOW + timedelta(days=61), credentials=RENEWED).recent(a_moment_ago())
        assert untold(caught.value, linkedin)

    def test_one_that_is_taken_back_is_forgotten(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        bench.open(credentials=RENEWED).recent(a_moment_ago())
        for token in list(linkedin.api.tokens):
            linkedin.api.tokens.pop(token)
        with pytest.raises(CredentialsError):
            bench.open(credentials=RENEWED).recent(a_moment_ago())
        linkedin.requests.clear()
        bench.open(credentials=RENEWED).recent(a_moment_ago())
        assert linkedin.requests == [RENEW, FIND]

    def test_its_end_is_that_of_what_renews_it(self, bench: LinkedInBench) -> None:
        account = bench.at(NOW, credentials=RENEWED).account()
        assert account.expires_at == NOW + timedelta(days=365)
        assert account.warnings == ()

    def test_if_that_fails_it_is_the_token_s_and_there_is_a_warning(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        linkedin.api.refresh = "revoked"
        linkedin.api.tokens[TOKEN] = NOW + timedelta(days=3)
        account = bench.at(NOW, credentials=RENEWED).account()
        assert account.expires_at == NOW + timedelta(days=3)
        assert "could not be renewed" in account.warnings[0]

    @pytest.mark.parametrize(
        "body", ["{}", '{"access_token": "x"}', '{"access_token": 1, "expires_in": 5}', "[]"]
    )
    def test_an_answer_that_makes_no_sense_renews_nothing(
        self, bench: LinkedInBench, linkedin: LinkedInServer, body: str
    ) -> None:
        linkedin.garbage = body
        linkedin.fail(Fault.ACCEPTED_GARBLED, on=RENEW)
        bench.open(credentials=RENEWED).recent(a_moment_ago())
        assert bench.memory.get("token") is None

    def test_without_its_app_it_cannot_be_renewed(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        linkedin.api.tokens.pop(TOKEN)
        with pytest.raises(ChannelError, match="refresh has no meaning without client_id"):
            bench.open(credentials=credentials(refresh=REFRESH)).recent(a_moment_ago())


def test_tokens_are_made_where_linkedin_makes_them() -> None:
    assert login_server("https://api.linkedin.com") == "https://www.linkedin.com"
    assert login_server("http://127.0.0.1:8080/") == "http://127.0.0.1:8080"
