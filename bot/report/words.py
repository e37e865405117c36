"""The words of the reports for people: how a status, a length, a count and a next step are said."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.compose.hosts import addresses, place_of
from bot.decide import steps
from bot.decide.gate import moment
from bot.model import FacetKind, Rung, Status
from bot.report.safe import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from bot.model import (
        Alert,
        Change,
        Delivery,
        Directives,
        Media,
        Outcome,
        Part,
        Post,
        Recognition,
        Refusal,
        Trouble,
    )

NAMES = {
    Status.PENDING: "waits",
    Status.SENDING: "unsettled",
    Status.SENT: "sent",
    Status.FAILED: "failed",
    Status.IN_DOUBT: "in doubt",
    Status.HELD: "held",
    Status.ADOPTED: "adopted",
    Status.RETRACTED: "retracted",
}
WOULD_BE_SENT = "would be sent"
WOULD_BE_SHARED = "would be shared"
WOULD_BE_EDITED = "would be edited"
WOULD_BE_RETRACTED = "would be deleted"
MOST_REASONS = 4  # in a summary; the rest is a number


def of_outcome(outcome: Outcome, *, simulate: bool) -> str:
    """Return what became of an item, or would in a real run."""
    if outcome.status is Status.SENT and outcome.action == "edit":
        return WOULD_BE_EDITED if simulate else "edited"
    if outcome.status is Status.SENT and outcome.action == "share":
        return WOULD_BE_SHARED if simulate else "shared"
    if outcome.status is Status.SENT and outcome.action == "publish" and simulate:
        return WOULD_BE_SENT
    if outcome.status is Status.RETRACTED and simulate:
        return WOULD_BE_RETRACTED
    return NAMES[outcome.status]


def next_step(done: Outcome | Delivery) -> str | None:
    """Return what a person should do about a delivery, ``None`` where there is nothing to do."""
    return steps.next_step(one_line(done.item), one_line(done.channel), done.status)


def resolve_command(item: str, channel: str) -> str:
    """Return the command by which a person settles a delivery, but for what it says of it."""
    return steps.resolve_command(one_line(item), one_line(channel))


def length(part: Part) -> str:
    """Return how long a part is, and how long it may be."""
    return f"{part.length} of {part.limit} {part.unit}" if part.limit else f"{part.length} {part.unit}"


def picture(media: Media) -> str:
    """Return a picture's file and alt text."""
    return f"picture {media.file}: {media.alt}" if media.alt else f"picture {media.file}, without alt text"


def unseen_link(post: Post) -> str | None:
    """Return the post's link where it goes along but is not seen in the text."""
    link = post.link
    if link is None or any(link in part.text for part in post.parts):
        return None
    return None if any(link == facet.url for part in post.parts for facet in part.facets) else link


def disguised(part: Part) -> Mapping[str, str]:
    """Return where each address in a part leads that does not say so in plain ASCII: host and port."""
    marked = [facet.url for facet in part.facets if facet.kind is FacetKind.LINK and facet.url is not None]
    return hidden_places(marked + list(addresses(part.text)))


def hidden_places(urls: Iterable[str]) -> Mapping[str, str]:
    """Return for each address that does not tell in plain ASCII where it leads: host and port."""
    return {url: place for url in urls if (place := place_of(url)) is not None}


def manner(post: Post) -> Iterable[str]:
    """Return all that goes with a post's text."""
    if post.content_warning:
        yield f"content warning: {post.content_warning}"
    yield from map(picture, post.media)
    if post.language:
        yield f"language: {post.language}"


def asked(directives: Directives) -> str:
    """Return what an editor asked for an item, but for its pictures and its id; empty where nothing."""
    said: list[str] = []
    if directives.channels is not None:
        said.append(f"only on {', '.join(directives.channels) or 'no channel'}")
    if directives.content_warning:
        said.append(f"content warning: {directives.content_warning}")
    if directives.language:
        said.append(f"language: {directives.language}")
    if directives.not_before:
        said.append(f"not before {moment(directives.not_before)}")
    if directives.share is not None:
        said.append(f"shares {directives.share}")
    if directives.hold is not None:
        said.append(f"hold: {directives.hold}" if directives.hold else "hold")
    said += [f"on {name}: {text}" for name, text in directives.texts.items()]
    return "; ".join(said)


def until(reason: str, when: datetime | None) -> str:
    """Return a reason with its time, unless it says so itself."""
    if when is None or moment(when) in reason:
        return reason
    return f"{reason} (until {moment(when)})"


def origin(revision: int | None, editors: Iterable[str]) -> str:
    """Say where an item as it stands on the wiki comes from; empty where that is not known."""
    if revision is None:
        return ""
    by = " and ".join(editor or "somebody hidden" for editor in editors)
    return f"by {by} in revision {revision}" if by else f"in revision {revision}"


def of_change(change: Change) -> str:
    """Say what one revision did to an item."""
    revision = change.revision
    said = [f"{change.kind.value} by {revision.editor or 'somebody hidden'} in revision {revision.id}"]
    if change.detail:
        said.append(f"({change.detail})")
    if change.relinked:
        said.append("to another link")
    if revision.comment:
        said.append(f"“{revision.comment}”")
    if revision.tags:
        said.append(f"[{', '.join(revision.tags)}]")
    return " ".join(said)


def of_trouble(trouble: Trouble) -> str:
    """Return a problem's message after the place it is about."""
    line = f"line {trouble.line}" if trouble.line is not None else None
    page = " ".join(filter(None, (trouble.page, line)))
    return ": ".join(filter(None, (page, trouble.channel, trouble.message)))


def of_alert(alert: Alert, word: str, *, simulate: bool) -> str:
    """Return what the operator was told, or would be, and how."""
    told = "would be told" if simulate else "told"
    return f"{word}{one_line(alert.concern.thing)} ({told} by {', '.join(alert.messengers)})"


def count(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def tally(names: Iterable[str]) -> str:
    """Return how often each name occurs, in the order in which they first do."""
    return ", ".join(f"{number} {name}" for name, number in Counter(names).items())


def tally_reasons(refusals: Iterable[Refusal]) -> str:
    """Return how often each reason occurs, the frequent ones first and not too many."""
    reasons = Counter(one_line(refusal.reason) for refusal in refusals).most_common()
    said = [f"{number} {reason}" for reason, number in reasons[:MOST_REASONS]]
    if rest := sum(number for _, number in reasons[MOST_REASONS:]):
        said.append(f"{rest} for other reasons")
    return "; ".join(said)


def recognition(known: Recognition) -> str:
    """Say by what an item was recognised when it was last new or edited, and how alike it was."""
    if known.by is Rung.NEW:
        said = str(known.by)
    else:
        said = f"{known.by}; its text was {known.score:.0%} like the one before"
    return f"{said}; it may be {known.doubt}" if known.doubt else said
