"""A text as it is written down for a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.compose.markdown import to_commonmark, to_markdown
from bot.compose.markup import to_html, to_telegram_html
from bot.compose.mrkdwn import to_mrkdwn
from bot.compose.plain import to_footnotes, to_little_text
from bot.model import Form

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.compose.marked import Faceted

# In what form each network reads a text; all others read it as it is.
FORMS: Mapping[str, Form] = {
    "diaspora": Form.COMMONMARK,
    "discord": Form.MARKDOWN,
    "email": Form.FOOTNOTES,
    "feed": Form.HTML,
    "linkedin": Form.LITTLE_TEXT,
    "matrix": Form.HTML,
    "slack": Form.MRKDWN,
    "telegram": Form.TELEGRAM_HTML,
}


def native(text: Faceted, network: str) -> str:
    """Return ``text`` as it is written for ``network``."""
    return written(text, FORMS.get(network, Form.PLAIN))


def written(text: Faceted, form: Form) -> str:
    """Return ``text`` in ``form``."""
    return _WRITERS[form](text)


def _plain(text: Faceted) -> str:
    return text.text


_WRITERS: Mapping[Form, Callable[[Faceted], str]] = {
    Form.PLAIN: _plain,
    Form.HTML: to_html,
    Form.TELEGRAM_HTML: to_telegram_html,
    Form.MARKDOWN: to_markdown,
    Form.COMMONMARK: to_commonmark,
    Form.LITTLE_TEXT: to_little_text,
    Form.MRKDWN: to_mrkdwn,
    Form.FOOTNOTES: to_footnotes,
}
