"""The gate for pictures, and what is said of those that pass it.

The rules are of the gate's kind (bot/decide/gate.py). They judge by what the wiki says of the files; what it
does not say is never taken for a yes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.decide import licences
from bot.decide.gate import Verdict
from bot.model import AltText

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.decide.gate import Surroundings
    from bot.model import Item, Media, Picture, PictureRules, Rights

# Of the original, from which the wiki makes what is fetched: more is no picture for a post, but a trap or an
# archive's scan.
MOST_BYTES = 100 * 2**20
MOST_PIXELS = 100_000_000
LONGEST_CREDIT = 150  # characters; a longer one would leave no room for the news


def pictures_usable(item: Item, around: Surroundings) -> Verdict | None:
    """Hold an item with a file that is missing, is no picture, or is far too large."""
    for media in _shown(item):
        picture = around.pictures.get(media.file)
        wrong = "is not known: the wiki did not tell" if picture is None else _unusable(picture)
        if wrong:
            return Verdict(reason=f"its picture {media.file} {wrong}")
    return None


def pictures_described(item: Item, around: Surroundings) -> Verdict | None:
    """Hold a picture without alt text: those who cannot see it are readers too."""
    if around.gate.pictures.alt_text is AltText.WARN:
        return None
    missing = undescribed(item)
    if missing is None:
        return None
    return Verdict(reason=f"its picture {missing} has no alt text: add alt=... to its link or as a directive")


def pictures_licensed(item: Item, around: Surroundings) -> Verdict | None:
    """Hold a picture that may not be used, or of which that is not known; who writes files on disk knows."""
    if around.trusted_page:
        return None
    for media in _shown(item):
        picture = around.pictures.get(media.file)
        wrong = (
            "has no licence that is known" if picture is None else _forbidden(picture, around.gate.pictures)
        )
        if wrong:
            return Verdict(reason=f"its picture {media.file} {wrong}")
    return None


PICTURE_RULES = (pictures_usable, pictures_described, pictures_licensed)


def undescribed(item: Item) -> str | None:
    """Return the first file of the item that neither the page nor the wiki describes, if there is one."""
    return next((media.file for media in _shown(item) if not media.alt and not media.caption), None)


def told(
    item: Item,
    pictures: Mapping[str, Picture],
    rules: PictureRules,
    *,
    languages: Sequence[str],
    trusted: bool = False,
) -> Item:
    """Return the item with what is known of its pictures: captions, and the credits that licences ask for.

    The caption is in the first of the ``languages`` that has one. What a ``trusted`` page shows needs none of
    the credits.
    """
    if not item.media:
        return item

    def of(media: Media) -> Media:
        picture = pictures.get(media.file)
        if picture is None:
            return media
        caption = next((picture.captions[one] for one in languages if picture.captions.get(one)), None)
        credit = None if trusted else _credit(picture, rules)
        return replace(media, caption=caption, credit=credit, sha1=picture.sha1 or None)

    return replace(item, media=tuple(map(of, item.media)))


def fallbacks(*languages: str | None) -> tuple[str, ...]:
    """Return the languages in which a caption is looked for: those, without their variants, then English."""
    wanted = [one.lower() for one in languages if one]
    return tuple(dict.fromkeys([code for one in wanted for code in (one, one.partition("-")[0])] + ["en"]))


def _shown(item: Item) -> tuple[Media, ...]:
    """Return the pictures that go out with an item: none where somebody's post is shared."""
    return item.media if item.directives.share is None else ()


def _unusable(picture: Picture) -> str | None:
    if picture.lack is not None:
        return picture.lack
    if picture.size > MOST_BYTES:
        most = MOST_BYTES // 2**20
        return f"has {picture.size / 2**20:,.0f} MB, and {most} are the most: use a smaller version"
    pixels = 0 if picture.drawing else picture.width * picture.height
    if pixels > MOST_PIXELS:
        most = MOST_PIXELS // 1_000_000
        return f"has {pixels / 1_000_000:,.0f} megapixels, and {most} are the most: use a smaller version"
    if picture.rights.deletion:
        return f"is to be deleted from the wiki: {picture.rights.deletion}"
    return None


def _forbidden(picture: Picture, rules: PictureRules) -> str | None:
    rights = picture.rights
    if licences.is_non_free(rights):
        return "is not free (fair use, say), and cannot be published elsewhere: choose another"
    if doubts := licences.doubt(rights):
        return f"{doubts}: mend its description, or choose another"
    licence = licences.chosen(rights, rules.licences)
    if licence is None:
        accepted = ", ".join(sorted(rules.licences))
        return f"{_standing(picture)}; published here is what is under {accepted}: choose another"
    return _uncredited(rights, licence) if licence.credit else None


def _uncredited(rights: Rights, licence: licences.Licence) -> str | None:
    line = licences.credit(rights, licence)
    if line is None:
        return "must be published with its author's name, and its description names nobody: mend that"
    if len(line) > LONGEST_CREDIT:
        return f"must be published with a credit of {len(line)} characters, which is too long: choose another"
    return None


def _standing(picture: Picture) -> str:
    found = licences.licences(picture.rights)
    if not found:
        return "has no licence that a program can read in its description"
    return f"is under {' or '.join(licence.name for licence in found)}"


def _credit(picture: Picture, rules: PictureRules) -> str | None:
    licence = licences.chosen(picture.rights, rules.licences)
    return licences.credit(picture.rights, licence) if licence is not None and licence.credit else None
