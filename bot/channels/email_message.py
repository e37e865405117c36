"""An item as a mail: text with its links as footnotes, the same in HTML with its pictures, and the headers.

Pure. The headers are those of RFC 5322, of RFC 2919 and 2369 (lists), 3834 (no program is to answer) and 3282
(language). What comes from a wiki page is made one line first, and Python's policy encodes it (RFC 2047). The
body is 7-bit on the way, whatever is in it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from email import policy
from email.headerregistry import AddressHeader
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING

from bot.compose.length import graphemes
from bot.compose.marked import Marked
from bot.compose.markup import to_html
from bot.compose.plain import to_footnotes
from bot.compose.shorten import shorten
from bot.compose.text import clean
from bot.errors import RejectedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from bot.model import Attachment, Outgoing

GAP = "\n\n"
SOURCE = "X-Wikiherald-Source"  # where the wiki shows what an item comes from; one for each
_BETWEEN = "\n\n* * *\n\n"
_LONGEST_SUBJECT = 70  # grapheme clusters, and so many bytes that a few of them cannot hold a novel
_LONGEST_SUBJECT_BYTES = 300
_ENOUGH = 1000  # characters to make a subject of
_POLICY = policy.SMTP.clone(cte_type="7bit")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+>")
_LIST_ID = re.compile(r"(?:[ -;=?-~]*<)?[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+>?")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_MIME_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Letterhead:
    """What is the same in all mails of a channel; addresses may have a name: ``News <news@example.org>``."""

    sender: str
    to: tuple[str, ...]
    reply_to: str | None = None
    list_id: str | None = None
    archive: str | None = None
    prefix: str = ""

    @property
    def envelope(self) -> tuple[str, tuple[str, ...]]:
        """The bare addresses that the mail goes from and to."""
        return bare(self.sender), tuple(dict.fromkeys(map(bare, self.to)))


def write(head: Letterhead, items: Sequence[Outgoing], *, now: datetime) -> EmailMessage:
    """Return one mail that says all ``items``; those that reply to something are sent alone.

    Raises ``RejectedError`` where there is nothing to say, or a reply to what is no mail.
    """
    if not any(item.part.text.strip() or item.attachments for item in items):
        raise RejectedError("there is neither text nor picture for a mail; write a text for the item")
    message = EmailMessage(policy=_POLICY)
    identity = message_id([item.key for item in items], head.sender)
    subject = _subject(head.prefix, items)
    for name, value in _headers(head, items, identity, subject, now):
        message[name] = value
    message.set_content(_BETWEEN.join(map(_plain, items)) + "\n")
    pictures = [
        (f"{number}.{identity[1:-1]}", picture)
        for number, picture in enumerate((one for item in items for one in item.attachments), start=1)
    ]
    message.add_alternative(_page(subject, items, [cid for cid, _ in pictures]), subtype="html")
    _, page = message.iter_parts()
    assert isinstance(page, EmailMessage)  # noqa: S101 - for mypy: EmailMessages hold EmailMessages
    for cid, picture in pictures:
        main, _, sub = _mime_type(picture).partition("/")
        name = _for_a_header(picture.file).replace("/", "_")
        page.add_related(picture.content, main, sub, cid=f"<{cid}>", disposition="inline", filename=name)
    languages = {item.language for item in items}
    if len(languages) == 1 and _LANGUAGE.fullmatch(items[0].language or ""):
        # Last, since making a multipart of a message moves what there is of such headers into its first part.
        message["Content-Language"] = items[0].language
    return message


def as_bytes(message: EmailMessage) -> bytes:
    """Return the mail as it goes over the wire: lines of ASCII that end with CR LF."""
    return message.as_bytes(policy=_POLICY)


def message_id(keys: Sequence[str], sender: str) -> str:
    """Return the Message-ID of the mail that says the items with these idempotency keys."""
    digest = hashlib.sha256("\n".join(keys).encode()).hexdigest()[:40]
    return f"<{digest}@{bare(sender).rpartition('@')[2]}>"


def bare(address: str) -> str:
    """Return the address alone, without the name."""
    found = _addresses(address)
    return found[0] if found else ""


def wrong_address(address: str) -> str | None:
    """Return what an address must be if ``address`` is none that can be written to."""
    found = _addresses(address)
    if len(found) == 1 and re.fullmatch(
        r"[!#-'*+\-./0-9=?A-Z^-~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", found[0]
    ):
        return None
    return 'must be e-mail addresses, each alone or with a name, such as "News <news@example.org>"'


def wrong_list_id(list_id: str) -> str | None:
    """Return what a List-Id must be if ``list_id`` is none (https://www.rfc-editor.org/rfc/rfc2919)."""
    whole = list_id.endswith(">") == ("<" in list_id)
    if whole and list_id.count("<") < 2 and _LIST_ID.fullmatch(list_id):
        return None
    return 'must be an id of ASCII, such as "news.lists.example.org" or "News <news.lists.example.org>"'


def _headers(
    head: Letterhead, items: Sequence[Outgoing], identity: str, subject: str, now: datetime
) -> Iterator[tuple[str, str]]:
    yield "From", head.sender
    yield "To", ", ".join(head.to)
    if head.reply_to:
        yield "Reply-To", head.reply_to
    yield "Subject", subject
    yield "Date", format_datetime(now)
    yield "Message-ID", identity
    for reply_to in {item.reply_to for item in items if item.reply_to}:
        if not _MESSAGE_ID.fullmatch(reply_to):
            raise RejectedError("what this mail would answer is no mail of ours")
        yield "In-Reply-To", reply_to
        yield "References", reply_to
    if head.list_id:
        yield "List-Id", head.list_id if head.list_id.endswith(">") else f"<{head.list_id}>"
    if head.archive:
        yield "List-Archive", f"<{head.archive}>"
    yield "Auto-Submitted", "auto-generated"
    for source in dict.fromkeys(item.source for item in items if item.source):
        yield SOURCE, f"<{source}>"


def _subject(prefix: str, items: Sequence[Outgoing]) -> str:
    """Return what the first item begins with, or warns of, and how many more there are."""
    first = items[0]
    alts = (picture.alt for picture in first.attachments)
    lines = (
        _for_a_header(text) for text in (first.content_warning or "", *first.part.text.splitlines(), *alts)
    )
    text = next(filter(None, lines), first.dated.date().isoformat())
    shorter = shorten(Marked(text=text[:_ENOUGH]), _fits_a_subject) or Marked(text="…")
    more = f"(+{len(items) - 1})" if len(items) > 1 else ""
    return " ".join(filter(None, [_for_a_header(prefix), shorter.text, more]))


def _fits_a_subject(text: Marked) -> bool:
    return len(graphemes(text.text)) <= _LONGEST_SUBJECT and len(text.text.encode()) <= _LONGEST_SUBJECT_BYTES


def _plain(item: Outgoing) -> str:
    alts = "\n".join(f"[{_one_line(picture.alt)}]" for picture in item.attachments if picture.alt)
    blocks = (_one_line(item.content_warning or ""), clean(to_footnotes(item.part)), alts)
    return GAP.join(filter(None, blocks))


def _page(subject: str, items: Sequence[Outgoing], cids: Sequence[str]) -> str:
    language = items[0].language or ""
    lang = f' lang="{language}"' if _LANGUAGE.fullmatch(language) else ""
    left = iter(cids)
    bodies = "<hr>\n".join(_body(item, left) for item in items)
    head = f'<meta charset="utf-8"><title>{escape(subject)}</title>'
    return f"<!DOCTYPE html>\n<html{lang}>\n<head>{head}</head>\n<body>\n{bodies}</body>\n</html>\n"


def _body(item: Outgoing, cids: Iterator[str]) -> str:
    warning = _one_line(item.content_warning or "")
    above = f"<p><strong>{escape(warning)}</strong></p>" if warning else ""
    pictures = "".join(
        f'<p><img src="cid:{cid}" alt="{escape(_one_line(picture.alt))}" style="max-width: 100%"></p>'
        for picture, cid in zip(item.attachments, cids, strict=False)
    )
    return f'<div dir="auto">{above}{to_html(item.part)}{pictures}</div>\n'


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())


def _for_a_header(text: str) -> str:
    """Return one line in which nothing is an encoded word (RFC 2047).

    Python reads one that it is given, and what stands in that, line breaks too, would be written as it is.
    """
    return _one_line(text).replace("=?", "= ?")


def _mime_type(picture: Attachment) -> str:
    return picture.mime_type if _MIME_TYPE.fullmatch(picture.mime_type) else "application/octet-stream"


def _addresses(text: str) -> tuple[str, ...]:
    """Return the bare addresses in ``text``; none where it is not as RFC 5322 has it."""
    try:
        header = _POLICY.header_factory("To", text)
    except (ValueError, IndexError):
        return ()
    if header.defects or not isinstance(header, AddressHeader):
        return ()
    if any(group.display_name for group in header.groups):
        return ()
    return tuple(address.addr_spec for address in header.addresses)
