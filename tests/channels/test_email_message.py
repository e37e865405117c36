from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.email_message import SOURCE, Letterhead, as_bytes, bare, write, wrong_address, wrong_list_id
from bot.errors import RejectedError
from bot.model import Facet, FacetKind, Part, Unit
from tests.channels.messages import LINK, PNG, outgoing, picture
from tests.fakes.mailbox import Mail, complaints_of

if TYPE_CHECKING:
    from bot.model import Outgoing

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
HEAD = Letterhead(sender="Wiki news <news@wiki.example>", to=("list@lists.example",))
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300)


def mail(*items: Outgoing, head: Letterhead = HEAD) -> Mail:
    content = as_bytes(write(head, items, now=NOW))
    assert complaints_of(content) == []
    return Mail(sender="", recipients=(), content=content)


def linked(text: str, word: str, url: str) -> Outgoing:
    start = text.index(word)
    facet = Facet(start=start, end=start + len(word), kind=FacetKind.LINK, url=url)
    return replace(
        outgoing(), part=Part(text=text, length=len(text), limit=None, unit=Unit.CHARACTERS, facets=(facet,))
    )


class TestBodies:
    def test_links_are_footnotes_in_the_text_and_links_in_the_page(self) -> None:
        written = mail(linked("MediaWiki 1.46 is out!", "MediaWiki 1.46", LINK))
        assert written.plain == f"MediaWiki 1.46 [1] is out!\n\n[1] {LINK}"
        assert f'<a href="{LINK.replace("&", "&amp;")}">MediaWiki 1.46</a> is out!' in written.html

    def test_pictures_stand_in_the_page_and_their_alt_texts_in_both(self) -> None:
        pictures = (
            picture('The "new" <logo> · 新しい'),
            picture("", content=PNG + b"2", file="a/b\r\nX: y.png"),
        )
        written = mail(replace(outgoing("Look"), attachments=pictures))
        assert written.pictures == tuple((one.content, one.alt) for one in pictures)
        assert written.plain == 'Look\n\n[The "new" <logo> · 新しい]'
        parts = [part for part in written.message.walk() if part.get_content_maintype() == "image"]
        assert [part.get_content_disposition() for part in parts] == ["inline", "inline"]
        assert [part.get_filename() for part in parts] == ["Neues_Logo_新.png", "a_b X: y.png"]

    def test_the_parts_hang_together_as_programs_expect(self) -> None:
        message = mail(replace(outgoing(), attachments=(picture(),))).message
        assert message.get_content_type() == "multipart/alternative"
        assert [part.get_content_type() for part in message.iter_parts()] == [
            "text/plain",
            "multipart/related",
        ]
        plain = mail(outgoing()).message
        assert [part.get_content_type() for part in plain.iter_parts()] == ["text/plain", "text/html"]

    def test_a_warning_goes_first_and_is_the_subject(self) -> None:
        written = mail(replace(outgoing("Boo"), content_warning="Spiders & co"))
        assert written.message["Subject"] == "Spiders & co"
        assert written.plain == "Spiders & co\n\nBoo"
        assert "<strong>Spiders &amp; co</strong></p><p>Boo</p>" in written.html

    def test_a_digest_has_all_in_order_with_pictures_where_they_belong(self) -> None:
        first = replace(outgoing("One", key="1"), attachments=(picture("A"),))
        second = replace(outgoing("Two", key="2"), attachments=(picture("B", content=PNG + b"2"),))
        written = mail(first, second)
        assert written.plain == "One\n\n[A]\n\n* * *\n\nTwo\n\n[B]"
        assert [alt for _, alt in written.pictures] == ["A", "B"]
        assert written.html.index("One") < written.html.index('alt="A"') < written.html.index("Two")
        assert written.message["Subject"] == "One (+1)"

    @settings(deadline=None)
    @given(TEXT)
    def test_any_text_comes_back_on_lines_of_seven_bits(self, text: str) -> None:
        item = outgoing(text, link=None)
        if not text.strip():
            return
        written = mail(item)
        controls = {ord(one): None for one in text if ord(one) < 32 and one not in "\t\n\r\x0b\x0c"}
        assert [
            word for word in text.translate(controls).split() if word.isalnum() and word not in written.plain
        ] == []

    @pytest.mark.parametrize(
        "text", [".", "..", ".\n.", "One\n.\nTwo", "From here", "-- \nNot a signature", "=3D"]
    )
    def test_what_means_something_in_a_mail_is_only_text(self, text: str) -> None:
        assert mail(outgoing(text)).plain == text

    def test_a_very_long_line_is_folded_on_the_way_only(self) -> None:
        assert mail(outgoing("x" * 100_000)).plain == "x" * 100_000

    @pytest.mark.parametrize("text", ["", "  \n"])
    def test_nothing_is_not_sent(self, text: str) -> None:
        with pytest.raises(RejectedError, match="neither text nor picture"):
            mail(outgoing(text))
        assert mail(replace(outgoing(text), attachments=(picture("Alt"),))).message["Subject"] == "Alt"


class TestHeaders:
    def test_where_the_wiki_shows_the_source_is_told_for_each_item(self) -> None:
        sources = [
            f"https://a-wiki-with-a-rather-long-name.example/w/index.php/Special:PermanentLink/{number}"
            for number in (1234567890, 1234567891)
        ]
        items = [replace(outgoing(key=str(place)), source=one) for place, one in enumerate(sources)]
        told = mail(*items, replace(outgoing(key="2"), source=sources[0])).message.get_all(SOURCE)
        assert told == [f"<{source}>" for source in sources]
        assert mail(outgoing()).message[SOURCE] is None

    def test_they_say_what_such_a_mail_must(self) -> None:
        head = replace(
            HEAD,
            to=("list@lists.example", "Zoë <zoe@wiki.example>"),
            reply_to="talk@lists.example",
            list_id="Wiki news <news.wiki.example>",
            archive="https://lists.example/archive/news",
            prefix="[Wiki]",
        )
        message = mail(replace(outgoing("Hello"), language="de"), head=head).message
        identity = message["Message-ID"]
        assert {name: str(value) for name, value in message.items() if name != "Content-Type"} == {
            "From": "Wiki news <news@wiki.example>",
            "To": "list@lists.example, Zoë <zoe@wiki.example>",
            "Reply-To": "talk@lists.example",
            "Subject": "[Wiki] Hello",
            "Date": "Sat, 21 Nov 2026 09:30:00 +0000",
            "Message-ID": identity,
            "List-Id": "Wiki news <news.wiki.example>",
            "List-Archive": "<https://lists.example/archive/news>",
            "Auto-Submitted": "auto-generated",
            "MIME-Version": "1.0",
            "Content-Language": "de",
        }
        assert identity.endswith("@wiki.example>")
        assert head.envelope == ("news@wiki.example", ("list@lists.example", "zoe@wiki.example"))

    def test_a_list_s_id_stands_in_brackets(self) -> None:
        message = mail(outgoing(), head=replace(HEAD, list_id="news.wiki.example")).message
        assert message["List-Id"] == "<news.wiki.example>"

    def test_the_id_is_that_of_the_keys_whatever_the_text(self) -> None:
        def identity(*keys: str, text: str = "x") -> str:
            return str(mail(*(outgoing(text, key=key) for key in keys)).message["Message-ID"])

        assert identity("a") == identity("a", text="y")
        assert (
            len({identity("a"), identity("b"), identity("a", "b"), identity("b", "a"), identity("a\nb")}) == 4
        )

    def test_a_reply_names_what_it_answers(self) -> None:
        message = mail(replace(outgoing(), reply_to="<abc@wiki.example>")).message
        assert (message["In-Reply-To"], message["References"]) == ("<abc@wiki.example>",) * 2

    @pytest.mark.parametrize("reply_to", ["404", "<a@b>\r\nBcc: x@y.example", "<a b@c>", "<a@b> <c@d>"])
    def test_a_reply_to_what_is_no_mail_is_refused(self, reply_to: str) -> None:
        with pytest.raises(RejectedError, match="no mail of ours"):
            mail(replace(outgoing(), reply_to=reply_to))

    @pytest.mark.parametrize("language", ["", "x\r\nBcc: a@b.example", "de at", "toolonglanguage"])
    def test_what_is_no_language_is_not_named(self, language: str) -> None:
        message = mail(replace(outgoing(), language=language)).message
        assert (message["Content-Language"], message["Bcc"]) == (None, None)

    @pytest.mark.parametrize(
        "text",
        [
            "Subject\r\nBcc: victim@example.org",
            "Subject\nX: y",
            "Subject\rX: y",
            "\n\nSubject\r\n\r\nBody",
            "Sub\x00ject\x08",
            "\u202eSubject\u2066",
            "Sub\u2028ject\x85",
            "=?utf-8?q?Subject?= =?utf-8?q?_two?=",
        ],
    )
    def test_a_text_cannot_become_a_header(self, text: str) -> None:
        message = mail(outgoing(text), head=replace(HEAD, prefix="[W\r\nX: y]")).message
        assert sorted(message.keys()) == sorted(mail(outgoing("Hello")).message.keys())
        assert str(message["Subject"]).isprintable()

    @settings(deadline=None)
    @given(TEXT)
    def test_any_text_makes_one_subject_of_a_bounded_length(self, text: str) -> None:
        if text.strip():
            subject = str(mail(outgoing(text)).message["Subject"])
            assert subject
            assert len(subject.splitlines()) == 1
            assert len(subject.encode()) <= 310

    @pytest.mark.parametrize(
        "text",
        ["日本語のニュース" * 20, "слово " * 40, "a" * 300, "Zalgo" + "\u0300" * 5000, "👨‍👩‍👧‍👦" * 60],
    )
    def test_a_long_subject_is_shortened(self, text: str) -> None:
        subject = str(mail(outgoing(text)).message["Subject"])
        assert subject.endswith("…")
        assert len(subject.encode()) <= 310


@pytest.mark.parametrize(
    ("address", "alone"),
    [
        ("news@wiki.example", "news@wiki.example"),
        ("Wiki news <news@wiki.example>", "news@wiki.example"),
        ('"News, daily" <news+a@wiki.example>', "news+a@wiki.example"),
        ("Zoë ✓ <zoe@wiki.example>", "zoe@wiki.example"),
        ("root@localhost", "root@localhost"),
    ],
)
def test_an_address_is_taken_with_and_without_a_name(address: str, alone: str) -> None:
    assert wrong_address(address) is None
    assert bare(address) == alone


@pytest.mark.parametrize(
    "address",
    [
        "",
        "news",
        "news@",
        "@wiki.example",
        "a@b.example, c@d.example",
        "News, daily <news@wiki.example>",
        "a b@c.example",
        "zoë@wiki.example",
        "news@wïki.example",
        "news@wiki.example>",
        "<news@wiki.example",
        "news@wiki..example",
        "News <news@wiki.example> more",
        "group: a@b.example;",
        "a@b.example\r\nBcc: c@d.example",
    ],
)
def test_what_is_no_address_is_refused_and_not_repeated(address: str) -> None:
    wrong = wrong_address(address)
    assert wrong
    assert wrong.startswith("must be")


@settings(deadline=None)
@given(st.text(max_size=40))
def test_no_address_is_too_odd_to_be_judged(address: str) -> None:
    if wrong_address(address) is None:
        assert "@" in bare(address)


@pytest.mark.parametrize(
    "list_id", ["news.wiki.example", "<news.wiki.example>", "Wiki news <news.wiki.example>"]
)
def test_a_list_id_is_taken(list_id: str) -> None:
    assert wrong_list_id(list_id) is None


@pytest.mark.parametrize(
    "list_id", ["", "news", "a b", "a.b <c.d", "a.b>", "<<a.b>", "a@b.c", "é <a.b>", "a.b\nc.d"]
)
def test_what_is_no_list_id_is_refused(list_id: str) -> None:
    assert wrong_list_id(list_id)
