"""What the wikis say of the pictures that items show, asked for before anything is decided of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.decide.pictures import fallbacks, told, undescribed
from bot.decide.plan import pictured
from bot.errors import PageError
from bot.model import AltText, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from bot.decide.views import Circumstances, View
    from bot.model import Follower, Item, Picture, Translation
    from bot.sync.refused import RefusedFiles
    from bot.wiki.base import Source


def with_pictures(
    view: View,
    source: Source,
    followers: Sequence[Follower],
    around: Circumstances,
    *,
    refused: RefusedFiles,
    every: bool,
) -> tuple[View, list[Trouble]]:
    """Return the view with what is known of its pictures: of ``every`` item, or of those that are not final.

    It costs a request for fifty files, and another or two where they have captions; nothing where no item
    with a picture may still be published or edited. What cannot be told is a trouble, and holds the items.
    """
    items = view.items if every else _waiting(view, followers, around)
    files = tuple(dict.fromkeys(media.file for item in items for media in item.media))
    if not files:
        return view, []
    spoken = {item.language for item in items} | {follower.language for follower in followers}
    languages = fallbacks(*sorted(language for language in spoken if language), view.site.language)
    try:
        known = source.pictures(files, languages)
    except PageError as error:
        message = f"it is not known whether its pictures may be published: {error}"
        return view, [Trouble(message=message, page=view.title, failure=True)]
    known = {file: _as_it_was_found(picture, refused) for file, picture in known.items()}

    def telling(item: Item) -> Item:
        wanted = fallbacks(item.language, view.site.language)
        return told(item, known, around.gate.pictures, languages=wanted, trusted=view.trusted)

    seen = replace(
        view,
        items=tuple(map(telling, view.items)),
        translations={key: _retold(languages, telling) for key, languages in view.translations.items()},
        pictures=known,
    )
    if around.gate.pictures.alt_text is not AltText.WARN:
        return seen, []
    return seen, _warnings(seen, {item.key for item in items})


def _waiting(view: View, followers: Sequence[Follower], around: Circumstances) -> Sequence[Item]:
    wanted = pictured(view, followers, around)
    return [item for item in view.items if item.key in wanted]


def _as_it_was_found(picture: Picture, refused: RefusedFiles) -> Picture:
    """Return the picture with what was wrong with this very version of it when it was fetched."""
    wrong = refused.reason(picture.sha1)
    return replace(picture, lack=wrong) if wrong and picture.lack is None else picture


def _retold(
    translations: Mapping[str, Translation], telling: Callable[[Item], Item]
) -> Mapping[str, Translation]:
    return {
        language: replace(one, item=telling(one.item)) if one.item is not None else one
        for language, one in translations.items()
    }


def _warnings(view: View, keys: Collection[str]) -> list[Trouble]:
    """Tell of pictures that go out without anybody having described them."""
    return [
        Trouble(
            message=f"the picture {file} has no alt text: add alt=... to its link",
            page=view.title,
            line=item.line,
        )
        for item in view.items
        if item.key in keys and (file := undescribed(item)) is not None
    ]
