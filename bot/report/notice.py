"""What the operator is told, in plain words: short, as it may be a mail, a line of chat or a note on a page.

What comes from outside is folded to one line and made visible, as for a terminal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.decide.gate import moment
from bot.model import Notice
from bot.report.safe import one_line
from bot.report.words import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.model import KnownConcern

MOST = 10  # matters in one notice; the rest is a number
LONGEST = 300  # characters of a cause


def notice(begun: Sequence[KnownConcern], over: Sequence[KnownConcern], *, about: str) -> Notice:
    """Return the notice of what has begun and what is over; ``about`` says which bot this is."""
    return Notice(
        title=_title(begun, over), text=_text(begun, over, about), begun=tuple(begun), over=tuple(over)
    )


def trial(*, about: str) -> Notice:
    """Return a notice to try a messenger with."""
    return Notice(
        title="Wikiherald: a test",
        text=f"It works: what needs a person will be told here.\n\n{_sender(about)}",
    )


def _title(begun: Sequence[KnownConcern], over: Sequence[KnownConcern]) -> str:
    said = []
    if len(begun) == 1:
        said.append(one_line(begun[0].concern.thing))
    elif begun:
        said.append(f"{len(begun)} things need a look")
    if len(over) == 1 and not begun:
        said.append(f"over: {one_line(over[0].concern.thing)}")
    elif over:
        said.append(f"{count(len(over), 'thing is', 'things are')} over")
    return f"Wikiherald: {'; '.join(said)}"


def _text(begun: Sequence[KnownConcern], over: Sequence[KnownConcern], about: str) -> str:
    parts: list[str] = []
    if begun:
        parts += ["This needs a look:", *(_begun(one) for one in begun[:MOST]), *_rest(begun)]
    if over:
        ended = [f"- {one_line(one.concern.thing)}, since {moment(one.since)}" for one in over[:MOST]]
        parts += ["This is over:", "\n".join(ended), *_rest(over)]
    return "\n\n".join([*parts, _sender(about)])


def _begun(one: KnownConcern) -> str:
    concern = one.concern
    lines = [f"- {one_line(concern.thing)}, since {moment(one.since)}"]
    if concern.cause:
        lines.append(f"  why: {_short(one_line(concern.cause))}")
    lines.append(f"  next: {one_line(concern.step)}")
    return "\n".join(lines)


def _rest(concerns: Sequence[KnownConcern]) -> Iterator[str]:
    if len(concerns) > MOST:
        yield f"And {len(concerns) - MOST} more: see with wikiherald status"


def _short(cause: str) -> str:
    return cause if len(cause) <= LONGEST else f"{cause[:LONGEST]}..."


def _sender(about: str) -> str:
    return f"Wikiherald, which reads {one_line(about)}. Each matter is told once, and once when it is over."
