"""What stands on a wiki page besides data, in the language of its readers.

The messages lie in ``bot/report/i18n/``, a file for each language, in the format that translatewiki.net and
MediaWiki use (https://www.mediawiki.org/wiki/Localisation_file_format): ``$1`` is a parameter and
``{{PLURAL:$1|one|many}}`` its plural; ``qqq.json`` documents them. They are plain text: what the page looks
like is the template's business, so that nobody can break a page by translating it.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from babel import Locale, UnknownLocaleError
from babel.units import format_unit

from bot.report.wikitext import Wikitext, escape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import timedelta
    from importlib.resources.abc import Traversable

FALLBACK = "en"
DOCUMENTATION = "qqq"
PREFIX = "wikiherald-status-"

_PLURAL = re.compile(r"\{\{PLURAL:\$([1-9])\|([^{}]*)\}\}")
_PARAMETER = re.compile(r"\$([1-9])")
_CATEGORIES = ("zero", "one", "two", "few", "many")  # in the order in which MediaWiki takes the forms
_UNITS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


class Labels:
    """The messages in one language; what it does not have is said in English.

    ``language`` is what they are really in: the language asked for, by MediaWiki's code (``de``, ``pt-br``),
    what that is a kind of, or English.
    """

    def __init__(self, language: str) -> None:
        known = frozenset(languages())
        self.language = next(
            (code for code in _shorter_and_shorter(language.lower()) if code in known), FALLBACK
        )
        self._messages = {**messages(FALLBACK), **messages(self.language)}
        self._locale = _locale(self.language)

    @property
    def direction(self) -> str:
        """In which direction the language is written: ``"ltr"`` or ``"rtl"``."""
        return str(self._locale.text_direction)

    def __call__(self, name: str, *parameters: object) -> Wikitext:
        """Return a message as wikitext; a parameter that is no ``Wikitext`` is data."""
        pieces = _PARAMETER.split(self._chosen(name, parameters))
        written = []
        for place, piece in enumerate(pieces):  # texts and the numbers of parameters in turn
            if place % 2 == 0:
                written.append(_escape_piece(piece))
            else:
                parameter = parameters[int(piece) - 1]
                written.append(parameter if isinstance(parameter, Wikitext) else escape(str(parameter)))
        return Wikitext("".join(written))

    def plain(self, name: str, *parameters: object) -> str:
        """Return a message as plain text."""
        return _PARAMETER.sub(
            lambda match: str(parameters[int(match[1]) - 1]), self._chosen(name, parameters)
        )

    def duration(self, length: timedelta) -> str:
        """Return a duration in words, to the second, the largest unit first."""
        said = []
        rest = int(length.total_seconds())
        for unit, seconds in _UNITS:
            amount, rest = divmod(rest, seconds)
            if amount:
                said.append(format_unit(amount, f"duration-{unit}", locale=self._locale))
        return " ".join(said)

    def _chosen(self, name: str, parameters: tuple[object, ...]) -> str:
        """Return the message with its plurals chosen."""

        def choose(match: re.Match[str]) -> str:
            forms = match[2].split("|")
            return forms[min(self._form(int(str(parameters[int(match[1]) - 1]))), len(forms) - 1)]

        return _PLURAL.sub(choose, self._messages[PREFIX + name])

    def _form(self, number: int) -> int:
        rule = self._locale.plural_form
        categories = [category for category in _CATEGORIES if category in rule.tags]
        category = rule(number)
        return categories.index(category) if category in categories else len(categories)


def languages() -> tuple[str, ...]:
    """Return the languages that there are messages in."""
    names = (entry.name for entry in _folder().iterdir())
    codes = (name.removesuffix(".json") for name in names if name.endswith(".json"))
    return tuple(sorted(code for code in codes if code != DOCUMENTATION))


@cache
def messages(language: str) -> Mapping[str, str]:
    """Return a language's own messages by their full names; those of ``qqq`` are their documentation."""
    told = json.loads((_folder() / f"{language}.json").read_text(encoding="utf-8"))
    return {name: text for name, text in told.items() if not name.startswith("@")}


def _folder() -> Traversable:
    return resources.files("bot.report") / "i18n"


def _shorter_and_shorter(code: str) -> Iterator[str]:
    """Yield a code and what it is a kind of: ``de-formal``, ``de``."""
    parts = code.split("-")
    for length in range(len(parts), 0, -1):
        yield "-".join(parts[:length])


def _locale(code: str) -> Locale:
    try:
        return Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):  # MediaWiki has languages that Unicode's data has not
        return Locale.parse(FALLBACK)


def _escape_piece(piece: str) -> str:
    """Escape a text between parameters, whose spaces at its ends count."""
    if not piece.strip():
        return piece
    before = " " if piece[0].isspace() else ""
    after = " " if piece[-1].isspace() else ""
    return f"{before}{escape(piece)}{after}"
