"""Messengers that speak to real services on loopback, through apprise."""

from __future__ import annotations

import base64
import logging
import time
from typing import TYPE_CHECKING

import pytest

from bot.alerts.addresses import AddressMessenger, objection
from bot.config import Address
from bot.errors import AlertError
from bot.model import Concern, ConcernKind, KnownConcern, Notice, Secret
from tests.alerts import hook as hooks
from tests.builders import NOW
from tests.servers import smtpd
from tests.servers.process import free_port
from tests.servers.smtpd import Security

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.alerts.hook import Hook
    from tests.servers.ngircd import NgIrcd

PASSWORD = "s3kr1t-wort"
CONCERN = Concern(key="k", kind=ConcernKind.DOUBT, subject="x", thing="t", cause="c", step="s")
NOTICE = Notice(
    title="Wikiherald: “日本語” is in doubt",
    text="This needs a look:\n\n- <b>mw146</b> & {{ text }} on *x* :smile: ${HOME}\n  next: resolve 'a b' x",
    begun=(KnownConcern(concern=CONCERN, since=NOW),),
)


def messenger(url: str) -> AddressMessenger:
    return AddressMessenger(address(url))


def address(url: str) -> Address:
    return Address(name=url.partition(":")[0], url=Secret(url), place="the first address in ALERT_URLS")


@pytest.fixture(scope="module")
def server() -> Iterator[Hook]:
    with hooks.serve() as hook:
        yield hook


@pytest.fixture
def hook(server: Hook) -> Hook:
    server.status = 200
    server.open.set()
    server.messages.clear()
    server.credentials.clear()
    return server


@pytest.fixture(autouse=True)
def discreet(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """No test lets anything be said, at whatever level: it could be an address."""
    with caplog.at_level(logging.NOTSET):
        yield
    said = caplog.get_records("call")
    assert not any(PASSWORD in record.getMessage() for record in said)
    assert not any(record.name.startswith("apprise") for record in said)
    assert capfd.readouterr() == ("", "")


def refused(url: str) -> str:
    """Return why an address did not tell; nothing of it but the service's name is in there."""
    with pytest.raises(AlertError) as raised:
        messenger(url).tell(NOTICE)
    error: BaseException | None = raised.value
    said = str(error)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__ or raised.value.__context__ is None
    assert PASSWORD not in said
    assert "127.0.0.1" not in said
    return said


def test_a_service_gets_the_notice_as_it_is(hook: Hook) -> None:
    messenger(hook.address(user=f"bot:{PASSWORD}@")).tell(NOTICE)
    (message,) = hook.messages
    assert (message["title"], message["message"]) == (NOTICE.title, NOTICE.text)
    assert message["type"] == "warning"
    expected = base64.b64encode(f"bot:{PASSWORD}".encode()).decode()
    assert hook.credentials == [f"Basic {expected}"]


def test_good_news_is_no_warning(hook: Hook) -> None:
    messenger(hook.address()).tell(Notice(title="over", text="all is well"))
    assert [message["type"] for message in hook.messages] == ["info"]


def test_a_mail_is_plain_text(tmp_path: Path) -> None:
    with smtpd.serve(tmp_path / "smtpd", Security.PLAIN) as mail_server:
        port = mail_server.url.rpartition(":")[2]
        query = "from=bot@test.example&to=ann@test.example,sue@test.example"
        messenger(f"mailto://127.0.0.1:{port}?{query}").tell(NOTICE)
    assert {mail.recipients for mail in mail_server.mails} == {("ann@test.example",), ("sue@test.example",)}
    for mail in mail_server.mails:
        assert mail.message["Subject"] == NOTICE.title
        assert mail.message.get_content_type() == "text/plain"
        assert mail.plain == NOTICE.text


def test_an_irc_room_hears_a_line_for_each(ngircd: NgIrcd) -> None:
    host = ngircd.url.partition("://")[2]
    with ngircd.listener("Ann", "#ops") as ann:
        messenger(f"irc://herald@{host}/%23ops").tell(NOTICE)
        heard = b"".join(ann.heard()).decode()
    lines = [line.partition(" :")[2] for line in heard.splitlines() if " PRIVMSG #ops :" in line]
    assert lines[0].startswith(NOTICE.title)
    assert lines[-1] == "  next: resolve 'a b' x"


@pytest.mark.parametrize("password", [smtpd.PASSWORD, PASSWORD])
def test_a_mail_server_is_told_a_password_over_tls_only_and_nobody_else(
    tmp_path: Path, password: str
) -> None:
    with smtpd.serve(tmp_path / "smtpd", Security.STARTTLS) as mail_server:
        port = mail_server.url.rpartition(":")[2]
        url = (
            f"mailtos://{smtpd.USER}:{password.replace(' ', '%20')}@127.0.0.1:{port}"
            "?from=bot@test.example&to=ann@test.example&mode=starttls&verify=no"
        )
        if password == smtpd.PASSWORD:
            messenger(url).tell(NOTICE)
        else:
            assert "did not take it" in refused(url)
    assert len(mail_server.mails) == (password == smtpd.PASSWORD)


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500, 503])
def test_a_service_that_refuses_is_told_of_without_its_address(hook: Hook, status: int) -> None:
    hook.status = status
    said = refused(hook.address(user=f"bot:{PASSWORD}@"))
    assert said.startswith("json: the service of the first address in ALERT_URLS did not take it")


@pytest.mark.parametrize(
    "url",
    [
        f"json://bot:{PASSWORD}@127.0.0.1:PORT/{PASSWORD}",
        f"mailto://bot:{PASSWORD}@127.0.0.1:PORT?from=a@test.example&to=b@test.example",
        f"matrix://bot:{PASSWORD}@127.0.0.1:PORT/!room:127.0.0.1",
        f"irc://bot:{PASSWORD}@127.0.0.1:PORT/%23ops",
    ],
)
def test_one_that_cannot_be_reached_is_told_of_without_its_address(url: str) -> None:
    assert "cannot be reached" in refused(url.replace("PORT", str(free_port())))


def test_one_that_does_not_answer_is_left_in_time(hook: Hook) -> None:
    hook.open.clear()
    begun = time.monotonic()
    assert "did not take it" in refused(hook.address(user=f"bot:{PASSWORD}@", query="?rto=0.2"))
    assert time.monotonic() - begun < 5  # and not after the ten seconds that hold without it


@pytest.mark.parametrize(
    "url",
    [
        f"nosuch://{PASSWORD}@example.org",
        f"mailtos://{PASSWORD}",
        f"slack://{PASSWORD}",
        f"json://:{PASSWORD}@",
    ],
)
def test_an_address_that_is_not_understood_is_named_by_its_place(url: str) -> None:
    said = objection(address(url))
    assert said is not None
    assert said.startswith("the first address in ALERT_URLS is not one that apprise understands")
    assert PASSWORD not in said
    assert refused(url) == said


@pytest.mark.parametrize(
    "url",
    [
        "mailtos://bot:pass@mail.example.org?to=ann@example.org",
        "matrixs://bot:pass@matrix.example.org/%23ops:example.org",
        "ircs://bot:pass@irc.libera.chat/%23ops",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/%23ops",
        "ntfy://topic",
    ],
)
def test_those_of_the_manual_are_understood_and_nobody_is_asked(url: str) -> None:
    assert objection(address(url)) is None
