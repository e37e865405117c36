"""Why a page's items were found where they were, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.news.layouts.choose import Candidate, Choice

_SHOWN = 8  # a long page has many lists


def reasons(choice: Choice) -> Iterator[str]:
    """Yield a sentence for each thing on the page that may be its news, the best first."""
    for candidate in choice.considered[:_SHOWN]:
        fate = "taken" if candidate is choice.chosen else "not taken"
        yield f"{fate}: {described(candidate)}; score {candidate.score:.2f}"
    more = len(choice.considered) - _SHOWN
    if more > 0:
        yield f"and {more} more, of lower scores"


def described(candidate: Candidate) -> str:
    """Say what a candidate is: its layout, where it stands, and what is in it."""
    count = len(candidate.readings)
    dated = sum(reading.timed for reading in candidate.readings)
    linked = sum(bool(reading.body.links) for reading in candidate.readings)
    said = sum(reading.prose for reading in candidate.readings)
    return (
        f'layout "{candidate.layout}" {_where(candidate.place)}: {count} found, {dated} with a date, '
        f"{linked} with a link, {said} with a sentence"
    )


def _where(place: tuple[str, ...]) -> str:
    if not place:
        return "on the page itself"
    return "in " + ", in ".join(_part(part) for part in reversed(place))


def _part(part: str) -> str:
    template, pipe, argument = part.partition("|")
    if pipe:
        return f"the argument {argument} of {{{{{template}}}}}"
    if part in {"rows", "table"}:
        return "a table"
    if part.startswith(("column ", "level ")):
        kind, _, number = part.partition(" ")
        return f"{kind} {int(number) + (kind == 'column')}"
    return f"calls of {{{{{part}}}}}"
