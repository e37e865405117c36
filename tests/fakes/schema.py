"""What a request to a fake network must look like, said once for each route and checked before it is served.

A network is a tuple of ``Route``: method, path, and JSON Schemas (``fields(...)``) of the query and of the
body. ``matching`` finds the route, ``checked`` reads the parameters from JSON, forms, multipart and queries
alike and raises ``Complaint`` for whatever the network's documentation does not have: a complaint fails the
test, where a network itself might shrug.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from email.message import Message
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from jsonschema import Draft202012Validator
from jsonschema.validators import extend

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from requests.structures import CaseInsensitiveDict

Json = dict[str, Any]
Schema = dict[str, Any]
AGENT = re.compile(r"wikiherald/\S+ \([^)]*\S[^)]*\).*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A request as it came: ``target`` is the path with the query, the headers' names know no case."""

    method: str
    target: str
    headers: CaseInsensitiveDict[str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """An answer that is more than a status and JSON."""

    status: int = 200
    body: bytes | str = b""
    content_type: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = tuple[int, Any] | Reply


class Refused(Exception):  # noqa: N818 - an answer of the network, not a fault of the fake
    """The network answers with an error; the ``details`` are for its own way of wording one."""

    def __init__(self, status: int, message: str, **details: Any) -> None:
        self.status = status
        self.details = details
        super().__init__(message)


class Complaint(Refused):
    """A request that no correct client makes."""

    def __init__(self, message: str) -> None:
        super().__init__(400, message)


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """A file in a multipart body."""

    name: str
    content_type: str
    content: bytes


def fields(
    required: Mapping[str, Schema] | None = None, optional: Mapping[str, Schema] | None = None
) -> Schema:
    """Return the schema of an object that has these fields and no others."""
    needed, possible = dict(required or {}), dict(optional or {})
    return {
        "type": "object",
        "properties": needed | possible,
        "required": list(needed),
        "additionalProperties": False,
    }


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request as the network understood it: the path's groups, and its checked parameters."""

    route: Route
    path: tuple[str, ...]
    query: Mapping[str, Any]
    fields: Mapping[str, Any]
    request: Request


@dataclass(frozen=True, kw_only=True)
class Route:
    """A method and path (a regular expression) of an API.

    ``body`` is the schema of the fields of a body of one of ``media_types``; without them there must be none,
    unless ``raw`` says that it is no fields but a file of one of them. ``headers`` are patterns of those that
    must be there; ``scope`` is for the network's own check of who may ask.
    """

    method: str
    path: str
    handle: Callable[[Any, Call], Answer]
    query: Schema = field(default_factory=fields)
    body: Schema = field(default_factory=fields)
    media_types: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    scope: str | None = None
    raw: bool = False


TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
FILE: Schema = {"type": "file"}
JSON_BODY = ("application/json",)
FORM_BODY = ("application/x-www-form-urlencoded",)
MULTIPART_BODY = ("multipart/form-data",)


def one_of(*values: object) -> Schema:
    return {"enum": list(values)}


def list_of(items: Schema, *, most: int | None = None, least: int = 0) -> Schema:
    return {"type": "array", "items": items, "minItems": least} | ({"maxItems": most} if most else {})


def matching(routes: tuple[Route, ...], request: Request) -> tuple[Route, tuple[str, ...]]:
    """Return the request's route and what the groups of its path are."""
    for route in routes:
        matched = re.fullmatch(route.path, request.path)
        if route.method == request.method and matched:
            return route, matched.groups()
    raise Complaint("no such method and path in this API")


def checked(route: Route, path: tuple[str, ...], request: Request) -> Call:
    """Read the request's parameters and check them, its headers and its sender's name."""
    if not AGENT.fullmatch(request.headers.get("User-Agent", "")):
        raise Complaint("the User-Agent names no contact")
    for name, pattern in route.headers.items():
        if not re.fullmatch(pattern, request.headers.get(name, "")):
            raise Complaint(f"the header {name} is missing or not as it should be")
    query: Json = conforming(_from_form(urlsplit(request.target).query, route.query), route.query, "query")
    return Call(route=route, path=path, query=query, fields=_body(route, request), request=request)


def decoded(text: str, schema: Schema, name: str) -> Any:
    """Return what stands as JSON in a field of a form, as some networks want it."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise Complaint(f"{name} is no JSON") from error
    return conforming(found, schema, name)


def _body(route: Route, request: Request) -> Json:
    content_type = request.headers.get("Content-Type", "")
    media_type = content_type.partition(";")[0].strip().lower()
    if not route.media_types:
        if request.body not in {b"", b"{}"}:
            raise Complaint("a body where there should be none")
        return {}
    if media_type not in route.media_types:
        raise Complaint(f"a body of type {media_type or 'nothing'}")
    if route.raw:
        return {}
    read = _READERS[media_type]
    found: Json = conforming(read(request.body, content_type, route.body), route.body, "body")
    return found


def conforming(found: Any, schema: Schema, where: str) -> Any:
    """Return what conforms to the schema; anything else is a complaint that names ``where`` it was found."""
    # Sorted, so that of several problems the same one is told each time.
    for error in sorted(_Validator(schema).iter_errors(found), key=lambda error: error.json_path):
        raise Complaint(f"{where} {error.json_path.removeprefix('$.')}: {error.message}"[:300])
    return found


_Validator = extend(  # type: ignore[no-untyped-call]  # jsonschema's types leave it out
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("file", lambda _, value: isinstance(value, File)),
)


def _from_form(text: str, schema: Schema) -> Json:
    """Read a query or a form: ``name[]``, and what the schema calls an array, is a list."""
    found: Json = {}
    for name, values in parse_qs(text, keep_blank_values=True).items():
        plain = name.removesuffix("[]")
        is_list = plain != name or schema["properties"].get(plain, {}).get("type") == "array"
        if not is_list and len(values) > 1:
            raise Complaint(f"{name} is there more than once")
        found[plain] = values if is_list else values[0]
    return found


def _from_json(body: bytes, _content_type: str, _schema: Schema) -> Json:
    try:
        found = json.loads(body)
    except ValueError as error:
        raise Complaint("the body is no JSON") from error
    if not isinstance(found, dict):
        raise Complaint("the body is no JSON object")
    return found


def _from_multipart(body: bytes, content_type: str, _schema: Schema) -> Json:
    header = Message()
    header["Content-Type"] = content_type
    boundary = header.get_param("boundary")
    found: Json = {}
    for part in body.split(b"--" + str(boundary).encode())[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        content = content.removesuffix(b"\r\n")
        name = re.search(rb'; name="([^"]+)"', head)
        kind = re.search(rb"(?i)content-type: ([^\r\n;]+)", head)
        file = re.search(rb'; filename="([^"]*)"', head)
        if name is None:
            raise Complaint("a part without a name")
        found[name[1].decode()] = (
            File(
                name=file[1].decode(),
                content_type=kind[1].decode() if kind else "",
                content=content,
            )
            if file
            else content.decode()
        )
    return found


_READERS: dict[str, Callable[[bytes, str, Schema], Json]] = {
    "application/x-www-form-urlencoded": lambda body, _, schema: _from_form(body.decode(), schema),
    "application/json": _from_json,
    "multipart/form-data": _from_multipart,
}
