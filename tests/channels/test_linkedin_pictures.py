from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.errors import ChannelError, RejectedError, TransientError
from tests.channels.linkedin_bench import INITIALISE, Clock, LinkedInBench
from tests.channels.messages import PNG, outgoing, picture
from tests.fakes.faults import HARMLESS, Fault
from tests.fakes.linkedin import CREATE
from tests.fakes.site import Page, Site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.model import Outgoing
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


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def about(site: Site, text: str = "Hello") -> Outgoing:
    """News with a link to a page that says what a card of it is to show."""
    page = b'<title>A page</title><meta name="description" content="About it">'
    page += b'<meta property="og:image" content="/p">'
    site.pages = {"/": Page(body=page), "/p": Page(body=PNG, kind="image/png")}
    return outgoing(text, link=f"{site.url}/")


class TestCards:
    def test_it_shows_what_the_page_says(
        self, bench: LinkedInBench, linkedin: LinkedInServer, site: Site
    ) -> None:
        bench.open().publish(about(site))
        card = linkedin.api.posts[0].below["article"]
        thumbnail = card.pop("thumbnail")
        assert card == {"source": f"{site.url}/", "title": "A page", "description": "About it"}
        assert linkedin.api.images[thumbnail].content == PNG

    @pytest.mark.parametrize("fault", [Fault.REJECTED, Fault.BROKEN, Fault.RESET, Fault.INTERCEPTED])
    def test_its_picture_may_fail_to_be_uploaded(
        self, bench: LinkedInBench, linkedin: LinkedInServer, site: Site, fault: Fault
    ) -> None:
        linkedin.fail(fault, on=INITIALISE)
        bench.open().publish(about(site))
        assert "thumbnail" not in linkedin.api.posts[0].below["article"]

    def test_its_picture_may_be_refused_with_the_post(
        self, bench: LinkedInBench, linkedin: LinkedInServer, site: Site
    ) -> None:
        linkedin.api.thumbnails = False
        bench.open().publish(about(site))
        assert "thumbnail" not in linkedin.api.posts[0].below["article"]
        assert linkedin.requests.count(CREATE) == 2

    def test_a_duplicate_is_not_sent_again_without_it(
        self, bench: LinkedInBench, linkedin: LinkedInServer, site: Site
    ) -> None:
        receipt = bench.open().publish(about(site))
        linkedin.requests.clear()
        assert bench.open().publish(about(site)) == receipt
        assert linkedin.requests.count(CREATE) == 1

    def test_a_post_that_is_refused_for_itself_is_refused(
        self, bench: LinkedInBench, linkedin: LinkedInServer, site: Site
    ) -> None:
        with pytest.raises(RejectedError, match="greater than the maximum"):
            bench.open().publish(about(site, "x" * 3001))
        assert linkedin.api.posts == []
