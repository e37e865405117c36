"""Values that the tests of the reports show."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.model import (
    Change,
    ChangeKind,
    Cost,
    Delivery,
    Directives,
    Event,
    Facet,
    FacetKind,
    Item,
    Link,
    Media,
    News,
    Outcome,
    Page,
    Part,
    Post,
    Problem,
    Provenance,
    Recognition,
    Refusal,
    Revision,
    RichText,
    Run,
    Rung,
    RunReport,
    Site,
    Status,
    Trouble,
    Unit,
)
from bot.report.values import Explained, Finding, Preview, Verdict

NOW = datetime(2026, 11, 18, 14, 5, tzinfo=UTC)
RELEASE = "https://www.mediawiki.org/wiki/MediaWiki_1.46"
LOGO = Media(file="New logo.png", alt="A sunflower of petals in two shades")

# An editor's text that tries to speak to the terminal, to rich and to the page, and to turn the direction.
HOSTILE = "\x1b[31m[bold]x[/bold]\r\x9b2J <script>alert(1)</script> {{ 7 * 7 }} \u202egnp.exe"


def page(title: str = "Template:News") -> Page:
    revision = Revision(id=4711, editor="Ada", saved_at=NOW)
    return Page(site=Site(name="mediawiki:mediawiki"), title=title, wikitext="", revision=revision)


def item(key: str = "mw146", **changes: Any) -> Item:
    fields: dict[str, Any] = {
        "line": 4,
        "body": RichText(runs=(Run(text="MediaWiki 1.46", url=RELEASE, bold=True), Run(text=" is out."))),
        "date": date(2026, 11, 18),
        "main_link": Link(text="MediaWiki 1.46", url=RELEASE, bold=True),
        "media": (LOGO,),
    }
    return Item(key=key, **fields | changes)


def plain_item(text: str, **changes: Any) -> Item:
    return item(body=RichText(runs=(Run(text=text),)), main_link=None, media=(), **changes)


def asked_item() -> Item:
    return item(
        key="asked",
        directives=Directives(
            channels=("mastodon", "feed"),
            content_warning="politics",
            language="de",
            not_before=NOW + timedelta(days=1),
            hold="until the board agrees",
            texts={"feed": "another text"},
        ),
    )


def news(*items: Item, problems: tuple[Problem, ...] = ()) -> News:
    return News(layout="bullets", items=items, problems=problems)


def part(text: str = f"MediaWiki 1.46 is out. {RELEASE}", **changes: Any) -> Part:
    fields: dict[str, Any] = {"length": 46, "limit": 500, "unit": Unit.CHARACTERS}
    return Part(text=text, **fields | changes)


def linked_part(text: str, url: str) -> Part:
    return part(text, facets=(Facet(start=0, end=len(text), kind=FacetKind.LINK, url=url),))


def post(*parts: Part, **changes: Any) -> Post:
    return Post(parts=parts or (part(),), **changes)


def outcome(status: Status = Status.SENT, **changes: Any) -> Outcome:
    fields: dict[str, Any] = {
        "page": "Template:News",
        "item": "mw146",
        "channel": "wikis-world",
        "network": "mastodon",
        "action": "publish",
        "post": post(media=(LOGO,), language="en"),
        "url": "https://wikis.world/@news/115" if status is Status.SENT else None,
    }
    return Outcome(status=status, **fields | changes)


def refusal(reason: str, **changes: Any) -> Refusal:
    fields: dict[str, Any] = {"page": "Template:News", "item": "mw146", "channel": "wikis-world"}
    return Refusal(reason=reason, **fields | changes)


def report(**fields: Any) -> RunReport:
    return RunReport(**fields)


def full_report() -> RunReport:
    """A run to which everything happened that can."""
    return report(
        posts=(
            outcome(),
            outcome(item="typo", action="edit"),
            outcome(Status.ADOPTED, item="by-hand", action="adopt", post=None, error="posted by hand"),
            outcome(Status.PENDING, item="later", error="the server is down"),
            outcome(Status.SENDING, item="maybe", error="the answer was lost"),
            outcome(Status.IN_DOUBT, item="unknown", action="settle", post=None, error="cannot be read"),
            outcome(Status.FAILED, item="too long", error="422: text too long"),
        ),
        held=(refusal("settling on the page", item="new", until=NOW + timedelta(minutes=30)),),
        skipped=(refusal("already sent", item="old"), refusal("adopted: stood there before", item="older")),
        problems=(
            Trouble(message="unknown directive 'foo'", page="Template:News", line=7),
            Trouble(message="the server is down", channel="wikis-world", failure=True),
        ),
        refusal="stopped from the wiki: User:NewsBot/run",
    )


def delivery(status: Status = Status.SENT, **changes: Any) -> Delivery:
    fields: dict[str, Any] = {
        "id": 1,
        "site": "mediawiki:mediawiki",
        "page": "Template:News",
        "item": "mw146",
        "channel": "wikis-world",
        "part": 0,
        "key": "k" * 64,
        "created_at": NOW,
        "updated_at": NOW,
        "revision": 4711,
        "editor": "Ada",
        "attempts": 1,
    }
    if status is Status.SENT:
        fields |= {"remote_id": "115", "url": "https://wikis.world/@news/115"}
    return Delivery(status=status, **fields | changes)


def preview(**changes: Any) -> Preview:
    fields: dict[str, Any] = {
        "page": "Template:News",
        "item": item(),
        "channel": "wikis-world",
        "network": "mastodon",
        "post": post(media=(LOGO,), language="en"),
    }
    return Preview(**fields | changes)


COST = Cost(channel="x", run=Decimal("0.215"), month=Decimal("4.9"), budget=Decimal(5))

FINDINGS = (
    Finding(subject="wiki", verdict=Verdict.GOOD, message="opened as NewsBot"),
    Finding(subject="Template:News", verdict=Verdict.WARNING, message="no item has a date"),
    Finding(
        subject="wikis-world",
        verdict=Verdict.BAD,
        message="the token was revoked",
        remedy="make a new one and put it into MASTODON_TOKEN",
    ),
)


_ADDED = Revision(id=4700, editor="Ann", saved_at=NOW - timedelta(hours=3), comment="First news")
_CHANGED = Revision(id=4711, editor="", saved_at=NOW, tags=("mw-undo",))
PROVENANCE = Provenance(
    revision=4711,
    editors=("Ann", ""),
    since=NOW,
    changes=(
        Change(kind=ChangeKind.ADDED, revision=_ADDED),
        Change(kind=ChangeKind.CHANGED, revision=_CHANGED, relinked=True),
        Change(kind=ChangeKind.APPROVED, revision=replace(_ADDED, id=4712, comment=""), detail="fine"),
    ),
)


def explained(**changes: Any) -> Explained:
    fields: dict[str, Any] = {
        "page": "Template:News",
        "item": "mw146",
        "channel": "wikis-world",
        "decision": "hold",
        "reason": "settling on the page",
        "until": NOW,
        "deliveries": (delivery(Status.HELD),),
        "events": (
            Event(delivery=1, at=NOW, before=None, after=Status.PENDING),
            Event(delivery=1, at=NOW, before=Status.PENDING, after=Status.HELD, detail="settling"),
        ),
        "recognition": Recognition(by=Rung.LIKENESS, score=0.876, doubt="mw145"),
        "provenance": PROVENANCE,
    }
    return Explained(**{**fields, **changes})
