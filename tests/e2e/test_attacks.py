"""The table of attacks and accidents, on a real wiki: whoever does what, this and nothing else is public."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.e2e.attacks.bosses import BOSSES
from tests.e2e.attacks.pages import WHEREABOUTS
from tests.e2e.attacks.people import PEOPLE
from tests.e2e.attacks.steps import PAGES
from tests.e2e.attacks.vandals import VANDALS
from tests.e2e.scene import OLD, STOP, Scene, keeper
from tests.servers import clock as wiki_clock
from tests.servers import pywikibot as pywikibot_server
from tests.servers.mediawiki import picture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.attacks.steps import Attack
    from tests.e2e.scene import Keeper
    from tests.servers.clock import Clock
    from tests.servers.mediawiki import MediaWiki, Request

MAY_SEE_PATROLS = "$wgGroupPermissions['bot']['patrolmarks'] = true;"
TABLE = (*VANDALS, *PEOPLE, *BOSSES, *WHEREABOUTS)


@pytest.fixture(scope="module")
def clock(mediawiki: MediaWiki) -> Iterator[Clock]:
    """The wiki, where Sue is a sysop; its clock runs as the attacks want it to."""
    mediawiki.make_user("Sue", "sysop")
    mediawiki.edit(STOP, "run")
    mediawiki.upload("Attacked logo.png", picture(40, 30))
    with wiki_clock.clock(mediawiki, settings=MAY_SEE_PATROLS) as started:
        yield started


@pytest.fixture(scope="module")
def bot(clock: Clock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keeper]:
    """The process that runs every scene's bot, logged in with its bot password."""
    folder = tmp_path_factory.mktemp("attacks") / "pywikibot"
    prepared = pywikibot_server.prepare(folder, clock.wiki.url, password=clock.wiki.bot_password)
    with keeper(prepared.environment) as started:
        yield started


@pytest.fixture
def scene(clock: Clock, bot: Keeper, tmp_path: Path) -> Scene:
    return Scene(clock=clock, keeper=bot, folder=tmp_path)


def test_the_table_is_long_enough_and_says_each_thing_once() -> None:
    names = [row.name for row in TABLE]
    assert len(names) == len(set(names)) >= 40


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in TABLE])
def test_an_attack_ends_as_the_table_says(row: Attack, scene: Scene) -> None:
    scene.configure(gate=row.gate, wiki=row.wiki, channels=row.channels, pages=row.pages, stop=row.stop)
    scene.wiki.act("edit", title=scene.title, text=OLD)
    for step in row.before:
        step(scene)
    scene.run()
    assert scene.texts() == []
    for step in row.steps:
        step(scene)


def test_nothing_new_costs_the_page_and_the_stop_page(scene: Scene) -> None:
    commanded(scene)
    scene.wiki.act("edit", title=scene.title, text=OLD)
    scene.run()
    with scene.wiki.watched() as asked:
        scene.run()
    assert [told(request) for request in asked] == [
        "meta=userinfo",  # with it comes the stop page
        "inprop=protection",  # the news page, the command page and the configuration page
    ]


def test_ten_new_items_by_several_people_cost_a_handful(scene: Scene) -> None:
    commanded(scene)
    lines = [OLD]
    scene.wiki.act("edit", title=scene.title, text=OLD)
    scene.run()
    for number in range(10):
        by = ("Sue", "Ann", "Mallory", "", "Bob")[number % 5]
        lines.insert(0, scene.told(f"* {{today}}: [[MediaWiki 1.{number}]] is out."))
        scene.wiki.act("edit", by=by, title=scene.title, text="\n".join(lines))
    scene.clock.pass_time(timedelta(hours=1))
    with scene.wiki.watched() as asked:
        scene.run(force=True)
    assert len(scene.texts()) == 10
    assert Counter(told(request) for request in asked) == {
        "meta=userinfo": 1 + 10,  # once for the run, and before each post
        "inprop=protection": 1,
        "rvlimit=50": 1,  # what each of the edits did
        "list=users": 1,  # who they are
        "list=blocks": 1,  # whether an address is blocked, which list=users does not tell
        "revids": 1,  # whether an edit was hidden or reverted
    }


def commanded(scene: Scene) -> None:
    """The bot has a command page and a configuration page as well."""
    for name, text in (("orders", "Orders"), ("settings", "{}")):
        scene.wiki.act("edit", by="Sue", title=scene.told(f"{{own}} {name}"), text=text)
    scene.configure(
        gate='command_page = "{own} orders"',
        wiki='config_page = "{own} settings"',
        channels="",
        pages=PAGES,
        stop=STOP,
    )


def told(request: Request) -> str:
    """What a request asked for, in one parameter."""
    signs = {"meta", "list", "inprop", "rvlimit", "revids"}
    found = [
        name if name == "revids" else f"{name}={value}"
        for name, value in request.parameters.items()
        if name in signs
    ]
    return next(iter(found), str(request.parameters))
