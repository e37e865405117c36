"""Reads a TOML table key by key, collects every problem, and complains of the keys that nobody asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from bot.config.checks import Check, UnfitError, suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

T = TypeVar("T")

_SECRET = re.compile(
    r"(^|_)(token|password|passwd|passphrase|secret|credentials?|cookie|api_?key|access_?key|private_?key)s?$",
    re.IGNORECASE,
)


class Table:
    """A table of the file, at a place such as ``channels[2] (wikis-world)``; lists are counted from 1.

    A key that is missing, or whose value is not fit, gives the value to go on with; the problem is noted in
    ``problems``, which all tables of a file share. ``close`` when every key has been asked for.
    """

    def __init__(self, values: Mapping[str, object], *, place: str, problems: list[str]) -> None:
        self._values = values
        self._place = place
        self._problems = problems
        self._asked: dict[str, None] = {}  # a set that keeps the order, for the message that lists them

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def get(self, key: str, check: Check[T], default: T) -> T:
        """Return the key's value, or ``default`` where the key is left out."""
        self._asked[key] = None
        if key not in self._values:
            return default
        try:
            return check(self._values[key])
        except UnfitError as error:
            self.problem(str(error), key=key)
            return default

    def need(self, key: str, check: Check[T], *, meanwhile: T, why: str = "") -> T:
        """Return the key's value; that it is left out is a problem, which ``why`` explains."""
        if key not in self._values:
            self._asked[key] = None
            self.problem("is missing" + (f": {why}" if why else ""), key=key)
        return self.get(key, check, meanwhile)

    def refuse(self, key: str, why: str) -> None:
        """Note that the key is there although it has no meaning here."""
        if key in self._values:
            self._asked[key] = None
            self.problem(why, key=key)

    def table(self, key: str) -> Table:
        """Return the table of this name, an empty one where it is left out."""
        self._asked[key] = None
        value = self._values.get(key, {})
        if not isinstance(value, dict):
            self.problem(f"must be a table: a line [{self._inside(key)}] and its keys below", key=key)
            value = {}
        return Table(value, place=self._inside(key), problems=self._problems)

    def tables(self, key: str, *, named: Sequence[str], begun_with: str) -> list[Table]:
        """Return the tables written ``[[key]]``, of which at least one is needed.

        In messages, each is called by its number and by its first key of those ``named``; ``begun_with`` says
        what to write in it.
        """
        self._asked[key] = None
        value = self._values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            self.problem(f"must be written with two brackets: [[{key}]]", key=key)
            return []
        if not value:
            self.problem(f"at least one is needed: a line [[{key}]], and below it {begun_with}", key=key)
        return [
            Table(entry, place=f"{key}[{number}]" + _name(entry, named), problems=self._problems)
            for number, entry in enumerate(value, start=1)
        ]

    def keys(self) -> tuple[str, ...]:
        """Return the keys that are there, for a table whose keys are the maintainer's own."""
        return tuple(self._values)

    @property
    def place(self) -> str:
        """Where in the file this table stands, for messages that speak of two of them."""
        return self._place

    def problem(self, message: str, *, key: str | None = None) -> None:
        """Note what is wrong with the key, or with the table."""
        self._problems.append(": ".join(part for part in (self._place, key, message) if part))

    def close(self) -> None:
        """Note every key that nobody asked for."""
        for key in self._values:
            if key in self._asked:
                continue
            if _SECRET.search(key):
                variable = f"{key}_env"
                way = f"name that variable in {variable}" if variable in self._asked else "see the manual"
                self.problem(
                    f"a secret does not belong in this file: put it in an environment variable, and {way}",
                    key=key,
                )
            else:
                known = suggestion(key, self._asked) or f"; known here: {', '.join(self._asked) or 'none'}"
                self.problem(f"unknown key{known}", key=key)

    def _inside(self, key: str) -> str:
        return f"{self._place}.{key}" if self._place else key


def _name(entry: Mapping[str, object], named: Sequence[str]) -> str:
    names = (name for key in named if isinstance(name := entry.get(key), str))
    name = next(names, "")
    return f" ({name})" if name and name.isprintable() and len(name) <= 60 else ""
