"""Markdown as Discord shows it (https://support.discord.com/hc/en-us/articles/210298617), simplified."""

from __future__ import annotations

import re
from dataclasses import dataclass

TOKEN = re.compile(
    r"\\(?P<escaped>[^0-9A-Za-z\s])"
    r"|\[(?P<words>(?:\\.|[^\[\]\\]|\[[^\[\]]*\])*)\]\((?P<quiet><)?(?P<target>https?://[^\s<>()]+)>?\)"
    r"|<(?P<autolink>https?://[^\s<>]+)>"
    r"|(?P<url>https?://[^\s<]+[^<.,:;\"'\]\s])"
    r"|(?P<mark>\*\*|__|\|\||[*_`~])"
    r"|(?P<ping>@everyone|@here|<[@#][!&]?\d+>)",
)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a reader sees: the text, where its links lead, which of them are previewed, who is mentioned."""

    text: str
    links: tuple[str, ...]
    previews: tuple[str, ...]
    hidden: bool
    mentions: tuple[str, ...]


def read_markdown(content: str) -> Shown:
    text, at, hidden = "", 0, False
    links: list[str] = []
    previews: list[str] = []
    mentions: list[str] = []
    for token in TOKEN.finditer(content):
        text += content[at : token.start()]
        at = token.end()
        if token["escaped"]:
            text += token["escaped"]
        elif token["target"]:
            text += read_markdown(token["words"]).text
            links.append(token["target"])
            previews += [] if token["quiet"] else [token["target"]]
        elif token["autolink"] or token["url"]:
            address = token["autolink"] or token["url"]
            text += address
            links.append(address)
            previews += [address] if token["url"] else []
        elif token["ping"]:
            text += token["ping"]
            mentions.append(token["ping"])
        else:
            hidden = hidden or token["mark"] == "||"
    text += content[at:]
    return Shown(
        text=text, links=tuple(links), previews=tuple(previews), hidden=hidden, mentions=tuple(mentions)
    )
