"""The line that names the authors of a post's pictures and their licences, where those ask for it.

"Image: Jane Doe, CC BY-SA 4.0": who, and under which licence, as Creative Commons recommends, for where there
is little room and a link would be taken for the news. https://wiki.creativecommons.org/wiki/Recommended_practices_for_attribution
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from bot.compose.defuse import defuse
from bot.compose.marked import Marked
from bot.compose.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.model import Media

# What a picture is called, be it a photograph or a drawing.
_WORDS = {
    "ar": "الصورة",
    "ca": "Imatge",
    "cs": "Obrázek",
    "da": "Billede",
    "de": "Bild",
    "el": "Εικόνα",
    "en": "Image",
    "eo": "Bildo",
    "es": "Imagen",
    "fa": "تصویر",
    "fi": "Kuva",
    "fr": "Image",
    "he": "תמונה",
    "hi": "चित्र",
    "hu": "Kép",
    "id": "Gambar",
    "it": "Immagine",
    "ja": "画像",
    "ko": "그림",
    "nb": "Bilde",
    "nl": "Afbeelding",
    "no": "Bilde",
    "pl": "Obraz",
    "pt": "Imagem",
    "ro": "Imagine",
    "ru": "Изображение",
    "sv": "Bild",
    "th": "ภาพ",
    "tr": "Görsel",
    "uk": "Зображення",
    "vi": "Hình ảnh",
    "zh": "图片",
}
_SCHEME = regex.compile(r"https?://", regex.IGNORECASE)


def attribution(media: Iterable[Media], *, language: str | None, network: str) -> str:
    """Return the line for those pictures, ``""`` where none asks for one.

    Nothing in it is a mention or a tag, and a name that is an address is said without what makes it a link.
    """
    asked = dict.fromkeys(one.credit for one in media if one.credit)
    if not asked:
        return ""
    named = "; ".join(" ".join(_SCHEME.sub("", clean(one)).split()) for one in asked)
    word = _WORDS.get((language or "en").lower().partition("-")[0], _WORDS["en"])
    return defuse(Marked(text=f"{word}: {named}"), network, handles={}).text
