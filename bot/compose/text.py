"""Plain text as a network reads it: what it takes for a link, a mention or a hashtag.

What Mastodon takes for one is read from its source: MENTION_RE in app/models/account.rb, HASHTAG_RE in
app/models/tag.rb and valid_url in config/initializers/twitter_regex.rb, all of
https://github.com/mastodon/mastodon. Other servers of its API are a little more generous (Pleroma makes a tag
of digits alone), so what is found here is a little more than Mastodon itself would link.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import regex

if TYPE_CHECKING:
    from bot.compose.marked import Marked

# Both forms of each sign: Chinese and Japanese keyboards write the wide one.
AT = "@\N{FULLWIDTH COMMERCIAL AT}"
HASH = "#\N{FULLWIDTH NUMBER SIGN}"
_WORD = r"\p{L}\p{M}\p{Nd}\p{Pc}"

# A path holds any balanced brackets and does not end with what usually ends a sentence; neither does a query,
# which takes brackets but cannot end with one. The scheme must not stick to a letter, a digit, @ or #.
_URL = rf"""
    (?<![A-Za-z0-9{AT}{HASH}$\uFEFF])
    https?://
    (?: [{_WORD}-]+ \. )* (?: [a-z0-9-]*[a-z0-9] | [{_WORD}-]*[{_WORD}] )
    (?: :[0-9]+ )?
    (?: /
        (?:
            (?: [^\s<>()?] | \( (?: [^\s<>()?]++ | [^\s<>()?]*+ \( [^\s<>()?]++ \) [^\s<>()?]*+ ) \) )*
            (?: [^\s<>()?!*"'「」;:=,.$%\[\]~&|@] | (?<=\)) )
        )?
    )?
    (?: \? [a-z0-9!?*'();:&=+$/%\#\[\]\-_.,~|@^\u00A0-\U0010FFFF]*[a-z0-9_&=\#/\-\u00A0-\U0010FFFF] )?
"""
_MENTION = rf"""
    (?<![=/{_WORD}])
    (?> @ (?P<user> [a-z0-9_]+ (?: [.-]+ [a-z0-9_]+ )* ) (?: @ [{_WORD}]+ (?: [.-]+ [{_WORD}]+ )* )? )
    (?! [{AT}{_WORD}] | :// )
"""
# More than any network would take: an @ or # in front of a letter, a digit or "_", unless it is inside a word
# (an address of mail, "C#9") or follows a slash (a path without its scheme).
_SIGN = rf"""
    (?P<mention> (?<![{_WORD}=/]) [{AT}] (?P<account> [\p{{L}}\p{{Nd}}_][{_WORD}]*+ (?: [.-]+ [{_WORD}]++ )*+
        (?: @ [{_WORD}]++ (?: [.-]+ [{_WORD}]++ )*+ )? ) )
  | (?P<hashtag> (?<![{_WORD}/]) [{HASH}] (?P<tag> [\p{{L}}\p{{Nd}}_][{_WORD}\u00B7\u30FB\u200C]*+ ) )
"""
_FLAGS = regex.VERBOSE | regex.IGNORECASE

URL = regex.compile(_URL, _FLAGS)
COUNTED = regex.compile(rf"(?P<url>{_URL})|{_MENTION}", _FLAGS)
TOKEN = regex.compile(rf"(?P<url>{_URL})|{_SIGN}", _FLAGS)

# Controls, unpaired surrogates, non-characters, byte order marks, the private planes (one of which carries
# our own marks, see marked.py), and what turns the direction of all that follows it.
_UNWANTED = regex.compile(
    r"\r\n?|[\u2028\u2029]|[\p{Cc}\p{Cs}\uFEFF\uFFF9-\uFFFB\u202A-\u202E\u2066-\u2069]"
    r"|[\p{Noncharacter_Code_Point}\U000F0000-\U0010FFFF]"
)
_ABSOLUTE = regex.compile(r"(https?://[^\s/?#\\<>\"]+)([^\s<>\"]*)", regex.IGNORECASE)


def clean(text: str) -> str:
    """Return ``text`` without characters that do not belong in a post; line ends become line feeds."""
    return _UNWANTED.sub(_wanted, text)


def tidy(text: Marked) -> Marked:
    """Return ``text`` clean, with single spaces, at most one blank line in a row, and nothing at its ends."""
    text = text.sub(_UNWANTED, _wanted)
    for pattern, replacement in _TIDYING:
        text = text.sub(pattern, replacement)
    return text


# A single no-break space is somebody's wish.
_TIDYING = (
    (regex.compile(r"[^\S\n]{2,}"), " "),
    (regex.compile(r"[^\S\n]*\n[^\S\n]*"), "\n"),
    (regex.compile(r"\n{3,}"), "\n\n"),
    (regex.compile(r"\A\s+|\s+\Z"), ""),
)


def absolute(url: str | None) -> str | None:
    """Return ``url`` if it is http(s) and says a host, else ``None``."""
    if url is None or clean(url) != url or not _ABSOLUTE.fullmatch(url):
        return None
    return url


def whole(url: str) -> str:
    """Return the absolute ``url`` in a spelling that networks link as a whole, to the same place.

    ``Yahoo!`` or ``Foo_(bar`` at the end of a path would lose their last characters; escaped they do not.
    """
    match = _ABSOLUTE.fullmatch(url)
    if match is None:
        return url
    host, rest = match[1], quote(match[2], safe="!#$%&'()*+,/:;=?@[]~")
    if rest.startswith("#"):
        rest = f"/{rest}"
    if rest.find("?") == len(rest) - 1:
        rest = rest.removesuffix("?")
    if not URL.fullmatch(host + rest):
        rest = quote(rest, safe="#%&+/:=?@~")
    if not URL.fullmatch(host + rest):
        path, mark, query = rest.partition("?")
        rest = _closed(path, "%&:=@~.") + mark + _closed(query, "%:?@~.")
    return host + rest


def _closed(piece: str, open_ends: str) -> str:
    """Return a path or query with its last character escaped if that is one of ``open_ends``."""
    return f"{piece[:-1]}%{ord(piece[-1]):02X}" if piece and piece[-1] in open_ends else piece


def urls(text: str) -> tuple[str, ...]:
    """Return the URLs that stand in ``text``, as a network would find them."""
    return tuple(match[0] for match in URL.finditer(text))


def hashtags(text: str) -> tuple[str, ...]:
    """Return the hashtags alive in ``text``, without their sign."""
    return tuple(match["tag"] for match in TOKEN.finditer(text) if match["hashtag"])


def _wanted(match: regex.Match[str]) -> str:
    """Return what stands for an unwanted character: white space for a white one, a sign for half a one."""
    character = match[0]
    if character[0] in "\n\r\x0b\x0c\x85\u2028\u2029":
        return "\n"
    if character == "\t":
        return " "
    return "\ufffd" if "\ud800" <= character <= "\udfff" else ""
