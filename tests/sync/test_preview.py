from __future__ import annotations

from typing import TYPE_CHECKING

from bot.ledger.opening import open_ledger
from bot.sync.preview import preview_all
from tests.sync.conftest import OLD

if TYPE_CHECKING:
    from tests.sync.world import World

NEW = "'''2026-11-18''': [[MediaWiki 1.46]] is out. <!-- herald: id=new -->"


def notes(world: World) -> dict[tuple[str, str], str]:
    with open_ledger(world.config().ledger_url) as ledger:
        previews, _ = preview_all(world.herald(ledger))
    return {(preview.item.key, preview.channel): preview.note for preview in previews}


def test_what_would_go_out_has_no_note_and_the_rest_says_why_not(followed: World) -> None:
    followed.page(NEW, OLD)
    assert notes(followed) == {
        ("new", "mastodon"): "",
        (
            "old",
            "mastodon",
        ): "nothing to do: adopted: stood on the page before this channel began to follow it",
    }
    followed.run()
    assert notes(followed)["new", "mastodon"] == "nothing to do: already sent"


def test_what_settles_says_until_when(followed: World) -> None:
    followed.page(NEW, OLD, user="Stranger")
    assert notes(followed)["new", "mastodon"].startswith("hold: settling on the page until")


def test_on_a_page_never_seen_it_says_that_all_would_be_adopted(world: World) -> None:
    world.page(NEW, OLD)
    assert {note.partition(":")[0] for note in notes(world).values()} == {"adopt"}


def test_the_text_is_what_a_run_sends(followed: World) -> None:
    followed.page(NEW, OLD)
    with open_ledger(followed.config().ledger_url) as ledger:
        previews, _ = preview_all(followed.herald(ledger))
    shown = next(preview.post for preview in previews if preview.item.key == "new")
    followed.run()
    assert shown is not None
    assert [part.text for part in shown.parts] == [post.text for post in followed.channel.posts]


def test_an_item_is_not_shown_where_it_is_not_meant_for(followed: World) -> None:
    followed.add_channel("other")
    followed.page(NEW.replace("id=new", "id=new; channels=other"), OLD)
    assert {channel for item, channel in notes(followed) if item == "new"} == {"other"}
