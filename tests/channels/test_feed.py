from __future__ import annotations

import io
import json
import re
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import feedparser  # type: ignore[import-untyped]  # it has none
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.feed import SPEC, FeedChannel, open_channel
from bot.channels.feed_state import Settings
from bot.config import ChannelConfig
from bot.errors import RejectedError
from bot.model import Facet, FacetKind, OnEdit, Outgoing, Pace, Style
from tests.builders import facilities
from tests.channels.benches import FeedBench
from tests.channels.jsonfeed import JSON_FEED
from tests.channels.messages import LINK, PNG, outgoing, part, picture

FILES = ("atom.xml", "feed.json", "index.html")


@pytest.fixture
def bench(tmp_path: Path) -> FeedBench:
    return FeedBench(tmp_path)


def atom(folder: Path) -> Any:
    parsed = feedparser.parse(io.BytesIO((folder / "atom.xml").read_bytes()))
    assert parsed.bozo == 0
    assert parsed.version == "atom10"
    return parsed


NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class TestFormats:
    def test_the_three_files_say_the_same(self, bench: FeedBench) -> None:
        bold = Facet(start=0, end=9, kind=FacetKind.BOLD)
        linked = Facet(start=0, end=9, kind=FacetKind.LINK, url=LINK)
        text = 'MediaWiki 1.46 & <others> are "out"'
        sent = Outgoing(
            key="0123abcd",
            part=replace(part(text), facets=(bold, linked)),
            dated=datetime(2026, 11, 18, tzinfo=UTC),
            link=LINK,
            attachments=(picture("A <drawing> of 'us'"),),
            language="de",
        )
        receipt = bench.at(NOON).publish(sent)

        (entry,) = atom(bench.path).entries
        (item,) = bench.json()["items"]
        html = (
            f'<p><a href="{LINK.replace("&", "&amp;")}"><b>MediaWiki</b></a> 1.46 &amp; &lt;others&gt; are '
            "&quot;out&quot;</p>"
        )
        assert entry.id == item["id"] == receipt.remote_id == "tag:news.example,2026:0123abcd"
        assert entry.title == item["title"] == text
        assert entry.link == item["external_url"] == LINK
        assert item["url"] == receipt.url
        assert item["content_text"] == text
        assert item["content_html"].startswith(html)
        assert entry.published == "2026-11-18T00:00:00Z"
        assert entry.updated == "2026-11-21T12:00:00Z"
        assert entry.content[0].language == item["language"] == "de"
        (file,) = entry.enclosures
        (attachment,) = item["attachments"]
        assert file.href == attachment["url"]
        assert (file.type, file.length) == ("image/png", str(len(PNG)))
        assert (bench.path / file.href.removeprefix("https://news.example/")).read_bytes() == PNG
        page = Page.of(bench.path / "index.html")
        assert html in page.source
        assert page.images == [
            (attachment["url"].removeprefix("https://news.example/"), "A <drawing> of 'us'")
        ]

    def test_where_the_wiki_shows_the_source_is_told_and_kept(self, bench: FeedBench) -> None:
        source = "https://wiki.example/wiki/Special:PermanentLink/47?a&b"
        first = bench.open().publish(replace(outgoing("Old", key="1"), source=source))
        bench.open().publish(outgoing("New", key="2"))
        new, old = atom(bench.path).entries
        assert [link.href for link in old.links if link.rel == "via"] == [source]
        assert [link for link in new.links if link.rel == "via"] == []
        without, with_it = bench.json()["items"]
        assert with_it["_wikiherald"]["source"] == source
        assert "source" not in without["_wikiherald"]
        JSON_FEED.validate(bench.json())
        bench.open().edit(first, replace(outgoing("Edited", key="1"), source=f"{source}&c"))
        assert bench.json()["items"][1]["_wikiherald"]["source"] == f"{source}&c"

    @settings(max_examples=60, deadline=None)
    @given(
        text=st.text(min_size=1),
        warning=st.none() | st.text(min_size=1),
        alt=st.text(),
        title=st.text(min_size=1),
        url=st.sampled_from(
            [None, "https://news.example/", "https://bücher.example:8080/a b/", "https://[::1]/"]
        ),
    )
    def test_any_text_makes_valid_files(
        self, text: str, warning: str | None, alt: str, title: str, url: str | None
    ) -> None:
        with tempfile.TemporaryDirectory() as folder:
            channel = FeedChannel(
                name="feed", path=Path(folder), settings=Settings(title=title, url=url, language="en")
            )
            sent = replace(outgoing(text), content_warning=warning, attachments=(picture(alt),))
            receipt = channel.publish(sent)
            assert [entry.id for entry in atom(Path(folder)).entries] == [receipt.remote_id]
            if url is None or " " not in url:
                JSON_FEED.validate(json.loads((Path(folder) / "feed.json").read_bytes()))
            assert len(Page.of(Path(folder) / "index.html").articles) == 1
            assert channel.publish(sent) == receipt

    def test_an_empty_feed_is_valid_too(self, bench: FeedBench) -> None:
        channel = bench.open()
        channel.delete(channel.publish(outgoing()))
        assert atom(bench.path).entries == []
        JSON_FEED.validate(bench.json())
        assert "There is no news yet" in Page.of(bench.path / "index.html").source

    @pytest.mark.parametrize(
        ("text", "title"),
        [
            ("Short.\nSecond line", "Short."),
            ("word " * 40, "word " * 15 + "word…"),
            ("新" * 200, "新" * 79 + "…"),
            ("👨‍👩‍👧‍👦" * 100, "👨‍👩‍👧‍👦" * 79 + "…"),
            ("", "A picture"),
        ],
    )
    def test_a_title_is_the_first_line_and_not_long(self, bench: FeedBench, text: str, title: str) -> None:
        bench.open().publish(replace(outgoing(text), attachments=(picture("A picture"),)))
        assert bench.json()["items"][0]["title"] == title

    def test_an_entry_of_nothing_but_a_picture_without_words_is_titled_by_its_date(
        self, bench: FeedBench
    ) -> None:
        bench.open().publish(replace(outgoing(""), attachments=(picture(""),)))
        assert bench.json()["items"][0]["title"] == "2026-11-18"

    def test_a_content_warning_hides_the_text_where_there_are_lists(self, bench: FeedBench) -> None:
        bench.open().publish(replace(outgoing("He dies in the end"), content_warning="Spoiler"))
        (entry,) = atom(bench.path).entries
        assert (entry.title, entry.summary) == ("Spoiler", "Spoiler")
        assert bench.json()["items"][0]["title"] == "Spoiler"
        page = (bench.path / "index.html").read_text(encoding="utf-8")
        assert page.index("<summary>Spoiler</summary>") < page.index("He dies in the end")

    def test_without_an_address_of_its_own_the_links_are_relative_and_the_receipt_is_a_file(
        self, bench: FeedBench
    ) -> None:
        receipt = bench.open(url=None).publish(replace(outgoing(), attachments=(picture(),)))
        assert receipt.remote_id == "tag:wikiherald.invalid,2026:key-1"
        assert receipt.url is not None
        assert receipt.url.startswith(f"{bench.path.as_uri()}/index.html#")
        (item,) = bench.json()["items"]
        assert item["attachments"][0]["url"].startswith("media/")
        assert "url" not in item
        JSON_FEED.validate(bench.json())
        atom(bench.path)


class TestPage:
    def test_it_needs_nothing_from_elsewhere_and_runs_nothing(self, bench: FeedBench) -> None:
        bench.open().publish(replace(outgoing("<script>alert(1)</script>"), attachments=(picture(),)))
        page = Page.of(bench.path / "index.html")
        assert "script" not in page.tags
        assert all(not re.match(r"[a-z]+:|//", address) for address in page.loaded)
        assert "url(" not in page.source
        assert "@import" not in page.source

    def test_every_entry_can_be_linked_to(self, bench: FeedBench) -> None:
        receipts = [bench.open().publish(outgoing(key=key)) for key in ("a", "b")]
        anchors = [str(receipt.url).partition("#")[2] for receipt in receipts]
        assert Page.of(bench.path / "index.html").articles == anchors[::-1]

    def test_every_picture_has_an_alt_text_and_the_page_a_language(self, bench: FeedBench) -> None:
        bench.open(language="eo").publish(replace(outgoing(), attachments=(picture(""), picture("Two"))))
        page = Page.of(bench.path / "index.html")
        assert [alt for _, alt in page.images] == ["", "Two"]
        assert '<html lang="eo">' in page.source


class TestChanges:
    def test_updated_changes_with_the_entry_and_only_then(self, bench: FeedBench) -> None:
        receipt = bench.at(NOON).publish(outgoing("A tpyo"))
        bench.at(NOON + timedelta(hours=1)).edit(receipt, outgoing("A typo"))
        bench.at(NOON + timedelta(hours=2)).edit(receipt, outgoing("A typo"))
        parsed = atom(bench.path)
        (entry,) = parsed.entries
        assert (entry.published, entry.updated) == ("2026-11-18T00:00:00Z", "2026-11-21T13:00:00Z")
        assert parsed.feed.updated == entry.updated
        assert entry.id == receipt.remote_id

    def test_an_edit_keeps_the_date_and_the_place(self, bench: FeedBench) -> None:
        first = bench.open().publish(outgoing("One", key="1"))
        bench.open().publish(outgoing("Two", key="2"))
        later = replace(outgoing("One!", key="1"), dated=datetime(2030, 1, 1, tzinfo=UTC))
        bench.open().edit(first, later)
        assert [entry.title for entry in atom(bench.path).entries] == ["Two", "One!"]
        assert {entry.published for entry in atom(bench.path).entries} == {"2026-11-18T00:00:00Z"}

    def test_repeating_what_is_done_touches_no_file(self, bench: FeedBench) -> None:
        sent = replace(outgoing(), attachments=(picture(),))
        receipt = bench.at(NOON).publish(sent)
        before = {path: path.stat().st_mtime_ns for path in bench.path.rglob("*")}
        later = bench.at(NOON + timedelta(hours=1))
        later.publish(sent)
        later.edit(receipt, sent)
        later.delete(replace(receipt, remote_id="tag:elsewhere"))
        assert {path: path.stat().st_mtime_ns for path in bench.path.rglob("*")} == before

    def test_only_the_newest_entries_are_kept_and_the_files_of_the_others_go(self, bench: FeedBench) -> None:
        for number in range(4):
            sent = replace(
                outgoing(f"News {number}", key=str(number)),
                attachments=(picture(content=PNG + str(number).encode()),),
            )
            bench.open(most=3).publish(sent)
        assert [entry.title for entry in atom(bench.path).entries] == ["News 3", "News 2", "News 1"]
        assert len(list((bench.path / "media").iterdir())) == 3

    def test_an_entry_that_had_to_go_does_not_come_back(self, bench: FeedBench) -> None:
        first = bench.open(most=1).publish(outgoing("Old", key="1"))
        bench.open(most=1).publish(outgoing("New", key="2"))
        again = bench.open(most=2).publish(outgoing("Old", key="1"))
        assert again.remote_id == first.remote_id
        assert [post.text for post in bench.visible()] == ["New"]
        with pytest.raises(RejectedError, match="no longer in the feed"):
            bench.open().edit(first, outgoing("Older", key="1"))

    def test_a_picture_that_two_entries_share_stays_while_one_needs_it(self, bench: FeedBench) -> None:
        channel = bench.open()
        first = channel.publish(replace(outgoing(key="1"), attachments=(picture(),)))
        second = channel.publish(replace(outgoing(key="2"), attachments=(picture(),)))
        channel.delete(first)
        assert len(list((bench.path / "media").iterdir())) == 1
        channel.delete(second)
        assert list((bench.path / "media").iterdir()) == []

    def test_a_file_of_somebody_else_s_in_the_folder_stays(self, bench: FeedBench) -> None:
        (bench.path / "media").mkdir(parents=True)
        (bench.path / "media" / "logo.png").write_bytes(PNG)
        channel = bench.open()
        channel.delete(channel.publish(outgoing()))
        assert (bench.path / "media" / "logo.png").exists()

    def test_ids_stay_when_the_feed_moves(self, bench: FeedBench) -> None:
        receipt = bench.open().publish(outgoing())
        feed_id = atom(bench.path).feed.id
        moved = bench.open(url="https://elsewhere.example/news/")
        assert moved.publish(outgoing()).remote_id == receipt.remote_id
        assert atom(bench.path).feed.id == feed_id
        assert atom(bench.path).feed.link == "https://elsewhere.example/news/"


class TestConfiguration:
    def test_a_channel_is_opened_as_configured_and_nothing_is_written(self, tmp_path: Path) -> None:
        options = {option.name: option.default for option in SPEC.options}
        config = ChannelConfig(
            name="feed",
            network="feed",
            server="",
            style=Style(language="eo"),
            on_edit=OnEdit.EDIT,
            delivery=Pace(),
            options=options
            | {"path": tmp_path / "public", "url": "https://news.example/herald", "entries": 1},
        )
        channel = open_channel(config, facilities())
        assert list(tmp_path.iterdir()) == []
        channel.publish(outgoing(key="1"))
        channel.publish(outgoing(key="2"))
        document = FeedBench(tmp_path).json()
        assert (document["title"], document["language"]) == ("News", "eo")
        assert document["feed_url"] == "https://news.example/herald/feed.json"
        assert len(document["items"]) == 1


class Page(HTMLParser):
    """What is on the page: its tags, articles, pictures and all that a browser loads with it."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.source = source
        self.tags: set[str] = set()
        self.articles: list[str] = []
        self.images: list[tuple[str, str]] = []
        self.loaded: list[str] = []
        self.feed(source)

    @classmethod
    def of(cls, path: Path) -> Page:
        return cls(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        if tag == "article":
            self.articles.append(found["id"])
        if tag == "img":
            self.images.append((found["src"], found["alt"]))
        if tag != "a":
            self.loaded += [found[name] for name in ("src", "href") if name in found]
