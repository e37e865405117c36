"""What the status page is in two languages: ``./run golden`` writes it anew."""

from __future__ import annotations

from pathlib import Path

from bot.report.labels import Labels
from bot.report.wiki import status_page
from tests.report import examples

FOLDER = Path(__file__).parent / "golden"
LANGUAGES = ("en", "he")


def golden(language: str) -> str:
    """Return the example's wikitext."""
    return status_page(examples.status_page(), Labels(language)) + "\n"


def write() -> None:
    """Write all files anew."""
    FOLDER.mkdir(exist_ok=True)
    for language in LANGUAGES:
        (FOLDER / f"status.{language}.wikitext").write_text(golden(language), encoding="utf-8")


if __name__ == "__main__":
    write()
