"""The feed as a page for people, in one HTML file that needs nothing else but the pictures beside it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jinja2 import PackageLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from bot import __version__
from bot.channels.feed_atom import GENERATOR, allowed

if TYPE_CHECKING:
    from bot.channels.feed_state import Feed, Settings


def render(feed: Feed, settings: Settings) -> bytes:
    """Return the page; the same feed gives the same bytes."""
    page = _template().render(feed=feed, settings=settings, generator=f"{GENERATOR} {__version__}")
    return allowed(page).encode()


@lru_cache
def _template() -> Template:
    environment = ImmutableSandboxedEnvironment(
        loader=PackageLoader("bot.channels"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    # Only to_html's result, escaped when it was made, comes through this.
    environment.filters["already_html"] = Markup
    environment.filters["host"] = _host
    return environment.get_template("feed.html.jinja")


def _host(url: str) -> str:
    return (urlsplit(url).hostname or url).removeprefix("www.")
