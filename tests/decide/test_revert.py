from __future__ import annotations

from bot.decide.revert import reverting
from bot.model import Revision
from tests.builders import NOW


def history(*revisions: str) -> list[Revision]:
    """Revisions 1, 2, ... from ``"text"`` or ``"text tag tag"``."""
    return [
        Revision(id=number, editor="Ann", saved_at=NOW, sha1=words[0], tags=tuple(words[1:]))
        for number, words in enumerate((revision.split() for revision in revisions), start=1)
    ]


def found(added: int, *revisions: str) -> int | None:
    revision = reverting(added, history(*revisions))
    return revision.id if revision else None


def test_going_back_to_the_letter_is_a_revert() -> None:
    assert found(2, "old", "old+item", "old") == 3


def test_it_may_go_back_over_several_edits() -> None:
    assert found(3, "old", "old+itme", "old+item", "more", "old") == 5


def test_what_mediawiki_marks_is_a_revert_though_others_edited_between() -> None:
    assert found(2, "old", "old+item mw-reverted", "old+item+b", "old+b mw-undo") == 4


def test_ageing_off_is_no_revert() -> None:
    assert found(2, "old", "old+item", "item+new") is None
    assert found(2, "old", "old+item", "new mw-undo") is None


def test_blanking_is_no_revert() -> None:
    assert found(2, "old", "old+item", "nothing mw-blank") is None


def test_without_the_adding_revision_nothing_is_known() -> None:
    assert found(9, "old", "old") is None


def test_hidden_texts_are_not_alike() -> None:
    hidden = [Revision(id=number, editor="", saved_at=NOW) for number in (1, 2, 3)]
    assert reverting(2, hidden) is None
