"""Reports for people: results on standard output, messages on standard error.

On a terminal there is colour, wrapping and a line of progress; anywhere else (a log, a pipe) the same words
in plain lines that are never wrapped, so that a URL stays whole and ``grep`` finds things. Nothing that comes
from outside is ever taken for rich's markup or for a command of the terminal.
"""

from __future__ import annotations

import atexit
import io
import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.model import Status
from bot.report import lines, words
from bot.report.lines import STYLES, data
from bot.report.safe import one_line, visible
from bot.report.shapes import to_json
from bot.report.values import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any, TextIO

    from rich.status import Status as Progress

    from bot.model import Alerts, Cost, Delivery, News, Outcome, Page, PageEdit, Refusal, RunReport, Trouble
    from bot.report.values import Explained, Finding, Preview

TABLE = 80  # cells that a table with URLs in it needs
NUMBER = 3  # cells of a number in front of a row: "12."
WORD = 9  # cells of the word in front of a row: "unsettled"

PRETENDED = (words.WOULD_BE_SENT, words.WOULD_BE_SHARED, words.WOULD_BE_EDITED)
VERDICTS = {
    Verdict.GOOD: ("ok", "green"),
    Verdict.WARNING: ("warning", "yellow"),
    Verdict.BAD: ("bad", "bold red"),
}

# What needs somebody comes last after a run, nearest to the prompt, and first in a list of all there is.
URGENCY = (
    Status.SENT,
    Status.RETRACTED,
    Status.ADOPTED,
    Status.HELD,
    Status.PENDING,
    Status.SENDING,
    Status.FAILED,
    Status.IN_DOUBT,
)


class Terminal:
    """Where the command line speaks to people."""

    def __init__(self, *, out: Console | None = None, err: Console | None = None) -> None:
        self.out = out or _console(sys.stdout)
        self.err = err or _console(sys.stderr)
        self._progress: Progress | None = None

    # Messages

    def say(self, line: str) -> None:
        """Show what is going on, in a line that the next one replaces; on a terminal only."""
        if not self.err.is_terminal:
            return
        text = data(one_line(line))
        if self._progress is None:
            self._progress = self.err.status(text)
            self._progress.start()
            atexit.register(self.quiet)  # a cursor left hidden would outlive us
        else:
            self._progress.update(text)

    def quiet(self) -> None:
        """End the line of progress."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None
            atexit.unregister(self.quiet)

    def message(self, text: str) -> None:
        """Tell something on standard error."""
        self._tell("", "", text)

    def warning(self, text: str) -> None:
        """Tell of something that does not keep us from going on."""
        self._tell("warning: ", "yellow", text)

    def problem(self, text: str) -> None:
        """Tell of something that does."""
        self._tell("problem: ", "bold red", text)

    # Results

    def json(self, shape: Mapping[str, Any]) -> None:
        """Print one of the shapes."""
        self.quiet()
        self.out.file.write(to_json(shape) + "\n")

    def parsed(self, page: Page, news: News, *, verbose: bool) -> None:
        """Show the items found on a page, and what was not understood."""
        self.quiet()
        found = words.count(len(news.items), "item")
        self._heading(f"{page.title}, revision {page.revision.id}, layout {news.layout}: {found}")
        for number, item in enumerate(news.items, start=1):
            self._numbered(number, lines.of_item(item, verbose=verbose))
        if verbose:
            for reason in news.reasons:
                self._row("choice", "dim", [data(reason, "dim")])
        for problem in news.problems:
            where = f"line {problem.line}: " if problem.line is not None else ""
            self._row("problem", "yellow", [data(where + problem.message)])

    def synced(self, report: RunReport, *, simulate: bool, verbose: bool) -> None:
        """Show a run; what a brake or the stop page said comes last."""
        self.quiet()
        if simulate:
            self._heading("Simulation: nothing is published and nothing is written.")
        named = [(words.of_outcome(outcome, simulate=simulate), outcome) for outcome in report.posts]
        for heading in PRETENDED:
            self._would_be(heading, [outcome for word, outcome in named if word == heading])
        for word, outcome in sorted(named, key=lambda pair: URGENCY.index(pair[1].status)):
            if word not in PRETENDED:
                self._row(word, STYLES[outcome.status], lines.of_outcome(outcome, verbose=verbose))
        self._refusals("held", "yellow", report.held, verbose=verbose)
        self._refusals("skipped", "dim", report.skipped if verbose else (), verbose=verbose)
        self._edits(report.edits, simulate=simulate, verbose=verbose)
        self._troubles(report.problems)
        self._alerts(report.alerts, simulate=simulate)
        self._summary(report, simulate=simulate)
        self._costs(report.costs)
        if report.refusal:
            self._row("refused", "bold red", [data(report.refusal)])

    def adopted(self, report: RunReport, *, simulate: bool, verbose: bool) -> None:
        """Show what was taken as done."""
        self.quiet()
        self._refusals("adopted", "cyan", report.skipped if verbose else (), verbose=verbose)
        self._troubles(report.problems)
        items = {(refusal.page, refusal.item) for refusal in report.skipped}
        done = "Would be taken as done" if simulate else "Taken as done"
        self._line(data(f"{done}: {words.count(len(items), 'item')}." if items else "Nothing to adopt."))

    def status(self, deliveries: Sequence[Delivery], *, costs: Sequence[Cost] = (), verbose: bool) -> None:
        """Show what was posted where, first of all what needs somebody; what was adopted if ``verbose``."""
        self.quiet()
        if not deliveries:
            self._line(data("The ledger is empty: nothing has been published, held or adopted yet."))
            return
        ordered = sorted(deliveries, key=lambda row: (-URGENCY.index(row.status), row.channel, row.id))
        shown = [row for row in ordered if verbose or row.status is not Status.ADOPTED]
        wide = self.out.is_terminal and self.out.width >= TABLE
        in_table = [row for row in shown if wide and words.next_step(row) is None]
        for row in shown:
            if row not in in_table:
                word, style = words.NAMES[row.status], STYLES[row.status]
                self._row(word, style, lines.of_delivery(row, verbose=verbose))
        if in_table:
            self.out.print(lines.table(in_table))
        tally = words.tally(words.NAMES[row.status] for row in ordered)
        self._line(data(f"{words.count(len(ordered), 'delivery', 'deliveries')}: {tally}."))
        self._costs(costs)

    def explained(self, explained: Sequence[Explained]) -> None:
        """Show why an item is or is not on each channel, with every transition of its deliveries."""
        self.quiet()
        for one in explained:
            self._heading(f"{one.page}: {one.item} on {one.channel}")
            said = words.until(one.reason, one.until)
            self._row("next run", "bold", [data(f"{one.decision}: {said}")])
            if one.recognition:
                self._row("known by", "dim", [data(words.recognition(one.recognition), "dim")])
            for change in one.provenance.changes if one.provenance else ():
                self._row("on page", "dim", [data(lines.of_change(change), "dim")])
            for row in one.deliveries:
                self._row(words.NAMES[row.status], STYLES[row.status], lines.of_delivery(row, verbose=True))
            for event in one.events:
                self._row("", "dim", [data(lines.of_event(event), "dim")])

    def previewed(self, previews: Sequence[Preview]) -> None:
        """Show how each item will look on each channel."""
        self.quiet()
        if not previews:
            self._line(data("There is nothing to preview: no item was found, or there is no channel."))
        places = [(preview.page, preview.item.key) for preview in previews]
        for place in dict.fromkeys(places):
            looks = [preview for preview, where in zip(previews, places, strict=True) if where == place]
            date = f", {looks[0].item.date}" if looks[0].item.date else ""
            self._heading(f"{place[0]}: {place[1]}{date}")
            origin = looks[0].item.provenance
            if origin is not None:
                self._line(data(words.origin(origin.revision, origin.editors), "dim"))
            for number, preview in enumerate(looks, start=1):
                self._numbered(number, lines.of_preview(preview))

    def checked(self, findings: Sequence[Finding]) -> None:
        """Show what ``check`` found, each with its remedy."""
        self.quiet()
        for finding in findings:
            word, style = VERDICTS[finding.verdict]
            remedy = [data(f"→ {finding.remedy}")] if finding.remedy else []
            self._row(word, style, [data(f"{finding.subject}: {finding.message}"), *remedy])
        bad = sum(finding.verdict is Verdict.BAD for finding in findings)
        warnings = sum(finding.verdict is Verdict.WARNING for finding in findings)
        if bad:
            self._line(data(f"{words.count(bad, 'thing does', 'things do')} not work.", "bold red"))
        elif warnings:
            self._line(data(f"All works, with {words.count(warnings, 'warning')}.", "yellow"))
        else:
            self._line(data("All is well.", "green"))

    # Pieces

    def _tell(self, word: str, style: str, text: str) -> None:
        body = visible(text).replace("\n", "\n" + " " * len(word))
        self.err.print(Text.assemble((word, style), body), soft_wrap=True)

    def _heading(self, text: str) -> None:
        self._line(data(one_line(text), "bold"))

    def _line(self, text: Text) -> None:
        self.out.print(text, soft_wrap=not self.out.is_terminal)

    def _numbered(self, number: int, body: Iterable[Text]) -> None:
        self._row(f"{number}.", "bold", body, width=NUMBER)

    def _row(self, word: str, style: str, body: Iterable[Text], *, width: int = WORD) -> None:
        """Print lines with a word in front; on a terminal they are wrapped beside it."""
        text = Text("\n").join(body)
        if self.out.is_terminal:
            grid = Table.grid(padding=(0, 2, 0, 0))
            grid.add_column(width=width, no_wrap=True, style=style)
            grid.add_column(overflow="fold")
            grid.add_row(Text(word), text)
            self.out.print(grid)
        else:
            indent = " " * (width + 2)
            first, *others = text.plain.split("\n")
            rows = [f"{word:{width}}  {first}", *(indent + other for other in others)]
            self.out.print(Text("\n".join(row.rstrip() for row in rows)), soft_wrap=True)

    def _would_be(self, heading: str, outcomes: Sequence[Outcome]) -> None:
        if outcomes:
            self._heading(f"{heading[0].upper()}{heading[1:]}:")
        for number, outcome in enumerate(outcomes, start=1):
            place = data(f"{outcome.channel} ({outcome.network}): {outcome.item}", "bold")
            shown = lines.of_post(outcome.post) if outcome.post is not None else ()
            shares = [lines.of_share(outcome.shares)] if outcome.shares is not None else []
            price = [lines.of_price(outcome.cost)] if outcome.cost is not None else []
            self._numbered(number, [place, *shown, *shares, *price])

    def _refusals(self, word: str, style: str, refusals: Iterable[Refusal], *, verbose: bool) -> None:
        for refusal in refusals:
            said = [data(f"{refusal.channel}: {refusal.item}")]
            said.append(data(words.until(refusal.reason, refusal.until)))
            if verbose and (by := words.origin(refusal.revision, refusal.editors)):
                said.append(data(by, "dim"))
            self._row(word, style, said)

    def _edits(self, edits: Iterable[PageEdit], *, simulate: bool, verbose: bool) -> None:
        for edit in edits:
            said = f"{edit.page} would be written" if simulate else edit.page
            body = [data(f"{said}: {edit.summary}")]
            if verbose:
                body += [data(f"│ {line}") for line in edit.text.splitlines()]
            self._row("wiki", "green", body)

    def _troubles(self, troubles: Iterable[Trouble]) -> None:
        for trouble in troubles:
            word, style = ("problem", "bold red") if trouble.failure else ("warning", "yellow")
            self._row(word, style, [data(words.of_trouble(trouble))])

    def _alerts(self, alerts: Alerts, *, simulate: bool) -> None:
        for word, told in (("", alerts.told), ("over: ", alerts.over)):
            for alert in told:
                self._row("alert", "magenta", [data(words.of_alert(alert, word, simulate=simulate))])

    def _costs(self, costs: Iterable[Cost]) -> None:
        for cost in costs:
            self._line(data(lines.of_costs(cost)))

    def _summary(self, report: RunReport, *, simulate: bool) -> None:
        reasons = words.tally_reasons(report.skipped)
        names = [words.of_outcome(outcome, simulate=simulate) for outcome in report.posts]
        names += ["held"] * len(report.held)
        if names:
            skipped = f"; skipped: {reasons}" if reasons else ""
            self._line(data(f"{words.tally(names)}{skipped}."))
        elif not report.refusal:
            self._line(data(f"Nothing to do: {reasons or 'no item is on the pages'}."))


def _console(stream: TextIO) -> Console:
    """Return a console on ``stream`` that shows what the stream's encoding cannot say in escapes."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    return Console(file=stream, highlight=False, markup=False, emoji=False)
