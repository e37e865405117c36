"""Reads the bot's command page: list items such as ``* retry mw146 mastodon ~~~~``.

What stands behind an order, a signature or a remark, is not read: who gave an order is told by the page's
history, and by nothing that anybody can write.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches

from bot.model import Problem, Verb
from bot.news import plain

VERBS = tuple(verb.value for verb in Verb)

_ITEM = re.compile(r"[*#:]+\s*(?P<verb>[^\s|<>\[\]{}]+)\s+(?P<item>[A-Za-z0-9._-]+)(?P<rest>(?:\s.*)?)")
_WORD = re.compile(r"\s+(?P<word>[A-Za-z0-9._-]+)(?=\s|$)")
_SILENT = re.compile(r"<!--.*?(?:-->|\Z)|<(nowiki|pre)\b[^>]*>.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_NOT_A_BREAK = re.compile(r"[^\n]")
_DASHES = re.compile(r"[-.]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """An order as it stands on the page.

    ``line`` counts from 1; ``text`` is the whole line, white space folded, and ``number`` says which it is of
    several that are alike. ``channel`` is ``None`` where no word stands behind the item.
    """

    verb: Verb
    item: str
    channel: str | None
    line: int
    text: str
    number: int = 0


def read_orders(wikitext: str) -> tuple[tuple[Written, ...], tuple[Problem, ...]]:
    """Return the orders on a page in its order, and what nearly looks like one; no wikitext raises."""
    silent = _SILENT.sub(lambda match: _NOT_A_BREAK.sub(" ", match[0]), wikitext)
    found: list[Written] = []
    problems: list[Problem] = []
    seen: Counter[str] = Counter()
    for number, line in enumerate(silent.splitlines(), start=1):
        match = _ITEM.match(line.strip())
        if match is None:
            continue
        verb = match["verb"].lower()
        if verb not in VERBS:
            if close := get_close_matches(verb, VERBS, n=1, cutoff=0.75):
                message = f"there is no order {verb!r}: did you mean {close[0]}? There are {', '.join(VERBS)}"
                problems.append(Problem(message=message, line=number))
            continue
        text = plain.fold(line)
        word = _WORD.match(match["rest"])
        channel = word["word"] if word and not _DASHES.fullmatch(word["word"]) else None
        found.append(
            Written(
                verb=Verb(verb),
                item=match["item"],
                channel=channel,
                line=number,
                text=text,
                number=seen[text],
            )
        )
        seen[text] += 1
    return tuple(found), tuple(problems)
