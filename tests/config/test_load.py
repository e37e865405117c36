from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.model import AltText, Gate, Long, OnEdit, Pace, PictureRules, Review
from tests.config.networks import SECRETS, WELL, read, well_but

if TYPE_CHECKING:
    from pathlib import Path


def test_a_short_configuration_is_completed_with_careful_defaults(tmp_path: Path) -> None:
    config = read(tmp_path, WELL)
    assert config.path == tmp_path / "news.toml"
    assert (config.wiki.family, config.wiki.code) == ("wikipedia", "en")
    assert config.wiki.contact == "https://example.org/bot"
    [page] = config.pages
    assert (page.title, page.file, page.language, page.profile.layout) == (
        "Template:News",
        None,
        None,
        "auto",
    )
    assert config.ledger_url == f"sqlite:///{tmp_path}/herald.sqlite"
    assert config.gate == Gate()
    assert config.gate.settle == timedelta(minutes=30)
    assert config.run_timeout == timedelta(minutes=10)
    assert config.warnings == ()
    birds, wall = config.channels
    assert (birds.name, birds.network, birds.server) == ("birds", "pigeon", "https://pigeon.example")
    assert birds.delivery == Pace()
    assert birds.options == {"visibility": "public", "loft": None, "flock": 3, "white": False}
    assert birds.style.template == "{{ text }} {{ link }} {{ hashtags }}"
    assert not birds.style.rich
    assert wall.server == ""
    assert wall.options == {"folder": tmp_path / "wall", "url": "https://wall.example/"}
    assert wall.style.template == birds.style.template
    assert wall.style.rich


def test_secrets_come_from_the_environment_and_do_not_show(tmp_path: Path) -> None:
    config = read(tmp_path, WELL, environ={"PIGEON_TOKEN": " coo-coo-1\n", "PIGEON_PASSWORD": "coo-coo-2"})
    token = config.channels[0].secrets["token"]
    assert token is not None
    assert token.reveal() == "coo-coo-1"
    assert "coo-coo" not in repr(config)


TOWER = '[[channels]]\nname = "tower"\nnetwork = "tower"\n'


def test_an_account_may_have_a_secret_or_none(tmp_path: Path) -> None:
    without = read(tmp_path, WELL + TOWER)
    assert without.channels[2].secrets == {}
    named = TOWER + 'crier = "Ann"\npassword_env = "TOWER_PASSWORD"'
    password = read(tmp_path, WELL + named, environ=SECRETS | {"TOWER_PASSWORD": "oyez"}).channels[2].secrets
    assert {name: secret and secret.reveal() for name, secret in password.items()} == {"password": "oyez"}


def test_every_key_can_be_set(tmp_path: Path) -> None:
    config = read(
        tmp_path,
        """
        [wiki]
        family = "mediawiki"
        code = "mediawiki"
        contact = "bot@example.org"
        config_page = "User:NewsBot/news.json"

        [[pages]]
        title = "Template:MediaWiki_News"
        language = "pt-br"
        layout = "table"
        template = "News item"
        [pages.fields]
        text = 1
        not-before = "from"

        [[pages]]
        file = "news/page.wikitext"
        article_path = "https://example.org/wiki/$1"

        [ledger]
        url = "sqlite:////var/lib/herald.sqlite"

        [gate]
        preset = "open"
        settle = "5m"
        max_new_items = 2
        trusted_groups = ["interface-admin"]
        trusted_users = ["some_body"]
        allowed_domains = ["Example.org", "bücher.example"]
        stop_page = "User:NewsBot/run"
        max_items_per_day = 3
        min_edits = 50
        min_age = "4d"
        hold_words = ["STRASSE", "Straße"]
        hold_patterns = ['\\bfree\\s+money']
        max_mentions = 2
        required_protection = ["sysop"]
        review = "patrolled"
        second_person = true
        command_page = "User:NewsBot/orders"

        [pictures]
        alt_text = "warn"
        licences = ["CC0", "CC BY-SA"]

        [delivery]
        min_interval = "1h"
        max_per_day = 3
        max_age = "2d"
        retry = "30s"
        give_up = "1d"
        grace = "0s"
        run_timeout = "90s"

        [handles.crows]
        pigeon = "@crows"
        tower = "The Crows"

        [[channels]]
        name = "birds"
        network = "pigeon"
        server = "http://127.0.0.1:8080/"
        token_env = "PIGEON_TOKEN"
        app_password_env = "PIGEON_PASSWORD"
        template = "{{ text }}!"
        hashtags = ["MediaWiki"]
        long = "thread"
        on_edit = "ignore"
        language = "en"
        fallback = "wait 12h"
        max_per_day = 1
        visibility = "unlisted"
        loft = "under the roof"
        flock = 12
        white = true
        stop_page = "User:NewsBot/run/birds"
        """,
    )
    first, second = config.pages
    assert (first.title, first.profile.layout, first.language) == (
        "Template:MediaWiki News",
        "table",
        "pt-br",
    )
    assert (first.profile.template, first.profile.fields) == (
        "News item",
        {"text": "1", "not-before": "from"},
    )
    assert (second.title, second.file) == ("page.wikitext", tmp_path / "news/page.wikitext")
    assert second.article_path == "https://example.org/wiki/$1"
    assert config.ledger_url == "sqlite:////var/lib/herald.sqlite"
    assert config.gate == Gate(
        settle=timedelta(minutes=5),
        max_new_items=2,
        trusted_groups=frozenset({"interface-admin"}),
        trusted_users=frozenset({"Some body"}),
        allowed_domains=frozenset({"example.org", "xn--bcher-kva.example"}),
        stop_page="User:NewsBot/run",
        pictures=PictureRules(alt_text=AltText.WARN, licences=frozenset({"CC0", "CC BY-SA"})),
        max_items_per_day=3,
        min_edits=50,
        min_age=timedelta(days=4),
        hold_words=frozenset({"strasse"}),
        hold_patterns=(r"\bfree\s+money",),
        max_mentions=2,
        required_protection=frozenset({"sysop"}),
        review=Review.PATROLLED,
        second_person=True,
        command_page="User:NewsBot/orders",
    )
    assert config.wiki.config_page == "User:NewsBot/news.json"
    assert config.run_timeout == timedelta(seconds=90)
    [birds] = config.channels
    assert birds.server == "http://127.0.0.1:8080"
    assert birds.delivery == Pace(
        min_interval=timedelta(hours=1),
        max_per_day=1,
        max_age=timedelta(days=2),
        retry=timedelta(seconds=30),
        give_up=timedelta(days=1),
        grace=timedelta(0),
    )
    assert birds.stop_page == "User:NewsBot/run/birds"
    assert birds.style.template == "{{ text }}!"
    assert birds.style.hashtags == ("MediaWiki",)
    assert (birds.style.long, birds.on_edit) == (Long.THREAD, OnEdit.IGNORE)
    assert birds.style.language == "en"
    assert birds.fallback == timedelta(hours=12)
    assert birds.style.handles == {"crows": "@crows"}
    assert birds.options == {"visibility": "unlisted", "loft": "under the roof", "flock": 12, "white": True}


def test_the_open_preset_lets_nothing_wait(tmp_path: Path) -> None:
    assert read(tmp_path, WELL + '[gate]\npreset = "open"').gate == Gate(
        settle=timedelta(0), max_mentions=None
    )


def test_four_eyes_are_a_second_person(tmp_path: Path) -> None:
    assert read(tmp_path, WELL + '[gate]\npreset = "four-eyes"').gate == Gate(second_person=True)


def test_an_edit_is_followed_where_the_network_can(tmp_path: Path) -> None:
    birds, wall = read(tmp_path, WELL).channels
    assert (birds.on_edit, wall.on_edit) == (OnEdit.EDIT, OnEdit.IGNORE)


def test_without_secrets_a_preview_is_possible(tmp_path: Path) -> None:
    config = read(tmp_path, WELL, environ={"PIGEON_TOKEN": ""}, require_secrets=False)
    assert config.channels[0].secrets == {"token": None, "app_password": None}
    token, password = config.warnings
    assert token == (
        "channels[1] (birds): token_env: the environment variable PIGEON_TOKEN is not set, or is empty"
    )
    assert password.startswith(
        "channels[1] (birds): app_password_env: the environment variable PIGEON_PASSWORD"
    )


def test_a_channel_may_be_previewed_before_its_secrets_have_a_name(tmp_path: Path) -> None:
    text = well_but(('token_env = "PIGEON_TOKEN"', ""))
    [warning] = read(tmp_path, text, require_secrets=False).warnings
    assert warning.startswith("channels[1] (birds): token_env: is missing: name the environment variable")


def test_a_news_file_and_a_channel_without_server_need_no_wiki_and_no_contact(tmp_path: Path) -> None:
    config = read(
        tmp_path,
        """
        pages = [{file = "news.wikitext"}]
        channels = [{name = "wall", network = "poster", url = "http://wall.example"}]
        """,
    )
    assert (config.wiki.family, config.wiki.code, config.wiki.contact) == (None, None, "")


def test_a_relative_ledger_lies_beside_the_configuration(tmp_path: Path) -> None:
    config = read(tmp_path, WELL + '[ledger]\nurl = "sqlite:///state/herald.sqlite"')
    assert config.ledger_url == f"sqlite:///{tmp_path}/state/herald.sqlite"


def test_a_file_saved_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeff" + WELL).wiki.family == "wikipedia"
