"""A mail as its reader's program shows it, read with the standard parser."""

from __future__ import annotations

from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from html.parser import HTMLParser

from tests.fakes.network import Visible


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """What came in: the envelope, and the bytes between DATA and the dot."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        message = BytesParser(policy=policy.default).parsebytes(self.content)
        assert isinstance(message, EmailMessage)
        return message

    @property
    def plain(self) -> str:
        """The text for programs without HTML."""
        body = self.message.get_body(("plain",))
        assert body is not None
        text: str = body.get_content()
        return text.replace("\r\n", "\n").removesuffix("\n")

    @property
    def html(self) -> str:
        """The page for programs that show one."""
        body = self.message.get_body(("html",))
        assert body is not None
        text: str = body.get_content()
        return text.replace("\r\n", "\n")

    @property
    def pictures(self) -> tuple[tuple[bytes, str], ...]:
        """The pictures that the page shows, in their order, with their alt texts."""
        parts = {part["Content-ID"]: part for part in self.message.walk() if part["Content-ID"]}
        shown = _Images.of(self.html)
        assert {f"<{cid}>" for cid, _ in shown} == set(parts)
        return tuple((parts[f"<{cid}>"].get_payload(decode=True), alt) for cid, alt in shown)  # type: ignore[misc]  # bytes, as it is no multipart

    def visible(self) -> Visible:
        message = self.message
        return Visible(
            remote_id=message["Message-ID"],
            text=self.plain,
            pictures=self.pictures,
            reply_to=message["In-Reply-To"],
            language=message["Content-Language"],
        )


class _Images(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    @classmethod
    def of(cls, page: str) -> list[tuple[str, str]]:
        parser = cls()
        parser.feed(page)
        return parser.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            given = dict(attrs)
            self.found.append(((given["src"] or "").removeprefix("cid:"), given["alt"] or ""))


def complaints_of(content: bytes) -> list[str]:
    """Return what is wrong with a mail by RFC 5322 and MIME, whoever would read it."""
    found = []
    if b"\n" in content.replace(b"\r\n", b"") or b"\r" in content.replace(b"\r\n", b""):
        found.append("lines end with CR LF")
    if any(len(line) > 998 for line in content.split(b"\r\n")):
        found.append("a line of more than 998 bytes")
    if not content.isascii():
        found.append("8-bit content without 8BITMIME")
    message = BytesParser(policy=policy.default).parsebytes(content)
    for part in message.walk():
        found += [f"{part.get_content_type()}: {defect!r}" for defect in part.defects]
        found += [f"{name}: {defect!r}" for name, value in part.items() for defect in value.defects]
    for name in ("From", "To", "Date", "Message-ID", "Subject", "MIME-Version"):
        if len(message.get_all(name, [])) != 1:
            found.append(f"{name} is there {len(message.get_all(name, []))} times")
    return found
