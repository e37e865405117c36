from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from bot.channels.linkedin import SPEC
from bot.errors import (
    AmbiguousError,
    ChannelError,
    CredentialsError,
    PermanentError,
    RejectedError,
    TransientError,
)
from bot.model import Capabilities, Facet, FacetKind, Receipt
from tests.channels.contract import KEPT, ChannelContract
from tests.channels.fault_contract import FaultContract
from tests.channels.linkedin_bench import (
    UNKNOWN,
    LinkedInBench,
    credentials,
    refusal,
)
from tests.channels.messages import LINK, PNG, a_moment_ago, outgoing, part, picture
from tests.channels.runs import TEXT, URL, publish_news
from tests.fakes.faults import Fault
from tests.fakes.linkedin import CREATE, FIND, LinkedInServer
from tests.fakes.linkedin_api import AUTHOR, ORGANIZATION, TOKEN
from tests.fakes.scripted import Scripted, ScriptedServer

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)


@pytest.fixture
def bench(linkedin: LinkedInServer) -> LinkedInBench:
    return LinkedInBench(linkedin)


class TestContract(ChannelContract, FaultContract):
    capabilities: ClassVar = Capabilities(
        read_back=True, edit=True, delete=True, media=True, tells_expiry=True
    )
    keeps: ClassVar = KEPT - {"content warning", "edited pictures", "language"}
    names_duplicates: ClassVar = True
    asking: ClassVar = frozenset({"recent", "edit", "delete", "account"})
    unknown_id: ClassVar = UNKNOWN


class TestPublishing:
    def test_a_post_is_one_request_and_its_receipt_leads_there(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        receipt = bench.open().publish(outgoing())
        assert linkedin.requests == [CREATE]
        (post,) = linkedin.api.posts
        assert receipt == Receipt(remote_id=post.urn, url=f"https://www.linkedin.com/feed/update/{post.urn}")

    def test_the_main_link_has_a_card_where_no_picture_takes_its_place(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        titled = replace(outgoing("One", key="key-1"), link_title="MediaWiki 1.46")
        bench.open().publish(titled)
        bench.open().publish(outgoing("Two", key="key-2"))
        bench.open().publish(outgoing("Three", key="key-3", link=None))
        bench.open().publish(replace(outgoing("Four", key="key-4"), attachments=(picture(),)))
        cards = [post.below.get("article") for post in linkedin.api.posts]
        assert cards == [
            {"source": LINK, "title": "MediaWiki 1.46"},
            {"source": LINK, "title": "www.mediawiki.org"},
            None,
            None,
        ]

    def test_signs_are_escaped_and_what_is_meant_is_written(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        said = replace(
            part("#News (a_b) by Wiki"),
            facets=(
                Facet(start=0, end=5, kind=FacetKind.TAG),
                Facet(start=15, end=19, kind=FacetKind.MENTION, url="urn:li:organization:12"),
            ),
        )
        warned = replace(outgoing(link=None), part=said, content_warning="Spiders (big)")
        bench.open().publish(warned)
        (post,) = linkedin.api.posts
        assert post.commentary == (
            r"Spiders \(big\)" + "\n\n" + r"{hashtag|\#|News} \(a\_b\) by @[Wiki](urn:li:organization:12)"
        )
        (found,) = bench.open().recent(a_moment_ago())
        assert found.text == "Spiders (big)\n\n#News (a_b) by Wiki"

    def test_without_a_token_nothing_is_even_tried(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        for token in (None, "", "two words", "ключ"):
            channel = bench.open(credentials=credentials(token))
            for attempt in (
                channel.account,
                lambda channel=channel: channel.publish(outgoing()),
                lambda channel=channel: channel.recent(a_moment_ago()),
                lambda channel=channel: channel.delete(Receipt(remote_id=UNKNOWN)),
            ):
                with pytest.raises(CredentialsError, match="token_env"):
                    attempt()
        assert linkedin.requests == []

    @pytest.mark.parametrize("headers", [{}, {"x-restli-id": ""}, {"x-restli-id": "urn:li:person:1"}])
    def test_a_success_without_an_id_leaves_a_doubt(
        self, bench: LinkedInBench, headers: dict[str, str]
    ) -> None:
        answer = Scripted(status=201, body="", headers=headers)
        with ScriptedServer(answer) as server, pytest.raises(AmbiguousError):
            bench.open(server=server.url).publish(outgoing(link=None))
        assert len(server.received) == 1

    @pytest.mark.parametrize(
        ("answer", "expected", "words"),
        [
            (
                refusal(426, "Requested version 20250701 is not active", code="NONEXISTENT_VERSION"),
                CredentialsError,
                r'version = "YYYYMM"',
            ),
            (
                refusal(
                    403, "Not enough permissions to access: partnerApiPosts.CREATE", code="ACCESS_DENIED"
                ),
                CredentialsError,
                "w_organization_social",
            ),
            (
                refusal(401, "Invalid access token", code="INVALID_ACCESS_TOKEN"),
                CredentialsError,
                "new token",
            ),
            (refusal(422, "ERROR :: /content :: the share is not valid"), RejectedError, "not valid"),
            (refusal(422, "Content is a duplicate of nothing that has a name"), RejectedError, "duplicate"),
            (refusal(500, "Internal Server Error"), AmbiguousError, "may be public"),
            (refusal(504, "Gateway Timeout"), AmbiguousError, "may be public"),
            (Scripted(status=404, body="<html>no</html>"), TransientError, "not this network's"),
        ],
    )
    def test_a_refusal_says_what_may_have_happened(
        self, bench: LinkedInBench, answer: Scripted, expected: type[ChannelError], words: str
    ) -> None:
        with ScriptedServer(answer) as server, pytest.raises(ChannelError, match=words) as caught:
            bench.open(server=server.url).publish(outgoing(link=None))
        assert type(caught.value) is expected
        assert len(server.received) == 1

    def test_a_version_that_is_known_no_more_names_the_key(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        with pytest.raises(CredentialsError, match="version 202401 of its API"):
            bench.open(version="202401").account()
        assert linkedin.api.posts == []

    def test_a_page_may_be_named_by_its_urn(self, bench: LinkedInBench, linkedin: LinkedInServer) -> None:
        bench.open(organization=AUTHOR).publish(outgoing())
        assert [post.author for post in linkedin.api.posts] == [AUTHOR]


class TestEditing:
    def test_the_words_alone_are_changed(self, bench: LinkedInBench, linkedin: LinkedInServer) -> None:
        shown = replace(outgoing("A tpyo"), attachments=(picture(),))
        receipt = bench.open().publish(shown)
        bench.open().edit(receipt, replace(shown, part=part("A (typo)")))
        (post,) = linkedin.visible()
        assert (post.text, post.pictures) == ("A (typo)", ((PNG, "The new logo"),))

    def test_a_post_that_was_only_found_again_can_be_edited(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        linkedin.fail(Fault.ACCEPTED_LOST)
        with pytest.raises(AmbiguousError):
            bench.open().publish(outgoing())
        (found,) = bench.open().recent(a_moment_ago())
        bench.open().edit(found.receipt, outgoing("edited"))
        assert [post.text for post in linkedin.visible()] == ["edited"]

    @pytest.mark.parametrize(
        "change",
        [{"attachments": (picture("better"),)}, {"attachments": ()}, {"key": "unknown"}],
        ids=["alt text", "no picture", "unknown"],
    )
    def test_what_cannot_be_changed_is_refused(
        self, bench: LinkedInBench, linkedin: LinkedInServer, change: dict[str, Any]
    ) -> None:
        shown = replace(outgoing(), attachments=(picture(),))
        receipt = bench.open().publish(shown)
        with pytest.raises(PermanentError, match="only the words can be changed"):
            bench.open().edit(receipt, replace(shown, part=part("edited"), **change))
        assert "edited" not in {post.text for post in linkedin.visible()}

    def test_another_main_link_would_be_another_card(self, bench: LinkedInBench) -> None:
        receipt = bench.open().publish(outgoing())
        with pytest.raises(PermanentError, match="only the words can be changed"):
            bench.open().edit(receipt, outgoing(link="https://other.example/"))

    @pytest.mark.parametrize(
        "remote_id", ["", "1", "urn:li:person:1", "urn:li:share:1/..", " urn:li:share:1"]
    )
    def test_an_id_that_is_no_post_s_is_not_asked_for(
        self, bench: LinkedInBench, linkedin: LinkedInServer, remote_id: str
    ) -> None:
        receipt = Receipt(remote_id=remote_id)
        for act in (lambda: bench.open().delete(receipt), lambda: bench.open().edit(receipt, outgoing())):
            with pytest.raises(PermanentError, match="not the URN"):
                act()
        assert linkedin.requests == []

    def test_what_is_kept_and_cannot_be_read_is_forgotten(self, bench: LinkedInBench) -> None:
        for kept in ("", "nonsense", "null", "[]", '{"key-1": "x"}', '{"key-1": [1, 2, 3]}'):
            bench.memory.put("posts", kept)
            with pytest.raises(PermanentError, match="only the words"):
                bench.open().edit(Receipt(remote_id=UNKNOWN), outgoing())

    def test_no_more_is_kept_than_is_needed(self, bench: LinkedInBench) -> None:
        for number in range(60):
            bench.open().publish(outgoing(f"News {number}", key=f"key-{number}", link=None))
        kept = bench.memory.get("posts") or ""
        assert ("key-9" in kept, "key-10" in kept, "key-59" in kept) == (False, True, True)
        assert len(kept) < 8000


class TestReadingBack:
    def test_all_posts_since_then_are_found_on_however_many_pages(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        for minute in range(95):
            linkedin.api.post_by_hand(f"Post {minute}", created_at=NOON + timedelta(minutes=minute))
        channel = bench.open(patience={"page": 30})
        found = channel.recent(NOON + timedelta(minutes=5))
        assert [post.text for post in found] == [f"Post {number}" for number in range(94, 4, -1)]
        assert linkedin.requests == [FIND] * 4

    def test_a_list_that_does_not_end_is_an_error_and_not_cut_short(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        for number in range(11):
            linkedin.api.post_by_hand(f"Post {number}")
        with pytest.raises(TransientError, match="more than 10 posts"):
            bench.open(patience={"page": 5, "pages": 2}).recent(a_moment_ago())

    def test_what_is_not_the_page_s_own_news_is_left_out(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        linkedin.api.post_by_hand("passed on", more={"reshareContext": {"parent": UNKNOWN}})
        linkedin.api.post_by_hand("an advertisement", more={"distribution": {"feedDistribution": "NONE"}})
        linkedin.api.post_by_hand("a draft", more={"lifecycleState": "DRAFT"})
        linkedin.api.post_by_hand("ours")
        linkedin.api.post_by_hand("soon", more={"lifecycleState": "PUBLISH_REQUESTED"})
        assert [post.text for post in bench.open().recent(a_moment_ago())] == ["soon", "ours"]

    def test_an_old_post_that_was_edited_hides_no_new_one(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        edited = {"lastModifiedAt": int(datetime.now(UTC).timestamp() * 1000)}
        linkedin.api.post_by_hand("new")
        linkedin.api.post_by_hand("old", created_at=NOON - timedelta(days=9), more=edited)
        channel = bench.open(patience={"page": 1})
        assert [post.text for post in channel.recent(a_moment_ago())] == ["new"]

    def test_a_post_by_hand_is_read_as_it_was_written(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        linkedin.api.post_by_hand(
            r"{hashtag|\#|Media\_Wiki} by @[A \(b\)](urn:li:person:1): \(see\) https://a.example/b\_c",
            below={"article": {"source": LINK, "title": "x"}},
        )
        (found,) = bench.open().recent(a_moment_ago())
        assert found.text == "#Media_Wiki by A (b): (see) https://a.example/b_c"
        assert found.links == ("https://a.example/b_c", LINK)

    @pytest.mark.parametrize(
        "body",
        [
            "{}",
            "[]",
            '{"elements": {}}',
            '{"elements": [{}]}',
            '{"elements": [{"id": "urn:li:share:1", "author": "x"}]}',
            '{"elements": [{"id": "1", "author": "x", "createdAt": 1}]}',
            '{"elements": [{"id": "urn:li:share:1", "author": "x", "createdAt": "now"}]}',
            '{"elements": [], "paging": []}',
        ],
    )
    def test_a_list_that_makes_no_sense_is_none(self, bench: LinkedInBench, body: str) -> None:
        with (
            ScriptedServer(Scripted(body=body)) as server,
            pytest.raises(TransientError, match="could not be understood"),
        ):
            bench.open(server=server.url).recent(a_moment_ago())

    def test_only_reading_requests_read(self, bench: LinkedInBench, linkedin: LinkedInServer) -> None:
        linkedin.writes_forbidden = True
        channel = bench.open(credentials=credentials(client=True))
        channel.limits()
        channel.account()
        channel.recent(a_moment_ago())
        assert linkedin.forbidden == []


@pytest.mark.parametrize(
    ("name", "value", "good"),
    [
        ("organization", ORGANIZATION, True),
        ("organization", AUTHOR, True),
        ("organization", "wikimedia-foundation", False),
        ("organization", "urn:li:person:1", False),
        ("version", "202607", True),
        ("version", "202613", False),
        ("version", "2026-07", False),
    ],
)
def test_what_linkedin_would_refuse_is_refused_in_the_configuration(
    name: str, value: str, *, good: bool
) -> None:
    (option,) = (option for option in SPEC.options if option.name == name)
    assert option.wrong is not None
    assert (option.wrong(value) is None) == good


def test_news_go_from_a_configuration_to_the_page(
    linkedin: LinkedInServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINKEDIN_TOKEN", TOKEN)
    publish_news(
        tmp_path,
        f"""
        [[channels]]
        name = "linkedin"
        network = "linkedin"
        server = "{linkedin.url}"
        organization = "{ORGANIZATION}"
        token_env = "LINKEDIN_TOKEN"
        """,
    )
    (post,) = linkedin.visible()
    assert (post.text, post.pictures) == (f"{TEXT} {URL}", ((PNG, "The new logo"),))
