"""Matrix on a real server: what was sent is read back from there, by another member of the room."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from bot.channels.matrix import SPEC
from bot.errors import CredentialsError, RejectedError
from bot.model import Facet, FacetKind
from tests.channels.fault_contract import said
from tests.channels.matrix import MatrixContract, a_channel
from tests.channels.messages import LINK, PNG, a_moment_ago, outgoing, part, picture
from tests.channels.runs import TEXT, publish_news
from tests.fakes.matrix_events import ALT_TEXT, shown
from tests.fakes.matrix_events import TEXT as ALT_BODY
from tests.pictures import ALIKE, differences, encoded, opened, photo, with_place
from tests.servers.synapse import SERVER_NAME

if TYPE_CHECKING:
    from pathlib import Path

    from bot.channels.matrix import MatrixChannel
    from tests.fakes.network import Visible
    from tests.servers.synapse import Account, Synapse


class SynapseBench:
    """A room of its own, which the bot was invited to."""

    secrets: ClassVar[tuple[str, ...]] = ()

    def __init__(self, synapse: Synapse, owner: Account, bot: Account) -> None:
        self.synapse, self.owner, self.bot = synapse, owner, bot
        self.room = synapse.room(owner, invite=bot)

    def open(self, **changes: Any) -> MatrixChannel:
        return a_channel(self.synapse.url, **({"token": self.bot.token, "room": self.room} | changes))

    def events(self) -> list[dict[str, Any]]:
        return self.synapse.events(self.room, self.owner)

    def visible(self) -> list[Visible]:
        return shown(self.events(), lambda uri: self.synapse.download(uri, self.owner))


@pytest.fixture(scope="module")
def owner(synapse: Synapse) -> Account:
    return synapse.account("owner")


@pytest.fixture(scope="module")
def bot(synapse: Synapse) -> Account:
    return synapse.account("bot")


@pytest.fixture
def bench(synapse: Synapse, owner: Account, bot: Account) -> SynapseBench:
    return SynapseBench(synapse, owner, bot)


class TestContract(MatrixContract):
    pass


class TestWhatTheServerHas:
    def test_every_member_gets_text_and_html_and_the_picture_with_its_alt_text(
        self, bench: SynapseBench
    ) -> None:
        words = Facet(start=5, end=9, kind=FacetKind.LINK, url=LINK)
        said = replace(part("Read this & <that>"), facets=(words,))
        bench.open().publish(replace(outgoing(), part=said, attachments=(picture(),)))
        (event,) = bench.events()
        content = event["content"]
        assert event["sender"] == bench.bot.user_id
        assert content["msgtype"] == "m.image"
        assert content["body"] == f"Read this [1] & <that>\n\n[1] {LINK}"
        href = LINK.replace("&", "&amp;")
        assert content["formatted_body"] == f'<p>Read <a href="{href}">this</a> &amp; &lt;that&gt;</p>'
        assert content[ALT_TEXT] == {ALT_BODY: [{"body": "The new logo"}]}
        assert bench.synapse.download(content["url"], bench.owner) == PNG
        assert content["m.mentions"] == {}

    def test_a_retry_makes_one_event_and_another_device_finds_it_by_its_key(
        self, bench: SynapseBench, synapse: Synapse
    ) -> None:
        first = bench.open().publish(outgoing())
        again = bench.open().publish(outgoing("The text may have changed meanwhile"))
        assert again == first
        assert len(bench.events()) == 1
        elsewhere = bench.open(token=synapse.log_in(bench.bot.user_id).token)
        assert [(post.receipt, post.key) for post in elsewhere.recent(a_moment_ago())] == [(first, "key-1")]

    def test_an_edit_is_found_as_it_stands_and_what_was_deleted_is_not(self, bench: SynapseBench) -> None:
        kept = bench.open().publish(outgoing("a tpyo", key="key-1"))
        gone = bench.open().publish(outgoing("gone", key="key-2"))
        bench.open().edit(kept, outgoing("a typo", key="key-1"))
        bench.open().edit(gone, outgoing("going", key="key-2"))
        bench.open().delete(gone)
        found = bench.open().recent(a_moment_ago())
        assert [(post.receipt, post.text, post.key) for post in found] == [(kept, "a typo", "key-1")]
        assert [post.text for post in bench.visible()] == ["a typo"]

    def test_the_longest_posts_and_their_edits_are_taken(self, bench: SynapseBench) -> None:
        limit = SPEC.defaults.text or 0
        many = [Facet(start=at, end=at + 1, kind=FacetKind.LINK, url=f"{LINK}{at:0>850}") for at in range(16)]
        for number, text in enumerate(
            (
                part("x" * (limit - 7)),
                part("日" * ((limit - 7) // 3)),
                part('"' * ((limit - 7) // 6)),
                replace(part("x" * 16), facets=tuple(many)),
            )
        ):
            longest = replace(outgoing(key=f"key-{number}"), part=text)
            receipt = bench.open().publish(longest)
            bench.open().edit(receipt, longest)
        assert len(bench.visible()) == 4

    def test_a_file_that_is_too_large_is_named(self, bench: SynapseBench) -> None:
        limit = bench.open().limits().media_bytes
        assert limit == 2**20
        large = picture(content=PNG + b"0" * limit)
        with pytest.raises(RejectedError, match=r"the file Neues_Logo_新\.png"):
            bench.open().publish(replace(outgoing(), attachments=(large,)))
        assert bench.events() == []


class TestRooms:
    def test_the_account_that_may_post_is_told_so(self, bench: SynapseBench) -> None:
        assert "is not in the room yet" in bench.open().account().warnings[0]
        bench.open().publish(outgoing())
        account = bench.open().account()
        assert (account.name, account.warnings) == (bench.bot.user_id, ())

    def test_it_is_found_by_its_address(self, bench: SynapseBench, synapse: Synapse) -> None:
        name = f"news{bench.room[1:6]}"
        room = synapse.room(bench.owner, room_alias_name=name, preset="public_chat")
        receipt = bench.open(room=f"#{name}:{SERVER_NAME}").publish(outgoing())
        assert [event["event_id"] for event in synapse.events(room, bench.owner)] == [receipt.remote_id]
        with pytest.raises(CredentialsError, match="right room"):
            bench.open(room=f"#elsewhere:{SERVER_NAME}").publish(outgoing())

    def test_an_encrypted_one_is_refused(self, bench: SynapseBench, synapse: Synapse) -> None:
        encryption = {"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
        room = synapse.room(bench.owner, invite=bench.bot, initial_state=[encryption])
        with pytest.raises(CredentialsError, match="is encrypted"):
            bench.open(room=room).publish(outgoing())
        assert synapse.events(room, bench.owner) == []

    def test_one_without_an_invitation_is_refused(self, bench: SynapseBench, synapse: Synapse) -> None:
        with pytest.raises(CredentialsError, match="invite the account"):
            bench.open(room=synapse.room(bench.owner)).publish(outgoing())

    def test_where_only_some_may_post_the_channel_rests(self, bench: SynapseBench, synapse: Synapse) -> None:
        levels = {"events_default": 50}
        room = synapse.room(bench.owner, invite=bench.bot, power_level_content_override=levels)
        with pytest.raises(CredentialsError, match="power to post"):
            bench.open(room=room).publish(outgoing())
        account = bench.open(room=room).account()
        assert (len(account.obstacles), len(account.warnings)) == (1, 1)
        assert synapse.events(room, bench.owner) == []

    @pytest.mark.parametrize("version", ["11", "12"])
    def test_who_made_the_room_may_post_there(
        self, bench: SynapseBench, synapse: Synapse, version: str
    ) -> None:
        levels = {"events_default": 100}
        room = synapse.room(bench.bot, room_version=version, power_level_content_override=levels)
        bench.open(room=room).publish(outgoing())
        assert bench.open(room=room).account().obstacles == ()

    def test_a_token_that_was_taken_back_rests_the_channel(
        self, bench: SynapseBench, synapse: Synapse
    ) -> None:
        session = synapse.log_in(bench.bot.user_id)
        synapse.api("POST", "/_matrix/client/v3/logout", by=session, json={})
        with pytest.raises(CredentialsError) as caught:
            bench.open(token=session.token).publish(outgoing())
        assert session.token not in "\n".join(said(caught.value))


def configured(bench: SynapseBench) -> str:
    return f"""
        [[channels]]
        name = "matrix"
        network = "matrix"
        server = "{bench.synapse.url}"
        token_env = "MATRIX_TOKEN"
        room = "{bench.room}"
        """


def test_news_go_from_a_configuration_to_the_room(
    bench: SynapseBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATRIX_TOKEN", bench.bot.token)
    publish_news(tmp_path, configured(bench))
    (post,) = bench.visible()
    assert (post.text, post.pictures) == (TEXT, ((PNG, "The new logo"),))


def test_a_photograph_that_fits_is_read_back_to_the_byte(
    bench: SynapseBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATRIX_TOKEN", bench.bot.token)
    original = encoded(photo(), "JPEG")
    publish_news(tmp_path, configured(bench), picture=original, name="Photo.jpg")
    (post,) = bench.visible()
    assert post.pictures == ((original, "The new logo"),)


def test_a_photograph_is_as_small_as_the_server_wants_it_and_does_not_say_where_it_was_taken(
    bench: SynapseBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATRIX_TOKEN", bench.bot.token)
    original = encoded(photo(2000, 1500, noise=120), "JPEG", quality=97, exif=with_place())
    assert len(original) > 2**20
    publish_news(tmp_path, configured(bench), picture=original, name="Photo.jpg")
    (post,) = bench.visible()
    ((kept, _),) = post.pictures
    assert len(kept) <= 2**20
    assert not opened(kept).getexif()
    assert differences(kept, original) <= 3 * ALIKE
