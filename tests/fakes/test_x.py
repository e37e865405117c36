from __future__ import annotations

import base64
import json
import time
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
import requests
from requests.structures import CaseInsensitiveDict

from bot.channels.http import Http
from tests.fakes import x_text
from tests.fakes.schema import Complaint, Refused, Request
from tests.fakes.x import XServer
from tests.fakes.x_oauth import WINDOW, Keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.channels.http import Session

GOOD = ("good-api-key", "good-api-secret", "2244994945-GoodToken", "good-token-secret")
BASE = "https://api.twitter.com"
# The example that X's guide had for years:
# https://docs.x.com/fundamentals/authentication/oauth-1-0a/creating-a-signature
EXAMPLE = Keys(
    api_key="xvz1evFS4wEEPTGEFPHBog",
    api_secret="kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
    token="370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
    token_secret="LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
)
SENT = {
    "oauth_consumer_key": "xvz1evFS4wEEPTGEFPHBog",
    "oauth_nonce": "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
    "oauth_signature_method": "HMAC-SHA1",
    "oauth_timestamp": "1318622958",
    "oauth_token": "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
    "oauth_version": "1.0",
}


@pytest.fixture
def server() -> Iterator[XServer]:
    with XServer() as running:
        yield running


@pytest.fixture
def session() -> Session:
    return Http("https://wiki.example/").session()


def signed(keys: tuple[str, ...] = GOOD, **how: Any) -> Any:
    return import_module("requests_oauthlib").OAuth1(*keys, decoding=None, **how)


def as_request(prepared: requests.PreparedRequest) -> Request:
    return Request(
        method=str(prepared.method),
        target=prepared.path_url,
        headers=CaseInsensitiveDict(prepared.headers),
        body=b"",
    )


def test_the_published_example_is_signed_as_published() -> None:
    request = Request(
        method="POST",
        target="/1.1/statuses/update.json?include_entities=true",
        headers=CaseInsensitiveDict({"Content-Type": "application/x-www-form-urlencoded"}),
        body=b"status=Hello%20Ladies%20%2b%20Gentlemen%2c%20a%20signed%20OAuth%20request%21",
    )
    assert EXAMPLE._signature(request, BASE, SENT) == "hCtSmYh+iHYCEqBWrE7C7hYmtUk="


@pytest.mark.parametrize("spoilt", [{"target": "/2/users/me?a=2"}, {"method": "POST"}])
def test_a_signature_is_of_one_request_only(spoilt: dict[str, str]) -> None:
    prepared = requests.Request("GET", f"{BASE}/2/users/me?a=1", auth=signed()).prepare()
    request = as_request(prepared)
    Keys().check(request, BASE)
    with pytest.raises(Refused, match="Unauthorized"):
        Keys().check(replace(request, **spoilt), BASE)  # type: ignore[arg-type]  # only fields of text
    with pytest.raises(Refused, match="Unauthorized"):
        Keys().check(request, "https://api.x.com")


@pytest.mark.parametrize("number", range(4))
def test_each_of_the_four_keys_counts(number: int) -> None:
    keys = tuple(key + "x" if position == number else key for position, key in enumerate(GOOD))
    prepared = requests.Request("GET", f"{BASE}/2/users/me", auth=signed(keys)).prepare()
    with pytest.raises(Refused, match="Unauthorized"):
        Keys().check(as_request(prepared), BASE)


def test_a_request_cannot_be_played_again() -> None:
    request = as_request(requests.Request("GET", f"{BASE}/2/users/me", auth=signed()).prepare())
    keys = Keys()
    keys.check(request, BASE)
    with pytest.raises(Complaint, match="nonce"):
        keys.check(request, BASE)


@pytest.mark.parametrize("seconds", [-WINDOW - 5, WINDOW + 5])
def test_a_clock_that_is_wrong_is_noticed(seconds: int) -> None:
    auth = signed(timestamp=str(int(time.time()) + seconds))
    with pytest.raises(Complaint, match="timestamp"):
        Keys().check(as_request(requests.Request("GET", BASE, auth=auth).prepare()), BASE)


def test_what_no_correct_client_sends_is_refused_and_remembered(server: XServer, session: Session) -> None:
    post, upload = f"{server.url}/2/tweets", f"{server.url}/2/media/upload"
    media = {"media_category": "tweet_image", "media": base64.b64encode(b"x").decode()}
    answers = [
        session.post(post, json={"text": "x", "colour": "red"}, auth=signed()),
        session.post(post, json={"text": 1}, auth=signed()),
        session.post(post, json={"text": "x", "media": {"media_ids": ["1"] * 5}}, auth=signed()),
        session.post(post, json={"text": "x", "reply": {"in_reply_to_tweet_id": 1}}, auth=signed()),
        session.post(post, data={"text": "x"}, auth=signed()),
        session.post(post, data=json.dumps({"text": "x"}), auth=signed()),
        session.post(post, json={"text": "x"}, auth=signed(signature_method="HMAC-SHA256")),
        session.post(upload, json=media, auth=signed()),
        session.get(f"{server.url}/2/users/1/tweets?max_results=4", auth=signed()),
        session.get(f"{server.url}/1.1/account/verify_credentials.json", auth=signed()),
        requests.get(f"{server.url}/2/users/me", auth=signed(), timeout=5),
    ]
    assert {answer.status_code for answer in answers} == {400}
    assert len(server.complaints) == len(answers)
    assert (server.api.posts, server.api.charges) == ([], [])


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("日本語", 6),
        ("👨‍👩‍👧‍👦", 2),
        ("cafe\u0301", 4),
        ("1️⃣", 2),
        ("…", 2),
        ("नमस्ते", 6),
        ("see mediawiki.org ok", 30),
        ("README.md", 23),
        ("README\u2060.md", 11),
        ("mail@mediawiki.org", 18),
        ("(https://www.mediawiki.org/wiki/A_(b)_c).", 26),
        ("MediaWiki 1.46.0 is out.", 24),
    ],
)
def test_a_text_is_weighed_as_x_weighs_it(text: str, weight: int) -> None:
    assert x_text.weight(text) == weight


def test_what_x_takes_money_for_is_written_down(server: XServer, session: Session) -> None:
    for text in ("Hello", "Hello https://wiki.example/"):
        session.post(f"{server.url}/2/tweets", json={"text": text}, auth=signed())
    session.get(
        f"{server.url}/2/users/2244994945/tweets",
        params={"start_time": "2026-01-01T00:00:00Z", "max_results": "100"},
        auth=signed(),
    )
    assert [what for what, _ in server.api.charges] == ["post", "post with a URL", "post read", "post read"]
    assert str(server.api.spent) == "0.217"


def test_who_has_not_paid_is_told_so(server: XServer, session: Session) -> None:
    server.api.credit = server.api.spent
    answer = session.post(f"{server.url}/2/tweets", json={"text": "Hello"}, auth=signed())
    assert (answer.status_code, answer.json()["title"]) == (402, "CreditsDepleted")
    assert server.complaints == []
