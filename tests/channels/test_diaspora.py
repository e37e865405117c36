from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.channels.base import Facilities, Forgetful
from bot.channels.diaspora import SPEC, Patience, open_channel
from bot.channels.diaspora_read import GUID
from bot.channels.http import Http
from bot.config.values import ChannelConfig
from bot.errors import (
    AmbiguousError,
    CredentialsError,
    PermanentError,
    RejectedError,
    TransientError,
)
from bot.model import Capabilities, Facet, FacetKind, OnEdit, Pace, Receipt, Secret, Style
from tests.channels.benches import CONTACT
from tests.channels.contract import KEPT, ChannelContract
from tests.channels.diaspora_bench import PHOTOS, POSTS, DiasporaBench
from tests.channels.fault_contract import FaultContract
from tests.channels.messages import PNG, a_moment_ago, outgoing, picture
from tests.channels.runs import TEXT, URL, publish_news
from tests.fakes.diaspora import POST, DiasporaServer
from tests.fakes.diaspora_api import CLIENT_ID, CLIENT_SECRET, NEEDED, REFRESH_TOKEN
from tests.fakes.faults import HARMLESS, Fault
from tests.fakes.network import running
from tests.fakes.scripted import Scripted, ScriptedServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.model import Outgoing

UNKNOWN_ID = "b50abae085ff0134029244b301d53d2d"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def diaspora() -> Iterator[DiasporaServer]:
    with running(DiasporaServer()) as server:
        yield server


@pytest.fixture
def bench(diaspora: DiasporaServer) -> DiasporaBench:
    return DiasporaBench(diaspora)


class TestContract(ChannelContract, FaultContract):
    capabilities = Capabilities(read_back=True, delete=True, media=True)
    rich = SPEC.rich
    keeps = KEPT - {"alt text", "content warning", "edited pictures", "language"}
    asking = frozenset({"recent", "delete", "account"})
    unknown_id = UNKNOWN_ID


def marked(text: str, *facets: tuple[str, FacetKind, str | None]) -> Outgoing:
    """Return a post in whose text the given words have a meaning."""
    sent = outgoing(text, link=None)
    found = tuple(
        Facet(start=text.index(words), end=text.index(words) + len(words), kind=kind, url=url)
        for words, kind, url in facets
    )
    return replace(sent, part=replace(sent.part, facets=found))


def test_a_whole_run_publishes_once(
    diaspora: DiasporaServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIASPORA_CLIENT_SECRET", CLIENT_SECRET)
    monkeypatch.setenv("DIASPORA_REFRESH_TOKEN", REFRESH_TOKEN)
    publish_news(
        tmp_path,
        f"""
        [[channels]]
        name = "pod"
        network = "diaspora"
        server = "{diaspora.url}"
        client_id = "{CLIENT_ID}"
        client_secret_env = "DIASPORA_CLIENT_SECRET"
        refresh_token_env = "DIASPORA_REFRESH_TOKEN"
        hashtags = ["MediaWiki"]
        """,
    )
    (post,) = diaspora.visible()
    assert post.text == f"{TEXT} #MediaWiki"
    assert [content for content, _ in post.pictures] == [PNG]
    markup = rf"[**MediaWiki 1.46**](<{URL}>) is out \& \<ready\>\! #MediaWiki"
    assert diaspora.api.posts[0].body == markup


def test_asking_for_its_spec_does_not_import_what_reads_markdown() -> None:
    code = "import sys, bot.channels.diaspora; sys.exit('markdown_it' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_it_is_opened_as_it_is_configured(diaspora: DiasporaServer) -> None:
    config = ChannelConfig(
        name="pod",
        network="diaspora",
        server=diaspora.url,
        style=Style(),
        delivery=Pace(),
        on_edit=OnEdit.IGNORE,
        options={"client_id": CLIENT_ID, "nsfw": True},
        secrets={"client_secret": Secret(CLIENT_SECRET), "refresh_token": Secret(REFRESH_TOKEN)},
    )
    channel = open_channel(config, Facilities(http=Http(CONTACT), memory=Forgetful()))
    assert diaspora.requests == []
    channel.publish(replace(outgoing("Boo", link=None), content_warning="Spiders"))
    assert [post.body for post in diaspora.api.posts] == ["Spiders #nsfw\n\nBoo"]


@pytest.mark.parametrize(
    ("value", "good"),
    [
        (CLIENT_ID, True),
        ("", False),
        ("https://pod.example", False),
        ("short", False),
        ("a b c d e f g", False),
    ],
)
def test_a_client_id_is_what_the_pod_gave(value: str, *, good: bool) -> None:
    (option, _) = SPEC.options
    assert option.wrong is not None
    assert (option.wrong(value) is None) == good


class TestPublishing:
    def test_the_post_has_the_address_that_readers_know(self, bench: DiasporaBench) -> None:
        receipt = bench.open().publish(outgoing())
        assert GUID.fullmatch(receipt.remote_id)
        assert receipt.url == f"{bench.network.url}/posts/{receipt.remote_id}"

    def test_links_mentions_and_tags_are_written_as_diaspora_reads_them(self, bench: DiasporaBench) -> None:
        sent = marked(
            "See the notes, @wikimedia@pod.example #MediaWiki",
            ("notes", FacetKind.LINK, "https://wiki.example/wiki/Notes_(1.46)"),
            ("@wikimedia@pod.example", FacetKind.MENTION, None),
            ("#MediaWiki", FacetKind.TAG, None),
        )
        channel = bench.open()
        channel.publish(sent)
        (post,) = bench.api.posts
        notes = "[notes](<https://wiki.example/wiki/Notes_%281.46%29>)"
        assert post.body == f"See the {notes}, @{{wikimedia@pod.example}} #MediaWiki"
        (found,) = channel.recent(a_moment_ago())
        assert found.text == sent.part.text
        assert found.links == ("https://wiki.example/wiki/Notes_%281.46%29",)

    @pytest.mark.parametrize(
        "text", ["@{ann@pod.example}", "@{Ann; ann@pod.example}", "#nsfw", "# 1", "- one"]
    )
    def test_what_an_item_says_is_no_mention_no_tag_and_no_markup(
        self, bench: DiasporaBench, text: str
    ) -> None:
        channel = bench.open()
        channel.publish(replace(outgoing(text, link=None), content_warning=text))
        (post,) = bench.api.posts
        assert "@{" not in post.body
        assert not post.body.startswith("#nsfw")
        assert [found.text for found in channel.recent(a_moment_ago())] == [f"{text}\n\n{text}"]

    def test_pictures_are_named_as_a_pod_wants_them_and_belong_to_the_post(
        self, bench: DiasporaBench
    ) -> None:
        bench.open().publish(replace(outgoing(), attachments=(picture(), picture(content=PNG + b"2"))))
        (post,) = bench.api.posts
        assert [bench.api.photos[guid].pending for guid in post.photos] == [False, False]
        assert bench.network.requests.index(PHOTOS) < bench.network.requests.index(POST)

    def test_a_picture_that_is_none_is_named_and_nothing_is_published(self, bench: DiasporaBench) -> None:
        message = replace(outgoing(), attachments=(picture(content=b"<svg/>", file="Logo.svg"),))
        with pytest.raises(RejectedError, match=r"Failed to create the photo \(the file Logo.svg\)"):
            bench.open().publish(message)
        assert bench.visible() == []

    @pytest.mark.parametrize("kind", ["jpeg", "png", "gif", "webp"])
    def test_each_kind_of_picture_has_its_ending(self, bench: DiasporaBench, kind: str) -> None:
        message = replace(outgoing(), attachments=(replace(picture(), mime_type=f"image/{kind}"),))
        bench.open().publish(message)
        assert len(bench.visible()[0].pictures) == 1

    @pytest.mark.parametrize("fault", [Fault.BROKEN, Fault.RESET, Fault.INTERCEPTED, Fault.RATE_LIMITED])
    def test_while_a_picture_is_uploaded_nothing_is_in_doubt(
        self, bench: DiasporaBench, fault: Fault
    ) -> None:
        message = replace(outgoing(), attachments=(picture(),))
        with bench.failing(fault, "upload"), pytest.raises(HARMLESS[fault]):
            bench.open().publish(message)
        assert bench.visible() == []

    def test_a_text_that_markup_makes_too_long_is_refused_before_it_is_sent(
        self, bench: DiasporaBench
    ) -> None:
        with pytest.raises(RejectedError, match="65,535 bytes of Markdown, and this has 80,000"):
            bench.open().publish(outgoing("*" * 40_000, link=None))
        assert bench.network.requests == []

    def test_there_are_no_threads(self, bench: DiasporaBench) -> None:
        with pytest.raises(PermanentError, match="no threads"):
            bench.open().publish(replace(outgoing(), reply_to=UNKNOWN_ID))
        assert bench.network.requests == []


class TestContentWarnings:
    def test_without_the_tag_a_post_is_not_called_unsafe(self, bench: DiasporaBench) -> None:
        bench.open().publish(replace(outgoing("Boo", link=None), content_warning="*Spiders*"))
        assert [post.body for post in bench.api.posts] == [r"\*Spiders\*" + "\n\nBoo"]

    def test_with_it_a_post_without_warning_has_no_tag(self, bench: DiasporaBench) -> None:
        bench.open(nsfw=True).publish(outgoing("Boo", link=None))
        assert [post.body for post in bench.api.posts] == ["Boo"]


class TestRefusals:
    """A pod says 422 also where it failed after it had stored a post."""

    def test_what_is_there_all_the_same_is_in_doubt(self, bench: DiasporaBench) -> None:
        bench.api.breaks_late = 1
        with pytest.raises(AmbiguousError, match="Failed to create the post; but there is a post"):
            bench.open().publish(outgoing())
        assert len(bench.visible()) == 1

    def test_what_is_not_there_is_refused(self, bench: DiasporaBench) -> None:
        bench.api.clock = lambda: NOW
        bench.api.add("Hello")
        bench.network.fail(Fault.REJECTED)
        with pytest.raises(RejectedError, match="Failed to create the post"):
            bench.open().publish(outgoing("Hello", link=None))

    def test_where_nobody_can_look_it_is_in_doubt(self, bench: DiasporaBench) -> None:
        bench.network.fail(Fault.REJECTED)
        bench.network.fail(Fault.BROKEN, on=POSTS)
        with pytest.raises(AmbiguousError, match="could not be seen"):
            bench.open().publish(outgoing())


class TestReadingBack:
    def fill(self, bench: DiasporaBench, count: int, *, every: timedelta) -> None:
        times = [NOW + number * every for number in range(count)]
        bench.api.clock = lambda: times.pop(0)
        for number in range(count):
            bench.api.add(f"Post {number}")

    def test_all_pages_are_read(self, bench: DiasporaBench) -> None:
        self.fill(bench, 250, every=timedelta(minutes=1))
        found = bench.open().recent(NOW - timedelta(days=1))
        assert [post.text for post in found] == [f"Post {number}" for number in reversed(range(250))]

    def test_no_more_than_needed_is_read(self, bench: DiasporaBench) -> None:
        self.fill(bench, 250, every=timedelta(minutes=1))
        found = bench.open().recent(NOW + timedelta(minutes=170))
        assert len(found) == 80
        assert bench.network.requests.count(POSTS) == 1

    def test_posts_of_one_second_are_not_passed_over_between_two_pages(self, bench: DiasporaBench) -> None:
        """Where a pod's times are whole seconds, its next page is of what was made before."""
        bench.api.precision = timedelta(seconds=1)
        self.fill(bench, 130, every=timedelta(milliseconds=300))
        found = bench.open().recent(NOW - timedelta(days=1))
        assert {post.text for post in found} == {f"Post {number}" for number in range(130)}
        assert len(found) == 130

    def test_rather_than_some_of_them_none_are_returned(self, bench: DiasporaBench) -> None:
        self.fill(bench, 250, every=timedelta(minutes=1))
        with pytest.raises(TransientError, match="too many to look through"):
            bench.open(patience=Patience(pages=2)).recent(NOW - timedelta(days=1))

    def test_a_second_that_fills_a_page_is_not_taken_for_the_end(self, bench: DiasporaBench) -> None:
        bench.api.precision = timedelta(seconds=1)
        self.fill(bench, 150, every=timedelta(microseconds=1))
        with pytest.raises(TransientError, match="too many to look through"):
            bench.open().recent(NOW - timedelta(days=1))

    def test_reshares_are_left_out(self, bench: DiasporaBench) -> None:
        bench.api.add("Ours")
        bench.api.add("Somebody else's", post_type="Reshare")
        assert [post.text for post in bench.open().recent(a_moment_ago())] == ["Ours"]

    def test_nothing_at_all_is_no_error(self, bench: DiasporaBench) -> None:
        assert list(bench.open().recent(a_moment_ago())) == []


class TestDeleting:
    @pytest.mark.parametrize("remote_id", ["404", "1/../../user", "", "x" * 15])
    def test_what_a_pod_would_take_for_something_else_is_never_asked_for(
        self, bench: DiasporaBench, remote_id: str
    ) -> None:
        """A short one is the number of a post in its database."""
        with pytest.raises(PermanentError, match="is not the guid of a post"):
            bench.open().delete(Receipt(remote_id=remote_id))
        assert bench.network.requests == []


class TestAccount:
    def test_it_says_who_it_is_and_that_the_rights_are_enough(self, bench: DiasporaBench) -> None:
        account = bench.open().account()
        assert account.name == "news@pod.example"
        assert account.url is not None
        assert account.url.startswith(f"{bench.network.url}/people/")
        assert (account.warnings, account.obstacles) == ((), ())
        assert account.notes == ("the token may read what is public, post, and delete its posts",)

    @pytest.mark.parametrize("tells", [False, True])
    def test_a_right_that_is_missing_is_told(self, bench: DiasporaBench, *, tells: bool) -> None:
        bench.api.tells_scopes = tells
        bench.api.scopes = NEEDED - {"public:modify"}
        account = bench.open().account()
        assert account.obstacles == ("the token lacks public:modify",)
        assert account.notes == ()

    @pytest.mark.parametrize("tells", [False, True])
    def test_rights_beyond_those_needed_are_warned_of(self, bench: DiasporaBench, *, tells: bool) -> None:
        bench.api.tells_scopes = tells
        bench.api.scopes = NEEDED | {"contacts:read", "conversations"}
        account = bench.open().account()
        (warning,) = account.warnings
        assert "more than is needed (contacts:read, conversations)" in warning
        assert account.obstacles == ()

    def test_without_the_profile_the_account_is_not_known(self, bench: DiasporaBench) -> None:
        bench.api.scopes = frozenset({"openid", "public:read", "public:modify"})
        with pytest.raises(CredentialsError, match="lacks a right; openid, profile, public:read"):
            bench.open().account()

    def test_what_a_pod_does_not_have_is_no_right_beyond_those_needed(self, bench: DiasporaBench) -> None:
        """One of another version may lack a path that is asked to find out."""
        user = json.dumps(bench.api.own_user())
        tokens = json.dumps({"access_token": "good", "token_type": "bearer"})
        answers = (Scripted(body=tokens), Scripted(body=user), Scripted(status=404, body="<html>"))
        with ScriptedServer(*answers) as server:
            account = bench.open(server=server.url).account()
        assert (account.notes, account.warnings, account.obstacles) == ((), (), ())

    def test_a_token_without_a_user_is_no_post_s_fault(self, bench: DiasporaBench) -> None:
        tokens = json.dumps({"access_token": "good", "token_type": "bearer"})
        refusal = json.dumps({"code": 403, "message": "Unauthorized user"})
        answers = (Scripted(body=tokens), Scripted(status=403, body=refusal))
        with ScriptedServer(*answers) as server, pytest.raises(CredentialsError):
            bench.open(server=server.url).publish(outgoing())

    def test_a_profile_that_hides_all_posts_is_warned_of(self, bench: DiasporaBench) -> None:
        bench.api.nsfw = True
        (warning,) = bench.open().account().warnings
        assert "all its posts are hidden" in warning

    def test_asking_changes_nothing(self, bench: DiasporaBench) -> None:
        bench.open().publish(outgoing())
        before = bench.visible()
        bench.open().account()
        assert bench.visible() == before


def test_what_is_no_post_is_a_garbled_answer(bench: DiasporaBench) -> None:
    """A pod that could not store a post shows one without a time."""
    answers: tuple[dict[str, Any], ...] = (
        {"guid": UNKNOWN_ID, "created_at": None},
        {"guid": UNKNOWN_ID},
        {"guid": "", "created_at": "2026-11-21T12:00:00.000Z"},
        {"created_at": "2026-11-21T12:00:00.000Z"},
    )
    for answer in answers:
        bench.network.garbage = json.dumps(answer)
        bench.network.fail(Fault.ACCEPTED_GARBLED)
        with pytest.raises(AmbiguousError):
            bench.open().publish(outgoing())
