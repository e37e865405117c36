from __future__ import annotations

import pytest

from bot.compose.post import check_template
from bot.compose.template import render
from bot.errors import RejectedError

VALUES = {"text": "News", "link": "https://a.example/", "links": "", "hashtags": "#A", "date": ""}


@pytest.mark.parametrize(
    "template",
    [
        "{{ text }}",
        "{{ text }} {{ link }} {{ hashtags }}",
        "{{ text }} {{ link }}{% if links %}\nSee also {{ links }}{% endif %}",
        "{% if date %}{{ date }}: {% endif %}{{ text }}\n\n{{ link }}",
        "{{ text|upper }} ({{ link }})",
        "📣 {{ text|replace('a', 'b') }}, {{ link }}, {{ hashtags }}",
        "{{ text if text else date }}",
        "{# a comment #}{{ text }}",
    ],
)
def test_a_good_template_has_no_problem(template: str) -> None:
    assert check_template(template) is None


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("{{ text", "line 1 is not valid"),
        ("a\n{% if %}{{ text }}", "line 2 is not valid"),
        (
            "{{ text }} {{ titel }}",
            "there is no {{ titel }}; the variables are text, link, links, hashtags, date and attribution",
        ),
        ("{{ text|shout }}", "No filter named 'shout'"),
        ("{% if link %}{{ text|shout }}{% endif %}", "No filter named 'shout'"),
        ("{{ link }}", "{{ text }} is missing"),
        ("", "{{ text }} is missing"),
        ("{% if text %}news{% endif %}", "{{ text }} is missing"),
        ("{{ text }}{{ link }}", "{{ link }} touches"),
        ("{{ text }} {{ link }}/more", "{{ link }} touches"),
        ("{{ text }}: {{ links }}s", "{{ links }} touches"),
        ("{{ text / 2 }}", "cannot be filled in"),
        ("{{ text }} {{ date.year }}", "cannot be filled in"),
        ("{{ text.__class__.__mro__ }}", "cannot be filled in"),
        ("{{ text }}{{ range(9) }}", "there is no {{ range }}"),
        ("{% include 'a' %}{{ text }}", "cannot be filled in"),
    ],
)
def test_a_problem_of_a_template_is_said_in_a_sentence(template: str, problem: str) -> None:
    found = check_template(template)
    assert found is not None
    assert problem in found
    assert "\n" not in found


def test_a_value_is_never_a_template() -> None:
    assert render("{{ text }}", {**VALUES, "text": "{{ link }} {% x %} <b>"}) == "{{ link }} {% x %} <b>"


def test_a_template_that_fails_for_one_item_refuses_that_item_only() -> None:
    with pytest.raises(RejectedError, match="template cannot be filled in"):
        render("{{ text|int // (date|length) }}", VALUES)
