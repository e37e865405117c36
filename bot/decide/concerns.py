"""What the operator should look at, as one run has seen it; pure.

What a run has not looked at is not over: a run that the stop page ended knows nothing of the channels, and
one of a single channel nothing of the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.decide.steps import next_step
from bot.errors import STOP_PAGE, CredentialsError, HeraldError
from bot.model import Concern, ConcernKind, Status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime

    from bot.model import Delivery, RunReport, Trouble

TO_BE_SETTLED = frozenset({Status.IN_DOUBT, Status.FAILED})
UNDER_WAY = frozenset({Status.PENDING, Status.SENDING})
_NAMES = {Status.IN_DOUBT: "in doubt", Status.FAILED: "failed"}
_KINDS = {Status.IN_DOUBT: ConcernKind.DOUBT, Status.FAILED: ConcernKind.FAILURE}

_TROUBLED = frozenset({ConcernKind.CHANNEL, ConcernKind.CREDENTIALS})

_STEPS = {
    ConcernKind.CREDENTIALS: "renew its credentials and try them with: wikiherald check. What waits goes out "
    "with the next run then",
    ConcernKind.EXPIRY: "make new ones, put them where the old ones are, and try them with: wikiherald check",
    ConcernKind.CHANNEL: "look whether the network is up, and ask it with: wikiherald check. The bot goes on "
    "trying by itself",
    ConcernKind.WIKI: "see with: wikiherald check. The bot goes on trying by itself",
    ConcernKind.RUN: "see with: wikiherald check. The bot goes on trying by itself",
    ConcernKind.BRAKE: "nothing is published until then; look with: wikiherald --simulate --force",
    ConcernKind.STOP: "talk to whoever changed it; nothing is published until it reads 'run'",
}
_THINGS = {
    ConcernKind.CREDENTIALS: "{} does not take the bot's credentials",
    ConcernKind.EXPIRY: "the credentials of {} are about to expire, or have",
    ConcernKind.CHANNEL: "{} does not work",
    ConcernKind.WIKI: "{} cannot be read, or not in full",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Sight:
    """The concerns that there are, and what else a run has seen.

    ``report`` is ``None`` where the run broke off before there was one. ``served`` are the channels of the
    run and ``configured`` all there are; on those that are ``unsettled`` something that has failed waits.
    """

    concerns: tuple[Concern, ...]
    report: RunReport | None = None
    served: frozenset[str] = frozenset()
    configured: frozenset[str] = frozenset()
    unsettled: frozenset[str] = frozenset()

    def is_over(self, concern: Concern) -> bool:
        """Tell whether the run has seen that a matter is over."""
        if self.report is None or any(concern.key == now.key for now in self.concerns):
            return False
        about, stopped_by, problems = concern.subject, self.report.refused_by, self.report.problems
        served = about in self.served or about not in self.configured
        troubled = {trouble.channel for trouble in problems if trouble.kind in _TROUBLED}
        match concern.kind:
            case ConcernKind.WIKI:
                over = stopped_by != STOP_PAGE
            case ConcernKind.EXPIRY:
                over = stopped_by != STOP_PAGE and served and about not in troubled
            case ConcernKind.BRAKE:
                unread = {trouble.page for trouble in problems if trouble.failure}
                over = stopped_by is None and about not in unread
            case ConcernKind.CHANNEL | ConcernKind.CREDENTIALS:
                over = stopped_by is None and served and about not in troubled | self.unsettled
            case _:  # the ledger knows of every delivery, and each run looks at the stop page
                over = True
        return over


def after_run(
    report: RunReport,
    rows: Iterable[Delivery],
    *,
    served: Collection[str],
    configured: Collection[str],
    now: datetime,
) -> Sight:
    """Return what a run has seen; ``rows`` are all deliveries that are to be settled or under way."""
    rows = tuple(rows)
    planned = report.refused_by is None
    found = [
        *_of_refusal(report),
        *_of_deliveries(rows),
        *(_of_troubles(report.problems)),
        *(_of_tries(rows, now) if planned else ()),
    ]
    return Sight(
        concerns=tuple({concern.key: concern for concern in reversed(found)}.values())[::-1],
        report=report,
        served=frozenset(served),
        configured=frozenset(configured),
        unsettled=frozenset(
            row.channel for row in rows if row.status in UNDER_WAY and row.attempts and row.error
        ),
    )


def after_break(error: Exception) -> Sight:
    """Return what is known of a run that broke off: that it did."""
    known = isinstance(error, HeraldError)  # what another one says is not meant for people
    said = str(error) if known else f"unexpected {type(error).__name__}: please report it with what -v shows"
    return Sight(concerns=(_concern(ConcernKind.RUN, "", said, thing="a run broke off"),))


def kind_of(error: Exception | None) -> ConcernKind:
    """Return what a channel's error is to be told of as: whether it may pass by itself."""
    return ConcernKind.CREDENTIALS if isinstance(error, CredentialsError) else ConcernKind.CHANNEL


def _of_refusal(report: RunReport) -> Iterator[Concern]:
    if report.refusal is None or report.refused_by is None:
        return
    if report.refused_by == STOP_PAGE:
        yield _concern(
            ConcernKind.STOP, "", report.refusal, thing="the stop page keeps the bot from publishing"
        )
        return
    brake, _, page = report.refused_by.partition(":")
    thing = f"{page} has no items any more" if page else "too many new items at once"
    yield _concern(ConcernKind.BRAKE, page, report.refusal, thing=thing, key=f"refused:{brake}:{page}")


def _of_deliveries(rows: Iterable[Delivery]) -> Iterator[Concern]:
    """Return those that a person must settle; the parts of a thread share their fate, and are one."""
    for row in rows:
        if row.status not in TO_BE_SETTLED:
            continue
        yield Concern(
            key=f"{row.status}:{row.site}:{row.page}:{row.item}:{row.channel}",
            kind=_KINDS[row.status],
            subject=row.channel,
            thing=f"{row.item} on {row.channel}: {_NAMES[row.status]}",
            cause=row.error or "",
            step=next_step(row.item, row.channel, row.status) or "",
        )


def _of_troubles(troubles: Iterable[Trouble]) -> Iterator[Concern]:
    for trouble in troubles:
        if trouble.kind is not None and trouble.channel is not None:
            yield _concern(trouble.kind, trouble.channel, trouble.message)
        elif trouble.failure and trouble.page is not None:
            yield _concern(ConcernKind.WIKI, trouble.page, trouble.message)


def _of_tries(rows: Iterable[Delivery], now: datetime) -> Iterator[Concern]:
    """Return the channels that a run has left alone because it is too early to try again."""
    for row in rows:
        if row.status in UNDER_WAY and row.retry_at is not None and row.retry_at > now:
            yield _concern(ConcernKind.CHANNEL, row.channel, f"{row.item}: {row.error or 'tried in vain'}")


def _concern(
    kind: ConcernKind, subject: str, cause: str, *, thing: str | None = None, key: str | None = None
) -> Concern:
    return Concern(
        key=key or f"{kind}:{subject}",
        kind=kind,
        subject=subject,
        thing=thing or _THINGS[kind].format(subject),
        cause=cause,
        step=_STEPS[kind],
    )
