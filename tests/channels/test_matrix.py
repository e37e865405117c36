from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.channels.matrix import SPEC
from bot.errors import (
    AmbiguousError,
    ChannelError,
    PermanentError,
    RejectedError,
    TransientError,
)
from bot.model import Attachment, Facet, FacetKind, Receipt
from tests.channels.fault_contract import FaultContract
from tests.channels.matrix import MatrixContract, a_channel
from tests.channels.matrix_bench import SEND, UPLOAD, MatrixBench
from tests.channels.messages import LINK, PNG, a_moment_ago, outgoing, part, picture
from tests.fakes.faults import HARMLESS, Fault
from tests.fakes.matrix import MatrixServer
from tests.fakes.matrix_api import BOT, ROOM, SERVER, TOKEN
from tests.fakes.scripted import Scripted, ScriptedServer

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def matrix() -> Iterator[MatrixServer]:
    with MatrixServer() as server:
        yield server
    assert server.complaints == []


@pytest.fixture
def bench(matrix: MatrixServer) -> MatrixBench:
    return MatrixBench(matrix)


class TestContract(MatrixContract, FaultContract):
    pass


class TestPublishing:
    def test_a_retry_is_the_same_transaction_of_the_same_device(
        self, bench: MatrixBench, matrix: MatrixServer
    ) -> None:
        bench.open().publish(outgoing())
        bench.open(room=ROOM).publish(outgoing("The text may have changed meanwhile"))
        sent = [request for request in matrix.requests if request.startswith(SEND)]
        assert len(sent) == 2
        assert len(set(sent)) == 1
        assert len(matrix.api.events) == 1

    def test_another_device_is_another_sender(self, bench: MatrixBench, matrix: MatrixServer) -> None:
        """That is why the manual says to keep the session."""
        matrix.api.tokens["another-token"] = "ANOTHER"
        bench.open().publish(outgoing())
        bench.open(token="another-token").publish(outgoing())
        assert len(matrix.api.events) == 2

    def test_the_text_is_there_for_every_client(self, bench: MatrixBench, matrix: MatrixServer) -> None:
        words = Facet(start=5, end=9, kind=FacetKind.LINK, url=LINK)
        bench.open().publish(replace(outgoing(), part=replace(part("Read this & that"), facets=(words,))))
        content = matrix.api.events[0]["content"]
        assert content["body"] == f"Read this [1] & that\n\n[1] {LINK}"
        href = LINK.replace("&", "&amp;")
        assert content["formatted_body"] == f'<p>Read <a href="{href}">this</a> &amp; that</p>'

    def test_where_the_wiki_shows_the_source_goes_with_it(
        self, bench: MatrixBench, matrix: MatrixServer
    ) -> None:
        source = "https://wiki.example/wiki/Special:PermanentLink/47"
        receipt = bench.open().publish(replace(outgoing(), source=source))
        bench.open().edit(receipt, replace(outgoing("Edited"), source=f"{source}11"))
        said, edited = (event["content"] for event in matrix.api.events)
        assert said["org.toolforge.wikiherald"]["source"] == source
        assert edited["m.new_content"]["org.toolforge.wikiherald"]["source"] == f"{source}11"

    def test_nobody_is_mentioned(self, bench: MatrixBench, matrix: MatrixServer) -> None:
        bench.open().publish(outgoing("@room and @ann:matrix.test"))
        assert matrix.api.events[0]["content"]["m.mentions"] == {}

    def test_an_account_that_is_named_on_purpose_is_shown_and_not_called(
        self, bench: MatrixBench, matrix: MatrixServer
    ) -> None:
        url = "https://matrix.to/#/@ann:matrix.test"
        named = Facet(start=4, end=20, kind=FacetKind.MENTION, url=url)
        bench.open().publish(replace(outgoing(), part=replace(part("Ask @ann:matrix.test"), facets=(named,))))
        content = matrix.api.events[0]["content"]
        assert content["formatted_body"] == f'<p>Ask <a href="{url}">@ann:matrix.test</a></p>'
        assert (content["body"], content["m.mentions"]) == ("Ask @ann:matrix.test", {})

    @pytest.mark.parametrize("msgtype", ["m.text", "m.notice"])
    def test_it_is_a_message_or_a_notice(
        self, bench: MatrixBench, matrix: MatrixServer, msgtype: str
    ) -> None:
        receipt = bench.open(msgtype=msgtype).publish(outgoing())
        bench.open(msgtype=msgtype).edit(receipt, outgoing("edited"))
        sent, edit = (event["content"] for event in matrix.api.events)
        assert (sent["msgtype"], edit["m.new_content"]["msgtype"]) == (msgtype, msgtype)

    def test_behind_a_content_warning_every_paragraph_is_hidden(
        self, bench: MatrixBench, matrix: MatrixServer
    ) -> None:
        bench.open().publish(replace(outgoing("One\n\nTwo"), content_warning="<Spiders>"))
        assert matrix.api.events[0]["content"]["formatted_body"] == (
            "<p>&lt;Spiders&gt;</p>"
            "<p><span data-mx-spoiler>One</span></p><p><span data-mx-spoiler>Two</span></p>"
        )

    def test_a_picture_goes_with_its_text_as_one_message(
        self, bench: MatrixBench, matrix: MatrixServer
    ) -> None:
        bench.open().publish(replace(outgoing(), attachments=(picture(),)))
        (event,) = matrix.api.events
        content = event["content"]
        assert content["filename"] == "Neues_Logo_新.png"
        assert content["info"] == {"mimetype": "image/png", "size": len(PNG), "w": 1, "h": 1}
        assert matrix.api.media[content["url"]].content == PNG

    @pytest.mark.parametrize(
        ("file", "mime_type", "name"),
        [
            ("Logo.svg", "image/png", "Logo.svg.png"),
            ("Logo.PNG", "image/png", "Logo.PNG"),
            ("Photo.jpeg", "image/png", "Photo.jpeg.png"),
        ],
    )
    def test_a_file_is_called_as_on_the_wiki_and_what_it_is(
        self, bench: MatrixBench, matrix: MatrixServer, file: str, mime_type: str, name: str
    ) -> None:
        drawn = Attachment(file=file, mime_type=mime_type, content=PNG, alt="")
        bench.open().publish(replace(outgoing(), attachments=(drawn,)))
        (event,) = matrix.api.events
        assert event["content"]["filename"] == name
        assert [upload.name for upload in matrix.api.media.values()] == [name]

    def test_a_picture_of_unknown_size_and_without_a_text_is_a_picture(
        self, bench: MatrixBench, matrix: MatrixServer
    ) -> None:
        odd = replace(picture(""), content=b"not really a picture")
        bench.open().publish(replace(outgoing("", link=None), attachments=(odd,)))
        (event,) = matrix.api.events
        assert event["content"]["body"] == event["content"]["filename"]
        assert event["content"]["info"] == {"mimetype": "image/png", "size": 20}
        (post,) = bench.visible()
        assert (post.text, post.pictures) == ("", ((odd.content, ""),))

    @pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.REFUSED])
    def test_a_failed_upload_is_never_in_doubt(self, bench: MatrixBench, fault: Fault) -> None:
        with bench.failing(fault, "upload"), pytest.raises(ChannelError) as caught:
            bench.open().publish(replace(outgoing(), attachments=(picture(),)))
        assert type(caught.value) is HARMLESS[fault]
        assert bench.visible() == []

    def test_a_file_that_is_too_large_is_named(self, bench: MatrixBench, matrix: MatrixServer) -> None:
        matrix.api.most_upload = 10
        with pytest.raises(RejectedError, match=r"too large \(the file Neues_Logo_新\.png\)"):
            bench.open().publish(replace(outgoing(), attachments=(picture(),)))
        assert bench.visible() == []

    def test_a_text_that_does_not_fit_is_refused_before_its_picture_is_uploaded(
        self, bench: MatrixBench, matrix: MatrixServer
    ) -> None:
        with pytest.raises(RejectedError, match="holds 16000 bytes"):
            bench.open().publish(replace(outgoing("x" * 16_000), attachments=(picture(),)))
        assert UPLOAD not in matrix.requests

    def test_the_longest_text_can_be_edited_too(self, bench: MatrixBench) -> None:
        limit = SPEC.defaults.text or 0
        for text in ("x" * (limit - 7), "日" * ((limit - 7) // 3), "\n".join("ab" * 1000)):
            receipt = bench.open().publish(replace(outgoing(text), content_warning=None))
            assert bench.open().edit(receipt, outgoing(text)) == receipt

    def test_an_alt_text_that_does_not_fit_is_refused_before_its_picture_is_uploaded(
        self, bench: MatrixBench, matrix: MatrixServer
    ) -> None:
        with pytest.raises(RejectedError, match="holds 60000 bytes"):
            bench.open().publish(replace(outgoing(), attachments=(picture("x" * 60_000),)))
        assert UPLOAD not in matrix.requests

    def test_links_without_end_are_refused_and_not_cut(self, bench: MatrixBench) -> None:
        links = [
            Facet(start=at, end=at + 1, kind=FacetKind.LINK, url=f"https://wiki.example/{at:0>900}")
            for at in range(0, 34, 2)
        ]
        long = replace(part("a " * 17), facets=tuple(links))
        receipt = bench.open().publish(replace(outgoing(), part=long))
        bench.open().edit(receipt, replace(outgoing(), part=long))
        longer = replace(long, facets=tuple(replace(link, url=(link.url or "") * 3) for link in links))
        with pytest.raises(RejectedError, match="holds 16000 bytes"):
            bench.open().publish(replace(outgoing(key="key-2"), part=longer))

    @pytest.mark.parametrize("body", ["", "{}", "[]", "null", '{"event_id": 1}', '{"event_id": ""}'])
    def test_a_success_without_an_id_leaves_a_doubt(
        self, bench: MatrixBench, matrix: MatrixServer, body: str
    ) -> None:
        matrix.garbage = body
        with bench.failing(Fault.ACCEPTED_GARBLED, "publish"), pytest.raises(AmbiguousError):
            bench.open().publish(outgoing())
        assert len(bench.visible()) == 1

    def test_the_receipt_leads_to_the_message_through_a_server_that_has_it(self, bench: MatrixBench) -> None:
        receipt = bench.open().publish(outgoing())
        assert receipt.url == f"https://matrix.to/#/{ROOM}/{receipt.remote_id}?via={SERVER}"

    def test_an_address_that_a_person_gave_is_understood(self, bench: MatrixBench) -> None:
        receipt = bench.open().publish(outgoing())
        given = (receipt.url or "").rpartition("/")[2]
        assert given != receipt.remote_id
        bench.open().edit(Receipt(remote_id=given, url=receipt.url), outgoing("edited"))
        assert [post.text for post in bench.visible()] == ["edited"]

    @pytest.mark.parametrize("remote_id", ["", "404", "!room:matrix.test", "../x"])
    def test_an_id_that_is_no_event_s_is_not_asked_for(self, bench: MatrixBench, remote_id: str) -> None:
        receipt = Receipt(remote_id=remote_id)
        for act in (
            lambda: bench.open().delete(receipt),
            lambda: bench.open().edit(receipt, outgoing()),
            lambda: bench.open().publish(replace(outgoing(), reply_to=remote_id)),
        ):
            with pytest.raises(PermanentError, match="not the id"):
                act()
        assert bench.visible() == []


class TestReadingBack:
    def test_the_key_comes_back_after_an_edit_too(self, bench: MatrixBench) -> None:
        receipt = bench.open().publish(outgoing())
        bench.open().edit(receipt, outgoing("edited"))
        assert [(post.text, post.key) for post in bench.open().recent(a_moment_ago())] == [
            ("edited", "key-1")
        ]

    def test_one_edit_after_another_counts_and_the_first_again(self, bench: MatrixBench) -> None:
        receipt = bench.open().publish(outgoing("a"))
        for text in ("b", "c", "b"):
            bench.open().edit(receipt, outgoing(text))
            assert [post.text for post in bench.visible()] == [text]
            assert [post.text for post in bench.open().recent(a_moment_ago())] == [text]

    def test_a_reply_stays_one_when_it_is_edited(self, bench: MatrixBench, matrix: MatrixServer) -> None:
        first = bench.open().publish(outgoing("one"))
        reply = replace(outgoing("tow", key="key-2"), reply_to=first.remote_id)
        receipt = bench.open().publish(reply)
        bench.open().edit(receipt, replace(reply, part=part("two")))
        assert [(post.text, post.reply_to) for post in bench.visible()] == [
            ("one", None),
            ("two", first.remote_id),
        ]
        assert matrix.complaints == []

    def test_pages_that_hold_nothing_of_ours_are_passed_over(
        self, bench: MatrixBench, matrix: MatrixServer
    ) -> None:
        matrix.api.post_by_hand("ours")
        for _ in range(250):
            matrix.api.post_by_hand("theirs", sender="@ann:matrix.test")
        assert [post.text for post in bench.open().recent(a_moment_ago())] == ["ours"]

    def test_an_edit_of_an_edited_message_that_was_deleted_is_refused(self, bench: MatrixBench) -> None:
        receipt = bench.open().publish(outgoing())
        bench.open().edit(receipt, outgoing("edited"))
        bench.open().delete(receipt)
        assert list(bench.open().recent(a_moment_ago())) == []
        with pytest.raises(RejectedError, match="was deleted"):
            bench.open().edit(receipt, outgoing("again"))

    def test_all_since_then_are_found_on_however_many_pages(
        self, bench: MatrixBench, matrix: MatrixServer
    ) -> None:
        start = datetime(2026, 11, 1, tzinfo=UTC)
        for minutes in range(230):
            matrix.api.clock = lambda minutes=minutes: start + timedelta(minutes=minutes)  # type: ignore[misc]  # a default binds the value
            matrix.api.post_by_hand(str(minutes), sender=BOT if minutes % 2 else "@ann:matrix.test")
        found = bench.open().recent(start + timedelta(minutes=5))
        assert [post.text for post in found] == [str(number) for number in range(229, 4, -2)]

    def test_a_list_that_does_not_end_is_an_error_and_not_cut_short(self) -> None:
        now = int(datetime.now(UTC).timestamp() * 1000)
        content = {"msgtype": "m.text", "body": "x"}
        page = {"chunk": [{"event_id": "$1", "origin_server_ts": now, "content": content}], "end": "t1"}
        answers = (
            Scripted(body=f'{{"user_id": "{BOT}"}}'),
            Scripted(body=json.dumps(page)),
        )
        with ScriptedServer(*answers) as server:
            channel = a_channel(server.url, token=TOKEN, room=ROOM)
            with pytest.raises(TransientError, match="more than 5000 messages"):
                channel.recent(a_moment_ago())

    def test_what_a_person_wrote_with_the_account_is_found_with_its_links(
        self, bench: MatrixBench, matrix: MatrixServer
    ) -> None:
        matrix.api.post_by_hand(f"See {LINK}")
        html = f'<b>See</b> <a href="{LINK}">this</a>'
        matrix.api.post_by_hand(
            "See this", format="org.matrix.custom.html", formatted_body=html.replace("&", "&amp;")
        )
        found = bench.open().recent(a_moment_ago())
        assert [(post.text, post.links, post.key) for post in found] == [
            ("See this", (LINK,), None),
            (f"See {LINK}", (LINK,), None),
        ]

    def test_odd_events_are_no_obstacle(self, bench: MatrixBench, matrix: MatrixServer) -> None:
        for content in (
            {"m.relates_to": "no"},
            {"m.relates_to": {"rel_type": "m.replace"}},
            {"org.toolforge.wikiherald": {"key": 7}},
            {"format": "org.matrix.custom.html", "formatted_body": None},
        ):
            matrix.api.post_by_hand("odd", **content)
        assert [post.text for post in bench.open().recent(a_moment_ago())] == ["odd"] * 3

    def test_only_reading_requests_read(self, bench: MatrixBench, matrix: MatrixServer) -> None:
        matrix.writes_forbidden = True
        channel = bench.open()
        channel.limits()
        channel.account()
        channel.recent(a_moment_ago())
        assert matrix.forbidden == []
