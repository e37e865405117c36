from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bot.cli import main

if TYPE_CHECKING:
    from pathlib import Path


def parsed(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    with pytest.raises(SystemExit) as ended:
        main(["parse", "--json", *words])
    assert ended.value.code == 0
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "nyheter.wikitext"
    path.write_text(
        "* 3. mai 2026: [[Isfjell]] løsner. [[Fil:Is.jpg|130px|alt=Et isfjell]]\n"
        "* 2. mai 2026: [[Åpning]] av brua.\n",
        encoding="utf-8",
    )
    return path


def test_a_file_is_read_in_the_language_that_is_named(capsys: pytest.CaptureFixture[str], page: Path) -> None:
    shape = parsed(capsys, "--file", str(page), "--language", "no")
    assert [item["date"] for item in shape["items"]] == ["2026-05-03", "2026-05-02"]
    assert shape["items"][0]["text"] == "Isfjell løsner."
    assert shape["items"][0]["media"] == [{"file": "Is.jpg", "alt": "Et isfjell"}]


def test_internal_links_lead_where_the_article_path_says(
    capsys: pytest.CaptureFixture[str], page: Path
) -> None:
    shape = parsed(
        capsys, "--file", str(page), "--language", "no", "--article-path", "https://wiki.example/wiki/$1"
    )
    assert shape["items"][1]["main_link"] == "https://wiki.example/wiki/%C3%85pning"


def test_a_configured_page_is_read_as_configured(
    capsys: pytest.CaptureFixture[str], page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(page.parent)
    (page.parent / "news.toml").write_text(
        '[[pages]]\nfile = "nyheter.wikitext"\nlanguage = "no"\n'
        '[[channels]]\nname = "feed"\nnetwork = "feed"\npath = "public"\n',
        encoding="utf-8",
    )
    assert len(parsed(capsys)["items"]) == 2
    assert len(parsed(capsys, "nyheter.wikitext")["items"]) == 2
