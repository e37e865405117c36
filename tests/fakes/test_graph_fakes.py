"""The fakes of Facebook, Threads and Instagram refuse what the networks refuse, and complain of more."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.channels.http import Http
from tests.fakes.facebook import FacebookServer
from tests.fakes.facebook_api import PAGE
from tests.fakes.graph_api import TOKEN
from tests.fakes.instagram import InstagramServer
from tests.fakes.instagram_api import USER
from tests.fakes.site import Page, Site
from tests.fakes.threads import ThreadsServer
from tests.fakes.threads_api import length

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests

    from bot.channels.http import Session

PNG = base64.b64decode("iVBORw0KGgo=")
JPEG = b"\xff\xd8\xff\xe0"
TEXT = {"media_type": "TEXT", "text": "News"}


@pytest.fixture
def session() -> Session:
    session = Http("https://wiki.example/").session()
    session.headers["Authorization"] = f"Bearer {TOKEN}"
    return session


@pytest.fixture
def facebook() -> Iterator[FacebookServer]:
    with FacebookServer() as server:
        yield server


@pytest.fixture
def threads() -> Iterator[ThreadsServer]:
    with ThreadsServer() as server:
        yield server


@pytest.fixture
def instagram() -> Iterator[InstagramServer]:
    with InstagramServer() as server:
        yield server


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site() as site:
        site.pages["/a.png"] = Page(body=PNG, kind="image/png")
        site.pages["/a.jpg"] = Page(body=JPEG, kind="image/jpeg")
        site.pages["/a.html"] = Page(body=JPEG, kind="text/html")
        yield site


def code(answer: requests.Response) -> tuple[int, int | None]:
    error = answer.json()["error"]
    return error["code"], error.get("error_subcode")


class TestAll:
    @pytest.mark.parametrize("header", ["", "Bearer other", f"OAuth {TOKEN}", TOKEN])
    def test_a_wrong_token_is_refused(self, threads: ThreadsServer, session: Session, header: str) -> None:
        session.headers["Authorization"] = header
        assert code(session.get(f"{threads.url}/v1.0/me?fields=id")) == (190, None)

    def test_a_token_in_an_address_is_complained_of(self, threads: ThreadsServer, session: Session) -> None:
        session.get(f"{threads.url}/v1.0/me?fields=id&access_token={TOKEN}")
        assert len(threads.complaints) == 1

    @pytest.mark.parametrize(
        ("age", "expected"),
        [(timedelta(hours=1), 100), (timedelta(days=61), 190), (timedelta(days=2), None)],
    )
    def test_a_token_is_renewed_between_its_first_day_and_its_sixtieth(
        self, threads: ThreadsServer, session: Session, age: timedelta, expected: int | None
    ) -> None:
        threads.api.token_made_at = datetime.now(UTC) - age
        query = {"grant_type": "th_refresh_token", "access_token": TOKEN}
        answer = session.get(f"{threads.url}/refresh_access_token", params=query)
        assert (code(answer)[0] if expected else None) == expected
        assert (threads.api.token == TOKEN) == (expected is not None)


class TestFacebook:
    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"message": "News", "colour": "red"},
            {"message": "News", "link": "wiki.example"},
            {"message": "News", "attached_media": '[{"id": "1"}]'},
            {"message": "News", "attached_media": "no JSON"},
        ],
    )
    def test_what_no_correct_client_sends_is_complained_of(
        self, facebook: FacebookServer, session: Session, fields: dict[str, str]
    ) -> None:
        assert session.post(f"{facebook.url}/v26.0/{PAGE}/feed", data=fields).status_code == 400
        assert len(facebook.complaints) == 1

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({"message": " "}, (100, None)),
            ({"message": "x" * 63_207}, (100, None)),
            ({"message": "News"}, (506, None)),
            ({"message": "More", "attached_media": '[{"media_fbid": "404"}]'}, (100, None)),
            (
                {"message": "More", "attached_media": '[{"media_fbid": "1"}]', "link": "https://x.org"},
                (100, None),
            ),
            ({"message": "More", "appsecret_proof": "00"}, (100, None)),
        ],
    )
    def test_what_facebook_refuses_is_refused(
        self,
        facebook: FacebookServer,
        session: Session,
        fields: dict[str, str],
        expected: tuple[int, int | None],
    ) -> None:
        assert session.post(f"{facebook.url}/v26.0/{PAGE}/feed", data={"message": "News"}).ok
        assert code(session.post(f"{facebook.url}/v26.0/{PAGE}/feed", data=fields)) == expected
        assert (len(facebook.visible()), facebook.complaints) == (1, [])

    def test_a_photo_alone_is_not_public_and_is_in_one_post_only(
        self, facebook: FacebookServer, session: Session
    ) -> None:
        files = {"source": ("a.png", PNG, "image/png")}
        answer = session.post(f"{facebook.url}/v26.0/{PAGE}/photos", data={"published": "false"}, files=files)
        assert facebook.visible() == []
        attached = json.dumps([{"media_fbid": answer.json()["id"]}])
        for number, is_taken in enumerate((True, False)):
            fields = {"message": f"News {number}", "attached_media": attached}
            assert session.post(f"{facebook.url}/v26.0/{PAGE}/feed", data=fields).ok == is_taken

    def test_a_photo_that_would_be_public_is_complained_of(
        self, facebook: FacebookServer, session: Session
    ) -> None:
        files = {"source": ("a.png", PNG, "image/png")}
        session.post(f"{facebook.url}/v26.0/{PAGE}/photos", data={"published": "true"}, files=files)
        assert len(facebook.complaints) == 1


class TestThreads:
    @pytest.mark.parametrize(
        "fields",
        [
            {"text": "News"},
            TEXT | {"media_type": "GIF"},
            TEXT | {"auto_publish_text": "true"},
            TEXT | {"reply_to_id": "me"},
            TEXT | {"children": "1;2"},
        ],
    )
    def test_what_no_correct_client_sends_is_complained_of(
        self, threads: ThreadsServer, session: Session, fields: dict[str, str]
    ) -> None:
        assert session.post(f"{threads.url}/v1.0/me/threads", data=fields).status_code == 400
        assert len(threads.complaints) == 1

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            (TEXT | {"text": "x" * 501}, (100, None)),
            (TEXT | {"text": "👍" * 126}, (100, None)),
            (TEXT | {"text": " ".join(f"https://{name}.example" for name in "abcdef")}, (100, None)),
            ({"media_type": "TEXT"}, (100, None)),
            (TEXT | {"media_type": "IMAGE"}, (100, None)),
            (TEXT | {"media_type": "CAROUSEL", "children": "1"}, (100, None)),
            (TEXT | {"media_type": "CAROUSEL", "children": "1,2"}, (100, None)),
            (TEXT | {"reply_to_id": "404"}, (100, 33)),
        ],
    )
    def test_what_threads_refuses_is_refused(
        self,
        threads: ThreadsServer,
        session: Session,
        fields: dict[str, str],
        expected: tuple[int, int | None],
    ) -> None:
        assert code(session.post(f"{threads.url}/v1.0/me/threads", data=fields)) == expected
        assert (threads.api.containers, threads.complaints) == ({}, [])

    def made(self, threads: ThreadsServer, session: Session, fields: dict[str, str]) -> str:
        made: str = session.post(f"{threads.url}/v1.0/me/threads", data=fields).json()["id"]
        return made

    def status(self, threads: ThreadsServer, session: Session, container: str) -> dict[str, Any]:
        query = {"fields": "status,error_message"}
        told: dict[str, Any] = session.get(f"{threads.url}/v1.0/{container}", params=query).json()
        return told

    def published(self, threads: ThreadsServer, session: Session, container: str) -> requests.Response:
        return session.post(f"{threads.url}/v1.0/me/threads_publish", data={"creation_id": container})

    def test_a_container_is_published_once(self, threads: ThreadsServer, session: Session) -> None:
        threads.api.waits = 1
        container = self.made(threads, session, TEXT)
        assert code(self.published(threads, session, container)) == (9007, 2207027)
        states = [self.status(threads, session, container)["status"] for _ in range(2)]
        assert states == ["IN_PROGRESS", "FINISHED"]
        assert threads.visible() == []
        post = self.published(threads, session, container).json()["id"]
        assert post != container
        assert self.status(threads, session, container)["status"] == "PUBLISHED"
        assert code(self.published(threads, session, container)) == (24, 4279009)
        assert [one.remote_id for one in threads.visible()] == [post]

    def test_one_expires_after_a_day(self, threads: ThreadsServer, session: Session) -> None:
        container = self.made(threads, session, TEXT)
        threads.api.change(made_at=datetime.now(UTC) - timedelta(hours=25))
        assert self.status(threads, session, container)["status"] == "EXPIRED"
        assert code(self.published(threads, session, container)) == (24, 4279009)

    @pytest.mark.parametrize(
        ("path", "state", "reason"),
        [
            ("/a.png", "FINISHED", None),
            ("/a.html", "ERROR", "UNSUPPORTED_IMAGE_TYPE"),
            ("/nowhere", "ERROR", "FAILED_DOWNLOADING_IMAGE"),
        ],
    )
    def test_a_picture_is_fetched(
        self,
        threads: ThreadsServer,
        session: Session,
        site: Site,
        path: str,
        state: str,
        reason: str | None,
    ) -> None:
        container = self.made(threads, session, {"media_type": "IMAGE", "image_url": site.url + path})
        told = self.status(threads, session, container)
        assert (told["status"], told.get("error_message")) == (state, reason)

    def test_the_posts_of_a_day_have_an_end(self, threads: ThreadsServer, session: Session) -> None:
        threads.api.used = 250
        assert code(self.published(threads, session, self.made(threads, session, TEXT))) == (4, None)

    @pytest.mark.parametrize(
        ("text", "expected"), [("ab", 2), ("日本", 2), ("👍", 4), ("👨‍👩‍👧‍👦", 25), ("é", 1)]
    )
    def test_an_emoji_counts_its_bytes(self, text: str, expected: int) -> None:
        assert length(text) == expected


class TestInstagram:
    def make(self, instagram: InstagramServer, session: Session, **fields: str) -> requests.Response:
        return session.post(f"{instagram.url}/v26.0/{USER}/media", data=fields)

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({"caption": "News"}, (100, 2207023)),
            ({"image_url": "/a.png"}, (36001, 2207005)),
            ({"image_url": "/a.html"}, (36001, 2207005)),
            ({"image_url": "/nowhere"}, (9004, 2207052)),
            ({"image_url": "/a.jpg", "caption": "x" * 2201}, (36004, 2207010)),
            ({"image_url": "/a.jpg", "caption": "#a " * 31}, (100, 2207040)),
            ({"image_url": "/a.jpg", "alt_text": "x" * 1001}, (100, None)),
            ({"media_type": "CAROUSEL", "children": "1"}, (100, None)),
        ],
    )
    def test_what_instagram_refuses_is_refused(
        self,
        instagram: InstagramServer,
        session: Session,
        site: Site,
        fields: dict[str, str],
        expected: tuple[int, int | None],
    ) -> None:
        if "image_url" in fields:
            fields = fields | {"image_url": site.url + fields["image_url"]}
        assert code(self.make(instagram, session, **fields)) == expected
        assert (instagram.api.containers, instagram.complaints) == ({}, [])

    def test_a_piece_of_a_carousel_is_no_post(
        self, instagram: InstagramServer, session: Session, site: Site
    ) -> None:
        piece = self.make(instagram, session, image_url=f"{site.url}/a.jpg", is_carousel_item="true")
        fields = {"creation_id": piece.json()["id"]}
        answer = session.post(f"{instagram.url}/v26.0/{USER}/media_publish", data=fields)
        assert code(answer) == (9007, 2207027)

    def test_the_posts_of_a_day_have_an_end(
        self, instagram: InstagramServer, session: Session, site: Site
    ) -> None:
        instagram.api.used = 100
        made = self.make(instagram, session, image_url=f"{site.url}/a.jpg")
        fields = {"creation_id": made.json()["id"]}
        answer = session.post(f"{instagram.url}/v26.0/{USER}/media_publish", data=fields)
        assert code(answer) == (9, 2207042)
