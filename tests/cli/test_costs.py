"""What networks charge and when credentials expire, as the commands tell it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from bot.cli import main
from bot.ledger import open_ledger

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """
[wiki]
contact = "https://example.org/bot"

[[pages]]
file = "news.wikitext"

[[channels]]
name = "feed"
network = "feed"
path = "public"
expires = {expires}

[[channels]]
name = "x"
network = "x"
budget = 3
"""


def typed(folder: Path, *words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["--config", str(folder / "news.toml"), *words])
    assert isinstance(ended.value.code, int)
    return ended.value.code


def configure(folder: Path, *, days: int) -> None:
    today = datetime.now(UTC).date()
    text = CONFIG.format(expires=(today + timedelta(days=days)).isoformat())
    (folder / "news.toml").write_text(text, encoding="utf-8")
    (folder / "news.wikitext").write_text(f"* '''{today}''': News.\n", encoding="utf-8")


def told(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_status_tells_what_is_spent_of_the_month(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(tmp_path, days=100)
    with open_ledger(f"sqlite:///{tmp_path / 'herald.sqlite'}") as ledger:
        ledger.spend_on_reading("x", Decimal("0.25"), now=datetime.now(UTC))
        ledger.spend_on_reading("x", Decimal("0.25"), now=datetime.now(UTC) - timedelta(days=32))
    assert typed(tmp_path, "--json", "status") == 0
    assert told(capsys)["costs"] == [
        {"channel": "x", "run": None, "month": 0.25, "budget": 3.0, "left": 2.75}
    ]


def test_a_simulation_tells_what_each_post_and_the_run_would_cost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(tmp_path, days=100)
    assert typed(tmp_path, "--json", "--simulate", "sync", "--channel", "x", "--backfill", "1") == 0
    shape = told(capsys)
    assert [post["cost"] for post in shape["posts"]] == [0.015]
    assert shape["costs"] == [{"channel": "x", "run": 0.015, "month": 0.015, "budget": 3.0, "left": 2.985}]
    assert typed(tmp_path, "--json", "status") == 0
    assert told(capsys)["costs"][0]["month"] == 0


@pytest.mark.parametrize(
    ("days", "verdict", "said"),
    [(100, "good", "are good until"), (3, "warning", "expire in 2 days"), (0, "warning", "expired on")],
)
def test_check_says_until_when_credentials_are_good(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], days: int, verdict: str, said: str
) -> None:
    configure(tmp_path, days=days)
    typed(tmp_path, "--json", "check")
    findings = told(capsys)["findings"]
    assert [finding["verdict"] for finding in findings if said in finding["message"]] == [verdict]
