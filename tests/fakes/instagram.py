"""A server on loopback that speaks the part of Instagram's API that a bot uses, and fails as it is told."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.fakes.graph_api import LOOKS
from tests.fakes.instagram_api import USER, InstagramApi
from tests.fakes.loopback import LoopbackServer

PUBLISH = f"POST /v26.0/{USER}/media_publish"


@dataclass(kw_only=True)
class InstagramServer(LoopbackServer[InstagramApi]):
    """The server; ``api`` is what it remembers."""

    posting = PUBLISH
    looks = LOOKS

    api: InstagramApi = field(default_factory=InstagramApi)
