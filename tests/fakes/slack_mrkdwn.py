"""mrkdwn as Slack shows it (https://docs.slack.dev/messaging/formatting-message-text), of a verbatim text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

SPACE = "\u200b"
EDGE = "\uf8ff"  # stands where emphasis begins and ends
FIRST = 0xE000  # of the signs that stand for a link, in which no markup is looked for
CONTROL = re.compile(r"<(?P<target>[^<>|]*)(?:\|(?P<words>[^<>]*))?>|[<>]")
# A pair of signs around what begins and ends with no white space, and with no letter outside.
STYLES = tuple(
    (
        name,
        re.compile(
            rf"(?<![^\s{SPACE}(*_~]){sign}(?=[^\s{SPACE}{sign}])"
            rf"([^{sign}\n]*[^\s{SPACE}{sign}]){sign}(?![^\W_])"
        ),
    )
    for name, sign in (("bold", r"\*"), ("italic", "_"), ("strike", "~"))
)
QUOTE = re.compile(r"^&gt;", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a reader sees: the text, its links with their words, its emphasis, and who is called."""

    text: str
    links: tuple[tuple[str, str], ...] = ()
    styles: tuple[tuple[str, str], ...] = ()
    mentions: tuple[str, ...] = ()


def read_mrkdwn(source: str) -> Shown:
    links: list[tuple[str, str]] = []
    styles: list[tuple[str, str]] = []
    mentions: list[str] = []

    def control(match: re.Match[str]) -> str:
        target, said = match["target"], match["words"]
        if target is None:
            raise ValueError("a bare sign of control")
        if target[:1] in {"@", "#", "!"}:
            mentions.append(match[0])
            return match[0].replace("<", "&lt;").replace(">", "&gt;")
        links.append((unescape(target), unescape(target if said is None else said)))
        return chr(FIRST + len(links) - 1)

    text = CONTROL.sub(control, source)
    styles += [("quote", "") for _ in QUOTE.finditer(text)]
    for name, pattern in STYLES:
        for match in pattern.finditer(text):
            styles.append((name, unescape(match[1]).replace(SPACE, "").replace(EDGE, "")))
        text = pattern.sub(rf"{EDGE}\1{EDGE}", text)
    # What keeps signs apart is nothing that anybody sees; a space that somebody wrote stands by no sign.
    text = re.sub(rf"{SPACE}?((?:&gt;)|[*_~]|{EDGE}+){SPACE}?", r"\1", text).replace(EDGE, "")
    for number, (_, said) in enumerate(links):
        text = text.replace(chr(FIRST + number), said.replace("&", "&amp;"))
    return Shown(text=unescape(text), links=tuple(links), styles=tuple(styles), mentions=tuple(mentions))
