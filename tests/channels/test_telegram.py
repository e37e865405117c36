from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from bot.channels.http import Http
from bot.channels.telegram import SPEC, TelegramChannel
from bot.compose.length import measure
from bot.compose.marked import Marked
from bot.errors import (
    AmbiguousError,
    ChannelError,
    CredentialsError,
    PermanentError,
    RateLimited,
    RejectedError,
)
from bot.model import Capabilities, Receipt, Secret
from tests.channels.bench import FakeBench
from tests.channels.benches import CONTACT
from tests.channels.contract import KEPT, ChannelContract
from tests.channels.fault_contract import FaultContract, said
from tests.channels.messages import LINK, PNG, outgoing, picture
from tests.channels.runs import TEXT, URL, publish_news
from tests.fakes.faults import Fault
from tests.fakes.scripted import Scripted, ScriptedServer
from tests.fakes.telegram import TelegramServer
from tests.fakes.telegram_api import CHANNEL, TOKEN
from tests.fakes.telegram_html import utf16

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.channels.base import Channel


def a_channel(server: str, **changes: Any) -> TelegramChannel:
    arguments: dict[str, Any] = {
        "name": "channel",
        "server": server,
        "token": Secret(TOKEN),
        "chat": CHANNEL,
        "silent": False,
        "http": Http(CONTACT),
    }
    return TelegramChannel(**(arguments | changes))


class TelegramBench(FakeBench):
    secrets = (TOKEN, TOKEN.partition(":")[2])
    requests: ClassVar = {
        "publish": f"POST /bot{TOKEN}/sendMessage",
        "edit": f"POST /bot{TOKEN}/editMessageText",
        "delete": f"POST /bot{TOKEN}/deleteMessage",
        "account": f"POST /bot{TOKEN}/getMe",
    }

    def open(self, **changes: Any) -> TelegramChannel:
        return a_channel(self.network.url, **({"http": Http(CONTACT, timeout=self.timeout)} | changes))


@pytest.fixture
def telegram() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        yield server
    assert server.complaints == []


@pytest.fixture
def bench(telegram: TelegramServer) -> TelegramBench:
    return TelegramBench(telegram)


class TestContract(ChannelContract, FaultContract):
    capabilities: ClassVar = Capabilities(edit=True, delete=True, threads=True, media=True)
    rich: ClassVar = True
    keeps: ClassVar = KEPT - {"alt text", "content warning", "edited pictures", "language"}
    asking: ClassVar = frozenset({"edit", "delete", "account"})

    def test_an_edit_changes_the_pictures_too(
        self, bench: Any, channel: Channel, publish: Callable[..., Receipt]
    ) -> None:
        """It does where their number stays the same; another is refused, and nothing changes."""
        first, other = picture("first"), picture("other", content=PNG + b"2")
        receipt = publish(replace(self.outgoing(), attachments=(first,)))
        channel.edit(receipt, replace(self.outgoing(), attachments=(other,)))
        for wrong in ((other, first), ()):
            with pytest.raises(RejectedError, match="cannot change afterwards"):
                channel.edit(receipt, replace(self.outgoing("edited"), attachments=wrong))
        (post,) = bench.visible()
        assert self.shows(post, (other,))
        assert post.text == self.outgoing().part.text


class TestPublishing:
    def test_the_main_link_is_previewed_and_no_other(
        self, bench: TelegramBench, telegram: TelegramServer
    ) -> None:
        bench.open().publish(outgoing(rich=True))
        bench.open().publish(outgoing("See https://other.example/", rich=True))
        bench.open().publish(replace(outgoing(rich=True), content_warning="Spoilers"))
        assert [message.preview for message in telegram.api.messages] == [LINK, None, None]

    def test_behind_a_content_warning_text_and_pictures_are_hidden(
        self, bench: TelegramBench, telegram: TelegramServer
    ) -> None:
        warned = replace(outgoing("a < b"), content_warning="<Spiders>")
        bench.open().publish(warned)
        bench.open().publish(replace(warned, attachments=(picture(),)))
        bench.open().publish(replace(warned, attachments=(picture(), picture())))
        hidden = "&lt;Spiders&gt;\n\n<tg-spoiler>a &lt; b</tg-spoiler>"
        assert [message.html for message in telegram.api.messages] == [hidden, hidden, hidden, ""]
        assert [message.spoiler for message in telegram.api.messages] == [False, True, True, True]

    @pytest.mark.parametrize("silent", [True, False])
    @pytest.mark.parametrize("pictures", [0, 1, 3])
    def test_subscribers_are_told_aloud_or_not(
        self, bench: TelegramBench, telegram: TelegramServer, *, silent: bool, pictures: int
    ) -> None:
        message = replace(outgoing(), attachments=(picture(),) * pictures)
        bench.open(silent=silent).publish(message)
        assert {message.silent for message in telegram.api.messages} == {silent}

    @pytest.mark.parametrize("pictures", [1, 2, 10])
    def test_the_text_with_pictures_is_a_caption_of_the_first(
        self, bench: TelegramBench, telegram: TelegramServer, pictures: int
    ) -> None:
        bench.open().publish(replace(outgoing("x" * 1024), attachments=(picture(),) * pictures))
        texts = [message.text for message in telegram.api.messages]
        assert texts == ["x" * 1024] + [""] * (pictures - 1)
        with pytest.raises(RejectedError, match="caption is too long"):
            bench.open().publish(replace(outgoing("x" * 1025), attachments=(picture(),) * pictures))
        assert len(telegram.api.messages) == pictures

    def test_more_pictures_than_an_album_holds_are_refused(
        self, bench: TelegramBench, telegram: TelegramServer
    ) -> None:
        with pytest.raises(RejectedError, match="11 pictures"):
            bench.open().publish(replace(outgoing(), attachments=(picture(),) * 11))
        assert telegram.requests == []

    @pytest.mark.parametrize(("method", "pictures"), [("sendPhoto", 1), ("sendMediaGroup", 2)])
    def test_a_lost_answer_leaves_a_doubt_with_pictures_too(
        self, bench: TelegramBench, telegram: TelegramServer, method: str, pictures: int
    ) -> None:
        telegram.fail(Fault.ACCEPTED_LOST, on=f"POST /bot{TOKEN}/{method}")
        with pytest.raises(AmbiguousError):
            bench.open().publish(replace(outgoing(), attachments=(picture(),) * pictures))
        assert len(telegram.api.messages) == pictures

    @pytest.mark.parametrize("pictures", [0, 1])
    def test_what_was_composed_to_the_limit_fits_with_its_content_warning(
        self, bench: TelegramBench, telegram: TelegramServer, pictures: int
    ) -> None:
        warning, text = "Spiders", "👍" * 500
        while measure(
            Marked(text=text + "x"), SPEC.defaults, warning=warning, with_media=bool(pictures)
        ).fits:
            text += "x"
        warned = replace(outgoing(text), content_warning=warning, attachments=(picture(),) * pictures)
        bench.open().publish(warned)
        assert utf16(telegram.api.messages[0].text) == (1024 if pictures else 4096)

    def test_length_is_counted_in_utf_16_without_the_markup(self, bench: TelegramBench) -> None:
        bench.open().publish(outgoing("👍" * 2000 + " " + LINK, rich=True))
        with pytest.raises(RejectedError, match="too long"):
            bench.open().publish(outgoing("👍" * 2048 + "x"))


class TestReceipts:
    def test_one_leads_to_the_post_in_a_public_channel(self, bench: TelegramBench) -> None:
        assert bench.open().publish(outgoing()).url == "https://t.me/wikinews/1"

    def test_one_leads_members_to_the_post_in_a_private_channel(
        self, bench: TelegramBench, telegram: TelegramServer
    ) -> None:
        del telegram.api.chat["username"]
        assert bench.open(chat="-1001234567890").publish(outgoing()).url == "https://t.me/c/1234567890/1"

    def test_a_small_group_has_no_addresses(self, bench: TelegramBench, telegram: TelegramServer) -> None:
        telegram.api.chat = {"id": -12345, "type": "group", "title": "Wiki"}
        assert bench.open(chat="-12345").publish(outgoing()).url is None

    def test_that_of_an_album_names_every_message_so_that_all_can_be_deleted(
        self, bench: TelegramBench, telegram: TelegramServer
    ) -> None:
        receipt = bench.open().publish(replace(outgoing(), attachments=(picture(),) * 3))
        reply = bench.open().publish(replace(outgoing("more", key="key-2"), reply_to=receipt.remote_id))
        assert receipt.remote_id == "1,2,3"
        assert [post.reply_to for post in bench.visible()] == [None, "1,2,3"]
        bench.open().delete(receipt)
        assert [str(message.id) for message in telegram.api.messages] == [reply.remote_id]

    def test_an_album_that_is_partly_gone_is_deleted_for_the_rest(
        self, bench: TelegramBench, telegram: TelegramServer
    ) -> None:
        receipt = bench.open().publish(replace(outgoing(), attachments=(picture(),) * 3))
        del telegram.api.messages[1]
        bench.open().delete(receipt)
        assert telegram.api.messages == []

    @pytest.mark.parametrize("remote_id", ["", "wikinews", "1,", "1,x", "-1", "\N{ARABIC-INDIC DIGIT ONE}"])
    def test_one_that_is_no_message_s_is_refused(self, bench: TelegramBench, remote_id: str) -> None:
        for act in (
            lambda: bench.open().delete(Receipt(remote_id=remote_id)),
            lambda: bench.open().edit(Receipt(remote_id=remote_id), outgoing()),
            lambda: bench.open().publish(replace(outgoing(), reply_to=remote_id)),
        ):
            with pytest.raises(PermanentError, match="not the id"):
                act()

    @pytest.mark.parametrize(
        "result", ["{}", "[]", "null", '{"message_id": "1"}', '{"message_id": 1, "chat": []}x', "true"]
    )
    def test_a_success_without_a_message_leaves_a_doubt(self, result: str) -> None:
        self.leaves_a_doubt(f'{{"ok": true, "result": {result}}}')

    def test_so_does_one_that_says_that_it_is_none(self) -> None:
        self.leaves_a_doubt('{"ok": false, "result": {"message_id": 1}}')

    def leaves_a_doubt(self, body: str) -> None:
        with ScriptedServer(Scripted(body=body)) as server:
            channel = a_channel(server.url)
            with pytest.raises(ChannelError, match="may be public all the same"):
                channel.publish(outgoing())


class TestEditing:
    def test_a_picture_can_be_added_to_a_text(self, bench: TelegramBench) -> None:
        receipt = bench.open().publish(outgoing("Hello"))
        bench.open().edit(receipt, replace(outgoing("Look"), attachments=(picture(),)))
        (post,) = bench.visible()
        assert (post.text, post.pictures) == ("Look", ((PNG, ""),))

    def test_every_picture_of_an_album_is_replaced(self, bench: TelegramBench) -> None:
        old, new = picture(), picture(content=PNG + b"2")
        receipt = bench.open().publish(replace(outgoing(), attachments=(old, old)))
        for _ in range(2):
            bench.open().edit(receipt, replace(outgoing("edited"), attachments=(new, old)))
            (post,) = bench.visible()
            assert (post.text, post.pictures) == ("edited", ((PNG + b"2", ""), (PNG, "")))


class TestAccount:
    def test_it_is_the_channel_and_who_posts_there(self, bench: TelegramBench) -> None:
        account = bench.open().account()
        assert (account.name, account.url) == ("@wikinews", "https://t.me/wikinews")
        assert account.notes == (
            "posted by the bot @WikiNewsBot",
            "the bot may post there, and change and delete its posts",
        )
        assert (account.warnings, account.obstacles) == ((), ())

    @pytest.mark.parametrize(
        ("kind", "member", "words"),
        [
            ("channel", {"status": "left"}, "no administrator"),
            ("channel", {"status": "member"}, "no administrator"),
            ("channel", {"status": "administrator", "can_post_messages": False}, "may not post"),
            ("supergroup", {"status": "kicked"}, "not in the group"),
            (
                "supergroup",
                {"status": "restricted", "can_send_messages": False, "can_send_photos": True},
                "may not write in",
            ),
            ("supergroup", {"status": "restricted", "can_send_photos": False}, "may not send photos"),
        ],
    )
    def test_what_the_bot_may_not_do_is_said(
        self, bench: TelegramBench, telegram: TelegramServer, kind: str, member: dict[str, Any], words: str
    ) -> None:
        telegram.api.chat["type"] = kind
        telegram.api.member = member
        account = bench.open().account()
        (obstacle,) = account.obstacles
        assert words in obstacle
        assert "may post there" not in " ".join(account.notes)

    def test_a_member_of_a_group_may_post(self, bench: TelegramBench, telegram: TelegramServer) -> None:
        telegram.api.chat["type"] = "supergroup"
        telegram.api.member = {"status": "member"}
        assert bench.open().account().obstacles == ()
        bench.open().publish(outgoing())

    @pytest.mark.parametrize(
        "member", [{"status": "kicked"}, {"status": "left"}, {"status": "administrator"}]
    )
    def test_where_the_bot_may_not_post_the_channel_rests_and_no_item_fails(
        self, bench: TelegramBench, telegram: TelegramServer, member: dict[str, Any]
    ) -> None:
        telegram.api.member = member
        with pytest.raises(CredentialsError, match="administrator there"):
            bench.open().publish(outgoing())
        assert telegram.api.messages == []

    @pytest.mark.parametrize("method", ["account", "publish"])
    def test_a_chat_that_is_not_there_rests_the_channel(self, bench: TelegramBench, method: str) -> None:
        channel = bench.open(chat="@somewhere")
        with pytest.raises(CredentialsError, match="chat not found"):
            channel.account() if method == "account" else channel.publish(outgoing())

    def test_a_group_that_has_moved_rests_the_channel(self) -> None:
        moved = (
            '{"ok": false, "error_code": 400, "description": "Bad Request: group chat was upgraded to a '
            'supergroup chat", "parameters": {"migrate_to_chat_id": -1001234567890}}'
        )
        with ScriptedServer(Scripted(status=400, body=moved)) as server:
            channel = a_channel(server.url, chat="-12345")
            with pytest.raises(CredentialsError, match="supergroup"):
                channel.publish(outgoing())


class TestToken:
    @pytest.mark.parametrize("token", [None, "", "  ", "secret-words", "1:short", "123:" + "é" * 30])
    def test_what_is_none_is_not_sent(
        self, bench: TelegramBench, telegram: TelegramServer, token: str | None
    ) -> None:
        channel = bench.open(token=Secret(token) if token is not None else None)
        for attempt in (channel.account, lambda: channel.publish(outgoing())):
            with pytest.raises(CredentialsError, match="token_env") as caught:
                attempt()
            assert not token or not token.strip() or token not in str(caught.value)
        assert telegram.requests == []

    @pytest.mark.parametrize("known_form", [True, False])
    def test_one_that_telegram_does_not_know_rests_the_channel_and_is_not_told(
        self, bench: TelegramBench, *, known_form: bool
    ) -> None:
        wrong = "110201543:" + "A" * (35 if known_form else 20)
        with pytest.raises(CredentialsError) as caught:
            bench.open(token=Secret(wrong)).publish(outgoing())
        assert wrong not in "\n".join(said(caught.value))

    @pytest.mark.parametrize(
        "server", ["http://127.0.0.1:1", "https://127.0.0.1:1", "http://example.org", "https://no.invalid"]
    )
    def test_it_is_not_told_where_nobody_can_be_asked(self, server: str) -> None:
        with pytest.raises(ChannelError) as caught:
            a_channel(server).publish(outgoing())
        assert TOKEN.partition(":")[2] not in "\n".join(said(caught.value))

    def test_it_is_not_told_by_a_server_that_has_moved_or_quotes_it(self) -> None:
        for status, headers, body in (
            (302, {"Location": f"https://elsewhere.example/bot{TOKEN}/sendMessage"}, ""),
            (400, {}, f'{{"ok": false, "description": "no method in /bot{TOKEN}/sendMessage"}}'),
        ):
            with ScriptedServer(Scripted(status=status, headers=headers, body=body)) as server:
                channel = a_channel(server.url)
                with pytest.raises(ChannelError) as caught:
                    channel.publish(outgoing())
            assert TOKEN.partition(":")[2] not in "\n".join(said(caught.value))


def test_a_flood_is_waited_out_as_long_as_telegram_says() -> None:
    told = '{"ok": false, "error_code": 429, "description": "Too Many Requests: retry after 35", '
    told += '"parameters": {"retry_after": 35}}'
    with ScriptedServer(Scripted(status=429, body=told)) as server:
        channel = a_channel(server.url)
        with pytest.raises(RateLimited, match="retry after 35"):
            channel.publish(outgoing())


@pytest.mark.parametrize(
    ("chat", "good"),
    [
        ("@wikinews", True),
        ("-1001234567890", True),
        ("wikinews", False),
        ("https://t.me/wikinews", False),
        ("@", False),
        ("@new s", False),
        ("12", False),
    ],
)
def test_a_chat_is_a_public_name_or_an_id(chat: str, *, good: bool) -> None:
    (option,) = (option for option in SPEC.options if option.name == "chat")
    assert option.wrong is not None
    assert (option.wrong(chat) is None) == good


def test_news_go_from_a_configuration_to_the_channel(
    telegram: TelegramServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)
    publish_news(
        tmp_path,
        f"""
        [[channels]]
        name = "channel"
        network = "telegram"
        server = "{telegram.url}"
        token_env = "TELEGRAM_TOKEN"
        chat = "{CHANNEL}"
        silent = true
        """,
    )
    (message,) = telegram.api.messages
    assert (message.text, message.picture, message.silent) == (TEXT, PNG, True)
    assert f'<a href="{URL}">' in message.html
