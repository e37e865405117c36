from __future__ import annotations

import pytest

from bot.wiki.plaintext import plain


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("Jane Doe", "Jane Doe"),
        ('<a href="//x" title="User:Rama">Rama</a> &amp; Musée Bolo', "Rama & Musée Bolo"),
        ("<p>Jane<br>Doe</p>\n<p>John</p>", "Jane Doe John"),
        ('<span style="display: none;">Unknown author</span>Unknown author', "Unknown author"),
        ('<div style="DISPLAY:NONE"><b>a<br></b><i>b</div>seen', "seen"),
        ("<style>.a{}</style><script>x()</script>Jane", "Jane"),
        ("</b>Jane</i>", "Jane"),
        ("a &lt;b&gt; c", "a <b> c"),
        ("<bdi>Édouard</bdi>", "Édouard"),
        ("", ""),
        (2, "2"),
        ("<", "<"),
    ],
)
def test_html_is_read_as_it_is_seen(html: object, text: str) -> None:
    assert plain(html) == text
