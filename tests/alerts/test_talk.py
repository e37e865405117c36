from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from bot.alerts.talk import TalkMessenger
from bot.errors import AlertError, PageError
from bot.model import Notice, PageEdit
from bot.report.wikitext import escape

NOTICE = Notice(
    title="Wikiherald: mw146 on wikis-world: in doubt",
    text="This needs a look:\n\n- mw146: [[Evil]] {{template}}\n  look there\n\nWikiherald, for News",
)


@dataclass
class Notepad:
    """A page of the wiki, or none that can be written."""

    broken: bool = False
    sections: list[tuple[str, str, str, str]] = field(default_factory=list)

    def add_section(self, title: str, heading: str, text: str, *, summary: str) -> PageEdit | None:
        if self.broken:
            raise PageError(f"{title}: is protected; ask an administrator")
        self.sections.append((title, heading, text, summary))
        return PageEdit(page=title, summary=summary, text=text, revision=7)


def messenger(pad: Notepad, stopped: str | None = None) -> TalkMessenger:
    return TalkMessenger(pad, "User talk:Sue", escape=escape, stopped=lambda: stopped)


def test_a_note_is_a_section_in_which_nothing_is_markup() -> None:
    pad = Notepad()
    messenger(pad).tell(NOTICE)
    ((title, heading, text, summary),) = pad.sections
    assert title == "User talk:Sue"
    assert heading == escape(NOTICE.title)
    assert summary == NOTICE.title
    assert "[[" not in text
    assert "{{" not in text
    assert text.count("\n\n") == 2
    assert "<br>" in text


def test_what_cannot_be_written_is_told_of_and_tried_again() -> None:
    with pytest.raises(AlertError, match="talk page: User talk:Sue: is protected"):
        messenger(Notepad(broken=True)).tell(NOTICE)


def test_nothing_is_written_while_the_bot_is_stopped() -> None:
    pad = Notepad()
    with pytest.raises(AlertError, match="nothing is written on the wiki now: stopped"):
        messenger(pad, stopped="stopped from the wiki").tell(NOTICE)
    assert pad.sections == []
