"""What an editor asks for one item: ``<!-- herald: channels=mastodon; cw=...; hold -->``.

What cannot be read is a problem with its line, and it errs on the safe side: where the editor may have meant
to keep the item back, or from a channel, or behind a warning, the item is held until the directive is mended.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.model import Directives, Problem
from bot.news import plain, sharing, sites

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

_PREFIX = re.compile(r"\s*herald\s*:", re.IGNORECASE)
_ID = re.compile(r"[A-Za-z0-9._-]{1,40}")
# The shape of a well-formed tag: https://www.rfc-editor.org/rfc/rfc5646#section-2.1
_LANGUAGE = re.compile(
    r"[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*"
)
_LANGUAGE_CASE: Mapping[int, Callable[[str], str]] = {2: str.upper, 4: str.title}  # region, script
_YES = frozenset({"1", "on", "true", "yes"})
_NO = frozenset({"0", "false", "no", "off"})
_FIELDS = {
    "id": "id",
    "channels": "channels",
    "cw": "content_warning",
    "lang": "language",
    "image": "image",
    "alt": "alt",
    "not-before": "not_before",
    "until": "until",
    "hold": "hold",
    "skip": "skip",
    "approve": "approve",
    "retry": "retry",
    "share": "share",
}
NAMES = frozenset(_FIELDS)
# Those that need no value, but may have one.
_BARE = frozenset({"hold", "skip", "approve", "retry"})
# An item whose directive of this name cannot be read is held.
_GUARDS = frozenset({"channels", "cw", "not-before", "until", "hold", "skip", "share"})


def read(
    comments: Sequence[str], *, line: int, names: Collection[str]
) -> tuple[Directives, tuple[Problem, ...]]:
    """Read the directives in an item's comments; only those that begin with ``herald:`` count.

    Several comments are read as one. ``names`` are the channels and networks there are: what ``channels=``
    may name, and whose name takes the text to use there. ``line`` is where the item begins.
    """
    reader = _Reader(line=line, names={name.casefold(): name for name in sorted(names)})
    for comment in comments:
        if prefix := _PREFIX.match(comment):
            for written in _assignments(comment[prefix.end() :]):
                reader.take(written)
    return reader.result()


def from_fields(
    fields: Mapping[str, str], *, line: int, names: Collection[str]
) -> tuple[Directives, tuple[Problem, ...]]:
    """Read directives from the parameters of an item's template, by the directives' names.

    An empty parameter asks for nothing; ``hold`` and the others that need no value take yes or no as well.
    """
    reader = _Reader(line=line, names={name.casefold(): name for name in sorted(names)})
    for name, value in fields.items():
        text = plain.fold(value)
        may_be_bare = name.strip().lower() in _BARE
        if not text or (may_be_bare and text.lower() in _NO):
            continue
        bare = may_be_bare and text.lower() in _YES
        reader.take(_Written(name=name, value=None if bare else text))
    return reader.result()


def combine(first: Directives, second: Directives) -> Directives:
    """Join what two places ask for one item: the first has its way, but either may hold the item."""
    asked = {name: getattr(first, name) for name in _FIELDS.values() if getattr(first, name) is not None}
    return replace(second, **asked, texts={**second.texts, **first.texts})


@dataclass(frozen=True, kw_only=True, slots=True)
class _Written:
    """One directive as written: without a ``=`` its value is ``None``; a ``fault`` makes it unreadable."""

    name: str
    value: str | None
    fault: str = ""


def _assignments(text: str) -> Iterator[_Written]:
    """Split at semicolons, except those in a value in quotation marks."""
    rest = text
    while rest.strip(" \t\r\n;"):
        rest = rest.lstrip(" \t\r\n;")
        name = re.match(r"[^=;]*", rest)[0]  # type: ignore[index]  # it matches the empty string too
        rest = rest[len(name) :]
        if not rest.startswith("="):
            yield _Written(name=name, value=None)
            continue
        value, rest, fault = _value(rest[1:].lstrip())
        yield _Written(name=name, value=value, fault=fault)


def _value(text: str) -> tuple[str, str, str]:
    """Return the value that ``text`` begins with, what follows it, and why it is unreadable, if it is."""
    if not text.startswith('"'):
        value, _, rest = text.partition(";")
        return plain.fold(value), rest, ""
    quoted = re.match(r'"((?:[^"\\]|\\.)*)"\s*', text, re.DOTALL)
    if quoted is None:
        return "", "", "its quotation mark is not closed"
    value = plain.fold(re.sub(r"\\(.)", r"\1", quoted[1], flags=re.DOTALL))
    surplus, _, rest = text[quoted.end() :].partition(";")
    fault = f"{plain.fold(surplus)!r} stands after its closing quotation mark" if surplus else ""
    return value, rest, fault


@dataclass(kw_only=True, slots=True)
class _Reader:
    """Collects directives and problems."""

    line: int
    names: Mapping[str, str]
    _asked: dict[str, Any] = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict)
    _seen: dict[str, str | None] = field(default_factory=dict)
    _held: list[str] = field(default_factory=list)
    _problems: list[Problem] = field(default_factory=list)

    def take(self, written: _Written) -> None:
        name = plain.fold(written.name).lower()
        shown = name if written.value is None else f"{name}={written.value}"
        if name not in NAMES and name not in self.names:
            self._unknown(name, shown)
        elif written.fault:
            self._refuse(name, shown, written.fault, hold=True)
        elif name in self._seen:
            if self._seen[name] != written.value:
                self._refuse(name, shown, "it was given before with another value; keep one")
        else:
            self._seen[name] = written.value
            self._read(name, written.value, shown)

    def result(self) -> tuple[Directives, tuple[Problem, ...]]:
        if "alt" in self._asked and "image" not in self._asked:
            self._problem(
                "the directive alt describes an image, but there is no directive image; add image=File:..."
            )
        if self._held:
            self._asked["hold"] = "; ".join(self._held)
        return Directives(**self._asked, texts=self._texts), tuple(self._problems)

    def _read(self, name: str, value: str | None, shown: str) -> None:
        if name in _BARE:
            self._asked[name] = value or ""
        elif not value:
            self._refuse(name, shown, f"it has no value; write {name}=...")
        elif name in NAMES:
            self._set(name, value, shown)
        else:
            self._texts[self.names[name]] = value

    def _set(self, name: str, value: str, shown: str) -> None:
        parse: Callable[[str], object] = {
            "id": _id,
            "lang": _language,
            "not-before": _moment,
            "until": _moment,
            "image": _image,
            "channels": self._channels,
            "share": self._share,
        }.get(name, str)
        try:
            self._asked[_FIELDS[name]] = parse(value)
        except ValueError as error:
            self._refuse(name, shown, str(error))

    def _channels(self, value: str) -> tuple[str, ...]:
        known: list[str] = []
        for wanted in filter(None, (part.strip() for part in value.split(","))):
            if wanted.casefold() in self.names:
                known.append(self.names[wanted.casefold()])
            else:
                self._problem(f"there is no channel or network {wanted!r}{self._hint(wanted, self.names)}")
        if not known:
            raise ValueError("it names no channel or network there is")
        return tuple(dict.fromkeys(known))

    def _share(self, value: str) -> str:
        url = _web_address(sharing.on_the_web(value))
        if sharing.address_of(url) is None:
            known = " or ".join(sharing.TITLES.values())
            self._problem(f"the address share={value} is that of no post on {known}, so it is shared nowhere")
        return url

    def _unknown(self, name: str, shown: str) -> None:
        if not name:
            self._problem(f"{shown!r} is no directive: a name is missing before the =")
            return
        known = [*NAMES, *self.names]
        self._problem(f"there is no directive {name!r}{self._hint(name, known)}")
        if _GUARDS.intersection(get_close_matches(name, known)):
            self._held.append(f"its directive {shown} cannot be read")

    def _refuse(self, name: str, shown: str, why: str, *, hold: bool = False) -> None:
        self._problem(f"the directive {shown} cannot be read: {why}")
        if hold or name in _GUARDS:
            self._held.append(f"its directive {shown} cannot be read")

    def _problem(self, message: str) -> None:
        self._problems.append(Problem(message=message, line=self.line))

    @staticmethod
    def _hint(written: str, known: Collection[str]) -> str:
        close = get_close_matches(written.casefold(), sorted(known), n=1)
        return f": did you mean {close[0]}?" if close else f"; there are {', '.join(sorted(known))}"


def _id(value: str) -> str:
    if not _ID.fullmatch(value):
        raise ValueError("an id is 1 to 40 of the characters A-Z a-z 0-9 . _ -")
    return value


def _language(value: str) -> str:
    if not _LANGUAGE.fullmatch(value):
        raise ValueError("a language is a tag such as en, pt-BR or zh-Hans")
    first, *more = value.lower().split("-")
    return "-".join([first, *(_LANGUAGE_CASE.get(len(part), str)(part) for part in more)])


def _moment(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value.upper())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(
            "write a date and time such as 2026-11-19T14:00Z (ISO 8601; UTC where no zone is said)"
        ) from None


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:  # "http://[": half an IPv6 address
        is_whole = False
    if not is_whole or not value.isprintable() or " " in value:
        raise ValueError("write the whole address of the post, such as https://wikis.world/@wikitech/1130")
    return value


def _image(value: str) -> str:
    """Take ``File:X.png`` in any language, ``[[File:X.png]]`` and ``X.png``; return the name alone."""
    name = value.strip("[]").partition("|")[0]
    prefix, colon, rest = name.partition(":")
    is_prefix = colon and prefix.strip().lower() in sites.file_prefixes()
    name = plain.fold((rest if is_prefix else name).replace("_", " "))
    if not name:
        raise ValueError("write a file of the wiki such as File:Example.png")
    return name[:1].upper() + name[1:]
