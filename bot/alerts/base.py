"""What a messenger is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bot.model import Notice


class Messenger(Protocol):
    """One way to the operator.

    Each messenger is remembered by its ``name``: what it could not tell it is given again in the next run,
    whatever others have told. So the name remains the same from run to run, is no other messenger's, has at
    most 100 characters and shows no secret.
    """

    @property
    def name(self) -> str:
        """What it is called in reports and in the ledger."""

    def tell(self, notice: Notice) -> None:
        """Tell it, in bounded time; called from a thread of its own, once in a run at most.

        Raises:
            AlertError: it was not told, or nobody knows. The message is shown, without any secret.
        """
