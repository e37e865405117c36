"""Sharing somebody's post by the network's own function: what it takes, and what is found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.model.channel import Receipt


@dataclass(frozen=True, kw_only=True, slots=True)
class Sharing:
    """All that a channel needs to share the post at ``url``.

    ``key`` is the idempotency key, the same at every try; so is ``remote_id``, the id chosen for the share
    before the first (see ``ChoosingChannel`` in bot/channels/base.py).
    """

    key: str
    url: str
    remote_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Shareable:
    """Somebody's post as a channel's network knows it: its ``id`` and, where posts have any, its ``version``.

    ``receipt`` is of our share of it where there is one. Without ``looked`` nobody looked for that, since it
    would cost money.
    """

    id: str
    version: str = ""
    receipt: Receipt | None = None
    looked: bool = True
