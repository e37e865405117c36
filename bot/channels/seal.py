"""Seals what a channel keeps between runs, so that it is worthless without the channel's own secret.

The key is derived from that secret (HKDF, RFC 5869), which must be one that nobody can guess, as those are
that networks make themselves; the sealing is Fernet's (https://cryptography.io/en/latest/fernet/).
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

if TYPE_CHECKING:
    from bot.model import Secret


def seal(text: str, secret: Secret, *, purpose: str) -> str:
    """Return ``text`` sealed, printable; ``purpose`` says what it is and whose, and is no secret."""
    return _box(secret, purpose).encrypt(text.encode()).decode("ascii")


def unseal(sealed: str | None, secret: Secret, *, purpose: str) -> str | None:
    """Return what was sealed with this secret for this purpose; ``None`` for anything else."""
    if sealed is None:
        return None
    try:
        return _box(secret, purpose).decrypt(sealed).decode()
    except (InvalidToken, ValueError):
        return None


def _box(secret: Secret, purpose: str) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"wikiherald {purpose}".encode())
    return Fernet(base64.urlsafe_b64encode(key.derive(secret.reveal().encode())))
