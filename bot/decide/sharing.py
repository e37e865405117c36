"""Items that share somebody's post: where they cannot be shared, and what becomes of those that were."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.news.identity import fingerprint
from bot.news.sharing import TITLES, address_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Delivery, Follower, Item


def elsewhere(item: Item, follower: Follower) -> str | None:
    """Say why an item is nothing for a channel: the post that it shares is on another network, or on none."""
    url = item.directives.share
    if url is None:
        return None
    address = address_of(url)
    if address is None:
        return f"shares {url}, which is no post of a network that is known"
    if address.network == follower.network and follower.capabilities.shares:
        return None
    return f"shares a post on {TITLES[address.network]}, and this is no channel there"


def done(item: Item, published: Sequence[Delivery]) -> str | None:
    """Say why nothing follows of an item that was ``published`` as a share, or is to be one only by now.

    ``None`` where it is no share, neither then nor now.
    """
    if any(row.shares is not None for row in published):
        is_same = all(row.fingerprint == fingerprint(item) for row in published)
        return "already shared" if is_same else "already shared; edits are not followed here"
    if item.directives.share is not None:
        return "already sent as a post of its own; it is not shared as well"
    return None
