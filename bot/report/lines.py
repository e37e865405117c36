"""What the terminal shows of each thing: lines of text, and a table.

Whatever comes from outside passes through ``data``: it is never rich's markup nor a command of the terminal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.style import Style
from rich.table import Table
from rich.text import Text

from bot.compose.hosts import addresses
from bot.decide.budget import dollars
from bot.decide.gate import moment
from bot.model import FacetKind, Status
from bot.report import words
from bot.report.safe import one_line, visible, web_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from decimal import Decimal

    from bot.model import Change, Cost, Delivery, Event, Item, Outcome, Part, Post
    from bot.report.values import Preview

EXCERPT = 100  # cells

STYLES = {
    Status.PENDING: "yellow",
    Status.SENDING: "bold yellow",
    Status.SENT: "green",
    Status.FAILED: "bold red",
    Status.IN_DOUBT: "bold red",
    Status.HELD: "yellow",
    Status.ADOPTED: "cyan",
    Status.RETRACTED: "cyan",
}


def data(text: str, style: str = "") -> Text:
    """Return text from outside."""
    return Text(visible(text), style=style)


def address(url: str, before: str = "") -> Text:
    """Return a URL, clickable where the terminal can."""
    style = Style(link=url) if web_address(url) else Style()
    return Text.assemble(before, (visible(url), style))


def of_item(item: Item, *, verbose: bool) -> Iterator[Text]:
    """Return what ``parse`` shows of an item."""
    yield data(f"{item.date or 'no date'}, line {item.line}, {item.key}", "bold")
    yield data(item.text)
    yield from _warned(words.hidden_places(addresses(item.text)))
    if item.main_link is not None:
        yield address(item.main_link.url, "→ ")
    if verbose:
        for link in item.body.links:
            yield Text.assemble(data(f"link “{link.text}” "), address(link.url))
    yield from (data(words.picture(media)) for media in item.media)
    if asked := words.asked(item.directives):
        yield data(asked, "cyan")
    for call in item.unresolved:
        yield data(f"only the wiki can expand {call}", "yellow")


def of_post(post: Post) -> Iterator[Text]:
    """Return a post in full: each part's whole text with its length, and all that goes with it."""
    for number, part in enumerate(post.parts, start=1):
        if len(post.parts) > 1:
            yield Text(f"part {number} of {len(post.parts)}", style="dim")
        yield from _of_part(part)
    if link := words.unseen_link(post):
        yield address(link, "link: ")
    yield from (data(said) for said in words.manner(post))


def of_outcome(outcome: Outcome, *, verbose: bool) -> Iterator[Text]:
    """Return what became of an item on a channel, and what to do about it."""
    place = data(f"{outcome.channel}: {outcome.item}")
    where = _where(outcome)
    yield place.append("  ").append_text(where) if where else place
    if outcome.cost is not None:
        yield of_price(outcome.cost)
    if outcome.error:
        yield data(outcome.error)
    if step := words.next_step(outcome):
        yield data(f"→ {step}")
    if outcome.post is not None:
        yield from of_post(outcome.post) if verbose else [_excerpt(outcome.post.parts)]
    if verbose and (by := words.origin(outcome.revision, outcome.editors)):
        yield data(by, "dim")


def of_share(url: str) -> Text:
    """Return whose post is shared, nothing being said of our own."""
    return address(url, "shares ")


def of_price(cost: Decimal) -> Text:
    """Return what a post costs."""
    return Text(f"costs {dollars(cost)}", style="dim")


def of_costs(cost: Cost) -> str:
    """Return what a channel has spent, in a sentence."""
    run = "" if cost.run is None else f"{dollars(cost.run)} in this run, "
    month = f"{dollars(cost.month)} of {dollars(cost.budget)} this month"
    return f"{cost.channel} costs {run}{month}; {dollars(cost.left)} are left."


def of_delivery(delivery: Delivery, *, verbose: bool) -> Iterator[Text]:
    """Return where a delivery stands, and what to do about it."""
    place = data(f"{delivery.channel}: {_item_and_part(delivery)}  {moment(delivery.updated_at)}")
    where = _where(delivery)
    yield place.append("  ").append_text(where) if where else place
    if why := _why(delivery):
        yield data(why)
    if step := words.next_step(delivery):
        yield data(f"→ {step}")
    if verbose:
        yield data(_origin(delivery), "dim")


def of_event(event: Event) -> str:
    """Return one transition in a line."""
    before = f"{words.NAMES[event.before]} to " if event.before else "new: "
    detail = f": {event.detail}" if event.detail else ""
    return f"{moment(event.at)}  {before}{words.NAMES[event.after]}{detail}"


def table(deliveries: Iterable[Delivery]) -> Table:
    """Return deliveries as a table, for a terminal."""
    result = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("Status", "Channel", "Item, and when", "Where, or why not"):
        result.add_column(heading, overflow="fold", no_wrap=heading == "Status")
    for delivery in deliveries:
        result.add_row(
            Text(words.NAMES[delivery.status], style=STYLES[delivery.status]),
            data(delivery.channel),
            Text.assemble(data(_item_and_part(delivery)), "\n", (moment(delivery.updated_at), "dim")),
            (_where(delivery) if delivery.url else None) or data(_why(delivery)),
        )
    return result


def of_preview(preview: Preview) -> Iterator[Text]:
    """Return how an item will look on one channel."""
    yield data(f"{preview.channel} ({preview.network})", "bold")
    if preview.note:
        yield data(f"would not go out: {preview.note}", "yellow")
    if preview.post is not None:
        yield from of_post(preview.post)
    if preview.shares is not None:
        yield of_share(preview.shares)
    if preview.cost is not None:
        yield of_price(preview.cost)


def of_change(change: Change) -> str:
    """Return what one revision did to an item in a line."""
    return f"{moment(change.revision.saved_at)}  {words.of_change(change)}"


def _of_part(part: Part) -> Iterator[Text]:
    for line in part.text.split("\n"):
        yield data(f"│ {line}")
    for facet in part.facets:
        if facet.kind is FacetKind.LINK and facet.url is not None and facet.url not in part.text:
            yield Text.assemble(data(f"link “{part.text[facet.start : facet.end]}” "), address(facet.url))
    yield from _warned(words.disguised(part))
    yield Text(words.length(part), style="dim")


def _warned(places: Mapping[str, str]) -> Iterator[Text]:
    """Say where addresses lead that do not say so: in letters that look like others, for one."""
    yield from (data(f"“{url}” leads to {place}", "yellow") for url, place in places.items())


def _excerpt(parts: Iterable[Part]) -> Text:
    text = Text(one_line(" ".join(part.text for part in parts)), style="dim")
    text.truncate(EXCERPT, overflow="ellipsis")
    return text


def _where(done: Outcome | Delivery) -> Text | None:
    """Return where a post is, or the one that is shared."""
    if done.shares is not None:
        return of_share(done.url or done.shares)
    return address(done.url) if done.url else None


def _item_and_part(delivery: Delivery) -> str:
    return f"{delivery.item} (part {delivery.part + 1})" if delivery.part else delivery.item


def _why(delivery: Delivery) -> str:
    if delivery.status is Status.PENDING and delivery.retry_at is not None:
        again = f"tried again at {moment(delivery.retry_at)}"
        return f"{again}: {delivery.error}" if delivery.error else again
    return delivery.error or ""


def _origin(delivery: Delivery) -> str:
    said = [f"on page {delivery.page} of {delivery.site}"]
    if delivery.revision is not None:
        said.append(f"revision {delivery.revision}" + (f" by {delivery.editor}" if delivery.editor else ""))
    said.append(words.count(delivery.attempts, "attempt"))
    return ", ".join(said)
