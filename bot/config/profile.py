"""Reads how the items stand on a page: from the page's own keys, on top of a profile that comes with the bot.

The profiles lie in ``profiles/``, a file each, with the keys that a page can have.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING

from bot.config import checks
from bot.config.table import Table
from bot.model import DateOrder, MainLink, Profile
from bot.news import directives

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

# What a parameter of an item template can hold.
FIELDS = ("text", "title", "date", "link", *sorted(directives.NAMES))


def profile_names() -> tuple[str, ...]:
    """Return the names of the profiles that come with the bot."""
    folder = files("bot.config") / "profiles"
    return tuple(
        sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml"))
    )


def named_profile(name: str, layouts: Collection[str]) -> Profile:
    """Return a profile that comes with the bot; ``name`` is one of ``profile_names``."""
    text = (files("bot.config") / "profiles" / f"{name}.toml").read_text(encoding="utf-8")
    problems: list[str] = []
    table = Table(tomllib.loads(text), place=f"the profile {name}", problems=problems)
    profile = _read(table, Profile(), layouts)
    table.close()
    if problems:
        raise ValueError("\n".join(problems))
    return profile


def read_profile(page: Table, layouts: Collection[str]) -> Profile:
    """Read what a page's table says of how its items stand there."""
    name = page.get("profile", checks.one_of(profile_names()), "")
    profile = _read(page, named_profile(name, layouts) if name else Profile(), layouts)
    if profile.fields and profile.template is None and "template" not in page:
        page.problem("is missing: fields are the parameters of which template?", key="template")
    return profile


def _read(table: Table, base: Profile, layouts: Collection[str]) -> Profile:
    layout = checks.one_of(("auto", *sorted(set(layouts) - {"auto"})))
    return Profile(
        layout=table.get("layout", layout, base.layout),
        template=table.get("template", checks.title, base.template),
        fields={**base.fields, **_read_fields(table)},
        begin=table.get("begin", checks.text, base.begin),
        end=table.get("end", checks.text, base.end),
        heading=table.get("heading", checks.line, base.heading),
        argument=table.get("argument", checks.line, base.argument),
        main_link=table.get("main_link", checks.member(MainLink), base.main_link),
        strip=table.get("strip", checks.listed(checks.text), base.strip),
        date_order=table.get("date_order", checks.member(DateOrder), base.date_order),
    )


def _read_fields(page: Table) -> Mapping[str, str]:
    table = page.table("fields")
    fields = {part: table.get(part, checks.parameter, "") for part in FIELDS}
    table.close()
    return {part: parameter for part, parameter in fields.items() if parameter}
