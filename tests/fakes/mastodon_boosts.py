"""Other people's posts as a Mastodon server knows them: found by their addresses, boosted, taken back.

After https://docs.joinmastodon.org/methods/search/ and https://docs.joinmastodon.org/methods/statuses/#boost,
and Mastodon's app/services/reblog_service.rb: who boosts a post twice gets the boost that is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.fakes.schema import Json, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.fakes.mastodon_api import MastodonApi, Status
    from tests.fakes.schema import Answer

BOOSTED_AS = frozenset({"public", "unlisted", "private"})


@dataclass(frozen=True, kw_only=True)
class Other:
    """Somebody's post: ``url`` is for people, ``uri`` for other servers; ``id`` is what it is called here.

    One that is ``hidden`` is not for everybody: it cannot be boosted.
    """

    id: str
    url: str
    uri: str
    hidden: bool = False


def search(api: MastodonApi, query: Mapping[str, Any]) -> Answer:
    """Find the post at an address; of what cannot be fetched the server says nothing."""
    found = [other for other in api.others.values() if api.naming.get(other.id) == query["q"]]
    found += [
        other for other in api.others.values() if query["q"] in {other.url, other.uri, here(api, other)}
    ]
    statuses = [_json(api, other) for other in found if other.url not in api.unreachable]
    return 200, {"accounts": [], "statuses": statuses, "hashtags": []}


def boost(api: MastodonApi, status_id: str, visibility: str) -> Answer:
    if visibility not in BOOSTED_AS:
        raise Refused(422, "Validation failed: Visibility is reserved")
    other = _find(api, status_id)
    made = _boost_of(api, other)
    if made is None or not api.boosts_once:
        made = api.post_by_hand("", visibility=visibility, boosts=other.id)
    return 200, api.status_json(made) | {"reblog": _json(api, other)}


def unboost(api: MastodonApi, status_id: str) -> Answer:
    other = _find(api, status_id)
    api.statuses[:] = [status for status in api.statuses if status.boosts != other.id]
    return 200, _json(api, other)


def _find(api: MastodonApi, status_id: str) -> Other:
    other = api.others.get(status_id)
    if other is None or other.hidden:
        raise Refused(404, "Record not found")
    return other


def _boost_of(api: MastodonApi, other: Other) -> Status | None:
    return next((status for status in api.statuses if status.boosts == other.id), None)


def here(api: MastodonApi, other: Other) -> str:
    """Return the address under which this server shows somebody's post."""
    return f"{api.base_url}/@somebody@elsewhere.example/{other.id}"


def _json(api: MastodonApi, other: Other) -> Json:
    shared = {"reblogged": _boost_of(api, other) is not None} if api.tells_boosts else {}
    return {
        "id": other.id,
        "created_at": "2026-11-18T10:00:00.000Z",
        "uri": other.uri,
        "url": other.url,
        "content": "<p>Said by somebody</p>",
        "visibility": "private" if other.hidden else "public",
        "mentions": [],
        "media_attachments": [],
        "reblog": None,
        "account": {"id": "7", "acct": "somebody@elsewhere.example", "username": "somebody"},
    } | shared
