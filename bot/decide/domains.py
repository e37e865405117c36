"""The gate's rules about addresses: they are judged by where they lead, not by what they look like.

Judged is every address that could be clicked in a post: those of links, and those that stand in
a text, the item's own or one that was written for a channel; and that of a post which is shared.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import regex

from bot.compose.hosts import addresses, host_of, in_letters, is_disguised
from bot.decide.gate import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.decide.gate import Surroundings
    from bot.model import Item

# Scripts in use, and those that are written together: "Highly Restrictive" in
# https://www.unicode.org/reports/tr39/#Restriction_Level_Detection, with the scripts of tables 5 and 7 in
# https://www.unicode.org/reports/tr31/#Table_Recommended_Scripts.
_SCRIPTS = """
    Adlam Arabic Armenian Balinese Bamum Batak Bengali Bopomofo Canadian_Aboriginal Chakma Cham Cherokee
    Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Han Hangul Hanifi_Rohingya Hebrew Hiragana
    Javanese Kannada Katakana Kayah_Li Khmer Lao Latin Lepcha Limbu Lisu Malayalam Mandaic Meetei_Mayek Miao
    Mongolian Myanmar New_Tai_Lue Newa Nko Ol_Chiki Oriya Osage Saurashtra Sinhala Sundanese Syloti_Nagri
    Syriac Tai_Le Tai_Tham Tai_Viet Tamil Telugu Thaana Thai Tibetan Tifinagh Vai Wancho Yi
"""
_TOGETHER = ("Latin Han Hiragana Katakana", "Latin Han Bopomofo", "Latin Han Hangul")
# Letters of another script that look like Latin ones in common fonts, of those that browsers go by. A name of
# nothing else ("apple" in Cyrillic) deceives where a Latin one is expected; under a top-level domain of its
# own script it is a name like any other. https://chromium.googlesource.com/chromium/src/+/main/docs/idn.md
_CYRILLIC = (
    "\u0430\u0441\u0501\u0435\u04bb\u0456\u0458\u04cf\u043e\u0440\u051b\u0455\u0475\u051d\u0445\u0443\u050d"
)
_GREEK = "\u03b1\u03b3\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c9\u03f2\u03f3"
_ARMENIAN = "\u0585\u057d\u0578\u0570\u0581\u0566\u0575"
_LOOKS_LATIN = regex.compile(rf"[{_CYRILLIC}0-9-]+|[{_GREEK}0-9-]+|[{_ARMENIAN}0-9-]+")


def plain_addresses(item: Item, around: Surroundings) -> Verdict | None:
    """Hold an address that looks as if it led elsewhere, unless the domain is one that is allowed by name."""
    for url in _addresses(item):
        host = host_of(url)
        if host is None:
            continue
        if is_disguised(url):
            return Verdict(
                reason=f"it links to {host} by an address that looks like another: write it plainly"
            )
        if host == _own(around) or _is_among(host, around.gate.allowed_domains):
            continue
        if doubt := _doubt(in_letters(host)):
            return Verdict(
                reason=f"it links to {host}, which looks like “{in_letters(host)}”: {doubt}; "
                "a maintainer can allow it in allowed_domains"
            )
    return None


def linked_domains(item: Item, around: Surroundings) -> Verdict | None:
    """Hold a link to a domain that is not on the list, where there is one."""
    allowed = around.gate.allowed_domains
    if not allowed:
        return None
    for url in _addresses(item):
        host = host_of(url)
        if host is None or (host != _own(around) and not _is_among(host, allowed)):
            return Verdict(reason=f"it links to {host or url}, which is not among allowed_domains")
    return None


def _addresses(item: Item) -> Iterable[str]:
    """Return all that can be clicked in any post of the item, in reading order, each once."""
    asked = item.directives
    if asked.share is not None:  # nothing of the item itself is posted
        return [asked.share]
    links = [link.url for link in item.body.links]
    if item.main_link is not None:
        links.append(item.main_link.url)
    texts = (item.text, asked.content_warning or "", *asked.texts.values())
    return dict.fromkeys([*links, *(url for text in texts for url in addresses(text))])


def _own(around: Surroundings) -> str | None:
    return host_of(f"https://{around.own_host}") if around.own_host else None


def _is_among(host: str, domains: Iterable[str]) -> bool:
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def _doubt(host: str) -> str | None:
    """Return what may deceive about a host in letters, ``None`` where nothing does."""
    labels = host.split(".")
    for label in labels:
        if not label.isascii() and not _one_script().fullmatch(label):
            return f"“{label}” mixes letters of several scripts"
    top = labels[-1]
    for label in labels[:-1]:
        if top.isascii() and not label.isascii() and _LOOKS_LATIN.fullmatch(label):
            return f"“{label}” is put together from letters that look like Latin ones"
    return None


@cache
def _one_script() -> regex.Pattern[str]:
    """Return the pattern of a label of one script; made when the first letter outside ASCII is met."""
    alternatives = []
    for scripts in (*_TOGETHER, *_SCRIPTS.split()):
        letters = "".join(rf"\p{{scx={script}}}" for script in ("Common", "Inherited", *scripts.split()))
        alternatives.append(f"[{letters}]+")
    return regex.compile("|".join(alternatives))
