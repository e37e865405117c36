"""The soak's machinery: a page that grows, five channels, and weather for each run; all from one seed."""

from __future__ import annotations

import random
import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any

from bot.channels.feed import FeedChannel
from bot.channels.feed_state import Settings
from bot.channels.http import Http
from bot.channels.mastodon import MastodonChannel, Patience
from bot.config import ChannelConfig, Config, PageConfig, WikiConfig
from bot.errors import LedgerLocked
from bot.ledger import open_ledger
from bot.model import Capabilities, Gate, Long, OnEdit, Pace, Profile, Secret, Status, Style
from bot.sync import run as engine
from bot.sync.herald import Herald, Shelf
from bot.sync.resolve import Resolution, resolve
from tests.channels.bench import IMPATIENT, PATIENT
from tests.channels.benches import CONTACT
from tests.channels.memory import MemoryChannel
from tests.fakes.faults import Fault
from tests.fakes.mastodon import POST_STATUS, MastodonServer
from tests.fakes.mastodon_api import MastodonApi
from tests.sync.world import TITLE, MemoryWiki

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.channels.base import Channel
    from bot.model import Delivery, Outgoing, Receipt

GRACE = timedelta(minutes=2)
LATE = timedelta(seconds=40)  # after it was sent, a lost request lands
PACE = Pace(grace=GRACE, max_per_day=1000, give_up=timedelta(days=30), max_age=timedelta(days=120))
DEAF = "deaf"
OPEN = {Status.PENDING, Status.SENDING, Status.FAILED}
FAULTS = [fault for fault in Fault if fault is not Fault.REFUSED]  # that one is a server that is down
QUESTIONS = ("GET /api/v2/instance", "GET /api/v1/accounts/", "PUT /api/v1/statuses/")
ITEM = re.compile(r"Item (\d+) ")


class Died(BaseException):
    """The process dies here."""


class Mortal(MastodonChannel):
    """A channel whose process dies before a request leaves, or before its answer is read, when told to."""

    death: str | None = None

    def publish(self, outgoing: Outgoing) -> Receipt:
        if self.death == "before":
            raise Died
        receipt = super().publish(outgoing)
        if self.death == "after":
            raise Died
        return receipt


@dataclass(frozen=True, kw_only=True, slots=True)
class Weather:
    """What befalls one run, by the names of the channels."""

    faults: tuple[tuple[str, Fault, str], ...] = ()
    down: str | None = None
    late: str | None = None
    death: tuple[str, str] | None = None
    deaf: Fault | None = None
    no_folder: bool = False
    two_at_once: bool = False

    @classmethod
    def by_chance(cls, chance: random.Random, servers: list[str]) -> Weather:
        def sometimes(probability: float) -> str | None:
            return chance.choice(servers) if chance.random() < probability else None

        faults = [(name, chance.choice(FAULTS), POST_STATUS) for name in servers if chance.random() < 0.3]
        faults += [
            (name, chance.choice(FAULTS), chance.choice(QUESTIONS)) for name in [sometimes(0.2)] if name
        ]
        dying = sometimes(0.1)
        return cls(
            faults=tuple(faults),
            down=sometimes(0.05),
            late=sometimes(0.1),
            death=(dying, chance.choice(("before", "after"))) if dying else None,
            deaf=chance.choice(list(Fault)) if chance.random() < 0.2 else None,
            no_folder=chance.random() < 0.05,
            two_at_once=chance.random() < 0.1,
        )


CALM = Weather()


@dataclass(kw_only=True)
class Soak:
    """The page, the networks, the ledger and the clock; ``befell`` counts what the runs went through."""

    folder: Path
    ledger_url: str
    servers: dict[str, MastodonServer]
    chance: random.Random
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    items: list[str] = field(default_factory=list)
    on_page: set[int] = field(default_factory=set)
    befell: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.wiki = MemoryWiki(clock=lambda: self.now)
        self.deaf = MemoryChannel(DEAF, capabilities=Capabilities(), clock=lambda: self.now)
        for server in self.servers.values():
            server.api.clock = lambda: self.now

    # --- what people do ---

    def add_items(self, number: int) -> None:
        """Write new items on the page; the weekly newsletter's have one main link, all others their own."""
        for _ in range(number):
            key = len(self.items)
            weekly = key % 5 == 0
            link = "Tech News" if weekly else f"Page {key}"
            more = "".join(f" {self._sentence()}" for _ in range(4)) if key % 7 == 0 else ""
            words = f"Item {key} is [[{link}]].{more}"
            directive = f"<!-- herald: id=item{key} -->" if weekly or key % 2 else ""
            self.items.append(f"* '''{self.now.date()}''': {words} {directive}")
            self.on_page.add(key)
            if not weekly and self.chance.random() < 0.05:
                self._post_by_hand(key)

    def _sentence(self) -> str:
        """Return words that no other item has: of one that is much like another, a person has to decide."""
        words = ("".join(self.chance.choices(ascii_lowercase, k=5)) for _ in range(6))
        return f"{' '.join(words).capitalize()}."

    def edit_item(self) -> None:
        """Change the wording of one of the newest items."""
        key = len(self.items) - 1 - self.chance.randrange(10)
        if key in self.on_page:
            self.items[key] = self.items[key].replace(" is [[", " has become [[")
            self.befell["edited"] += 1

    def archive(self) -> None:
        """Take what is out everywhere off the page, but the newest."""
        with open_ledger(self.ledger_url) as ledger:
            waiting = ledger.deliveries(statuses=OPEN)
        if not waiting:
            self.on_page = {key for key in self.on_page if key >= len(self.items) - 15}
            self.befell["archived"] += 1

    def save_page(self) -> None:
        """Save the page, the newest item on top."""
        self.wiki.edit("\n".join(self.items[key] for key in sorted(self.on_page, reverse=True)))

    def resolve_failed(self) -> None:
        """Say of what a network has refused: try again."""
        with open_ledger(self.ledger_url) as ledger:
            failed = {(row.item, row.channel) for row in ledger.deliveries(statuses={Status.FAILED})}
            for item, channel in failed:
                resolve(ledger, item, channel, Resolution.RETRY, now=self.now)
                self.befell["resolved"] += 1

    def _post_by_hand(self, key: int) -> None:
        name = self.chance.choice(("mastodon", "gotosocial"))  # elsewhere it would show too late
        self.servers[name].api.post_by_hand(f"Item {key} at last! https://wiki.example/wiki/Page_{key}")
        self.befell["posted by hand"] += 1

    # --- what the bot does ---

    def run(self, weather: Weather) -> None:
        """Run once in this weather, and let what was on its way get there before anything else happens."""
        self.befell["runs"] += 1
        for name, fault, on in weather.faults:
            self.servers[name].fail(fault, on=on)
            self.befell[fault] += 1
        with ExitStack() as stack:
            if weather.deaf:
                self.deaf.fail(weather.deaf)
            if weather.down:
                stack.enter_context(self.servers[weather.down].offline())
            if weather.late:
                stack.enter_context(self._late(self.servers[weather.late]))
            if weather.no_folder:
                stack.enter_context(self._no_folder())
            if weather.two_at_once:
                stack.enter_context(self._in_background(weather))
            self._run(weather)
        for server in self.servers.values():
            server.faults.clear()

    @contextmanager
    def _in_background(self, weather: Weather) -> Iterator[None]:
        with ThreadPoolExecutor(1) as pool:
            other = pool.submit(self._run, weather)
            yield
            other.result()

    def _run(self, weather: Weather) -> None:
        try:
            with open_ledger(self.ledger_url) as ledger:
                engine.run(self._herald(ledger, weather))
        except LedgerLocked:
            self.befell["locked"] += 1
        except Died:
            self.befell["died"] += 1

    def _herald(self, ledger: Any, weather: Weather) -> Herald:
        config = self._config()
        return Herald(
            config=config,
            ledger=ledger,
            shelves=(Shelf(source=self.wiki, pages=config.pages),),
            channels=self._channels(weather),
            clock=lambda: self.now,
            jitter=lambda: 0.5,
        )

    def _channels(self, weather: Weather) -> dict[str, Channel]:
        slow = {name for name, fault, _ in weather.faults if fault.is_slow} | {weather.late}
        channels: dict[str, Channel] = {}
        for name, server in self.servers.items():
            channels[name] = mortal = Mortal(
                name=name,
                server=server.url,
                token=Secret(server.token),
                visibility="public",
                http=Http(CONTACT, timeout=IMPATIENT if name in slow else PATIENT),
                patience=Patience(sleep=lambda _: None),
            )
            if weather.death is not None and weather.death[0] == name:
                mortal.death = weather.death[1]
        channels["feed"] = FeedChannel(
            name="feed",
            path=self.folder / "public",
            settings=Settings(title="News", most=1000),
            clock=lambda: self.now,
        )
        channels[DEAF] = self.deaf
        return channels

    def _config(self) -> Config:
        def channel(name: str, network: str, **more: Any) -> ChannelConfig:
            style = Style(template="{{ text }} {{ link }}", **more)
            return ChannelConfig(
                name=name, network=network, server="", style=style, on_edit=OnEdit.EDIT, delivery=PACE
            )

        return Config(
            path=self.folder / "news.toml",
            wiki=WikiConfig(),
            pages=(PageConfig(title=TITLE, profile=Profile(layout="bullets")),),
            ledger_url=self.ledger_url,
            gate=Gate(max_new_items=200),
            run_timeout=timedelta(days=1),
            channels=(
                *(channel(name, "mastodon", long=Long.THREAD) for name in self.servers),
                channel("feed", "feed"),
                channel(DEAF, "memory"),
            ),
        )

    @contextmanager
    def _late(self, server: MastodonServer) -> Iterator[None]:
        """Hold one post back until its sender has given up; it lands within the grace."""
        let_go, held = threading.Event(), threading.Event()

        def at(moment: str, request: str) -> None:
            if moment == "arrived" and request == POST_STATUS and not held.is_set():
                held.set()
                let_go.wait(60)

        server.at = at
        try:
            yield
        finally:
            server.at = lambda *_: None
            if held.is_set():
                self.befell["late"] += 1
                self.now += LATE
            let_go.set()
            server.land()

    @contextmanager
    def _no_folder(self) -> Iterator[None]:
        """Put a file where the feed's folder should be."""
        public = self.folder / "public"
        if not public.exists():
            yield
            return
        public.rename(self.folder / "away")
        public.write_text("in the way")
        try:
            yield
        finally:
            public.unlink()
            (self.folder / "away").rename(public)

    # --- what there is to see ---

    def deliveries(self) -> tuple[Delivery, ...]:
        with open_ledger(self.ledger_url) as ledger:
            return ledger.deliveries()

    def writes(self) -> list[str]:
        """Every request so far that was not a reading one."""
        return [request for server in self.servers.values() for request in server.writes]


@contextmanager
def soak(folder: Path, ledger_url: str, seed: int) -> Iterator[Soak]:
    """Start three servers: as Mastodon, as GoToSocial, and one that has little room and shows posts late."""
    narrow = MastodonApi(keeps_keys=False, max_characters=100, lag=timedelta(seconds=60), knows_v2=False)
    with (
        MastodonServer() as mastodon,
        MastodonServer(api=MastodonApi(keeps_keys=False, id_prefix="01HX")) as gotosocial,
        MastodonServer(api=narrow) as pleroma,
    ):
        servers = {"mastodon": mastodon, "gotosocial": gotosocial, "pleroma": pleroma}
        yield Soak(folder=folder, ledger_url=ledger_url, servers=servers, chance=random.Random(seed))  # noqa: S311 - it is to be the same in every test run
        assert [server.complaints for server in servers.values()] == [[], [], []]
