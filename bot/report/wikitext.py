"""Writes data as wikitext that shows exactly it: nothing from outside ever becomes markup on a wiki's page.

Everything that has a meaning in wikitext is written as a character reference, which MediaWiki shows and never
interprets (https://www.mediawiki.org/wiki/Help:Formatting, https://www.mediawiki.org/wiki/Markup_spec): what
is left are letters, digits, spaces, and signs that mean nothing.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from bot.report.safe import one_line, web_address

# Of ASCII's signs nearly each means something somewhere. Beside these quotation marks, MediaWiki would make a
# space one that does not break.
_HARMLESS = frozenset(" ,.()")
_FRENCH = frozenset("\u00ab\u00bb\u2039\u203a")
# "RFC 2119", "PMID 1234" and "ISBN 978-..." become links without any sign: https://www.mediawiki.org/wiki/Help:Magic_links
_MAGIC_LINK = re.compile("RFC|PMID|ISBN")
# No characters, for Unicode: MediaWiki would put another one in their place.
_NONE = re.compile("[\ufdd0-\ufdef\ufffe\uffff]")
# What a URI may consist of: https://datatracker.ietf.org/doc/html/rfc3986#section-2
_OF_URIS = "-._~:/?#[]@!$&'()*+,;=%"
_NOT_IN_BRACKETS = re.compile(r"[][]")  # they would end the link


class Wikitext(str):
    """Text that is wikitext already, so that nobody escapes it again."""

    __slots__ = ()


def escape(text: str) -> Wikitext:
    r"""Return wikitext that shows ``text``, on one line, and does nothing else wherever it stands in a line.

    White space is folded; what would hide or turn what is read (controls, direction) is written out, as
    ``\u202e``.
    """
    shown = unicodedata.normalize("NFC", one_line(_NONE.sub(_written_out, text)))
    without_links = _MAGIC_LINK.split(shown)
    pieces = [_escape_signs(without_links[0])]
    for word, piece in zip(_MAGIC_LINK.findall(shown), without_links[1:], strict=True):
        pieces += [_reference(word[0]), word[1:], _escape_signs(piece)]
    return Wikitext("".join(pieces))


def link(url: str, label: str) -> Wikitext:
    """Return an external link, or the label alone where ``url`` is none that may be clicked."""
    target = _address(url)
    return escape(label) if target is None else Wikitext(f"[{target} {escape(label)}]")


def page_link(title: str, label: str) -> Wikitext:
    """Return a link to a page of the wiki, whatever its namespace."""
    return Wikitext(f"[[:{escape(title)}|{escape(label)}]]")


def _escape_signs(text: str) -> str:
    return "".join(_reference(sign) if _has_meaning(sign) else sign for sign in text)


def _has_meaning(sign: str) -> bool:
    if sign.isascii():
        return not sign.isalnum() and sign not in _HARMLESS
    return sign in _FRENCH


def _reference(sign: str) -> str:
    return f"&#{ord(sign)};"


def _written_out(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _address(url: str) -> str | None:
    """Return a URL as it may stand between ``[`` and a label; its meaning is the same."""
    if not web_address(url) or any(sign.isspace() for sign in url):
        return None
    encoded = quote(url, safe=_OF_URIS)
    if _NOT_IN_BRACKETS.search(encoded) is not None:
        return None  # an IPv6 address, or what should not be there at all
    scheme, _, rest = encoded.partition("://")
    return f"{scheme}://{_escape_address(rest)}"


def _escape_address(rest: str) -> str:
    # Letters, digits and what only separates: signatures, quotes, magic words and tables are made of others.
    return "".join(sign if sign.isalnum() or sign in "/.-%" else _reference(sign) for sign in rest)
