"""Little text as LinkedIn reads it: https://learn.microsoft.com/linkedin/marketing/community-management/shares/little-text-format.

What stands there without its backslash and is no element would be lost with all that follows it.
"""

from __future__ import annotations

import re

RESERVED = r"\\|{}@\[\]()<>*_~"
PIECES = re.compile(
    rf"""
    \\(?P<escaped>.)
  | \{{hashtag \| \\?(?P<sign>[#\uFF03]) \| (?P<tag>(?:\\.|[^{RESERVED}#])+) \}}
  | @ \[ (?P<name>(?:\\.|[^{RESERVED}#])+) \] \( (?P<urn>urn:li:(?:person|organization):[\w-]+) \)
  | (?P<plain>[^{RESERVED}#])
    """,
    re.VERBOSE | re.DOTALL,
)


def read_little_text(written: str) -> str:
    """Return what a reader sees; raises ``ValueError`` where LinkedIn would cut the text."""
    shown, at = "", 0
    while at < len(written):
        piece = PIECES.match(written, at)
        if piece is None:
            raise ValueError(f"{written[at]!r} is not escaped")
        at = piece.end()
        if piece["tag"]:
            shown += piece["sign"] + read_little_text(piece["tag"])
        elif piece["name"]:
            shown += read_little_text(piece["name"])
        else:
            shown += piece["escaped"] or piece["plain"]
    return shown
