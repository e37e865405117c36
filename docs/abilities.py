"""Writes the table of docs/networks.md anew from what the channels declare: ``./run docs``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.channels.base import specs
from bot.config import durations
from bot.model import FOREVER

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from bot.model import Limits, NetworkSpec, Prices

NETWORKS = Path(__file__).parent / "networks.md"
BEGIN = "<!-- This table is written by `./run docs`. -->\n"
END = "<!-- The table ends here. -->\n"
HEADINGS = (
    "network",
    "a post holds",
    "pictures",
    "threads",
    "edit",
    "delete",
    "share",
    "read back",
    "safe to repeat",
    "a post costs",
)


def table(networks: Iterable[NetworkSpec]) -> str:
    """Return what each network can do as a Markdown table, a row a network, in the order given."""
    rows = [HEADINGS, ("---",) * len(HEADINGS), *(_row(spec) for spec in networks)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in rows)


def with_table(text: str) -> str:
    """Return the page with its table made anew."""
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{table(specs().values())}\n{END}{tail}"


def _row(spec: NetworkSpec) -> tuple[str, ...]:
    can = spec.capabilities
    return (
        f"[{spec.title}](networks/{spec.network}.md)",
        _length(spec.defaults),
        f"up to {spec.defaults.media}" if can.media else "no",
        _yes(able=can.threads),
        _yes(able=can.edit),
        _yes(able=can.delete),
        _yes(able=can.shares),
        _yes(able=can.read_back),
        _repeatable(can.idempotent),
        _price(spec.prices),
    )


def _yes(*, able: bool) -> str:
    return "yes" if able else "no"


def _length(limits: Limits) -> str:
    if limits.text is None:
        return "any text"
    more = f", {limits.with_media:,} with a picture" if limits.with_media else ""
    return f"{limits.text:,} {limits.unit}{more}"


def _repeatable(period: timedelta | None) -> str:
    if period is None:
        return "no"
    return "always" if period == FOREVER else f"for {durations.spell(period)}"


def _price(prices: Prices | None) -> str:
    return f"${prices.post}, with a link ${prices.post_with_link}" if prices else "nothing"


if __name__ == "__main__":
    NETWORKS.write_text(with_table(NETWORKS.read_text(encoding="utf-8")), encoding="utf-8")
