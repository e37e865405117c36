"""A page on which people see how each item will look on each channel.

It is one file that asks for nothing else and runs nothing: its policy allows its own style sheet and no more.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import PackageLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from bot.compose.markup import to_html
from bot.decide.gate import moment
from bot.report import words
from bot.report.safe import visible

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.model import Item, Part
    from bot.report.values import Preview

NEARLY_FULL = 0.9  # of the limit: the bar changes its colour


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sheet:
    """One item and how it looks on each channel."""

    page: str
    item: Item
    looks: tuple[Preview, ...]


def preview_page(previews: Sequence[Preview], *, now: datetime) -> str:
    """Return a whole page of HTML that shows the previews by item, in their order; ``now`` is its date."""
    environment = _environment()
    style = environment.get_template("preview.css.jinja").render()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment.get_template("preview.html.jinja").render(
        style=Markup(style),  # noqa: S704 - our own file, in which nothing is filled in
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
        sheets=_sheets(previews),
        pages=len({preview.page for preview in previews}),
        channels=len({preview.channel for preview in previews}),
        going=sum(not preview.note for preview in previews),
        made=moment(now),
    )


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=PackageLoader("bot.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.filters |= {
        "as_posted": _as_posted,
        "counted": words.count,
        "disguised": words.disguised,
        "length": words.length,
        "nearly_full": _nearly_full,
        "origin": _origin,
        "unseen_link": words.unseen_link,
    }
    return environment


def _sheets(previews: Sequence[Preview]) -> tuple[_Sheet, ...]:
    places = [(preview.page, preview.item.key) for preview in previews]
    by_place = {
        place: tuple(preview for preview, where in zip(previews, places, strict=True) if where == place)
        for place in dict.fromkeys(places)
    }
    return tuple(_Sheet(page=page, item=looks[0].item, looks=looks) for (page, _), looks in by_place.items())


def _finalize(value: Any) -> Any:  # noqa: ANN401 - whatever a template prints
    """Make visible what is data; markup of our own stays as it is."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _origin(item: Item) -> str:
    made = item.provenance
    return words.origin(made.revision, made.editors) if made else ""


def _as_posted(part: Part) -> Markup:
    return Markup(visible(to_html(part)))  # noqa: S704 - it has escaped all text itself


def _nearly_full(part: Part) -> bool:
    return bool(part.limit) and part.length >= NEARLY_FULL * (part.limit or 0)
