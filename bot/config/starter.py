"""The commented files that ``wikiherald init`` writes.

What can be computed is not written down twice: the defaults come from the values themselves, the networks'
keys from their specs.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from jinja2 import PackageLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.config import durations
from bot.config.alerts import AFTER
from bot.config.channels import default_on_edit
from bot.config.gate import PRESETS
from bot.config.ledger import LEDGER
from bot.config.load import RUN_TIMEOUT
from bot.config.profile import FIELDS, profile_names
from bot.config.values import StatusConfig
from bot.decide.licences import ANY, FAMILIES
from bot.model import (
    FALLBACK,
    ConcernKind,
    DateOrder,
    Gate,
    Long,
    MainLink,
    OnEdit,
    OptionKind,
    Pace,
    PageSet,
    Review,
    Style,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.model import NetworkSpec, Option

# The networks that have mentions, and how each writes an account; elsewhere one is only named.
_HANDLES = {
    "mastodon": "@wikimediafoundation@wikimedia.social",
    "bluesky": "@wikimediafoundation.org",
    "diaspora": "wikimedia@pod.example",
    "matrix": "@wikimedia:matrix.org",
    "discord": "<@&1234567890>",
    "telegram": "@wikimedia",
    "x": "@Wikimedia",
    "linkedin": "@[Wikimedia Foundation](urn:li:organization:1234)",
    "slack": "<@U012AB3CD>",
    "threads": "@wikipedia",
    "instagram": "@wikipedia",
}


def starter(
    *,
    networks: Mapping[str, NetworkSpec],
    title: str | None = None,
    family: str = "mediawiki",
    code: str = "mediawiki",
    host: str = "www.mediawiki.org",
    username: str | None = None,
    contact: str | None = None,
) -> Mapping[str, str]:
    """Return the texts of the files to begin with, by file name.

    Without a ``title`` the news stands in a file of its own, ``news.wikitext``, so that everything can be
    tried at once; with one, it is that page of the wiki ``family:code``, whose host name is ``host``. A
    ``username`` or ``contact`` that is not known yet stands there as an example, behind a #.
    """
    environment = ImmutableSandboxedEnvironment(
        loader=PackageLoader("bot.config"),
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["toml"] = toml
    environment.filters["duration"] = durations.spell
    environment.globals.update(
        default_on_edit=default_on_edit, default_template=Style().template, placeholder=_placeholder
    )
    values = {
        "networks": networks,
        "fallback": FALLBACK,
        "title": title,
        "family": family,
        "code": code,
        "host": host,
        "username": username,
        "contact": contact,
        "licences": (*FAMILIES, ANY),
        "fields": FIELDS,
        "profiles": profile_names(),
        "most": PageSet().most,
        "main_links": MainLink,
        "date_orders": DateOrder,
        "gate": Gate(),
        "presets": PRESETS,
        "reviews": Review,
        "pace": Pace(),
        "ledger": LEDGER,
        "run_timeout": RUN_TIMEOUT,
        "status": StatusConfig(),
        "long": Long,
        "on_edit": OnEdit,
        "handles": _HANDLES,
        "kinds": [kind.value for kind in ConcernKind],
        "after": AFTER,
    }
    names = ["news.toml", "user-config.py", *([] if title else ["news.wikitext"])]
    return {name: environment.get_template(f"{name}.jinja").render(values) for name in names}


def toml(value: object) -> str:
    """Write a text, number, flag or list of texts as TOML does, and Python but for flags."""
    if isinstance(value, frozenset | tuple):
        value = sorted(value)
    return json.dumps(value, ensure_ascii=False)


def _placeholder(option: Option) -> str:
    """Return a value that fits the option: its default, or one that shows what is wanted."""
    if option.default is not None:
        return toml(option.default)
    if option.example is not None:
        return toml(option.example)
    if option.choices:
        return toml(option.choices[0])
    examples = {
        OptionKind.TEXT: "...",
        OptionKind.URL: "https://example.org/",
        OptionKind.PATH: "public",
        OptionKind.NUMBER: 0,
        OptionKind.FLAG: False,
        OptionKind.LIST: ["..."],
    }
    return toml(examples[option.kind])
