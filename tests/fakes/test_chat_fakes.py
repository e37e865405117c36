"""The fakes of Telegram, Discord and Matrix refuse what the networks refuse, and complain of more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bot.channels.http import Http
from tests.fakes.discord import PATH, DiscordServer
from tests.fakes.discord_markdown import read_markdown
from tests.fakes.matrix import IN_ROOM, MatrixServer
from tests.fakes.matrix_api import TOKEN as MATRIX_TOKEN
from tests.fakes.schema import Refused
from tests.fakes.telegram import TelegramServer
from tests.fakes.telegram_api import CHANNEL
from tests.fakes.telegram_api import TOKEN as TELEGRAM_TOKEN
from tests.fakes.telegram_html import read_html

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests

    from bot.channels.http import Session

SAID = {"chat_id": CHANNEL, "text": "News", "parse_mode": "HTML"}
WRITTEN = {"content": "News", "allowed_mentions": {"parse": []}}
OURS = {"org.toolforge.wikiherald": {"key": "1"}}
MESSAGE = {"msgtype": "m.text", "body": "News", "m.mentions": {}} | OURS
PICTURE = MESSAGE | {
    "msgtype": "m.image",
    "filename": "a.png",
    "url": "mxc://matrix.test/x",
    "info": {"mimetype": "image/png", "size": 1},
}
SEND = f"{IN_ROOM}/send/m.room.message/"


@pytest.fixture
def session() -> Session:
    return Http("https://wiki.example/").session()


@pytest.fixture
def telegram() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        yield server


@pytest.fixture
def discord() -> Iterator[DiscordServer]:
    with DiscordServer() as server:
        yield server


@pytest.fixture
def matrix() -> Iterator[MatrixServer]:
    with MatrixServer() as server:
        yield server


def without(fields: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key != name}


class TestTelegram:
    @pytest.mark.parametrize(
        "body",
        [
            without(SAID, "parse_mode"),
            SAID | {"parse_mode": "MarkdownV2"},
            SAID | {"disable_web_page_preview": True},
            SAID | {"reply_parameters": {"message_id": "1"}},
            SAID | {"link_preview_options": {"url": "README.md"}},
        ],
    )
    def test_what_no_correct_client_sends_is_complained_of(
        self, telegram: TelegramServer, session: Session, body: dict[str, Any]
    ) -> None:
        answer = session.post(f"{telegram.url}/bot{TELEGRAM_TOKEN}/sendMessage", json=body)
        assert (answer.status_code, answer.json()["ok"]) == (400, False)
        assert len(telegram.complaints) == 1

    @pytest.mark.parametrize(
        ("body", "status", "words"),
        [
            (SAID | {"text": "<p>News</p>"}, 400, "can't parse entities"),
            (SAID | {"text": "👍" * 2049}, 400, "message is too long"),
            (SAID | {"text": " \n"}, 400, "message text is empty"),
            (SAID | {"chat_id": "@elsewhere"}, 400, "chat not found"),
            (SAID | {"reply_parameters": {"message_id": 7}}, 400, "message to be replied not found"),
        ],
    )
    def test_what_telegram_refuses_is_refused_in_its_words(
        self, telegram: TelegramServer, session: Session, body: dict[str, Any], status: int, words: str
    ) -> None:
        answer = session.post(f"{telegram.url}/bot{TELEGRAM_TOKEN}/sendMessage", json=body)
        assert answer.status_code == status
        assert words in answer.json()["description"]
        assert (telegram.visible(), telegram.complaints) == ([], [])

    @pytest.mark.parametrize(
        "html",
        [
            "a < b",
            "a & b",
            "<b>a",
            "a</b>",
            "<b><i>a</b></i>",
            "<br>",
            '<a href="/x">a</a>',
            "&nbsp;",
            "<b><b>a</b></b>",
        ],
    )
    def test_html_that_telegram_cannot_read_is_refused(self, html: str) -> None:
        with pytest.raises(Refused, match="can't parse entities"):
            read_html(html)

    def test_html_is_read_as_text(self) -> None:
        assert read_html(
            '<b>a <i>&lt;b&gt;</i></b> &amp; <a href="https://x.org/?a=1&amp;b">c</a>\n\nd '
        ) == ("a <b> & c\n\nd")


class TestDiscord:
    @pytest.mark.parametrize(
        ("query", "body"),
        [
            ("?wait=true", without(WRITTEN, "allowed_mentions")),
            ("?wait=true", WRITTEN | {"allowed_mentions": {"parse": ["everyone"]}}),
            ("?wait=true", WRITTEN | {"nonce": "1", "enforce_nonce": True}),
            ("?wait=true", WRITTEN | {"flags": 64}),
            ("", WRITTEN),
        ],
    )
    def test_what_no_correct_client_sends_is_complained_of(
        self, discord: DiscordServer, session: Session, query: str, body: dict[str, Any]
    ) -> None:
        answer = session.post(f"{discord.url}{PATH}{query}", json=body)
        assert answer.status_code == 400
        assert len(discord.complaints) == 1

    def test_a_change_that_would_keep_old_files_is_complained_of(
        self, discord: DiscordServer, session: Session
    ) -> None:
        session.patch(f"{discord.url}{PATH}/messages/1130000000000000001", json=WRITTEN)
        assert len(discord.complaints) == 1

    @pytest.mark.parametrize(
        ("content", "status"), [("👍" * 2000, 200), ("👍" * 2001, 400), ("x" * 2001, 400), (" ", 400)]
    )
    def test_code_points_are_counted(
        self, discord: DiscordServer, session: Session, content: str, status: int
    ) -> None:
        answer = session.post(f"{discord.url}{PATH}?wait=true", json=WRITTEN | {"content": content})
        assert answer.status_code == status
        assert discord.complaints == []

    @pytest.mark.parametrize(
        ("content", "text", "previews"),
        [
            (r"**a** \*b\* _c_ ||d||", "a *b* c d", ()),
            ("[a](<https://x.org/>) [b](https://y.org/)", "a b", ("https://y.org/",)),
            ("<https://x.org/> https://y.org/.", "https://x.org/ https://y.org/.", ("https://y.org/",)),
            (r"[a \[1\]](<https://x.org/>)", "a [1]", ()),
        ],
    )
    def test_markdown_is_read_as_text(self, content: str, text: str, previews: tuple[str, ...]) -> None:
        shown = read_markdown(content)
        assert (shown.text, shown.previews) == (text, previews)


class TestMatrix:
    def put(self, matrix: MatrixServer, session: Session, content: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {MATRIX_TOKEN}", "Content-Type": "application/json"}
        return session.put(f"{matrix.url}{SEND}1", data=json.dumps(content), headers=headers)

    @pytest.mark.parametrize(
        "content",
        [
            without(MESSAGE, "m.mentions"),
            MESSAGE | {"m.mentions": {"room": True}},
            MESSAGE | {"formatted_body": "<p>News</p>"},
            MESSAGE | {"format": "org.matrix.custom.html", "formatted_body": "<script>"},
            MESSAGE | {"m.relates_to": {"m.in_reply_to": {"event_id": "1"}}},
            MESSAGE | {"alt": "a field of nobody's"},
            PICTURE,
            without(PICTURE, "filename"),
            {"body": "News", "m.new_content": MESSAGE, "m.relates_to": {"rel_type": "m.replace"}},
        ],
    )
    def test_what_no_correct_client_sends_is_complained_of(
        self, matrix: MatrixServer, session: Session, content: dict[str, Any]
    ) -> None:
        assert self.put(matrix, session, content).status_code == 400
        assert len(matrix.complaints) == 1

    def test_an_event_has_an_end(self, matrix: MatrixServer, session: Session) -> None:
        answer = self.put(matrix, session, MESSAGE | {"body": "x" * 65_536})
        assert (answer.status_code, answer.json()["errcode"]) == (413, "M_TOO_LARGE")
        assert matrix.complaints == []

    @pytest.mark.parametrize(
        ("headers", "errcode"),
        [({}, "M_MISSING_TOKEN"), ({"Authorization": "Bearer wrong"}, "M_UNKNOWN_TOKEN")],
    )
    def test_who_asks_is_checked(
        self, matrix: MatrixServer, session: Session, headers: dict[str, str], errcode: str
    ) -> None:
        answer = session.get(f"{matrix.url}/_matrix/client/v3/account/whoami", headers=headers)
        assert (answer.status_code, answer.json()["errcode"]) == (401, errcode)
