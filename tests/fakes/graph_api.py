"""What the fakes of Meta's Graph APIs have in common: tokens, errors, and lists page by page.

https://developers.facebook.com/docs/graph-api/overview
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from tests.fakes.faults import Fault
from tests.fakes.schema import TEXT, Json, Refused, Reply, Route, checked, fields, matching

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.fakes.network import Visible
    from tests.fakes.schema import Answer, Call, Request, Schema

TOKEN = "EAAgoodtoken123"
LIFE = timedelta(days=60)
ABOUT_TOKEN = "about a token"  # the scope of routes whose query holds one
DIGITS: Schema = {"type": "string", "pattern": "^[0-9]+$"}


def refused(code: int, message: str, subcode: int | None = None, *, status: int = 400) -> Refused:
    """Return a refusal as the APIs word one."""
    return Refused(status, message, code=code, subcode=subcode)


def error(status: int, message: str, details: Mapping[str, Any]) -> Json:
    """Return the JSON of an error: https://developers.facebook.com/docs/graph-api/guides/error-handling."""
    told: Json = {
        "message": message,
        "type": "OAuthException",
        "code": details.get("code", 1 if status >= 500 else 100),
        "is_transient": details.get("is_transient", False),
        "fbtrace_id": "A6LJylpZRKw2xKLFsAP-cJh",
    }
    if details.get("subcode") is not None:
        told |= {"error_subcode": details["subcode"], "error_user_msg": message}
    return {"error": told}


def _look(status: int, code: int, message: str, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(
        status=status, body=json.dumps(error(status, message, {"code": code})), headers=headers or {}
    )


# What the faults look like that are answers of the API's own.
LOOKS: Mapping[Fault, Reply] = {
    Fault.UNAUTHORISED: _look(400, 190, "Error validating access token: the session has been invalidated"),
    Fault.REJECTED: _look(400, 100, "Invalid parameter"),
    Fault.RATE_LIMITED: _look(
        400,
        32,
        "Page request limit reached",
        {
            "X-Business-Use-Case-Usage": json.dumps(
                {"112130216863063": [{"type": "pages", "estimated_time_to_regain_access": 19}]}
            )
        },
    ),
    Fault.ACCEPTED_BROKEN: _look(500, 1, "An unknown error has occurred."),
}


@dataclass(kw_only=True)
class GraphApi:
    """The memory and rules that all have. ``page`` is how many posts a list gives at most at once."""

    routes: ClassVar[tuple[Route, ...]]

    base_url: str = "http://127.0.0.1"
    token: str = TOKEN
    made: int = 17_900_000_000_000_000
    page: int = 100
    token_made_at: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(days=40))
    scopes: list[str] = field(default_factory=list)

    def answer(self, request: Request) -> Answer:
        """Check a request and who makes it, and carry it out."""
        route, path = matching(self.routes, request)
        call = checked(route, path, request)
        if route.scope != ABOUT_TOKEN:
            self._check_token(request.headers.get("Authorization", ""))
        return route.handle(self, call)

    def error(self, status: int, message: str, details: Mapping[str, Any]) -> Json:
        return error(status, message, details)

    def visible(self) -> list[Visible]:
        raise NotImplementedError

    def new_id(self) -> str:
        self.made += 1
        return str(self.made)

    def debug_token(self, call: Call) -> Answer:
        """https://developers.facebook.com/docs/graph-api/reference/debug_token."""
        if call.query["input_token"] != self.token:
            raise refused(190, "Invalid OAuth access token - Cannot parse access token")
        return 200, {
            "data": {
                "type": "USER",
                "is_valid": True,
                "issued_at": int(self.token_made_at.timestamp()),
                "expires_at": int((self.token_made_at + LIFE).timestamp()),
                "scopes": self.scopes,
            }
        }

    def refresh_token(self, call: Call) -> Answer:
        """https://developers.facebook.com/docs/threads/get-started/long-lived-tokens."""
        now = datetime.now(UTC)
        if call.query["access_token"] != self.token or now >= self.token_made_at + LIFE:
            raise refused(190, "Error validating access token: Session has expired", 463)
        if now < self.token_made_at + timedelta(hours=24):
            raise refused(100, "Token is not old enough to be refreshed")
        self.token += "r"
        self.token_made_at = now
        return 200, {
            "access_token": self.token,
            "token_type": "bearer",
            "expires_in": int(LIFE.total_seconds()),
        }

    def listed(self, entries: Sequence[Json], query: Mapping[str, Any], *, created: str) -> Answer:
        """Return a page of a list, newest first, of the fields that are asked for."""
        since = int(query.get("since", 0))
        names = query["fields"].split(",")
        found = [one for one in entries if datetime.fromisoformat(one[created]).timestamp() >= since]
        begin = int(query.get("after", "0"))
        end = begin + min(self.page, int(query.get("limit", "25")))
        data = [
            {name: one[name] for name in ["id", *names] if one.get(name) is not None}
            for one in found[begin:end]
        ]
        paging: Json = {"cursors": {"before": str(begin), "after": str(end)}} if data else {}
        if end < len(found):
            paging["next"] = f"{self.base_url}/next"
        return 200, {"data": data} | ({"paging": paging} if paging else {})

    def _check_token(self, header: str) -> None:
        if header != f"Bearer {self.token}":
            raise refused(190, "Invalid OAuth access token - Cannot parse access token", status=401)


def moment() -> str:
    """Return the present time as the APIs write it."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}+0000"


def asked_for(*names: str) -> Schema:
    """Return the schema of a list of fields, of which there are these."""
    some = "|".join(names)
    return {"type": "string", "pattern": f"^({some})(,({some}))*$"}


def listing(*names: str, by_time: bool = True) -> Schema:
    """Return the schema of the query of a list."""
    since: Json = {"since": DIGITS} if by_time else {}
    return fields(
        {"fields": asked_for(*names)},
        {"limit": {"type": "string", "pattern": "^([1-9][0-9]?|100)$"}, "after": TEXT, **since},
    )
