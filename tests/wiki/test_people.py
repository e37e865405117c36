"""Who somebody is, as a wiki tells it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.servers.mediawiki import MediaWiki
    from tests.wiki.child import Child

TITLE = "News of people"


@pytest.fixture(scope="module", autouse=True)
def page(mediawiki: MediaWiki) -> None:
    mediawiki.edit(TITLE, "* x")
    mediawiki.edit("Another page", "* x")
    mediawiki.edit("Template:News of people", "* x")


def test_groups_edits_and_age_of_an_account_are_told(reader: Child, mediawiki: MediaWiki) -> None:
    mediawiki.make_user("Trusted", "sysop")
    mediawiki.edit("Sandbox of people", "1", user="Trusted")
    mediawiki.edit("Sandbox of people", "2", user="Trusted")
    mediawiki.run_jobs()
    with mediawiki.watched() as asked:
        people = reader.tell("people", TITLE, "Trusted", "trusted", "Tru_sted")
    assert len(asked) == 3  # the page, the names, and whether who has no account is blocked
    assert "sysop" in people["Trusted"]["groups"]
    assert people["Trusted"]["edits"] == 2
    assert datetime.now(UTC) - datetime.fromisoformat(people["Trusted"]["registered_at"]) < timedelta(hours=1)
    assert people["trusted"] == people["Trusted"] | {"name": "trusted"}
    assert people["Tru_sted"]["groups"] == []


def test_many_accounts_are_one_request(reader: Child, mediawiki: MediaWiki) -> None:
    for name in ("Ann of many", "Bob of many"):
        mediawiki.make_user(name)
    with mediawiki.watched() as asked:
        people = reader.tell("people", TITLE, "Ann of many", "Bob of many")
    assert len(asked) == 2
    assert not any(person["blocked"] for person in people.values())


@pytest.mark.parametrize(
    "name",
    ["127.0.0.1", "2001:DB8:0:0:0:0:0:1", "Never was", "de>Vic", "Vic#1", "Vic@wiki", "[x]"],
)
def test_who_has_no_account_is_in_no_group_and_spoils_no_other(
    reader: Child, mediawiki: MediaWiki, name: str
) -> None:
    mediawiki.make_user("Known one", "sysop")
    people = reader.tell("people", TITLE, "Known one", name)
    nobody = {"name": name, "groups": [], "edits": 0, "registered_at": None, "blocked": False}
    told = people[name]
    assert {**told, "groups": []} == nobody
    assert "sysop" not in told["groups"]
    assert "sysop" in people["Known one"]["groups"]


@pytest.mark.parametrize("name", ["", "a|b"])
def test_what_can_be_no_name_is_not_asked_for(reader: Child, mediawiki: MediaWiki, name: str) -> None:
    mediawiki.make_user("Known one", "sysop")
    assert list(reader.tell("people", TITLE, "Known one", name)) == ["Known one"]


def test_a_block_counts_where_it_is_of_that_page(reader: Child, mediawiki: MediaWiki) -> None:
    for name in ("Blocked everywhere", "Blocked here", "Blocked there", "Blocked in templates"):
        mediawiki.make_user(name, "sysop")
    mediawiki.block("Blocked everywhere")
    mediawiki.block("Blocked here", {"partial": 1, "pagerestrictions": TITLE})
    mediawiki.block("Blocked there", {"partial": 1, "pagerestrictions": "Another page"})
    mediawiki.block("Blocked in templates", {"partial": 1, "namespacerestrictions": 10})

    def blocked(title: str) -> set[str]:
        names = ("Blocked everywhere", "Blocked here", "Blocked there", "Blocked in templates")
        with mediawiki.watched() as asked:
            people = reader.tell("people", title, *names)
        assert len(asked) == 3
        return {name for name, person in people.items() if person["blocked"]}

    assert blocked(TITLE) == {"Blocked everywhere", "Blocked here"}
    assert blocked("Another page") == {"Blocked everywhere", "Blocked there"}
    assert blocked("Template:News of people") == {"Blocked everywhere", "Blocked in templates"}


def test_an_address_that_is_blocked_is_known(reader: Child, mediawiki: MediaWiki) -> None:
    mediawiki.block("192.0.2.9")
    mediawiki.block("192.0.2.10", {"partial": 1, "pagerestrictions": "Another page"})
    people = reader.tell("people", TITLE, "192.0.2.9", "192.0.2.10", "192.0.2.11")
    assert [person["blocked"] for person in people.values()] == [True, False, False]
