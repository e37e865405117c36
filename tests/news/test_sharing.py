from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.news.sharing import TITLES, address_of, on_the_web

DID = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"


@pytest.mark.parametrize(
    ("url", "network", "author", "post"),
    [
        ("https://x.com/wikipedia/status/1445880548472328192", "x", "wikipedia", "1445880548472328192"),
        ("https://www.x.com/wikipedia/status/12/photo/1", "x", "wikipedia", "12"),
        ("https://X.com/wikipedia/status/12?s=20#top", "x", "wikipedia", "12"),
        ("https://mobile.twitter.com/wikipedia/statuses/12/", "x", "wikipedia", "12"),
        ("http://twitter.com/i/web/status/12", "x", "i/web", "12"),
        ("https://bsky.app/profile/wikipedia.org/post/3labc", "bluesky", "wikipedia.org", "3labc"),
        (f"https://bsky.app/profile/{DID}/post/3labc?ref=x", "bluesky", DID, "3labc"),
        (f"https://bsky.app/profile/{DID.replace(':', '%3A')}/post/3labc", "bluesky", DID, "3labc"),
        ("https://wikis.world/@wikitech/113000000000000001", "mastodon", "wikitech", "113000000000000001"),
        ("https://wikis.world/@w@other.example/1130/", "mastodon", "w@other.example", "1130"),
        ("https://gts.example/@news/statuses/01JD4ZABC", "mastodon", "news", "01JD4ZABC"),
        ("https://wikis.world/users/wikitech/statuses/1130", "mastodon", "wikitech", "1130"),
        ("https://wikis.world/ap/users/115/statuses/1130", "mastodon", "115", "1130"),
        ("https://pleroma.example/notice/Ao9ZkAbC", "mastodon", "", "Ao9ZkAbC"),
        ("https://akkoma.example/objects/1b4e28ba-2fa1-11d2", "mastodon", "", "1b4e28ba-2fa1-11d2"),
        ("https://misskey.example/notes/9abcdefgh1", "mastodon", "", "9abcdefgh1"),
        ("https://pixelfed.example/p/wikimedia/4711", "mastodon", "wikimedia", "4711"),
    ],
)
def test_a_post_is_told_by_its_address(url: str, network: str, author: str, post: str) -> None:
    found = address_of(url)
    assert found is not None
    assert (found.network, found.author, found.id) == (network, author, post)
    assert network in TITLES


@pytest.mark.parametrize(
    "url",
    [
        "https://x.com/wikipedia",
        "https://x.com/wikipedia/status/latest",
        "https://x.com/@wikipedia/113000000000000001",
        "https://not-x.com/wikipedia/status/12",
        "https://x.com.example/wikipedia/status/12",
        "https://bsky.app/profile/wikipedia.org",
        "https://bsky.app/@wikipedia/12",
        "https://wikis.world/@wikitech",
        "https://wikis.world/@wikitech/about",
        "https://medium.com/@wikimedia/a-story-4711ab",
        "https://www.instagram.com/p/CabcDEF/",
        "https://www.mediawiki.org/wiki/News",
        "ftp://wikis.world/@wikitech/12",
        "wikis.world/@wikitech/12",
        "https:///@wikitech/12",
        "http://[/@wikitech/12",
        "",
    ],
)
def test_what_is_no_post_that_can_be_told_is_none(url: str) -> None:
    assert address_of(url) is None


@pytest.mark.parametrize(
    ("uri", "url"),
    [
        (f"at://{DID}/app.bsky.feed.post/3labc", f"https://bsky.app/profile/{DID}/post/3labc"),
        ("at://wikipedia.org/app.bsky.feed.post/3l", "https://bsky.app/profile/wikipedia.org/post/3l"),
        ("at://wikipedia.org/app.bsky.feed.like/3l", "at://wikipedia.org/app.bsky.feed.like/3l"),
        ("https://x.com/a/status/1", "https://x.com/a/status/1"),
    ],
)
def test_the_name_of_a_record_is_turned_into_an_address(uri: str, url: str) -> None:
    assert on_the_web(uri) == url


@settings(deadline=None)
@given(st.text(st.sampled_from("htps:/@[]x.com%12") | st.characters(), max_size=40))
def test_no_text_raises(text: str) -> None:
    found = address_of(on_the_web(text))
    assert found is None or found.id
