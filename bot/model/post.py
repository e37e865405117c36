"""What an item becomes: posts of parts, in a style, within limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.model.news import Media


# The pictures that networks take, by their media types.
PICTURES = ("image/jpeg", "image/png", "image/gif", "image/webp")


class Unit(StrEnum):
    """How a network counts a text's length; the rules are in compose/length.py."""

    CHARACTERS = "characters"  # grapheme clusters, a URL at the weight that the server says
    GRAPHEMES = "graphemes"  # grapheme clusters, a URL as it is
    WEIGHTED = "weighted characters"  # X: most scripts 1, CJK and an emoji 2, whatever looks like a URL 23
    CODE_POINTS = "code points"
    UTF16 = "UTF-16 units"
    EMOJI_BYTES = "characters, an emoji its bytes"  # Threads
    BYTES = "bytes"  # of UTF-8


class Form(StrEnum):
    """How a text with facets is written down for a network; the writing is done in compose/forms.py."""

    PLAIN = "plain"  # the text itself; facets, if any, travel beside it
    HTML = "HTML"
    TELEGRAM_HTML = "Telegram's HTML"
    MARKDOWN = "Markdown"  # Discord
    COMMONMARK = "CommonMark"  # diaspora*
    LITTLE_TEXT = "little text"  # LinkedIn
    MRKDWN = "mrkdwn"  # Slack
    FOOTNOTES = "plain text with footnotes"


class LinkPolicy(StrEnum):
    """Where a post's main link goes."""

    ALWAYS = "always"  # into the post, where the template says
    NEVER = "never"  # nowhere, and no other link either
    FIRST_REPLY = "first reply"  # into a reply of its own; no other link anywhere


class FacetKind(StrEnum):
    """What a range of text means."""

    LINK = "link"
    TAG = "tag"
    MENTION = "mention"
    BOLD = "bold"
    ITALIC = "italic"


class Long(StrEnum):
    """What becomes of a text that does not fit."""

    SHORTEN = "shorten"
    THREAD = "thread"


@dataclass(frozen=True, kw_only=True, slots=True)
class Facet:
    """A range of a part's text, in code points, with a meaning; ``url`` is where a link leads."""

    start: int
    end: int
    kind: FacetKind
    url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What a network takes in one post. ``None`` means without limit.

    ``text`` is in ``unit``, counted of the text as written in ``counted``; ``with_media`` is the limit
    instead where files go with the post; ``bytes`` is a second limit, of the UTF-8 of the text.
    ``url_weight`` is what any URL counts (``None``: as long as it is); ``media`` is a number of files,
    ``media_bytes`` the size of one, ``media_pixels`` its width times its height, and ``media_types`` what it
    may be; ``alt_text`` is in characters; ``links`` is a number of URLs. ``gap`` is what stands between a
    content warning and the text, where the network has no other place for one than above it.
    """

    text: int | None = None
    unit: Unit = Unit.CHARACTERS
    counted: Form = Form.PLAIN
    with_media: int | None = None
    bytes: int | None = None
    url_weight: int | None = None
    media: int = 4
    media_bytes: int | None = None
    media_pixels: int | None = None
    media_types: tuple[str, ...] = PICTURES
    alt_text: int | None = None
    links: int | None = None
    gap: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Style:
    """How one channel wants its posts written.

    ``template`` is a jinja2 template over ``text``, ``link``, ``links``, ``hashtags`` and ``date``. ``rich``
    says that links and emphasis are shown where they stand (as facets); without it the text is plain. The
    main link follows where it does not stand in the text, and ``link`` lets it. ``handles`` maps a name of
    the ``[handles]`` table to the account on this network.
    """

    template: str = "{{ text }} {{ link }} {{ hashtags }}"
    hashtags: tuple[str, ...] = ()
    long: Long = Long.SHORTEN
    rich: bool = False
    language: str | None = None
    link: LinkPolicy = LinkPolicy.ALWAYS
    handles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One message, exactly as it will be sent; ``length`` and ``limit`` are in ``unit``."""

    text: str
    length: int
    limit: int | None
    unit: Unit
    facets: tuple[Facet, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """What one item becomes on one channel: at least one part; the media go with the first.

    ``link_title`` is the text of the main link, for networks that show a card.
    """

    parts: tuple[Part, ...]
    link: str | None = None
    link_title: str | None = None
    media: tuple[Media, ...] = ()
    content_warning: str | None = None
    language: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """A file, fetched, with the alt text it is shown with.

    ``url`` is where anybody can fetch this very file; ``None`` where nobody can.
    """

    file: str
    mime_type: str
    content: bytes = field(repr=False)
    alt: str
    url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Outgoing:
    """All that a channel needs to publish (or to edit) one part.

    ``key`` is the idempotency key, the same at every try; so is ``remote_id``, the id chosen for the post
    before the first (see ``ChoosingChannel`` in bot/channels/base.py). ``reply_to`` is the remote id of the
    thread's previous part; ``dated`` is the item's date, or when it was first seen; ``link_title`` is the
    text of the main link. ``source`` is the absolute URL of the revision of the wiki's page that the item's
    form comes from; ``None`` where the page is a file.
    """

    key: str
    part: Part
    dated: datetime
    link: str | None = None
    link_title: str | None = None
    attachments: tuple[Attachment, ...] = ()
    content_warning: str | None = None
    language: str | None = None
    reply_to: str | None = None
    remote_id: str | None = None
    source: str | None = None
