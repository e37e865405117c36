"""A channel's template: what it may say, and what it makes of an item.

The item is data: its text is a value of the template and never a template itself.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.compose.text import urls
from bot.errors import RejectedError

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLES = ("text", "link", "links", "hashtags", "date", "attribution")

_SAMPLE = {
    "text": "A text",
    "link": "https://wiki.example.org/wiki/Page",
    "links": "https://wiki.example.org/wiki/Another https://wiki.example.org/wiki/Third",
    "hashtags": "#Tag",
    "date": "2001-01-15",
    "attribution": "Image: Jane Doe, CC BY-SA 4.0",
}
_EMPTY = dict.fromkeys(VARIABLES, "")


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=False,  # the result is plain text; HTML is escaped where it is made
    )
    # Variables and filters are all that a line of text needs.
    environment.globals.clear()
    return environment


_ENVIRONMENT = _environment()


def check_template(template: str) -> str | None:
    """Return what is wrong with ``template`` as one sentence, or ``None`` if nothing is."""
    try:
        tree = _ENVIRONMENT.parse(template)
        unknown = sorted(find_undeclared_variables(tree) - set(VARIABLES))
        if unknown:
            known = ", ".join(VARIABLES[:-1])
            return f"there is no {{{{ {unknown[0]} }}}}; the variables are {known} and {VARIABLES[-1]}"
        if not _shows(tree, "text"):
            return "{{ text }} is missing, so that nothing of an item would be posted"
        samples = [_compiled(template).render(values) for values in (_SAMPLE, _EMPTY)]
    except TemplateSyntaxError as error:
        return f"line {error.lineno} is not valid jinja2: {_sentence(error)}"
    except Exception as error:  # noqa: BLE001 - a filter may raise anything at all when it is misused
        return f"it cannot be filled in: {_sentence(error)}"
    found = urls(samples[0])
    for variable in ("link", "links"):
        if any(url in samples[0] and url not in found for url in _SAMPLE[variable].split()):
            return f"{{{{ {variable} }}}} touches what stands next to it; put white space between"
    return None


def render(template: str, values: Mapping[str, str]) -> str:
    """Return the ``template`` filled in with ``values``, one for each of ``VARIABLES``.

    Raises ``RejectedError`` where that fails for these values though ``check_template`` was content.
    """
    try:
        return _compiled(template).render(values)
    except Exception as error:
        raise RejectedError(
            f"the channel's template cannot be filled in for this item: {_sentence(error)}; change it"
        ) from error


@lru_cache(maxsize=64)
def shows(template: str, variable: str) -> bool:
    """Tell whether the template, which has passed ``check_template``, prints ``variable`` itself."""
    return _shows(_ENVIRONMENT.parse(template), variable)


def _shows(tree: nodes.Template, variable: str) -> bool:
    """Tell whether the template prints ``variable``, rather than only asking about it."""
    return any(
        name.name == variable
        for output in tree.find_all(nodes.Output)
        for name in output.find_all(nodes.Name)
    )


@lru_cache(maxsize=64)
def _compiled(template: str) -> Template:
    return _ENVIRONMENT.from_string(template)


def _sentence(error: Exception) -> str:
    message = error.message if isinstance(error, TemplateError) else None
    return (message or str(error) or type(error).__name__).rstrip(".")
