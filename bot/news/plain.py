"""Plain text as a network may show it: no control characters, white space folded."""

from __future__ import annotations

import regex

# Controls, lone surrogates, and what can turn the text around it: embeddings, overrides and isolates, whose
# end may be cut off with the rest of a text. The marks LRM and RLM and the joiners that scripts need stay.
_UNWANTED = regex.compile(r"[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069\uFEFF--\s]", regex.VERSION1)
_SPACE = regex.compile(r"\s+")


def visible(text: str) -> str:
    """Drop what nobody can see; white space stays as it is."""
    if text.isprintable():  # which nearly all are: that is quickly told
        return text
    return _UNWANTED.sub("", text)


def clean(text: str) -> str:
    """Drop what nobody can see and fold each stretch of white space (no-break spaces too) into one space.

    A no-break space becomes a plain one: networks wrap lines themselves, and a text that is read back is
    compared with what was sent.
    """
    if text.isprintable() and "  " not in text:
        return text
    return _SPACE.sub(" ", visible(text))


def fold(text: str) -> str:
    """Clean a text that stands alone: nothing blank at its ends."""
    return clean(text).strip()
