"""How many items begin to go out in a day; the pace of one channel is in test_plan.py."""

from __future__ import annotations

from bot.decide.actions import Place, Publish, Skip, Wait
from bot.decide.pace import rationed
from tests.builders import PAGE, SITE, an_item

A, B, C = (an_item(key, key) for key in ("a", "b", "c"))


def place(key: str, channel: str) -> Place:
    return Place(site=SITE.name, page=PAGE, item=key, channel=channel, rows=())


def publishing(*keys: str, channels: tuple[str, ...] = ("wall", "birds")) -> list[Publish]:
    items = {"a": A, "b": B, "c": C}
    return [Publish(place=place(key, channel), item=items[key]) for key in keys for channel in channels]


def out(*keys: str) -> frozenset[tuple[str, str, str]]:
    return frozenset((SITE.name, PAGE, key) for key in keys)


def going(most: int | None, *keys: str, before: tuple[str, ...] = ()) -> list[str]:
    actions = rationed(publishing(*keys), most, out(*before))
    assert len(actions) == 2 * len(keys)
    waiting = {action.place.item for action in actions if isinstance(action, Wait)}
    gone = [action.place.item for action in actions if isinstance(action, Publish)]
    assert waiting.isdisjoint(gone)
    return list(dict.fromkeys(gone))


def test_without_a_number_all_go_out() -> None:
    assert going(None, "a", "b", "c") == ["a", "b", "c"]


def test_an_item_counts_once_on_however_many_channels() -> None:
    assert going(2, "a", "b", "c") == ["a", "b"]


def test_what_went_out_before_counts_and_goes_on() -> None:
    assert going(2, "a", "b", "c", before=("x",)) == ["a"]
    assert going(2, "a", "b", "c", before=("x", "c")) == ["c"]
    assert going(1, "a", before=("x", "y")) == []


def test_none_at_all_may_be_wanted() -> None:
    assert going(0, "a") == []


def test_the_reason_names_the_key() -> None:
    (first, *_) = rationed(publishing("a"), 0, out())
    assert isinstance(first, Wait)
    assert first.reason == "0 items went out in 24 hours, as many as gate.max_items_per_day allows"
    assert first.item is A


def test_what_publishes_nothing_is_left_alone() -> None:
    skip = Skip(place=place("b", "wall"), reason="already sent")
    actions = rationed([skip, *publishing("a")], 1, out())
    assert actions[0] is skip
    assert all(isinstance(action, Publish) for action in actions[1:])
