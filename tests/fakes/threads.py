"""A server on loopback that speaks the part of the Threads API that a bot uses, and fails as it is told."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.fakes.graph_api import LOOKS
from tests.fakes.loopback import LoopbackServer
from tests.fakes.threads_api import ThreadsApi

PUBLISH = "POST /v1.0/me/threads_publish"


@dataclass(kw_only=True)
class ThreadsServer(LoopbackServer[ThreadsApi]):
    """The server; ``api`` is what it remembers."""

    posting = PUBLISH
    looks = LOOKS

    api: ThreadsApi = field(default_factory=ThreadsApi)
