"""Short ways to make the values of bot.model in tests: every field has a plausible default."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from bot.channels.base import Facilities, Forgetful, Memory
from bot.channels.http import Http
from bot.decide.gate import Evidence
from bot.decide.keys import idempotency_key
from bot.model import (
    Capabilities,
    Delivery,
    Directives,
    Follower,
    Item,
    Link,
    OnEdit,
    Pace,
    Person,
    Provenance,
    Receipt,
    RemotePost,
    Revision,
    RichText,
    Run,
    Site,
    Status,
)
from bot.news.identity import fingerprint

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SITE = Site(name="test:test", article_path="https://wiki.example/wiki/$1")
PAGE = "Template:News"

_ids = count(1)


def an_item(key: str = "mw146", text: str = "MediaWiki 1.46 is out.", **fields: Any) -> Item:
    link = fields.pop("link", "https://wiki.example/wiki/MediaWiki_1.46")
    directives = fields.pop("directives", {})
    runs = (Run(text=text, url=link, bold=True),) if link else (Run(text=text),)
    defaults: dict[str, Any] = {
        "line": 1,
        "date": date(2026, 11, 18),
        "main_link": Link(text=text, url=link, bold=True) if link else None,
        "provenance": Provenance(revision=100, editors=("Ann",), since=NOW - 2 * HOUR),
    }
    return Item(
        key=key,
        body=RichText(runs=runs),
        directives=Directives(**directives),
        **{**defaults, **fields},
    )


def a_row(item: Item | str = "mw146", status: Status = Status.SENT, **fields: Any) -> Delivery:
    key = item if isinstance(item, str) else item.key
    channel = fields.pop("channel", "mastodon")
    part = fields.pop("part", 0)
    defaults: dict[str, Any] = {
        "id": next(_ids),
        "created_at": NOW - HOUR,
        "updated_at": NOW - HOUR,
        "fingerprint": "" if isinstance(item, str) else fingerprint(item),
        "remote_id": f"r{next(_ids)}" if status is Status.SENT else None,
    }
    return Delivery(
        site=SITE.name,
        page=PAGE,
        item=key,
        channel=channel,
        part=part,
        status=status,
        key=idempotency_key(SITE.name, PAGE, key, channel, part),
        **{**defaults, **fields},
    )


def a_follower(name: str = "mastodon", **fields: Any) -> Follower:
    defaults: dict[str, Any] = {
        "network": "mastodon",
        "capabilities": Capabilities(read_back=True, edit=True),
        "pace": Pace(),
        "on_edit": OnEdit.EDIT,
    }
    return Follower(name=name, **{**defaults, **fields})


def a_remote_post(text: str, **fields: Any) -> RemotePost:
    number = next(_ids)
    defaults: dict[str, Any] = {
        "receipt": Receipt(remote_id=f"r{number}", url=f"https://social.example/{number}"),
        "created_at": NOW,
    }
    return RemotePost(text=text, **{**defaults, **fields})


def evidence(*items: Item, groups: dict[str, set[str]] | None = None, **fields: Any) -> Evidence:
    """What a wiki would tell that knows everybody who wrote on these items, and all their edits."""
    origins = [item.provenance for item in items if item.provenance]
    known = {change.revision for origin in origins for change in origin.changes}
    known |= {
        Revision(id=origin.revision, editor=editor, saved_at=origin.since)
        for origin in origins
        for editor in origin.editors
    }
    memberships = groups or {}
    names = {revision.editor for revision in known} | set(memberships)
    made: dict[str, Any] = {
        "people": {
            name: Person(name=name, groups=frozenset(memberships.get(name, ()))) for name in names - {""}
        },
        "revisions": {revision.id: revision for revision in known},
    }
    return Evidence(**{**made, **fields})


def edited(item: Item, text: str) -> Item:
    return replace(item, body=RichText(runs=(Run(text=text),)))


def facilities(*, memory: Memory | None = None, timeout: tuple[float, float] = (5, 30)) -> Facilities:
    """What a channel is given to work with."""
    http = Http("https://wiki.example/wiki/User:NewsBot", timeout=timeout)
    return Facilities(http=http, memory=memory or Forgetful())
