"""Attacks on what rules the bot: its stop pages, its command page, its half of the configuration."""

from __future__ import annotations

from tests.e2e.attacks.steps import (
    NEWS,
    SAID,
    SETTLING,
    SPAM,
    Step,
    added,
    attack,
    blocked,
    broken,
    deleted,
    look,
    out_of_order,
    restored,
    saved,
    sysop,
    unblocked,
    undone,
    wait,
)
from tests.e2e.scene import OLD

STOP = "{own} run"
ORDERS = "{own} orders"
SETTINGS = "{own} settings"
RUNS = (saved("Sue", "run", page=STOP),)
COMMANDED = 'command_page = "{own} orders"'
FOUR_EYES = f'preset = "four-eyes"\n{COMMANDED}'
CONFIGURED = 'config_page = "{own} settings"'
NAMED = f"{NEWS} <!-- herald: id=mw146 -->"
FIRST = "* {today}: The first one. <!-- herald: id=first -->"
NOBODY = "nobody has approved what Sue wrote"
STOPPED = "must read 'run' and {}"


def ordered(by: str, line: str) -> Step:
    """Somebody adds a line to the command page."""
    return added(by, line, page=ORDERS)


STOPS = (
    attack(
        "somebody writes another word on the stop page",
        saved("Sue", NEWS, OLD),
        saved("Mallory", "Run, please", page=STOP),
        look(refused=STOPPED.format("says something else")),
        undone("Ann", page=STOP),
        look(SAID),
        stop=STOP,
        before=RUNS,
    ),
    attack(
        "the stop page is deleted",
        saved("Sue", NEWS, OLD),
        deleted(STOP),
        look(refused=STOPPED.format("does not exist")),
        restored(STOP),
        look(SAID),
        stop=STOP,
        before=RUNS,
    ),
    attack(
        "the stop page becomes a redirect to one that says run",
        saved("Sue", NEWS, OLD),
        saved("Mallory", "#REDIRECT [[User:NewsBot/run]]", page=STOP),
        look(refused=STOPPED.format("says something else")),
        stop=STOP,
        before=RUNS,
    ),
    attack(
        "one channel has a stop page of its own",
        saved("Sue", NEWS, OLD),
        saved("Mallory", "stop", page=STOP),
        look(refused="{own} run must read 'run'", held="must read 'run'"),
        saved("Ann", "run", page=STOP),
        look(SAID),
        channels=f'stop_page = "{STOP}"',
        before=RUNS,
    ),
    attack(
        "the bot's account is blocked",
        saved("Sue", NEWS, OLD),
        blocked("NewsBot"),
        look(refused="the account NewsBot is blocked by Admin"),
        unblocked("NewsBot"),
        look(SAID),
    ),
    attack(
        "the wiki fails at the question whether to go on",
        saved("Sue", NEWS, OLD),
        broken("meta=userinfo", look(refused="cannot be looked at, which means stop")),
        look(SAID),
    ),
    attack(
        "the wiki fails at the question who wrote an item",
        saved("Sue", NEWS, OLD),
        broken("list=users", look(held="the wiki could not be asked", problems="the gate cannot be asked")),
        look(SAID),
    ),
    attack(
        "the wiki fails at the question what a template makes of an item",
        saved("Sue", "MediaWiki 1.46", page="Template:Release {n}"),
        saved("Sue", "* {today}: {{Release {n}}} is out.", OLD),
        broken("action=expandtemplates", look(problems="cannot be reached")),
        look(SAID),
    ),
    attack(
        "the wiki fails at the page itself",
        saved("Sue", NEWS, OLD),
        broken("inprop=protection", look(problems="cannot be reached")),
        look(SAID),
    ),
    attack(
        "the wiki fails at the history of the page",
        saved("Mallory", SPAM, OLD),
        saved("Sue", NEWS, SPAM, OLD),
        broken("rvlimit=50", look(problems="cannot be reached")),
        look(SAID, held=SETTLING),
    ),
)

# The channel refuses to work for days, and the item has failed.
FAILED = (
    saved("Sue", FIRST, OLD),
    look("The first one."),
    saved("Sue", NAMED, FIRST, OLD),
    out_of_order(look(problems="nothing was published")),
    wait(days=4),
    out_of_order(look()),
    look(skipped="failed: "),
)

COMMANDS = (
    attack(
        "a stranger orders an approval, signs with a sysop's name, and copies a sysop's line",
        saved("Sue", NAMED, OLD),
        ordered("Mallory", "* approve mw146"),
        look(held=NOBODY),
        ordered("Mallory", "* approve mw146 -- [[User:Tom|Tom]] 12:00, 1 May 2026 (UTC)"),
        look(held=NOBODY),
        ordered("Tom", "* approve other ~~~~"),
        look(held=NOBODY),
        saved("Mallory", "* approve other", "* approve mw146 -- [[User:Tom|Tom]]", page=ORDERS),
        look(held=NOBODY),
        gate=FOUR_EYES,
        before=(sysop("Tom"), saved("Ann", "Orders", page=ORDERS)),
    ),
    attack(
        "a stranger makes another order of a sysop's before the bot has read it",
        saved("Sue", NAMED, OLD),
        ordered("Tom", "* hold mw146"),
        saved("Mallory", "* approve mw146", page=ORDERS),
        look(held=NOBODY),
        ordered("Tom", "* approve mw146 -- I meant this one"),
        look(SAID),
        gate=FOUR_EYES,
        before=(sysop("Tom"), saved("Ann", "Orders", page=ORDERS)),
    ),
    attack(
        "a stranger spoils an order by giving it first",
        saved("Sue", NAMED, OLD),
        ordered("Mallory", "* approve mw146"),
        look(held=NOBODY),
        undone("Ann", page=ORDERS),
        look(held=NOBODY),
        ordered("Tom", "* approve mw146"),
        look(SAID),
        gate=FOUR_EYES,
        before=(sysop("Tom"), saved("Ann", "Orders", page=ORDERS)),
    ),
    attack(
        "a stranger takes away the line by which a sysop holds an item",
        saved("Ann", NAMED, OLD),
        look(held=SETTLING),
        ordered("Sue", "* hold mw146"),
        look(held="held by Sue, by order"),
        saved("Mallory", "Orders", page=ORDERS),
        look(held="held by Sue, by order", after=60),
        ordered("Tom", "* approve mw146"),
        look(SAID),
        gate=COMMANDED,
        before=(sysop("Tom"), saved("Ann", "Orders", page=ORDERS)),
    ),
    attack(
        "a sysop's order to skip is carried out once, and by nobody else",
        saved("Ann", NAMED, OLD),
        look(held=SETTLING),
        ordered("Mallory", "* skip mw146"),
        look(held=SETTLING),
        ordered("Sue", "* skip mw146 feed"),
        look(skipped="adopted: Sue ordered on the wiki to let it be"),
        saved("Mallory", "Orders", page=ORDERS),
        look(after=60),
        gate=COMMANDED,
        before=(saved("Ann", "Orders", page=ORDERS),),
    ),
    attack(
        "an order to try again is carried out once, though its line stays",
        *FAILED,
        ordered("Mallory", "* retry mw146"),
        look(skipped="failed: "),
        ordered("Sue", "* retry mw146"),
        out_of_order(look(problems="nothing was published")),
        wait(days=4),
        out_of_order(look()),
        look(skipped="failed: "),
        look(skipped="failed: "),
        ordered("Sue", "* retry mw146 feed"),
        look(SAID),
        look(),
        gate=COMMANDED,
        before=(saved("Ann", "Orders", page=ORDERS),),
    ),
    attack(
        "a stranger writes retry into an item, and a sysop does",
        *FAILED,
        saved("Mallory", f"{NEWS} <!-- herald: id=mw146; retry -->", FIRST, OLD),
        look(skipped="failed: "),
        saved("Sue", f"{NEWS} <!-- herald: id=mw146; retry=now -->", FIRST, OLD),
        look(SAID),
        saved("Mallory", f"{NEWS} <!-- herald: id=mw146; retry=again -->", FIRST, OLD),
        look(),
    ),
    attack(
        "the command page is deleted",
        saved("Sue", NEWS, OLD),
        deleted(ORDERS),
        look(SAID, problems="orders wait"),
        gate=COMMANDED,
        before=(saved("Ann", "Orders", page=ORDERS),),
    ),
)

HALVES = (
    attack(
        "a stranger switches a channel off on the configuration page",
        saved("Mallory", '{"channels": {"feed": {"enabled": false}}}', page=SETTINGS),
        saved("Sue", NEWS, OLD),
        look(SAID, problems="does not count: Mallory is not trusted"),
        wiki=CONFIGURED,
        before=(saved("Sue", "{}", page=SETTINGS),),
    ),
    attack(
        "a sysop switches a channel off and on again",
        saved("Sue", '{"channels": {"feed": {"enabled": false}}}', page=SETTINGS),
        saved("Sue", NEWS, OLD),
        look(held="switched off in"),
        saved("Sue", "{}", page=SETTINGS),
        look(SAID),
        wiki=CONFIGURED,
        before=(saved("Sue", "{}", page=SETTINGS),),
    ),
    attack(
        "a sysop makes the gate stricter, and a stranger tries to take that back",
        saved("Sue", '{"gate": {"second_person": true}}', page=SETTINGS),
        saved("Sue", NEWS, OLD),
        look(held=NOBODY),
        saved("Mallory", "{}", page=SETTINGS),
        look(held=NOBODY, problems="does not count: Mallory is not trusted"),
        deleted(SETTINGS),
        look(held=NOBODY, problems="there is no such page"),
        wiki=CONFIGURED,
        before=(saved("Sue", "{}", page=SETTINGS),),
    ),
    attack(
        "a sysop breaks the configuration page: what counted goes on to count",
        saved("Sue", '{"gate": {"second_person": true}', page=SETTINGS),
        saved("Sue", NEWS, OLD),
        look(held=NOBODY, problems="this is not JSON"),
        wiki=CONFIGURED,
        before=(saved("Sue", '{"gate": {"second_person": true}}', page=SETTINGS),),
    ),
    *(
        attack(
            f"a sysop {wants} on the configuration page",
            saved("Sue", text, page=SETTINGS),
            saved("Mallory", SPAM, OLD),
            look(held=SETTLING, problems=told),
            wiki=CONFIGURED,
            before=(saved("Sue", "{}", page=SETTINGS),),
        )
        for wants, text, told in (
            ("lets items settle faster", '{"gate": {"settle": "0s"}}', "settle: would be looser"),
            (
                "trusts a stranger",
                '{"gate": {"trusted_users": ["Mallory"]}}',
                "trusted_users: would be looser",
            ),
            ("names another stop page", '{"gate": {"stop_page": "X"}}', "stop_page"),
            ("names a server", '{"channels": {"feed": {"server": "https://x.example"}}}', "server"),
            ("names a secret", '{"channels": {"feed": {"token_env": "HOME"}}}', "token_env"),
            ("names a path", '{"channels": {"feed": {"path": "/tmp/elsewhere"}}}', "path"),
        )
    ),
)

BOSSES = (*STOPS, *COMMANDS, *HALVES)
