"""What each network makes of plain text by itself: mentions, hashtags, links out of words, and so on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class Habits:
    """What a network makes of plain text without being asked.

    ``mentions`` of ``@name``; ``hashtags`` of ``#word``; ``domains``: links of what looks like a host or a
    file (``MediaWiki.org``, ``README.md``); ``cashtags`` of ``$WORD``; ``commands`` of ``/word``; ``emoji``
    of ``:word:``. ``asks`` says that mentions and hashtags must be told it beside the text, or written in a
    way of their own: words alone are none, however they look.
    """

    mentions: bool = True
    hashtags: bool = True
    domains: bool = True
    cashtags: bool = True
    commands: bool = True
    emoji: bool = True
    asks: bool = False


_NONE = Habits(mentions=False, hashtags=False, domains=False, cashtags=False, commands=False, emoji=False)

# Whoever is not named here is taken to have every habit. What the form of a text escapes anyway (forms.py) is
# none. A mention of everybody in a room is one as well.
HABITS: Mapping[str, Habits] = {
    # https://docs.bsky.app/docs/advanced-guides/post-richtext
    "bluesky": Habits(domains=False, cashtags=False, commands=False, emoji=False, asks=True),
    # Its server looks for hashtags in the Markdown itself; its pages link whatever has a top-level domain.
    "diaspora": Habits(cashtags=False, commands=False, emoji=False),
    # @everyone and @here; all else has a form of its own, <@1>.
    "discord": Habits(hashtags=False, domains=False, cashtags=False, commands=False, emoji=False),
    # Readers' programs link words as they please, and most any that looks like a host.
    "email": Habits(mentions=False, hashtags=False, cashtags=False, commands=False, emoji=False),
    "facebook": Habits(cashtags=False, commands=False, emoji=False),
    "feed": _NONE,
    "instagram": Habits(domains=False, cashtags=False, commands=False, emoji=False),
    "irc": _NONE,
    # https://learn.microsoft.com/linkedin/marketing/community-management/shares/little-text-format
    "linkedin": Habits(cashtags=False, commands=False, emoji=False, asks=True),
    # Its emoji are those that the server's people have drawn.
    "mastodon": Habits(domains=False, cashtags=False, commands=False, emoji=False),
    # @room calls everybody (https://spec.matrix.org/latest/client-server-api/#push-rules).
    "matrix": Habits(hashtags=False, cashtags=False, commands=False, emoji=False),
    # https://docs.slack.dev/messaging/formatting-message-text: in a verbatim text it links no words.
    "slack": Habits(hashtags=False, domains=False, cashtags=False, commands=False),
    # https://core.telegram.org/bots/api#messageentity
    "telegram": Habits(emoji=False),
    "threads": Habits(commands=False, emoji=False),
    # https://docs.x.com/fundamentals/counting-characters
    "x": Habits(commands=False, emoji=False),
}


def habits(network: str) -> Habits:
    """Return what ``network`` makes of plain text."""
    return HABITS.get(network, Habits())
