"""Reads ``[wiki]`` and ``[[pages]]``: where the news stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.config import checks
from bot.config.profile import read_profile
from bot.config.values import ARTICLE_PATH, PageConfig, WikiConfig
from bot.model import PageSet

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from bot.config.table import Table


MOST_MEMBERS = 50  # whose texts a wiki gives in one answer


def read_pages(root: Table, folder: Path, layouts: Collection[str]) -> tuple[PageConfig, ...]:
    """Read the news pages, of which there is at least one; paths are relative to ``folder``."""
    tables = root.tables("pages", named=("title", "file"), begun_with="title or file")
    pages = tuple(_read_page(table, folder, layouts) for table in tables)
    _refuse_doubles(tables, pages)
    return pages


def _read_page(table: Table, folder: Path, layouts: Collection[str]) -> PageConfig:
    on_disk = "file" in table
    collection = _read_collection(table)
    where = table.get("file", checks.path, None)
    file = folder / where if where else None
    if not on_disk:
        table.refuse("pictures_url", "is for a page in a file; a wiki says its own")
    if on_disk:
        title = table.get("title", checks.title, file.name if file else "")
    elif collection is not None:
        title = table.get("title", checks.title, collection.category or collection.prefix or "")
        table.refuse("article_path", "is for a page in a file; a wiki says its own")
    else:
        why = "name a page of the wiki in title, or a page on disk in file"
        title = table.need("title", checks.title, meanwhile="", why=why)
        table.refuse("article_path", "is for a page in a file; a wiki says its own")
    page = PageConfig(
        title=title,
        file=file,
        article_path=table.get("article_path", checks.article_path, ARTICLE_PATH),
        language=table.get("language", checks.language, None),
        profile=read_profile(table, layouts),
        collection=collection,
        pictures_url=table.get("pictures_url", _folder_address, None),
    )
    table.close()
    return page


def _folder_address(value: object) -> str:
    """Read the address of a folder, whose files stand behind the slash at its end."""
    return checks.web_address(value).rstrip("/") + "/"


def _read_collection(table: Table) -> PageSet | None:
    """Read a collection of pages, ``None`` where the news stands on one page."""
    kinds = [key for key in ("category", "prefix") if key in table]
    category = table.get("category", checks.title, None)
    prefix = table.get("prefix", checks.title, None)
    if not kinds:
        table.refuse("most", "is for a category or a prefix")
        return None
    if len(kinds) == 2 or "file" in table:
        table.problem("must stand alone: a page is in a file, in a category, or below a prefix", key=kinds[0])
    if prefix is not None and not prefix.endswith("/"):
        prefix = f"{prefix}/"
    most = table.get("most", checks.whole(least=1), PageSet().most)
    return PageSet(category=category, prefix=prefix, most=min(most, MOST_MEMBERS))


def _refuse_doubles(tables: Sequence[Table], pages: Sequence[PageConfig]) -> None:
    """Refuse a page that stands there twice: each of its items would be published twice."""
    seen: dict[object, Table] = {}
    for table, page in zip(tables, pages, strict=True):
        identities = [same_title(page.title)] if page.title else []
        if page.file:
            identities.append(str(page.file))
        for identity in identities:
            if identity in seen:
                table.problem(f"the same page as {seen[identity].place}: its news would go out twice")
                break
            seen[identity] = table


def same_title(title: str) -> str:
    """Return a form that all ways to write one title share: MediaWiki ignores the case of some letters."""
    before, colon, after = title.partition(":")
    namespace, name = (before.strip().casefold(), after.strip()) if colon else ("", before)
    return f"{namespace}:{name[:1].casefold()}{name[1:]}"


def config_page_of(root: Table) -> str | None:
    """Say that the wiki has to be opened for its half of the configuration, ``None`` where it has none."""
    return "the configuration on the wiki" if "config_page" in root.table("wiki") else None


def read_wiki(root: Table, *, opened_for: str | None, spoken_for: str | None) -> WikiConfig:
    """Read the wiki.

    Args:
        root: the file.
        opened_for: what needs the wiki to be opened, in words; ``None`` where nothing does.
        spoken_for: what needs the contact in its User-Agent, likewise.
    """
    table = root.table("wiki")
    if opened_for:
        why = f"needed for {opened_for}; Pywikibot's name for the wiki, such as"
        family = table.need("family", checks.line, meanwhile="", why=f'{why} "wikipedia"')
        code = table.need("code", checks.line, meanwhile="", why=f'{why} "en"')
    else:
        family = table.get("family", checks.line, "")
        code = table.get("code", checks.line, "")
    if spoken_for:
        why = f"needed for {spoken_for}: a web page or e-mail address where the bot's operator is found"
        contact = table.need("contact", checks.contact, meanwhile="", why=why)
    else:
        contact = table.get("contact", checks.contact, "")
    config_page = table.get("config_page", checks.title, None)
    table.close()
    return WikiConfig(family=family or None, code=code or None, contact=contact, config_page=config_page)
