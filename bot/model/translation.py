"""What there is of a page, and of an item, in another language."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.model.news import Item, Provenance


@dataclass(frozen=True, kw_only=True, slots=True)
class TranslatedUnit:
    """A unit of a page under the Translate extension, in one language.

    ``definition`` is what the unit said when it was last marked for translation, and ``text`` what it is in
    that language (``None``: it has not been translated), both with ``$name`` where a variable stands.
    ``outdated`` says that the unit was changed after it was translated. ``provenance`` is the translation's,
    ``None`` where the wiki does not tell.
    """

    definition: str
    text: str | None = None
    outdated: bool = False
    provenance: Provenance | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TranslatedUnits:
    """The units of a page in one language, by their ids; ``lack`` says why there can be none."""

    units: Mapping[str, TranslatedUnit] = field(default_factory=dict)
    lack: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Translation:
    """An item in another language: the same key, its provenance the translation's.

    ``item`` is ``None`` where there is no translation that says what the item says now, and ``lack`` why;
    ``told`` is false where nobody knows, since the wiki did not answer.
    """

    item: Item | None = None
    lack: str = ""
    told: bool = True
