"""Rules about single words: what a maintainer does not want said, and whom an item calls upon."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from bot.decide.gate import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.decide.gate import Surroundings
    from bot.model import Item

PATIENCE = 0.2  # seconds for one regular expression on one text: some take for ever on some texts

# "@news" and "@news@wiki.example", but no address of mail.
_MENTION = regex.compile(r"(?<![\w@/.])@[\w-]+(?:[.@][\w-]+)*")


def unwanted_words(item: Item, around: Surroundings) -> Verdict | None:
    """Hold what has a word of ``hold_words`` in it, as a whole word and in whatever case."""
    said = "\n".join(_said(item)).casefold()
    for word in sorted(around.gate.hold_words):
        if regex.search(rf"(?<!\w){regex.escape(word.casefold())}(?!\w)", said):
            return Verdict(
                reason=f"it says “{word}”, which hold_words keeps back: a trusted editor can approve it"
            )
    return None


def unwanted_patterns(item: Item, around: Surroundings) -> Verdict | None:
    """Hold what an expression of ``hold_patterns`` finds something in; its links are searched too."""
    for number, pattern in enumerate(around.gate.hold_patterns, start=1):
        for text in (*_said(item), *(link.url for link in item.body.links)):
            try:
                found = regex.search(pattern, text, timeout=PATIENCE)
            except TimeoutError:
                return Verdict(
                    reason=f"entry {number} of hold_patterns takes too long on it: mend that entry"
                )
            if found:
                return Verdict(
                    reason=f"entry {number} of hold_patterns keeps it back (“{found[0][:60]}”): a trusted "
                    "editor can approve it"
                )
    return None


def few_mentions(item: Item, around: Surroundings) -> Verdict | None:
    """Hold what mentions more accounts than ``max_mentions``, be they known or not."""
    most = around.gate.max_mentions
    if most is None:
        return None
    mentioned = {name.casefold() for text in _said(item) for name in _MENTION.findall(text)}
    if len(mentioned) <= most:
        return None
    names = ", ".join(sorted(mentioned))
    return Verdict(
        reason=f"it mentions {len(mentioned)} accounts ({names}), more than max_mentions = {most}: a trusted "
        "editor can approve it"
    )


def _said(item: Item) -> Iterator[str]:
    """Yield every text of an item that people may get to see."""
    yield item.text
    yield from item.directives.texts.values()
    yield item.directives.content_warning or ""
    for media in item.media:
        yield media.alt or ""
