from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from bot.channels.http import Http
from bot.channels.slack import SPEC, SlackChannel
from bot.errors import (
    AmbiguousError,
    ChannelError,
    CredentialsError,
    PermanentError,
    RateLimited,
    RejectedError,
    TransientError,
)
from bot.model import Capabilities, Facet, FacetKind, Secret
from tests.channels.bench import FakeBench
from tests.channels.benches import CONTACT
from tests.channels.contract import KEPT, ChannelContract
from tests.channels.fault_contract import FaultContract, said
from tests.channels.messages import LINK, outgoing, part, picture
from tests.channels.runs import TEXT, URL, publish_news
from tests.fakes.network import running
from tests.fakes.scripted import Scripted, ScriptedServer
from tests.fakes.slack import ADDRESS, PATH, SlackServer
from tests.fakes.slack_api import CHANNEL, TOKEN
from tests.fakes.slack_mrkdwn import read_mrkdwn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from bot.model import Attachment
    from tests.fakes.network import Visible


class SlackBench(FakeBench):
    secrets = (TOKEN,)
    requests: ClassVar = {"publish": f"POST {PATH}", "account": f"POST {PATH}"}

    def open(self, **changes: Any) -> SlackChannel:
        arguments: dict[str, Any] = {
            "name": "slack",
            "server": self.network.url,
            "webhook": Secret(ADDRESS),
            "http": Http(CONTACT, timeout=self.timeout),
            "pictures": True,
        }
        return SlackChannel(**(arguments | changes))


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with running(SlackServer()) as server:
        yield server


@pytest.fixture
def bench(slack: SlackServer) -> SlackBench:
    return SlackBench(slack)


class TestContract(ChannelContract, FaultContract):
    capabilities: ClassVar = Capabilities(media=True)
    rich: ClassVar = True
    keeps: ClassVar = KEPT - {"content warning", "edited pictures", "language"}
    asking: ClassVar = frozenset({"account"})

    def shows(self, post: Visible, attachments: Sequence[Attachment]) -> bool:
        """Slack is told where a picture is, and fetches it there."""
        return post.pictures == tuple(((one.url or "").encode(), one.alt) for one in attachments)


class TestPublishing:
    def test_links_and_emphasis_stand_where_they_belong(self, bench: SlackBench, slack: SlackServer) -> None:
        said = replace(
            part("The new logo (big)"),
            facets=(
                Facet(start=4, end=7, kind=FacetKind.BOLD),
                Facet(start=8, end=12, kind=FacetKind.LINK, url=LINK),
            ),
        )
        bench.open().publish(replace(outgoing(), part=said))
        shown = read_mrkdwn(slack.api.messages[0].text)
        assert (shown.text, shown.links, shown.styles) == (
            "The new logo (big)",
            ((LINK, "logo"),),
            (("bold", "new"),),
        )

    @pytest.mark.parametrize(
        "text", ["<!everyone>", "<!channel> news", "<@U012AB3CD>", "<#C1|general>", "@here"]
    )
    def test_nobody_is_called_by_accident(self, bench: SlackBench, slack: SlackServer, text: str) -> None:
        bench.open().publish(outgoing(text, link=None))
        shown = read_mrkdwn(slack.api.messages[0].text)
        assert (shown.text, shown.mentions) == (text, ())

    def test_who_is_meant_is_called(self, bench: SlackBench, slack: SlackServer) -> None:
        mention = Facet(start=3, end=15, kind=FacetKind.MENTION)
        bench.open().publish(replace(outgoing(), part=replace(part("by <@U012AB3CD>"), facets=(mention,))))
        assert read_mrkdwn(slack.api.messages[0].text).mentions == ("<@U012AB3CD>",)

    def test_links_have_previews_where_no_picture_goes_with_them(
        self, bench: SlackBench, slack: SlackServer
    ) -> None:
        pictured = replace(outgoing(), attachments=(picture(),))
        for channel, message in (
            (bench.open(), outgoing()),
            (bench.open(preview=False), outgoing()),
            (bench.open(), pictured),
        ):
            channel.publish(message)
        assert [message.unfurls for message in slack.api.messages] == [True, False, False]

    def test_a_picture_without_words_has_some(self, bench: SlackBench, slack: SlackServer) -> None:
        bench.open().publish(replace(outgoing("", link=None), attachments=(picture(""),)))
        (message,) = slack.api.messages
        assert (message.text, message.pictures[0][1]) == ("", "Neues_Logo_新.png")

    def test_one_that_nobody_can_fetch_is_named_and_nothing_is_sent(
        self, bench: SlackBench, slack: SlackServer
    ) -> None:
        hidden = replace(picture(), url=None)
        with pytest.raises(RejectedError, match=r"Neues_Logo_新\.png.*pictures = false"):
            bench.open().publish(replace(outgoing(), attachments=(picture(), hidden)))
        assert slack.requests == []

    @pytest.mark.parametrize(("pictures", "most"), [(True, 10), (False, 0)])
    def test_without_pictures_a_message_holds_none(
        self, bench: SlackBench, pictures: bool, most: int
    ) -> None:
        assert bench.open(pictures=pictures).limits().media == most


class TestErrors:
    @pytest.mark.parametrize(
        ("status", "words", "expected"),
        [
            (400, "invalid_payload", RejectedError),
            (400, "invalid_blocks", RejectedError),
            (400, "no_text", RejectedError),
            (400, "too_many_attachments", RejectedError),
            (400, "user_not_found", CredentialsError),
            (403, "action_prohibited", CredentialsError),
            (403, "invalid_token", CredentialsError),
            (403, "posting_to_general_channel_denied", CredentialsError),
            (404, "channel_not_found", CredentialsError),
            (404, "no_service", CredentialsError),
            (404, "no_team", CredentialsError),
            (410, "channel_is_archived", CredentialsError),
            (429, "rate_limited", RateLimited),
            (500, "rollup_error", AmbiguousError),
            (200, "not_ok", AmbiguousError),
            (200, "", AmbiguousError),
            (404, "<html>no such page</html>", TransientError),
            (302, "", TransientError),
        ],
    )
    def test_slack_s_own_words_say_what_may_have_happened(
        self, bench: SlackBench, status: int, words: str, expected: type[ChannelError]
    ) -> None:
        with (
            ScriptedServer(Scripted(status=status, body=words)) as server,
            pytest.raises(ChannelError) as caught,
        ):
            bench.open(server=server.url).publish(outgoing())
        assert type(caught.value) is expected
        assert len(server.received) == 1
        if expected in {CredentialsError, RejectedError}:
            assert words in str(caught.value)

    def test_what_is_refused_for_all_is_told_by_check_too(
        self, bench: SlackBench, slack: SlackServer
    ) -> None:
        slack.api.refuses = (410, "channel_is_archived")
        with pytest.raises(CredentialsError, match="channel_is_archived"):
            bench.open().account()

    def test_a_webhook_that_lives_is_told_from_how_it_refuses_nothing(
        self, bench: SlackBench, slack: SlackServer
    ) -> None:
        account = bench.open().account()
        assert CHANNEL in account.name
        assert account.obstacles == ()
        assert slack.api.messages == []


class TestWebhook:
    @pytest.mark.parametrize(
        "address", [ADDRESS, f"  {ADDRESS}/ ", ADDRESS.replace("slack.com", "slack-gov.com")]
    )
    def test_its_address_is_taken_as_slack_gives_it(self, bench: SlackBench, address: str) -> None:
        assert bench.open(webhook=Secret(address)).publish(outgoing()).remote_id

    @pytest.mark.parametrize(
        "address",
        [
            None,
            "",
            " ",
            "https://wiki.slack.com/archives/C1",
            ADDRESS.removeprefix("https://"),
            f"{ADDRESS}?a=b",
            ADDRESS.replace("/services/", "/workflows/"),
            ADDRESS.replace("/services/", "/services/../"),
            "xoxb-" + TOKEN,
        ],
    )
    def test_what_is_no_webhook_is_said_and_neither_asked_nor_shown(
        self, bench: SlackBench, slack: SlackServer, address: str | None
    ) -> None:
        channel = bench.open(webhook=Secret(address) if address is not None else None)
        for attempt in (channel.account, lambda: channel.publish(outgoing())):
            with pytest.raises(CredentialsError, match="webhook_env") as caught:
                attempt()
            assert TOKEN not in "\n".join(said(caught.value))
        assert slack.requests == []

    def test_it_is_not_told_by_a_server_that_quotes_it_nor_by_a_library(
        self, bench: SlackBench, caplog: pytest.LogCaptureFixture
    ) -> None:
        answer = Scripted(status=400, body=f'{{"message": "no such thing: {PATH}"}}')
        with (
            caplog.at_level(logging.DEBUG),
            ScriptedServer(answer) as server,
            pytest.raises(ChannelError, match="no such thing") as caught,
        ):
            bench.open(server=server.url).publish(outgoing())
        told = "\n".join([*said(caught.value), *(record.getMessage() for record in caplog.records)])
        assert TOKEN not in told


def test_a_webhook_cannot_look_back() -> None:
    with SlackServer() as server:
        channel = SlackBench(server).open()
        receipt = channel.publish(outgoing())
        for attempt in (lambda: channel.delete(receipt), lambda: channel.edit(receipt, outgoing())):
            with pytest.raises(PermanentError, match="cannot"):
                attempt()
        assert len(server.requests) == 1
    assert SPEC.capabilities.read_back is False


def test_news_go_from_a_configuration_to_the_channel(
    slack: SlackServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_WEBHOOK", ADDRESS)
    publish_news(
        tmp_path,
        f"""
        [[channels]]
        name = "slack"
        network = "slack"
        server = "{slack.url}"
        webhook_env = "SLACK_WEBHOOK"
        """,
    )
    (message,) = slack.api.messages
    shown = read_mrkdwn(message.text)
    assert (shown.text, shown.links) == (TEXT, ((URL, "MediaWiki 1.46"),))
    assert (message.pictures, message.unfurls) == ((), True)
