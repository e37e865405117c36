from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import bluesky_record as records
from bot.channels.bluesky_record import Card
from bot.channels.bluesky_tid import derived, microseconds, tid, time_of
from bot.model import Facet, FacetKind, Part, Unit
from tests.channels.messages import PNG, outgoing, picture

if TYPE_CHECKING:
    from bot.model import Outgoing

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
MOMENTS = st.datetimes(
    min_value=datetime(1970, 1, 1),  # noqa: DTZ001 - hypothesis wants it so
    max_value=datetime(2255, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def message(text: str, *facets: Facet, **changes: Any) -> Outgoing:
    part = Part(text=text, length=len(text), limit=None, unit=Unit.GRAPHEMES, facets=facets)
    return replace(outgoing(link=None), part=part, **changes)


def facet(text: str, found: str, kind: FacetKind, url: str | None = None) -> Facet:
    start = text.index(found)
    return Facet(start=start, end=start + len(found), kind=kind, url=url)


def record(message: Outgoing, dids: dict[str, str] | None = None) -> dict[str, Any]:
    return records.record(message, created_at=NOON, dids=dids or {})


class TestIdentifiers:
    def test_what_others_have_made_is_read(self) -> None:
        assert time_of("3l25zusnsfctk") == datetime(2024, 8, 20, 16, 31, 35, 793000, tzinfo=UTC)
        assert time_of("2222222222222") == datetime(1970, 1, 1, tzinfo=UTC)
        assert tid(0, "a key")[:11] == "22222222222"

    @pytest.mark.parametrize(
        "other",
        [
            "",
            "404",
            "self",
            "3jzfcijpj2z2",
            "3jzfcijpj2z2aa",
            "3JZFCIJPJ2Z2A",
            "0000000000000",
            "zzzzzzzzzzzzz",
        ],
    )
    def test_anything_else_is_none(self, other: str) -> None:
        assert time_of(other) is None

    @given(MOMENTS, st.text())
    def test_one_tells_its_time(self, when: datetime, key: str) -> None:
        assert time_of(tid(microseconds(when), key)) == when

    @given(MOMENTS, MOMENTS, st.text(), st.text())
    def test_their_order_is_that_of_time(self, one: datetime, other: datetime, a: str, b: str) -> None:
        if one < other:
            assert tid(microseconds(one), a) < tid(microseconds(other), b)

    def test_a_time_before_all_is_the_first(self) -> None:
        assert microseconds(datetime(1066, 10, 14, tzinfo=UTC)) == 0

    def test_a_derived_one_is_the_same_each_time_and_each_key_has_its_own(self) -> None:
        made = {derived(NOON, f"key-{number}") for number in range(1000)}
        assert len(made) == 1000
        assert made == {derived(NOON, f"key-{number}") for number in range(1000)}
        assert all(
            NOON <= (time_of(one) or NOON - timedelta(1)) < NOON + timedelta(seconds=1) for one in made
        )


class TestWriting:
    def test_a_plain_post_says_its_text_and_its_time_and_nothing_else(self) -> None:
        assert record(message("Hello")) == {
            "$type": "app.bsky.feed.post",
            "text": "Hello",
            "createdAt": "2026-11-21T12:00:00.000Z",
        }

    @pytest.mark.parametrize("before", ["", "é", "日本", "👨‍👩‍👧‍👦", "חדשות "])
    def test_the_ends_of_a_link_are_counted_in_bytes(self, before: str) -> None:
        text = f"{before}Größe, dann"
        (found,) = record(message(text, facet(text, "Größe", FacetKind.LINK, "https://a.example/ü")))[
            "facets"
        ]
        index = found["index"]
        assert text.encode()[index["byteStart"] : index["byteEnd"]].decode() == "Größe"
        assert found["features"] == [{"$type": "app.bsky.richtext.facet#link", "uri": "https://a.example/ü"}]

    def test_a_content_warning_stands_above_and_moves_the_facets(self) -> None:
        text = "See it"
        link = facet(text, "it", FacetKind.LINK, "https://a.example/")
        written = record(message(text, link, content_warning="Größe"))
        assert written["text"] == "Größe\n\nSee it"
        index = written["facets"][0]["index"]
        assert written["text"].encode()[index["byteStart"] : index["byteEnd"]] == b"it"

    def test_who_is_found_is_mentioned_and_who_is_not_stays_text(self) -> None:
        text = "@Wiki.example and @nobody.example"
        sent = message(
            text,
            facet(text, "@Wiki.example", FacetKind.MENTION),
            facet(text, "@nobody.example", FacetKind.MENTION),
        )
        assert records.handles(sent) == ("wiki.example", "nobody.example")
        (found,) = record(sent, {"wiki.example": "did:plc:1"})["facets"]
        assert found["features"] == [{"$type": "app.bsky.richtext.facet#mention", "did": "did:plc:1"}]

    def test_a_hashtag_has_no_sign_and_one_that_is_too_long_stays_text(self) -> None:
        text = "#MediaWiki #" + "x" * 65
        tags = (facet(text, "#MediaWiki", FacetKind.TAG), facet(text, "#" + "x" * 65, FacetKind.TAG))
        (found,) = record(message(text, *tags))["facets"]
        assert found["features"] == [{"$type": "app.bsky.richtext.facet#tag", "tag": "MediaWiki"}]

    def test_emphasis_has_no_place(self) -> None:
        assert "facets" not in record(message("Bold", facet("Bold", "Bold", FacetKind.BOLD)))

    @pytest.mark.parametrize(
        ("wiki", "langs"),
        [
            ("de", ["de"]),
            ("pt-br", ["pt-BR"]),
            ("zh-hans", ["zh-Hans"]),
            ("zh-Hant-tw", ["zh-Hant-TW"]),
            ("es-419", ["es-419"]),
            ("nds", ["nds"]),
            ("zh-classical", ["zh"]),
            ("de-formal", ["de"]),
            ("simple", None),
            ("", None),
            (None, None),
        ],
    )
    def test_a_wiki_s_language_is_written_as_the_network_wants_it(
        self, wiki: str | None, langs: list[str] | None
    ) -> None:
        assert record(message("Hello", language=wiki)).get("langs") == langs

    def test_a_picture_tells_its_shape_where_it_can_be_seen(self) -> None:
        blob = {"$type": "blob"}
        odd = picture("No picture", content=b"nonsense")
        embed = records.images([(picture(content=PNG), blob), (odd, blob)])
        assert embed["images"] == [
            {"image": blob, "alt": "The new logo", "aspectRatio": {"width": 1, "height": 1}},
            {"image": blob, "alt": "No picture"},
        ]

    def test_a_card_s_words_are_not_endless(self) -> None:
        card = Card(url="https://a.example/", title="é" * 1000, description="x" * 1000)
        shown = records.external(card)["external"]
        assert (len(shown["title"]), len(shown["description"]), "thumb" in shown) == (300, 300, False)


class TestReplies:
    def test_the_second_part_answers_the_first(self) -> None:
        first = {"uri": "at://did:plc:1/app.bsky.feed.post/1", "cid": "b1"}
        assert records.reply(first["uri"], first["cid"], {"text": "one"}) == {"root": first, "parent": first}

    def test_the_third_answers_the_second_in_the_first_s_thread(self) -> None:
        first = {"uri": "at://did:plc:1/app.bsky.feed.post/1", "cid": "b1"}
        second = {"uri": "at://did:plc:1/app.bsky.feed.post/2", "cid": "b2"}
        parent = {"text": "two", "reply": {"root": first, "parent": first}}
        assert records.reply(second["uri"], second["cid"], parent) == {"root": first, "parent": second}


class TestReading:
    URI = "at://did:plc:1/app.bsky.feed.post/3jzfcijpj2z2a"

    def test_its_links_are_those_in_the_text_and_that_of_the_card(self) -> None:
        embed = {"$type": "app.bsky.embed.external", "external": {"uri": "https://b.example/"}}
        features = [
            {"$type": "app.bsky.richtext.facet#tag", "tag": "x"},
            {"$type": "app.bsky.richtext.facet#link", "uri": "https://a.example/"},
        ]
        found = records.remote_post(
            self.URI,
            {"text": "Hi", "facets": [{"features": features}], "embed": embed},
            url="https://bsky.app/1",
        )
        assert found is not None
        assert found.links == ("https://a.example/", "https://b.example/")
        assert (found.text, found.receipt.remote_id, found.receipt.url) == (
            "Hi",
            "3jzfcijpj2z2a",
            "https://bsky.app/1",
        )
        assert found.created_at == time_of("3jzfcijpj2z2a")

    def test_a_card_beside_a_quoted_post_counts_too(self) -> None:
        embed = {
            "$type": "app.bsky.embed.recordWithMedia",
            "media": {"$type": "app.bsky.embed.external", "external": {"uri": "https://b.example/"}},
        }
        found = records.remote_post(self.URI, {"text": "", "embed": embed}, url="")
        assert found is not None
        assert found.links == ("https://b.example/",)

    @pytest.mark.parametrize(
        ("created", "expected"),
        [
            ("2026-11-18T12:00:00Z", datetime(2026, 11, 18, 12, tzinfo=UTC)),
            ("2026-11-18T12:00:00.5+02:00", datetime(2026, 11, 18, 10, 0, 0, 500_000, tzinfo=UTC)),
            ("2026-11-18T12:00:00", datetime(2026, 11, 18, 12, tzinfo=UTC)),
        ],
    )
    def test_a_post_of_another_key_was_made_when_it_says(self, created: str, expected: datetime) -> None:
        uri = "at://did:plc:1/app.bsky.feed.post/self"
        found = records.remote_post(uri, {"text": "Hi", "createdAt": created}, url="")
        assert found is not None
        assert found.created_at == expected

    @pytest.mark.parametrize(
        "odd",
        [
            {},
            {"text": 4},
            {"text": "Hi", "createdAt": "yesterday"},
            {"createdAt": "2026-11-18T12:00:00Z"},
        ],
    )
    def test_what_is_no_post_is_passed_over(self, odd: dict[str, Any]) -> None:
        assert records.remote_post("at://did:plc:1/app.bsky.feed.post/self", odd, url="") is None

    @pytest.mark.parametrize(
        "odd",
        [
            {"facets": "none"},
            {
                "facets": [
                    4,
                    {"features": None},
                    {"features": [None, {"$type": "app.bsky.richtext.facet#link"}]},
                ]
            },
            {"embed": []},
            {"embed": {"external": "https://b.example/"}},
        ],
    )
    def test_what_is_odd_about_a_post_is_passed_over(self, odd: dict[str, Any]) -> None:
        found = records.remote_post(self.URI, {"text": "Hi"} | odd, url="")
        assert found is not None
        assert found.links == ()
