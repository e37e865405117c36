"""Plain text as a network may show it: nothing hidden in it, white space folded.

What is invisible and changes nothing that is read is taken out without a word. What makes a text read other
than it is written is taken out and told (``misleading``): without it the text need not be what editors saw.
What scripts and emoji need stays: the marks LRM, RLM and ALM, which turn only the signs beside them; the
joiners of Arabic, Persian, Indic scripts and emoji; places for a line break; selectors of a variant there is.

https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing and
https://www.unicode.org/reports/tr39/#Identifier_Status_and_Type (the mild half: a text is no name)
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

# Embeddings, overrides and isolates: they turn all up to their end, which may be cut off with a text's.
# https://www.unicode.org/reports/tr9/#Explicit_Directional_Formatting_Characters
_TURNING = r"[\u202A-\u202E\u2066-\u2069]"
# Invisible copies of ASCII. Behind a black flag they are the flag of Wales and the like, and nothing else.
# https://www.unicode.org/reports/tr51/#def_emoji_tag_sequence
_TAG = r"[\U000E0000-\U000E007F]"
_FLAG = r"\U0001F3F4[\U000E0030-\U000E0039\U000E0061-\U000E007A]{3,6}\U000E007F"
# Variants are of symbols and emoji, and of the letters of a few scripts; others have none to choose from.
# https://www.unicode.org/Public/UCD/latest/ucd/StandardizedVariants.txt
_SELECTOR = r"[\uFE00-\uFE0F\U000E0100-\U000E01EF]"
_VARYING = (
    r"[\p{Emoji}\p{S}\p{P}\p{Han}\p{Hiragana}\p{Katakana}\p{Mongolian}\p{Myanmar}\p{Phags_Pa}\p{Manichaean}"
    r"\p{Egyptian_Hieroglyphs}[\p{L}&&\p{Common}]]"
)
# Scripts whose letters do not join; a joiner between them asks for a ligature more or less.
_UNJOINED = r"[\p{Latin}\p{Greek}\p{Cyrillic}\p{Nd}]"

_UNWANTED = regex.compile(
    rf"""
    (?P<kept> {_FLAG} | {_VARYING}{_SELECTOR}(?!{_SELECTOR}) )
  | (?P<told> {_TURNING} | {_TAG} | {_SELECTOR}{{2,}} )
  | {_SELECTOR}
    # controls, half characters and what never is one; byte order mark, soft hyphen, invisible operators, the
    # frames of notes, and what Unicode wants nobody to use
  | [[\p{{Cc}}\p{{Cs}}\p{{Noncharacter_Code_Point}}\xAD\u2061-\u2065\u206A-\u206F\uFEFF\uFFF0-\uFFFB
      \U000E0080-\U000E00FF\U000E01F0-\U000E0FFF]--\s]
    # letters that are blank, but for those that hold the place of one in a syllable of Old Korean
  | [\u3164\uFFA0] | \u115F (?![\u1160-\u11A7\uD7B0-\uD7C6]) | (?<![\u1100-\u115F\uA960-\uA97C]) \u1160
  | (?<={_UNJOINED}) [\u200C\u200D]+ (?={_UNJOINED})
    """,
    regex.VERSION1 | regex.VERBOSE,
)
# Of what Python calls printable, these may have to go all the same.
_BLANK = re.compile("[\u115f\u1160\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_SPACE = regex.compile(r"\s+")
_BEFORE = 12  # characters that help to find one that nobody can see


def visible(text: str) -> str:
    """Drop what nobody can see; white space stays as it is."""
    if _is_plain(text):  # which nearly all are: that is quickly told
        return text
    return _UNWANTED.sub(lambda match: match["kept"] or "", text)


def misleading(text: str) -> tuple[str, ...]:
    """Say of each character that makes ``text`` read other than it is written what it is, and behind what.

    That is what turns the direction, and what can carry a text of its own that nobody sees.
    """
    return () if _is_plain(text) else tuple(dict.fromkeys(_told(text)))


def clean(text: str) -> str:
    """Drop what nobody can see and fold each stretch of white space (no-break spaces too) into one space.

    A no-break space becomes a plain one: networks wrap lines themselves, and a text that is read back is
    compared with what was sent.
    """
    if _is_plain(text) and "  " not in text:
        return text
    return _SPACE.sub(" ", visible(text))


def fold(text: str) -> str:
    """Clean a text that stands alone: nothing blank at its ends."""
    return clean(text).strip()


def _is_plain(text: str) -> bool:
    return text.isprintable() and (text.isascii() or not _BLANK.search(text))


def _told(text: str) -> Iterator[str]:
    for match in _UNWANTED.finditer(text):
        if match["told"]:
            sign = match["told"][0]
            name = unicodedata.name(sign, "reserved").lower()
            before = fold(text[: match.start()])[-_BEFORE:]
            yield f"U+{ord(sign):04X} ({name})" + (f" behind “{before}”" if before else " at its beginning")
