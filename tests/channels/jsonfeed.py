"""JSON Feed 1.1 as a JSON schema, made from https://www.jsonfeed.org/version/1.1/."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

_TEXT = {"type": "string", "minLength": 1}
_URL = {"type": "string", "pattern": r"^https?://[^\s]+$"}
_FILE = {"type": "string", "pattern": r"^(https?://[^\s]+|media/[^\s/]+)$"}
_TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}
_LANGUAGE = {"type": "string", "pattern": r"^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$"}
_EXTENSIONS = {"^_[A-Za-z][^. ]*$": {"type": "object"}}


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "patternProperties": _EXTENSIONS,
        "additionalProperties": False,
        "required": required,
    }


_ATTACHMENT = _object(
    {
        "url": _FILE,
        "mime_type": {"type": "string", "pattern": r"^[a-z]+/[a-z0-9.+-]+$"},
        "title": {"type": "string"},
        "size_in_bytes": {"type": "integer", "minimum": 0},
    },
    ["url", "mime_type"],
)
_ITEM = _object(
    {
        "id": _TEXT,
        "url": _URL,
        "external_url": _URL,
        "title": _TEXT,
        "content_html": {"type": "string"},
        "content_text": {"type": "string"},
        "summary": _TEXT,
        "date_published": _TIME,
        "date_modified": _TIME,
        "language": _LANGUAGE,
        "attachments": {"type": "array", "items": _ATTACHMENT},
    },
    ["id", "content_html"],
)
_FEED = _object(
    {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": _TEXT,
        "home_page_url": _URL,
        "feed_url": _URL,
        "description": _TEXT,
        "language": _LANGUAGE,
        "authors": {
            "type": "array",
            "minItems": 1,
            "items": _object({"name": _TEXT, "url": _URL}, []),
        },
        "items": {"type": "array", "items": _ITEM},
    },
    ["version", "title", "items"],
)

JSON_FEED = Draft202012Validator(_FEED, format_checker=FormatChecker())
