"""The idempotency key of a delivery: what a network may know it by, the same at every try."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

VERSION = (
    1  # part of what is hashed; raising it makes every key anew, so that it never has to be raised lightly
)


def idempotency_key(site: str, page: str, item: str, channel: str, part: int) -> str:
    """Return the key of one item's part on one channel: 32 hexadecimal digits.

    It is made of the delivery's identity and never of its text, which an edit changes. The fields are hashed
    as a JSON list, in which no two identities look alike.
    """
    identity = json.dumps([VERSION, site, page, item, channel, part])
    return hashlib.sha256(identity.encode("ascii")).hexdigest()[:32]


def digest_key(keys: Iterable[str]) -> str:
    """Return the key of a post that says several deliveries at once, from theirs: 32 hexadecimal digits.

    Others put together, or in another order, are another post.
    """
    return hashlib.sha256(json.dumps([VERSION, *keys]).encode("ascii")).hexdigest()[:32]
