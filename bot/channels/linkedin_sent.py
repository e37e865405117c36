"""What was sent under which key, kept between runs: LinkedIn refuses a text that it has seen.

Its refusal names the post that is there, which may be the one of an earlier try or that of another item; and
of a post only the words can be changed, so it must be known whether its pictures are still the same.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.channels.base import Memory
    from bot.model import Outgoing

_KEPT = "posts"
_MOST = 50  # posts remembered; LinkedIn forgets what it has seen after a day or two


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """What stands below the words of a post (a digest of it), and the post's URN as far as it was told."""

    below: str
    urn: str | None = None


class SentPosts:
    """The posts that this channel has sent lately, by their idempotency keys."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def note(self, outgoing: Outgoing, *, urn: str | None = None) -> None:
        """Remember what goes out, or has gone out as ``urn``."""
        kept = self._kept()
        kept.pop(outgoing.key, None)
        kept[outgoing.key] = Sent(below=below(outgoing), urn=urn)
        newest = list(kept.items())[-_MOST:]
        self._memory.put(_KEPT, json.dumps({key: [sent.below, sent.urn] for key, sent in newest}))

    def shows_the_same(self, outgoing: Outgoing) -> bool:
        """Tell whether what stands below the words is surely as it was when this was sent."""
        sent = self._kept().get(outgoing.key)
        return sent is not None and sent.below == below(outgoing)

    def is_another_s(self, urn: str, key: str) -> bool:
        """Tell whether a post is known to be that of another key."""
        owners = {other for other, sent in self._kept().items() if sent.urn == urn}
        return bool(owners) and key not in owners

    def _kept(self) -> dict[str, Sent]:
        try:
            kept = json.loads(self._memory.get(_KEPT) or "{}")
            return {str(key): Sent(below=str(shown), urn=urn) for key, (shown, urn) in kept.items()}
        except (AttributeError, TypeError, ValueError):
            return {}


def below(outgoing: Outgoing) -> str:
    """Return a digest of what stands below the words: the pictures with their alt texts, else the card."""
    digest = hashlib.sha256()
    for picture in outgoing.attachments:
        for piece in (picture.alt.encode(), picture.content):
            digest.update(hashlib.sha256(piece).digest())
    if not outgoing.attachments:
        digest.update((outgoing.link or "").encode())
    return digest.hexdigest()[:16]
