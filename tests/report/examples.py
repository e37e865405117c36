"""Values that the tests of the reports show."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.model import (
    Alert,
    Alerts,
    Change,
    ChangeKind,
    Concern,
    ConcernKind,
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
    PageEdit,
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
from bot.report.values import (
    Answer,
    Explained,
    Finding,
    Preview,
    Standing,
    StatusPage,
    StatusRow,
    Verdict,
)

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


# Its letters are Cyrillic.
LOOKING_LATIN = "https://\u0430\u0440\u0440\u04cf\u0435.com:8443/x"
LEADS_TO = "xn--80ak6aa92e.com:8443"


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


WIKITECH = "https://wikis.world/@wikitech/1130"


def share(status: Status = Status.SENT, **changes: Any) -> Outcome:
    fields: dict[str, Any] = {"item": "outage", "action": "share", "post": None, "shares": WIKITECH}
    fields["url"] = WIKITECH if status is Status.SENT else None
    return outcome(status, **fields | changes)


def alert(*, thing: str = "unknown on wikis-world: in doubt", **changes: Any) -> Alert:
    fields: dict[str, Any] = {
        "concern": Concern(
            key="in_doubt:unknown",
            kind=ConcernKind.DOUBT,
            subject="wikis-world",
            thing=thing,
            cause="cannot be read",
            step="look there",
        ),
        "since": NOW,
        "messengers": ("mailtos", "matrixs"),
    }
    return Alert(**fields | changes)


def full_report() -> RunReport:
    """A run to which everything happened that can."""
    return report(
        posts=(
            outcome(),
            outcome(item="typo", action="edit"),
            share(),
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
        edits=(
            PageEdit(page="User:NewsBot/status", summary="1 posted", text="<!-- ours -->\nText", revision=9),
        ),
        refusal="stopped from the wiki: User:NewsBot/run",
        alerts=Alerts(told=(alert(),), over=(alert(thing="wikis-world does not work", messengers=("irc",)),)),
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


def status_page(**changes: Any) -> StatusPage:
    """A status page with everything that can stand on one."""
    fields: dict[str, Any] = {
        "channels": ("wikis-world", "bluesky", "matrix", "feed"),
        "rows": (
            StatusRow(
                page="Template:News",
                item="hackathon",
                title="The Wikimedia Hackathon takes place in Milan from 8 to 10 May; registration is open.",
                standings=tuple(
                    Standing(
                        channel=name,
                        status=Status.HELD,
                        reason="settling on the page until 2026-11-18 14:35 UTC",
                        until=NOW + timedelta(minutes=30),
                    )
                    for name in ("wikis-world", "bluesky", "matrix", "feed")
                ),
            ),
            StatusRow(
                page="Template:News",
                item="mw146",
                title="MediaWiki 1.46 is out! It needs PHP 8.3.",
                standings=(
                    standing(channel="wikis-world", url="https://wikis.world/@news/115"),
                    standing(channel="bluesky", url="https://bsky.app/profile/news.example/post/3k", parts=2),
                    standing(
                        Status.IN_DOUBT,
                        channel="matrix",
                        reason="the answer was lost: the server did not answer within 30 seconds",
                    ),
                    standing(channel="feed", url="https://news.example/#mw146"),
                ),
            ),
            StatusRow(
                page="Template:News",
                item="2026-11-12: Security release",
                title="Security releases 1.45.2, 1.44.5 and 1.43.9 are available.",
                standings=(
                    standing(Status.FAILED, channel="wikis-world", reason="422: text is too long"),
                    standing(
                        Status.PENDING,
                        channel="bluesky",
                        reason="the server is down",
                        until=NOW + timedelta(hours=1),
                    ),
                    standing(channel="feed", url="https://news.example/#security"),
                ),
            ),
            StatusRow(
                page="Template:News",
                item="skins",
                title="New skins have come.",
                standings=(
                    standing(Status.RETRACTED, channel="wikis-world"),
                    standing(Status.ADOPTED, channel="bluesky"),
                    standing(Status.SENDING, channel="matrix"),
                    standing(Status.ADOPTED, channel="feed"),
                ),
            ),
        ),
        "last_run": NOW,
        "changed": NOW,
        "troubles": ("Template:News line 7: unknown directive 'chanels'; did you mean channels?",),
        "costs": (Cost(channel="x", run=None, month=Decimal("1.23"), budget=Decimal(5)),),
        "answers": (Answer(command="hold hackathon", by="Ada", answer="is held until you take that back"),),
        "notes": ("The configuration page cannot be read: line 3 is not JSON; the settings before it hold.",),
        "stop_page": "User:NewsBot/run",
        "every": timedelta(hours=1),
        "heartbeat": timedelta(days=1),
    }
    return StatusPage(**fields | changes)


def standing(status: Status = Status.SENT, **fields: Any) -> Standing:
    return Standing(status=status, **fields)
