"""The wiki's side of the machine: some news in all their forms, a page of them, and what its history allows.

What is where, since when and by whom is known here independently of the bot, which has to find it out.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from tests.sync.world import MemoryWiki

TRUSTED = "Sue"
STRANGER = "192.0.2.1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """How a piece of news is written at present."""

    typo: bool = False
    number: int = 3
    moved: bool = False
    held: bool = False

    def says(self) -> Form:
        """Return what of it a post shows."""
        return replace(self, held=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """A piece of news, recognisable by its ``marker`` in any text made of it.

    ``changes`` are the changes of its form that leave it, by the rules of bot/news/identity.py, the same item
    whatever happened to the page meanwhile. Other changes are that room's business, not this machine's.
    """

    marker: str
    sentence: str
    changes: tuple[str, ...]
    date: str | None = None
    page: str | None = None
    id: str | None = None
    more: str = ""

    def line(self, form: Form) -> str:
        """Return its line on the page."""
        page = f"{self.page}/Manual" if form.moved else self.page
        link = f"[[{page}|{self.marker}]]" if page else self.marker
        asked = [f"id={self.id}"] if self.id else []
        asked += ["hold=not yet"] if form.held else []
        date = f"'''{self.date}''': " if self.date else ""
        comment = f" <!-- herald: {'; '.join(asked)} -->" if asked else ""
        return f"* {date}{self._text(form, link)}{comment}"

    def opening(self, form: Form) -> str:
        """Return the sentence that its posts begin with."""
        return self._text(form, self.marker).removesuffix(self.more)

    def link(self, form: Form) -> str | None:
        """Return the URL of its main link."""
        if self.page is None:
            return None
        return f"https://wiki.example/wiki/{self.page}{'/Manual' if form.moved else ''}"

    def _text(self, form: Form, link: str) -> str:
        readers = "evreybody" if form.typo else "everybody"
        return self.sentence.format(link=link, number=form.number, readers=readers) + self.more


OLD = News(
    marker="Albatross",
    date="2026-11-10",
    sentence="{link} was here before the bot came, as {readers} knows.",
    changes=(),
)
CONTINUED = "Of the Thrush"  # how the later parts of the long one begin
LONG = " ".join(
    f"{CONTINUED}, number {number} is told in a sentence of a certain length." for number in range(5)
)
ALL = {
    news.marker: news
    for news in (
        News(
            marker="Falcon",
            date="2026-11-18",
            page="Falcon",
            id="falcon",
            sentence="Version 1.{number} of {link} brings {readers} quieter alerts.",
            changes=("typo", "number", "moved"),
        ),
        News(
            marker="Heron",
            date="2026-11-18",
            page="Birds",
            sentence="The {link} server, with {number} disks more, is open to {readers} now.",
            changes=("typo", "number"),
        ),
        News(
            marker="Lark",  # another news with the Heron's main link
            date="2026-11-01",
            page="Birds",
            sentence="Sing along: a choir named {link} invites {readers} to its rehearsals in winter.",
            changes=("typo",),
        ),
        News(
            marker="Ibis",
            date="2026-11-17",
            sentence="Maintenance of the {link} cluster concerns {readers} on Sunday.",
            changes=("typo",),
        ),
        News(
            marker="Jackdaw",
            page="Jackdaw",
            sentence="{link} workshops for beginners: apply before the month ends, they suit {readers}.",
            changes=("typo",),
        ),
        News(
            marker="Kestrel",
            sentence="Thank you, {readers}, for half a million photographs in the {link} contest!",
            changes=("typo",),
        ),
        News(
            marker="Magpie",
            date="2026-11-15",
            page="Magpie",
            sentence="{link} replaces the old editor, and {readers} can try it from Monday on.",
            changes=("typo",),
        ),
        News(
            marker="Nightjar",
            date="2026-11-14",
            sentence="A call for papers: the {link} conference in Lisbon wants to hear from {readers}.",
            changes=("typo",),
        ),
        News(
            marker="Oriole",
            page="Oriole",
            sentence="Passwords of {link} accounts were reset to be safe: {readers} should choose another.",
            changes=("typo",),
        ),
        News(
            marker="Thrush",
            date="2026-11-16",
            page="Thrush",
            id="thrush",
            sentence="{link} songs are a long story for {readers}. ",
            changes=("typo",),
            more=LONG,
        ),
    )
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Saved:
    """One revision: the news on it, top to bottom, each in its form."""

    editor: str
    at: datetime
    forms: Mapping[str, Form]


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What an edit made of one piece of news; no ``form``: it took it away. ``moved``: it leads elsewhere."""

    form: Form | None
    editor: str
    at: datetime
    moved: bool = False


@dataclass(kw_only=True)
class Newsroom:
    """The page as people write it. ``forms`` has the last form of every news, on the page or not."""

    wiki: MemoryWiki
    saved: list[Saved] = field(default_factory=list)
    forms: dict[str, Form] = field(default_factory=lambda: dict.fromkeys(ALL, Form()))

    @property
    def page(self) -> Mapping[str, Form]:
        """What is on the page now."""
        return self.saved[-1].forms

    def save(self, forms: Mapping[str, Form], editor: str, *, blank: bool = False) -> None:
        """Save the page with these news, top to bottom."""
        lines = [] if blank else [*(ALL[marker].line(form) for marker, form in forms.items())]
        text = "" if blank else "\n".join([*lines, OLD.line(Form())])
        self.wiki.edit(text, user=editor)
        self.saved.append(Saved(editor=editor, at=self.wiki.clock(), forms=dict(forms)))
        self.forms.update(forms)

    def objection(self, text: str, link: str | None, *, now: datetime, settle: timedelta) -> str | None:
        """Say why a text must not be published now; ``None`` where it may.

        It must be what the page says, be held by nobody, and nobody who has to wait may have made it what it
        is since it had last settled.
        """
        marker = marker_of(text)
        form = self.page.get(marker)
        if form is None:
            return f"{marker} is not on the page"
        if form.held:
            return f"{marker} is held by an editor"
        begins = text.startswith(ALL[marker].opening(form).strip())
        if not (begins or text.startswith(CONTINUED)) or link != ALL[marker].link(form):
            return f"the page does not say {text!r}"
        step = self._who_waits(marker, now=now, settle=settle)
        return f"{marker}: {step} has to settle, and it is {now}" if step else None

    def is_disputed(self, marker: str) -> bool:
        """Tell whether a revert took the news away and nobody trusted has touched it since it is back."""
        disputed = False
        for place, saved in enumerate(self.saved[1:], start=1):
            before, after = self.saved[place - 1].forms.get(marker), saved.forms.get(marker)
            if after is None and before is not None:
                pages = [list(earlier.forms.items()) for earlier in self.saved[:place]]
                disputed = disputed or list(saved.forms.items()) in pages
            elif after != before and saved.editor == TRUSTED:
                disputed = False
        return disputed

    def _who_waits(self, marker: str, *, now: datetime, settle: timedelta) -> Step | None:
        """Return the last edit for which the news has to wait.

        That is a stranger's, or one that made it lead elsewhere, which was not undone, and after which it has
        never stood as it was for the settle time.
        """
        steps = self._steps(marker)
        standing: list[Step] = []
        for step in steps:
            if step.form is not None:
                forms = [one.form for one in standing]
                undone = forms.index(step.form) + 1 if step.form in forms else len(standing)
                standing = [*standing[:undone], step]
        for step in reversed(standing):
            until = min((one.at for one in steps if one.at > step.at), default=now)
            if until - step.at >= settle:
                return None
            if step.editor != TRUSTED or step.moved:
                return step
        return None

    def _steps(self, marker: str) -> list[Step]:
        steps: list[Step] = []
        last: Form | None = None  # the last one that it had, on the page or not any more
        for saved in self.saved:
            form = saved.forms.get(marker)
            if form == (steps[-1].form if steps else None):
                continue
            moved = None not in {form, last} and form.moved != last.moved  # type: ignore[union-attr]  # neither is
            steps.append(Step(form=form, editor=saved.editor, at=saved.at, moved=moved))
            last = form or last
        return steps


def marker_of(text: str) -> str:
    """Return which news a text is of."""
    found = [marker for marker in (*ALL, OLD.marker) if marker in text]
    assert len(found) == 1, f"{text!r} is no news of ours"
    return found[0]
