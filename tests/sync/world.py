"""A small world for the engine: a wiki and networks in memory, a real ledger, a clock that is set.

Each ``run`` opens the ledger anew, as each run of the bot is a process of its own.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData, create_engine

from bot.config import ChannelConfig, Config, PageConfig, StatusConfig, WikiConfig
from bot.errors import PageError, PictureError
from bot.ledger.opening import open_ledger
from bot.model import (
    Attachment,
    Gate,
    OnEdit,
    Pace,
    Page,
    PageEdit,
    PageSet,
    Person,
    Picture,
    Profile,
    Revision,
    Rights,
    Site,
    Style,
)
from bot.sync import run as engine
from bot.sync.ending import end_run
from bot.sync.herald import Herald, Shelf
from bot.wiki.base import Wanted
from tests.channels.memory import MemoryChannel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from bot.ledger.store import Ledger
    from bot.model import Delivery, Limits, Media, RunReport, TranslatedUnits
    from bot.wiki.base import NewText

START = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
TITLE = "Template:News"
SITE = Site(name="test:test", article_path="https://wiki.example/wiki/$1", namespaces={"file": 6, "user": 2})


@dataclass(kw_only=True)
class MemoryWiki:
    """A wiki: pages with their history, user groups, files; all it is asked for is counted in ``asked``."""

    clock: Callable[[], datetime]
    name: str = SITE.name
    histories: dict[str, list[tuple[Revision, str]]] = field(default_factory=dict)
    user_groups: dict[str, frozenset[str]] = field(default_factory=lambda: {"Sue": frozenset({"sysop"})})
    files: dict[str, bytes] = field(default_factory=dict)
    rights: dict[str, Rights] = field(default_factory=dict)
    captions: dict[str, dict[str, str]] = field(default_factory=dict)
    translations: dict[tuple[str, str], TranslatedUnits] = field(default_factory=dict)
    people_known: dict[str, dict[str, Any]] = field(default_factory=dict)
    expanding: dict[str, str] = field(default_factory=dict)
    template_edits: list[Revision] = field(default_factory=list)
    patrolled_edits: set[int] = field(default_factory=set)
    untold: set[int] = field(default_factory=set)  # revisions whose texts are too far back
    protection: frozenset[str] | None = frozenset()
    reviewed: bool | None = None
    down: str | None = None
    asked: list[str] = field(default_factory=list)

    def edit(self, text: str, *, user: str = "Sue", title: str = TITLE, **more: Any) -> Revision:
        history = self.histories.setdefault(title, [])
        made: dict[str, Any] = {
            "id": sum(map(len, self.histories.values())) + 1,
            "editor": user,
            "saved_at": self.clock(),
            "sha1": hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest(),
        }
        revision = Revision(**{**made, **more})
        history.append((revision, text))
        return revision

    def change(self, revision: Revision, **fields: Any) -> None:
        """Let a revision be another now: reverted, or hidden."""
        for history in self.histories.values():
            history[:] = [
                (replace(one, **fields) if one.id == revision.id else one, text) for one, text in history
            ]

    def read(self, wanted: Sequence[Wanted]) -> Mapping[str, Page | PageError]:
        self._answer("read")
        return {one.title: self._page(one) for one in wanted}

    @property
    def site(self) -> Site:
        return SITE

    def members(self, collection: PageSet, *, seen: int | None) -> Sequence[Page]:
        self._answer("members")
        prefix = collection.prefix or ""
        titles = sorted(
            (
                title
                for title in self.histories
                if title.startswith(prefix) and title.count("/") == prefix.count("/")
            ),
            reverse=True,
        )
        found = [self._page(Wanted(title=title, seen=seen)) for title in titles[: collection.most]]
        # The revision last seen is one of all members, so it is not in the past of each.
        return [replace(page, continuous=True) for page in found if isinstance(page, Page)]

    def history(self, page: Page) -> Sequence[Revision]:
        self._answer("history")
        return [revision for revision, _ in self.histories[page.title]]

    def translation(self, page: Page, language: str) -> TranslatedUnits | Page | None:
        self._answer("translation")
        if (page.title, language) in self.translations:
            return self.translations[page.title, language]
        found = self._page(Wanted(title=f"{page.title}/{language}"))
        return replace(found, history=(found.revision,)) if isinstance(found, Page) else None

    def expand(self, page: Page, calls: Sequence[str]) -> Mapping[str, str]:
        self._answer("expand")
        return {
            call: self.expanding.get(call, f"<{page.title}>")
            for call in calls
            if call in self.expanding or call == "{{Known}}"
        }

    def with_past(self, page: Page) -> Page:
        self._answer("with_past")
        return self._with_history(page, None)

    def people(self, names: Iterable[str], page: Page) -> Mapping[str, Person]:  # noqa: ARG002 - the port's
        self._answer("people")
        return {
            name: Person(
                name=name, groups=self.user_groups.get(name, frozenset()), **self.people_known.get(name, {})
            )
            for name in names
        }

    def revisions(self, ids: Iterable[int]) -> Mapping[int, Revision]:
        self._answer("revisions")
        known = {one.id: one for history in self.histories.values() for one, _ in history}
        known |= {one.id: one for one in self._unit_edits()}
        return {number: known[number] for number in ids if number in known}

    def _unit_edits(self) -> Iterator[Revision]:
        """Yield the last edit of each translated unit, which is a page of its own on the wiki."""
        for told in self.translations.values():
            for unit in told.units.values():
                if made := unit.provenance:
                    yield Revision(id=made.revision, editor=made.editors[0], saved_at=made.since)

    def patrolled(self, page: Page) -> frozenset[int]:  # noqa: ARG002 - the port's
        self._answer("patrolled")
        return frozenset(self.patrolled_edits)

    def templates(self, page: Page, calls: Sequence[str]) -> Sequence[Revision]:  # noqa: ARG002 - the port's
        self._answer("templates")
        return tuple(self.template_edits)

    def pictures(self, files: Iterable[str], languages: Sequence[str]) -> Mapping[str, Picture]:  # noqa: ARG002 - the port's signature
        self._answer("pictures")
        return {file: self._picture(file) for file in files}

    def fetch(self, media: Media, limits: Limits) -> Attachment:  # noqa: ARG002 - the port's signature
        self._answer("fetch")
        if media.file not in self.files:
            raise PictureError("does not exist on the wiki")
        content = self.files[media.file]
        if not content.startswith(b"\x89PNG"):
            raise PictureError("is broken")
        return Attachment(
            file=media.file, mime_type="image/png", content=content, alt=media.alt or media.caption or ""
        )

    def _picture(self, file: str) -> Picture:
        if file not in self.files:
            return Picture(file=file, lack="does not exist on the wiki")
        return Picture(
            file=file,
            mime_type="image/png",
            size=len(self.files[file]),
            width=40,
            height=30,
            sha1=hashlib.sha1(self.files[file], usedforsecurity=False).hexdigest(),
            rights=self.rights.get(file, Rights(code="cc0")),
            captions=self.captions.get(file, {}),
        )

    def _answer(self, question: str) -> None:
        self.asked.append(question)
        if self.down in {question, "all"}:
            raise PageError("the wiki cannot be reached")

    def _page(self, wanted: Wanted) -> Page | PageError:
        if wanted.title not in self.histories:
            return PageError(f"{wanted.title}: there is no such page")
        revision, text = self.histories[wanted.title][-1]
        page = Page(
            site=SITE,
            title=wanted.title,
            wikitext=text,
            revision=revision,
            history=(revision,),
            id=list(self.histories).index(wanted.title) + 1,
            protection=self.protection,
            reviewed=self.reviewed,
        )
        return self._with_history(page, wanted.seen) if wanted.seen is not None else page

    def _with_history(self, page: Page, seen: int | None) -> Page:
        history = self.histories[page.title]
        later = [(one, text) for one, text in history if seen is None or one.id > seen]
        return replace(
            page,
            history=tuple(one for one, _ in later) or (page.revision,),
            texts={
                one.id: text
                for one, text in history
                if (seen is None or one.id >= seen) and one.id not in self.untold
            },
            continuous=seen is None or any(one.id == seen for one, _ in history),
        )


@dataclass(kw_only=True)
class MemoryPen:
    """The bot's own pages, each with the texts it had; ``broken`` is raised where one is to be saved."""

    site: Site = SITE
    pages: dict[str, list[str]] = field(default_factory=dict)
    edits: list[PageEdit] = field(default_factory=list)
    broken: Exception | None = None

    def revise(
        self, title: str, change: Callable[[str | None], NewText | None], *, mark: str
    ) -> PageEdit | None:
        texts = self.pages.setdefault(title, [])
        new = change(texts[-1] if texts else None)
        if new is None:
            return None
        if self.broken:
            raise self.broken
        assert new.text.startswith(mark)
        texts.append(new.text)
        self.edits.append(PageEdit(page=title, summary=new.summary, text=new.text, revision=len(texts)))
        return self.edits[-1]

    def examine(self, title: str, *, mark: str) -> None:
        raise NotImplementedError

    def add_section(self, title: str, heading: str, text: str, *, summary: str) -> PageEdit | None:
        raise NotImplementedError


@dataclass(kw_only=True)
class World:
    """Everything there is, and what survives a run; without a ``ledger_url``, the ledger is in ``folder``."""

    folder: Path
    ledger_url: str = ""
    now: datetime = START
    channels: dict[str, MemoryChannel] = field(default_factory=dict)
    channel_settings: dict[str, dict[str, Any]] = field(default_factory=dict)
    gate: Gate = field(default_factory=Gate)
    titles: tuple[str, ...] = (TITLE,)
    prefix: str | None = None
    stop_reason: str | None = None
    config_page: str | None = None
    run_timeout: timedelta = timedelta(minutes=10)
    status: StatusConfig = field(default_factory=StatusConfig)
    pen: MemoryPen | None = None
    wiki: MemoryWiki = field(init=False)

    def __post_init__(self) -> None:
        self.wiki = MemoryWiki(clock=lambda: self.now)
        if not self.channels:
            self.add_channel("mastodon", keeps_keys=False)

    def add_channel(
        self,
        name: str,
        *,
        settings: dict[str, Any] | None = None,
        kind: type[MemoryChannel] = MemoryChannel,
        **fields: Any,
    ) -> MemoryChannel:
        channel = kind(name, clock=lambda: self.now, **fields)
        self.channels[name] = channel
        self.channel_settings[name] = settings or {}
        return channel

    @property
    def channel(self) -> MemoryChannel:
        """The only channel."""
        (channel,) = self.channels.values()
        return channel

    @property
    def texts(self) -> list[str]:
        """What the public sees on the only channel, oldest first, without the links."""
        return [post.text.split(" https://")[0] for post in self.channel.posts]

    def page(self, *lines: str, user: str = "Sue", title: str = TITLE) -> None:
        """Save a page of items, one a line."""
        self.wiki.edit("\n".join(f"* {line}" for line in lines), user=user, title=title)

    def pass_time(self, **span: float) -> None:
        self.now += timedelta(**span)

    def config(self) -> Config:
        return Config(
            path=self.folder / "news.toml",
            wiki=WikiConfig(config_page=self.config_page),
            pages=self._pages(),
            ledger_url=self.ledger_url or f"sqlite:///{self.folder / 'herald.sqlite'}",
            gate=self.gate,
            run_timeout=self.run_timeout,
            status=self.status,
            channels=tuple(
                replace(
                    ChannelConfig(
                        name=name,
                        network="memory",
                        server="",
                        style=Style(template="{{ text }} {{ link }}"),
                        on_edit=OnEdit.EDIT,
                        delivery=Pace(),
                    ),
                    **self.channel_settings[name],
                )
                for name in self.channels
            ),
        )

    def _pages(self) -> tuple[PageConfig, ...]:
        """The configured pages: those of ``titles``, or all below ``prefix`` as one."""
        if self.prefix is not None:
            return (PageConfig(title=self.prefix, collection=PageSet(prefix=self.prefix)),)
        return tuple(PageConfig(title=title, profile=Profile(layout="bullets")) for title in self.titles)

    def herald(self, ledger: Ledger, **changes: Any) -> Herald:
        config = self.config()
        herald = Herald(
            config=config,
            ledger=ledger,
            shelves=(Shelf(source=self.wiki, pages=config.pages),),
            channels=dict(self.channels),
            clock=lambda: self.now,
            jitter=lambda: 0.0,
            wiki=self.wiki,
            stop_page=lambda _: self.stop_reason,
            pen=self.pen,
        )
        return replace(herald, **changes)

    def run(self, *, only: str | None = None, **options: Any) -> RunReport:
        with open_ledger(self.config().ledger_url) as ledger:
            changes = {"channels": {only: self.channels[only]}} if only else {}
            herald = self.herald(ledger, **changes)
            began = self.now
            report = engine.run(herald, **options)
            return end_run(herald, report, began=began) if self.pen else report

    def adopt(self) -> RunReport:
        with open_ledger(self.config().ledger_url) as ledger:
            return engine.adopt(self.herald(ledger))

    def lose_ledger(self) -> None:
        """Leave nothing of the ledger."""
        engine = create_engine(self.config().ledger_url)
        everything = MetaData()
        everything.reflect(engine)
        everything.drop_all(engine)
        engine.dispose()

    def deliveries(self) -> tuple[Delivery, ...]:
        with open_ledger(self.config().ledger_url) as ledger:
            return ledger.deliveries()

    def statuses(self) -> dict[str, str]:
        """The status of each item's first part on the only channel, by the item's key."""
        return {row.item: str(row.status) for row in self.deliveries() if row.part == 0}
