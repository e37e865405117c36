"""The rules of the gate, in the order in which they are asked: the first that objects decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.decide.approval import approved, second_person
from bot.decide.authors import (
    fresh,
    protected,
    reviewed,
    seasoned,
    settled,
    told,
    unblocked,
    undisputed,
    unhidden,
    unreverted,
)
from bot.decide.characters import read_as_written
from bot.decide.content import (
    held_by_editor,
    held_by_order,
    not_yet,
    understood,
    unmistaken,
)
from bot.decide.domains import linked_domains, plain_addresses
from bot.decide.pictures import PICTURE_RULES
from bot.decide.wording import few_mentions, unwanted_patterns, unwanted_words

if TYPE_CHECKING:
    from bot.decide.gate import Rule, Surroundings, Verdict
    from bot.model import Item

# What can be said of an item without asking the wiki anything more.
CONTENT: tuple[Rule, ...] = (
    held_by_editor,
    held_by_order,
    not_yet,
    unmistaken,
    understood,
    read_as_written,
    plain_addresses,
    *PICTURE_RULES,
    linked_domains,
    protected,
)
# What nobody's approval lifts.
FIRM: tuple[Rule, ...] = (
    *CONTENT,
    told,
    fresh,
    unhidden,
    reviewed,
    second_person,
)
# What the approval of a trusted editor lifts, who is not the author.
SOFT: tuple[Rule, ...] = (
    unwanted_words,
    unwanted_patterns,
    few_mentions,
    unblocked,
    unreverted,
    undisputed,
    seasoned,
    settled,
)
RULES: tuple[Rule, ...] = (*FIRM, *SOFT)


def verdict(item: Item, around: Surroundings) -> Verdict | None:
    """Return the first objection to publishing ``item``, or ``None`` where it may go out."""
    if objection := _first(FIRM, item, around):
        return objection
    objection = None if around.trusted_page else _first(SOFT, item, around)
    return None if objection is None or approved(item, around) else objection


def obvious(item: Item, around: Surroundings) -> Verdict | None:
    """Return the first objection for which the wiki need not be asked anything, if there is one."""
    return _first(CONTENT, item, around)


def _first(rules: tuple[Rule, ...], item: Item, around: Surroundings) -> Verdict | None:
    return next((found for rule in rules if (found := rule(item, around))), None)
