"""Accidents and attacks around the page: moves, redirects, deletions, imports, long gaps, templates, ids."""

from __future__ import annotations

from datetime import timedelta

from tests.e2e.attacks.steps import (
    EVIL,
    GONE,
    NEWS,
    SAID,
    SETTLING,
    SPAM,
    Step,
    attack,
    deleted,
    imported,
    links,
    look,
    moved,
    restored,
    saved,
    undone,
    wait,
)
from tests.e2e.scene import OLD, Scene

PROJECT = "Herald Test Wiki"  # what the wiki calls its namespace Project
OTHER = "Template:Other news {n}"
RELEASE = "Template:Release {n}"
TEMPLATED = "* {today}: MediaWiki {{Release {n}}} is out."
NAMED = f"{NEWS} <!-- herald: id=mw146 -->"


def many(number: int, by: str, *lines: str) -> Step:
    """Somebody saves the page again and again, each time with another line at its end."""
    return lambda scene: [
        saved(by, *lines, f"* 2026-01-0{1 + count % 9}: Small news of 2026, number {count}.")(scene)
        for count in range(number)
    ]


def front(scene: Scene) -> None:
    """The news stands on another page, which the bot's page shows."""
    saved("Sue", OLD, page=OTHER)(scene)
    saved("Sue", "{{Other news {n}}}")(scene)


def jobs(scene: Scene) -> None:
    """What the wiki has put off is done: a template's new category is one of the pages that use it."""
    scene.wiki.run_jobs()


COLLECTIONS = (
    attack(
        "a page of a sysop's is put into the category of the news by way of a template",
        saved("Mallory", "[[Category:Besieged {n}]]", page="Template:Box {n}"),
        jobs,
        look(held=SETTLING),
        pages='category = "Category:Besieged {n}"',
        before=(
            saved("Sue", "An empty box", page="Template:Box {n}"),
            saved("Sue", "MediaWiki 1.46 is out. {{Box {n}}}", page="Project:Draft {n}"),
            saved("Sue", "Old news. [[Category:Besieged {n}]]", page="Project:Old {n}"),
            jobs,
        ),
    ),
    attack(
        "a deleted page below the prefix is restored",
        saved("Sue", "MediaWiki 1.46 is out.", page="{own}/2"),
        deleted("{own}/2"),
        look(),
        saved("Sue", "MediaWiki 1.47 is out.", page="{own}/3"),
        look(
            f"{PROJECT}:Herald {{n}}/3: MediaWiki 1.47 is out. "
            f"{{wiki}}/{PROJECT.replace(' ', '_')}:Herald_{{n}}/3"
        ),
        restored("{own}/2"),
        look(held=SETTLING),
        pages='prefix = "{own}/"',
        before=(saved("Sue", "Old news", page="{own}/1"),),
    ),
)

MOVES = (
    attack(
        "the page becomes a redirect to one with a sysop's news on it",
        saved("Sue", NEWS, OLD, page=OTHER),
        saved("Mallory", f"#REDIRECT [[{OTHER}]]"),
        look(problems="is a redirect to"),
        undone("Ann"),
        look(),
    ),
    attack(
        "the page is moved away, and leaves a redirect",
        moved("{title}", OTHER),
        look(problems="is a redirect to"),
        saved("Sue", NEWS, OLD, page=OTHER),
        look(problems="is a redirect to"),
    ),
    attack(
        "the page is moved away, and a page with a sysop's old items is moved in its place",
        saved("Sue", NEWS, OLD, page=OTHER),
        wait(hours=2),
        moved("{title}", "Template:Former news {n}", by="Sue"),
        deleted(),
        moved(OTHER, "{title}"),
        look(held=SETTLING),
    ),
    attack(
        "the page is deleted, and restored",
        saved("Sue", NEWS, OLD),
        look(SAID),
        deleted(),
        look(problems="there is no such page"),
        restored(),
        look(),
        look(after=60),
    ),
    attack(
        "the page is deleted, and begun anew by a stranger with the same items",
        saved("Sue", NEWS, OLD),
        look(SAID),
        deleted(),
        saved("Mallory", SPAM, NEWS, OLD),
        look(held=SETTLING),
    ),
)

PASTS = (
    attack(
        "old history is imported to the page",
        saved("Sue", NEWS, OLD),
        look(SAID),
        imported(("Mallory", timedelta(days=9), SPAM), ("Sue", timedelta(days=8), f"{SPAM}\n{NEWS}")),
        look(),
        saved("Ann", NEWS, OLD, "* 2026-01-09: Older news."),
        look(),
        look(after=60),
    ),
    attack(
        "a newer revision is imported with a sysop's name on it",
        wait(hours=3),
        look(),
        imported(("Sue", timedelta(hours=1), f"{SPAM}\n{OLD}")),
        look(held=SETTLING),
    ),
    attack(
        "a revision from the future is imported with a sysop's name on it",
        imported(("Sue", timedelta(hours=-2), f"{SPAM}\n{OLD}")),
        look(held=SETTLING),
        undone("Ann"),
        look(held=GONE, after=60),
    ),
    attack(
        "a vandal's link is buried under sixty edits of a sysop's between two looks",
        saved("Sue", f"{NEWS} <!-- herald: hold -->", OLD),
        look(held="held on the page"),
        saved("Mallory", EVIL, OLD),
        many(60, "Sue", EVIL, OLD),
        look(held="its main link was changed by Sue: settling"),
        saved("Sue", NEWS, OLD),
        look(held="its main link was changed by Sue: settling"),
    ),
)

TEMPLATES = (
    attack(
        "a template is vandalised before a sysop uses it",
        saved("Mallory", "1.46, buy pills", page=RELEASE),
        saved("Sue", TEMPLATED, OLD),
        look(held=SETTLING),
        saved("Ann", "1.46", page=RELEASE),
        look(held="a template that it uses has changed"),
        look(held=SETTLING),
        look(SAID, after=31),
        before=(saved("Sue", "1.46", page=RELEASE),),
    ),
    attack(
        "a template is vandalised after an item that uses it was read",
        saved("Sue", f"{TEMPLATED} <!-- herald: not-before={{soon}} -->", OLD),
        look(held="not before"),
        wait(minutes=20),
        saved("Mallory", "1.46, buy pills", page=RELEASE),
        look(held="a template that it uses has changed"),
        look(held=SETTLING),
        saved("Sue", "1.46", page=RELEASE),
        look(held="a template that it uses has changed"),
        look(SAID),
        before=(saved("Sue", "1.46", page=RELEASE),),
    ),
    attack(
        "a template that a template uses is vandalised",
        saved("Mallory", "buy pills", page="Template:Number {n}"),
        saved("Sue", TEMPLATED, OLD),
        look(held=SETTLING),
        before=(
            saved("Sue", "1.46", page="Template:Number {n}"),
            saved("Sue", "{{Number {n}}}", page=RELEASE),
        ),
    ),
    attack(
        "the page is made to show another page, on which a sysop wrote something else",
        saved("Sue", OLD, NEWS, page="Template:Test {n}"),
        saved("Mallory", "{{Test {n}}}"),
        look(held=SETTLING),
        before=(front,),
    ),
    attack(
        "the page is marked for translation by somebody who is not trusted",
        saved("Sue", f"{NEWS} <!-- herald: hold -->", OLD),
        look(held="held on the page"),
        saved("Sue", f"<translate>\n{NEWS}\n</translate>", OLD),
        saved("Ann", f"<translate>\n* <!--T:1--> {NEWS[2:]}\n</translate>", OLD),
        look(SAID),
    ),
)

IDS = (
    attack(
        "a vandal gives spam the id of an item that is public, below it",
        saved("Sue", NAMED, OLD),
        look(SAID),
        saved("Mallory", NAMED, f"{SPAM} <!-- herald: id=mw146 -->", OLD),
        look(held="id=mw146"),
        look(held="id=mw146", after=60),
    ),
    attack(
        "a vandal gives spam the id of an item that is public, and changes that one",
        saved("Sue", NAMED, OLD),
        look(SAID),
        saved("Mallory", EVIL + " <!-- herald: id=mw146 -->", f"{SPAM} <!-- herald: id=mw146 -->", OLD),
        look(held="id=mw146"),
        undone("Ann"),
        look(after=60, held=GONE),
        links("{wiki}/MediaWiki_1.46"),
    ),
    attack(
        "a vandal gives spam the generated id of an item that is public",
        saved("Sue", NEWS, OLD),
        look(SAID),
        lambda scene: saved("Mallory", f"{SPAM} <!-- herald: id={scene.key(SAID)} -->", NEWS, OLD)(scene),
        look(held="another item on the page has its id="),
        undone("Ann"),
        look(after=60, held=GONE),
        links("{wiki}/MediaWiki_1.46"),
    ),
    attack(
        "a vandal swaps the ids of an item that is public and one that is not",
        saved("Sue", NAMED, "* {today}: [[Two]] is here. <!-- herald: id=two; hold -->", OLD),
        look(SAID, held="held on the page"),
        saved(
            "Mallory",
            NAMED.replace("mw146", "two"),
            "* {today}: [[Two]] is here. <!-- herald: id=mw146 -->",
            OLD,
        ),
        look(held="its main link was changed by Mallory"),
        # Nobody takes it back, and each is public once all the same.
        look(public=("Two is here.", SAID), after=60),
    ),
    attack(
        "a vandal takes the id of a public item away, and an editor writes it anew",
        saved("Sue", NAMED, OLD),
        look(SAID),
        saved("Mallory", NEWS, OLD),
        look(),
        saved("Ann", NEWS.replace("is out", "is out now"), OLD),
        look(),
    ),
    attack(
        "an editor copies a public item as a pattern, and forgets to change its id",
        saved("Sue", NAMED, OLD),
        look(SAID),
        saved("Sue", "* {today}: [[MediaWiki 1.47]] is out. <!-- herald: id=mw146 -->", NAMED, OLD),
        look(held="id=mw146"),
        saved("Sue", "* {today}: [[MediaWiki 1.47]] is out. <!-- herald: id=mw147 -->", NAMED, OLD),
        look("MediaWiki 1.47 is out.", held=GONE),
    ),
    attack(
        "two editors add the same news at the same time",
        saved("Ann", NEWS, OLD),
        saved("Bob", NEWS, NEWS, OLD),
        look(SAID, after=60, held="it may be the item"),
    ),
)

WHEREABOUTS = (*COLLECTIONS, *MOVES, *PASTS, *TEMPLATES, *IDS)
