from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from urllib3 import HTTPSConnectionPool
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NameResolutionError,
    ProtocolError,
    ProxyError,
    SSLError,
)

from bot.channels.verdict import MAX_WAIT, MIN_WAIT, USUAL_WAIT, of_failure, retry_at
from bot.errors import AmbiguousError, TransientError

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
POOL = HTTPSConnectionPool("wikis.example")
CONNECTION = HTTPSConnection("wikis.example")


def retried(reason: Exception) -> MaxRetryError:
    return MaxRetryError(POOL, "/api/v1/statuses", reason)


# As requests raises them (requests/adapters.py), for what cannot be brought about on loopback.
BEFORE = {
    "no such name": requests.ConnectionError(
        retried(NameResolutionError("wikis.example", CONNECTION, OSError("unknown")))  # type: ignore[arg-type]  # any OSError will do
    ),
    "no connection in time": requests.ConnectTimeout(retried(ConnectTimeoutError())),
    "no proxy": requests.exceptions.ProxyError(retried(ProxyError("no", OSError()))),
    "bad certificate": requests.exceptions.SSLError(retried(SSLError(ssl.SSLCertVerificationError()))),
}
LATER = {
    "reset": requests.ConnectionError(ProtocolError("Connection aborted.", ConnectionResetError())),
    "no answer in time": requests.ReadTimeout(),
    "broken tls": requests.exceptions.SSLError(retried(SSLError(ssl.SSLError("bad record mac")))),
    "cut in the middle": requests.exceptions.ChunkedEncodingError(ProtocolError("IncompleteRead")),
    "bad compression": requests.exceptions.ContentDecodingError(),
    "none of requests'": UnicodeDecodeError("utf-8", b"", 0, 1, "no"),
}


@pytest.mark.parametrize("error", BEFORE.values(), ids=BEFORE.keys())
def test_what_broke_before_the_request_left_is_never_in_doubt(error: Exception) -> None:
    verdict = of_failure(error, host="wikis.example", publishes=True)
    assert type(verdict) is TransientError
    assert str(verdict).startswith("wikis.example: ")


@pytest.mark.parametrize("error", LATER.values(), ids=LATER.keys())
def test_what_broke_later_is_in_doubt_when_it_published(error: Exception) -> None:
    assert type(of_failure(error, host="wikis.example", publishes=True)) is AmbiguousError
    assert type(of_failure(error, host="wikis.example", publishes=False)) is TransientError


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "120"}, timedelta(minutes=2)),
        ({"Retry-After": "0"}, MIN_WAIT),
        ({"Retry-After": "9" * 40}, MAX_WAIT),
        ({"Retry-After": "-5"}, USUAL_WAIT),
        ({"Retry-After": "Sat, 21 Nov 2026 12:10:00 GMT"}, timedelta(minutes=10)),
        ({"Retry-After": "Sat, 21 Nov 2026 11:00:00 GMT"}, MIN_WAIT),
        ({"X-RateLimit-Reset": "2026-11-21T12:05:00.123456Z"}, timedelta(minutes=5, microseconds=123456)),
        ({"X-RateLimit-Reset": "2026-11-21T13:05:00+01:00"}, timedelta(minutes=5)),
        ({"X-RateLimit-Reset": str(int(NOW.timestamp()) + 60)}, timedelta(minutes=1)),
        ({"X-RateLimit-Reset": "2027-11-21T12:05:00Z"}, MAX_WAIT),
        ({"X-RateLimit-Reset": "soon"}, USUAL_WAIT),
        ({"Retry-After": "60", "X-RateLimit-Reset": "2026-11-21T12:30:00Z"}, timedelta(minutes=1)),
        (
            {"Date": "Sat, 21 Nov 2026 11:00:00 GMT", "X-RateLimit-Reset": "2026-11-21T11:05:00Z"},
            timedelta(minutes=5),
        ),
        ({}, USUAL_WAIT),
    ],
)
def test_a_rate_limit_ends_when_the_server_says(headers: dict[str, str], wait: timedelta) -> None:
    assert retry_at(headers, NOW) == NOW + wait


@given(
    st.dictionaries(
        st.sampled_from(["Retry-After", "X-RateLimit-Reset", "Date"]),
        st.text() | st.integers().map(str) | st.datetimes().map(datetime.isoformat),
    )
)
def test_whatever_a_server_says_the_wait_has_bounds(headers: dict[str, str]) -> None:
    assert NOW + MIN_WAIT <= retry_at(headers, NOW) <= NOW + MAX_WAIT


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        ({"ok": False, "error_code": 429, "parameters": {"retry_after": 35}}, 35),
        ({"message": "You are being rate limited.", "retry_after": 64.57, "global": False}, 64.57),
        ({"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 2000}, 2),
        ({"retry_after": 10**400}, MAX_WAIT.total_seconds()),
        ({"retry_after": "soon", "retry_after_ms": True, "parameters": []}, USUAL_WAIT.total_seconds()),
        ({"retry_after": -1}, USUAL_WAIT.total_seconds()),
        ({"retry_after": float("nan")}, USUAL_WAIT.total_seconds()),
    ],
)
def test_a_wait_may_stand_in_the_answer_s_body(body: dict[str, object], seconds: float) -> None:
    assert retry_at({}, NOW, body) == NOW + timedelta(seconds=seconds)


def test_the_header_that_http_has_for_it_is_believed_first() -> None:
    assert retry_at({"Retry-After": "7"}, NOW, {"retry_after": 300}) == NOW + timedelta(seconds=7)


@pytest.mark.parametrize("name", ["X-RateLimit-Reset", "X-Rate-Limit-Reset", "RateLimit-Reset"])
def test_the_time_of_a_reset_is_read_from_any_network_s_header(name: str) -> None:
    in_a_minute = NOW + timedelta(minutes=1)
    assert retry_at({name: str(int(in_a_minute.timestamp()))}, NOW) == in_a_minute
