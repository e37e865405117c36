"""What one value must be.

A check takes a value as TOML gave it and returns it in the form that the house uses, or raises
``UnfitError``, whose text says what it must be and never shows what it is: it may be a secret in the wrong
place.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import SplitResult, urlsplit

import regex

from bot.config import durations

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

Check = Callable[[object], T]

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
# As MediaWiki names languages: mostly BCP 47, with a few of its own (simple, roa-rup, zh-classical).
_LANGUAGE = re.compile(r"([A-Za-z]{2,3}|simple)(-[A-Za-z0-9]{1,12})*")
_DOMAIN = re.compile(r"[^\s/:@*.]+(\.[^\s/:@*.]+)+")
_MAIL = re.compile(r"[\x21-\x3b\x3d\x3f\x41-\x7e]+@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+")
_NOT_IN_A_TITLE = re.compile(r"[#<>\[\]|{}]")


class UnfitError(ValueError):
    """Says what a value must be, and never what it is."""


def text(value: object) -> str:
    """A text that is not blank."""
    if not isinstance(value, str):
        raise UnfitError('must be a text in quotes, such as "this"')
    if not value.strip():
        raise UnfitError("must not be empty")
    if _CONTROL.search(value):
        raise UnfitError("must not contain control characters")
    return value


def line(value: object) -> str:
    """A text on one line, without white space around it."""
    checked = text(value)
    if "\n" in checked:
        raise UnfitError("must be a text on one line")
    return checked.strip()


def flag(value: object) -> bool:
    """Either of ``true`` and ``false``."""
    if not isinstance(value, bool):
        raise UnfitError("must be true or false, without quotes")
    return value


def whole(*, least: int | None = None) -> Check[int]:
    """Make the check for a whole number, not below ``least``."""
    expected = "must be a whole number, without quotes" + ("" if least is None else f", {least} or more")

    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or (least is not None and value < least):
            raise UnfitError(expected)
        return value

    return check


def duration(*, least: timedelta = timedelta(0)) -> Check[timedelta]:
    """Make the check for a duration, not shorter than ``least``."""

    def check(value: object) -> timedelta:
        try:
            length = durations.parse(line(value))
        except UnfitError:
            raise UnfitError('must be a duration in quotes, such as "30m"') from None
        except ValueError as error:
            raise UnfitError(f"must be a duration: {error}") from None
        if length < least:
            raise UnfitError(f"must be {durations.spell(least)} or longer")
        return length

    return check


def one_of(choices: Collection[str]) -> Check[str]:
    """Make the check for one of a few words; a near miss gets a suggestion."""

    def check(value: object) -> str:
        word = line(value)
        if word not in choices:
            raise UnfitError(f"must be one of {', '.join(choices)}{suggestion(word, choices)}")
        return word

    return check


def member(words: type[E]) -> Check[E]:
    """Make the check for a word of an enumeration."""
    check_word = one_of([str(word) for word in words])

    def check(value: object) -> E:
        return words(check_word(value))

    return check


def suggestion(word: str, choices: Collection[str]) -> str:
    """Return "; did you mean ...?" where one of the choices is close to ``word``, else nothing."""
    close = get_close_matches(word.lower(), choices, n=1)
    return f"; did you mean {close[0]}?" if close else ""


def listed(check: Check[T], *, empty: bool = True) -> Check[tuple[T, ...]]:
    """Make the check for a list of what ``check`` takes, which may be ``empty``."""

    def check_list(value: object) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise UnfitError('must be a list, such as ["one", "two"]')
        if not value and not empty:
            raise UnfitError("must not be empty")
        return tuple(_entry(check, number, entry) for number, entry in enumerate(value, start=1))

    return check_list


def _entry(check: Check[T], number: int, entry: object) -> T:
    try:
        return check(entry)
    except UnfitError as error:
        raise UnfitError(f"{error} (its entry {number} is not)") from None


def web_address(value: object) -> str:
    """An absolute ``http`` or ``https`` URL without user name or password."""
    return _address(value, ("https", "http"))


def _address(value: object, schemes: Sequence[str]) -> str:
    begins = " or ".join(f"{scheme}://" for scheme in schemes)
    expected = UnfitError(f"must be a complete address that begins with {begins}")
    url = line(value)
    try:
        parts = urlsplit(url)
        usable = parts.scheme in schemes and parts.hostname and parts.port != 0
    except ValueError:
        raise expected from None
    if not usable or re.search(r"\s", url):
        raise expected
    if "@" in parts.netloc:
        raise UnfitError("must not contain a user name or password: secrets come from the environment")
    return url


def server_address(
    schemes: Sequence[str] = ("https",), local_schemes: Sequence[str] = ("http",)
) -> Check[str]:
    """Make the check for the address of a network's server; it gives the address without a slash at its end.

    One of the ``local_schemes`` is for this very machine only.
    """

    def check(value: object) -> str:
        url = _address(value, (*schemes, *local_schemes))
        parts = urlsplit(url)
        if parts.query or parts.fragment:
            raise UnfitError("must be the address of a server, without ? or #")
        if parts.scheme not in schemes and not _on_this_machine(parts):
            raise UnfitError(f"must begin with {schemes[0]}://, as a secret is sent there")
        return url.rstrip("/")

    return check


def _on_this_machine(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def dollars(value: object) -> Decimal:
    """An amount of US dollars, not below nothing."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1_000_000:
        raise UnfitError("must be an amount of US dollars, such as 5 or 2.50, without quotes")
    return Decimal(str(value))


def day(value: object) -> date:
    """A day."""
    if isinstance(value, datetime) or not isinstance(value, date):
        raise UnfitError("must be a day without quotes, such as 2027-01-31")
    return value


def article_path(value: object) -> str:
    """A wiki's article path: an absolute URL with ``$1`` for the title."""
    url = web_address(value)
    if "$1" not in url:
        raise UnfitError("must contain $1 where a page's title goes")
    return url


def contact(value: object) -> str:
    """Where the bot's operator is found: an e-mail address or a URL."""
    where = line(value)
    if _MAIL.fullmatch(where):
        return where
    try:
        return web_address(where)
    except UnfitError:
        raise UnfitError("must be an e-mail address or the address of a web page") from None


def variable(value: object) -> str:
    """The name of an environment variable; in capitals only, so that a secret hardly ever passes for one."""
    name = line(value)
    if not _VARIABLE.fullmatch(name):
        raise UnfitError(
            "must be the name of an environment variable (capitals, digits and _), not the secret itself"
        )
    return name


def language(value: object) -> str:
    """A language code."""
    code = line(value)
    if not _LANGUAGE.fullmatch(code):
        raise UnfitError('must be a language code, such as "en" or "pt-br"')
    return code


def fallback(value: object) -> timedelta | None:
    """What becomes of an item that is not translated: how long it waits, ``None`` for ever."""
    match line(value).split():
        case ["source"]:
            return timedelta(0)
        case ["skip"]:
            return None
        case ["wait", length]:
            return duration()(length)
        case _:
            raise UnfitError('must be "source", "skip", or how long to wait for a translation: "wait 2d"')


def domain(value: object) -> str:
    """A domain, lower case and as it stands in URLs."""
    name = line(value).lower()
    if not _DOMAIN.fullmatch(name):
        raise UnfitError('must be a domain, such as "example.org" (its subdomains are meant too)')
    try:
        return name if name.isascii() else name.encode("idna").decode("ascii")
    except UnicodeError:
        raise UnfitError('must be a domain, such as "example.org"') from None


def expression(value: object) -> str:
    """A regular expression."""
    pattern = line(value)
    try:
        regex.compile(pattern)
    except regex.error:
        raise UnfitError("must be a regular expression, as Python's module regex reads them") from None
    return pattern


def title(value: object) -> str:
    """A wiki page's title with its namespace; underscores and spaces are the same."""
    name = " ".join(line(value).replace("_", " ").split())
    if not name or _NOT_IN_A_TITLE.search(name):
        raise UnfitError("must be a page's title, such as Template:News, without any of # < > [ ] | { }")
    return name


def user(value: object) -> str:
    """A user's name as the wiki shows it in a page's history."""
    name = title(value)
    if ":" in name:
        raise UnfitError("must be the name alone, without User: before it")
    return name[0].upper() + name[1:]


def parameter(value: object) -> str:
    """The name or number of a template's parameter."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return line(value)


def path(value: object) -> Path:
    """A path; ``~`` is the home folder of whoever runs this."""
    try:
        return Path(line(value)).expanduser()
    except RuntimeError:
        raise UnfitError("must not begin with ~, as the home folder is not known here") from None


def hashtag(value: object) -> str:
    """A hashtag without its #."""
    tag = line(value)
    if "#" in tag or re.search(r"\s", tag):
        raise UnfitError('must be hashtags without # and spaces, such as "MediaWiki"')
    return tag
