"""What stands below the words of a post on LinkedIn: pictures, or the card of its link."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.channels.clock import utc_now
from bot.channels.http import host_of
from bot.errors import ChannelError, RejectedError, TransientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.channels.linkedin_api import Api
    from bot.channels.opengraph import OpenGraph, Picture
    from bot.model import Outgoing

log = logging.getLogger(__name__)

# https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api#article
_LONGEST_TITLE, _LONGEST_DESCRIPTION = 400, 4086
_PAUSES = (0.5, 1.0, 2.0, 4.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How long a picture may take to be processed, and how many posts are read back at most.

    ``early`` is how long before its item's date a post may have been made that LinkedIn names as this one's.
    ``sleep`` (seconds), ``monotonic`` and ``clock`` are the clocks by which is waited and judged.
    """

    processing: timedelta = timedelta(seconds=60)
    pages: int = 20
    page: int = 100
    early: timedelta = timedelta(days=4)
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    clock: Callable[[], datetime] = utc_now


class Below:
    """Uploads what stands below the words, and waits until it can be shown."""

    def __init__(self, *, api: Api, graph: OpenGraph, host: str, patience: Patience) -> None:
        self._api = api
        self._graph = graph
        self._host = host
        self._patience = patience

    def content(self, outgoing: Outgoing) -> dict[str, Any]:
        """Return the ``content`` of the post that is made of ``outgoing``; empty where there is none.

        https://learn.microsoft.com/linkedin/marketing/community-management/shares/multiimage-post-api
        """
        images = []
        for one in outgoing.attachments:
            try:
                urn = self._upload(one.content, one.mime_type, one.file)
            except RejectedError as error:
                raise RejectedError(f"{error} (the file {one.file})") from error
            images.append({"id": urn} | ({"altText": one.alt} if one.alt else {}))
        if len(images) > 1:
            return {"multiImage": {"images": images}}
        if images:
            return {"media": images[0]}
        return self._card(outgoing.link, outgoing.link_title) if outgoing.link else {}

    def _card(self, link: str, title: str | None) -> dict[str, Any]:
        """Return the main link's card. LinkedIn looks at no page itself: it shows what it is told."""
        page = self._graph.look_at(link)
        card = {"source": link, "title": (title or page.title or host_of(link))[:_LONGEST_TITLE]}
        if page.description:
            card["description"] = page.description[:_LONGEST_DESCRIPTION]
        if thumbnail := self._thumbnail(page.picture):
            card["thumbnail"] = thumbnail
        return {"article": card}

    def _thumbnail(self, picture: Picture | None) -> str | None:
        """Return the uploaded picture of a card, or ``None``: the post does not depend on it."""
        if picture is None:
            return None
        try:
            return self._upload(picture.content, picture.mime_type, "of the card")
        except ChannelError as error:
            log.info("%s: the card of the link has no picture: %s", self._host, error)
            return None

    def _upload(self, content: bytes, mime_type: str, file: str) -> str:
        address, urn = self._api.begin_upload()
        self._api.upload(address, content, mime_type)
        clock, longest = self._patience, self._patience.processing.total_seconds()
        deadline = clock.monotonic() + longest
        pauses = iter(_PAUSES)
        while (state := self._api.image_state(urn)) != "AVAILABLE":
            if state == "PROCESSING_FAILED":
                raise RejectedError(f"{self._host}: LinkedIn could not process the picture")
            if clock.monotonic() >= deadline:
                raise TransientError(
                    f"{self._host}: the file {file} was not processed within {longest:g} seconds; nothing "
                    "was published, it will be tried again"
                )
            clock.sleep(next(pauses, _PAUSES[-1]))
        return urn
