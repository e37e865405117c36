"""The machinery of the kill test: networks, a ledger and a page that are set anew for each death.

What is to come out is what an undisturbed run leaves, network by network and row by row: after any death and
the runs that follow it, the world must look as if nothing had happened. Only where nobody can look whether a
post is there may one be missing, and must then be in doubt.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import time
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.cli.wiring import Settings, opened
from bot.ledger import open_ledger
from bot.model import Status
from bot.report.terminal import Terminal
from bot.sync import run as engine
from tests.channels.messages import PNG
from tests.e2e.conftest import FEED, FILE_PAGE, TIMEOUT, Bot
from tests.e2e.dying import NEVER, Order
from tests.fakes.network import running

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from bot.model import Delivery, RunReport
    from tests.e2e.cradle import Cradle
    from tests.e2e.networks import Actor
    from tests.fakes.network import FakeNetwork
    from tests.servers.mariadb import MariaDB

OPEN = {Status.PENDING, Status.SENDING, Status.HELD, Status.FAILED}
DELIVERY = """
[delivery]
grace = "0s"
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """What there is to do: the page was ``before`` when it was last acted on, and is ``page`` now.

    The ``picture`` lies beside it as ``picture_name``, and at ``pictures_url`` where that is not empty.

    With ``before`` left out nobody has seen it. ``settings`` are lines of every channel but the feed's,
    ``threads`` those in whose boundaries the process is to die.
    """

    page: tuple[str, ...]
    threads: tuple[str, ...]
    before: tuple[str, ...] | None = None
    settings: str = ""
    picture: bytes = PNG
    picture_name: str = "Logo.png"
    pictures_url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Undisturbed:
    """What a run did that nothing happened to: its boundaries, each network's requests, and what came out.

    ``writes`` are the numbers of those requests, from 1, that changed something.
    """

    boundaries: tuple[str, ...]
    requests: dict[str, tuple[str, ...]]
    writes: dict[str, tuple[int, ...]]
    outcome: dict[str, Any]


@dataclass(kw_only=True)
class Stage:
    """The actors with their networks, by the channels' names, and a feed where ``has_feed``.

    The ledger is a SQLite file unless there is a ``database``.
    """

    folder: Path
    cradle: Cradle
    actors: Sequence[Actor]
    networks: dict[str, FakeNetwork]
    has_feed: bool
    database: MariaDB | None = None
    bot: Bot = field(init=False)
    _scene: Scene = field(init=False)
    _snapshots: dict[str, object] = field(default_factory=dict)
    _deaths: int = 0

    def prepare(self, scene: Scene) -> None:
        """Bring everything to where the scene begins."""
        folder = self.folder / "start"
        folder.mkdir()
        self.bot = Bot(folder=folder)
        self.bot.configure(self._configuration(scene))
        (folder / scene.picture_name).write_bytes(scene.picture)
        self._scene = scene
        if self.database is None:  # a file can be copied for each death; on a server all is played again
            self._play()
        self._snapshots = {name: network.snapshot() for name, network in self.networks.items()}

    def reset(self) -> None:
        """Go back to where the scene begins, in a folder of its own."""
        self._deaths += 1
        folder = self.folder / str(self._deaths)
        shutil.copytree(self.folder / "start", folder)
        self.bot = Bot(folder=folder)
        for name, network in self.networks.items():
            network.restore(self._snapshots[name])
        if self.database is not None:
            self._play()

    def _play(self) -> None:
        """Play what came before, from an empty ledger: the last line was adopted, what came then sent."""
        if self.database is not None:
            self.database.clean_url()
        before = self._scene.before or ()
        for page in dict.fromkeys((before[-1:], before) if before else ()):
            self.bot.write_page(*page)
            self.settle()
        self.bot.write_page(*self._scene.page)

    def undisturbed(self) -> Undisturbed:
        """Run ``sync`` in a process that nothing happens to."""
        self.reset()
        assert self.run() == 0, self.errors
        requests = {name: tuple(network.requests) for name, network in self.networks.items()}
        writes = {name: _numbers(network) for name, network in self.networks.items()}
        boundaries = tuple(
            name
            for name in (self._notes / "boundaries").read_text().splitlines()
            if name.partition(" ")[0] in self._scene.threads
        )
        self.settle()
        return Undisturbed(boundaries=boundaries, requests=requests, writes=writes, outcome=self.outcome())

    def run(self, *, boundary: str = NEVER, sends: str = "SIGKILL", within: float = TIMEOUT) -> int:
        """Run ``sync`` in a process, which sends itself a signal at a boundary; return how it ended."""
        self.cradle.start(self._order(boundary, sends))
        code = self.cradle.wait(within=within)
        self._land()
        return code

    def run_until(self, name: str, moment: str, number: int) -> int:
        """Run ``sync`` in a process and kill it at a moment of the network's request of that number."""
        process: Future[int] = Future()
        with self._at(name, moment, number, lambda: os.kill(process.result(TIMEOUT), signal.SIGKILL)):
            process.set_result(self.cradle.start(self._order(NEVER, "SIGKILL")))
            code = self.cradle.wait()
            self._land()
        return code

    def _land(self) -> None:
        """Wait until whatever a dead process had under way has got there, or never will."""
        for network in self.networks.values():
            network.land()
        deadline = time.monotonic() + TIMEOUT
        while self.database is not None and self.database.connections(self._ledger_url):
            assert time.monotonic() < deadline, "the database has not noticed that its client is dead"
            time.sleep(0.01)

    def settle(self) -> None:
        """Run until nothing is left to do; the last run must not have written anything anywhere."""
        for _ in range(4):
            for network in self.networks.values():
                network.requests.clear()
            report = self._run_here()
            assert [problem for problem in report.problems if problem.failure] == []
            if not report.posts:
                break
        assert report.posts == ()
        assert {name: list(network.writes) for name, network in self.networks.items()} == {
            name: [] for name in self.networks
        }
        deaf = {actor.name for actor in self.actors if not actor.is_sure}
        left = [
            row
            for row in self.deliveries()
            if row.status in OPEN or (row.status is Status.IN_DOUBT and row.channel not in deaf)
        ]
        assert left == []

    def outcome(self) -> dict[str, Any]:
        """Everything that the public and the ledger show, without what differs from run to run."""
        shown = {name: _posts(network) for name, network in self.networks.items()}
        if self.has_feed:
            shown["feed"] = self._entries()
        ids = {name: [post.pop("id") for post in posts] for name, posts in shown.items()}
        rows = [
            (
                row.channel,
                row.item,
                row.part,
                str(row.status),
                ids[row.channel].index(row.remote_id) if row.remote_id else None,
                row.text,
            )
            for row in self.deliveries()
        ]
        return {"shown": shown, "ledger": sorted(rows)}

    def deliveries(self) -> tuple[Delivery, ...]:
        with open_ledger(self._ledger_url) as ledger:
            return ledger.deliveries()

    @property
    def _ledger_url(self) -> str:
        if self.database is not None:
            return self.database.url("herald")
        return f"sqlite:///{self.bot.folder / 'herald.sqlite'}"

    @property
    def errors(self) -> str:
        """What the last process said."""
        return (self._notes / "err").read_text() + (self._notes / "out").read_text()

    @property
    def _notes(self) -> Path:
        return self.bot.folder.with_suffix(".notes")

    def _order(self, boundary: str, sends: str) -> Order:
        self._notes.mkdir(exist_ok=True)
        secrets = {name: value for actor in self.actors for name, value in actor.environment.items()}
        return Order(
            folder=str(self.bot.folder),
            notes=str(self._notes),
            arguments=("sync",),
            environment=self.bot.environment_with(**secrets),
            boundary=boundary,
            signal=sends,
            by_socket=tuple(actor.name for actor in self.actors if actor.by_socket),
        )

    def _run_here(self) -> RunReport:
        """Run ``sync`` in this process, which is quicker."""
        settings = Settings(terminal=Terminal(), config_path=self.bot.folder / "news.toml")
        with opened(settings) as herald:
            return engine.run(herald)

    def _configuration(self, scene: Scene) -> str:
        channels = [
            actor.lines(self.networks[actor.name].url) + f"{scene.settings}\n" for actor in self.actors
        ]
        ledger = f'[ledger]\nurl = "{self._ledger_url}"\n' if self.database is not None else ""
        pictures = f'pictures_url = "{scene.pictures_url}"\n' if scene.pictures_url else ""
        return FILE_PAGE + pictures + DELIVERY + ledger + (FEED if self.has_feed else "") + "".join(channels)

    @contextmanager
    def _at(self, name: str, moment: str, number: int, act: Any) -> Iterator[None]:
        seen: list[str] = []

        def at(reached: str, request: str, /) -> None:
            if reached == moment:
                seen.append(request)
                if len(seen) == number:
                    act()

        network = self.networks[name]
        network.at = at
        try:
            yield
        finally:
            network.at = lambda *_: None

    def _entries(self) -> list[dict[str, Any]]:
        """Return the feed's entries, oldest first; all its files must tell the same."""
        public = self.bot.folder / "public"
        if not public.exists():
            return []
        entries = json.loads((public / "feed.json").read_bytes())["items"]
        assert [path.name for path in public.rglob("*.new")] == []
        assert re.findall("<id>(.*)</id>", (public / "atom.xml").read_text())[1:] == [
            entry["id"] for entry in entries
        ]
        return [
            {"id": entry["id"], "text": entry["content_text"], "media": len(entry.get("attachments", ()))}
            for entry in reversed(entries)
        ]


@contextmanager
def stage(folder: Path, cradle: Cradle, actors: Sequence[Actor], *, has_feed: bool) -> Iterator[Stage]:
    """Start the networks of a stage."""
    with ExitStack() as stack:
        networks = {actor.name: stack.enter_context(running(actor.fake())) for actor in actors}
        yield Stage(folder=folder, cradle=cradle, actors=actors, networks=networks, has_feed=has_feed)


def _numbers(network: FakeNetwork) -> tuple[int, ...]:
    writes = set(network.writes)
    return tuple(number for number, name in enumerate(network.requests, start=1) if name in writes)


def _posts(network: FakeNetwork) -> list[dict[str, Any]]:
    posts = network.visible()
    ids = [post.remote_id for post in posts]
    return [
        {
            "id": post.remote_id,
            "text": post.text,
            "media": [alt for _, alt in post.pictures],
            "replies to": ids.index(post.reply_to) if post.reply_to else None,
            "shares": post.shares,
        }
        for post in posts
    ]
