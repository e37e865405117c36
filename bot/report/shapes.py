"""The shapes of ``--json``: a public interface (DESIGN.md, section 6). Keys are added, never changed.

Each function returns what ``to_json`` writes. Times are ISO 8601 in UTC with a ``Z``; what is not known is
``null``.
"""

from __future__ import annotations

import json
from datetime import UTC
from typing import TYPE_CHECKING, Any

from bot.compose.forms import native
from bot.model import Status
from bot.report import words
from bot.report.safe import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal

    from bot.model import (
        Alert,
        Change,
        Cost,
        Delivery,
        Item,
        Media,
        News,
        Outcome,
        Page,
        PageEdit,
        Part,
        Post,
        Problem,
        Provenance,
        Refusal,
        RunReport,
        Trouble,
    )
    from bot.report.values import Explained, Finding, Preview

Shape = dict[str, Any]

SIMULATED = "simulated"  # the status of a post that a real run would have sent


def to_json(shape: Mapping[str, Any]) -> str:
    """Return ``shape`` as JSON that people can read, safe on a terminal, without a line feed at its end."""
    return visible(json.dumps(shape, ensure_ascii=False, indent=2))


def parse_shape(page: Page, news: News) -> Shape:
    """Return what ``parse`` prints: the items of a page in its order, and what was not understood."""
    return {
        "page": page.title,
        "revision": page.revision.id,
        "layout": news.layout,
        "items": [_item(item) for item in news.items],
        "problems": [_problem(problem) for problem in news.problems],
        "reasons": list(news.reasons),
    }


def sync_shape(report: RunReport, *, simulate: bool) -> Shape:
    """Return what ``sync`` prints; ``refused`` is the reason where a brake or the stop page ended the run.

    ``costs`` are of the channels on networks that charge. All amounts are US dollars. ``edits`` are those of
    the bot's own pages on the wiki; their ``revision`` is ``null`` in a simulation. ``alerts`` are
    what the operator was told, by which ``messengers``: in a simulation, what they would tell.
    """
    return {
        "simulate": simulate,
        "posts": [_outcome(outcome, simulate=simulate) for outcome in report.posts],
        "held": [_refusal(refusal) for refusal in report.held],
        "skipped": [_refusal(refusal) for refusal in report.skipped],
        "problems": [_trouble(trouble) for trouble in report.problems],
        "refused": report.refusal,
        "costs": [_cost(cost) for cost in report.costs],
        "edits": [_edit(edit) for edit in report.edits],
        "alerts": {
            "told": [_alert(alert) for alert in report.alerts.told],
            "over": [_alert(alert) for alert in report.alerts.over],
        },
    }


def status_shape(deliveries: Sequence[Delivery], costs: Sequence[Cost] = ()) -> Shape:
    """Return what ``status`` prints. ``part`` counts from 0."""
    return {
        "deliveries": [_delivery(delivery) for delivery in deliveries],
        "costs": [_cost(cost) for cost in costs],
    }


def preview_shape(previews: Iterable[Preview]) -> Shape:
    """Return what ``preview`` prints; ``note`` is why a post would not go out now, ``null`` if it would."""
    return {
        "previews": [
            {
                "page": preview.page,
                "item": preview.item.key,
                "channel": preview.channel,
                "network": preview.network,
                **_post(preview.post, preview.network),
                "shares": preview.shares,
                "cost": _dollars(preview.cost),
                "note": preview.note or None,
                **_origin(preview.item.provenance),
            }
            for preview in previews
        ]
    }


def check_shape(findings: Iterable[Finding]) -> Shape:
    """Return what ``check`` prints."""
    return {
        "findings": [
            {
                "subject": finding.subject,
                "verdict": finding.verdict.value,
                "message": finding.message,
                "remedy": finding.remedy,
            }
            for finding in findings
        ]
    }


def explain_shape(explained: Iterable[Explained]) -> Shape:
    """Return what ``explain`` prints; ``decision`` is what the next run would do."""
    return {
        "channels": [
            {
                "page": one.page,
                "item": one.item,
                "channel": one.channel,
                "decision": one.decision,
                "reason": one.reason,
                "until": _time(one.until),
                "recognition": {
                    "by": one.recognition.by.value,
                    "score": one.recognition.score,
                    "doubt": one.recognition.doubt,
                }
                if one.recognition
                else None,
                **_origin(one.provenance),
                "changes": [_change(change) for change in one.provenance.changes] if one.provenance else [],
                "deliveries": [_delivery(delivery) for delivery in one.deliveries],
                "events": [
                    {
                        "at": _time(event.at),
                        "before": event.before.value if event.before else None,
                        "after": event.after.value,
                        "detail": event.detail,
                    }
                    for event in one.events
                ],
            }
            for one in explained
        ]
    }


def _item(item: Item) -> Shape:
    asked = item.directives
    return {
        "key": item.key,
        "date": item.date.isoformat() if item.date else None,
        "text": item.text,
        "links": [{"text": link.text, "url": link.url} for link in item.body.links],
        "main_link": item.main_link.url if item.main_link else None,
        "media": _media(item.media),
        "content_warning": asked.content_warning,
        "language": asked.language,
        "channels": list(asked.channels) if asked.channels is not None else None,
        "share": asked.share,
        "line": item.line,
        "units": list(item.units),
    }


def _problem(problem: Problem) -> Shape:
    return {"line": problem.line, "message": problem.message}


def _outcome(outcome: Outcome, *, simulate: bool) -> Shape:
    pretended = simulate and outcome.status is Status.SENT
    return {
        "page": outcome.page,
        "item": outcome.item,
        "channel": outcome.channel,
        "network": outcome.network,
        "action": outcome.action,
        **_post(outcome.post, outcome.network),
        "shares": outcome.shares,
        "status": SIMULATED if pretended else outcome.status.value,
        "url": None if pretended else outcome.url,
        "error": outcome.error,
        "cost": _dollars(outcome.cost),
        "revision": outcome.revision,
        "editors": list(outcome.editors),
    }


def _origin(provenance: Provenance | None) -> Shape:
    """Return where an item as it stands on the page comes from; an editor who is hidden is empty."""
    return {
        "revision": provenance.revision if provenance else None,
        "editors": list(provenance.editors) if provenance else [],
    }


def _change(change: Change) -> Shape:
    revision = change.revision
    return {
        "kind": change.kind.value,
        "revision": revision.id,
        "editor": revision.editor,
        "at": _time(revision.saved_at),
        "comment": revision.comment,
        "tags": list(revision.tags),
        "detail": change.detail,
    }


def _post(post: Post | None, network: str) -> Shape:
    """Return a post's own keys; one that could not be composed has no parts, nor has a share."""
    if post is None:
        return {"parts": [], "link": None, "media": [], "content_warning": None, "language": None}
    return {
        "parts": [_part(part, network) for part in post.parts],
        "link": post.link,
        "media": _media(post.media),
        "content_warning": post.content_warning,
        "language": post.language,
    }


def _part(part: Part, network: str) -> Shape:
    """Return a part.

    ``sent`` is its text in the network's own form, where that is another than the text. ``leads_to`` has host
    and port of each address in it that does not say them in plain ASCII, where there is one.
    """
    shape: Shape = {"text": part.text, "length": part.length, "limit": part.limit, "unit": part.unit.value}
    sent = native(part, network)
    if sent != part.text:
        shape["sent"] = sent
    if places := words.disguised(part):
        shape["leads_to"] = dict(places)
    return shape


def _media(media: Iterable[Media]) -> list[Shape]:
    return [{"file": file.file, "alt": file.alt} for file in media]


def _refusal(refusal: Refusal) -> Shape:
    return {
        "page": refusal.page,
        "item": refusal.item,
        "channel": refusal.channel,
        "reason": refusal.reason,
        "until": _time(refusal.until),
        "revision": refusal.revision,
        "editors": list(refusal.editors),
    }


def _trouble(trouble: Trouble) -> Shape:
    return {
        "message": trouble.message,
        "page": trouble.page,
        "line": trouble.line,
        "channel": trouble.channel,
        "failure": trouble.failure,
    }


def _alert(alert: Alert) -> Shape:
    concern = alert.concern
    return {
        "key": concern.key,
        "kind": concern.kind.value,
        "subject": concern.subject or None,
        "thing": concern.thing,
        "cause": concern.cause or None,
        "step": concern.step,
        "since": _time(alert.since),
        "messengers": list(alert.messengers),
    }


def _delivery(delivery: Delivery) -> Shape:
    return {
        "site": delivery.site,
        "page": delivery.page,
        "item": delivery.item,
        "channel": delivery.channel,
        "part": delivery.part,
        "status": delivery.status.value,
        "url": delivery.url,
        "remote_id": delivery.remote_id,
        "chosen_id": delivery.chosen_id,
        "digest": delivery.digest,
        "shares": delivery.shares,
        "revision": delivery.revision,
        "editor": delivery.editor,
        "attempts": delivery.attempts,
        "retry_at": _time(delivery.retry_at),
        "error": delivery.error,
        "updated_at": _time(delivery.updated_at),
    }


def _cost(cost: Cost) -> Shape:
    return {
        "channel": cost.channel,
        "run": _dollars(cost.run),
        "month": _dollars(cost.month),
        "budget": _dollars(cost.budget),
        "left": _dollars(cost.left),
    }


def _edit(edit: PageEdit) -> Shape:
    return {
        "page": edit.page,
        "summary": edit.summary,
        "text": edit.text,
        "revision": edit.revision,
    }


def _dollars(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)


def _time(when: datetime | None) -> str | None:
    if when is None:
        return None
    return when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
