from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.errors import (
    AmbiguousError,
    ChannelError,
    CredentialsError,
    RateLimited,
    RejectedError,
    TransientError,
)
from bot.model import Capabilities
from tests.channels.contract import ChannelContract
from tests.channels.fault_contract import FaultContract
from tests.channels.messages import LINK, PNG, outgoing, picture
from tests.channels.sharing_contract import SharingFaultContract
from tests.channels.x_bench import (
    DESCRIBE,
    KEYS,
    LONG_GONE,
    UPLOAD,
    WAIT,
    Clock,
    XBench,
    open_channel,
    refusal,
)
from tests.fakes.faults import HARMLESS, Fault
from tests.fakes.scripted import Scripted, ScriptedServer
from tests.fakes.x import CREATE

if TYPE_CHECKING:
    from tests.fakes.x import XServer


@pytest.fixture
def bench(x: XServer) -> XBench:
    return XBench(x)


def test_asking_for_its_spec_does_not_import_the_library() -> None:
    code = "import sys, bot.channels.x; sys.exit('tweepy' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


class TestContract(ChannelContract, FaultContract, SharingFaultContract):
    capabilities = Capabilities(read_back=True, delete=True, threads=True, media=True, shares=True)
    looks = False
    asks = False
    keeps = frozenset({"alt text", "paragraphs"})
    refuses_duplicates = True
    unknown_id = LONG_GONE
    asking = frozenset({"recent", "delete", "account"})


class TestPublishing:
    def test_a_post_is_one_request_and_its_receipt_leads_there(self, bench: XBench, x: XServer) -> None:
        receipt = bench.open().publish(outgoing())
        assert x.requests == [CREATE]
        assert receipt.url == f"https://x.com/i/web/status/{x.api.posts[0].id}"

    def test_a_text_is_as_long_as_x_counts_it(self, bench: XBench, x: XServer) -> None:
        text = "x" * (280 - 23 - 1 - 6) + " 日本語 " + LINK
        with pytest.raises(RejectedError, match="too long"):
            bench.open().publish(outgoing(text))
        bench.open().publish(outgoing(text.replace("語", "")[1:]))
        assert len(x.api.posts) == 1

    @pytest.mark.parametrize("body", ["", "{}", "[]", "null", '{"data": null}', '{"data": {"id": ""}}'])
    def test_a_success_without_an_id_leaves_a_doubt(self, bench: XBench, x: XServer, body: str) -> None:
        x.garbage = body
        with bench.failing(Fault.ACCEPTED_GARBLED, "publish"), pytest.raises(AmbiguousError):
            bench.open().publish(outgoing())
        assert len(x.api.posts) == 1

    @pytest.mark.parametrize(
        ("answer", "expected", "words"),
        [
            (
                refusal(403, "You are not allowed to create a Tweet with duplicate content."),
                AmbiguousError,
                "may be public",
            ),
            (
                refusal(403, "Your client app is not configured with the appropriate oauth1 app permissions"),
                CredentialsError,
                "oauth1 app permissions",
            ),
            (
                refusal(403, "You must use keys from a developer App that is attached to a Project."),
                CredentialsError,
                "attached to a Project",
            ),
            (refusal(403, "Your account is temporarily locked."), CredentialsError, "locked"),
            (
                refusal(402, "Your enrolled account [1] does not have any credits to fulfill this request."),
                CredentialsError,
                "buy credits",
            ),
            (refusal(402, "Payment Required"), CredentialsError, "buy credits"),
            (
                refusal(403, "Your enrolled account has reached its billing cycle spend cap."),
                CredentialsError,
                "raise the limit",
            ),
            (
                refusal(403, "Reply to this conversation is not allowed because you have not been mentioned"),
                RejectedError,
                "not been mentioned",
            ),
            (
                refusal(400, "Parameters were invalid.", errors=[{"message": "Your media IDs are invalid."}]),
                RejectedError,
                "media IDs",
            ),
            (refusal(401, "Unauthorized"), CredentialsError, "Unauthorized"),
            (refusal(503, "Service Unavailable"), AmbiguousError, "Service Unavailable"),
            (
                Scripted(status=301, headers={"Location": "https://elsewhere.example/"}),
                TransientError,
                "moved",
            ),
        ],
    )
    def test_a_refusal_says_what_may_have_happened(
        self, answer: Scripted, expected: type[ChannelError], words: str
    ) -> None:
        with ScriptedServer(answer) as server, pytest.raises(ChannelError, match=words) as caught:
            open_channel(server.url).publish(outgoing())
        assert type(caught.value) is expected
        assert len(server.received) == 1

    def test_a_rate_limit_ends_when_its_window_does(self) -> None:
        reset = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=11)
        answer = Scripted(
            status=429,
            body='{"errors": [{"code": 88, "message": "Rate limit exceeded"}]}',
            headers={"x-rate-limit-reset": str(int(reset.timestamp()))},
        )
        with ScriptedServer(answer) as server, pytest.raises(RateLimited, match="Rate limit") as caught:
            open_channel(server.url).publish(outgoing())
        assert abs(caught.value.retry_at - reset) < timedelta(seconds=5)

    def test_what_is_used_up_for_the_month_is_tried_again_tomorrow(self) -> None:
        answer = replace(
            refusal(429, "Usage cap exceeded: Monthly product cap", title="UsageCapExceeded"),
            headers={"x-rate-limit-reset": str(int(datetime.now(UTC).timestamp()) + 900)},
        )
        with ScriptedServer(answer) as server, pytest.raises(RateLimited) as caught:
            open_channel(server.url).publish(outgoing())
        assert caught.value.retry_at > datetime.now(UTC) + timedelta(hours=23)

    @pytest.mark.parametrize("status", [400, 401, 403, 429, 500])
    def test_a_server_that_quotes_the_credentials_does_not_make_us_tell_them(self, status: int) -> None:
        answer = refusal(status, f"The token {KEYS['token']} of the app {KEYS['api_key']} is bad")
        with ScriptedServer(answer) as server, pytest.raises(ChannelError) as caught:
            open_channel(server.url).publish(outgoing())
        assert [secret for secret in KEYS.values() if secret in str(caught.value)] == []

    def test_nothing_is_sent_over_plain_http(self) -> None:
        with pytest.raises(CredentialsError, match="plain http"):
            open_channel("http://api.x.example").publish(outgoing())


class TestAttachments:
    def test_they_are_uploaded_and_described_before_anything_is_published(
        self, bench: XBench, x: XServer
    ) -> None:
        bench.open().publish(replace(outgoing(), attachments=(picture("one"), picture(""), picture("two"))))
        assert x.requests == [UPLOAD, DESCRIBE, UPLOAD, UPLOAD, DESCRIBE, CREATE]
        assert {one.category for one in x.api.media.values()} == {"tweet_image"}

    def test_one_that_is_processed_is_waited_for(self, x: XServer) -> None:
        x.api.processing = 2
        clock = Clock()
        open_channel(x.url, clock=clock).publish(replace(outgoing(), attachments=(picture(),)))
        assert x.requests == [UPLOAD, WAIT, WAIT, DESCRIBE, CREATE]
        assert clock.slept == [1.0, 1.0]

    def test_one_that_is_never_processed_puts_the_post_off(self, x: XServer) -> None:
        x.api.processing = 10_000
        clock = Clock()
        with pytest.raises(TransientError, match=r"Logo_新\.png was not processed within 60 seconds"):
            open_channel(x.url, clock=clock).publish(replace(outgoing(), attachments=(picture(),)))
        assert CREATE not in x.requests
        assert 55 < clock.now <= 60

    def test_one_that_cannot_be_processed_is_named(self, bench: XBench, x: XServer) -> None:
        x.api.breaks_media = True
        with pytest.raises(RejectedError, match=r"could not process .* \(the file Neues_Logo_新.png\)"):
            bench.open().publish(replace(outgoing(), attachments=(picture(),)))
        assert CREATE not in x.requests

    @pytest.mark.parametrize(
        "broken",
        [{"mime_type": "image/svg+xml"}, {"alt": "x" * 1001}, {"content": PNG + b"x" * 5 * 1024 * 1024}],
        ids=["kind", "alt text", "size"],
    )
    def test_one_that_x_does_not_take_is_named(
        self, bench: XBench, x: XServer, broken: dict[str, Any]
    ) -> None:
        unfit = replace(picture(), **broken)
        with pytest.raises(RejectedError, match=r"the file Neues_Logo_新.png"):
            bench.open().publish(replace(outgoing(), attachments=(unfit,)))
        assert CREATE not in x.requests

    @pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.REFUSED])
    @pytest.mark.parametrize("step", ["upload", "wait", "describe"])
    def test_a_failed_upload_is_never_in_doubt(
        self, bench: XBench, x: XServer, step: str, fault: Fault
    ) -> None:
        x.api.processing = 1
        with bench.failing(fault, step), pytest.raises(ChannelError) as caught:
            bench.open().publish(replace(outgoing(), attachments=(picture(),)))
        assert type(caught.value) is HARMLESS[fault]
        assert CREATE not in x.requests

    def test_more_than_four_are_refused_before_anything_is_sent(self, bench: XBench, x: XServer) -> None:
        with pytest.raises(RejectedError, match="at most 4"):
            bench.open().publish(replace(outgoing(), attachments=(picture(),) * 5))
        assert x.requests == []

    @pytest.mark.parametrize(("others", "category"), [(0, "tweet_gif"), (1, "tweet_image")])
    def test_a_gif_may_move_where_it_is_alone(
        self, bench: XBench, x: XServer, others: int, category: str
    ) -> None:
        gif = replace(picture(content=b"GIF89a", file="Spin.gif"), mime_type="image/gif")
        bench.open().publish(replace(outgoing(), attachments=(gif, *[picture()] * others)))
        assert next(iter(x.api.media.values())).category == category
