"""What every channel promises, shown of each in the same way.

A channel's tests inherit ``ChannelContract`` (and ``FaultContract`` of tests/channels/fault_contract.py where
a network lies between), say what the network can, and give a ``bench``. Nothing is skipped: what a network
cannot do, its channel must refuse, or say in another way.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from bot.errors import AmbiguousError, PermanentError, RejectedError
from bot.model import Capabilities, Receipt
from tests.channels.messages import LINK, PNG, SCRIPTS, a_moment_ago, outgoing, picture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.channels.base import Channel
    from bot.model import Attachment, Outgoing
    from tests.channels.bench import Bench
    from tests.fakes.network import Visible

KEPT = frozenset({"alt text", "content warning", "edited pictures", "language", "paragraphs"})


@dataclass(kw_only=True)
class Sender:
    """Publishes as the engine does: a chosen id is written down first, and is the same at each try."""

    chosen: dict[str, str] = field(default_factory=dict)

    def publish(self, channel: Channel, message: Outgoing) -> Receipt:
        if channel.capabilities.chooses_id:
            choose: Callable[[Outgoing, datetime], str] = getattr(channel, "choose_id")  # noqa: B009 - not in the Protocol
            if message.key not in self.chosen:
                self.chosen[message.key] = choose(message, datetime.now(UTC))
            message = replace(message, remote_id=self.chosen[message.key])
        return channel.publish(message)


class Contract:
    """What the network of a contract is like, and how its tests speak to it.

    ``rich`` is the SPEC's. ``keeps`` is what of a post the network can show at all: what is not in it must be
    told in another way, or is known to be lost. ``refuses_duplicates`` says that the network takes the same
    text only once; ``names_duplicates`` that it does and says which post has it, so that the channel knows
    its own again and refuses what is another's. ``unknown_id`` is an id as the network makes them, of a post
    that never was.
    """

    capabilities: ClassVar[Capabilities]
    rich: ClassVar[bool] = False
    keeps: ClassVar[frozenset[str]] = KEPT
    refuses_duplicates: ClassVar[bool] = False
    names_duplicates: ClassVar[bool] = False
    unknown_id: ClassVar[str] = "404"

    @pytest.fixture
    def sender(self) -> Sender:
        return Sender()

    def outgoing(self, *arguments: Any, **changes: Any) -> Outgoing:
        return outgoing(*arguments, rich=self.rich, **changes)

    def picture(self, alt: str = "The new logo", *, content: bytes = PNG) -> Attachment:
        """Return a picture that the network takes."""
        return picture(alt, content=content)

    def text_of(self, length: int) -> str:
        """Return a text that has this length as the network counts it."""
        return "x" * length

    def as_shown(self, text: str) -> str:
        """Return what the network can show of a text: its lines in one, where it has no paragraphs."""
        return text if "paragraphs" in self.keeps else " ".join(text.split())


class ChannelContract(Contract):
    """Inherit it, name the ``capabilities`` and give ``bench`` as a fixture."""

    @pytest.fixture
    def channel(self, bench: Bench) -> Channel:
        return bench.open()

    @pytest.fixture
    def publish(self, sender: Sender, channel: Channel) -> Callable[[Outgoing], Receipt]:
        return lambda message: sender.publish(channel, message)

    def found(self, channel: Channel) -> Sequence[Any] | None:
        """Return what is read back, or ``None`` where it is refused, as it must be where nobody can read."""
        if self.capabilities.read_back:
            return channel.recent(a_moment_ago())
        with pytest.raises(PermanentError):
            channel.recent(a_moment_ago())
        return None

    def test_it_can_do_what_its_network_can(self, channel: Channel) -> None:
        assert channel.capabilities == self.capabilities
        assert hasattr(channel, "choose_id") == self.capabilities.chooses_id
        assert hasattr(channel, "publish_digest") == self.capabilities.digest
        assert hasattr(channel, "renew") == self.capabilities.renews
        assert hasattr(channel, "check") == self.capabilities.checks
        assert hasattr(channel, "share") == self.capabilities.shares

    @pytest.mark.parametrize("ability", ["read_back", "edit", "delete", "threads", "media"])
    def test_it_does_what_it_can_and_refuses_what_it_cannot(
        self, channel: Channel, publish: Callable[[Outgoing], Receipt], bench: Bench, ability: str
    ) -> None:
        first = publish(self.outgoing())
        before = bench.visible()
        second = self.outgoing("second", key="key-2")
        attempts: dict[str, Callable[[], object]] = {
            "read_back": lambda: channel.recent(a_moment_ago()),
            "edit": lambda: channel.edit(first, self.outgoing("edited")),
            "delete": lambda: channel.delete(first),
            "threads": lambda: publish(replace(second, reply_to=first.remote_id)),
            "media": lambda: publish(replace(second, attachments=(self.picture(),))),
        }
        if getattr(self.capabilities, ability):
            attempts[ability]()
            assert (bench.visible() == before) == (ability == "read_back")
        else:
            with pytest.raises(PermanentError):
                attempts[ability]()
            assert bench.visible() == before

    def test_it_says_who_it_is(self, channel: Channel) -> None:
        assert channel.account().name

    def test_what_is_published_is_visible_once_under_its_receipt(
        self, bench: Bench, publish: Callable[[Outgoing], Receipt]
    ) -> None:
        receipt = publish(self.outgoing("Hello", link=None))
        (post,) = bench.visible()
        assert (post.text, post.remote_id) == ("Hello", receipt.remote_id)

    def test_an_id_that_was_chosen_is_the_post_s(
        self, sender: Sender, publish: Callable[[Outgoing], Receipt]
    ) -> None:
        receipt = publish(self.outgoing())
        assert list(sender.chosen.values()) == ([receipt.remote_id] if self.capabilities.chooses_id else [])

    def test_two_keys_make_two_posts_even_of_one_text(
        self, bench: Bench, publish: Callable[[Outgoing], Receipt]
    ) -> None:
        ids = [publish(self.outgoing("Hello", key="key-1")).remote_id]
        if self.refuses_duplicates or self.names_duplicates:
            with pytest.raises(RejectedError if self.names_duplicates else AmbiguousError):
                publish(self.outgoing("Hello", key="key-2"))
        else:
            ids.append(publish(self.outgoing("Hello", key="key-2")).remote_id)
        assert [post.remote_id for post in bench.visible()] == ids
        assert len(set(ids)) == len(ids)

    def test_one_key_makes_one_post_also_in_a_later_process_where_keys_count(
        self, bench: Bench, sender: Sender
    ) -> None:
        """Where they do not, there are two: that is why the engine must not repeat."""
        first = sender.publish(bench.open(), self.outgoing())
        if self.capabilities.idempotent is not None or self.names_duplicates:
            assert sender.publish(bench.open(), self.outgoing()) == first
            assert len(bench.visible()) == 1
        elif self.refuses_duplicates:
            with pytest.raises(AmbiguousError):
                sender.publish(bench.open(), self.outgoing())
            assert len(bench.visible()) == 1
        else:
            assert sender.publish(bench.open(), self.outgoing()) != first
            assert len(bench.visible()) == 2

    def test_several_items_make_one_post_where_it_has_digests(self, bench: Bench, channel: Channel) -> None:
        messages = [self.outgoing("One", key="key-1"), self.outgoing("Two", key="key-2")]
        digest: Callable[[Sequence[Outgoing]], Receipt] | None = getattr(channel, "publish_digest", None)
        if digest is None:
            assert not self.capabilities.digest
            return
        receipt = digest(messages)
        (post,) = bench.visible()
        assert post.remote_id == receipt.remote_id
        assert 0 <= post.text.find("One") < post.text.find("Two")

    @pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS.keys())
    def test_text_of_any_script_is_shown_as_it_was(
        self, bench: Bench, channel: Channel, publish: Callable[[Outgoing], Receipt], text: str
    ) -> None:
        publish(self.outgoing(text, link=None))
        assert [post.text for post in bench.visible()] == [text]
        found = self.found(channel)
        assert found is None or [post.text for post in found] == [text]

    def test_lines_and_paragraphs_are_shown(
        self, bench: Bench, channel: Channel, publish: Callable[[Outgoing], Receipt]
    ) -> None:
        text = "One\nTwo\n\nThree"
        publish(self.outgoing(text, link=None))
        assert [post.text for post in bench.visible()] == [self.as_shown(text)]
        found = self.found(channel)
        assert found is None or [post.text for post in found] == [self.as_shown(text)]

    def test_a_text_at_the_limit_is_taken(
        self, bench: Bench, channel: Channel, publish: Callable[[Outgoing], Receipt]
    ) -> None:
        text = self.text_of(channel.limits().text or 20_000)
        publish(self.outgoing(text, link=None))
        assert [post.text for post in bench.visible()] == [text]

    def test_a_text_beyond_the_limit_is_refused_and_not_published(
        self, bench: Bench, channel: Channel, publish: Callable[[Outgoing], Receipt]
    ) -> None:
        limit = channel.limits().text
        if limit is None:
            publish(self.outgoing(self.text_of(200_000)))
            assert len(bench.visible()) == 1
            return
        with pytest.raises(RejectedError):
            publish(self.outgoing(self.text_of(limit + 1), link=None))
        assert bench.visible() == []

    def test_the_post_just_made_is_found_with_its_text_link_and_time(
        self, channel: Channel, publish: Callable[[Outgoing], Receipt]
    ) -> None:
        before = datetime.now(UTC) - timedelta(seconds=1)
        sent = self.outgoing()
        receipt = publish(sent)
        for post in self.found(channel) or ():
            assert post.receipt == receipt
            assert post.text == sent.part.text
            assert LINK in post.links
            assert before <= post.created_at <= datetime.now(UTC) + timedelta(seconds=1)
            assert post.key in {None, sent.key}
        assert len(self.found(channel) or "") == int(self.capabilities.read_back)

    def test_recent_posts_are_newest_first_and_none_is_older_than_asked(
        self, channel: Channel, publish: Callable[[Outgoing], Receipt]
    ) -> None:
        publish(self.outgoing("One", key="key-1"))
        publish(self.outgoing("Two", key="key-2"))
        found = self.found(channel)
        if found is not None:
            assert [post.text for post in found] == ["Two", "One"]
            assert list(channel.recent(datetime.now(UTC) + timedelta(hours=1))) == []

    def test_an_edit_changes_the_post_and_makes_no_other(
        self, bench: Bench, channel: Channel, publish: Callable[[Outgoing], Receipt]
    ) -> None:
        receipt = publish(self.outgoing("A tpyo"))
        for _ in range(2):
            if not self.capabilities.edit:
                with pytest.raises(PermanentError):
                    channel.edit(receipt, self.outgoing("A typo"))
            else:
                assert channel.edit(receipt, self.outgoing("A typo")).remote_id == receipt.remote_id
            shown = "A typo" if self.capabilities.edit else "A tpyo"
            assert [(post.remote_id, post.text) for post in bench.visible()] == [(receipt.remote_id, shown)]

    def test_an_edit_of_what_is_gone_is_refused(self, bench: Bench, channel: Channel) -> None:
        with pytest.raises(PermanentError):
            channel.edit(Receipt(remote_id=self.unknown_id), self.outgoing("edited"))
        assert bench.visible() == []

    def test_a_deleted_post_is_gone_and_deleting_it_again_is_no_error(
        self, bench: Bench, channel: Channel, publish: Callable[[Outgoing], Receipt]
    ) -> None:
        kept = publish(self.outgoing("kept", key="key-1"))
        gone = publish(self.outgoing("gone", key="key-2"))
        left = [kept] if self.capabilities.delete else [kept, gone]
        for _ in range(2):
            self.delete(channel, gone)
        if self.capabilities.edit and self.capabilities.delete:
            with pytest.raises(PermanentError):
                channel.edit(gone, self.outgoing("edited"))
        assert [post.remote_id for post in bench.visible()] == [receipt.remote_id for receipt in left]
        found = self.found(channel)
        assert found is None or [post.receipt for post in found] == left[::-1]

    def test_what_was_never_there_is_deleted_without_an_error(self, bench: Bench, channel: Channel) -> None:
        self.delete(channel, Receipt(remote_id=self.unknown_id))
        assert bench.visible() == []

    def delete(self, channel: Channel, receipt: Receipt) -> None:
        """Delete, or see that it is refused where nothing can be deleted."""
        if self.capabilities.delete:
            channel.delete(receipt)
            return
        with pytest.raises(PermanentError):
            channel.delete(receipt)

    def test_the_parts_of_a_thread_hang_together(
        self, bench: Bench, publish: Callable[[Outgoing], Receipt]
    ) -> None:
        first = publish(self.outgoing("one", key="key-1"))
        second = replace(self.outgoing("two", key="key-2"), reply_to=first.remote_id)
        replies: list[str | None] = [None]
        if self.capabilities.threads:
            publish(second)
            replies.append(first.remote_id)
        else:
            with pytest.raises(PermanentError):
                publish(second)
        assert [post.reply_to for post in bench.visible()] == replies

    def shows(self, post: Visible, attachments: Sequence[Attachment]) -> bool:
        """Tell whether a post shows just these pictures, with their alt texts where the network has any."""
        alt_text = "alt text" in self.keeps
        return post.pictures == tuple((one.content, one.alt if alt_text else "") for one in attachments)

    def test_pictures_are_shown_in_their_order_with_their_alt_texts(
        self, bench: Bench, publish: Callable[[Outgoing], Receipt]
    ) -> None:
        pictures = (
            self.picture('The logo <new> & "bold" · 新しい'),
            self.picture("Another", content=PNG + b"2"),
        )
        message = replace(self.outgoing(), attachments=pictures)
        if not self.capabilities.media:
            with pytest.raises(PermanentError):
                publish(message)
            assert bench.visible() == []
            return
        publish(message)
        (post,) = bench.visible()
        assert self.shows(post, pictures)

    def test_an_edit_changes_the_pictures_too(
        self, bench: Bench, channel: Channel, publish: Callable[[Outgoing], Receipt]
    ) -> None:
        first, other = self.picture("first"), self.picture("other", content=PNG + b"2")
        shown: tuple[Attachment, ...] = (first,) if self.capabilities.media else ()
        receipt = publish(replace(self.outgoing(), attachments=shown))
        for attachments in ((replace(first, alt="better"),), (other, first), ()):
            message = replace(self.outgoing(), attachments=attachments)
            if self.capabilities.edit and self.capabilities.media and "edited pictures" in self.keeps:
                channel.edit(receipt, message)
                shown = attachments
            elif attachments or not self.capabilities.edit:
                with pytest.raises(PermanentError):
                    channel.edit(receipt, message)
            (post,) = bench.visible()
            assert self.shows(post, shown)

    def test_a_content_warning_and_the_language_are_kept(
        self, bench: Bench, channel: Channel, publish: Callable[[Outgoing], Receipt]
    ) -> None:
        written = replace(self.outgoing("Boo", link=None), content_warning="Spiders", language="de")
        receipt = publish(written)
        (post,) = bench.visible()
        assert post.language == ("de" if "language" in self.keeps else None)
        if "content warning" in self.keeps:
            assert (post.text, post.content_warning) == ("Boo", "Spiders")
        else:
            assert post.text.startswith("Spiders")
            assert post.text.endswith("Boo")
        if self.capabilities.edit:
            channel.edit(receipt, replace(written, content_warning=None))
            (post,) = bench.visible()
            assert (post.text, post.content_warning) == ("Boo", None)
