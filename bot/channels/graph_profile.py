"""What Threads and Instagram have in common: whoever the token is of, a token that is renewed, containers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from bot.channels.graph import Entity, Graph, text
from bot.channels.graph_container import Containers, Edges, Patience
from bot.channels.graph_read import links, time
from bot.channels.graph_token import LivingToken
from bot.errors import PermanentError
from bot.model import Limits, NetworkSpec, Receipt, RemotePost

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.channels.base import Memory
    from bot.channels.http import Http
    from bot.model import Outgoing, Secret


class ProfileChannel(ABC):
    """One profile on the network of ``spec``, of whoever the token is.

    ``version`` is the API's, ``grant`` what it calls the renewal of a token, ``edges`` where its containers
    are.
    """

    spec: ClassVar[NetworkSpec]
    version: ClassVar[str]
    grant: ClassVar[str]
    edges: ClassVar[Edges]

    def __init__(
        self,
        *,
        name: str,
        server: str,
        token: Secret | None,
        http: Http,
        memory: Memory,
        patience: Patience | None = None,
    ) -> None:
        self.name = name
        self._patience = patience or Patience()
        self._token = LivingToken(
            name=name,
            configured=token,
            memory=memory,
            grant=self.grant,
            account=f"{self.spec.network} {server}",
            clock=self._patience.clock,
        )
        self._graph = Graph(
            server=server, version=self.version, session=http.session(), token=self._token.secret
        )
        self._containers = Containers(
            graph=self._graph,
            memory=memory,
            edges=self.edges,
            patience=self._patience,
            find=self.recent,
        )
        self._configured = token

    def limits(self) -> Limits:
        """Return the API's limits, which are the same for all."""
        return self.spec.defaults

    def renew(self) -> None:
        """Renew the token where it is time to."""
        self._token.renew(self._graph)

    @abstractmethod
    def recent(self, since: datetime) -> Sequence[RemotePost]:
        """Return our own posts made at or after ``since``, newest first: all of them, or an error."""

    def edit(self, receipt: Receipt, outgoing: Outgoing) -> Receipt:
        """Refuse: the APIs edit nothing."""
        del receipt, outgoing
        raise PermanentError(f"{self.name}: posts on {self.spec.title} cannot be edited by a program")


def remote_post(found: Entity, words: str) -> RemotePost:
    """Read a post, whose text is in the field ``words``; raises ``TypeError`` where it is none."""
    said = found.get(words) or ""
    if not isinstance(said, str):
        raise TypeError(f"no {words}")
    return RemotePost(
        receipt=Receipt(remote_id=text(found, "id"), url=found.get("permalink")),
        text=said,
        created_at=time(text(found, "timestamp")),
        links=links(said),
    )
