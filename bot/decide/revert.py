"""Was an item taken back? Leaving the page is no retraction; a revert of the edit that brought it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Revision


def reverting(added: int, history: Sequence[Revision]) -> Revision | None:
    """Return the revision that took back what stood there since revision ``added``; ``None`` where none did.

    That is the first later one whose text is, to the letter, an earlier one's; or, where MediaWiki has marked
    the adding revision as reverted, the first later one marked as a revert. ``history`` is oldest first;
    where it does not reach back to ``added`` nothing is known, and nothing is taken back.
    """
    place = next((index for index, revision in enumerate(history) if revision.id == added), None)
    if place is None:
        return None
    earlier = {revision.sha1 for revision in history[:place] if revision.sha1}
    marked = history[place].was_reverted
    for revision in history[place + 1 :]:
        if revision.sha1 in earlier or (marked and revision.reverts):
            return revision
    return None
