"""What ``check`` says of a channel on each network, with good, missing, wrong and weak credentials."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.channels.base import NETWORKS, specs
from tests.channels.runs import NEWS, PAGE, typed
from tests.e2e.networks import KEEPING, SOLOISTS
from tests.fakes.bluesky_api import BlueskyApi
from tests.fakes.network import running
from tests.fakes.site import Page, Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from tests.e2e.networks import Actor
    from tests.fakes.network import FakeNetwork

# One for each network that has a server: the digest is a channel on one that is there already.
ACTORS = {actor.network: actor for actor in (KEEPING, *SOLOISTS) if actor.name != "digest"}


class Desk:
    """A maintainer's folder with a channel on one network, and what the commands say there."""

    def __init__(
        self, folder: Path, actor: Actor, network: Any, capsys: pytest.CaptureFixture[str], pictures: str
    ) -> None:
        self.folder, self.actor, self.network = folder, actor, network
        self._capsys, self._pictures = capsys, pictures
        news = NEWS.replace("Logo.png", actor.picture_name)
        (folder / "news.wikitext").write_text(news, encoding="utf-8")
        (folder / actor.picture_name).write_bytes(actor.picture)
        self.write()

    def write(self, more: str = "") -> None:
        configured = PAGE + f'pictures_url = "{self._pictures}"\n' + self.actor.lines(self.network.url) + more
        (self.folder / "news.toml").write_text(configured, encoding="utf-8")

    def type(self, *words: str) -> tuple[int, str]:
        """Return how a command ended, and all that it said."""
        self._capsys.readouterr()
        code = typed(self.folder, *words)
        said = self._capsys.readouterr()
        return code, said.out + said.err

    def check(self) -> tuple[int, dict[str, list[str]]]:
        """Return how ``check`` ended, and what it found about the channel, by verdict."""
        self._capsys.readouterr()
        code = typed(self.folder, "--json", "check")
        found: dict[str, list[str]] = {"good": [], "warning": [], "bad": []}
        for finding in json.loads(self._capsys.readouterr().out)["findings"]:
            if finding["subject"] == self.actor.name:
                found[finding["verdict"]].append(finding["message"])
        return code, found


@pytest.fixture(params=ACTORS)
def desk(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Desk]:
    actor = ACTORS[request.param]
    for name, value in actor.environment.items():
        monkeypatch.setenv(name, value)
    with running(actor.fake()) as network, Site() as site:
        site.pages[f"/{actor.picture_name}"] = Page(body=actor.picture, kind=actor.picture_type)
        yield Desk(tmp_path, actor, network, capsys, site.url)


def silent_about(secrets: Iterable[str], said: str) -> bool:
    return not any(secret in said for secret in secrets) and "Traceback" not in said


def test_every_network_with_a_server_is_tried() -> None:
    assert {*ACTORS, "feed"} == set(NETWORKS)


def test_good_credentials_show_the_account_the_limits_and_their_end(desk: Desk) -> None:
    code, found = desk.check()
    assert code == 0
    assert found["warning"] == found["bad"] == []
    account, *rest = found["good"]
    assert account.startswith(f"{desk.actor.network}: ")
    assert "a post, " in account or "posts of any length" in account
    assert "file" in account
    tells = specs()[desk.actor.network].capabilities.tells_expiry
    tells = tells and desk.actor.network != "instagram"  # which does so only of a token that it renews
    assert any(("are good until" if tells else "no known end") in note for note in rest)


def test_a_day_that_is_near_is_warned_of_by_check_and_by_every_run(desk: Desk) -> None:
    near = datetime.now(UTC).date() + timedelta(days=3)
    desk.write(f"expires = {near.isoformat()}\n")
    code, found = desk.check()
    assert code == 0
    assert any("expire in 2 days" in warning for warning in found["warning"])
    for _ in range(2):
        code, said = desk.type("sync")
        assert code == 0
        assert "expire in 2 days" in said


def test_credentials_that_are_missing_are_named_and_nobody_is_asked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in desk.actor.environment:
        monkeypatch.delenv(name)
    code, said = desk.type("check")
    assert code == 1
    assert all(name in said for name in desk.actor.environment)
    assert "no credentials" in said
    assert desk.network.requests == []
    code, said = desk.type("sync")
    assert code == 2
    assert all(name in said for name in desk.actor.environment)


@pytest.mark.parametrize("words", [("check",), ("-v", "check"), ("-v", "sync", "--backfill", "1")])
def test_wrong_credentials_are_told_without_them(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    wrong = {name: f"{value[:-4]}zzzz" for name, value in desk.actor.environment.items()}
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    code, said = desk.type(*words)
    assert code == 1
    assert desk.actor.name in said
    assert silent_about(wrong.values(), said)
    assert desk.network.visible() == []


@pytest.mark.parametrize("words", [("-v", "check"), ("-v", "sync", "--backfill", "1")])
def test_good_credentials_are_not_told_either(desk: Desk, words: tuple[str, ...]) -> None:
    code, said = desk.type(*words)
    assert code == 0
    assert silent_about(desk.actor.environment.values(), said)
    assert len(desk.network.visible()) == int("sync" in words)


def test_a_server_that_is_away_is_told(desk: Desk) -> None:
    with desk.network.offline():
        code, found = desk.check()
    assert code == 1
    (bad,) = found["bad"]
    assert "connection was refused" in bad


def _weaken_mastodon(network: Any) -> None:
    network.api.tokens["good-token"] = frozenset({"read"})


def _weaken_matrix(network: Any) -> None:
    network.api.state["m.room.power_levels"] = {"events_default": 50}


def _weaken_telegram(network: Any) -> None:
    network.api.member = {"status": "administrator", "can_post_messages": False}


def _weaken_discord(network: Any) -> None:
    network.api.kind = 2


def _weaken_x(network: Any) -> None:
    network.api.rights = "read"


def _weaken_irc(network: Any) -> None:
    network.memory.shut["#news"] = (473, "Cannot join channel (+i)")


def _weaken_email(network: Any) -> None:
    network.memory.refused["list@lists.example"] = "550 5.7.1 You may not write to this list"


def _weaken_diaspora(network: Any) -> None:
    network.api.scopes = frozenset({"openid", "profile", "public:read"})


def _weaken_bluesky(network: Any) -> None:
    network.api.active = False


def _weaken_linkedin(network: Any) -> None:
    network.api.scopes = ("r_organization_social",)


def _weaken_slack(network: Any) -> None:
    network.api.refuses = (410, "channel_is_archived")


def _weaken_facebook(network: Any) -> None:
    network.api.scopes.remove("pages_manage_posts")


def _weaken_threads(network: Any) -> None:
    network.api.scopes.remove("threads_content_publish")


def _weaken_instagram(network: Any) -> None:
    network.api.account_type = "PERSONAL"


WEAKENED: dict[str, tuple[Callable[[Any], None], str]] = {
    "mastodon": (_weaken_mastodon, "lacks write:media, write:statuses"),
    "matrix": (_weaken_matrix, "may not post"),
    "telegram": (_weaken_telegram, "may not post"),
    "discord": (_weaken_discord, "not one that posts"),
    "x": (_weaken_x, "may only read"),
    "irc": (_weaken_irc, "#news"),
    "email": (_weaken_email, "You may not write to this list"),
    "bluesky": (_weaken_bluesky, "deactivated"),
    "diaspora": (_weaken_diaspora, "lacks public:modify"),
    "linkedin": (_weaken_linkedin, "no w_organization_social"),
    "slack": (_weaken_slack, "channel_is_archived"),
    "facebook": (_weaken_facebook, "lacks pages_manage_posts"),
    "threads": (_weaken_threads, "lacks threads_content_publish"),
    "instagram": (_weaken_instagram, "a personal one"),
}


def test_weak_credentials_are_told_before_anything_is_posted(desk: Desk) -> None:
    weaken, words = WEAKENED[desk.actor.network]
    weaken(desk.network)
    code, found = desk.check()
    assert code == 1
    assert any(words in bad for bad in found["bad"]), found
    network: FakeNetwork = desk.network
    assert network.visible() == []


@pytest.mark.parametrize("desk", ["bluesky"], indirect=True)
def test_credentials_that_can_do_too_much_are_warned_of(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLUESKY_PASSWORD", BlueskyApi.main_password)
    code, found = desk.check()
    assert code == 0
    (warning,) = found["warning"]
    assert "make an app password" in warning
    assert BlueskyApi.main_password not in warning


@pytest.mark.parametrize("desk", ["telegram"], indirect=True)
def test_each_limit_is_told(desk: Desk) -> None:
    _, found = desk.check()
    limits = specs()["telegram"].defaults
    assert f"{limits.text} UTF-16 units a post, {limits.with_media} with a file" in found["good"][0]
