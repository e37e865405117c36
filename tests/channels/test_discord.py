from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from bot.channels.discord import SPEC, DiscordChannel
from bot.channels.http import Http
from bot.compose.length import measure
from bot.compose.marked import Marked
from bot.errors import ChannelError, CredentialsError, PermanentError, RateLimited, RejectedError
from bot.model import Capabilities, Facet, FacetKind, Receipt, Secret
from tests.channels.bench import FakeBench
from tests.channels.benches import CONTACT
from tests.channels.contract import KEPT, ChannelContract
from tests.channels.fault_contract import FaultContract, said
from tests.channels.messages import LINK, PNG, outgoing, part, picture
from tests.channels.runs import TEXT, URL, publish_news
from tests.fakes.discord import ADDRESS, PATH, DiscordServer
from tests.fakes.discord_api import CHANNEL, GUILD, TOKEN
from tests.fakes.discord_markdown import read_markdown
from tests.fakes.scripted import Scripted, ScriptedServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

THREAD = "1130000000000000001"


def a_channel(server: str, **changes: Any) -> DiscordChannel:
    arguments: dict[str, Any] = {
        "name": "discord",
        "server": server,
        "webhook": Secret(ADDRESS),
        "http": Http(CONTACT),
    }
    return DiscordChannel(**(arguments | changes))


class DiscordBench(FakeBench):
    secrets = (TOKEN,)
    requests: ClassVar = {
        "publish": f"POST {PATH}",
        "edit": f"PATCH {PATH}/messages/",
        "delete": f"DELETE {PATH}/messages/",
        "account": f"GET {PATH}",
    }

    def open(self, **changes: Any) -> DiscordChannel:
        return a_channel(self.network.url, **({"http": Http(CONTACT, timeout=self.timeout)} | changes))


@pytest.fixture
def discord() -> Iterator[DiscordServer]:
    with DiscordServer() as server:
        yield server
    assert server.complaints == []


@pytest.fixture
def bench(discord: DiscordServer) -> DiscordBench:
    return DiscordBench(discord)


class TestContract(ChannelContract, FaultContract):
    capabilities: ClassVar = Capabilities(edit=True, delete=True, media=True)
    rich: ClassVar = True
    keeps: ClassVar = KEPT - {"content warning", "language"}
    asking: ClassVar = frozenset({"edit", "delete", "account"})
    unknown_id: ClassVar = "1130000000000000404"


class TestPublishing:
    def test_the_main_link_alone_is_previewed(self, bench: DiscordBench, discord: DiscordServer) -> None:
        text = f"Read [this] or {LINK} or https://other.example/"
        words = Facet(start=6, end=10, kind=FacetKind.LINK, url=LINK)
        bench.open().publish(outgoing(text, rich=True))
        bench.open().publish(
            replace(
                outgoing(rich=True), part=replace(part("Read this"), facets=(replace(words, start=5, end=9),))
            )
        )
        bench.open(preview=False).publish(outgoing(text, rich=True))
        bench.open().publish(replace(outgoing(text, rich=True), content_warning="Spiders"))
        bench.open().publish(outgoing(text, rich=True, link=None))
        shown = [read_markdown(message.content) for message in discord.api.messages]
        encoded = LINK.replace("(", "%28").replace(")", "%29")
        assert [one.previews for one in shown] == [(LINK,), (encoded,), (), (), ()]
        assert [message.flags for message in discord.api.messages] == [0, 0, 4, 4, 4]
        assert shown[0].links == (LINK, "https://other.example/")

    def test_a_link_that_touches_the_text_behind_it_stays_closed(
        self, bench: DiscordBench, discord: DiscordServer
    ) -> None:
        link = Facet(start=0, end=len(LINK), kind=FacetKind.LINK, url=LINK)
        said = replace(part(f"{LINK}です"), facets=(link,))
        bench.open().publish(replace(outgoing(), part=said))
        shown = read_markdown(discord.api.messages[0].content)
        assert (shown.links, shown.previews) == ((LINK,), ())

    def test_the_preview_comes_and_goes_with_an_edit(
        self, bench: DiscordBench, discord: DiscordServer
    ) -> None:
        warned = replace(outgoing(rich=True), content_warning="Spiders")
        receipt = bench.open().publish(warned)
        for message, flags in ((outgoing(rich=True), 0), (warned, 4)):
            bench.open().edit(receipt, message)
            assert discord.api.messages[0].flags == flags

    def test_nobody_is_mentioned(self, bench: DiscordBench, discord: DiscordServer) -> None:
        bench.open().publish(outgoing("@everyone, <@123456> and <#1234>: @here"))
        (message,) = discord.api.messages
        assert [one for one in read_markdown(message.content).mentions if one.startswith("<")] == []

    def test_behind_a_content_warning_text_and_pictures_are_hidden(
        self, bench: DiscordBench, discord: DiscordServer
    ) -> None:
        bench.open().publish(
            replace(outgoing("Boo | boo"), content_warning="*Spiders*", attachments=(picture(),))
        )
        (message,) = discord.api.messages
        shown = read_markdown(message.content)
        assert (shown.text, shown.hidden) == ("*Spiders*\n\nBoo | boo", True)
        assert [one.name for one in message.pictures] == ["SPOILER_picture.png"]

    def test_what_was_composed_to_the_limit_fits_with_its_content_warning(
        self, bench: DiscordBench, discord: DiscordServer
    ) -> None:
        limits, warning = SPEC.defaults, "Spiders"
        text = "_" * 990
        while measure(Marked(text=text + "x"), limits, warning=warning).fits:
            text += "x"
        bench.open().publish(replace(outgoing(text), content_warning=warning))
        assert len(discord.api.messages[0].content) == 2000

    def test_a_warning_whose_escapes_are_too_much_goes_without_them(
        self, bench: DiscordBench, discord: DiscordServer
    ) -> None:
        warned = replace(outgoing("x" * 1900), content_warning="*" * 94)
        bench.open().publish(warned)
        bench.open().publish(replace(warned, content_warning="*" * 47))
        assert [message.content.partition("\n")[0] for message in discord.api.messages] == [
            "*" * 94,
            "\\*" * 47,
        ]

    def test_it_is_posted_under_another_name_and_picture(
        self, bench: DiscordBench, discord: DiscordServer
    ) -> None:
        identity = {"username": "Wikiherald", "avatar_url": "https://wiki.example/logo.png"}
        bench.open(identity=identity).publish(outgoing())
        bench.open().publish(outgoing())
        assert [(one.username, one.avatar_url) for one in discord.api.messages] == [
            ("Wikiherald", "https://wiki.example/logo.png"),
            ("Wiki news", None),
        ]

    def test_a_thread_can_be_written_in(self, bench: DiscordBench, discord: DiscordServer) -> None:
        discord.api.threads, discord.api.forum = frozenset({THREAD}), True
        channel = bench.open(thread_id=THREAD)
        receipt = channel.publish(outgoing())
        assert receipt.url == f"{discord.url}/channels/{GUILD}/{THREAD}/{receipt.remote_id}"
        channel.edit(receipt, outgoing("edited"))
        assert [post.text for post in bench.visible()] == ["edited"]
        channel.delete(receipt)
        assert bench.visible() == []

    def test_the_receipt_leads_to_the_message(self, bench: DiscordBench, discord: DiscordServer) -> None:
        receipt = bench.open().publish(outgoing())
        assert receipt.url == f"{discord.url}/channels/{GUILD}/{CHANNEL}/{receipt.remote_id}"

    @pytest.mark.parametrize("body", ["", "{}", "[]", "null", '{"id": 1, "channel_id": "2"}', '{"id": "1"}'])
    def test_a_success_without_a_message_leaves_a_doubt(self, body: str) -> None:
        webhook = Scripted(body='{"id": "1", "guild_id": "2"}')
        with ScriptedServer(webhook, Scripted(body=body)) as server:
            channel = a_channel(server.url)
            with pytest.raises(ChannelError, match="may be public all the same"):
                channel.publish(outgoing())

    def test_what_is_wrong_is_said_of_each_field(self, bench: DiscordBench) -> None:
        with pytest.raises(RejectedError, match=r"Invalid Form Body \(content: Must be 2000 or fewer"):
            bench.open().publish(outgoing("x" * 2001))

    def test_an_alt_text_that_is_too_long_is_refused(self, bench: DiscordBench) -> None:
        with pytest.raises(RejectedError, match=r"attachments\.0\.description: Must be 1024"):
            bench.open().publish(replace(outgoing(), attachments=(picture("x" * 1025),)))

    def test_a_picture_without_an_alt_text_has_none(self, bench: DiscordBench) -> None:
        bench.open().publish(replace(outgoing(), attachments=(picture(""),)))
        (post,) = bench.visible()
        assert post.pictures == ((PNG, ""),)


class TestAccount:
    def test_it_is_the_webhook_and_its_channel(self, bench: DiscordBench, discord: DiscordServer) -> None:
        account = bench.open().account()
        assert (account.name, account.url) == ("Wiki news", f"{discord.url}/channels/{GUILD}/{CHANNEL}")
        assert account.notes == ("the webhook may post, and change and delete its posts",)
        assert (account.warnings, account.obstacles) == ((), ())

    def test_another_name_and_a_thread_are_told(self, bench: DiscordBench) -> None:
        account = bench.open(identity={"username": "Wikiherald"}, thread_id=THREAD).account()
        assert (account.name, account.notes[0]) == ("Wikiherald", f"posts in the thread {THREAD}")

    def test_a_webhook_of_another_kind_is_told_of(self, bench: DiscordBench, discord: DiscordServer) -> None:
        discord.api.kind = 2
        account = bench.open().account()
        assert (account.notes, account.obstacles) == ((), ("the webhook is not one that posts messages",))

    def test_where_the_webhook_is_gone_the_channel_rests(
        self, bench: DiscordBench, discord: DiscordServer
    ) -> None:
        receipt = bench.open().publish(outgoing())
        discord.api.token = None
        for act in (
            lambda: bench.open().account(),
            lambda: bench.open().publish(outgoing()),
            lambda: bench.open().edit(receipt, outgoing()),
            lambda: bench.open().delete(receipt),
        ):
            with pytest.raises(CredentialsError, match="Unknown Webhook"):
                act()

    def test_a_thread_that_is_not_there_rests_the_channel(self, bench: DiscordBench) -> None:
        with pytest.raises(CredentialsError, match="Unknown Channel"):
            bench.open(thread_id=THREAD).publish(outgoing())

    def test_a_forum_wants_a_thread(self, bench: DiscordBench, discord: DiscordServer) -> None:
        discord.api.forum = True
        with pytest.raises(CredentialsError, match="which needs thread_id"):
            bench.open().publish(outgoing())


class TestWebhook:
    @pytest.mark.parametrize(
        "address",
        [
            ADDRESS,
            f"  {ADDRESS}/ ",
            ADDRESS.replace("discord.com", "discordapp.com"),
            ADDRESS.replace("discord.com", "canary.discord.com"),
            ADDRESS.replace("/api/", "/api/v9/"),
        ],
    )
    def test_its_address_is_taken_as_discord_gives_it(self, bench: DiscordBench, address: str) -> None:
        assert bench.open(webhook=Secret(address)).publish(outgoing()).remote_id

    @pytest.mark.parametrize(
        "address",
        [
            None,
            "",
            " ",
            "https://discord.com/channels/1/2",
            ADDRESS.removeprefix("https://"),
            f"{ADDRESS}/slack",
            f"{ADDRESS}/github",
            f"{ADDRESS}?wait=true",
            f"https://discord.com/api/webhooks/{TOKEN}",
            ADDRESS.replace("/webhooks/", "/webhooks/../"),
        ],
    )
    def test_what_is_no_webhook_is_said_and_neither_asked_nor_shown(
        self, bench: DiscordBench, discord: DiscordServer, address: str | None
    ) -> None:
        channel = bench.open(webhook=Secret(address) if address is not None else None)
        for attempt in (channel.account, lambda: channel.publish(outgoing())):
            with pytest.raises(CredentialsError, match="webhook_env") as caught:
                attempt()
            assert TOKEN not in "\n".join(said(caught.value))
        assert discord.requests == []

    def test_it_is_not_told_by_a_server_that_has_moved_or_quotes_it(self) -> None:
        for status, headers, body in (
            (302, {"Location": ADDRESS}, ""),
            (400, {}, f'{{"message": "no such thing: {PATH}", "code": 0}}'),
        ):
            with (
                ScriptedServer(Scripted(status=status, headers=headers, body=body)) as server,
                pytest.raises(ChannelError) as caught,
            ):
                a_channel(server.url).publish(outgoing())
            assert TOKEN not in "\n".join(said(caught.value))

    @pytest.mark.parametrize("remote_id", ["", "x", "1/2", "../../v10", "123 "])
    def test_an_id_that_is_no_message_s_is_not_asked_for(
        self, bench: DiscordBench, discord: DiscordServer, remote_id: str
    ) -> None:
        receipt = Receipt(remote_id=remote_id)
        for act in (lambda: bench.open().delete(receipt), lambda: bench.open().edit(receipt, outgoing())):
            with pytest.raises(PermanentError, match="not the id"):
                act()
        assert discord.requests == []


def test_a_rate_limit_in_fractions_of_a_second_is_kept() -> None:
    told = Scripted(status=429, body='{"message": "You are being rate limited.", "retry_after": 0.4}')
    with (
        ScriptedServer(Scripted(body='{"id": "1"}'), told) as server,
        pytest.raises(RateLimited, match="being rate limited"),
    ):
        a_channel(server.url).publish(outgoing())


@pytest.mark.parametrize(
    ("name", "value", "good"),
    [
        ("username", "Wikiherald", True),
        ("username", "News on Discord", False),
        ("username", "x" * 81, False),
        ("thread_id", THREAD, True),
        ("thread_id", "general", False),
    ],
)
def test_what_discord_would_refuse_is_refused_in_the_configuration(
    name: str, value: str, *, good: bool
) -> None:
    (option,) = (option for option in SPEC.options if option.name == name)
    assert option.wrong is not None
    assert (option.wrong(value) is None) == good


def test_news_go_from_a_configuration_to_the_channel(
    discord: DiscordServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_WEBHOOK", ADDRESS)
    publish_news(
        tmp_path,
        f"""
        [[channels]]
        name = "discord"
        network = "discord"
        server = "{discord.url}"
        webhook_env = "DISCORD_WEBHOOK"
        username = "Wikiherald"
        avatar = "https://wiki.example/logo.png"
        """,
    )
    (message,) = discord.api.messages
    shown = read_markdown(message.content)
    assert (shown.text, shown.previews) == (TEXT, (URL,))
    assert [(one.content, one.alt) for one in message.pictures] == [(PNG, "The new logo")]
    assert (message.username, message.avatar_url) == ("Wikiherald", "https://wiki.example/logo.png")
