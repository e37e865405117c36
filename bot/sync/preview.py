"""How each item would look on each channel, whether it is due or not; composed as a run composes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.compose.post import compose
from bot.decide.actions import DECISIONS, Edit, Publish, Retract, Share, Wait, reason_of
from bot.decide.plan import plan
from bot.decide.sharing import elsewhere
from bot.errors import ChannelError
from bot.model import Status
from bot.report.values import Preview
from bot.sync.look import look
from bot.sync.purse import FREE

if TYPE_CHECKING:
    from decimal import Decimal

    from bot.decide.actions import Action
    from bot.decide.gate import Verdict
    from bot.model import Item, Post, Trouble
    from bot.sync.herald import Herald


def preview_all(herald: Herald) -> tuple[list[Preview], list[Trouble]]:
    """Compose every item for every channel that it is meant for.

    The note says what the next run would do with it, and why, where that is not to publish it.
    """
    looked = look(herald, force=True, every_picture=True)
    herald = looked.herald
    views = [reading.view for reading in looked.readings]
    actions = plan(views, herald.followers, looked.around)
    decided = {(action.place.page, action.place.item, action.place.channel): action for action in actions}
    followers = {follower.name: follower for follower in herald.followers}
    previews = []
    for view in views:
        for item in view.items:
            for name in herald.channels:
                network = herald.channel_config(name).network
                wanted = item.directives.channels
                if wanted is not None and name not in wanted and network not in wanted:
                    continue
                action = decided[view.title, item.key, name]
                said = item if isinstance(action, Retract) or action.item is None else action.item
                shares = said.directives.share
                post, failure = (None, "") if shares else _composed(herald, said, name)
                if elsewhere(said, followers[name]):
                    shares = None
                previews.append(
                    Preview(
                        page=view.title,
                        item=said,
                        channel=name,
                        network=network,
                        post=post,
                        note=failure or _note(herald, action),
                        cost=_price(herald, name, post, shares),
                        shares=shares,
                    )
                )
    return previews, list(looked.troubles)


def unaffordable(herald: Herald, action: Action) -> Verdict | None:
    """Return why the month's budget has no room for what is missing of an item that could go out."""
    purse = herald.purse(action.place.channel)
    if isinstance(action, Share):
        return purse.objection(purse.sharing)
    if not isinstance(action, Publish) or not purse.has_budget:
        return None
    post, _ = _composed(herald, action.item, action.place.channel)
    if post is None:
        return None
    sent = {row.part for row in action.place.rows if row.status is Status.SENT}
    missing = [cost for number, cost in enumerate(purse.costs(post)) if number not in sent]
    return purse.objection(sum(missing, FREE))


def _note(herald: Herald, action: Action) -> str:
    if refused := unaffordable(herald, action):
        return f"{DECISIONS[Wait]}: {refused.reason}"
    return (
        ""
        if isinstance(action, Publish | Share | Edit)
        else f"{DECISIONS[type(action)]}: {reason_of(action)}"
    )


def _price(herald: Herald, channel: str, post: Post | None, shares: str | None) -> Decimal | None:
    purse = herald.purse(channel)
    if shares is not None and purse.has_budget:
        return purse.sharing
    return sum(purse.costs(post), FREE) if post is not None and purse.has_budget else None


def _composed(herald: Herald, item: Item, channel: str) -> tuple[Post | None, str]:
    config = herald.channel_config(channel)
    try:
        limits = herald.channels[channel].limits()
        post = compose(item, channel=channel, network=config.network, style=config.style, limits=limits)
    except ChannelError as error:
        return None, str(error)
    return post, ""
