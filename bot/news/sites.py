"""What is known of a wiki without asking it, for a page that is a file.

The data stand in ``sites.toml``. A wiki that can be asked tells its own namespaces and interwiki prefixes;
nothing here is used for it but the words of image links and the letters drawn into a link.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from bot.model import Site

_PROJECT = 4


def offline(name: str, *, language: str = "en", article_path: str = "/wiki/$1") -> Site:
    """Return the best guess at the wiki that ``article_path`` leads to.

    It knows MediaWiki's namespaces in English and in ``language``, Wikimedia's interwiki prefixes and the
    language prefixes. Where the path's host is a Wikimedia wiki with a language of its own
    (``de.wikipedia.org``, ``fr.wikivoyage.org``), prefixes lead to the sister projects in that language,
    elsewhere to those in English.
    """
    host_language, project = _place(article_path)
    data = _data()
    interwiki = dict(data["interwiki"])
    languages = frozenset(data["languages"]["codes"].split())
    for code in languages:
        interwiki[code] = f"https://{code}.{project or 'wikipedia'}.org/wiki/$1"
    for sister, prefixes in data["projects"].items():
        for prefix in prefixes:
            interwiki[prefix] = f"https://{host_language}.{sister}.org/wiki/$1"
    return Site(
        name=name,
        language=language,
        article_path=article_path,
        namespaces=_namespaces(language) | ({project: _PROJECT} if project else {}),
        interwiki=interwiki,
        languages=languages,
    )


def link_trail(language: str) -> re.Pattern[str] | None:
    """Return what a link draws into itself of the text after it; ``None`` where it draws nothing.

    The letters are those of ``$linkTrail`` in MediaWiki's languages/messages.
    """
    trails: dict[str, str] = _data()["trails"]
    extra = next((trails[code] for code in _fallbacks(language) if code in trails), "")
    return None if extra == "-" else re.compile(f"[a-z{extra}]+")


@cache
def file_prefixes() -> frozenset[str]:
    """Return the names of the file namespace in every language known here, in lower case."""
    data = _data()
    named = (names.get("file", ()) for names in data["names"].values())
    return frozenset({"file", "image", *(name.lower() for group in named for name in group)})


@cache
def image_words() -> frozenset[str]:
    """Return the words of an image link that say how it is shown, in every language, in lower case."""
    return _words("words")


@cache
def alt_words() -> frozenset[str]:
    """Return the words that introduce an image's alt text (``alt=``), in every language, in lower case."""
    return _words("alt")


def _words(which: str) -> frozenset[str]:
    return frozenset(word.strip().lower() for word in _data()["images"][which].split(","))


def _namespaces(language: str) -> dict[str, int]:
    data = _data()
    numbers: dict[str, int] = data["namespaces"]
    namespaces = {canonical.replace("_", " "): number for canonical, number in numbers.items()}
    namespaces |= {"image": numbers["file"], "image talk": numbers["file_talk"]}
    for code in reversed(_fallbacks(language)):
        for canonical, names in data["names"].get(code, {}).items():
            namespaces |= {name.lower(): numbers[canonical] for name in names}
    return namespaces


def _fallbacks(language: str) -> list[str]:
    """``zh-hans`` before ``zh``; Norwegian under each of its codes."""
    code = language.lower().replace("_", "-")
    codes = [code, code.split("-", maxsplit=1)[0]]
    return codes + ["nb"] * ("no" in codes)


def _place(article_path: str) -> tuple[str, str | None]:
    """Return the language and the project of a Wikimedia wiki; English and ``None`` for any other."""
    host = urlsplit(article_path).hostname or ""
    match = re.fullmatch(r"([a-z-]+)(?:\.m)?\.([a-z]+)\.org", host)
    if match and match[2] in _data()["projects"] and match[1] != "www":
        return match[1], match[2]
    return "en", None


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("bot.news").joinpath("sites.toml").read_text(encoding="utf-8"))
