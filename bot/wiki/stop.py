"""Asks whether the wiki lets the bot go on: by its stop pages, and by a block of its account.

Anybody who may edit a stop page can stop the bot. Anything but the word ``run`` means stop; so does a page
that is missing, is a redirect, or cannot be read.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from bot.errors import PageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.wiki.api import Api

RUN = "run"


class StopPages:
    """The question whether to go on, which costs one request each time it is asked.

    ``title`` is the page that stops everything and ``channels`` has those that stop one channel only, by its
    name. Where there is neither, and nobody is logged in, nothing is asked.
    """

    def __init__(
        self, api: Api, *, account: str | None, title: str | None, channels: Mapping[str, str]
    ) -> None:
        self._api = api
        self._account = account
        self._title = title
        self._channels = channels

    def why_stop(self, channel: str | None) -> str | None:
        """Return why nothing may be published, at all or on that channel; ``None``: it may be."""
        own = self._channels.get(channel) if channel is not None else None
        titles = [title for title in (self._title, own) if title is not None]
        if not titles and self._account is None:
            return None
        asked = " and ".join(titles) or f"the account {self._account}"
        try:
            said, block = self._ask(titles)
        except PageError as error:
            return f"{asked} cannot be looked at, which means stop: {error}"
        if block is not None:
            return f"stopped from the wiki: the account {self._account} is blocked{block}."
        for title in titles:
            text = said.get(title)
            if text is None or text.strip() != RUN:
                state = "does not exist, or cannot be read" if text is None else "says something else"
                return f"stopped from the wiki: {title} must read '{RUN}' and {state}."
        return None

    def _ask(self, titles: list[str]) -> tuple[dict[str, str | None], str | None]:
        """Return what the pages say, and by whom the account is blocked and why, in words."""
        parameters: dict[str, str | int] = {"action": "query", "meta": "userinfo", "uiprop": "blockinfo"}
        if titles:
            composed = [unicodedata.normalize("NFC", title) for title in titles]
            parameters |= {
                "prop": "revisions",
                "titles": "|".join(dict.fromkeys(composed)),
                "rvprop": "content",
                "rvslots": "main",
            }
        query = self._api.ask(**parameters)["query"]
        with self._api.trouble():
            renamed = {entry["from"]: entry["to"] for entry in query.get("normalized", ())}
            told = {entry["title"]: _text(entry) for entry in query.get("pages", ())}
            block = _block(query["userinfo"])
        names = {title: unicodedata.normalize("NFC", title) for title in titles}
        return {title: told.get(renamed.get(name, name)) for title, name in names.items()}, block


def _text(told: Mapping[str, Any]) -> str | None:
    for revision in told.get("revisions", ()):
        text: str | None = revision.get("slots", {}).get("main", {}).get("content")
        return text
    return None


def _block(told: Mapping[str, Any]) -> str | None:
    if "blockid" not in told:
        return None
    by = f" by {told['blockedby']}" if told.get("blockedby") else ""
    return f"{by} ({told['blockreason']})" if told.get("blockreason") else by
