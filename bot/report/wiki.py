"""The status page on the wiki, as wikitext: values in, text out.

Whatever is filled into the template is data and is escaped, unless it is ``Wikitext`` that was made here. The
first line is a mark by which the page is known to be ours, and by which what it says can be compared with
what it should say, so that it need not be written when nothing has changed.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import PackageLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.compose.length import graphemes
from bot.decide.budget import dollars
from bot.decide.gate import moment
from bot.model import Status
from bot.report import words
from bot.report.safe import one_line
from bot.report.wikitext import Wikitext, escape, link, page_link

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.model import RunReport
    from bot.report.labels import Labels
    from bot.report.values import Standing, StatusPage, StatusRow

MARK = "<!-- wikiherald-status "
"""What every status page of ours begins with."""

TITLE = 140  # characters that are shown of an item
REASON = 400  # and of a reason, which may quote a network
MOST = 50  # entries of a list
SHORT = 16  # characters of what is not broken into lines

_MARK = re.compile(
    re.escape(MARK)
    + r"content=(?P<content>\w+) body=(?P<body>\w+) changed=(?P<changed>\S+) run=(?P<run>\S+) -->"
)
_ANCHOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,79}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NEEDS_A_PERSON = (Status.IN_DOUBT, Status.FAILED)
_WAITS = (Status.HELD, Status.PENDING, Status.SENDING)

# A sign besides the word, as colours are not for everybody; and in which order cells are sorted.
_SIGNS = {
    Status.IN_DOUBT: "?",
    Status.FAILED: "✗",
    Status.SENDING: "◐",
    Status.HELD: "■",
    Status.PENDING: "○",
    Status.SENT: "✓",
    Status.RETRACTED: "↩",
    Status.ADOPTED: "·",
}
_ORDER = tuple(_SIGNS)
_COLOURS = {  # background and text, at a contrast that can be read
    "good": "background:#d5fdf4;color:#0b4f40",
    "waits": "background:#eaf3ff;color:#233566",
    "held": "background:#fef6e7;color:#5c3b00",
    "bad": "background:#fee7e6;color:#7b1f18",
    "quiet": "background:#eaecf0;color:#404244",
}
_KINDS = {
    Status.IN_DOUBT: "bad",
    Status.FAILED: "bad",
    Status.SENDING: "held",
    Status.HELD: "held",
    Status.PENDING: "waits",
    Status.SENT: "good",
    Status.RETRACTED: "quiet",
    Status.ADOPTED: "quiet",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """What the mark of a status page tells of it.

    ``content`` stands for what it says but for the times of runs; ``intact`` is false where somebody has
    changed it since. ``changed`` is when what it says last changed, ``run`` when the run was that wrote it.
    """

    content: str
    intact: bool
    changed: datetime
    run: datetime


def status_page(page: StatusPage, labels: Labels) -> str:
    """Return the whole page."""
    body = _body(page, labels)
    times = f"changed={_exact(page.changed)} run={_exact(page.last_run)}"
    return f"{MARK}content={content(page, labels)} body={_digest(body)} {times} -->\n{body}"


def content(page: StatusPage, labels: Labels) -> str:
    """Return what stands for all that the page says but for the times of runs."""
    return _digest(_body(replace(page, last_run=_EPOCH, changed=_EPOCH), labels))


def written(wikitext: str) -> Written | None:
    """Return what a page of ours tells of itself, ``None`` where it is none."""
    mark, _, body = wikitext.replace("\r\n", "\n").partition("\n")
    match = _MARK.fullmatch(mark)
    if match is None:
        return None
    try:
        changed, run = (datetime.fromisoformat(match[name]) for name in ("changed", "run"))
    except ValueError:
        return None
    if changed.tzinfo is None or run.tzinfo is None:
        return None
    intact = _digest(body) == match["body"]
    return Written(content=match["content"], intact=intact, changed=changed, run=run)


def tally_of(report: RunReport, labels: Labels) -> str:
    """Return in a few words, for an edit summary, what a run did."""
    if report.refusal:
        return labels.plain("summary-refused")
    statuses = [outcome.status for outcome in report.posts] + [Status.HELD] * len(report.held)
    return _count(statuses, labels) or labels.plain("summary-updated")


def _body(page: StatusPage, labels: Labels) -> str:
    writer = _Writer(page, labels)
    told = [text[:REASON] for text in page.troubles[:MOST]]
    return (
        _environment()
        .get_template("status.wikitext.jinja")
        .render(
            page=page,
            comment=Wikitext(re.sub("-+>?", "-", labels.plain("comment"))),
            language=labels.language,
            direction=labels.direction,
            headline=writer.headline(),
            tally=_count([one.status for row in page.rows for one in row.standings], labels),
            stop_link=page_link(page.stop_page, page.stop_page) if page.stop_page else "",
            urgent=writer.urgent(),
            waiting=writer.waiting(),
            troubles=told,
            troubles_left_out=len(page.troubles) - len(told),
            label=labels,
            duration=labels.duration,
            money=dollars,
            at=_at,
            english=_english,
            quoted=_quoted,
            colours=lambda kind: Wikitext(_COLOURS[kind]),
            needs_time=_needs_time,
            order=lambda standing: _ORDER.index(standing.status),
            **writer.parts(),
        )
    )


class _Writer:
    """Writes the pieces of one page in one language."""

    def __init__(self, page: StatusPage, labels: Labels) -> None:
        self._page = page
        self._labels = labels
        self._anchors = _anchors(page.rows)

    def parts(self) -> Mapping[str, Any]:
        """Return what the template asks for."""
        return {
            "anchor": lambda row: self._anchors[row.page, row.item],
            "cells": self._cells,
            "state": self._state,
            "title": self._title,
            "whole_title": self._whole_title,
            "todo": self._todo,
        }

    def headline(self) -> list[tuple[str, str, Wikitext]]:
        """Return what is to be known first: a sign, what kind of news it is, and a sentence."""
        said = []
        if self._page.refusal:
            refusal = _english(self._page.refusal)
            said.append(("✗", "bad", self._labels("refused", refusal)))
        if number := len(self._standings(_NEEDS_A_PERSON)):
            said.append(("✗", "bad", self._labels("person", number)))
        if self._page.troubles:
            said.append(("!", "held", self._labels("troubles", len(self._page.troubles))))
        return said or [("✓", "good", self._labels("well"))]

    def urgent(self) -> list[tuple[StatusRow, Standing]]:
        """Return what needs a person, the doubts first."""
        found = self._standings(_NEEDS_A_PERSON)
        return sorted(found, key=lambda pair: _ORDER.index(pair[1].status))

    def waiting(self) -> list[tuple[StatusRow, Standing, Wikitext]]:
        """Return what waits or is held, with the channels on which it does so for the same reason."""
        channels: dict[tuple[str, str, Status, str, datetime | None], list[str]] = {}
        first: dict[tuple[str, str, Status, str, datetime | None], tuple[StatusRow, Standing]] = {}
        for row, standing in self._standings(_WAITS):
            same = (row.page, row.item, standing.status, standing.reason, standing.until)
            channels.setdefault(same, []).append(standing.channel)
            first.setdefault(same, (row, self._with_reason(standing)))
        return [
            (row, standing, Wikitext(", ".join(f"<bdi>{escape(name)}</bdi>" for name in channels[same])))
            for same, (row, standing) in first.items()
        ]

    def _with_reason(self, standing: Standing) -> Standing:
        if standing.status is Status.SENDING and not standing.reason:
            return replace(standing, reason=self._labels.plain("todo-sending"))
        return standing

    def _standings(self, statuses: Iterable[Status]) -> list[tuple[StatusRow, Standing]]:
        wanted = set(statuses)
        return [(row, one) for row in self._page.rows for one in row.standings if one.status in wanted]

    def _cells(self, row: StatusRow) -> list[Standing | None]:
        by_channel = {standing.channel: standing for standing in row.standings}
        return [by_channel.get(channel) for channel in self._page.channels]

    def _state(self, standing: Standing) -> Wikitext:
        """Return a status as a sign and a word, which leads to the post."""
        word = self._labels.plain(_name(standing.status))
        text = link(standing.url, word) if standing.url else escape(word)
        chip = _chip(_SIGNS[standing.status], _KINDS[standing.status], text)
        parts = self._labels("parts", standing.parts) if standing.parts > 1 else None
        more = f' <small style="white-space:nowrap">({parts})</small>' if parts else ""
        again = standing.status is Status.SENT and standing.reason
        return Wikitext(
            f"{chip}{more}" + (f"<br><small>! {_english(standing.reason)}</small>" if again else "")
        )

    def _title(self, row: StatusRow) -> Wikitext:
        """Return an item as a link to its row."""
        anchor = self._anchors[row.page, row.item]
        return Wikitext(f"<bdi>[[#{anchor}|{escape(_excerpt(row.title or row.item, TITLE))}]]</bdi>")

    def _whole_title(self, row: StatusRow) -> Wikitext:
        said = f"<bdi>{escape(_excerpt(row.title, TITLE))}</bdi><br>" if row.title else ""
        pages = {one.page for one in self._page.rows}
        where = f" · <bdi>{escape(row.page)}</bdi>" if len(pages) > 1 else ""
        return Wikitext(f"{said}<small>{_quoted(row.item)}{where}</small>")

    def _todo(self, row: StatusRow, standing: Standing) -> Wikitext:
        doubtful = standing.status is Status.IN_DOUBT
        command = (
            f"{words.resolve_command(row.item, standing.channel)} {'--sent URL' if doubtful else '--retry'}"
        )
        options = ("--retry", "--skip") if doubtful else ("--skip",)
        return self._labels(f"todo-{_name(standing.status)}", _quoted(command), *map(_quoted, options))


def _anchors(rows: Iterable[StatusRow]) -> dict[tuple[str, str], Wikitext]:
    """Return a name for each row that may stand behind a # and in an attribute, none of them twice."""
    anchors: dict[tuple[str, str], Wikitext] = {}
    for row in rows:
        plain = f"item-{row.item}"
        if not _ANCHOR.fullmatch(row.item) or plain in anchors.values():
            plain = f"item-{_digest(f'{row.page}|{row.item}')}"
        anchors[row.page, row.item] = Wikitext(plain)
    return anchors


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=PackageLoader("bot.report"),
        autoescape=False,  # it is no HTML: what is filled in passes through _finalize
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )


def _finalize(value: Any) -> Wikitext:  # noqa: ANN401 - whatever a template prints
    return value if isinstance(value, Wikitext) else escape(str(value))


def _chip(sign: str, kind: str, text: Wikitext) -> Wikitext:
    style = f"{_COLOURS[kind]};border-radius:2px;padding:.1em .5em;white-space:nowrap"
    return Wikitext(f'<span style="{style}">{escape(sign)}&nbsp;{text}</span>')


def _at(when: datetime) -> Wikitext:
    return Wikitext(f'<bdi dir="ltr" style="white-space:nowrap">{moment(when)}</bdi>')


def _english(text: str) -> Wikitext:
    """Return what is said in English, whatever the language of the page is."""
    return Wikitext(f'<bdi lang="en" dir="auto">{escape(_excerpt(text, REASON))}</bdi>')


def _quoted(text: str) -> Wikitext:
    whole = ' style="white-space:nowrap"' if len(text) <= SHORT else ""
    return Wikitext(f'<code dir="ltr"{whole}>{escape(_excerpt(text, REASON))}</code>')


def _needs_time(standing: Standing) -> bool:
    """Return whether the time until which something waits is not told by the reason itself."""
    return standing.until is not None and moment(standing.until) not in standing.reason


def _excerpt(text: str, most: int) -> str:
    """Return the beginning of a text on one line, cut between characters."""
    signs = graphemes(one_line(text)[: 20 * most])
    return "".join(signs) if len(signs) <= most else "".join(signs[: most - 1]).rstrip() + "…"


def _count(statuses: Iterable[Status], labels: Labels) -> str:
    found = list(statuses)
    return ", ".join(
        labels.plain("summary-count", found.count(status), labels.plain(_name(status)))
        for status in (
            Status.SENT,
            Status.RETRACTED,
            Status.PENDING,
            Status.HELD,
            Status.SENDING,
            *_NEEDS_A_PERSON,
        )
        if status in found
    )


def _name(status: Status) -> str:
    return status.value.replace("_", "-")


def _exact(when: datetime) -> str:
    return when.astimezone(UTC).isoformat()


def _digest(text: str) -> str:
    """Return a hash of a text as MediaWiki keeps it."""
    return hashlib.sha256(unicodedata.normalize("NFC", text.rstrip()).encode()).hexdigest()[:16]
