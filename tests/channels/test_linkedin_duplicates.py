from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.errors import AmbiguousError, RejectedError, TransientError
from tests.channels.linkedin_bench import GET, UNKNOWN, LinkedInBench, refusal
from tests.channels.messages import LINK, outgoing
from tests.fakes.faults import Fault
from tests.fakes.linkedin import CREATE
from tests.fakes.scripted import Scripted, ScriptedServer

if TYPE_CHECKING:
    from tests.fakes.linkedin import LinkedInServer

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)


@pytest.fixture
def bench(linkedin: LinkedInServer) -> LinkedInBench:
    return LinkedInBench(linkedin)


class TestDuplicates:
    """What LinkedIn names as the post that is there already is looked at before it is believed."""

    def test_a_post_of_an_earlier_try_is_known_again(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        linkedin.fail(Fault.ACCEPTED_LOST)
        with pytest.raises(AmbiguousError):
            bench.open().publish(outgoing())
        linkedin.requests.clear()
        receipt = bench.open().publish(outgoing())
        assert [post.urn for post in linkedin.api.posts] == [receipt.remote_id]
        assert linkedin.requests[0] == CREATE
        assert linkedin.requests[1].startswith(GET)

    def test_one_that_nobody_can_find_is_no_post_and_is_tried_again(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        receipt = bench.open().publish(outgoing())
        bench.open().delete(receipt)
        for ghosts in (False, True):
            linkedin.api.ghosts = ghosts
            with pytest.raises(TransientError, match="but there is no such post; nothing was published"):
                bench.open().publish(outgoing())
        linkedin.api.seen.clear()
        bench.open().publish(outgoing())
        assert len(linkedin.api.posts) == 1

    @pytest.mark.parametrize(
        "unseen",
        [
            Scripted(status=503, body="<html>down</html>"),
            Scripted(status=404, body="<html>not here</html>"),
            Scripted(cut=True),
            Scripted(body="{}"),
            refusal(403, "Not enough permissions to access: partnerApiPosts.GET", code="ACCESS_DENIED"),
        ],
    )
    def test_one_that_cannot_be_looked_at_leaves_a_doubt(
        self, bench: LinkedInBench, unseen: Scripted
    ) -> None:
        refused = refusal(422, f"Content is a duplicate of {UNKNOWN}")
        with ScriptedServer(refused, unseen) as server, pytest.raises(AmbiguousError, match=UNKNOWN):
            bench.open(server=server.url).publish(outgoing(link=None))

    def test_that_of_another_item_is_refused_for_good(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        first = bench.open().publish(outgoing(key="key-1"))
        with pytest.raises(RejectedError, match=r"write the item in other words") as caught:
            bench.open().publish(outgoing(key="key-2"))
        assert str(first.url) in str(caught.value)
        assert len(linkedin.api.posts) == 1

    @pytest.mark.parametrize(
        "other",
        [
            {"author": "urn:li:organization:1"},
            {"text": "Something else"},
            {"created_at": NOON - timedelta(days=5)},
            {"more": {"lifecycleState": "DRAFT"}},
        ],
        ids=["author", "words", "time", "draft"],
    )
    def test_one_that_is_not_ours_to_be_is_refused_for_good(
        self, bench: LinkedInBench, linkedin: LinkedInServer, other: dict[str, Any]
    ) -> None:
        sent, other = outgoing("News", link=None), dict(other)
        post = linkedin.api.post_by_hand(other.pop("text", "News"), **({"created_at": NOON} | other))
        linkedin.api.seen["News"] = post.urn
        with pytest.raises(RejectedError, match="another post"):
            bench.at(NOON).publish(sent)

    @pytest.mark.parametrize("dated", [NOON - timedelta(days=300), NOON, NOON + timedelta(days=30)])
    def test_its_time_is_judged_by_the_item_s_whenever_that_is(
        self, bench: LinkedInBench, linkedin: LinkedInServer, dated: datetime
    ) -> None:
        sent = replace(outgoing("News", link=None), dated=dated)
        post = linkedin.api.post_by_hand("News", created_at=NOON - timedelta(days=1))
        linkedin.api.seen["News"] = post.urn
        assert bench.at(NOON).publish(sent).remote_id == post.urn

    def test_links_that_linkedin_has_shortened_make_no_other_words(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        receipt = bench.open().publish(outgoing())
        post = linkedin.api.posts[0]
        linkedin.api.posts = [replace(post, commentary="MediaWiki 1.46 is out https://lnkd.in/eXy")]
        bench.memory.put("posts", None)
        assert bench.open().publish(outgoing()) == receipt

    def test_a_link_alone_is_known_by_its_card(self, bench: LinkedInBench, linkedin: LinkedInServer) -> None:
        receipt = bench.open().publish(outgoing(LINK))
        bench.memory.put("posts", None)
        assert bench.open().publish(outgoing(LINK)) == receipt
        linkedin.api.posts = [replace(linkedin.api.posts[0], below={}, commentary="https://lnkd.in/eXy")]
        with pytest.raises(RejectedError, match="another post"):
            bench.open().publish(outgoing(LINK))
