from __future__ import annotations

import pytest

from bot.compose.handles import check_handle, mention
from bot.compose.markup import to_html
from bot.compose.plain import to_little_text
from bot.model import Style
from tests.compose.values import an_item, composed, meant

GOOD = [
    ("mastodon", "@wikimediafoundation@wikimedia.social"),
    ("mastodon", "wikimedia"),
    ("x", "@Wikimedia"),
    ("x", "a_name_of_15_ch"),
    ("bluesky", "@wikimediafoundation.org"),
    ("telegram", "@wikimedia"),
    ("discord", "<@1234>"),
    ("discord", "<@&1234>"),
    ("matrix", "@wikimedia:matrix.org"),
    ("linkedin", "@[Wikimedia Foundation](urn:li:organization:1234)"),
    ("diaspora", "wikimedia@pod.example"),
    ("threads", "wiki.media_"),
    ("instagram", "@wikipedia"),
    ("slack", "<@U012AB3CD>"),
    ("irc", "anything at all"),
    ("email", "Wikimedia Foundation"),
    ("facebook", "Wikimedia Foundation"),
]


@pytest.mark.parametrize(("network", "handle"), GOOD)
def test_an_account_is_known_by_its_form(network: str, handle: str) -> None:
    assert check_handle(network, handle) is None


@pytest.mark.parametrize(
    ("network", "handle"),
    [
        ("mastodon", "@two words"),
        ("mastodon", "@a@b"),
        ("mastodon", "https://wikimedia.social/@wikimedia"),
        ("x", "@a_name_of_16_chr"),
        ("x", "@wiki.media"),
        ("bluesky", "@wikimedia"),
        ("telegram", "@abc"),
        ("telegram", "@1wiki"),
        ("discord", "@wikimedia"),
        ("matrix", "wikimedia"),
        ("linkedin", "@wikimedia"),
        ("diaspora", "wikimedia"),
        ("slack", "@wikimedia"),
        ("threads", "@wiki-media"),
        ("threads", "@" + "a" * 31),
        ("instagram", "@wikipedia."),
        ("instagram", "https://www.instagram.com/wikipedia/"),
    ],
)
def test_what_can_be_no_account_is_said_with_an_example(network: str, handle: str) -> None:
    wrong = check_handle(network, handle)
    assert wrong is not None
    assert wrong.startswith(f"is no account on {network}, where one is written ")


@pytest.mark.parametrize(("network", "handle"), GOOD)
def test_a_name_of_the_table_becomes_the_account_there_and_nothing_else_is_mentioned(
    network: str, handle: str
) -> None:
    style = Style(template="{{ text }}", handles={"wm": handle})
    (part,) = composed(an_item("By @wm, not @stranger"), style, network=network).parts
    written = mention(network, handle)
    assert part.text.replace("\u2060", "") == f"By {written.text}, not @stranger"
    assert meant(part) == [("mention", written.text)] * len(written.facets)


def test_a_mention_brings_what_the_network_needs_besides_its_text() -> None:
    assert to_little_text(
        mention("linkedin", "@[W. F. (SF)](urn:li:organization:1)".replace(" (SF)", ""))
    ) == ("@[W. F.](urn:li:organization:1)")
    assert to_html(mention("matrix", "@wm:matrix.org")) == (
        '<p><a href="https://matrix.to/#/@wm:matrix.org">@wm:matrix.org</a></p>'
    )
