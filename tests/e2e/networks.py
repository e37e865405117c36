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
from tests.channels.messages import JPEG, PNG
from tests.fakes import (
    diaspora_api,
    discord,
    facebook_api,
    graph_api,
    linkedin_api,
    matrix_api,
    slack,
    telegram_api,
)
from tests.fakes.bluesky import BlueskyServer
from tests.fakes.diaspora import DiasporaServer
from tests.fakes.facebook import FacebookServer
from tests.fakes.instagram import InstagramServer
from tests.fakes.irc import IrcServer
from tests.fakes.linkedin import LinkedInServer
from tests.fakes.mastodon import MastodonServer
from tests.fakes.mastodon_api import MastodonApi
from tests.fakes.matrix import MatrixServer
from tests.fakes.smtp import SmtpServer
from tests.fakes.telegram import TelegramServer
from tests.fakes.threads import ThreadsServer
from tests.fakes.x import XServer
from tests.fakes.x_oauth import Keys

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
    calls of a socket's ``send``. ``posts`` is how many posts it makes of two items, with the ``picture``.
    """

    name: str
    network: str
    configuration: str
    fake: Callable[[], FakeNetwork]
    environment: Mapping[str, str] = field(default_factory=dict)
    imports: tuple[str, ...] = ()
    by_socket: bool = False
    posts: int = 2
    picture: bytes = PNG

    @property
    def picture_type(self) -> str:
        """What the picture is."""
        return "image/png" if self.picture == PNG else "image/jpeg"

    @property
    def picture_name(self) -> str:
        """What its file is called."""
        return "Logo.png" if self.picture == PNG else "Logo.jpg"

    @property
    def needs_pictures(self) -> bool:
        """Whether it publishes nothing without one."""
        return specs()[self.network].capabilities.needs_media

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
        name="bluesky",
        network="bluesky",
        configuration="""
            server = "{server}"
            handle = "news.example"
            password_env = "BLUESKY_PASSWORD"
        """,
        environment={"BLUESKY_PASSWORD": "abcd-efgh-ijkl-mnop"},
        fake=BlueskyServer,
        imports=(
            "bot.channels.bluesky_client",
            "atproto_client.models.app.bsky.feed.post",
            "atproto_client.models.com.atproto.repo.upload_blob",
        ),
    ),
    Actor(
        name="diaspora",
        network="diaspora",
        configuration=f"""
            server = "{{server}}"
            client_id = "{diaspora_api.CLIENT_ID}"
            client_secret_env = "DIASPORA_CLIENT_SECRET"
            refresh_token_env = "DIASPORA_REFRESH_TOKEN"
        """,
        environment={
            "DIASPORA_CLIENT_SECRET": diaspora_api.CLIENT_SECRET,
            "DIASPORA_REFRESH_TOKEN": diaspora_api.REFRESH_TOKEN,
        },
        fake=DiasporaServer,
        imports=("bot.channels.diaspora", "bot.channels.diaspora_text"),
    ),
    Actor(
        name="digest",
        network="email",
        configuration="""
            server = "{server}"
            from = "News <newsbot@wiki.example>"
            to = ["news@lists.example"]
            user = "herald"
            digest = true
            password_env = "SMTP_PASSWORD"
        """,
        environment={"SMTP_PASSWORD": "good-password"},
        fake=SmtpServer,
        imports=("bot.channels.email",),
        by_socket=True,
        posts=1,
    ),
    Actor(
        name="discord",
        network="discord",
        configuration="""
            server = "{server}"
            webhook_env = "DISCORD_WEBHOOK"
        """,
        environment={"DISCORD_WEBHOOK": discord.ADDRESS},
        fake=discord.DiscordServer,
    ),
    Actor(
        name="email",
        network="email",
        configuration="""
            server = "{server}"
            user = "herald"
            password_env = "MAIL_PASSWORD"
            from = "News <news@wiki.example>"
            to = ["list@lists.example"]
        """,
        environment={"MAIL_PASSWORD": "good-password"},
        fake=SmtpServer,
        imports=("bot.channels.email",),
        by_socket=True,
    ),
    Actor(
        name="facebook",
        network="facebook",
        configuration=f"""
            server = "{{server}}"
            token_env = "FACEBOOK_TOKEN"
            page = "{facebook_api.PAGE}"
        """,
        environment={"FACEBOOK_TOKEN": graph_api.TOKEN},
        fake=FacebookServer,
    ),
    Actor(
        name="instagram",
        network="instagram",
        configuration="""
            server = "{server}"
            token_env = "INSTAGRAM_TOKEN"
        """,
        environment={"INSTAGRAM_TOKEN": graph_api.TOKEN},
        fake=InstagramServer,
        picture=JPEG,
    ),
    Actor(
        name="irc",
        network="irc",
        configuration="""
            server = "{server}"
            nick = "herald"
            rooms = ["#news"]
            account = "herald"
            password_env = "IRC_PASSWORD"
        """,
        environment={"IRC_PASSWORD": "good-password"},
        fake=IrcServer,
        imports=("bot.channels.irc",),
        by_socket=True,
    ),
    Actor(
        name="linkedin",
        network="linkedin",
        configuration=f"""
            server = "{{server}}"
            token_env = "LINKEDIN_TOKEN"
            organization = "{linkedin_api.ORGANIZATION}"
            client_id = "{linkedin_api.CLIENT}"
            client_secret_env = "LINKEDIN_CLIENT_SECRET"
            refresh = true
            refresh_token_env = "LINKEDIN_REFRESH_TOKEN"
        """,
        environment={
            "LINKEDIN_TOKEN": linkedin_api.TOKEN,
            "LINKEDIN_CLIENT_SECRET": linkedin_api.CLIENT_SECRET,
            "LINKEDIN_REFRESH_TOKEN": linkedin_api.REFRESH,
        },
        fake=LinkedInServer,
    ),
    Actor(
        name="matrix",
        network="matrix",
        configuration=f"""
            server = "{{server}}"
            token_env = "MATRIX_TOKEN"
            room = "{matrix_api.ALIAS}"
        """,
        environment={"MATRIX_TOKEN": matrix_api.TOKEN},
        fake=MatrixServer,
        imports=("imagesize",),
    ),
    Actor(
        name="slack",
        network="slack",
        configuration="""
            server = "{server}"
            webhook_env = "SLACK_WEBHOOK"
        """,
        environment={"SLACK_WEBHOOK": slack.ADDRESS},
        fake=slack.SlackServer,
    ),
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
    Actor(
        name="threads",
        network="threads",
        configuration="""
            server = "{server}"
            token_env = "THREADS_TOKEN"
        """,
        environment={"THREADS_TOKEN": graph_api.TOKEN},
        fake=ThreadsServer,
    ),
    Actor(
        name="x",
        network="x",
        configuration="""
            server = "{server}"
            api_key_env = "X_API_KEY"
            api_secret_env = "X_API_SECRET"
            token_env = "X_TOKEN"
            token_secret_env = "X_TOKEN_SECRET"
        """,
        environment={
            "X_API_KEY": Keys.api_key,
            "X_API_SECRET": Keys.api_secret,
            "X_TOKEN": Keys.token,
            "X_TOKEN_SECRET": Keys.token_secret,
        },
        fake=XServer,
        imports=("tweepy", "twitter_text"),
    ),
)
