"""What a person should do next about a delivery: the very command."""

from __future__ import annotations

import shlex

from bot.model import Status


def resolve_command(item: str, channel: str) -> str:
    """Return the command by which a person settles a delivery, but for what it says of it."""
    return f"wikiherald resolve {shlex.quote(item)} {shlex.quote(channel)}"


def next_step(item: str, channel: str, status: Status) -> str | None:
    """Return what to do about a delivery, ``None`` where there is nothing to do."""
    command = resolve_command(item, channel)
    match status:
        case Status.IN_DOUBT:
            return f"look at the channel. If it is there: {command} --sent URL; if not: --retry or --skip"
        case Status.FAILED:
            return f"mend the cause, then: {command} --retry; or let it go: --skip"
        case Status.SENDING:
            return "it may be public: the next run looks for it before anything is sent again"
        case _:
            return None
