"""The gate's rule about characters that nobody sees: the post must read as the page does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.decide.gate import Verdict

if TYPE_CHECKING:
    from bot.decide.gate import Surroundings
    from bot.model import Item

MOST = 3  # that are named; who takes out these finds the others


def read_as_written(item: Item, _: Surroundings) -> Verdict | None:
    """Hold what had characters in it that turn the text, or can hide another one in it.

    They are never posted, but without them the text need not be the one that the editors have read:
    https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing. See bot/news/plain.py for them.
    """
    found = item.misleading
    if not found:
        return None
    more = f" and {len(found) - MOST} more" if len(found) > MOST else ""
    return Verdict(
        reason="there are invisible characters in it that change how it reads: "
        f"{', '.join(found[:MOST])}{more}; take them out "
        "(for a word of the other direction, &lrm; and &rlm; do no harm)"
    )
