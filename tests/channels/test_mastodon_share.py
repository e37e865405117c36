"""Boosting somebody's post, on Mastodon and on the servers that speak its API."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from bot.channels.mastodon import SPEC
from bot.errors import AmbiguousError, CredentialsError, RejectedError
from bot.model import Shareable, Sharing
from tests.channels.benches import MastodonBench
from tests.channels.runs import PAGE, TODAY, typed
from tests.channels.sharing_contract import SharingContract
from tests.channels.test_mastodon import open_channel
from tests.fakes.faults import Fault
from tests.fakes.mastodon import MastodonServer, gotosocial, pleroma
from tests.fakes.mastodon_boosts import here
from tests.fakes.network import running
from tests.fakes.scripted import Scripted, ScriptedServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.model import Capabilities

SEARCH = "GET /api/v2/search"
OTHER = "https://wikis.world/@wikitech/113001"


@pytest.fixture
def bench(mastodon: MastodonServer) -> MastodonBench:
    return MastodonBench(mastodon)


def asked(url: str) -> Sharing:
    return Sharing(key="key-1", url=url)


@pytest.mark.parametrize("dialect", [gotosocial, pleroma])
class TestOtherServers(SharingContract):
    capabilities: ClassVar[Capabilities] = SPEC.capabilities

    @pytest.fixture
    def bench(self, dialect: Any) -> Iterator[MastodonBench]:
        with running(MastodonServer(api=dialect())) as server:
            yield MastodonBench(server)


class TestFinding:
    def test_it_is_one_search_that_lets_the_server_fetch_the_post(
        self, bench: MastodonBench, mastodon: MastodonServer
    ) -> None:
        found = bench.open().find(asked(bench.somebody_s()))
        assert found == Shareable(id=next(iter(mastodon.api.others)))
        assert mastodon.requests == [SEARCH]
        assert mastodon.writes == []

    def test_any_address_of_the_post_will_do(self, bench: MastodonBench, mastodon: MastodonServer) -> None:
        other = mastodon.api.post_by_others()
        for address in (other.url, other.uri, here(mastodon.api, other)):
            assert bench.open().find(asked(address)) == Shareable(id=other.id)

    def test_a_post_that_only_names_the_address_is_not_taken_for_it(
        self, bench: MastodonBench, mastodon: MastodonServer
    ) -> None:
        stranger = mastodon.api.post_by_others("https://elsewhere.example/@troll/4711")
        mastodon.api.naming[stranger.id] = OTHER
        assert bench.open().find(asked(OTHER)) is None
        other = mastodon.api.post_by_others(OTHER)
        assert bench.open().find(asked(OTHER)) == Shareable(id=other.id)

    def test_the_same_number_on_another_server_is_another_post(
        self, bench: MastodonBench, mastodon: MastodonServer
    ) -> None:
        stranger = mastodon.api.post_by_others(OTHER.replace("wikis.world", "elsewhere.example"))
        mastodon.api.naming[stranger.id] = OTHER
        assert bench.open().find(asked(OTHER)) is None

    def test_a_server_that_cannot_fetch_it_finds_nothing(
        self, bench: MastodonBench, mastodon: MastodonServer
    ) -> None:
        url = bench.somebody_s()
        mastodon.api.unreachable.add(url)
        assert bench.open().find(asked(url)) is None

    def test_where_it_is_not_told_what_we_boost_nobody_has_looked(
        self, bench: MastodonBench, mastodon: MastodonServer
    ) -> None:
        mastodon.api.tells_boosts = False
        found = bench.open().find(asked(bench.somebody_s()))
        assert found is not None
        assert not found.looked

    def test_of_a_boost_the_post_itself_is_found(self) -> None:
        inner = {"id": "7", "url": OTHER, "uri": OTHER, "reblogged": True}
        outer = {"id": "8", "url": OTHER, "uri": OTHER, "reblog": inner, "reblogged": False}
        answer = Scripted(body=json.dumps({"accounts": [], "hashtags": [], "statuses": [outer]}))
        with ScriptedServer(answer) as server:
            found = open_channel(server.url).find(asked(OTHER))
        assert found is not None
        assert (found.id, found.receipt and found.receipt.remote_id) == ("7", "7")

    def test_a_token_that_may_not_search_fails_this_and_nothing_else(
        self, bench: MastodonBench, mastodon: MastodonServer
    ) -> None:
        rights = frozenset({"read:accounts", "read:statuses", "write:media", "write:statuses"})
        mastodon.api.tokens["good-token"] = rights
        with pytest.raises(RejectedError, match="give its application the right read:search"):
            bench.open().find(asked(bench.somebody_s()))
        assert bench.open().account().obstacles == ()
        assert "without the right read:search" in bench.open().account().notes[1]
        mastodon.api.tokens["good-token"] = rights | {"read:search"}
        assert not any("without the right" in note for note in bench.open().account().notes)
        assert bench.open().find(asked(bench.somebody_s())) is not None

    def test_a_token_that_is_revoked_is_no_matter_of_rights(
        self, bench: MastodonBench, mastodon: MastodonServer
    ) -> None:
        mastodon.api.tokens.clear()
        with pytest.raises(CredentialsError):
            bench.open().find(asked(bench.somebody_s()))

    def test_a_channel_of_direct_messages_boosts_nothing(
        self, bench: MastodonBench, mastodon: MastodonServer
    ) -> None:
        with pytest.raises(RejectedError, match="direct messages"):
            bench.open(visibility="direct").find(asked(bench.somebody_s()))
        assert mastodon.requests == []


class TestBoosting:
    @pytest.mark.parametrize("visibility", ["public", "unlisted", "private"])
    def test_it_is_as_visible_as_the_channel_s_posts(
        self, bench: MastodonBench, mastodon: MastodonServer, visibility: str
    ) -> None:
        channel = bench.open(visibility=visibility)
        sharing = asked(bench.somebody_s())
        found = channel.find(sharing)
        assert found is not None
        channel.share(sharing, found)
        (boost,) = mastodon.api.statuses
        assert (boost.visibility, boost.boosts) == (visibility, found.id)

    def test_one_that_is_not_for_everybody_is_refused(
        self, bench: MastodonBench, mastodon: MastodonServer
    ) -> None:
        other = mastodon.api.post_by_others()
        channel = bench.open()
        sharing = asked(other.url)
        found = channel.find(sharing)
        assert found is not None
        mastodon.api.others[other.id] = replace(other, hidden=True)
        with pytest.raises(RejectedError, match="Record not found"):
            channel.share(sharing, found)

    @pytest.mark.parametrize("reblog", [None, {"id": "8"}])
    def test_an_answer_about_another_post_leaves_a_doubt(self, reblog: object) -> None:
        answer = Scripted(body=json.dumps({"id": "9", "reblog": reblog}))
        with ScriptedServer(answer) as server, pytest.raises(AmbiguousError):
            open_channel(server.url).share(asked(OTHER), Shareable(id="7"))


NEWS = f"* '''{TODAY}''': [[Wikitech]] on the outage. <!-- herald: share={OTHER} -->\n"


def test_it_is_boosted_once_even_where_twice_would_be_two(
    tmp_path: Path, mastodon: MastodonServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "good-token")
    mastodon.api.post_by_others(OTHER)
    mastodon.api.boosts_once = False
    (tmp_path / "news.wikitext").write_text(NEWS, encoding="utf-8")
    lines = f"""
        [[channels]]
        name = "m"
        network = "mastodon"
        server = "{mastodon.url}"
        token_env = "TOKEN"
        grace = "0s"
    """
    (tmp_path / "news.toml").write_text(PAGE + lines, encoding="utf-8")
    assert typed(tmp_path, "--simulate", "sync", "--backfill", "1") == 0
    assert mastodon.writes == []
    mastodon.fail(Fault.ACCEPTED_LOST, on="POST /api/v1/statuses/")
    assert typed(tmp_path, "sync", "--backfill", "1") == 1
    for _ in range(2):
        assert typed(tmp_path, "sync") == 0
    assert [post.shares for post in mastodon.visible()] == [OTHER]
