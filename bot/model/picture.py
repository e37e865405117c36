"""What a wiki says of a file: whether it is a picture, who may use it, and what it shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class Rights:
    """What a file's description says of its licence, as it says it; ``""`` where it says nothing.

    The fields are those of the extension CommonsMetadata, their markup taken away: ``code`` is its own name
    of a licence that it knows (``"cc-by-sa-4.0"``), ``name`` the short one for readers (``"CC BY-SA 4.0"``),
    ``terms`` the long one, ``url`` where the licence is read. ``credit`` is the line that the author asks
    for, ``artist`` who made the file, one of ``authors``. ``stated`` are the licences of its structured data,
    as items of Wikidata; ``deletion`` says why the file is to be deleted.

    https://www.mediawiki.org/wiki/Extension:CommonsMetadata
    """

    code: str = ""
    name: str = ""
    terms: str = ""
    url: str = ""
    copyrighted: str = ""
    attribution_required: str = ""
    non_free: str = ""
    credit: str = ""
    artist: str = ""
    authors: int = 1
    stated: tuple[str, ...] = ()
    deletion: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """What is known of a file before it is fetched.

    ``lack`` says why it cannot be had as a picture, where that is known. ``size`` is in bytes, ``width`` and
    ``height`` in pixels, all of the original; a ``drawing`` has no size of its own. ``sha1`` tells its
    versions apart. ``captions`` say what it shows, by language.
    """

    file: str
    lack: str | None = None
    mime_type: str = ""
    drawing: bool = False
    size: int = 0
    width: int = 0
    height: int = 0
    sha1: str = ""
    rights: Rights = field(default_factory=Rights)
    captions: Mapping[str, str] = field(default_factory=dict)
