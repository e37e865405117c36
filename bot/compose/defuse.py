"""Keeps a network from reading into a text what is not meant, and says what it will read."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import regex

from bot.compose.habits import habits
from bot.compose.handles import mention
from bot.compose.marked import Marked
from bot.compose.text import AT, HASH, TOKEN, URL
from bot.model import Facet, FacetKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# WORD JOINER: shown as nothing, no place for a line break, and in none of the classes that names are made of
# (a zero-width non-joiner, say, is one: Mastodon allows it in a hashtag).
BREAK = "\u2060"

# Of several networks, a little more than any of them would take. A cashtag is of letters alone; a command is
# no path; the name of an emoji has a letter.
_FLAGS = regex.VERBOSE | regex.IGNORECASE
_SIGNS = regex.compile(
    rf"""
    {TOKEN.pattern}
  | (?P<cashtag> (?<! [\w$] ) \$ [A-Z]{{1,8}} (?! \w ) )
  | (?P<command> (?<! [\w/<>.:-] ) / \w+ (?! [\w/] ) )
  | (?P<emoji> : (?= [\w+'-]*? [^\W\d] [\w+'-]* : ) )
    """,
    _FLAGS,
)
# Words with a dot between them, but for accounts and addresses of mail.
_DOTTED = regex.compile(
    rf"""
    (?P<url>{URL.pattern})
  | (?<! [{AT}\w] | \w [.-] ) [\w-]++ (?: \. (?! https?:// ) [\w-]++ )++ (?! @\w )
    """,
    _FLAGS,
)
_DOT = regex.compile(r"\.(?=\w)")
_LABEL = regex.compile(r"(?<=\.)(?:xn--\w|[a-z]+(?![0-9])|[^\W\d_]+)", regex.IGNORECASE)
_FREED = regex.compile(rf"(?<=[{AT}{HASH}]){BREAK}")
_TAKEN = frozenset({FacetKind.LINK, FacetKind.MENTION})


def defuse(
    text: Marked, network: str, *, handles: Mapping[str, str], tags: Iterable[str] | None = ()
) -> Marked:
    """Return ``text`` with mentions of ``handles`` and hashtags of ``tags`` (``None``: any), and no other.

    ``@name`` becomes the account that ``handles`` has for the name, whatever its case. Any other sign that
    the network would make something of gets a ``BREAK`` behind it. URLs are left alone.
    """
    habit = habits(network)
    accounts = {name.casefold(): handle for name, handle in handles.items()}
    kept = None if tags is None else {tag.casefold() for tag in tags}

    def is_meant(tag: str) -> bool:
        return kept is None or tag.casefold() in kept

    def replacement(match: regex.Match[str]) -> str | Marked:
        token = match[0]
        if match["mention"] and match["account"].casefold() in accounts:
            return mention(network, accounts[match["account"].casefold()])
        accidental = (
            (match["mention"] and habit.mentions)
            or (match["hashtag"] and habit.hashtags and not is_meant(match["tag"]))
            or (match["cashtag"] and habit.cashtags)
            or (match["command"] and habit.commands)
            or (match["emoji"] and habit.emoji)
        )
        return token[0] + BREAK + token[1:] if accidental else token

    return text.sub(_SIGNS, replacement)


def without_domains(text: Marked, network: str) -> Marked:
    """Return ``text`` with no word in it that ``network`` would take for a link, as ``README.md``.

    Links, mentions and URLs are left alone. Safe to repeat: what was cut since may end in another such word.
    """
    if not habits(network).domains:
        return text
    taken = [facet for facet in text.facets if facet.kind in _TAKEN]

    def replacement(match: regex.Match[str]) -> str:
        linked = match["url"] or any(f.start <= match.start() and match.end() <= f.end for f in taken)
        return match[0] if linked or not _is_domain(match[0]) else _DOT.sub(f".{BREAK}", match[0])

    return text.sub(_DOTTED, replacement)


def _is_domain(word: str) -> bool:
    """Tell whether any label of ``word`` after the first begins with a top-level domain.

    X takes ``README.md`` out of ``README.mdです``; others would link all of it, or nothing.
    """
    return any(_is_top_level(label.casefold()) for label in _LABEL.findall(word))


@lru_cache(maxsize=1024)
def _is_top_level(label: str) -> bool:
    """Tell whether there is such a top-level domain, as X knows them.

    The library takes its time to be imported, and few texts need it.
    """
    from twitter_text.regexp.valid_cctld import valid_cctld  # noqa: PLC0415 - see above
    from twitter_text.regexp.valid_gtld import valid_gtld  # noqa: PLC0415

    return label.startswith("xn--") or bool(valid_cctld.fullmatch(label) or valid_gtld.fullmatch(label))


def meanings(text: Marked, network: str) -> Marked:
    """Return ``text`` with a facet for whatever ``network`` will link by itself, in reading order.

    After ``defuse`` that is only what is meant. Links that ``text`` has already stay as they are. Where the
    network ``asks``, the facets tell it, and the signs need no ``BREAK`` any more.
    """
    habit = habits(network)
    taken = [facet for facet in text.facets if facet.kind in _TAKEN]
    facets = [_trimmed(facet, text.text) for facet in text.facets]
    for match in TOKEN.finditer(text.text):
        start, end = match.span()
        if any(start < other.end and other.start < end for other in taken):
            continue
        if match["url"]:
            facets.append(Facet(start=start, end=end, kind=FacetKind.LINK, url=match[0]))
        elif match["mention"] and habit.mentions:
            facets.append(Facet(start=start, end=end, kind=FacetKind.MENTION))
        elif match["hashtag"] and habit.hashtags:
            facets.append(Facet(start=start, end=end, kind=FacetKind.TAG))
    facets.sort(key=lambda facet: (facet.start, -facet.end, facet.kind))
    found = Marked(text=text.text, facets=tuple(facet for facet in facets if facet.start < facet.end))
    return found.sub(_FREED, "") if habit.asks else found


def _trimmed(facet: Facet, text: str) -> Facet:
    """Return ``facet`` without white space at its ends."""
    piece = text[facet.start : facet.end]
    start = facet.start + len(piece) - len(piece.lstrip())
    return replace(facet, start=start, end=max(start, facet.start + len(piece.rstrip())))
