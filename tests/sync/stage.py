"""The engine's world for the machine: one page, some networks, a ledger, and two clocks.

``World.now`` is the true time, which the wiki and the networks go by; the bot's own clock is off by
``offset``.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import LedgerError, LedgerLocked
from bot.ledger import open_ledger
from bot.ledger.schema import metadata
from bot.model import FOREVER, Capabilities, Gate, Limits, Long, OnEdit, Pace, Status, Style
from bot.sync import run as engine
from tests.sync.mortal import Died, Fate, MortalLedger, Network
from tests.sync.newsroom import ALL, OLD, Newsroom, marker_of
from tests.sync.world import SITE, TITLE, World

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from bot.ledger.store import Ledger
    from bot.model import Outgoing, PageMemory, RunReport
    from tests.sync.newsroom import Form

GRACE = Pace().grace
LAG = timedelta(seconds=45)  # of a time-line; with the longest way of a request it is within the grace
LATE = timedelta(seconds=60)
LIMITS = Limits(text=200, url_weight=23)
THREADS = Style(template="{{ text }} {{ link }}", long=Long.THREAD)
PATIENT = Pace(max_age=timedelta(days=90), max_per_day=1000)

OWN_LINK = {"Falcon", "Jackdaw", "Magpie", "Oriole", "Thrush"}  # the news whose main link no other news has

# Every kind of network there is, as far as the engine can tell them apart.
KINDS: dict[str, tuple[Capabilities, dict[str, Any]]] = {
    "feed": (  # readable, tells our keys, takes each only once
        Capabilities(read_back=True, edit=True, delete=True, threads=True, idempotent=FOREVER),
        {"style": THREADS, "delivery": PATIENT},
    ),
    "mastodon": (  # readable, keeps keys for a while but does not tell them
        Capabilities(read_back=True, edit=True, delete=True, threads=True, idempotent=timedelta(hours=1)),
        {"style": THREADS, "delivery": PATIENT},
    ),
    "forum": (  # readable and no more; slow; edits are not followed
        Capabilities(read_back=True, edit=True),
        {
            "on_edit": OnEdit.IGNORE,
            "delivery": Pace(max_age=timedelta(days=90), max_per_day=1000, min_interval=timedelta(minutes=5)),
        },
    ),
    "keyed": (Capabilities(idempotent=FOREVER), {"delivery": PATIENT}),
    "deaf": (Capabilities(threads=True), {"style": THREADS, "delivery": PATIENT}),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Engine:
    """What the engine works with; a wrong one has a ledger or a network that makes it do the wrong thing."""

    ledger: type[MortalLedger] = MortalLedger
    network: type[Network] = Network


RIGHT_ENGINE = Engine()


@dataclass(kw_only=True)
class Stage:
    """Everything there is.

    ``ledgers`` are two connections to one database, for two runs at once; ``by_hand`` are the posts that
    people made, by channel and id; ``before`` is the news that stood on the page before a channel followed
    it; ``objections`` say what was sent and should not have been; ``touched`` are the rows written since they
    were last looked at; ``disturbed`` says that a second run got in.
    """

    ledgers: tuple[Ledger, Ledger]
    engine: Engine
    kinds: Collection[str]
    offset: timedelta = timedelta(0)
    fate: Fate = field(default_factory=Fate)
    by_hand: dict[tuple[str, str], tuple[str, Form]] = field(default_factory=dict)
    before: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    objections: list[str] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)
    disturbed: bool = False
    world: World = field(init=False)
    newsroom: Newsroom = field(init=False)
    networks: dict[str, Network] = field(init=False)

    def __post_init__(self) -> None:
        wipe(self.ledgers[0])
        self.world = World(folder=Path("nowhere"), gate=Gate(max_new_items=4))
        self.newsroom = Newsroom(wiki=self.world.wiki)
        self.networks = {
            kind: self.engine.network(
                kind,
                fate=self.fate,
                witness=self._witness,
                clock=lambda: self.world.now,
                capabilities=KINDS[kind][0],
                keeps_keys=kind == "feed",
                limits=LIMITS,
            )
            for kind in KINDS
            if kind in self.kinds
        }
        self.world.channels = dict(self.networks)
        self.world.channel_settings = {kind: KINDS[kind][1] for kind in self.networks}

    @property
    def ledger(self) -> Ledger:
        """The ledger as whoever is no run sees it."""
        return self.ledgers[0]

    @property
    def memory(self) -> PageMemory | None:
        return self.ledger.page(SITE.name, TITLE)

    def clock(self) -> datetime:
        """Return what the bot takes for the time."""
        return self.world.now + self.offset

    def pass_time(self, span: timedelta) -> None:
        """Let time pass for everybody; what is under way arrives."""
        end = self.world.now + span
        arrivals = sorted(at for network in self.networks.values() for at, _ in network.travelling)
        for moment in [*(at for at in arrivals if at < end), end]:
            self.world.now = max(moment, self.world.now)
            for network in self.networks.values():
                network.land()

    def run(self, *, force: bool = False, only: str | None = None, second: bool = False) -> RunReport | None:
        """Run the engine as a process of its own, ``second`` as one beside another; ``None``: it died."""
        ledger = self.engine.ledger(self.ledgers[second], self.fate)
        channels = {only: self.networks[only]} if only else dict(self.networks)
        memory = self.memory
        for name in self.networks.keys() - (memory.channels if memory else frozenset()):
            self.before[name] |= {OLD.marker, *self.newsroom.page}
        try:
            return engine.run(
                self.world.herald(ledger, clock=self.clock, channels=channels),
                force=force,
            )
        except Died:
            self._lose_track()
            return None
        except LedgerError:
            if not self.disturbed:  # by another run: only a wrong engine lets one in
                raise
            return None
        finally:
            self.touched |= ledger.touched
            if not second:
                self.fate.begin()
                self.disturbed = False

    def run_beside(self, span: timedelta) -> None:
        """Let some time pass within a run and start another; it finds the ledger locked."""
        self.pass_time(span)
        with suppress(LedgerLocked):
            self.run(second=True)
            self.disturbed = True

    def _lose_track(self) -> None:
        """Note the requests of which nobody can tell any more whether they ever left."""
        for row in self.ledger.deliveries(statuses={Status.SENDING}):
            self.networks[row.channel].lost.add(row.key)

    def post_by_hand(self, channel: str, marker: str) -> None:
        """Let a person publish a news there, in her own way."""
        news, form, network = ALL[marker], self.newsroom.forms[marker], self.networks[channel]
        link = news.link(form) if marker in OWN_LINK else None
        post = network.post_by_hand(news.opening(form), links=(link,) if link else ())
        self.by_hand[channel, post.remote_id] = marker, form

    def _witness(self, network: Network, request: str, outgoing: Outgoing) -> None:
        objection = self.newsroom.objection(
            outgoing.part.text, outgoing.link, now=self.clock(), settle=self.world.gate.settle
        )
        if objection:
            self.objections.append(f"{network.name}: {request}: {objection}")
        if request == "publish" and outgoing.reply_to is None and network.capabilities.read_back:
            marker = marker_of(outgoing.part.text)
            form = self.newsroom.forms[marker]
            for (channel, remote_id), (posted, then) in self.by_hand.items():
                same = posted == marker and (then.number, then.moved) == (form.number, form.moved)
                if channel == network.name and same and network.shows(remote_id):
                    self.objections.append(f"{channel}: somebody had posted {marker} there by hand")


@contextmanager
def open_twice(url: str) -> Iterator[tuple[Ledger, Ledger]]:
    """Open two connections to one ledger."""
    with open_ledger(url) as one, open_ledger(url) as other:
        yield one, other


def wipe(ledger: Ledger) -> None:
    """Empty a database, so that examples need not each make one."""
    with ledger._database.writing() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
