"""Measures the bot against what it promises: ``./run bench``, or some of it, ``./run bench ledger pages``.

Ratios where that is possible, for they mean the same on every machine. A goal that is missed is said, in the
table and in bench-out/bench.json, and is no failure: other work on the machine misses goals, too.
"""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

from bench import ledger, noop, pages, parallel, parsing
from bench.measure import machine
from tests.servers import mediawiki
from tests.servers.debian import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bench.measure import Result
    from tests.servers.mediawiki import MediaWiki

ROOT = Path(__file__).parents[1]
OUT = ROOT / "bench-out" / "bench.json"
PARTS = ("noop", "parallel", "ledger", "pages", "parsing")


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(PARTS))
@click.option("--repeats", default=7, show_default=True, help="Rounds that count; one before does not.")
def main(parts: Sequence[str], repeats: int) -> None:
    """Measure the bot: everything, or the PARTS named."""
    console = Console()
    about = machine()
    results: list[Result] = []
    with TemporaryDirectory(prefix="wikiherald-bench-") as folder:
        for part in parts or PARTS:
            with console.status(f"Measuring: {part}"):
                results += measure(part, Path(folder) / part, repeats=repeats)
    console.print(table(results))
    write(OUT, about, results)
    console.print(f"Written: {OUT.relative_to(ROOT)}")


def measure(part: str, folder: Path, *, repeats: int) -> list[Result]:
    """Measure one part at its full size."""
    if part == "parallel":
        return parallel.measure(channels=10, news=5, latency=0.2, repeats=repeats)
    if part == "parsing":
        return parsing.measure(count=1000, repeats=repeats)
    if part == "ledger":
        return ledger.measure(folder, deliveries=100_000, repeats=repeats)
    with fresh_wiki(folder / "wiki") as wiki:
        if part == "noop":
            return noop.measure(wiki, folder, repeats=repeats)
        return pages.measure(wiki, folder, pages=1000)


@contextmanager
def fresh_wiki(folder: Path) -> Iterator[MediaWiki]:
    """Run a real wiki, or end with what it would take."""
    try:
        server = mediawiki.serve(folder)
        wiki = server.__enter__()
    except Unavailable as reason:
        sys.exit(f"bench: {reason}")
    try:
        yield wiki
    finally:
        server.__exit__(None, None, None)


def table(results: Sequence[Result]) -> Table:
    """Return the results for a terminal."""
    shown = Table("what", "measured", "goal", "")
    for result in results:
        verdict = "[green]met[/]" if result.met else "[red]missed[/]"
        shown.add_row(
            result.what, number(result.value, result.unit), number(result.goal, result.unit), verdict
        )
    return shown


def number(value: float, unit: str) -> str:
    """Return a number as it is read: ``1.13 times``, ``7 requests``."""
    return f"{value:.2f} {unit}" if unit == "times" else f"{value:.0f} {unit}"


def write(path: Path, about: Mapping[str, Any], results: Sequence[Result]) -> None:
    """Write the results down, with the machine that they are of."""
    path.parent.mkdir(exist_ok=True)
    record = {"machine": about, "results": [asdict(result) | {"met": result.met} for result in results]}
    path.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
