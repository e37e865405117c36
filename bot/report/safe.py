"""Text from outside is data: what a terminal, a log or a page could take for a command is made visible.

A wiki's text may hold escape sequences (which a terminal obeys), a carriage return (which hides what stands
before it), and characters that turn the direction of whatever follows.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

# The controls but for tab and line feed, half characters, line separators other than the line feed, and the
# characters that turn the direction: https://www.unicode.org/reports/tr9/#Explicit_Directional_Embeddings
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]"
)


def visible(text: str) -> str:
    r"""Return ``text`` with each unsafe character written out, ``\u001b`` for an escape.

    JSON stays the same JSON: this is how it writes a character, too.
    """
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def one_line(text: str) -> str:
    """Return ``text`` visible, on one line, its white space folded."""
    return visible(" ".join(text.split()))


def web_address(url: str) -> bool:
    """Tell whether ``url`` is one that may be made clickable: of the web, and nothing hidden in it."""
    try:
        parts = urlsplit(url)
    except ValueError:  # "http://[": half an IPv6 address
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and visible(url) == url
