"""Understands what a file's description says of its licence.

Descriptions are written by people, through templates that mark licences for machines, more or less. So what
is not understood is no licence, and what is said in two ways that do not agree is none either.

https://commons.wikimedia.org/wiki/Commons:Machine-readable_data
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.model import Rights

PUBLIC_DOMAIN, CC0 = "public domain", "CC0"
FAMILIES = (PUBLIC_DOMAIN, CC0, "CC BY", "CC BY-SA")
ANY = "any"
FREE = frozenset({PUBLIC_DOMAIN, CC0})  # they ask for nothing

_TRUE = frozenset({"true", "1", "yes"})
_CLAUSES = r"(?P<clauses> (?: [\s-]+ (?: nc | nd | sa ) )* )"
# A region, or that later versions are meant too; but not another licence behind an "and".
_AFTER = (
    r"(?: [\s-]+ (?: (?P<region> [a-z]{2} | scotland | igo ) | migrated | unported | international ) | \+ )?"
)
_CC_BY = rf"cc [\s-]+ by {_CLAUSES} (?: [\s-]+ (?P<version> \d (?: \.\d )? ) (?: [\s-]+ \d\.\d )* {_AFTER} )?"
_LONG = r"(?P<clauses> (?: [\s-]+ (?: share [\s-]? alike | non-?commercial | no [\s-]? deriv\w* ) )* )"
_SITE = r"(?: https?: )? // creativecommons\.org"
_FORMS = (
    (CC0, r"cc [\s-]* (?: 0 | zero ) (?: [\s-]* 1\.0 )? (?: \s universal )?"),
    (CC0, r"creative\ commons\ (?: cc0 | zero ) .*"),
    (CC0, rf"{_SITE} /publicdomain/zero/ .*"),
    (PUBLIC_DOMAIN, r"pd (?: [\s-] .* )? | public\ domain (?: \ mark (?: \ 1\.0 )? )?"),
    (PUBLIC_DOMAIN, r"pdm (?: [\s-] .* )? | cc [\s-] pd"),
    (PUBLIC_DOMAIN, rf"{_SITE} /publicdomain/mark/ .*"),
    ("CC BY", _CC_BY),
    ("CC BY", rf"{_SITE} /licenses/by (?P<clauses> (?: - (?: nc | nd | sa ) )* ) / (?P<version> \d\.\d ) .*"),
    ("CC BY", rf"creative\ commons\ attribution {_LONG} (?: \s (?P<version> \d\.\d ) .* )?"),
)
_FLAGS = regex.VERBOSE | regex.IGNORECASE
_READ = tuple((family, regex.compile(form, _FLAGS)) for family, form in _FORMS)
_CLAUSES_READ = {
    "NC": regex.compile(r"nc|non-?commercial", regex.IGNORECASE),
    "ND": regex.compile(r"nd|no[\s-]?deriv", regex.IGNORECASE),
    "SA": regex.compile(r"sa|share", regex.IGNORECASE),
}
_SEVERAL = regex.compile(r"\s*(?:[,;|]|\s/\s|\bor\b)\s*", regex.IGNORECASE)
_NON_FREE = regex.compile(r"fair[\s-]?use|non-?free|all rights reserved", regex.IGNORECASE)
# https://www.wikidata.org/wiki/Property:P275 and, of what is in the public domain, Property:P6216.
_STATED = {
    "Q6938433": "CC0",
    "Q19652": "public domain",
    "Q20007257": "CC BY 4.0",
    "Q18199165": "CC BY-SA 4.0",
    "Q14947546": "CC BY 3.0",
    "Q14946043": "CC BY-SA 3.0",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Licence:
    """A licence, of no ``family`` where it is of none that is known; ``credit`` says that it asks for one."""

    name: str
    family: str | None = None
    credit: bool = True


def licences(rights: Rights) -> tuple[Licence, ...]:
    """Return the licences that a file is offered under, any of which will do, those that ask for least first.

    None where the description does not say, or says it in a way that is not understood. What the structured
    data say counts where the description says nothing, or agrees.
    """
    told = [*_several(rights.name)]
    if not any(one.family for one in told):
        readable = (*_several(rights.code), *_several(rights.terms), *_one(rights.url))
        told = [one for one in readable if one.family][:1] or told or [*_one(rights.terms)]
    stated = [licence for item in rights.stated if item in _STATED for licence in _one(_STATED[item])]
    if not told or _families(told) & _families(stated):
        told += [licence for licence in stated if licence.name not in {one.name for one in told}]
    asked = rights.attribution_required.casefold() in _TRUE
    told = [replace(licence, credit=licence.credit or asked) for licence in told]
    return tuple(sorted(told, key=lambda licence: (licence.family is None, licence.credit)))


def doubt(rights: Rights) -> str | None:
    """Return in what the description contradicts itself, as the end of a sentence, or ``None``."""
    several = {text: _families(_several(text)) for text in (rights.code, rights.name)}
    single = {text: _families(_one(text)) for text in (rights.terms, rights.url)}
    said = {text: found for text, found in (single | several).items() if found}
    for (first, some), (second, others) in combinations(said.items(), 2):
        free = some & FREE and others & FREE
        if not free and some.isdisjoint(others):
            return f"is said to be under {first!r} and {second!r}, which do not agree"
    told = licences(rights)
    if told and told[0].family == PUBLIC_DOMAIN and rights.copyrighted.casefold() in _TRUE:
        return f"is said to be in the public domain and not to be ({rights.terms or 'copyrighted'})"
    return None


def is_non_free(rights: Rights) -> bool:
    """Tell whether the file is used without a licence: as fair use, say."""
    if rights.non_free.casefold() not in {"", "false", "0", "no"}:
        return True
    return any(_NON_FREE.search(text) for text in (rights.name, rights.terms, rights.code))


def chosen(rights: Rights, accepted: Iterable[str]) -> Licence | None:
    """Return the licence to use the file under: the first that is accepted, ``None`` where none is.

    Where any is accepted, what is not known is a licence that asks for nothing but a credit, where somebody
    is there to be named.
    """
    families = frozenset(accepted)
    told = licences(rights)
    if ANY not in families:
        return next((licence for licence in told if licence.family in families), None)
    asked = rights.attribution_required.casefold() in _TRUE
    return told[0] if told else Licence(name="", credit=asked or bool(rights.artist or rights.credit))


def credit(rights: Rights, licence: Licence) -> str | None:
    """Return the line that names the author and the licence; ``None`` where nobody is named."""
    who = rights.credit or rights.artist
    if not who:
        return None
    if rights.authors > 1 and not rights.credit:
        who = f"{who} et al."
    named = not licence.name or _bare(licence.name) in _bare(who)
    return who if named else f"{who}, {licence.name}"


def _several(text: str) -> Iterator[Licence]:
    """Read what may name more than one licence; what stands between them may not be an "and"."""
    for piece in _SEVERAL.split(text.strip()):
        yield from _one(piece)


def _one(text: str) -> Iterator[Licence]:
    text = " ".join(text.split())
    for family, form in _READ:
        if match := form.fullmatch(text):
            yield _licence(family, match)
            return
    if text and "://" not in text:
        yield Licence(name=text)


def _licence(family: str, match: regex.Match[str]) -> Licence:
    if family in FREE:
        return Licence(name=family, family=family, credit=False)
    said = match["clauses"] or ""
    family = "-".join([family, *(clause for clause, form in _CLAUSES_READ.items() if form.search(said))])
    groups = match.groupdict()
    name = " ".join(filter(None, (family, groups["version"], (groups.get("region") or "").upper())))
    return Licence(name=name, family=family)


def _families(found: Iterable[Licence]) -> frozenset[str]:
    return frozenset(licence.family for licence in found if licence.family)


def _bare(text: str) -> str:
    return regex.sub(r"[\s\-.]", "", text).casefold()
