"""A server on loopback that speaks the part of Facebook's API that a bot uses, and fails as it is told."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.fakes.facebook_api import PAGE, FacebookApi
from tests.fakes.graph_api import LOOKS
from tests.fakes.loopback import LoopbackServer

PUBLISH = f"POST /v26.0/{PAGE}/feed"


@dataclass(kw_only=True)
class FacebookServer(LoopbackServer[FacebookApi]):
    """The server; ``api`` is what it remembers."""

    posting = PUBLISH
    looks = LOOKS

    api: FacebookApi = field(default_factory=FacebookApi)
