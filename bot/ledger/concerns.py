"""What each messenger has told the operator of, and what it may have to tell soon."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from bot.ledger.database import in_parts
from bot.ledger.schema import concern
from bot.model import Concern, ConcernKind, KnownConcern

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row

    from bot.ledger.database import Database

_KINDS = frozenset(ConcernKind)  # a newer version may have written others


class Concerns:
    """The concerns that are known, each by itself for each messenger; each call is one short transaction.

    Every method raises ``LedgerError`` where the database cannot be used; every ``now`` is aware.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def recall(self) -> Mapping[str, tuple[KnownConcern, ...]]:
        """Return what is known, by the messenger's name, oldest first."""
        known: dict[str, list[KnownConcern]] = {}
        query = select(concern).order_by(concern.c.since, concern.c.digest)
        with self._database.reading() as connection:
            for row in connection.execute(query):
                if row.kind in _KINDS:
                    known.setdefault(row.messenger, []).append(_known(row))
        return {messenger: tuple(concerns) for messenger, concerns in known.items()}

    def prepare(
        self, messenger: str, new: Iterable[KnownConcern], forgotten: Iterable[KnownConcern] = ()
    ) -> None:
        """Write down what the messenger may have to tell, and forget what it need not."""
        rows = [_row(messenger, one) for one in new]
        with self._database.writing() as connection:
            _forget(connection, messenger, [*_digests(forgotten), *(row["digest"] for row in rows)])
            if rows:
                connection.execute(insert(concern), rows)

    def told(
        self,
        messenger: str,
        begun: Iterable[KnownConcern],
        over: Iterable[KnownConcern] = (),
        *,
        now: datetime,
    ) -> None:
        """Write down what the messenger has told: what has begun is told from now on, what is over gone."""
        with self._database.writing() as connection:
            for some in in_parts(_digests(begun)):
                connection.execute(update(concern).where(*_these(messenger, some)).values(told_at=now))
            _forget(connection, messenger, _digests(over))

    def keep_only(self, messengers: Collection[str]) -> None:
        """Forget what messengers knew that are none of these."""
        with self._database.writing() as connection:
            connection.execute(delete(concern).where(concern.c.messenger.not_in(messengers)))


def _forget(connection: Connection, messenger: str, digests: Collection[str]) -> None:
    for some in in_parts(digests):
        connection.execute(delete(concern).where(*_these(messenger, some)))


def _these(messenger: str, digests: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return concern.c.messenger == messenger, concern.c.digest.in_(digests)


def _digests(concerns: Iterable[KnownConcern]) -> list[str]:
    return [_digest(one.concern.key) for one in concerns]


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def _row(messenger: str, one: KnownConcern) -> dict[str, Any]:
    return {
        "messenger": messenger,
        "digest": _digest(one.concern.key),
        "key": one.concern.key,
        "kind": one.concern.kind.value,
        "subject": one.concern.subject,
        "thing": one.concern.thing,
        "cause": one.concern.cause,
        "step": one.concern.step,
        "since": one.since,
        "told_at": one.told_at,
    }


def _known(row: Row[Any]) -> KnownConcern:
    return KnownConcern(
        concern=Concern(
            key=row.key,
            kind=ConcernKind(row.kind),
            subject=row.subject,
            thing=row.thing,
            cause=row.cause,
            step=row.step,
        ),
        since=row.since,
        told_at=row.told_at,
    )
