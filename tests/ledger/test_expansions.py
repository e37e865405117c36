from __future__ import annotations

from typing import TYPE_CHECKING

from tests.ledger.making import NOW, PAGE, SITE

if TYPE_CHECKING:
    from bot.ledger import Ledger

CALL = "{{Vijest|[[Вікі]] 日本語}}"


def test_what_was_made_of_a_call_is_known_for_that_revision_of_the_page(ledger: Ledger) -> None:
    ledger.remember_expansions(SITE, PAGE, 7, {CALL: "text"}, now=NOW)
    ledger.remember_expansions(SITE, PAGE, 7, {"{{B}}": "b"}, now=NOW)
    assert ledger.expansions(SITE, PAGE, 7) == {CALL: "text", "{{B}}": "b"}
    assert ledger.expansions(SITE, PAGE, 8) == {}
    assert ledger.expansions(SITE, "Another", 7) == {}
    assert ledger.page(SITE, PAGE) is None


def test_of_other_revisions_nothing_is_kept(ledger: Ledger) -> None:
    ledger.remember_expansions(SITE, PAGE, 7, {CALL: "text"}, now=NOW)
    ledger.remember_expansions(SITE, PAGE, 8, {CALL: "new text"}, now=NOW)
    assert ledger.expansions(SITE, PAGE, 7) == {}
    assert ledger.expansions(SITE, PAGE, 8) == {CALL: "new text"}


def test_an_export_leaves_them_out(ledger: Ledger) -> None:
    ledger.remember_expansions(SITE, PAGE, 7, {CALL: "text"}, now=NOW)
    assert "Vijest" not in "".join(ledger.export())
