"""The machinery of the kill test: networks, a ledger and a page that are set anew for each death.

What is to come out is what an undisturbed run leaves, network by network and row by row: after any death and
the runs that follow it, the world must look as if nothing had happened.
"""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from bot.cli.wiring import Settings, opened
from bot.ledger import open_ledger
from bot.model import Status
from bot.report.terminal import Terminal
from bot.sync import run as engine
from tests.e2e.conftest import FEED, FILE_PAGE, MASTODON, ROOT, TIMEOUT, Bot
from tests.e2e.dying import NEVER, Order
from tests.fakes.mastodon import MastodonServer
from tests.fakes.mastodon_api import MastodonApi

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.model import Delivery, RunReport
    from tests.servers.mariadb import MariaDB

TOKEN = "good-token"
OPEN = {Status.PENDING, Status.SENDING, Status.HELD, Status.IN_DOUBT, Status.FAILED}
THREADS = ("MainThread", "keeping", "forgetful", "feed")
DELIVERY = """
[delivery]
grace = "0s"
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """What there is to do: the page was ``before`` when it was last acted on, and is ``page`` now.

    With ``before`` left out nobody has seen it. ``settings`` are lines of every Mastodon channel, ``threads``
    those in whose boundaries the process is to die.
    """

    page: tuple[str, ...]
    before: tuple[str, ...] | None = None
    settings: str = ""
    threads: tuple[str, ...] = THREADS


@dataclass(frozen=True, kw_only=True, slots=True)
class Undisturbed:
    """What a run did that nothing happened to: its boundaries, each server's requests, and what came out."""

    boundaries: tuple[str, ...]
    requests: dict[str, tuple[str, ...]]
    outcome: dict[str, Any]


class Cradle:
    """Where processes of the bot begin: one at a time, each a fork of one that has imported everything."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.e2e.dying"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        self._child: int | None = None
        return self

    def __exit__(self, *_: object) -> None:
        if self._child is not None:
            os.kill(self._child, signal.SIGKILL)
        self._process.communicate(timeout=TIMEOUT)

    def start(self, order: Order) -> int:
        """Begin a process and return its id."""
        assert self._process.stdin is not None
        self._process.stdin.write(order.to_line())
        self._child = self._answer(TIMEOUT)
        return self._child

    def wait(self, *, within: float = TIMEOUT) -> int:
        """Wait for its end and return how it ended, as ``Popen.returncode``."""
        code = self._answer(within)
        self._child = None
        return code

    def _answer(self, within: float) -> int:
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], within)
        assert ready, f"the process did not end within {within} seconds"
        line = self._process.stdout.readline()
        assert line, "the process that begins all others has ended; see its standard error"
        return int(line)


@dataclass(kw_only=True)
class Stage:
    """Two servers of Mastodon's API, one of which takes no notice of idempotency keys, and a feed.

    The ledger is a SQLite file unless there is a ``database``.

    No network that can be configured yet is both deaf and forgetful; what becomes of a death there is shown
    on one in memory (tests/sync/test_faults.py).
    """

    folder: Path
    cradle: Cradle
    servers: dict[str, MastodonServer]
    database: MariaDB | None = None
    bot: Bot = field(init=False)
    _scene: Scene = field(init=False)
    _apis: dict[str, MastodonApi] = field(default_factory=dict)
    _deaths: int = 0

    def prepare(self, scene: Scene) -> None:
        """Bring everything to where the scene begins."""
        folder = self.folder / "start"
        folder.mkdir()
        self.bot = Bot(folder=folder)
        self.bot.configure(self._configuration(scene))
        (folder / "Logo.png").write_bytes(b"\x89PNG\r\n\x1a\n")
        self._scene = scene
        if self.database is None:  # a file can be copied for each death; on a server all is played again
            self._play()
        self._apis = {name: deepcopy(server.api) for name, server in self.servers.items()}

    def reset(self) -> None:
        """Go back to where the scene begins, in a folder of its own."""
        self._deaths += 1
        folder = self.folder / str(self._deaths)
        shutil.copytree(self.folder / "start", folder)
        self.bot = Bot(folder=folder)
        for name, server in self.servers.items():
            server.api = deepcopy(self._apis[name])
            server.requests.clear()
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
        requests = {name: tuple(server.requests) for name, server in self.servers.items()}
        boundaries = tuple(
            name
            for name in (self._notes / "boundaries").read_text().splitlines()
            if name.partition(" ")[0] in self._scene.threads
        )
        self.settle()
        return Undisturbed(boundaries=boundaries, requests=requests, outcome=self.outcome())

    def run(self, *, boundary: str = NEVER, sends: str = "SIGKILL", within: float = TIMEOUT) -> int:
        """Run ``sync`` in a process, which sends itself a signal at a boundary; return how it ended."""
        self.cradle.start(self._order(boundary, sends))
        code = self.cradle.wait(within=within)
        self._land()
        return code

    def run_until(self, name: str, moment: str, number: int) -> int:
        """Run ``sync`` in a process and kill it at a moment of the server's request of that number."""
        process: Future[int] = Future()
        with self._at(name, moment, number, lambda: os.kill(process.result(TIMEOUT), signal.SIGKILL)):
            process.set_result(self.cradle.start(self._order(NEVER, "SIGKILL")))
            code = self.cradle.wait()
            self._land()
        return code

    def _land(self) -> None:
        """Wait until whatever a dead process had under way has got there, or never will."""
        for server in self.servers.values():
            server.land()
        deadline = time.monotonic() + TIMEOUT
        while self.database is not None and self.database.connections(self._ledger_url):
            assert time.monotonic() < deadline, "the database has not noticed that its client is dead"
            time.sleep(0.01)

    def settle(self) -> None:
        """Run until nothing is left to do; the last run must not have written anything anywhere."""
        for _ in range(4):
            for server in self.servers.values():
                server.requests.clear()
            report = self._run_here()
            assert [problem for problem in report.problems if problem.failure] == []
            if not report.posts:
                break
        assert report.posts == ()
        assert [server.writes for server in self.servers.values()] == [[] for _ in self.servers]
        assert [row for row in self.deliveries() if row.status in OPEN] == []

    def outcome(self) -> dict[str, Any]:
        """Everything that the public and the ledger show, without what differs from run to run."""
        shown = {name: _statuses(server) for name, server in self.servers.items()} | {"feed": self._entries()}
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
        """What the last process said on standard error."""
        return (self._notes / "err").read_text()

    @property
    def _notes(self) -> Path:
        return self.bot.folder.with_suffix(".notes")

    def _order(self, boundary: str, sends: str) -> Order:
        self._notes.mkdir(exist_ok=True)
        return Order(
            folder=str(self.bot.folder),
            notes=str(self._notes),
            arguments=("sync",),
            environment=self.bot.environment_with(MASTODON_TOKEN=TOKEN),
            boundary=boundary,
            signal=sends,
        )

    def _run_here(self) -> RunReport:
        """Run ``sync`` in this process, which is quicker."""
        settings = Settings(terminal=Terminal(), config_path=self.bot.folder / "news.toml")
        with opened(settings) as herald:
            return engine.run(herald)

    def _configuration(self, scene: Scene) -> str:
        channels = [
            MASTODON.format(server=server.url).replace("wikis-world", name) + f"{scene.settings}\n"
            for name, server in self.servers.items()
        ]
        ledger = f'[ledger]\nurl = "{self._ledger_url}"\n' if self.database is not None else ""
        return FILE_PAGE + DELIVERY + ledger + FEED + "".join(channels)

    @contextmanager
    def _at(self, name: str, moment: str, number: int, act: Any) -> Iterator[None]:
        seen: list[str] = []

        def at(reached: str, request: str) -> None:
            if reached == moment:
                seen.append(request)
                if len(seen) == number:
                    act()

        server = self.servers[name]
        server.at = at
        try:
            yield
        finally:
            server.at = lambda *_: None

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
def stage(folder: Path, cradle: Cradle) -> Iterator[Stage]:
    """Start the servers of a stage."""
    with (
        MastodonServer(token=TOKEN) as keeping,
        MastodonServer(token=TOKEN, api=MastodonApi(keeps_keys=False)) as forgetful,
    ):
        servers = {"keeping": keeping, "forgetful": forgetful}
        yield Stage(folder=folder, cradle=cradle, servers=servers)
        assert [server.complaints for server in servers.values()] == [[], []]


def _statuses(server: MastodonServer) -> list[dict[str, Any]]:
    ids = [status.id for status in server.api.statuses]
    return [
        {
            "id": status.id,
            "text": status.text,
            "media": [server.api.media[media].description for media in status.media_ids],
            "replies to": ids.index(status.in_reply_to_id) if status.in_reply_to_id else None,
        }
        for status in server.api.statuses
    ]
