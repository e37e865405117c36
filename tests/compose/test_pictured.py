from __future__ import annotations

from pathlib import Path

import pytest

from bot.compose.marked import Marked
from bot.compose.pictured import without_pointers

SAMPLES = Path(__file__).parents[2].parent / "shared" / "samples" / "pages"


def without(text: str) -> str:
    return without_pointers(Marked(text=text)).text


@pytest.mark.parametrize(
    "pointer",
    [
        "(pictured)", "(Pictured)", "(pictured left)", "(pictured, right)", "(flag pictured)",
        "( pictured )", "(satellite image pictured)", "(im Bild)", "(Bild)", "(im Bild links)", "(photo)",
        "(photo à gauche)", "(foto)", "(en la imagen)", "(nella foto)", "(na foto)", "(op de foto)",
        "(на фото)", "(на фото слева)", "(사진)", "(bildet)", "(på bildet)", "(bilden)", "(na zdjęciu)",
        "(kuvassa)", "(בתמונה)", "(na slici)", "(на слици)", "(na obrázku)", "(képünkön)", "(في الصورة)",
        "(写真)", "(resimde)",
        "（图）", "（写真）",  # noqa: RUF001 - wide brackets are what is tested
    ],
)  # fmt: skip
def test_a_pointer_goes_with_the_space_in_front_of_it(pointer: str) -> None:
    assert without(f"The probe {pointer} lands.") == "The probe lands."
    assert without(f"The probe {pointer}, lands.") == "The probe, lands."
    assert without(f"The probe {pointer}lands.") == "The probe lands."
    assert without(f"It lands {pointer}.") == "It lands."


@pytest.mark.parametrize(
    "text",
    [
        "The photo (by Ann) won.",
        "The pictured man spoke.",
        "Bild (newspaper) reports.",
        "It (a photograph of the moon) sold.",
        "An imagination (imagination) runs.",
        "(pictured",
    ],
)
def test_other_brackets_stay(text: str) -> None:
    assert without(text) == text


def test_a_pointer_between_characters_without_spaces_leaves_none() -> None:
    assert without("探査機（写真）が着陸") == "探査機が着陸"  # noqa: RUF001 - wide brackets


@pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"the sample pages are not there: {SAMPLES}")
@pytest.mark.parametrize(
    ("page", "before", "after"),
    [
        ("wikipedia-en-2018-03-21-831580901", "(pictured)", ""),
        ("wikipedia-fr-2021-03-04-180531600", "(photo)", ""),
        ("wikipedia-ko-2021-03-04-28904245", "(사진)", ""),
        ("wikipedia-no-2021-03-04-21293374", "(bildet)", "(bilde er ikke påbudt)"),
        ("wikipedia-pl-2021-03-03-62514586", "(na zdjęciu)", ""),
        ("wikipedia-ru-2018-03-20-91625122", "(на фото)", ""),
    ],
)
def test_the_pointers_of_real_pages_are_found(page: str, before: str, after: str) -> None:
    wikitext = (SAMPLES / f"{page}.wikitext").read_text(encoding="utf-8").replace("''", "")
    result = without(wikitext)
    assert before in wikitext
    assert before not in result
    assert after in result
