"""The engine as a state machine: people, networks, clocks and deaths in any order, and what holds throughout.

The rules are what may happen to the bot, ``promises`` what it has promised. Left out is what no bot can bear:

- a time-line that lags, or a request that lands, by more than the grace;
- a clock that jumps ahead while a request is under way, and so cuts the grace short: ``the_clock_jumps`` lets
  arrive first what is under way;
- a clock ahead of the network's by more than ``match.CLOCK_SKEW`` from a claim until the lost post is looked
  for, which then seems older than its claim; ``the_clock_leaps`` goes further, but for one run only;
- a person who resolves a doubt without looking, or posts by hand what is there already;
- an edit that makes by the rules of bot/news/identity.py another item (``News.changes``).
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.model import Status
from bot.sync.resolve import Resolution, resolve
from tests.fakes.faults import Fault
from tests.sync.mortal import CHANNEL_STEPS, RUN, RUN_STEPS, Died
from tests.sync.newsroom import ALL, STRANGER, TRUSTED
from tests.sync.promises import all_is_settled, always, nothing_ends_silently, promise
from tests.sync.stage import KINDS, LAG, LATE, RIGHT_ENGINE, Engine, Stage

if TYPE_CHECKING:
    from bot.ledger.store import Ledger
    from tests.sync.mortal import Network

UNFORGIVING = [kind for kind, (able, _) in KINDS.items() if able.idempotent is None]
PUBLISHES = re.compile("claim|publish|settle")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
EDITORS = st.sampled_from([TRUSTED, TRUSTED, STRANGER])
MARKERS = st.sampled_from(sorted(ALL))
SPANS = st.sampled_from([timedelta(0), MINUTE, 3 * MINUTE, 10 * MINUTE, 40 * MINUTE, 8 * HOUR])
NEWS = st.sampled_from([*sorted(ALL), None])  # written just before a run, so that it has something to do
FAILING = st.sampled_from(["publish"] * 3 + ["recent", "edit", "delete"])
STEPS = st.sampled_from(
    [*CHANNEL_STEPS, *(step for step in CHANNEL_STEPS for _ in range(4) if PUBLISHES.match(step))]
)
UNDER_WAY = ("claim: committed", "publish: leaves")
SMALL = st.sampled_from([0] * 6 + [1, 2])
OFFSETS = st.sampled_from([timedelta(0), 4 * MINUTE, -4 * MINUTE, 2 * HOUR, -13 * HOUR, 13 * HOUR])
LEAP = timedelta(days=60)  # less than max_age, so that something goes out


class HeraldMachine(RuleBasedStateMachine):
    """One example: a page and some networks, from the bot's first sight of them until all is quiet."""

    def __init__(self, ledgers: tuple[Ledger, Ledger], engine: Engine) -> None:
        super().__init__()
        self._ledgers = ledgers
        self._engine = engine
        self._sound = False  # until the first look

    @initialize(
        kinds=st.lists(st.sampled_from([*KINDS, *UNFORGIVING]), min_size=1, max_size=3, unique=True),
        there=st.lists(MARKERS, max_size=1),
        death=st.none() | st.sampled_from(RUN_STEPS),
    )
    def the_bot_sees_the_page(self, kinds: list[str], there: list[str], death: str | None) -> None:
        self.stage = Stage(ledgers=self._ledgers, engine=self._engine, kinds=kinds)
        self.room = self.stage.newsroom
        self.room.save({marker: self.room.forms[marker] for marker in there}, TRUSTED)
        if death is not None:
            self.stage.fate.plan(RUN, death, die)
        self._run()

    # --- the page ---

    @rule(markers=st.lists(MARKERS, min_size=1, max_size=3, unique=True), editor=EDITORS)
    def somebody_writes_news(self, markers: list[str], editor: str) -> None:
        rest = {marker: form for marker, form in self.room.page.items() if marker not in markers}
        self.room.save({marker: self.room.forms[marker] for marker in markers} | rest, editor)

    @rule(data=st.data(), marker=MARKERS, editor=EDITORS)
    def somebody_changes_news(self, data: st.DataObject, marker: str, editor: str) -> None:
        old = self.room.forms[marker]
        what = data.draw(st.sampled_from([*ALL[marker].changes, "held"]))
        value = {"number": 7 - old.number}.get(what, not getattr(old, what))
        form = type(old)(
            **{name: getattr(old, name) for name in ("typo", "number", "moved", "held")} | {what: value}
        )
        self.room.forms[marker] = form
        if marker in self.room.page:
            self.room.save(
                {one: form if one == marker else other for one, other in self.room.page.items()}, editor
            )

    @rule(marker=MARKERS, editor=EDITORS)
    def somebody_takes_news_away(self, marker: str, editor: str) -> None:
        if marker in self.room.page:
            self.room.save({one: form for one, form in self.room.page.items() if one != marker}, editor)

    @rule(data=st.data(), editor=EDITORS)
    def somebody_moves_the_news_about(self, data: st.DataObject, editor: str) -> None:
        order = data.draw(st.permutations(list(self.room.page)))
        self.room.save({marker: self.room.page[marker] for marker in order}, editor)

    @rule(editor=EDITORS)
    def somebody_blanks_the_page(self, editor: str) -> None:
        self.room.save({}, editor, blank=True)

    @rule(editor=EDITORS)
    def somebody_reverts(self, editor: str) -> None:
        if len(self.room.saved) > 1:
            self.room.save(self.room.saved[-2].forms, editor)

    # --- runs ---

    @rule(news=NEWS, after=SPANS, force=st.booleans())
    def the_bot_runs(self, news: str | None, after: timedelta, force: bool) -> None:
        self._meanwhile(news, after)
        self._run(force=force)

    @rule(data=st.data(), news=NEWS, after=SPANS)
    def the_bot_runs_for_one_channel(self, data: st.DataObject, news: str | None, after: timedelta) -> None:
        self._meanwhile(news, after)
        self._run(only=self._network(data).name)

    @rule(data=st.data(), news=NEWS, fault=st.sampled_from(Fault), request=FAILING, after=SPANS)
    def the_bot_runs_while_a_network_fails(
        self, data: st.DataObject, news: str | None, fault: Fault, request: str, after: timedelta
    ) -> None:
        self._meanwhile(news, after)
        self._network(data).fail(fault, on=request)
        self._run()

    @rule(data=st.data(), news=NEWS, after=SPANS)
    def the_bot_runs_and_its_request_is_late(
        self, data: st.DataObject, news: str | None, after: timedelta
    ) -> None:
        self._meanwhile(news, after)
        self._network(data).late = LATE
        self._run()

    @rule(data=st.data(), news=MARKERS, after=SPANS, step=STEPS, skip=SMALL)
    def the_bot_is_killed(
        self, data: st.DataObject, news: str, after: timedelta, step: str, skip: int
    ) -> None:
        self._meanwhile(news, after)
        for name in sorted(self.stage.networks):
            if not data.draw(st.booleans()):
                self.stage.fate.plan(name, step, die, skip=skip)
        self._run()

    @rule(news=NEWS, step=st.sampled_from(RUN_STEPS))
    def the_bot_is_killed_while_it_decides(self, news: str | None, step: str) -> None:
        self._meanwhile(news, timedelta(0))
        self.stage.fate.plan(RUN, step, die)
        self._run()

    @rule(
        data=st.data(),
        news=MARKERS,
        step=st.sampled_from([*UNDER_WAY * 10, *CHANNEL_STEPS]),
        killed=st.sampled_from([False, False, True]),
    )
    def the_bot_is_started_twice(self, data: st.DataObject, news: str, step: str, killed: bool) -> None:
        """Another run begins beside one that has been stuck at a step for longer than the grace."""
        networks = [*self.stage.networks, *[kind for kind in UNFORGIVING if kind in self.stage.networks] * 3]
        name = data.draw(st.sampled_from(networks))

        def meanwhile() -> None:
            self.stage.run_beside(3 * MINUTE)
            if killed:
                die()

        self._meanwhile(news, 10 * MINUTE)
        self.stage.fate.plan(name, step, meanwhile)
        self._run(only=name, force=True)

    @rule(news=NEWS, down=st.sampled_from(["read", "people", "revisions", "history", "all"]))
    def the_bot_runs_while_the_wiki_is_down(self, news: str | None, down: str) -> None:
        self._meanwhile(news, timedelta(0))
        self.stage.world.wiki.down = down
        self._run()
        self.stage.world.wiki.down = None

    @rule(news=NEWS)
    def the_bot_runs_while_the_stop_page_says_no(self, news: str | None) -> None:
        self._meanwhile(news, timedelta(0))
        self.stage.world.stop_reason = "stopped from the wiki"
        self._run()
        self.stage.world.stop_reason = None

    # --- networks, the wiki, people ---

    @rule(data=st.data(), lag=st.sampled_from([timedelta(0), LAG]))
    def a_time_line_lags(self, data: st.DataObject, lag: timedelta) -> None:
        self._network(data).lag = lag

    @rule(data=st.data(), revoked=st.sampled_from([False] * 3 + [True]))
    def credentials_come_and_go(self, data: st.DataObject, revoked: bool) -> None:
        self._network(data).revoked = revoked

    @rule(data=st.data(), marker=MARKERS)
    def a_person_posts_by_hand(self, data: st.DataObject, marker: str) -> None:
        network = self._network(data)
        if not any(marker in post.text for post in network.posts):  # people look first
            self.stage.post_by_hand(network.name, marker)

    @rule(data=st.data(), skip=st.booleans())
    def a_person_resolves(self, data: st.DataObject, skip: bool) -> None:
        open_rows = sorted(
            self.stage.ledger.deliveries(statuses={Status.IN_DOUBT, Status.FAILED}),
            key=lambda row: row.key,  # the same in every replay, which the order of parallel writes is not
        )
        if not open_rows:
            return
        self.stage.pass_time(LATE)  # people are slower than networks
        row = data.draw(st.sampled_from(open_rows))
        post = next((one for one in self.stage.networks[row.channel].posts if one.key == row.key), None)
        resolution = Resolution.SENT if post else Resolution.SKIP if skip else Resolution.RETRY
        rows = resolve(
            self.stage.ledger,
            row.item,
            row.channel,
            resolution,
            now=self.stage.clock(),
            url=post.url if post else None,
        )
        self.stage.touched |= {one.id for one in rows}

    # --- time ---

    @rule(span=SPANS)
    def time_passes(self, span: timedelta) -> None:
        self.stage.pass_time(span)

    @rule(offset=OFFSETS)
    def the_clock_jumps(self, offset: timedelta) -> None:
        self.stage.pass_time(2 * MINUTE)
        self.stage.offset = offset

    @rule(news=NEWS, step=st.none() | STEPS)
    def the_clock_leaps(self, news: str | None, step: str | None) -> None:
        """For one run the clock is far ahead; the run after it has the right time again."""
        self._meanwhile(news, 2 * MINUTE)
        before, self.stage.offset = self.stage.offset, LEAP
        for name in self.stage.networks if step else ():
            self.stage.fate.plan(name, step or "", die)
        self._run()
        self.stage.offset = before
        self.stage.pass_time(MINUTE)
        self._run()

    # --- what must hold ---

    @invariant()
    def every_promise_is_kept(self) -> None:
        self._sound = False
        always(self.stage)
        self._sound = True

    def teardown(self) -> None:
        """See that all comes to its end, unless something is broken already."""
        if self._sound:
            self._calm_down()
            all_is_settled(self.stage)
            self._nothing_is_left_to_do()

    def _calm_down(self) -> None:
        """Let nothing disturb any more, and run until all has come to its end."""
        stage = self.stage
        for network in stage.networks.values():
            network.recover()
        for span in (10 * MINUTE, 10 * MINUTE, 7 * HOUR, 26 * HOUR, *[10 * MINUTE] * 20):
            if span == 10 * MINUTE and not self._open():
                continue
            stage.pass_time(span)
            self._run(force=True)
            always(stage)

    def _open(self) -> bool:
        """Tell whether something is still under way."""
        return bool(self.stage.ledger.deliveries(statuses={Status.PENDING, Status.SENDING}))

    def _nothing_is_left_to_do(self) -> None:
        """A run with nothing to do writes and sends nothing."""
        for span in (timedelta(0), 10 * MINUTE):
            self.stage.pass_time(span)
            self.stage.touched.clear()
            before = {name: len(network.calls) for name, network in self.stage.networks.items()}
            self._run(force=True)
            promise(not self.stage.touched, f"a run with nothing to do wrote to {self.stage.touched}")
            for name, network in self.stage.networks.items():
                asked = set(network.calls[before[name] :]) & {"publish", "edit", "delete"}
                promise(not asked, f"{name}: a run with nothing to do did {asked}")

    def _meanwhile(self, news: str | None, after: timedelta) -> None:
        """Let somebody trusted write news, if there is any, and time pass."""
        page = self.room.page
        if news in page:
            news = next((marker for marker in ALL if marker not in page), None)
        if news is not None:
            self.room.save({news: self.room.forms[news], **page}, TRUSTED)
        self.stage.pass_time(after)

    def _run(self, *, force: bool = False, only: str | None = None) -> None:
        report = self.stage.run(force=force, only=only)
        if report is not None:
            nothing_ends_silently(self.stage, report, {only} if only else set(self.stage.networks))

    def _network(self, data: st.DataObject) -> Network:
        return self.stage.networks[data.draw(st.sampled_from(sorted(self.stage.networks)))]


def die() -> None:
    """End the process here."""
    raise Died


def machine(ledgers: tuple[Ledger, Ledger], engine: Engine = RIGHT_ENGINE) -> type[RuleBasedStateMachine]:
    """Return the machine on these two connections to one database, for ``run_state_machine_as_test``."""

    class OnTheseLedgers(HeraldMachine):
        def __init__(self) -> None:
            super().__init__(ledgers, engine)

    return OnTheseLedgers
