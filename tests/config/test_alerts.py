from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.model import AlertPolicy, ConcernKind
from tests.config.networks import SECRETS, WELL, problems, read

if TYPE_CHECKING:
    from pathlib import Path

ALERTS = '\n[alerts]\nurls_env = "ALERT_URLS"\n'
FIRST = "mailtos://bot:s3kr1t@mail.example?to=a@b.example,c@d.example"
SECOND = "matrixs://t0ken@matrix.example/%23ops"
URLS = f"{FIRST}\n  {SECOND} MAILTOS://x"
A_SECRET = "must be the name of an environment variable (capitals, digits and _), not the secret itself"
A_KIND = (
    "kinds: must be one of doubt, failure, credentials, expiry, brake, stop, channel, wiki, run; did you "
    "mean doubt? (its entry 1 is not)"
)


def environ(urls: str) -> dict[str, str]:
    return SECRETS | {"ALERT_URLS": urls}


def test_without_the_table_nobody_is_told(tmp_path: Path) -> None:
    assert read(tmp_path, WELL).alerts is None


def test_addresses_come_from_the_environment_and_are_named_by_their_service(tmp_path: Path) -> None:
    alerts = read(tmp_path, WELL + ALERTS, environ=environ(URLS)).alerts
    assert alerts is not None
    assert [(one.name, one.url.reveal(), one.place) for one in alerts.addresses] == [
        ("mailtos", FIRST, "the first address in ALERT_URLS"),
        ("matrixs", SECOND, "the second address in ALERT_URLS"),
        ("mailtos 2", "MAILTOS://x", "the third address in ALERT_URLS"),
    ]
    assert "s3kr1t" not in repr(alerts)
    assert alerts.policy == AlertPolicy(kinds=frozenset(ConcernKind), after=timedelta(hours=1))


def test_what_is_told_can_be_chosen(tmp_path: Path) -> None:
    more = 'kinds = ["doubt", "failure"]\nafter = "3h"\n'
    alerts = read(tmp_path, WELL + ALERTS + more, environ=environ(URLS)).alerts
    assert alerts is not None
    expected = frozenset({ConcernKind.DOUBT, ConcernKind.FAILURE})
    assert alerts.policy == AlertPolicy(kinds=expected, after=timedelta(hours=3))


@pytest.mark.parametrize(
    ("table", "urls", "said"),
    [
        (ALERTS, "", "urls_env: the environment variable ALERT_URLS is not set, or is empty"),
        (ALERTS, " \n", "urls_env: the environment variable ALERT_URLS is not set, or is empty"),
        (
            ALERTS,
            "json://a s3kr1t",
            "urls_env: the second address in ALERT_URLS does not begin with a service, as mailtos://",
        ),
        (
            ALERTS,
            "json://a " * 10 + "://s3kr1t",
            "urls_env: address 11 in ALERT_URLS does not begin with a service, as mailtos://",
        ),
        (
            "\n[alerts]\n",
            "",
            "urls_env: is missing: name the environment variable that holds the addresses, or a talk_page",
        ),
        (
            '\n[alerts]\nurls_env = "json://s3kr1t"\n',
            "",
            f"urls_env: {A_SECRET}",
        ),
        (
            ALERTS + 'kinds = ["doubts"]\n',
            URLS,
            A_KIND,
        ),
        (ALERTS + "kinds = []\n", URLS, "kinds: must not be empty"),
        (ALERTS + "after = 1\n", URLS, 'after: must be a duration in quotes, such as "30m"'),
        (
            ALERTS + 'url = "json://s3kr1t"\n',
            URLS,
            "url: unknown key; known here: urls_env, talk_page, kinds, after",
        ),
    ],
)
def test_what_is_wrong_is_named_and_never_shown(tmp_path: Path, table: str, urls: str, said: str) -> None:
    (problem,) = problems(tmp_path, WELL + table, environ=environ(urls))
    assert problem == f"alerts: {said}"


def test_in_a_simulation_the_addresses_may_be_missing(tmp_path: Path) -> None:
    config = read(tmp_path, WELL + ALERTS, environ=SECRETS, require_secrets=False)
    assert config.alerts is not None
    assert config.alerts.addresses == ()
    (warning,) = config.warnings
    assert warning == "alerts: urls_env: the environment variable ALERT_URLS is not set, or is empty"


def test_a_talk_page_alone_is_enough(tmp_path: Path) -> None:
    alerts = read(tmp_path, WELL + '\n[alerts]\ntalk_page = "User talk:Sue"\n').alerts
    assert alerts is not None
    assert alerts.talk_page == "User talk:Sue"
    assert alerts.addresses == ()
