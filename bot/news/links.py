"""Where a link leads: an absolute, percent-encoded URL, as MediaWiki itself would write it.

The rules are those of MediaWiki's ``MediaWikiTitleCodec`` (how a title is read), ``wfUrlencode`` (which
characters of it stay as they are) and ``Sanitizer`` (fragments, external URLs).
https://www.mediawiki.org/wiki/Help:Links
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import idna

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from bot.model import Site

_MEDIA, _FILE, _CATEGORY = -2, 6, 14
_TITLE_SPACE = re.compile(r"[ _\t\n\r\xA0\u1680\u180E\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]+")
_TITLE_IGNORED = re.compile(r"[\u200E\u200F\u202A-\u202E]")
_TITLE_FORBIDDEN = re.compile(r"[\[\]{}|<>\x00-\x1f\x7f\ufffd\ud800-\udfff]")
_TITLE_BYTES = 255
_TITLE_SAFE = ";@$!*(),/~:"
_FRAGMENT_SAFE = "!$&'()*+,;=:@/?~"
_URL_SAFE = "!#$&'()*+,/:;=?@~%"
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"[a-z0-9_][a-z0-9._-]*|\[[0-9a-f:.]+\]")
_TURKIC = frozenset({"az", "kaa", "kk", "tr"})


class Kind(Enum):
    """What a pair of double brackets is."""

    LINK = auto()
    FILE = auto()  # an image that is shown here
    HIDDEN = auto()  # a category or an interlanguage link: nothing stands where it is written


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """What is written before the pipe, understood.

    ``url`` is ``None`` where the target is no title; ``name`` is the file's, for a file; ``label`` is what
    is read where there is no text after the pipe.
    """

    kind: Kind
    label: str
    url: str | None = None
    name: str = ""


def internal(written: str, site: Site, *, title: str = "") -> Target:
    """Understand the target of an internal link, entities already decoded.

    ``title`` is the page that it stands on, for links to a subpage or to a section of the page itself.
    """
    text = written.partition("|")[0].strip()  # a pipe made by {{!}}
    if "%" in text:
        text = unquote(text, errors="replace")
    explicit = text.startswith(":")
    label = text.removeprefix(":").lstrip()
    path, hash_, fragment = _TITLE_IGNORED.sub("", text.removeprefix(":")).partition("#")
    name = _spaced(path)
    if title and name.startswith(("/", "../")):
        name, label = _subpage(name, label, title)
    if not name:
        name = title if hash_ else ""
    prefix, colon, rest = name.partition(":")
    key = prefix.strip().lower()
    if colon and (number := _namespace(key, site)) is not None:
        named = _Named(
            number=number, prefix=prefix.strip(), rest=rest.strip(), fragment=fragment, label=label
        )
        return _in_namespace(named, site, explicit=explicit)
    if colon and key in site.interwiki:
        if key in site.languages and not explicit:
            return Target(kind=Kind.HIDDEN, label="")
        url = site.interwiki[key].replace("$1", _encoded(rest.strip()))
        return Target(kind=Kind.LINK, label=label, url=external(url + _anchor(fragment)))
    return Target(kind=Kind.LINK, label=label, url=_article(_capital(name, site), fragment, site))


def external(url: str) -> str | None:
    """Return a URL as it may be posted, or ``None`` for one that may not: not http(s), or malformed.

    One with a user name is refused: ``https://www.mediawiki.org@example.org`` leads to example.org.
    """
    url = url.strip()
    if url.startswith("//"):
        url = f"https:{url}"
    try:
        parts = urlsplit(url)
        host = _ascii_host(parts)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or host is None:
        return None
    path, query, fragment = (_requoted(part) for part in (parts.path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme, host, path, query, fragment))


def host_label(url: str) -> str:
    """Return what to read for an external link without a text: the site that it leads to."""
    return (urlsplit(url).hostname or url).removeprefix("www.")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Named:
    """A title in a namespace, taken apart."""

    number: int
    prefix: str
    rest: str
    fragment: str
    label: str


def _in_namespace(named: _Named, site: Site, *, explicit: bool) -> Target:
    if not explicit and named.number == _CATEGORY:
        return Target(kind=Kind.HIDDEN, label="")
    name = _capital(named.rest, site)
    if not explicit and named.number == _FILE:
        return Target(kind=Kind.FILE, label="", name=name)
    if named.number == _MEDIA:  # a link to the file itself, not an image
        full = f"Special:Redirect/file/{name}" if name else ""
    else:
        full = f"{_capital(named.prefix, site)}:{name}" if name else ""
    return Target(kind=Kind.LINK, label=named.label, url=_article(full, named.fragment, site))


def _namespace(key: str, site: Site) -> int | None:
    for name in (key, key.replace(" ", "_")):
        number = site.namespaces.get(name)
        if number:  # the main namespace's name is empty: not a prefix
            return number
    return None


def _subpage(name: str, label: str, title: str) -> tuple[str, str]:
    """Return the title and the label of ``[[/sub]]``, ``[[../]]`` or ``[[../sister]]``.

    A slash at the end says that only the last part of the title is read.
    """
    if name.startswith("/"):
        inner = name.strip("/")
        return f"{title}/{inner}", inner if name.endswith("/") else label
    base, rest = title, name
    while rest.startswith("../"):
        base, rest = base.rpartition("/")[0], rest.removeprefix("../")
    inner = rest.strip("/")
    if not base:
        return "", label
    full = f"{base}/{inner}" if inner else base
    return full, inner if inner and rest.endswith("/") else full


def permanent(site: Site, revision: int) -> str | None:
    """Return the URL of a revision of whatever page; ``None`` where nobody said where the wiki lives.

    https://www.mediawiki.org/wiki/Help:Permanent_link
    """
    url = _article(f"Special:PermanentLink/{revision}", "", site)
    return url if url is not None and urlsplit(url).hostname else None


def _article(name: str, fragment: str, site: Site) -> str | None:
    if not name or name.startswith(":") or _TITLE_FORBIDDEN.search(name) or len(name.encode()) > _TITLE_BYTES:
        return None
    url = site.article_path.replace("$1", _encoded(name)) + _anchor(fragment)
    return f"https:{url}" if url.startswith("//") else url


def _anchor(fragment: str) -> str:
    """Return the fragment as an HTML5 id, which is what MediaWiki gives a heading ($wgFragmentMode)."""
    text = re.sub(r"[ _\t\n\f\r]+", "_", fragment.rstrip())
    return f"#{quote(text, safe=_FRAGMENT_SAFE, errors='replace')}" if text else ""


def _spaced(text: str) -> str:
    return _TITLE_SPACE.sub(" ", text).strip()


def _encoded(name: str) -> str:
    return quote(name.replace(" ", "_"), safe=_TITLE_SAFE, errors="replace")


def _capital(name: str, site: Site) -> str:
    first, rest = name[:1], name[1:]
    if first == "i" and site.language.split("-", maxsplit=1)[0] in _TURKIC:
        return f"İ{rest}"
    upper = first.upper()
    return upper + rest if len(upper) == 1 else name  # ß stays, as Wikimedia's wikis have it


def _ascii_host(parts: SplitResult) -> str | None:
    """Return host and port in ASCII; raises ``ValueError`` where the host is none."""
    if "@" in parts.netloc or not parts.hostname:
        return None
    host = parts.hostname
    if not host.isascii():
        host = idna.encode(host, uts46=True).decode()
    elif ":" in host:
        host = f"[{host}]"
    if not _HOST.fullmatch(host):
        return None
    return host if parts.port is None else f"{host}:{parts.port}"


def _requoted(part: str) -> str:
    """Percent-encode what may not stand in a URL and leave alone what is encoded already."""
    return quote(_STRAY_PERCENT.sub("%25", part), safe=_URL_SAFE, errors="replace")
