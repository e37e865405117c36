"""What ``check`` says of the bot's account on the wiki: who it is, and what it may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.decide.rights import CREATING, MORE_AT_ONCE, is_restricted, lacking, office, surplus
from bot.report.values import Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.config import Config
    from bot.model import Standing

SUBJECT = "account"
MANUAL = "see 'The account' in docs/maintainers.md"
READING, WRITING = "'Basic rights'", "'Basic rights' and 'Edit existing pages'"


def writes(config: Config) -> bool:
    """Tell whether the bot is to write pages of its own."""
    talk_page = config.alerts.talk_page if config.alerts else None
    return config.status.page is not None or talk_page is not None


def check_standing(standing: Standing, *, writes: bool) -> Iterator[Finding]:
    """Judge what the bot may do on the wiki; ``writes``: it has pages of its own to edit there."""
    yield _who(standing)
    yield from _block(standing, writes=writes)
    if writes and standing.account is None:
        yield Finding(
            subject=SUBJECT,
            verdict=Verdict.BAD,
            message="the bot has pages of its own to write, and nobody is logged in",
            remedy=f"give it an account; {MANUAL}",
        )
    elif missing := lacking(standing, writes=writes):
        yield _lack(missing, writes=writes)
    if standing.account is not None:
        yield from _surplus(standing, writes=writes)


def _who(standing: Standing) -> Finding:
    if standing.account is None:
        who = f"nobody is logged in on {standing.site}: reading a public page needs no account"
    else:
        held = ", which has granted this session only a part of its rights" if is_restricted(standing) else ""
        who = f"logged in on {standing.site} as {standing.account}{held}"
    many = 500 if MORE_AT_ONCE in standing.rights else 50
    return Finding(
        subject=SUBJECT, verdict=Verdict.GOOD, message=f"{who}; it may read {many} pages at once", remedy=None
    )


def _lack(missing: tuple[str, ...], *, writes: bool) -> Finding:
    if missing == (CREATING,):
        return Finding(
            subject=SUBJECT,
            verdict=Verdict.WARNING,
            message=f"it may edit its pages but not make them (it lacks {CREATING})",
            remedy="make each of them by hand, once; then it needs no more",
        )
    return Finding(
        subject=SUBJECT,
        verdict=Verdict.BAD,
        message=f"it may not do what it has to: it lacks {', '.join(missing)}",
        remedy=f"grant it {WRITING if writes else READING}; {MANUAL}",
    )


def _block(standing: Standing, *, writes: bool) -> Iterator[Finding]:
    """A block stops an account; one of somebody's address stops only editing."""
    if standing.blocked is None:
        return
    if standing.account is None:
        who, is_bad = "the address that the bot comes from", writes
    else:
        who, is_bad = standing.account, not standing.partially
    where = " from some pages" if standing.partially else ""
    yield Finding(
        subject=SUBJECT,
        verdict=Verdict.BAD if is_bad else Verdict.WARNING,
        message=f"{who} is blocked{where} {standing.blocked}",
        remedy="talk to who blocked it: they had a reason",
    )


def _surplus(standing: Standing, *, writes: bool) -> Iterator[Finding]:
    kinds = surplus(standing, writes=writes)
    if not kinds:
        return
    said = [f"{kind} ({', '.join(rights)})" for kind, rights in kinds.items() if kind]
    said += [f"do what these let it: {', '.join(kinds[''])}"] if "" in kinds else []
    may = f"{', '.join(said[:-1])} and {said[-1]}" if len(said) > 1 else said[0]
    power = office(standing)
    is_all = power is not None and not is_restricted(standing)
    account = f"its account is {power}'s, with all that belongs to it: " if is_all else ""
    yield Finding(
        subject=SUBJECT,
        verdict=Verdict.WARNING,
        message=f"{account}it may also {may}, and needs none of that",
        remedy="log in with a bot password or an OAuth consumer that is granted "
        f"{WRITING if writes else READING} and nothing else; {MANUAL}",
    )
