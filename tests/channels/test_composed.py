"""Whatever an item says, what is composed of it is taken by the network, which counts for itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels import diaspora, discord, linkedin, matrix, slack, telegram
from bot.channels.base import Forgetful
from bot.channels.http import Http
from bot.channels.linkedin_token import Credentials
from bot.compose.post import compose
from bot.errors import RejectedError
from bot.model import Item, Outgoing, Run, Secret, Style
from tests.channels.benches import CONTACT
from tests.channels.diaspora_bench import DiasporaBench
from tests.channels.messages import picture
from tests.compose.test_properties import ITEMS, TAGS, TEXT
from tests.compose.values import an_item
from tests.fakes.diaspora import DiasporaServer
from tests.fakes.discord import ADDRESS, DiscordServer
from tests.fakes.linkedin import LinkedInServer
from tests.fakes.linkedin_api import ORGANIZATION
from tests.fakes.linkedin_api import TOKEN as LINKEDIN_TOKEN
from tests.fakes.matrix import MatrixServer
from tests.fakes.matrix_api import ALIAS
from tests.fakes.matrix_api import TOKEN as MATRIX_TOKEN
from tests.fakes.slack import ADDRESS as SLACK_ADDRESS
from tests.fakes.slack import SlackServer
from tests.fakes.telegram import TelegramServer
from tests.fakes.telegram_api import CHANNEL
from tests.fakes.telegram_api import TOKEN as TELEGRAM_TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.channels.base import Channel
    from bot.model import NetworkSpec
    from tests.fakes.loopback import LoopbackServer

LONG = st.builds(
    lambda words, times, warning: an_item(
        *(
            Run(text=f"{words} ") if number % 7 else Run(text=words or "x", url=f"https://a.example/{number}")
            for number in range(times)
        ),
        content_warning=warning,
    ),
    TEXT,
    st.integers(20, 80),
    st.sampled_from([None, "A *warning* <of> sorts"]),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A network with a channel on it."""

    spec: NetworkSpec
    server: LoopbackServer[Any]
    channel: Channel


@pytest.fixture(params=["telegram", "discord", "diaspora", "linkedin", "matrix", "slack"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    arguments: dict[str, Any] = {"name": request.param, "http": Http(CONTACT)}
    if request.param == "telegram":
        with TelegramServer() as server:
            arguments |= {"server": server.url, "token": Secret(TELEGRAM_TOKEN), "chat": CHANNEL}
            channel = telegram.TelegramChannel(**arguments, silent=False)
            yield Place(spec=telegram.SPEC, server=server, channel=channel)
    elif request.param == "discord":
        with DiscordServer() as server:
            arguments |= {"server": server.url, "webhook": Secret(ADDRESS)}
            yield Place(spec=discord.SPEC, server=server, channel=discord.DiscordChannel(**arguments))
    elif request.param == "diaspora":
        with DiasporaServer() as server:
            yield Place(spec=diaspora.SPEC, server=server, channel=DiasporaBench(server).open())
    elif request.param == "linkedin":
        with LinkedInServer() as server:
            arguments |= {"server": server.url, "organization": ORGANIZATION, "memory": Forgetful()}
            token = Credentials(token=Secret(LINKEDIN_TOKEN))
            page = linkedin.LinkedInChannel(**arguments, credentials=token)
            yield Place(spec=linkedin.SPEC, server=server, channel=page)
    elif request.param == "slack":
        with SlackServer() as server:
            arguments |= {"server": server.url, "webhook": Secret(SLACK_ADDRESS), "pictures": True}
            yield Place(spec=slack.SPEC, server=server, channel=slack.SlackChannel(**arguments))
    else:
        with MatrixServer() as server:
            arguments |= {"server": server.url, "token": Secret(MATRIX_TOKEN), "room": ALIAS}
            room = matrix.MatrixChannel(**arguments, msgtype="m.text")
            yield Place(spec=matrix.SPEC, server=server, channel=room)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(item=st.one_of(ITEMS, LONG), tagged=st.booleans())
def test_what_is_composed_is_taken_and_shown_as_it_is(place: Place, item: Item, *, tagged: bool) -> None:
    style = Style(rich=True, template="{{ text }} {{ link }} {{ hashtags }}", hashtags=TAGS if tagged else ())
    network = place.spec.network
    try:
        post = compose(item, channel=network, network=network, style=style, limits=place.spec.defaults)
    except RejectedError:
        return
    restored = place.server.snapshot()
    place.channel.publish(
        Outgoing(
            key="key-1",
            part=post.parts[0],
            dated=datetime.now(UTC),
            link=post.link,
            attachments=tuple(picture() for _ in post.media),
            content_warning=post.content_warning,
        )
    )
    (shown,) = place.server.visible()
    assert place.server.complaints == []
    place.server.restore(restored)
    warning = f"{post.content_warning}\n\n" if post.content_warning else ""
    if network == "diaspora":  # which shows addresses decoded
        assert unquote(shown.text) == unquote(warning + post.parts[0].text)
    elif network == "slack":  # where the words of a link stand in one line, and have no | in them
        assert _in_a_line(shown.text) == _in_a_line(warning + post.parts[0].text)
    elif network != "discord":  # which shows the address of a link whose words may not be one
        assert shown.text == warning + post.parts[0].text


def _in_a_line(text: str) -> str:
    return " ".join(text.replace("|", "\u00a6").split())
