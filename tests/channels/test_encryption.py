"""Credentials leave this machine over TLS only: the configuration sees to it, and so does each channel."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.channels.base import Facilities, Forgetful, open_channel, specs
from bot.channels.http import Http
from bot.compose.template import check_template
from bot.config import load
from bot.errors import ChannelError, ConfigError, CredentialsError
from bot.news.parse import LAYOUTS
from tests.channels.bench import PATIENT
from tests.channels.benches import CONTACT
from tests.channels.messages import outgoing, picture
from tests.channels.runs import PAGE
from tests.e2e.networks import KEEPING, SOLOISTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.config import ChannelConfig
    from tests.e2e.networks import Actor
    from tests.fakes.network import FakeNetwork

ACTORS = {actor.network: actor for actor in (KEEPING, *SOLOISTS) if actor.name != "digest"}
# Leads to this very machine, which only the system knows: to the bot it is any other.
ELSEWHERE = "0.0.0.0"  # noqa: S104 - connected to, not listened at


def configured(folder: Path, actor: Actor, server: str) -> ChannelConfig:
    (folder / "news.toml").write_text(PAGE + actor.lines(server), encoding="utf-8")
    config = load(
        folder / "news.toml",
        networks=specs(),
        environ=actor.environment,
        layouts=LAYOUTS,
        check_template=check_template,
    )
    return config.channels[0]


@pytest.fixture(params=ACTORS)
def actor(request: pytest.FixtureRequest) -> Actor:
    return ACTORS[request.param]


@pytest.fixture
def network(actor: Actor) -> Iterator[FakeNetwork]:
    with actor.fake() as server:
        yield server


def test_every_network_with_a_server_is_tried() -> None:
    assert set(ACTORS) == {spec.network for spec in specs().values() if spec.server != ""}


@pytest.mark.parametrize("host", ["elsewhere.example", "192.0.2.1", "localhost.example", "[2001:db8::1]"])
def test_the_configuration_refuses_a_server_elsewhere_that_is_not_encrypted(
    tmp_path: Path, actor: Actor, host: str
) -> None:
    for scheme in specs()[actor.network].local_schemes:
        with pytest.raises(ConfigError, match=r"server: must begin with \w+s://, as a secret is sent"):
            configured(tmp_path, actor, f"{scheme}://{host}")


def test_the_channel_tells_nothing_to_a_server_elsewhere_that_is_not_encrypted(
    tmp_path: Path, actor: Actor, network: FakeNetwork
) -> None:
    """The servers of HTTP and IRC are not even asked; that of mail is asked for STARTTLS, and has none."""
    config = configured(tmp_path, actor, network.url)
    away = replace(config, server=network.url.replace("127.0.0.1", ELSEWHERE))
    channel = open_channel(away, Facilities(http=Http(CONTACT, timeout=PATIENT), memory=Forgetful()))
    message = outgoing()
    if actor.needs_pictures:
        shown = replace(picture(content=actor.picture), mime_type=actor.picture_type)
        message = replace(message, attachments=(shown,))
    choose: Callable[..., str] | None = getattr(channel, "choose_id", None)
    if choose is not None:
        message = replace(message, remote_id=choose(message, datetime.now(UTC)))
    for attempt in (channel.account, lambda: channel.publish(message)):
        with pytest.raises(ChannelError, match=r"TLS|plain http") as caught:
            attempt()
        assert isinstance(caught.value, CredentialsError)
    assert {request.split()[0] for request in network.requests} <= {"EHLO", "QUIT"}
    assert network.visible() == []
