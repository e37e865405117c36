"""Pointers to a picture, like "(pictured)", which say nothing where no picture goes with the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

if TYPE_CHECKING:
    from bot.compose.marked import Marked

# As the main pages of Wikipedia in these languages write it.
_POINTERS = {
    "ar": ("في الصورة", "الصورة", "صورة"),
    "bg": ("на снимката", "на изображението"),
    "ca": ("a la imatge", "a la foto", "imatge"),
    "cs": ("na obrázku", "na snímku", "na fotografii"),
    "da": ("billedet", "på billedet", "billede", "afbildet"),
    "de": ("im Bild", "Bild", "siehe Bild", "abgebildet", "auf dem Bild", "Foto", "im Foto"),
    "el": ("φωτογραφία", "στη φωτογραφία", "εικόνα", "στην εικόνα"),
    "en": ("in picture", "in the picture", "picture", "photo", "image", "shown", "depicted", "illustrated"),
    "eo": ("surbilde", "bildo"),
    "es": ("en la imagen", "imagen", "en la foto", "foto", "en la fotografía"),
    "et": ("pildil",),
    "eu": ("irudian", "argazkian"),
    "fa": ("در تصویر", "تصویر", "در عکس"),
    "fi": ("kuvassa", "kuva"),
    "fr": ("photo", "en photo", "sur la photo", "image", "illustration", "ci-contre", "notre photo"),
    "he": ("בתמונה", "תמונה", "באיור"),
    "hi": ("चित्र में", "चित्रित", "चित्र"),
    "hu": ("képünkön", "a képen", "képen"),
    "id": ("gambar", "pada gambar", "dalam gambar"),
    "it": ("nella foto", "in foto", "foto", "nell'immagine", "immagine"),
    "ja": ("写真", "画像", "図"),
    "ko": ("사진", "그림"),
    "lt": ("nuotraukoje", "paveikslėlyje"),
    "lv": ("attēlā",),
    "nl": ("afgebeeld", "op de foto", "zie foto", "afbeelding"),
    "no": ("bildet", "på bildet", "bilde", "avbildet", "biletet", "på biletet", "avbilda"),
    "pl": ("na zdjęciu", "na ilustracji", "na obrazie", "zdjęcie"),
    "pt": ("na foto", "na imagem", "imagem", "foto"),
    "ro": ("în imagine", "imagine", "fotografie", "foto"),
    "ru": ("на фото", "на фотографии", "на иллюстрации", "на илл.", "на снимке", "на изображении"),
    "sh": ("na slici", "na fotografiji", "на слици", "на фотографији"),
    "sk": ("na obrázku", "na fotografii", "na snímke"),
    "sl": ("na sliki",),
    "sv": ("bilden", "på bilden", "bild", "avbildad"),
    "th": ("ในภาพ", "ภาพ"),
    "tr": ("resimde", "fotoğrafta", "görselde", "resim"),
    "uk": ("на фото", "на світлині", "на зображенні", "на ілюстрації"),
    "vi": ("hình", "ảnh", "trong hình", "trong ảnh"),
    "zh": ("图", "圖", "图片", "圖片", "如图", "如圖", "见图", "見圖"),
}
_SIDES = (
    "left", "right", "above", "below", "top", "bottom", "centre", "center",
    "links", "rechts", "oben", "unten", "mitte", "à gauche", "à droite", "ci-contre", "слева", "справа",
    "a la izquierda", "a la derecha", "a sinistra", "a destra", "til venstre", "til høyre", "till vänster",
    "till höger", "po lewej", "po prawej",
)  # fmt: skip
_OPENING, _CLOSING = "(\N{FULLWIDTH LEFT PARENTHESIS}", ")\N{FULLWIDTH RIGHT PARENTHESIS}"
_PHRASES = "|".join(
    regex.escape(phrase)
    for phrase in sorted({phrase for phrases in _POINTERS.values() for phrase in phrases})
)
# English also names what it shows: "(flag pictured)", "(spacecraft pictured, left)".
_POINTER = regex.compile(
    rf"""
    (?P<before> (?<!\s) \s*+ ) [{_OPENING}] \s*
    (?: (?: [^{_OPENING}{_CLOSING}]{{1,60}} \s )? pictured | {_PHRASES} )
    (?: ,? \s (?: {"|".join(map(regex.escape, _SIDES))} ) )?
    \s* [{_CLOSING}] (?P<after> \w? )
    """,
    regex.VERBOSE | regex.IGNORECASE,
)


def without_pointers(text: Marked) -> Marked:
    """Return ``text`` without its pointers to a picture and the white space in front of them."""
    return text.sub(_POINTER, _closed)


def _closed(match: regex.Match[str]) -> str:
    """Return what keeps the words around a pointer apart, where white space did."""
    return f" {match['after']}" if match["before"] and match["after"] else match["after"]
