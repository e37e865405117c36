from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.seal import seal, unseal
from bot.model import Secret

MINE = Secret("abcd-efgh-ijkl-mnop")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_what_was_sealed_can_be_had_again_with_the_same_secret(text: str) -> None:
    assert unseal(seal(text, MINE, purpose="a session"), MINE, purpose="a session") == text


def test_what_is_sealed_tells_nothing_and_is_never_the_same_twice() -> None:
    one, other = (seal("a token", MINE, purpose="a session") for _ in range(2))
    assert one != other
    assert one.isascii()
    assert "token" not in one
    assert MINE.reveal() not in one


@pytest.mark.parametrize(
    ("secret", "purpose"), [(Secret("another"), "a session"), (MINE, "another purpose"), (Secret(""), "")]
)
def test_another_secret_or_purpose_opens_nothing(secret: Secret, purpose: str) -> None:
    assert unseal(seal("a token", MINE, purpose="a session"), secret, purpose=purpose) is None


@pytest.mark.parametrize("kept", [None, "", "nonsense", "Ünsinn", "gAAAAA==", '{"access": "token"}'])
def test_what_was_never_sealed_is_nothing(kept: str | None) -> None:
    assert unseal(kept, MINE, purpose="a session") is None


def test_what_was_changed_is_nothing() -> None:
    sealed = seal("a token", MINE, purpose="a session")
    assert unseal(sealed[:-2] + "A" + sealed[-1:], MINE, purpose="a session") is None
    assert unseal(sealed[:20], MINE, purpose="a session") is None
