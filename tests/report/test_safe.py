from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.report.safe import one_line, visible, web_address


@given(st.text(st.characters(categories=["Cc", "Cs", "Zl", "Zp", "Lu", "Nd"])))
def test_no_control_character_is_left(text: str) -> None:
    assert {unicodedata.category(char) for char in visible(text)} - {"Lu", "Nd", "Ll", "Po"} <= {"Cc"}
    assert {char for char in visible(text) if unicodedata.category(char) == "Cc"} <= {"\t", "\n"}


def test_unsafe_characters_are_shown() -> None:
    assert visible("a\x1b[31mb\u202ec\ud800") == r"a\u001b[31mb\u202ec\ud800"


@pytest.mark.parametrize("text", ["tab\tand\nline", "👩🏽‍💻", "می‌خواهم", "עִבְרִית", "Ünïcode ‎mark"])
def test_what_people_write_is_left_alone(text: str) -> None:
    assert visible(text) == text


def test_one_line_is_one_line() -> None:
    assert one_line(" a\n b\tc\r\n\u2028d\x1b ") == r"a b c d\u001b"


@pytest.mark.parametrize(
    "url", ["https://wikis.world/@news/115", "http://127.0.0.1:8080/", "https://例え.jp/"]
)
def test_an_address_of_the_web_may_be_clicked(url: str) -> None:
    assert web_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "/wiki/Page",
        "",
        "https://",
        "http://[",
        "https://a/\x1b\\",
    ],
)
def test_anything_else_may_not(url: str) -> None:
    assert not web_address(url)
