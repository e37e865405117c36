"""What every channel promises, shown of each in the same way.

A channel's tests inherit ``ChannelContract`` (and ``FaultContract`` where a network lies between), say its
capabilities and give a ``bench``: the channel, the world as the public sees it, and a way to break it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Protocol

import pytest

from bot.errors import ChannelError, PermanentError, RateLimited, RejectedError
from bot.model import Attachment, Capabilities, Outgoing, Part, Receipt, Unit
from tests.fakes.faults import HARMLESS, PUBLISHING, Fault

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from bot.channels.base import Channel
    from tests.fakes.network import Visible

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)
LINK = "https://www.mediawiki.org/wiki/MediaWiki_1.46_(release)/en?a=1&b=2#Top"
SCRIPTS = {
    "latin": "Ĉiuĵaŭde: crème brûlée, ﬁn",
    "cyrillic and greek": "Новости, Ειδήσεις",
    "right to left": "חדשות, أخبار، (1.46)",
    "indic": "समाचार और বাংলা",
    "east asian": "日本語のニュース、한국어、中文",
    "emoji": "👨‍👩‍👧‍👦 1️⃣ 🏳️‍🌈",
    "markup": "a < b && c > d; 'quotes' \"too\" &amp; <b>not bold</b> *nor* _this_",
    "combining": "cafe\u0301 Zalgơ̴",
    "defused": "README\u2060.md and @\u200bnobody",
}


class Bench(Protocol):
    """One network with one channel on it."""

    def open(self) -> Channel:
        """Open the channel as a new process does, knowing nothing of earlier ones."""
        ...

    def visible(self) -> list[Visible]:
        """Return what the public sees, oldest first."""
        ...


class FallibleBench(Bench, Protocol):
    """One with a network between us and it."""

    def failing(self, fault: Fault, method: str) -> AbstractContextManager[None]:
        """Let the next request of ``method`` meet ``fault``; a channel opened inside notices it soon."""
        ...


def part(text: str) -> Part:
    return Part(text=text, length=len(text), limit=None, unit=Unit.CHARACTERS)


def outgoing(
    text: str = f"MediaWiki 1.46 is out {LINK}", *, key: str = "key-1", link: str | None = LINK
) -> Outgoing:
    return Outgoing(key=key, part=part(text), dated=datetime(2026, 11, 18, tzinfo=UTC), link=link)


def picture(
    alt: str = "The new logo", *, content: bytes = PNG, file: str = "Neues_Logo_新.png"
) -> Attachment:
    return Attachment(file=file, mime_type="image/png", content=content, alt=alt)


def a_moment_ago() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=1)


class ChannelContract:
    """Inherit it, name ``capabilities`` and give ``bench`` as a fixture."""

    capabilities: ClassVar[Capabilities]

    @pytest.fixture
    def channel(self, bench: Bench) -> Channel:
        return bench.open()

    def test_it_can_do_what_its_network_can(self, channel: Channel) -> None:
        assert channel.capabilities == self.capabilities

    @pytest.mark.parametrize("ability", ["read_back", "edit", "delete", "threads", "media"])
    def test_it_does_what_it_can_and_refuses_what_it_cannot(self, channel: Channel, ability: str) -> None:
        first = channel.publish(outgoing())
        attempts: dict[str, Callable[[], object]] = {
            "read_back": lambda: channel.recent(a_moment_ago()),
            "edit": lambda: channel.edit(first, outgoing("edited")),
            "delete": lambda: channel.delete(first),
            "threads": lambda: channel.publish(
                replace(outgoing("second", key="key-2"), reply_to=first.remote_id)
            ),
            "media": lambda: channel.publish(replace(outgoing(key="key-2"), attachments=(picture(),))),
        }
        if getattr(self.capabilities, ability):
            attempts[ability]()
        else:
            with pytest.raises(PermanentError):
                attempts[ability]()

    def test_it_says_who_it_is(self, channel: Channel) -> None:
        assert channel.account().name

    def test_what_is_published_is_visible_once_under_its_receipt(
        self, bench: Bench, channel: Channel
    ) -> None:
        receipt = channel.publish(outgoing("Hello"))
        (post,) = bench.visible()
        assert (post.text, post.remote_id) == ("Hello", receipt.remote_id)

    def test_two_keys_make_two_posts_even_of_one_text(self, bench: Bench, channel: Channel) -> None:
        first = channel.publish(outgoing("Hello", key="key-1"))
        second = channel.publish(outgoing("Hello", key="key-2"))
        assert [post.remote_id for post in bench.visible()] == [first.remote_id, second.remote_id]

    def test_one_key_makes_one_post_also_in_a_later_process(self, bench: Bench) -> None:
        assert self.capabilities.idempotent is not None
        first = bench.open().publish(outgoing())
        again = bench.open().publish(outgoing())
        assert again == first
        assert len(bench.visible()) == 1

    @pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS.keys())
    def test_text_of_any_script_comes_back_as_it_was(self, bench: Bench, channel: Channel, text: str) -> None:
        channel.publish(outgoing(text, link=None))
        (post,) = bench.visible()
        (found,) = channel.recent(a_moment_ago())
        assert (post.text, found.text) == (text, text)

    def test_lines_and_paragraphs_come_back(self, channel: Channel) -> None:
        text = "One\nTwo\n\nThree"
        channel.publish(outgoing(text, link=None))
        (found,) = channel.recent(a_moment_ago())
        assert found.text == text

    def test_a_text_at_the_limit_is_taken(self, bench: Bench, channel: Channel) -> None:
        text = "x" * (channel.limits().text or 20_000)
        channel.publish(outgoing(text, link=None))
        assert [post.text for post in bench.visible()] == [text]

    def test_a_text_beyond_the_limit_is_refused_and_not_published(
        self, bench: Bench, channel: Channel
    ) -> None:
        limit = channel.limits().text
        if limit is None:
            channel.publish(outgoing("x" * 200_000))
            assert len(bench.visible()) == 1
            return
        with pytest.raises(RejectedError):
            channel.publish(outgoing("x" * (limit + 1)))
        assert bench.visible() == []

    def test_the_post_just_made_is_found_with_its_text_link_and_time(self, channel: Channel) -> None:
        before = datetime.now(UTC) - timedelta(seconds=1)
        sent = outgoing()
        receipt = channel.publish(sent)
        (found,) = channel.recent(a_moment_ago())
        assert found.receipt == receipt
        assert found.text == sent.part.text
        assert LINK in found.links
        assert before <= found.created_at <= datetime.now(UTC) + timedelta(seconds=1)
        assert found.key in {None, sent.key}

    def test_recent_posts_are_newest_first_and_none_is_older_than_asked(self, channel: Channel) -> None:
        channel.publish(outgoing("One", key="key-1"))
        channel.publish(outgoing("Two", key="key-2"))
        assert [post.text for post in channel.recent(a_moment_ago())] == ["Two", "One"]
        assert list(channel.recent(datetime.now(UTC) + timedelta(hours=1))) == []

    def test_an_edit_changes_the_post_and_makes_no_other(self, bench: Bench, channel: Channel) -> None:
        receipt = channel.publish(outgoing("A tpyo"))
        for _ in range(2):
            edited = channel.edit(receipt, outgoing("A typo"))
            assert edited.remote_id == receipt.remote_id
            assert [(post.remote_id, post.text) for post in bench.visible()] == [
                (receipt.remote_id, "A typo")
            ]

    def test_an_edit_of_what_is_gone_is_refused(self, channel: Channel) -> None:
        receipt = channel.publish(outgoing())
        channel.delete(receipt)
        with pytest.raises(PermanentError):
            channel.edit(receipt, outgoing("edited"))

    def test_a_deleted_post_is_gone_and_deleting_it_again_is_no_error(
        self, bench: Bench, channel: Channel
    ) -> None:
        kept = channel.publish(outgoing("kept", key="key-1"))
        gone = channel.publish(outgoing("gone", key="key-2"))
        channel.delete(gone)
        channel.delete(gone)
        assert [post.remote_id for post in bench.visible()] == [kept.remote_id]
        assert [post.receipt for post in channel.recent(a_moment_ago())] == [kept]

    def test_what_was_never_there_is_deleted_without_an_error(self, channel: Channel) -> None:
        channel.delete(Receipt(remote_id="404"))

    def test_the_parts_of_a_thread_hang_together(self, bench: Bench, channel: Channel) -> None:
        first = channel.publish(outgoing("one", key="key-1"))
        second = replace(outgoing("two", key="key-2"), reply_to=first.remote_id)
        if self.capabilities.threads:
            channel.publish(second)
            assert [post.reply_to for post in bench.visible()] == [None, first.remote_id]
        else:
            with pytest.raises(PermanentError):
                channel.publish(second)

    def test_pictures_are_shown_in_their_order_with_their_alt_texts(
        self, bench: Bench, channel: Channel
    ) -> None:
        pictures = (picture('The logo <new> & "bold" · 新しい'), picture("Another", content=PNG + b"2"))
        channel.publish(replace(outgoing(), attachments=pictures))
        (post,) = bench.visible()
        assert post.pictures == tuple((one.content, one.alt) for one in pictures)

    def test_an_edit_changes_the_pictures_too(self, bench: Bench, channel: Channel) -> None:
        first, other = picture("first"), picture("other", content=PNG + b"2")
        receipt = channel.publish(replace(outgoing(), attachments=(first,)))
        for attachments in ((replace(first, alt="better"),), (other, first), ()):
            channel.edit(receipt, replace(outgoing(), attachments=attachments))
            (post,) = bench.visible()
            assert post.pictures == tuple((one.content, one.alt) for one in attachments)

    def test_a_content_warning_and_the_language_are_kept(self, bench: Bench, channel: Channel) -> None:
        written = replace(outgoing("Boo"), content_warning="Spiders", language="de")
        receipt = channel.publish(written)
        (post,) = bench.visible()
        assert (post.text, post.content_warning, post.language) == ("Boo", "Spiders", "de")
        channel.edit(receipt, replace(written, content_warning=None))
        (post,) = bench.visible()
        assert post.content_warning is None


class FaultContract:
    """What a channel makes of a network's faults."""

    @pytest.mark.parametrize("fault", Fault)
    def test_a_fault_says_what_may_have_happened(self, bench: FallibleBench, fault: Fault) -> None:
        expected, visible = PUBLISHING[fault]
        with bench.failing(fault, "publish"), pytest.raises(ChannelError) as caught:
            bench.open().publish(outgoing())
        assert type(caught.value) is expected
        assert len(bench.visible()) == visible

    @pytest.mark.parametrize("fault", Fault)
    def test_the_same_key_again_makes_it_exactly_one(self, bench: FallibleBench, fault: Fault) -> None:
        with bench.failing(fault, "publish"), pytest.raises(ChannelError):
            bench.open().publish(outgoing())
        receipt = bench.open().publish(outgoing())
        assert [post.remote_id for post in bench.visible()] == [receipt.remote_id]

    @pytest.mark.parametrize("fault", [fault for fault in Fault if PUBLISHING[fault][1]])
    def test_what_became_public_without_our_hearing_it_is_found_again(
        self, bench: FallibleBench, fault: Fault
    ) -> None:
        sent = outgoing()
        with bench.failing(fault, "publish"), pytest.raises(ChannelError):
            bench.open().publish(sent)
        (found,) = bench.open().recent(a_moment_ago())
        assert (found.text, LINK in found.links) == (sent.part.text, True)

    @pytest.mark.parametrize("fault", Fault)
    @pytest.mark.parametrize("method", ["recent", "edit", "delete", "limits", "account"])
    def test_what_can_be_repeated_is_never_in_doubt(
        self, bench: FallibleBench, method: str, fault: Fault
    ) -> None:
        receipt = bench.open().publish(outgoing())
        attempts: dict[str, Callable[[Channel], object]] = {
            "recent": lambda channel: channel.recent(a_moment_ago()),
            "edit": lambda channel: channel.edit(receipt, outgoing("edited")),
            "delete": lambda channel: channel.delete(receipt),
            "limits": lambda channel: channel.limits(),
            "account": lambda channel: channel.account(),
        }
        with bench.failing(fault, method), pytest.raises(ChannelError) as caught:
            attempts[method](bench.open())
        assert type(caught.value) is HARMLESS[fault]
        attempts[method](bench.open())

    def test_a_rate_limit_says_when_to_come_back(self, bench: FallibleBench) -> None:
        with bench.failing(Fault.RATE_LIMITED, "publish"), pytest.raises(RateLimited) as caught:
            bench.open().publish(outgoing())
        now = datetime.now(UTC)
        assert now < caught.value.retry_at <= now + timedelta(days=1)
