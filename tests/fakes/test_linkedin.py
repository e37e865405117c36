"""The fakes of LinkedIn and Slack refuse what the networks refuse, and complain of more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.channels.http import Http
from tests.fakes.linkedin import CREATE, LinkedInServer
from tests.fakes.linkedin_api import AUTHOR, CLIENT, CLIENT_SECRET, REFRESH, TOKEN
from tests.fakes.linkedin_text import read_little_text
from tests.fakes.slack import PATH, SlackServer
from tests.fakes.slack_mrkdwn import read_mrkdwn

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests

    from bot.channels.http import Session

HEADERS = {
    "Authorization": f"Bearer {TOKEN}",
    "LinkedIn-Version": "202607",
    "X-Restli-Protocol-Version": "2.0.0",
}
NEWS = {
    "author": AUTHOR,
    "commentary": "News",
    "visibility": "PUBLIC",
    "distribution": {
        "feedDistribution": "MAIN_FEED",
        "targetEntities": [],
        "thirdPartyDistributionChannels": [],
    },
    "lifecycleState": "PUBLISHED",
    "isReshareDisabledByAuthor": False,
}
APP = {"client_id": CLIENT, "client_secret": CLIENT_SECRET}
SECTION = {"type": "section", "block_id": "1", "text": {"type": "mrkdwn", "text": "News", "verbatim": True}}
SAID = {"text": "News", "blocks": [SECTION]}


@pytest.fixture
def session() -> Session:
    return Http("https://wiki.example/").session()


@pytest.fixture
def linkedin() -> Iterator[LinkedInServer]:
    with LinkedInServer() as server:
        yield server


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer() as server:
        yield server


def create(
    server: LinkedInServer, session: Session, headers: dict[str, str] | None = None, **changes: Any
) -> requests.Response:
    return session.post(f"{server.url}/rest/posts", json=NEWS | changes, headers=HEADERS | (headers or {}))


class TestLinkedIn:
    def test_a_post_is_named_in_a_header(self, linkedin: LinkedInServer, session: Session) -> None:
        answer = create(linkedin, session)
        assert (answer.status_code, answer.content) == (201, b"")
        assert answer.headers["x-restli-id"] == linkedin.api.posts[0].urn
        assert linkedin.complaints == []

    @pytest.mark.parametrize(
        ("headers", "changes", "status"),
        [
            ({"Authorization": "Bearer other"}, {}, 401),
            ({"LinkedIn-Version": "202401"}, {}, 426),
            ({}, {"author": "urn:li:organization:1"}, 403),
            ({}, {"commentary": "x" * 3001}, 422),
            ({}, {"commentary": ""}, 422),
            ({}, {"content": {"media": {"id": "urn:li:image:unknown"}}}, 422),
        ],
    )
    def test_what_linkedin_refuses_is_refused(
        self,
        linkedin: LinkedInServer,
        session: Session,
        headers: dict[str, str],
        changes: dict[str, Any],
        status: int,
    ) -> None:
        assert create(linkedin, session, headers, **changes).status_code == status
        assert (linkedin.api.posts, linkedin.complaints) == ([], [])

    @pytest.mark.parametrize(
        ("headers", "changes"),
        [
            ({"X-Restli-Protocol-Version": "1.0.0"}, {}),
            ({"User-Agent": "curl"}, {}),
            ({}, {"visibility": "CONNECTIONS"}),
            ({}, {"commentary": "(cut) here"}),
            ({}, {"content": {}}),
            ({}, {"content": {"multiImage": {"images": [{"id": "urn:li:image:1"}]}}}),
            ({}, {"content": {"article": {"source": "https://a.example/"}}}),
            ({}, {"content": {"article": {"source": "https://a.example/", "title": "x" * 401}}}),
        ],
    )
    def test_what_no_correct_client_asks_is_complained_of(
        self, linkedin: LinkedInServer, session: Session, headers: dict[str, str], changes: dict[str, Any]
    ) -> None:
        assert create(linkedin, session, headers, **changes).status_code == 400
        (complaint,) = linkedin.complaints
        assert complaint.startswith(CREATE)

    def test_the_same_words_are_taken_once(self, linkedin: LinkedInServer, session: Session) -> None:
        urn = create(linkedin, session).headers["x-restli-id"]
        answer = create(linkedin, session)
        assert answer.status_code == 422
        assert urn in answer.json()["message"]

    @pytest.mark.parametrize(
        ("fields", "status"),
        [
            (APP | {"refresh_token": REFRESH}, 200),
            (APP | {"refresh_token": "other"}, 400),
            (APP | {"refresh_token": REFRESH, "client_secret": "other"}, 401),
        ],
    )
    def test_a_token_is_renewed_for_its_own_app(
        self, linkedin: LinkedInServer, session: Session, fields: dict[str, str], status: int
    ) -> None:
        asked = {"grant_type": "refresh_token"} | fields
        answer = session.post(f"{linkedin.url}/oauth/v2/accessToken", data=asked)
        assert answer.status_code == status
        assert (answer.json().get("access_token") in linkedin.api.tokens) == (status == 200)

    @pytest.mark.parametrize("cut", ["a (b", "@[A](urn:li:member:1)", "{hashtag|#}", "#tag", "a\\", "<"])
    def test_little_text_that_would_be_cut_is_none(self, cut: str) -> None:
        with pytest.raises(ValueError, match="not escaped"):
            read_little_text(cut)


class TestSlack:
    def test_it_says_ok_and_no_more(self, slack: SlackServer, session: Session) -> None:
        answer = session.post(f"{slack.url}{PATH}", json=SAID | {"unfurl_links": True})
        assert (answer.status_code, answer.text) == (200, "ok")
        assert (len(slack.api.messages), slack.complaints) == (1, [])

    @pytest.mark.parametrize(
        ("path", "body", "status", "words"),
        [
            (PATH[:-1], SAID, 403, "invalid_token"),
            (PATH.replace("/B", "/B1"), SAID, 404, "no_service"),
            (PATH, {"text": ""}, 400, "no_text"),
            (
                PATH,
                {
                    "text": "x",
                    "blocks": [SECTION | {"text": {"type": "mrkdwn", "text": "x" * 3001, "verbatim": True}}],
                },
                400,
                "invalid_blocks",
            ),
        ],
    )
    def test_what_slack_refuses_is_refused_in_a_word(
        self, slack: SlackServer, session: Session, path: str, body: dict[str, Any], status: int, words: str
    ) -> None:
        answer = session.post(f"{slack.url}{path}", json=body)
        assert (answer.status_code, answer.text) == (status, words)
        assert (slack.api.messages, slack.complaints) == ([], [])

    @pytest.mark.parametrize(
        "body",
        [
            {"text": "News"},
            SAID | {"channel": "#general"},
            SAID | {"blocks": [SECTION | {"text": {"type": "mrkdwn", "text": "News"}}]},
            SAID | {"blocks": [{"type": "image", "image_url": "https://a.example/1.png"}]},
        ],
    )
    def test_what_our_client_never_asks_is_complained_of(
        self, slack: SlackServer, session: Session, body: dict[str, Any]
    ) -> None:
        assert session.post(f"{slack.url}{PATH}", json=body).status_code == 400
        assert len(slack.complaints) == 1

    def test_mrkdwn_is_read_as_slack_shows_it(self) -> None:
        shown = read_mrkdwn(
            "*b* _i_ ~s~ snake_case_x *not * <https://a.example/?b&amp;c|w> <!here> &lt;\n&gt; q"
        )
        assert shown.styles == (("quote", ""), ("bold", "b"), ("italic", "i"), ("strike", "s"))
        assert shown.links == (("https://a.example/?b&c", "w"),)
        assert shown.mentions == ("<!here>",)
        assert shown.text == "b i s snake_case_x *not * w <!here> <\n> q"
