from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.channels.http import Http
from bot.channels.mastodon import SPEC, MastodonChannel, Patience
from bot.errors import (
    AmbiguousError,
    ChannelError,
    CredentialsError,
    RejectedError,
    TransientError,
)
from bot.model import Limits, Receipt, Secret
from tests.channels.bench import PATIENT
from tests.channels.benches import CONTACT, MastodonBench
from tests.channels.messages import LINK, a_moment_ago, outgoing, picture
from tests.fakes.faults import HARMLESS, Fault
from tests.fakes.scripted import Scripted, ScriptedServer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes.mastodon import MastodonServer

UPLOAD = "POST /api/v2/media"
POST = "POST /api/v1/statuses"


@pytest.fixture
def bench(mastodon: MastodonServer) -> MastodonBench:
    return MastodonBench(mastodon)


class Clock:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def open_channel(server: str, clock: Clock | None = None, **changes: Any) -> MastodonChannel:
    clock = clock or Clock()
    arguments: dict[str, Any] = {
        "name": "wikis-world",
        "server": server,
        "token": Secret("good-token"),
        "visibility": "public",
        "http": Http(CONTACT, timeout=PATIENT),
        "patience": Patience(pages=2, sleep=clock.sleep, monotonic=lambda: clock.now),
    }
    return MastodonChannel(**(arguments | changes))


def test_asking_for_its_spec_does_not_import_the_library() -> None:
    code = "import sys, bot.channels.mastodon; sys.exit('mastodon' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


class TestPublishing:
    def test_a_post_says_who_sees_it_and_in_which_language(
        self, bench: MastodonBench, mastodon: MastodonServer
    ) -> None:
        bench.open(visibility="unlisted").publish(replace(outgoing(), language="de"))
        (status,) = mastodon.api.statuses
        assert (status.visibility, status.language) == ("unlisted", "de")
        assert list(mastodon.api.keys) == ["key-1"]
        assert mastodon.requests == [POST]

    @pytest.mark.parametrize(
        ("wiki", "iso"),
        [("pt-br", "pt"), ("zh-hans", "zh"), ("nds", "nds"), ("simple", None), ("roa-tara", "roa")],
    )
    def test_a_wiki_s_language_code_becomes_one_that_mastodon_knows(
        self, bench: MastodonBench, mastodon: MastodonServer, wiki: str, iso: str | None
    ) -> None:
        bench.open().publish(replace(outgoing(), language=wiki))
        assert mastodon.api.statuses[0].language == iso

    def test_a_url_costs_what_the_server_says(self, bench: MastodonBench, mastodon: MastodonServer) -> None:
        text = "x" * (500 - 23 - 1) + " " + LINK
        bench.open().publish(outgoing(text))
        assert [status.text for status in mastodon.api.statuses] == [text]

    @pytest.mark.parametrize("body", ["", "{}", "[]", "null", '"1"', "<html>", '{"id": null}', '{"id": ""}'])
    def test_a_success_without_an_id_leaves_a_doubt(
        self, bench: MastodonBench, mastodon: MastodonServer, body: str
    ) -> None:
        mastodon.garbage = body
        with bench.failing(Fault.ACCEPTED_GARBLED, "publish"), pytest.raises(AmbiguousError):
            bench.open().publish(outgoing())
        assert len(mastodon.api.statuses) == 1

    @pytest.mark.parametrize(
        "headers",
        [
            {"X-RateLimit-Reset": "tomorrow", "X-RateLimit-Remaining": "many"},
            {"Deprecation": "true"},
            {"Link": "nonsense"},
        ],
    )
    def test_odd_headers_do_not_turn_a_success_into_a_failure(
        self, bench: MastodonBench, mastodon: MastodonServer, headers: dict[str, str]
    ) -> None:
        mastodon.headers = headers
        receipt = bench.open().publish(outgoing())
        assert [status.id for status in mastodon.api.statuses] == [receipt.remote_id]
        assert [post.receipt for post in bench.open().recent(a_moment_ago())] == [receipt]

    def test_the_receipt_leads_to_the_post(self, bench: MastodonBench, mastodon: MastodonServer) -> None:
        receipt = bench.open().publish(outgoing())
        assert receipt.url == f"{mastodon.url}/@news/{receipt.remote_id}"


class TestAttachments:
    def test_they_are_waited_for_before_anything_is_published(self, mastodon: MastodonServer) -> None:
        mastodon.api.processing = 3
        clock = Clock()
        open_channel(mastodon.url, clock).publish(replace(outgoing(), attachments=(picture(), picture("2"))))
        (status,) = mastodon.api.statuses
        first, second = status.media_ids
        wait = f"GET /api/v1/media/{first}", f"GET /api/v1/media/{second}"
        assert mastodon.requests == [UPLOAD, *[wait[0]] * 3, UPLOAD, *[wait[1]] * 3, POST]
        assert clock.slept == [0.5, 1.0, 2.0] * 2

    def test_one_that_is_never_processed_puts_the_post_off(self, mastodon: MastodonServer) -> None:
        mastodon.api.processing = 10_000
        clock = Clock()
        with pytest.raises(TransientError, match=r"Logo_新\.png was not processed within 60 seconds"):
            open_channel(mastodon.url, clock).publish(replace(outgoing(), attachments=(picture(),)))
        assert POST not in mastodon.requests
        assert 60 <= clock.now < 70

    def test_one_that_cannot_be_processed_is_named(
        self, bench: MastodonBench, mastodon: MastodonServer
    ) -> None:
        mastodon.api.breaks_media = True
        with pytest.raises(RejectedError, match=r"Error processing .* \(the file Neues_Logo_新.png\)"):
            bench.open().publish(replace(outgoing(), attachments=(picture(),)))
        assert POST not in mastodon.requests

    @pytest.mark.parametrize(
        "broken", [{"mime_type": "image/x-xcf"}, {"alt": "x" * 1501}], ids=["kind", "alt text"]
    )
    def test_one_that_the_server_does_not_take_is_named(
        self, bench: MastodonBench, mastodon: MastodonServer, broken: dict[str, str]
    ) -> None:
        unfit = replace(picture(), **broken)  # type: ignore[arg-type]  # only fields of text
        with pytest.raises(RejectedError, match=r"the file Neues_Logo_新.png"):
            bench.open().publish(replace(outgoing(), attachments=(unfit,)))
        assert mastodon.writes == [UPLOAD]

    @pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.REFUSED])
    @pytest.mark.parametrize("step", ["upload", "wait"])
    def test_a_failed_upload_is_never_in_doubt(
        self, bench: MastodonBench, mastodon: MastodonServer, step: str, fault: Fault
    ) -> None:
        mastodon.api.processing = 1
        with bench.failing(fault, step), pytest.raises(ChannelError) as caught:
            bench.open().publish(replace(outgoing(), attachments=(picture(),)))
        assert type(caught.value) is HARMLESS[fault]
        assert POST not in mastodon.requests
        assert mastodon.api.statuses == []

    def test_too_many_are_refused_by_the_server(self, bench: MastodonBench) -> None:
        with pytest.raises(RejectedError, match="more than 4"):
            bench.open().publish(replace(outgoing(), attachments=(picture(),) * 5))


class TestLimits:
    def test_they_are_the_server_s_own_asked_once_and_without_a_token(self, mastodon: MastodonServer) -> None:
        mastodon.api.max_characters = 5000
        mastodon.api.url_weight = 25
        mastodon.api.max_media = 16
        mastodon.api.description_limit = 800
        mastodon.api.image_size_limit = 5_000_000
        mastodon.api.images = ("image/gif", "image/jpeg", "image/heic")
        channel = open_channel(mastodon.url, token=None)
        for _ in range(2):
            assert channel.limits() == Limits(
                text=5000,
                url_weight=25,
                media=16,
                media_bytes=5_000_000,
                media_pixels=33_177_600,
                media_types=("image/jpeg", "image/gif"),
                alt_text=800,
            )
        assert mastodon.requests == ["GET /api/v2/instance/"]

    def test_a_server_without_the_new_description_is_asked_for_the_old(
        self, bench: MastodonBench, mastodon: MastodonServer
    ) -> None:
        mastodon.api.knows_v2 = False
        mastodon.api.max_characters = 1000
        assert bench.open().limits().text == 1000
        assert mastodon.requests == ["GET /api/v2/instance/", "GET /api/v1/instance/"]

    @pytest.mark.parametrize(
        "body",
        [
            "{}",
            '{"configuration": null}',
            '{"configuration": []}',
            '{"configuration": {"statuses": {"max_characters": "500", "max_media_attachments": -1}}}',
            '{"configuration": {"statuses": 4, "media_attachments": [1]}}',
        ],
    )
    def test_what_a_server_does_not_say_is_as_usual(self, body: str) -> None:
        with ScriptedServer(Scripted(body=body)) as server:
            assert open_channel(server.url).limits() == SPEC.defaults

    def test_pleroma_s_limit_is_found(self) -> None:
        with ScriptedServer(Scripted(body='{"max_toot_chars": 4000}')) as server:
            assert open_channel(server.url).limits().text == 4000

    @pytest.mark.parametrize("status", [404, 500])
    def test_something_that_is_no_such_server_is_an_error_and_no_guess(self, status: int) -> None:
        with ScriptedServer(Scripted(status=status, body="<html>")) as server, pytest.raises(TransientError):
            open_channel(server.url).limits()


class TestAccount:
    def test_it_is_named_in_full(self, bench: MastodonBench, mastodon: MastodonServer) -> None:
        account = bench.open().account()
        assert (account.name, account.url) == ("@news@mastodon.example", f"{mastodon.url}/@news")
        assert (account.warnings, account.obstacles) == ((), ())

    @pytest.mark.parametrize(
        ("profile", "words"),
        [
            ({"bot": False}, "not marked as automated"),
            ({"locked": True}, "approves its followers"),
            ({"limited": True}, "limited"),
            ({"moved": {"acct": "elsewhere"}}, "moved"),
        ],
    )
    def test_what_stands_in_the_way_is_said(
        self, bench: MastodonBench, mastodon: MastodonServer, profile: dict[str, Any], words: str
    ) -> None:
        mastodon.api.profile |= profile
        (warning,) = bench.open().account().warnings
        assert words in warning

    def test_a_suspended_one_cannot_post(self, bench: MastodonBench, mastodon: MastodonServer) -> None:
        mastodon.api.profile |= {"suspended": True}
        assert bench.open().account().obstacles == ("the account is suspended",)

    @pytest.mark.parametrize(
        ("rights", "more"),
        [
            ({"read:accounts", "read:statuses", "write:media", "write:statuses"}, False),
            ({"read", "write"}, True),
            ({"read", "write", "follow"}, True),
        ],
    )
    def test_its_rights_are_told_and_whether_fewer_would_do(
        self, bench: MastodonBench, mastodon: MastodonServer, rights: set[str], *, more: bool
    ) -> None:
        mastodon.api.tokens["good-token"] = frozenset(rights)
        account = bench.open().account()
        assert ", ".join(sorted(rights)) in account.notes[-1]
        assert account.notes[-1].endswith("would do") == more

    def test_rights_that_the_token_lacks_are_named(
        self, bench: MastodonBench, mastodon: MastodonServer
    ) -> None:
        mastodon.api.tokens["good-token"] = frozenset({"read", "write:statuses"})
        assert bench.open().account().obstacles == ("the token lacks write:media",)

    def test_a_token_without_the_right_rests_the_channel(
        self, bench: MastodonBench, mastodon: MastodonServer
    ) -> None:
        mastodon.api.tokens["good-token"] = frozenset({"read"})
        with pytest.raises(CredentialsError, match="scope"):
            bench.open().publish(outgoing())

    def test_without_a_token_nothing_is_even_tried(
        self, bench: MastodonBench, mastodon: MastodonServer
    ) -> None:
        channel = bench.open(token=None)
        attempts = (
            channel.account,
            lambda: channel.publish(outgoing()),
            lambda: channel.recent(a_moment_ago()),
            lambda: channel.edit(Receipt(remote_id="1"), outgoing()),
            lambda: channel.delete(Receipt(remote_id="1")),
        )
        for attempt in attempts:
            with pytest.raises(CredentialsError, match="token_env"):
                attempt()
        assert mastodon.requests == []

    @pytest.mark.parametrize("token", ["", "  ", "two words", "ключ", "a\nb"])
    def test_a_token_that_cannot_be_one_is_not_sent(
        self, bench: MastodonBench, mastodon: MastodonServer, token: str
    ) -> None:
        channel = bench.open(token=token)
        for _ in range(2):
            with pytest.raises(CredentialsError, match="token") as caught:
                channel.account()
            assert token.strip() == "" or token not in str(caught.value)
        assert mastodon.requests == []

    def test_a_file_that_is_called_like_the_token_is_not_opened(
        self, bench: MastodonBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "good-token").write_text("another-token\n")
        monkeypatch.chdir(tmp_path)
        assert bench.open().account().name == "@news@mastodon.example"


class TestReadingBack:
    def test_all_posts_since_then_are_found_on_however_many_pages(
        self, bench: MastodonBench, mastodon: MastodonServer
    ) -> None:
        start = datetime(2026, 11, 1, tzinfo=UTC)
        for minutes in range(95):
            mastodon.api.clock = lambda minutes=minutes: start + timedelta(minutes=minutes)  # type: ignore[misc]  # a default binds the value
            mastodon.api.post_by_hand(str(minutes))
        found = bench.open().recent(start + timedelta(minutes=5))
        assert [post.text for post in found] == [str(number) for number in range(94, 4, -1)]

    def test_ids_that_are_no_numbers_are_paged_through_too(
        self, bench: MastodonBench, mastodon: MastodonServer
    ) -> None:
        mastodon.api.id_prefix = "01J"
        for number in range(45):
            mastodon.api.post_by_hand(str(number))
        assert len(bench.open().recent(a_moment_ago())) == 45

    def test_boosts_are_not_our_posts(self, bench: MastodonBench, mastodon: MastodonServer) -> None:
        mastodon.api.post_by_hand("somebody else's", boost=True)
        mastodon.api.post_by_hand("ours")
        assert [post.text for post in bench.open().recent(a_moment_ago())] == ["ours"]

    def test_a_list_that_does_not_end_is_an_error_and_not_cut_short(self, mastodon: MastodonServer) -> None:
        channel = open_channel(mastodon.url)
        for number in range(81):
            mastodon.api.post_by_hand(str(number))
        with pytest.raises(TransientError, match="more than 80 posts"):
            channel.recent(a_moment_ago())

    def test_a_post_is_read_as_it_was_written(self, bench: MastodonBench, mastodon: MastodonServer) -> None:
        mastodon.api.known_accounts = frozenset({"alice@elsewhere.example", "bob"})
        text = f"@alice@elsewhere.example, @bob & @nobody: #MediaWiki {LINK}.\n\nSee <README.md>"
        bench.open().publish(outgoing(text))
        (found,) = bench.open().recent(a_moment_ago())
        assert found.text == text
        assert found.links == (LINK,)

    def test_only_reading_requests_read(self, bench: MastodonBench, mastodon: MastodonServer) -> None:
        mastodon.writes_forbidden = True
        channel = bench.open()
        channel.limits()
        channel.account()
        channel.recent(a_moment_ago())
        assert mastodon.forbidden == []
        with pytest.raises(RejectedError):
            channel.publish(outgoing())
        assert mastodon.forbidden == [POST]


class TestDeleting:
    def test_a_page_that_is_no_answer_of_the_network_s_does_not_mean_gone(self) -> None:
        with (
            ScriptedServer(Scripted(status=404, body="<html>Not here</html>")) as server,
            pytest.raises(TransientError),
        ):
            open_channel(server.url).delete(Receipt(remote_id="1"))

    def test_a_refusal_does_not_mean_gone(self) -> None:
        with (
            ScriptedServer(Scripted(status=422, body='{"error": "No"}')) as server,
            pytest.raises(RejectedError),
        ):
            open_channel(server.url).delete(Receipt(remote_id="1"))


@pytest.mark.parametrize("fault", Fault)
def test_no_error_tells_the_token(bench: MastodonBench, fault: Fault) -> None:
    with bench.failing(fault, "publish"), pytest.raises(ChannelError) as caught:
        bench.open().publish(outgoing())
    shown: BaseException | None = caught.value
    while shown is not None:
        assert "good-token" not in f"{shown} {shown!r}"
        shown = shown.__cause__
