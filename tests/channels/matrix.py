"""What the tests of Matrix have in common, on the fake and on a real server."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from bot.channels.http import Http
from bot.channels.matrix import MatrixChannel
from bot.errors import RejectedError
from bot.model import Capabilities, Receipt, Secret
from tests.channels.benches import CONTACT
from tests.channels.contract import KEPT, ChannelContract
from tests.channels.messages import PNG, picture

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.channels.base import Channel
    from tests.channels.bench import Bench


def a_channel(server: str, *, token: str | None, room: str, **changes: Any) -> MatrixChannel:
    arguments: dict[str, Any] = {
        "name": "matrix",
        "server": server,
        "token": Secret(token) if token is not None else None,
        "room": room,
        "msgtype": "m.text",
        "http": Http(CONTACT),
    }
    return MatrixChannel(**(arguments | changes))


class MatrixContract(ChannelContract):
    capabilities: ClassVar = Capabilities(
        read_back=True, edit=True, delete=True, threads=True, media=True, idempotent=timedelta(minutes=30)
    )
    rich: ClassVar = True
    keeps: ClassVar = KEPT - {"content warning", "language"}
    unknown_id: ClassVar = "$" + "A" * 43

    def text_of(self, length: int) -> str:
        return "x" * (length - len("<p></p>"))

    def test_pictures_are_shown_in_their_order_with_their_alt_texts(
        self, bench: Bench, publish: Callable[..., Receipt]
    ) -> None:
        """One is; Matrix has no message that shows two."""
        one = picture('The logo <new> & "bold" · 新しい')
        publish(replace(self.outgoing(), attachments=(one,)))
        with pytest.raises(RejectedError, match="2 pictures"):
            publish(replace(self.outgoing(key="key-2"), attachments=(one, one)))
        (post,) = bench.visible()
        assert self.shows(post, (one,))

    def test_an_edit_changes_the_pictures_too(
        self, bench: Bench, channel: Channel, publish: Callable[..., Receipt]
    ) -> None:
        first, other = picture("first"), picture("other", content=PNG + b"2")
        receipt = publish(replace(self.outgoing(), attachments=(first,)))
        for attachments in ((replace(first, alt="better"),), (), (other,)):
            channel.edit(receipt, replace(self.outgoing(), attachments=attachments))
            (post,) = bench.visible()
            assert self.shows(post, attachments)
        with pytest.raises(RejectedError, match="2 pictures"):
            channel.edit(receipt, replace(self.outgoing(), attachments=(first, other)))
        assert bench.visible() == [post]
