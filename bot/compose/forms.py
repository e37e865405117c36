"""A text as it is written down for a network, by the name of the form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.compose.markdown import to_markdown
from bot.compose.markup import to_html
from bot.compose.plain import to_little_text
from bot.model import Form

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.compose.marked import Faceted


def written(text: Faceted, form: Form) -> str:
    """Return ``text`` in ``form``."""
    return _WRITERS[form](text)


def _plain(text: Faceted) -> str:
    return text.text


_WRITERS: Mapping[Form, Callable[[Faceted], str]] = {
    Form.PLAIN: _plain,
    Form.HTML: to_html,
    Form.MARKDOWN: to_markdown,
    Form.LITTLE_TEXT: to_little_text,
}
