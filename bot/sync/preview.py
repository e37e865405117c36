"""How each item would look on each channel, whether it is due or not; composed as a run composes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.compose.post import compose
from bot.decide.gate import Surroundings, verdict
from bot.errors import ChannelError
from bot.report.values import Preview
from bot.sync.read import groups_of_authors, read_all

if TYPE_CHECKING:
    from bot.model import Item, Post, Trouble
    from bot.sync.herald import Herald


def preview_all(herald: Herald) -> tuple[list[Preview], list[Trouble]]:
    """Compose every item for every channel that it is meant for; with a note where the gate would hold it."""
    readings, troubles = read_all(herald)
    now = herald.clock()
    groups, problems = groups_of_authors(readings, herald.config.gate, now)
    troubles += problems
    previews = []
    for reading in readings:
        around = Surroundings(
            gate=herald.config.gate, now=now, trusted_page=reading.view.trusted, groups=groups
        )
        for item in reading.view.items:
            objection = verdict(item, around)
            for name in herald.channels:
                network = herald.channel_config(name).network
                wanted = item.directives.channels
                if wanted is not None and name not in wanted and network not in wanted:
                    continue
                post, note = _composed(herald, item, name)
                if objection is not None:
                    note = f"held: {objection.reason}"
                previews.append(
                    Preview(
                        page=reading.view.title,
                        item=item,
                        channel=name,
                        network=network,
                        post=post,
                        note=note,
                    )
                )
    return previews, troubles


def _composed(herald: Herald, item: Item, channel: str) -> tuple[Post | None, str]:
    config = herald.channel_config(channel)
    try:
        limits = herald.channels[channel].limits()
        post = compose(item, channel=channel, network=config.network, style=config.style, limits=limits)
    except ChannelError as error:
        return None, str(error)
    return post, ""
