"""The networks on which the kill test is tried: one entry each.

An entry says how a channel on the network is configured, and what stands in for the network. What its
channel can do is read from its SPEC: where the network can be read back, or takes a key for good, each item
must be there exactly once in the end; elsewhere at most once, and what is missing must be in doubt.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.channels.base import specs
from bot.model import FOREVER
from tests.fakes import telegram_api
from tests.fakes.mastodon import MastodonServer
from tests.fakes.mastodon_api import MastodonApi
from tests.fakes.telegram import TelegramServer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.fakes.network import FakeNetwork


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """A channel in the kill test.

    ``name`` is the channel's; ``configuration`` are its other lines in news.toml, where ``{server}`` stands
    for the address of the network that ``fake`` makes; ``environment`` holds its secrets. ``imports`` are the
    modules that it loads only when it is used: they are loaded once for all deaths. ``by_socket`` is for a
    channel that does not speak HTTP through http.client: the boundaries before its requests are then its
    calls of a socket's ``send``.
    """

    name: str
    network: str
    configuration: str
    fake: Callable[[], FakeNetwork]
    environment: Mapping[str, str] = field(default_factory=dict)
    imports: tuple[str, ...] = ()
    by_socket: bool = False

    @property
    def is_sure(self) -> bool:
        """Whether each item must be there exactly once after any death."""
        able = specs()[self.network].capabilities
        return able.read_back or able.idempotent == FOREVER

    def lines(self, server: str) -> str:
        """Return its table of the configuration."""
        configured = self.configuration.strip().replace("{server}", server)
        return f'\n[[channels]]\nname = "{self.name}"\nnetwork = "{self.network}"\n{configured}\n'


MASTODON_LINES = """
server = "{server}"
token_env = "MASTODON_TOKEN"
hashtags = ["MediaWiki"]
"""
KEEPING = Actor(
    name="keeping",
    network="mastodon",
    configuration=MASTODON_LINES,
    environment={"MASTODON_TOKEN": "good-token"},
    fake=MastodonServer,
    imports=("mastodon",),
)
FORGETFUL = Actor(
    name="forgetful",
    network="mastodon",
    configuration=MASTODON_LINES,
    environment={"MASTODON_TOKEN": "good-token"},
    fake=lambda: MastodonServer(api=MastodonApi(keeps_keys=False)),
    imports=("mastodon",),
)

# Those that die in every scene, beside a feed; and those that die in one of their own.
COMPANY = (KEEPING, FORGETFUL)
SOLOISTS = (
    Actor(
        name="telegram",
        network="telegram",
        configuration=f"""
            server = "{{server}}"
            token_env = "TELEGRAM_TOKEN"
            chat = "{telegram_api.CHANNEL}"
        """,
        environment={"TELEGRAM_TOKEN": telegram_api.TOKEN},
        fake=TelegramServer,
    ),
)
