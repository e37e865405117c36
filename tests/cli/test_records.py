from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.cli import main

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """
[[pages]]
file = "news.wikitext"

[[channels]]
name = "feed"
network = "feed"
path = "public"
"""
TODAY = datetime.now(UTC).date()  # the clock is the real one, and what is older than max_age is passed over
PAGE = f"""
* '''{TODAY}''': News. <!-- herald: id=new -->
* '''{TODAY - timedelta(days=8)}''': Old news. <!-- herald: id=old -->
"""


def typed(folder: Path, *words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["--config", str(folder / "news.toml"), *words])
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "news.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "news.wikitext").write_text(PAGE, encoding="utf-8")
    assert typed(tmp_path, "sync", "--backfill", "1") == 0
    return tmp_path


def test_an_export_can_be_imported_once_the_ledger_is_gone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = folder / "kept.jsonl"
    assert typed(folder, "export", str(kept)) == 0
    assert typed(folder, "import", str(kept)) == 1
    assert "not empty" in capsys.readouterr().err
    (folder / "herald.sqlite").unlink()
    assert typed(folder, "import", str(kept)) == 0
    capsys.readouterr()
    assert typed(folder, "--json") == 0
    assert json.loads(capsys.readouterr().out)["posts"] == []


def test_an_export_goes_to_standard_output(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert typed(folder, "export") == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0]["format"] == "wikiherald ledger"
    assert lines[-1]["rows"] == len(lines) - 2


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"not an export\n"])
def test_what_cannot_be_imported_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    (tmp_path / "news.toml").write_text(CONFIG, encoding="utf-8")
    file = tmp_path / "kept.jsonl"
    if content is not None:
        file.write_bytes(content)
    assert typed(tmp_path, "import", str(file)) == 1
    assert capsys.readouterr().err.startswith("problem: ")


def test_explain_shows_the_way_of_an_item(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert typed(folder, "explain", "new", "--json") == 0
    (told,) = json.loads(capsys.readouterr().out)["channels"]
    assert [event["after"] for event in told["events"]] == ["pending", "sending", "sent"]
    assert typed(folder, "explain", "nothing") == 2


def test_a_lost_ledger_is_rebuilt_from_the_feed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert typed(folder, "rebuild") == 2
    (folder / "herald.sqlite").unlink()
    capsys.readouterr()
    assert typed(folder, "rebuild", "--json") == 0
    told = {post["item"]: post["url"] for post in json.loads(capsys.readouterr().out)["posts"]}
    assert told["old"] is None
    assert set(told) == {"new", "old"}
    assert typed(folder, "--json") == 0
    assert json.loads(capsys.readouterr().out)["posts"] == []


def test_a_person_settles_a_delivery(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert typed(folder, "resolve", "old", "feed", "--retry") == 0
    capsys.readouterr()
    assert typed(folder, "--json") == 0
    assert [post["item"] for post in json.loads(capsys.readouterr().out)["posts"]] == ["old"]
    assert typed(folder, "resolve", "old", "feed", "--retry") == 2
    assert typed(folder, "resolve", "old", "feed") == 2
    assert typed(folder, "resolve", "old", "nowhere", "--skip") == 2
