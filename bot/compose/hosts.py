"""Where an address really leads, whatever it looks like.

What a browser makes of an address is the WHATWG's URL standard, and a library that is tested against it reads
addresses here: https://url.spec.whatwg.org/#host-parsing. A user name in front (``https://wiki.org@evil.example``),
an IP address in another base (``http://0x7f.1``), wide letters, percent signs and backslashes all come out as
the host that is asked in the end, letters outside ASCII in punycode.
"""

from __future__ import annotations

from functools import lru_cache

import idna
import regex

# All that a network, a mail program or a chat might link; what is behind the host does not matter. The host
# ends where it does for a browser, or at a sign that is surely none of a host's.
_ADDRESS = regex.compile(
    r"""
    https?: [/\\]{2,}
    (?P<authority> [^\s/?#\\<>"“”„«»「」『』、\uFF0C\uFF01\uFF1F\uFF08\uFF09]+ )
    (?P<rest> [/?#\\] [^\s<>"]* )?
    """,
    regex.IGNORECASE | regex.VERBOSE,
)
_LAST = regex.compile(r"[\p{L}\p{M}\p{N}\]]")  # of a host; a sentence may end behind it
_WRITTEN = regex.compile(r"\s*https?:/*(?P<host>[^/?#]*?)(?::[0-9]*)?(?=[/?#]|\Z)", regex.IGNORECASE)
_DOTS = regex.compile("[.\u3002\uff0e\uff61]")  # the three that a browser takes for a dot
_PLAIN = regex.compile(r"[\p{L}\p{M}\p{Nd}\p{Emoji}\u200C\u200D·・_.-]+")


def addresses(text: str) -> tuple[str, ...]:
    """Return whatever in a plain text may be taken for an address of the web, in reading order, each once."""
    found = (match[0] if match["rest"] else _without_end(match[0]) for match in _ADDRESS.finditer(text))
    return tuple(dict.fromkeys(address for address in found if _ADDRESS.match(address)))


@lru_cache(maxsize=1024)
def host_of(url: str) -> str | None:
    """Return the host that ``url`` leads to, in ASCII and without a dot at its end.

    ``None`` where a browser would not go anywhere: it has no host, or one that cannot be.
    """
    from ada_url import URL  # noqa: PLC0415 - a run with nothing to do does not need it

    try:
        parts = URL(url)
    except ValueError:
        return None
    return parts.hostname.removesuffix(".") or None


def place_of(url: str) -> str | None:
    """Return host and port that ``url`` leads to, where it does not say so in plain ASCII; else ``None``."""
    from ada_url import URL  # noqa: PLC0415 - likewise

    host = host_of(url)
    if host is None or _written(url) == host:
        return None
    return str(URL(url).host)


def is_disguised(url: str) -> bool:
    """Tell whether ``url`` is written so that it seems to lead elsewhere than it does.

    A name in another script is no disguise; a user name in front, a backslash, an escaped or wide letter, and
    a number for an IP address are.
    """
    host = host_of(url)
    if host is None:
        return False
    written = _written(url)
    if written.startswith("["):
        return False  # an IPv6 address may be written in many ways
    if host.isascii() and "xn--" not in host:
        return written != host
    return not _PLAIN.fullmatch(written)


def in_letters(host: str) -> str:
    """Return a host in the letters that its punycode stands for, as far as it does."""
    return ".".join(_label(label) for label in host.split("."))


def _without_end(address: str) -> str:
    """Return an address that ends with its host without the punctuation behind it."""
    end = len(address)
    while end and not _LAST.match(address, end - 1):
        end -= 1
    return address[:end]


def _written(url: str) -> str:
    """Return the host as it is written, in small letters, with whatever is written beside it."""
    match = _WRITTEN.match(url)
    return _DOTS.sub(".", match["host"]).lower().removesuffix(".") if match else ""


def _label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return idna.decode(label)
    except idna.IDNAError:
        pass
    try:
        letters = label.removeprefix("xn--").encode().decode("punycode")
    except ValueError:
        return label
    return letters if letters.isprintable() else label
