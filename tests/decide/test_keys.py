from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bot.decide.keys import idempotency_key

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXT = st.text(alphabet=st.sampled_from('a",[]\\\x1f| 1é\udcff'), max_size=4)
IDENTITY = st.tuples(TEXT, TEXT, TEXT, TEXT, st.integers(0, 20))


def test_a_key_is_the_same_for_ever() -> None:
    key = idempotency_key("mediawiki:mediawiki", "Template:MediaWiki News", "mw146", "wikis-world", 0)
    assert key == "f959c8a9fbcbc20971be1847f2551aec"


@given(IDENTITY, IDENTITY)
def test_two_places_have_two_keys_and_one_place_has_one(one: Sequence[str], other: Sequence[str]) -> None:
    key = idempotency_key(*one)  # type: ignore[arg-type]  # hypothesis' tuples keep no types apart
    assert re.fullmatch("[0-9a-f]{32}", key)
    assert (key == idempotency_key(*other)) == (one == other)  # type: ignore[arg-type]  # likewise
