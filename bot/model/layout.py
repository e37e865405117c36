"""What a maintainer says about a news page, where looking at it is not enough."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class MainLink(StrEnum):
    """Which of an item's links is the main one."""

    BOLD = "bold"  # the first in bold, else the first
    FIRST = "first"
    LAST = "last"
    EXTERNAL = "external"  # the first that leaves the wiki, else none


class DateOrder(StrEnum):
    """What ``3/4/2021`` means: in which order day, month and year stand."""

    DMY = "DMY"
    MDY = "MDY"
    YMD = "YMD"


@dataclass(frozen=True, kw_only=True, slots=True)
class PageSet:
    """Pages that are one piece of news each: those in a category, or below a prefix of their titles.

    Of a category they are the ``most`` that were put there last, of a prefix the last in alphabetical order;
    what has a further slash in its title (a translation) is not among these.
    """

    category: str | None = None
    prefix: str | None = None
    most: int = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """How the items stand on a page; what is left out is found by looking.

    ``template`` names the template whose calls are the items, and ``fields`` which of its parameters is which
    part of one: ``text``, ``title``, ``date``, ``link``, or a directive. The items stand between the texts
    ``begin`` and ``end``, below the heading ``heading``, in the argument ``argument`` of a template call (its
    name, or ``Template|name``). ``strip`` are texts that are no part of an item. ``date_order`` is ``None``
    where the language's own holds.
    """

    layout: str = "auto"
    template: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    begin: str | None = None
    end: str | None = None
    heading: str | None = None
    argument: str | None = None
    main_link: MainLink = MainLink.BOLD
    strip: tuple[str, ...] = ()
    date_order: DateOrder | None = None
