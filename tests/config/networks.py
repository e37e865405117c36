"""Networks to configure channels of, and a configuration that is well."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from bot.config import Config, load
from bot.errors import ConfigError
from bot.model import Capabilities, Limits, NetworkSpec, Option, OptionKind

if TYPE_CHECKING:
    from pathlib import Path

PIGEON = NetworkSpec(
    network="pigeon",
    title="Pigeon post",
    capabilities=Capabilities(edit=True, threads=True, digest=True),
    defaults=Limits(text=500),
    secrets=("token", "app_password"),
    options=(
        Option(
            name="visibility",
            kind=OptionKind.TEXT,
            help="who sees the posts",
            default="public",
            choices=("public", "unlisted"),
        ),
        Option(name="loft", kind=OptionKind.TEXT, help="where the pigeons live"),
        Option(name="flock", kind=OptionKind.NUMBER, help="how many fly at once", default=3),
        Option(name="white", kind=OptionKind.FLAG, help="only white ones", default=False),
    ),
    places=("loft",),
)
POSTER = NetworkSpec(
    network="poster",
    title="A poster on the wall",
    capabilities=Capabilities(),
    defaults=Limits(),
    server="",
    options=(
        Option(name="folder", kind=OptionKind.PATH, help="where it is written", default="wall"),
        Option(name="url", kind=OptionKind.URL, help="where it is shown", required=True),
    ),
    rich=True,
)
TOWER = NetworkSpec(
    network="tower",
    title="Town crier",
    capabilities=Capabilities(),
    defaults=Limits(),
    server="https://tower.example",
    optional_secrets={"password": "crier"},
    options=(
        Option(
            name="crier",
            kind=OptionKind.TEXT,
            help="who cries",
            wrong=lambda name: None if name.istitle() else "must be a name",
            example="Ann",
        ),
        Option(
            name="streets",
            kind=OptionKind.LIST,
            help="where it is heard",
            wrong=lambda street: None if " " in street else "must be streets with their numbers",
            example=("Main Street 1",),
        ),
    ),
)
NETWORKS = {spec.network: spec for spec in (PIGEON, POSTER, TOWER)}
LAYOUTS = ("auto", "bullets", "table")
SECRETS = {"PIGEON_TOKEN": "coo-coo-1", "PIGEON_PASSWORD": "coo-coo-2"}

WELL = """
[wiki]
family = "wikipedia"
code = "en"
contact = "https://example.org/bot"

[[pages]]
title = "Template:News"

[[channels]]
name = "birds"
network = "pigeon"
server = "https://pigeon.example"
token_env = "PIGEON_TOKEN"
app_password_env = "PIGEON_PASSWORD"

[[channels]]
name = "wall"
network = "poster"
url = "https://wall.example/"
"""


def check_template(template: str) -> str | None:
    return None if "{{ text }}" in template else "{{ text }} is missing"


def read(folder: Path, text: str, **other: Any) -> Config:
    path = folder / "news.toml"
    path.write_text(text, encoding="utf-8")
    arguments: dict[str, Any] = {
        "networks": NETWORKS,
        "environ": SECRETS,
        "layouts": LAYOUTS,
        "check_template": check_template,
    } | other
    return load(path, **arguments)


def problems(folder: Path, text: str, **other: Any) -> tuple[str, ...]:
    try:
        read(folder, text, **other)
    except ConfigError as error:
        return error.problems
    return ()


def well_but(*changes: tuple[str, str]) -> str:
    """Return the good configuration with something replaced, each of which stands there once."""
    text = WELL
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the good configuration"
        text = text.replace(old, new)
    return text


def as_toml(text: str) -> dict[str, Any]:
    return tomllib.loads(text)
