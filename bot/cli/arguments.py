"""The command line before click sees it.

Two habits meet here. Pywikibot's users write ``-simulate -site:meta:meta`` with a single dash; ours may put
options before or after the command, and leave the command out. What neither habit knows is refused by click,
or here: a mistyped ``--simulate`` must never post.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

# https://www.mediawiki.org/wiki/Manual:Pywikibot/Global_Options: those that make sense for this script.
# A colon means that the option takes a value.
PYWIKIBOT_OPTIONS = frozenset(
    {"-dir:", "-config:", "-user:", "-lang:", "-family:", "-site:", "-maxlag:", "-putthrottle:", "-pt:"}
    | {"-log", "-log:", "-nolog", "-debug", "-debug:"}
)
GLOBAL_FLAGS = {"--simulate": "--simulate", "-simulate": "--simulate", "--json": "--json"} | {
    "-v": "--verbose",
    "-verbose": "--verbose",
    "--verbose": "--verbose",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Arguments:
    """The command line in order: global options, then the command, then its own; Pywikibot's apart."""

    ours: tuple[str, ...]
    pywikibot: tuple[str, ...]


def arrange(argv: Sequence[str], *, default: str) -> Arguments:
    """Put a command line in order; where no command is named, ``default`` is meant.

    Raises:
        click.UsageError: a single-dash option that Pywikibot does not have.
    """
    first: list[str] = []
    rest: list[str] = []
    pywikibot: list[str] = []
    waiting = list(argv)
    while waiting:
        argument = waiting.pop(0)
        if argument == "--":
            rest += [argument, *waiting]
            break
        if argument in GLOBAL_FLAGS:
            first.append(GLOBAL_FLAGS[argument])
        elif argument == "--config":
            first += [argument, *waiting[:1]]
            del waiting[:1]
        elif argument.startswith("--config="):
            first.append(argument)
        elif _single_dash(argument):
            pywikibot.append(_known(argument))
        else:
            rest.append(argument)
    # A word in front is the command, right or mistyped; an option in front belongs to the default command.
    named = bool(rest) and (not rest[0].startswith("-") or rest[0] in {"--help", "--version"})
    return Arguments(
        ours=(*first, *([] if named else [default]), *rest),
        pywikibot=tuple(pywikibot),
    )


def _single_dash(argument: str) -> bool:
    return len(argument) > 2 and argument.startswith("-") and not argument.startswith("--")


def _known(argument: str) -> str:
    name, colon, _ = argument.partition(":")
    if name + colon in PYWIKIBOT_OPTIONS:
        return argument
    raise click.UsageError(
        f"no such option: {name}. Wikiherald's own options have two dashes (--{name.lstrip('-')}?); of "
        "Pywikibot's it takes " + ", ".join(sorted(PYWIKIBOT_OPTIONS)) + " and -simulate."
    )
