"""Reads ``[gate]`` and ``[pictures]``: what must be true of an item before it goes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.config import checks
from bot.decide.licences import ANY, FAMILIES
from bot.model import AltText, Gate, PictureRules, Review

if TYPE_CHECKING:
    from bot.config.table import Table

# From the loosest to the strictest.
PRESETS = {
    "open": Gate(settle=timedelta(0), max_mentions=None),
    "careful": Gate(),
    "four-eyes": Gate(second_person=True),
}


def read_gate(root: Table) -> Gate:
    """Read the gate: a preset, and what is said of it key by key."""
    table = root.table("gate")
    preset = PRESETS[table.get("preset", checks.one_of(tuple(PRESETS)), "careful")]
    gate = replace(
        read_rules(table, preset),
        stop_page=table.get("stop_page", checks.title, preset.stop_page),
        command_page=table.get("command_page", checks.title, preset.command_page),
        hold_patterns=table.get("hold_patterns", checks.listed(checks.expression), preset.hold_patterns),
        pictures=_read_pictures(root),
    )
    table.close()
    return gate


def read_rules(table: Table, base: Gate) -> Gate:
    """Read the rules that may stand on the wiki too; what is left out is as in ``base``."""
    return replace(
        base,
        settle=table.get("settle", checks.duration(), base.settle),
        max_new_items=table.get("max_new_items", checks.whole(least=1), base.max_new_items),
        max_items_per_day=table.get("max_items_per_day", checks.whole(least=0), base.max_items_per_day),
        trusted_groups=_names(table, "trusted_groups", checks.line, base.trusted_groups),
        trusted_users=_names(table, "trusted_users", checks.user, base.trusted_users),
        min_edits=table.get("min_edits", checks.whole(least=0), base.min_edits),
        min_age=table.get("min_age", checks.duration(), base.min_age),
        allowed_domains=_names(table, "allowed_domains", checks.domain, base.allowed_domains),
        hold_words=frozenset(
            word.casefold() for word in _names(table, "hold_words", checks.line, base.hold_words)
        ),
        max_mentions=table.get("max_mentions", checks.whole(least=0), base.max_mentions),
        required_protection=_names(table, "required_protection", checks.line, base.required_protection),
        review=table.get("review", checks.member(Review), base.review),
        second_person=table.get("second_person", checks.flag, base.second_person),
    )


def _read_pictures(root: Table) -> PictureRules:
    table = root.table("pictures")
    usual = PictureRules()
    rules = PictureRules(
        alt_text=table.get("alt_text", checks.member(AltText), usual.alt_text),
        licences=_names(table, "licences", checks.one_of((*FAMILIES, ANY)), usual.licences),
    )
    table.close()
    return rules


def _names(table: Table, key: str, check: checks.Check[str], default: frozenset[str]) -> frozenset[str]:
    return frozenset(table.get(key, checks.listed(check), tuple(default)))
