"""Asks what a wiki says of files: whether they are pictures, under which licence, and what they show.

What is said of licences is the extension CommonsMetadata's, what files show is in their structured data, and
both are mostly those of a shared repository: Wikimedia Commons.

https://www.mediawiki.org/wiki/API:Imageinfo
https://www.mediawiki.org/wiki/Extension:WikibaseMediaInfo/Data_Model/JSON
"""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.errors import ConfigError, PageError
from bot.model import Picture, Rights
from bot.wiki.plaintext import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bot.wiki.api import Api

log = logging.getLogger(__name__)

BATCH = 50  # titles a request, for an account without the right to more
MOST_ANSWERS = 20  # to one request that does not fit into one
NO_NAME = re.compile(r"[\x00-\x1f|#<>\[\]{}]|^\s*$")
PROPERTIES = "url|size|mime|sha1|mediatype|extmetadata"
# Whatever else tells something of files may do so in the same fields: what the file claims of itself, say.
DESCRIPTION = frozenset({"commons-desc-page", "commons-templates"})
FIELDS = {
    "License": "code",
    "LicenseShortName": "name",
    "UsageTerms": "terms",
    "LicenseUrl": "url",
    "Copyrighted": "copyrighted",
    "AttributionRequired": "attribution_required",
    "NonFree": "non_free",
    "Attribution": "credit",
    "Artist": "artist",
    "DeletionReason": "deletion",
}
AUTHORS = "AuthorCount"
LICENCE, STATUS = "P275", "P6216"  # of Wikidata: copyright license, copyright status
SHOWN = frozenset(
    {"BITMAP", "DRAWING", "OFFICE"}
)  # of a video or a sound the wiki shows an icon, or one frame
MISSING = "does not exist on the wiki: upload it, or name another"


def read_pictures(api: Api, files: Iterable[str], languages: Sequence[str]) -> dict[str, Picture]:
    """Return what is said of each file, in a request for fifty, and one or two more for their captions.

    Raises:
        PageError: the wiki cannot be reached, or does not tell.
    """
    names = list(dict.fromkeys(files))
    pictures = {file: Picture(file=file, lack="has no name that a file can have") for file in names}
    asked = [file for file in names if not NO_NAME.search(file)]
    pages: dict[str, Mapping[str, Any]] = {}
    for batch in batched(asked):
        pages |= _pages(api, batch)
    pictures |= {file: _picture(file, page) for file, page in pages.items()}
    pictures |= {file: Picture(file=file, lack=MISSING) for file in asked if file not in pages}
    there = {file: page for file, page in pages.items() if page.get("imageinfo")}
    local = {file: page["pageid"] for file, page in there.items() if not _is_shared(page)}
    shared = {file: page["title"].partition(":")[2] for file, page in there.items() if _is_shared(page)}
    for file, entity in (_structured(api, local, languages) | _shared_data(api, shared, languages)).items():
        rights = replace(pictures[file].rights, stated=_stated(entity))
        pictures[file] = replace(pictures[file], rights=rights, captions=_captions(entity))
    return pictures


def batched(names: Iterable[str]) -> Iterator[list[str]]:
    """Yield the names in groups that go into one request."""
    left = list(names)
    for start in range(0, len(left), BATCH):
        yield left[start : start + BATCH]


def is_shown(told: Mapping[str, Any]) -> bool:
    """Tell whether the wiki makes a picture of the file; what it cannot measure has only an icon."""
    return told.get("mediatype") in SHOWN and bool(told.get("width")) and bool(told.get("height"))


def _pages(api: Api, files: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the wiki's answers of some files, by their names as asked."""
    titles = {f"File:{file}": file for file in files}
    found: dict[str, dict[str, Any]] = {}
    called: dict[str, str] = {}
    more: dict[str, Any] = {}
    for _ in range(MOST_ANSWERS):
        answer = api.ask(
            action="query",
            prop="imageinfo",
            titles="|".join(titles),
            redirects=1,
            iiprop=PROPERTIES,
            iiextmetadatafilter="|".join([*FIELDS, AUTHORS]),
            iiextmetadatalanguage="en",
            **more,
        )
        for kind in ("normalized", "redirects"):
            called |= {one["from"]: one["to"] for one in answer["query"].get(kind, ())}
        for page in answer["query"].get("pages", ()):
            found.setdefault(page["title"], {}).update(page)
        more = answer.get("continue", {})
        if "iicontinue" not in more:  # of a single file it also offers older versions, which nobody wants
            break
    else:
        raise PageError(f"{api.site}: the wiki does not come to an end of telling about its files")
    return {file: found[end] for title, file in titles.items() if (end := _end(title, called)) in found}


def _end(title: str, called: Mapping[str, str]) -> str:
    for _ in range(3):  # normalised, then one redirect, whose target may be another's
        title = called.get(title, title)
    return title


def _is_shared(page: Mapping[str, Any]) -> bool:
    return "pageid" not in page or page.get("imagerepository") not in {None, "local"}


def _picture(file: str, page: Mapping[str, Any]) -> Picture:
    if not page.get("imageinfo"):
        return Picture(file=file, lack=MISSING)
    told = page["imageinfo"][0]
    if "filehidden" in told or "filemissing" in told:
        return Picture(file=file, lack="has been hidden on the wiki: name another")
    lack = None if is_shown(told) else f"is nothing that the wiki can show as a picture ({told.get('mime')})"
    return Picture(
        file=file,
        lack=lack,
        mime_type=told.get("mime", ""),
        drawing=told.get("mediatype") != "BITMAP",
        size=told["size"],
        width=told["width"],
        height=told["height"],
        sha1=told["sha1"],
        rights=_rights(told.get("extmetadata") or {}),
    )


def _rights(metadata: Mapping[str, Any]) -> Rights:
    said: dict[str, Any] = {
        name: plain(entry["value"])
        for field, name in FIELDS.items()
        if (entry := metadata.get(field)) and entry.get("source") in DESCRIPTION
    }
    authors = str(metadata.get(AUTHORS, {}).get("value", ""))
    return Rights(**said, authors=int(authors) if authors.isdecimal() else 1)


def _shared_data(
    api: Api, names: Mapping[str, str], languages: Sequence[str]
) -> dict[str, Mapping[str, Any]]:
    """Return the structured data of files of the shared repository, by the files' names as asked.

    What is not had of it is not said: that is no reason to read no page.
    """
    try:
        repository = api.repository() if names else None
        return _structured(repository, _numbers(repository, names), languages) if repository else {}
    except (ConfigError, PageError) as error:
        log.info("the captions of %s are not known: %s", ", ".join(names), error)
        return {}


def _numbers(repository: Api, names: Mapping[str, str]) -> dict[str, int]:
    """Return the numbers that the files' pages have in the repository."""
    files = {f"File:{name}": file for file, name in names.items()}
    found: dict[str, int] = {}
    for batch in batched(files):
        answer = repository.ask(action="query", prop="info", titles="|".join(batch))
        found |= {
            files[page["title"]]: page["pageid"]
            for page in answer["query"].get("pages", ())
            if page["title"] in files and "pageid" in page
        }
    return found


def _structured(api: Api, ids: Mapping[str, int], languages: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """Return the structured data of each file that has some; its entity is the M with its page's number."""
    if not ids or not api.has("WikibaseMediaInfo"):
        return {}
    found: dict[str, Mapping[str, Any]] = {}
    entities = {f"M{number}": file for file, number in ids.items()}
    for batch in batched(entities):
        answer = api.ask_for(
            "entities",
            action="wbgetentities",
            ids="|".join(batch),
            props="labels|claims",
            languages="|".join(languages),
        )
        told = answer["entities"]
        found |= {
            entities[name]: entity
            for name, entity in (told.items() if isinstance(told, dict) else ())
            if name in entities and "missing" not in entity
        }
    return found


def _captions(entity: Mapping[str, Any]) -> dict[str, str]:
    labels = entity.get("labels")
    if not isinstance(labels, dict):  # an empty one comes as a list
        return {}
    return {language: text for language, one in labels.items() if (text := " ".join(one["value"].split()))}


def _stated(entity: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the items of its licences, and of its status: what is in the public domain has no licence."""
    statements = entity.get("statements")
    if not isinstance(statements, dict):
        return ()
    found = [
        statement["mainsnak"]["datavalue"]["value"]["id"]
        for name in (LICENCE, STATUS)
        for statement in statements.get(name, ())
        if statement.get("rank") != "deprecated" and statement["mainsnak"].get("snaktype") == "value"
    ]
    return tuple(dict.fromkeys(found))
