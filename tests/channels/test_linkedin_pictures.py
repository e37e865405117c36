from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.errors import ChannelError, RejectedError, TransientError
from tests.channels.linkedin_bench import Clock, LinkedInBench
from tests.channels.messages import PNG, outgoing, picture
from tests.fakes.faults import HARMLESS, Fault
from tests.fakes.linkedin import CREATE

if TYPE_CHECKING:
    from tests.fakes.linkedin import LinkedInServer


@pytest.fixture
def bench(linkedin: LinkedInServer) -> LinkedInBench:
    return LinkedInBench(linkedin)


class TestPictures:
    def test_one_is_media_and_several_are_a_collection(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        for number in (1, 2):
            pictures = (picture(),) * number
            bench.open().publish(replace(outgoing(f"{number}", key=f"key-{number}"), attachments=pictures))
        assert [list(post.below) for post in linkedin.api.posts] == [["media"], ["multiImage"]]

    def test_they_are_uploaded_and_ready_before_anything_is_published(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        linkedin.api.processing = 2
        clock = Clock()
        bench.open(waiting=clock).publish(replace(outgoing(), attachments=(picture(""),)))
        names = [request.partition(" ")[0] + " " + request.split("/")[2] for request in linkedin.requests]
        assert names == ["POST images", f"PUT {names[1].split()[1]}", *["GET images"] * 3, "POST posts"]
        assert clock.slept == [0.5, 1.0]
        assert "altText" not in linkedin.api.posts[0].below["media"]

    def test_one_that_is_never_processed_puts_the_post_off(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        linkedin.api.processing = 10_000
        clock = Clock()
        with pytest.raises(TransientError, match=r"Logo_新\.png was not processed within 60 seconds"):
            bench.open(waiting=clock).publish(replace(outgoing(), attachments=(picture(),)))
        assert CREATE not in linkedin.requests
        assert clock.now < 70

    @pytest.mark.parametrize("broken", ["processing", "kind"])
    def test_one_that_cannot_be_shown_is_named(
        self, bench: LinkedInBench, linkedin: LinkedInServer, broken: str
    ) -> None:
        linkedin.api.breaks_pictures = broken == "processing"
        content = PNG if broken == "processing" else b"BM"
        with pytest.raises(RejectedError, match=r"the file Neues_Logo_新.png"):
            bench.open().publish(replace(outgoing(), attachments=(picture(content=content),)))
        assert CREATE not in linkedin.requests

    def test_more_than_a_post_holds_are_refused_before_anything_is_sent(
        self, bench: LinkedInBench, linkedin: LinkedInServer
    ) -> None:
        with pytest.raises(RejectedError, match="at most 20"):
            bench.open().publish(replace(outgoing(), attachments=(picture(),) * 21))
        assert linkedin.requests == []

    @pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.REFUSED])
    @pytest.mark.parametrize("step", ["initialise", "put", "state"])
    def test_a_failed_upload_is_never_in_doubt(
        self, bench: LinkedInBench, linkedin: LinkedInServer, step: str, fault: Fault
    ) -> None:
        if step == "put" and fault in {Fault.INTERCEPTED, Fault.ACCEPTED_GARBLED}:
            return  # what is told of the picture afterwards shows whether it has arrived
        with bench.failing(fault, step), pytest.raises(ChannelError) as caught:
            bench.open().publish(replace(outgoing(), attachments=(picture(),)))
        assert type(caught.value) is HARMLESS[fault]
        assert CREATE not in linkedin.requests

    @pytest.mark.parametrize(
        "elsewhere", ["https://evil.example", "http://www.linkedin.com", "https://linkedin.com.evil.example"]
    )
    def test_the_token_goes_nowhere_else(
        self, bench: LinkedInBench, linkedin: LinkedInServer, elsewhere: str
    ) -> None:
        linkedin.api.uploads = elsewhere
        with pytest.raises(TransientError, match="which is not LinkedIn's"):
            bench.open().publish(replace(outgoing(), attachments=(picture(),)))
        assert [request.split("/")[2] for request in linkedin.requests] == ["images"]
