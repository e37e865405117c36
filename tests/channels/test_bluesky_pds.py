"""What Bluesky's channel says is what a real server of the network then has."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from bot.channels.bluesky import SPEC
from bot.errors import CredentialsError, RejectedError
from bot.model import Facet, FacetKind, Secret, Sharing
from tests.channels.bluesky_bench import CAPABILITIES, KEEPS, UNKNOWN_ID, PdsBench
from tests.channels.contract import ChannelContract
from tests.channels.messages import PNG, a_moment_ago, outgoing, picture
from tests.channels.runs import TEXT, URL, publish_news
from tests.channels.sharing_contract import SharingContract
from tests.fakes.site import Page, Site
from tests.pictures import ALIKE, differences, encoded, opened, photo, with_place

if TYPE_CHECKING:
    from pathlib import Path

    from bot.channels.bluesky import BlueskyChannel
    from bot.model import Outgoing
    from tests.servers.pds import PDS

CREATE_SESSION = "com.atproto.server.createSession"
REFRESH_SESSION = "com.atproto.server.refreshSession"


@pytest.fixture
def bench(pds: PDS) -> PdsBench:
    return PdsBench(pds)


def the_record(bench: PdsBench) -> dict[str, Any]:
    (record,) = bench.pds.records(bench.person).values()
    return record


def with_id(channel: BlueskyChannel, message: Outgoing) -> Outgoing:
    return replace(message, remote_id=channel.choose_id(message, datetime.now(UTC)))


class TestContract(ChannelContract, SharingContract):
    capabilities = CAPABILITIES
    rich = SPEC.rich
    keeps = KEEPS
    unknown_id = UNKNOWN_ID


def test_a_repetition_changes_nothing_not_even_the_version(bench: PdsBench) -> None:
    channel = bench.open()
    sent = with_id(channel, replace(outgoing(rich=True), attachments=(picture(),), language="pt-br"))
    receipt = channel.publish(sent)
    parameters = {"repo": bench.person.did, "collection": "app.bsky.feed.post", "rkey": receipt.remote_id}
    before = bench.pds.get("com.atproto.repo.getRecord", **parameters).json()
    head = bench.pds.get("com.atproto.sync.getLatestCommit", did=bench.person.did).json()
    assert bench.open().publish(sent) == receipt
    assert bench.pds.get("com.atproto.repo.getRecord", **parameters).json() == before
    assert bench.pds.get("com.atproto.sync.getLatestCommit", did=bench.person.did).json() == head


def test_a_share_refers_to_the_post_and_a_repetition_changes_nothing(bench: PdsBench) -> None:
    author = bench.pds.account()
    rkey = bench.pds.post(author, "Said by somebody")
    channel = bench.open()
    chosen = channel.choose_id(Sharing(key="key-1", url=""), datetime.now(UTC))
    sharing = Sharing(
        key="key-1", url=f"https://bsky.app/profile/{author.handle}/post/{rkey}", remote_id=chosen
    )
    found = channel.find(sharing)
    assert found is not None
    assert (found.id, found.receipt) == (f"at://{author.did}/app.bsky.feed.post/{rkey}", None)
    receipt = channel.share(sharing, found)
    (record,) = bench.pds.records(bench.person, "app.bsky.feed.repost").values()
    assert (record["subject"]["uri"], record["subject"]["cid"]) == (found.id, found.version)
    head = bench.pds.get("com.atproto.sync.getLatestCommit", did=bench.person.did).json()
    assert bench.open().share(sharing, found) == receipt
    assert bench.pds.get("com.atproto.sync.getLatestCommit", did=bench.person.did).json() == head


def test_links_mentions_and_hashtags_are_where_they_were_meant(bench: PdsBench) -> None:
    friend = bench.pds.account()
    text = f"👨‍👩‍👧‍👦 Größe by @{friend.handle}, not @nobody.test: #ウィキ"
    pieces = {
        "Größe": (FacetKind.LINK, "https://wiki.example/wiki/Gr%C3%B6%C3%9Fe"),
        f"@{friend.handle}": (FacetKind.MENTION, None),
        "@nobody.test": (FacetKind.MENTION, None),
        "#ウィキ": (FacetKind.TAG, None),
    }
    facets = tuple(
        Facet(start=text.index(piece), end=text.index(piece) + len(piece), kind=kind, url=url)
        for piece, (kind, url) in pieces.items()
    )
    sent = outgoing(text, link=None)
    bench.open().publish(replace(sent, part=replace(sent.part, facets=facets)))
    record = the_record(bench)
    found = {
        record["text"].encode()[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(): feature
        for facet in record["facets"]
        for feature in facet["features"]
    }
    assert [feature.pop("$type").rpartition("#")[2] for feature in found.values()] == [
        "link",
        "mention",
        "tag",
    ]
    assert found == {
        "Größe": {"uri": "https://wiki.example/wiki/Gr%C3%B6%C3%9Fe"},
        f"@{friend.handle}": {"did": friend.did},
        "#ウィキ": {"tag": "ウィキ"},
    }


@pytest.mark.parametrize("picture_size", [len(PNG), 1_000_000, 1_000_001])
def test_the_main_link_has_a_card_whose_picture_may_be_too_big(bench: PdsBench, picture_size: int) -> None:
    content = PNG + b"x" * (picture_size - len(PNG))
    with Site() as site:
        page = b'<title>A page</title><meta property="og:image" content="/p.png">'
        site.pages = {"/": Page(body=page), "/p.png": Page(body=content, kind="image/png")}
        bench.open().publish(replace(outgoing("Hello", link=site.url), link_title="A link"))
    external = the_record(bench)["embed"]["external"]
    assert (external["uri"], external["title"], external["description"]) == (site.url, "A link", "")
    if picture_size > 1_000_000:
        assert "thumb" not in external
    else:
        assert bench.pds.blob(bench.person, external["thumb"]) == content


def test_a_picture_has_its_shape_and_at_most_a_million_bytes(bench: PdsBench) -> None:
    channel = bench.open()
    limit = channel.limits().media_bytes or 0
    fitting, bigger = (picture(content=PNG + b"x" * (size - len(PNG))) for size in (limit, limit + 1))
    with pytest.raises(RejectedError, match="blob too big"):
        channel.publish(replace(outgoing(), attachments=(bigger,)))
    channel.publish(replace(outgoing(), attachments=(fitting,)))
    (image,) = the_record(bench)["embed"]["images"]
    assert {"width": 1, "height": 1}.items() <= image["aspectRatio"].items()
    assert bench.pds.blob(bench.person, image["image"]) == fitting.content


def test_a_thread_of_three_has_one_root(bench: PdsBench) -> None:
    channel, above = bench.open(), None
    for number in range(3):
        message = with_id(channel, outgoing(str(number), key=f"key-{number}", link=None))
        above = channel.publish(replace(message, reply_to=above)).remote_id
    rkeys, records = zip(*bench.pds.records(bench.person).items(), strict=True)
    replies = [record["reply"] for record in records[1:]]
    assert [reply["root"]["uri"].rpartition("/")[2] for reply in replies] == [rkeys[0], rkeys[0]]
    assert [reply["parent"]["uri"].rpartition("/")[2] for reply in replies] == [rkeys[0], rkeys[1]]


def test_a_text_of_as_many_bytes_as_are_allowed_is_taken(bench: PdsBench) -> None:
    limits = bench.open().limits()
    family = "👨‍👩‍👧‍👦"  # 25 bytes
    assert limits.bytes == 3000
    bench.open().publish(outgoing(family * 120, link=None))
    with pytest.raises(RejectedError, match="too big"):
        bench.open().publish(outgoing(family * 121, key="key-2", link=None))
    assert [post.text for post in bench.visible()] == [family * 120]


def test_one_login_serves_for_many_runs(bench: PdsBench) -> None:
    before = bench.pds.asked(CREATE_SESSION)
    for number in range(3):
        channel = bench.open()
        channel.account()
        channel.publish(with_id(channel, outgoing(key=f"key-{number}")))
        assert len(channel.recent(a_moment_ago())) == number + 1
    assert bench.pds.asked(CREATE_SESSION) == before + 1


@pytest.mark.parametrize("worn_out", ["access", "refresh"])
def test_a_session_that_the_server_does_not_take_is_renewed(bench: PdsBench, worn_out: str) -> None:
    bench.open().account()
    login = bench.kept()
    refreshed, before = bench.pds.asked(REFRESH_SESSION), bench.pds.asked(CREATE_SESSION)
    bench.keep(login | {"access": "nonsense"} | {worn_out: "nonsense"})
    assert bench.open().account().name == f"@{bench.person.handle}"
    assert bench.kept().keys() == login.keys()
    assert bench.pds.asked(REFRESH_SESSION) == refreshed + 1
    assert bench.pds.asked(CREATE_SESSION) == before + (worn_out == "refresh")


def test_the_account_and_the_kind_of_its_password_are_told(bench: PdsBench) -> None:
    account = bench.open().account()
    assert (account.name, account.warnings) == (f"@{bench.person.handle}", ())
    (warning,) = bench.open(password=Secret(bench.person.password)).account().warnings
    assert "make an app password" in warning
    with pytest.raises(CredentialsError, match="Invalid identifier or password"):
        bench.open(password=Secret("nonsense")).account()


def configured(bench: PdsBench) -> str:
    return f"""
        [[channels]]
        name = "sky"
        network = "bluesky"
        server = "{bench.pds.url}"
        handle = "{bench.person.handle}"
        password_env = "BLUESKY_PASSWORD"
        """


def test_news_go_from_a_configuration_to_the_server_with_one_login(
    bench: PdsBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLUESKY_PASSWORD", bench.person.app_password)
    before = bench.pds.asked(CREATE_SESSION)
    publish_news(tmp_path, configured(bench))
    assert bench.pds.asked(CREATE_SESSION) == before + 1
    record = the_record(bench)
    assert record["text"] == TEXT
    (facet,) = record["facets"]
    assert [feature["uri"] for feature in facet["features"]] == [URL]
    (post,) = bench.visible()
    assert post.pictures == ((PNG, "The new logo"),)


def test_a_photograph_is_read_back_as_small_as_it_must_be_and_does_not_say_where_it_was_taken(
    bench: PdsBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLUESKY_PASSWORD", bench.person.app_password)
    original = encoded(photo(2000, 1500, noise=120), "JPEG", quality=97, exif=with_place(turned=6))
    assert len(original) > 1_000_000
    publish_news(tmp_path, configured(bench), picture=original, name="Photo.jpg")
    (image,) = the_record(bench)["embed"]["images"]
    kept = bench.pds.blob(bench.person, image["image"])
    assert len(kept) <= 1_000_000
    assert not opened(kept).getexif()
    assert b"Jane Doe" not in kept
    seen = opened(original).transpose(Image.Transpose.ROTATE_270)
    assert differences(kept, encoded(seen, "PNG")) <= 3 * ALIKE


def test_a_photograph_that_fits_is_read_back_to_the_byte(
    bench: PdsBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLUESKY_PASSWORD", bench.person.app_password)
    original = encoded(photo(), "JPEG")
    publish_news(tmp_path, configured(bench), picture=original, name="Photo.jpg")
    (image,) = the_record(bench)["embed"]["images"]
    assert bench.pds.blob(bench.person, image["image"]) == original
