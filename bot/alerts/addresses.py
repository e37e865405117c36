"""A messenger for each service that apprise knows by a URL: https://appriseit.com/services/.

Such a URL holds passwords, and so does much of what apprise says of it. None of that is ever shown: its log
is switched off, its errors are dropped, and a service is called by its scheme.

apprise is imported when there is something to tell, and not before: it takes as long as half a run.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.errors import AlertError

if TYPE_CHECKING:
    from apprise import Apprise

    from bot.config import Address
    from bot.model import Notice

TIMEOUT = 10.0  # seconds for a connection and for an answer, where the address does not say (cto=, rto=)


class AddressMessenger:
    """Tells by one address."""

    def __init__(self, address: Address) -> None:
        self._address = address

    @property
    def name(self) -> str:
        """The service's scheme, with a number where there are several."""
        return self._address.name

    def tell(self, notice: Notice) -> None:
        """Tell it; an answer that did not come in time may mean that it was told all the same.

        Raises:
            AlertError: the address is not understood, or its service did not take it.
        """
        service = _opened(self._address)
        try:
            told = bool(
                service.notify(
                    body=notice.text,
                    title=notice.title,
                    notify_type="warning" if notice.begun else "info",
                    body_format="text",
                )
            )
        except Exception:  # noqa: BLE001 - whatever it is, it may hold the address
            told = False
        if not told:
            raise AlertError(
                f"{self.name}: the service of {self._address.place} did not take it, or cannot be reached"
            )


def objection(address: Address) -> str | None:
    """Say what is wrong with an address, ``None`` where nothing is; nothing is sent."""
    try:
        _opened(address)
    except AlertError as error:
        return str(error)
    return None


def _opened(address: Address) -> Apprise:
    """Return the one service of an address.

    Raises:
        AlertError: apprise does not understand it.
    """
    logging.getLogger("apprise").disabled = True  # it says too much, even where it means to keep secrets
    from apprise import Apprise, AppriseAsset, PersistentStoreMode  # noqa: PLC0415 - see above

    asset = AppriseAsset(
        app_id="Wikiherald",
        app_desc="Wikiherald",
        async_mode=False,  # its threads would keep the process from ending
        storage_mode=PersistentStoreMode.MEMORY,
    )
    opened = Apprise(asset=asset)
    try:
        understood = opened.add(address.url.reveal()) and len(opened) == 1
    except Exception:  # noqa: BLE001 - whatever it is, it may hold the address
        understood = False
    if not understood:
        raise AlertError(
            f"{address.place} is not one that apprise understands, or needs a package that is not here; see "
            "https://appriseit.com/services/"
        )
    for service in opened:
        if service.socket_connect_timeout == type(service).socket_connect_timeout:
            service.socket_connect_timeout = TIMEOUT
        if service.socket_read_timeout == type(service).socket_read_timeout:
            service.socket_read_timeout = TIMEOUT
    return opened
