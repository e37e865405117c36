"""Being told what needs a person, as the commands do it, by a service on loopback."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from bot.cli.alerting import telling_of_a_break
from bot.cli.wiring import Settings
from bot.errors import ConfigError, LedgerLocked, PageError
from bot.ledger import open_ledger
from bot.report.terminal import Terminal
from tests.alerts import hook as hooks
from tests.channels.runs import typed
from tests.report import schemas
from tests.servers.process import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.alerts.hook import Hook

PASSWORD = "s3kr1t-wort"
CONFIG = """
[[pages]]
file = "news.wikitext"

[gate]
max_new_items = 1

[alerts]
urls_env = "ALERT_URLS"
after = "0s"

[[channels]]
name = "feed"
network = "feed"
path = "public"
"""
TODAY = datetime.now(UTC).date().isoformat()


@pytest.fixture(scope="module")
def server() -> Iterator[Hook]:
    with hooks.serve() as hook:
        yield hook


class Operator:
    """A folder with a configuration, and what is told by whom."""

    def __init__(
        self, folder: Path, hook: Hook, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch
    ) -> None:
        self.folder, self.hook = folder, hook
        self._capsys, self._patch = capsys, patch
        (folder / "news.toml").write_text(CONFIG, encoding="utf-8")
        self.items("Old")
        self.addresses(hook.address(user=f"bot:{PASSWORD}@"))

    def addresses(self, *urls: str) -> None:
        self._patch.setenv("ALERT_URLS", "\n".join(urls))

    def items(self, *texts: str) -> None:
        lines = [f"* '''{TODAY}''': [[{text}]] is out.\n" for text in texts]
        (self.folder / "news.wikitext").write_text("".join(lines), encoding="utf-8")

    def type(self, *words: str) -> tuple[int, str]:
        """Return how a command ended and all it said, in which there is never a secret."""
        self._capsys.readouterr()
        code = typed(self.folder, *words)
        said = self._capsys.readouterr()
        assert PASSWORD not in said.out + said.err
        assert "Traceback" not in said.err
        return code, said.out + said.err

    def json(self, *words: str) -> tuple[int, Any]:
        self._capsys.readouterr()
        code = typed(self.folder, "--json", *words)
        return code, json.loads(self._capsys.readouterr().out)

    @property
    def told(self) -> list[str]:
        return [message["title"] for message in self.hook.messages]


@pytest.fixture
def operator(
    tmp_path: Path, server: Hook, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Operator:
    server.messages.clear()
    server.status = 200
    made = Operator(tmp_path, server, capsys, monkeypatch)
    assert made.type("sync")[0] == 0
    return made


def test_a_brake_is_told_once_and_once_when_it_is_over(operator: Operator) -> None:
    operator.items("Old", "One", "Two")
    code, said = operator.type("sync")
    assert code == 3
    assert "alert      too many new items at once (told by json)" in said
    assert operator.type("sync")[0] == 3
    assert operator.told == ["Wikiherald: too many new items at once"]
    code, said = operator.type("sync", "--force")
    assert code == 0
    assert "alert      over: too many new items at once (told by json)" in said
    operator.type("sync")
    assert operator.told[1:] == ["Wikiherald: over: too many new items at once"]
    assert "news.wikitext" in operator.hook.messages[0]["message"]


def test_json_says_what_was_told(operator: Operator) -> None:
    operator.items("Old", "One", "Two")
    _, shape = operator.json("sync")
    schemas.check(shape, schemas.SYNC)
    (alert,) = shape["alerts"]["told"]
    assert (alert["key"], alert["kind"], alert["messengers"]) == ("refused:flood:", "brake", ["json"])
    _, shape = operator.json("sync", "--force")
    schemas.check(shape, schemas.SYNC)
    assert [alert["key"] for alert in shape["alerts"]["over"]] == ["refused:flood:"]
    assert shape["alerts"]["told"] == []


def test_a_simulation_shows_what_would_be_told_and_tells_nobody(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator.items("Old", "One", "Two")
    for _ in range(2):
        code, said = operator.type("--simulate", "sync")
        assert code == 3
        assert "too many new items at once (would be told by json)" in said
    monkeypatch.delenv("ALERT_URLS")
    _, said = operator.type("--simulate", "sync")
    assert "(would be told by alerts)" in said
    assert operator.told == []


def test_an_alert_that_cannot_be_delivered_is_a_warning_and_comes_later(operator: Operator) -> None:
    operator.hook.status = 503
    (operator.folder / "news.toml").write_text(f"{CONFIG}expires = {TODAY}\n", encoding="utf-8")
    for words in (("-v", "sync"), ("sync",)):
        code, said = operator.type(*words)
        assert code == 0
        assert "warning    alerts: json: the service of the first address in ALERT_URLS did not take" in said
    operator.hook.status = 200
    operator.type("sync")
    operator.type("sync")
    assert operator.told == ["Wikiherald: the credentials of feed are about to expire, or have"]


def breaks(operator: Operator, error: Exception) -> None:
    settings = Settings(terminal=Terminal(), config_path=operator.folder / "news.toml")
    with pytest.raises(type(error)), telling_of_a_break(settings):
        raise error


def test_what_ends_a_run_before_there_is_a_report_is_told_once(operator: Operator) -> None:
    for _ in range(2):
        breaks(operator, PageError("the wiki cannot be reached"))
    breaks(operator, KeyError(PASSWORD))
    assert operator.told == ["Wikiherald: a run broke off"]
    assert "why: the wiki cannot be reached" in operator.hook.messages[0]["message"]
    operator.type("sync")
    assert operator.told[1:] == ["Wikiherald: over: a run broke off"]


def test_what_is_nobodys_trouble_or_says_not_whom_to_tell_is_not_told(operator: Operator) -> None:
    breaks(operator, LedgerLocked("another run is at work"))
    breaks(operator, ConfigError("nonsense"))
    (operator.folder / "news.toml").write_text("nonsense = 1", encoding="utf-8")
    breaks(operator, PageError("the wiki cannot be reached"))
    assert operator.told == []


def test_a_ledger_that_cannot_be_used_keeps_it_from_being_told_and_that_is_said(operator: Operator) -> None:
    (operator.folder / "herald.sqlite").write_text("no database", encoding="utf-8")
    code, said = operator.type("sync")
    assert code == 1
    assert "warning: alerts: nobody could be told of what follows" in said
    assert operator.told == []


def test_while_another_run_is_at_work_nobody_is_told(operator: Operator) -> None:
    with open_ledger(f"sqlite:///{operator.folder / 'herald.sqlite'}") as ledger, ledger.lock():
        assert operator.type("sync")[0] == 75
    assert operator.told == []


def test_check_says_whom_it_would_tell_and_what_is_wrong(operator: Operator) -> None:
    code, said = operator.type("check")
    assert code == 0
    assert "ok         alerts: 1 address (json)" in said
    operator.addresses(
        operator.hook.address(), f"mailtos://bot:{PASSWORD}@mail.example?to=a@b.example", f"no://{PASSWORD}"
    )
    code, said = operator.type("-v", "check")
    assert code == 1
    assert "alerts: 3 addresses (json, mailtos, no)" in said
    assert "bad        alerts: the third address in ALERT_URLS is not one that apprise understands" in said
    operator.addresses("")
    code, said = operator.type("check")
    assert code == 1
    assert "bad        alerts: no address" in said
    assert operator.told == []


def test_check_sends_a_test_when_it_is_asked_to(operator: Operator) -> None:
    away = f"json://bot:{PASSWORD}@127.0.0.1:{free_port()}"
    operator.addresses(operator.hook.address(), away)
    code, said = operator.type("check", "--alert")
    assert code == 1
    assert "ok         alerts: json has taken a test" in said
    assert (
        "bad        alerts: json 2: the service of the second address in ALERT_URLS did not take it" in said
    )
    assert operator.told == ["Wikiherald: a test"]
    operator.type("--simulate", "check", "--alert")
    assert operator.told == ["Wikiherald: a test"]


def test_check_has_nobody_to_test_where_nobody_is_named(operator: Operator) -> None:
    config = CONFIG.replace('[alerts]\nurls_env = "ALERT_URLS"\nafter = "0s"\n', "")
    (operator.folder / "news.toml").write_text(config, encoding="utf-8")
    assert "alerts" not in operator.type("check")[1]
    code, said = operator.type("check", "--alert")
    assert code == 1
    assert "bad        alerts: there is nobody to tell" in said


@pytest.mark.parametrize("words", [("sync",), ("status",), ("--simulate",)])
def test_an_address_that_is_none_is_named_by_its_place(operator: Operator, words: tuple[str, ...]) -> None:
    operator.addresses(operator.hook.address(), PASSWORD)
    code, said = operator.type(*words)
    assert code == (2 if words == ("sync",) else 0)
    assert "urls_env: the second address in ALERT_URLS does not begin with a service" in said
