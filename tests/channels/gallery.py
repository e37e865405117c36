"""Pictures that stand on a web site on loopback, for networks that fetch them by themselves."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.channels.messages import JPEG, PNG, outgoing, picture
from tests.fakes.site import Page, Site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.model import Attachment, Outgoing


class Gallery:
    """The site; ``add`` puts a picture there and returns it with its address."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def add(self, attachment: Attachment, *, kind: str | None = None) -> Attachment:
        path = f"/{hashlib.sha256(attachment.content).hexdigest()}"
        self.site.pages[path] = Page(body=attachment.content, kind=kind or attachment.mime_type)
        return replace(attachment, url=self.site.url + path)

    def png(self, alt: str = "The new logo", *, content: bytes = PNG) -> Attachment:
        return self.add(picture(alt, content=content))

    def jpeg(self, alt: str = "The new logo", *, content: bytes = JPEG) -> Attachment:
        attachment = picture(alt, content=content, file="Neues_Logo_新.jpg")
        return self.add(replace(attachment, mime_type="image/jpeg"))


@pytest.fixture(scope="module")
def gallery() -> Iterator[Gallery]:
    with Site() as site:
        yield Gallery(site)


class Fetched:
    """A contract whose pictures are fetched: inherit it before ``ChannelContract``."""

    shown: Gallery

    @pytest.fixture(autouse=True)
    def hang(self, gallery: Gallery) -> None:
        self.shown = gallery

    def picture(self, alt: str = "The new logo", *, content: bytes = PNG) -> Attachment:
        return self.shown.png(alt, content=content)


class Illustrated(Fetched):
    """The same where nothing is published without one, which must be a JPEG."""

    def picture(self, alt: str = "The new logo", *, content: bytes = PNG) -> Attachment:
        return self.shown.jpeg(alt, content=JPEG + content)

    def outgoing(self, *arguments: Any, **changes: Any) -> Outgoing:
        return replace(outgoing(*arguments, **changes), attachments=(self.picture(),))
