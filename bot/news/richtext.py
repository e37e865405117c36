"""The wikitext of one item as rich text: runs of plain text, links and emphasis.

This is no parser of its own (mwparserfromhell is) and no renderer of pages: it knows what may stand in a
sentence of news. What it cannot know, a template that only the wiki can expand, it names in ``unresolved``
and never guesses.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import unescape
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING

import mwparserfromhell
import regex
from mwparserfromhell import nodes as wikinodes
from mwparserfromhell.parser import ParserError

from bot.model import Media, RichText, Run
from bot.news import links, plain, quotes, sites, variants
from bot.news.quotes import Piece
from bot.news.vocabulary import (
    BLOCK_TAGS,
    BOLD_TAGS,
    GONE_TAGS,
    ITALIC_TAGS,
    LITERAL_TAGS,
    SIGNS,
    SILENT,
    TAGS,
    WRAPPERS,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mwparserfromhell.nodes import Node
    from mwparserfromhell.wikicode import Wikicode

    from bot.model import Site

_NONE: Mapping[str, str] = MappingProxyType({})
_DEPTH = 5

# Without one of these there is no markup in wikitext, and nothing left of any in a text: most texts need no
# parser (a date, a cell of a table), and it takes longer than all the rest.
_MARKUP = regex.compile(r"[\[\]{}<>&|=:\n]|''|__|^[*#;]|^----")
_LEFT = regex.compile(r"[<{}]|\[\[|\]\]|__")
_STRAY_TAG = regex.compile(rf"</?(?:{'|'.join(sorted(TAGS))})\b[^<>]*>", regex.IGNORECASE)
_STRAY_BRACKETS = regex.compile(r"\{\{+|\}\}+|\[\[+|\]\]+|\{\||\|\}")
_BEHAVIOUR_SWITCH = regex.compile(r"__\p{Lu}[\p{Lu}_]*?__")
_UNCLOSED_CALL = regex.compile(r"\{\{[^\n]{0,60}")
_TRANSLATION = regex.compile(
    r"(<nowiki>.*?</nowiki>)|<tvar\s*\|[^<>]*>|</>|</?(?:translate|tvar)\b[^<>]*>",
    regex.IGNORECASE | regex.DOTALL,
)
_IMAGE_SIZE = regex.compile(
    r"\d*\s*(?:x\s*\d+)?\s*\p{L}{2}|(?:page|lang|link|class|upright)\s*=.*", regex.DOTALL
)
_IMAGE_NUMBER = regex.compile(r"[=\s][\d.]+$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendered:
    """An item's wikitext, understood.

    ``comments`` are the contents of all comments in it, folded, in order; ``unresolved`` the template
    calls, as written, that nobody has expanded and that leave nothing (or their only argument) in ``body``;
    ``misleading`` says of each character that made the text read other than it is written what it was.
    """

    body: RichText
    media: tuple[Media, ...] = ()
    comments: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()
    misleading: tuple[str, ...] = ()


def render(
    code: Wikicode | str, site: Site, *, expansions: Mapping[str, str] = _NONE, title: str = ""
) -> Rendered:
    """Understand the wikitext of one item; no input raises.

    ``expansions`` maps a template call, exactly as written, to what the wiki makes of it. ``title`` is the
    page that the item stands on, for links to its sections and subpages. Entities are decoded once, white
    space (no-break spaces too) is folded, nothing blank is left at the ends.
    """
    written = str(code)
    misleading = _misleading(written)
    source = plain.visible(written)
    if not _MARKUP.search(source):
        said = plain.fold(source)
        return Rendered(body=RichText(runs=(Run(text=said),) if said else ()), misleading=misleading)
    source = _TRANSLATION.sub(lambda match: match[1] or "", source)
    source = _with_urls(_closed(variants.choose(source, site.language)), expansions)
    try:
        tree = mwparserfromhell.parse(source, skip_style_tags=True)
    except ParserError:
        text = RichText(runs=(Run(text=plain.fold(source)),))
        return Rendered(body=text, unresolved=(source,), misleading=misleading)
    renderer = _Renderer(site, expansions, title)
    pieces = quotes.apply(renderer.pieces(tree))
    comments = (
        (plain.fold(str(node.contents)) for node in tree.ifilter_comments()) if "<!--" in source else ()
    )
    return Rendered(
        body=RichText(runs=_runs(pieces)),
        media=tuple(dict.fromkeys(renderer.media)),
        comments=tuple(comments),
        unresolved=tuple(dict.fromkeys(renderer.unresolved)),
        misleading=tuple(dict.fromkeys((*misleading, *renderer.misleading))),
    )


class _Renderer:
    """Walks a tree of nodes and collects what is found on the way."""

    def __init__(self, site: Site, expansions: Mapping[str, str], title: str) -> None:
        self.media: list[Media] = []
        self.unresolved: list[str] = []
        self.misleading: list[str] = []
        self._site = site
        self._expansions = expansions
        self._title = title
        self._trail = sites.link_trail(site.language)
        self._expanding: list[str] = []

    def pieces(self, code: Wikicode | None, look: Piece | None = None) -> list[Piece]:
        """Turn nodes into pieces; ``look`` is the look around them."""
        look = look or Piece(text="")
        pieces: list[Piece] = []
        link: Piece | None = None
        for node in code.nodes if code is not None else ():
            if isinstance(node, wikinodes.Text):
                text = str(node)
                if link is not None and self._trail and (drawn := self._trail.match(text)):
                    pieces.append(link._replace(text=drawn[0]))
                    text = text[drawn.end() :]
                pieces.append(look._replace(text=self._tidy(text)))
                link = None
                continue
            found = self._node(node, look)
            link = found[-1] if isinstance(node, wikinodes.Wikilink) and found and found[-1].url else None
            pieces.extend(found)
        return pieces

    def _node(self, node: Node, look: Piece) -> list[Piece]:
        found: list[Piece] = []
        match node:
            case wikinodes.HTMLEntity():
                found = [look._replace(text=_decoded(node), literal=True)]
            case wikinodes.Wikilink():
                found = self._internal(node, look)
            case wikinodes.ExternalLink():
                found = self._external(node, look)
            case wikinodes.Tag():
                found = self._tag(node, look)
            case wikinodes.Template():
                found = self._template(node, look)
            case wikinodes.Argument():
                found = self.pieces(node.default, look)
            case wikinodes.Heading():
                found = [_SPACE, *self.pieces(node.title, look), _SPACE]
        return found

    def _tidy(self, text: str) -> str:
        """Drop what is left of markup that was not closed; a call that was not is nobody's to expand."""
        if not _LEFT.search(text):
            return text
        self.unresolved.extend(match[0] for match in _UNCLOSED_CALL.finditer(text))
        for pattern in (_STRAY_TAG, _STRAY_BRACKETS, _BEHAVIOUR_SWITCH):
            text = pattern.sub("", text)
        return text

    def _internal(self, node: wikinodes.Wikilink, look: Piece) -> list[Piece]:
        before = len(self.unresolved)
        title = self.pieces(node.title)
        written = "".join(piece.text for piece in title)
        target = links.internal(written, self._site, title=self._title)
        if target.kind is links.Kind.FILE:
            self._image(target.name, node.text)
        if target.kind is not links.Kind.LINK:
            return []
        known = target.url is not None and len(self.unresolved) == before
        inside = look._replace(url=target.url if known else look.url)
        label = quotes.apply(
            _behind_pipe(title, inside) if node.text is None else self.pieces(node.text, inside)
        )
        if not any(piece.text.strip() for piece in label):
            label = [inside._replace(text=target.label)]
        return [piece._replace(literal=True) for piece in label]

    def _image(self, name: str, options: Wikicode | None) -> None:
        alt = caption = None
        for option in self._options(options):
            word, equals, value = option.partition("=")
            if equals and word.strip().lower() in sites.alt_words():
                alt = value.strip()
            elif not _is_image_word(option):
                caption = option
        if name:
            self.media.append(Media(file=name, alt=(caption if alt is None else alt) or None))

    def _options(self, code: Wikicode | None) -> list[str]:
        """Split at the pipes of the image link itself, not at those of a link in its caption."""
        parts = [""]
        for node in code.nodes if code is not None else ():
            if isinstance(node, wikinodes.Text):
                first, *more = str(node).split("|")
                parts[-1] += first
                parts.extend(more)
            else:
                parts[-1] += "".join(piece.text for piece in self._node(node, Piece(text="")))
        return [plain.fold(regex.sub("'{2,}", "", part)) for part in parts]

    def _external(self, node: wikinodes.ExternalLink, look: Piece) -> list[Piece]:
        before = len(self.unresolved)
        written = "".join(piece.text for piece in self._raw(node.url))
        known = len(self.unresolved) == before
        url = links.external(written) if known else None
        inside = look._replace(url=url or look.url)
        label = self.pieces(node.title, inside)
        if any(piece.text.strip() for piece in label):
            return label
        shown = links.host_label(url) if url and node.brackets else written
        return [inside._replace(text=shown, literal=True)]

    def _tag(self, node: wikinodes.Tag, look: Piece) -> list[Piece]:
        name = str(node.tag).strip().lower()
        if name in GONE_TAGS or _is_hidden(node):
            return []
        if name in LITERAL_TAGS:
            found = [look._replace(text=piece.text, literal=True) for piece in self._raw(node.contents)]
        else:
            bold, italic = look.bold or name in BOLD_TAGS, look.italic or name in ITALIC_TAGS
            found = self.pieces(node.contents, look._replace(bold=bold, italic=italic))
        return [_SPACE, *found, _SPACE] if name in BLOCK_TAGS else found

    def _raw(self, code: Wikicode | None) -> list[Piece]:
        """Take text as it is but for entities and templates: a URL, or what nowiki holds."""
        raw: list[Piece] = []
        for node in code.nodes if code is not None else ():
            if isinstance(node, wikinodes.HTMLEntity | wikinodes.Template):
                raw.extend(self._node(node, Piece(text="")))
            else:
                raw.append(Piece(text=str(node)))
        return raw

    def _template(self, node: wikinodes.Template, look: Piece) -> list[Piece]:
        call, name = str(node), plain.fold(str(node.name.strip_code())).lower().replace("_", " ")
        if call in self._expansions and call not in self._expanding and len(self._expanding) < _DEPTH:
            return self._expansion(call, look)
        if name in SIGNS:
            return [look._replace(text=SIGNS[name], literal=True)]
        if name.partition(":")[0] in SILENT or name in SILENT:
            return []
        argument = WRAPPERS.get(name)
        if argument is not None and node.has(argument):
            return self.pieces(node.get(argument).value, look)
        self.unresolved.append(call)
        if len(node.params) == 1 and not node.params[0].showkey:
            return self.pieces(node.params[0].value, look)
        return []

    def _expansion(self, call: str, look: Piece) -> list[Piece]:
        self._expanding.append(call)
        self.misleading.extend(_misleading(self._expansions[call]))
        try:
            expansion = plain.visible(self._expansions[call])
            return self.pieces(mwparserfromhell.parse(expansion, skip_style_tags=True), look)
        except ParserError:
            self.unresolved.append(call)
            return []
        finally:
            self._expanding.pop()


_SPACE = Piece(text=" ")


def _closed(source: str) -> str:
    """An unclosed comment reaches to the end, as MediaWiki has it."""
    return f"{source}-->" if source.rfind("<!--") > source.rfind("-->") else source


def _behind_pipe(title: Sequence[Piece], look: Piece) -> list[Piece]:
    """Return the text of a link whose pipe was made by a template: ``[[A{{!}}b]]``."""
    pipe = next((at for at, piece in enumerate(title) if piece.literal and piece.text == "|"), len(title))
    return [look._replace(text=piece.text, literal=piece.literal) for piece in title[pipe + 1 :]]


def _with_urls(source: str, expansions: Mapping[str, str]) -> str:
    """Put in the URLs that the wiki has made (``[{{fullurl:A|action=history}} history]``).

    Only with its URL is a link one for the parser.
    """
    for call, made in expansions.items():
        if f"[{call}" in source and links.external(made) is not None:
            source = source.replace(f"[{call}", f"[{made.strip()}")
    return source


def _decoded(node: wikinodes.HTMLEntity) -> str:
    try:
        return str(node.normalize())
    except (ValueError, KeyError, OverflowError):
        return str(node)


def _is_image_word(option: str) -> bool:
    word = _IMAGE_NUMBER.sub("", option.lower().replace("_", " "))
    return not word or word in sites.image_words() or _IMAGE_SIZE.fullmatch(option.lower()) is not None


def _is_hidden(node: wikinodes.Tag) -> bool:
    style = "".join(str(attribute.value) for attribute in node.attributes if attribute.name.matches("style"))
    return "display:none" in "".join(style.lower().split())


def _misleading(source: str) -> tuple[str, ...]:
    """Look through all that is written, comments and what is written as an entity too."""
    return plain.misleading(unescape(source) if "&" in source else source)


def _look(piece: Piece) -> tuple[bool, bool, str | None]:
    return piece.bold, piece.italic, piece.url


def _runs(pieces: Sequence[Piece]) -> tuple[Run, ...]:
    """Join pieces of one look, and fold white space across them."""
    texts: list[str] = []
    looks: list[tuple[bool, bool, str | None]] = []
    blank = True  # nothing blank at the start
    for look, together in groupby(pieces, _look):
        # Joined first: an emoji may be written in several entities.
        text = plain.clean("".join(piece.text for piece in together))
        if blank:
            text = text.removeprefix(" ")
        if not text:
            continue
        blank = text.endswith(" ")
        if looks and looks[-1] == look:
            texts[-1] += text
        else:
            texts.append(text)
            looks.append(look)
    while texts and not texts[-1].rstrip():
        texts.pop()
    if texts:
        texts[-1] = texts[-1].rstrip()
    return tuple(
        Run(text=text, bold=bold, italic=italic, url=url)
        for text, (bold, italic, url) in zip(texts, looks, strict=False)
    )
