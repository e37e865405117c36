"""Remembers every delivery and every transition of it."""

from bot.ledger.opening import open_ledger, open_scratch_copy
from bot.ledger.store import Ledger

__all__ = ["Ledger", "open_ledger", "open_scratch_copy"]
