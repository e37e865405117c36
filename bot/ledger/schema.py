"""The tables, for SQLite and MariaDB alike.

What is indexed has a length, so that every index stays within MariaDB's 3072 bytes at four bytes a character
(https://mariadb.com/kb/en/innodb-limitations/); everything else is of any length. Texts are compared byte by
byte: ``news`` and ``News`` are two. A change here needs a migration; a test compares the two.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from bot.model import Status

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

_MARIADB_NAMES = frozenset({"mysql", "mariadb"})  # what SQLAlchemy may call its dialect


class UtcDateTime(TypeDecorator[datetime]):
    """A moment to the microsecond: aware and in UTC outside, without a zone in the database."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """MariaDB keeps whole seconds only unless told otherwise."""
        if dialect.name not in _MARIADB_NAMES:
            return dialect.type_descriptor(DateTime())
        from sqlalchemy.dialects import mysql  # noqa: PLC0415 - a ledger in a file need not wait for it

        return dialect.type_descriptor(mysql.DATETIME(fsp=6))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - given
        """Refuse a moment without a zone: nobody could say later when it was."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"the time {value.isoformat()} has no time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - given
        """Give the zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


class Name(TypeDecorator[str]):
    """A text of limited length: what is longer is refused, by SQLite too, which would not mind."""

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - given
        """Refuse rather than cut: two names cut short could become one."""
        if value is not None and len(value) > self.length:
            raise ValueError(f"“{value[:40]}…” is longer than {self.length} characters")
        if value is not None:
            value.encode("utf-8")  # half a surrogate pair is refused here, in the same way
        return value


class Prose(TypeDecorator[str]):
    """A text of any length. Half a surrogate pair, which no database takes, becomes a question mark."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """MariaDB's own ``TEXT`` ends at 64 KiB."""
        if dialect.name not in _MARIADB_NAMES:
            return dialect.type_descriptor(Text())
        from sqlalchemy.dialects import mysql  # noqa: PLC0415 - as above

        return dialect.type_descriptor(mysql.MEDIUMTEXT())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - given
        """Lose half a character rather than a whole delivery."""
        return None if value is None else value.encode("utf-8", "replace").decode("utf-8")


class Dollars(TypeDecorator[Decimal]):
    """An amount of US dollars, exact to a millionth; in the database a whole number of millionths."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - given
        """Refuse what is no whole number of millionths: rounding would let a budget leak."""
        if value is None:
            return None
        millionths = value * MILLION
        if millionths != int(millionths):
            raise ValueError(f"${value} is not a whole number of millionths of a dollar")
        return int(millionths)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002 - given
        """Give the dollars back."""
        return None if value is None else Decimal(value) / MILLION


MILLION = 1_000_000

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

MARIADB: dict[str, Any] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_nopad_bin",
}

_Id = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers rows by itself only as INTEGER
_status = Enum(Status, native_enum=False, length=16, create_constraint=False, values_callable=list)

page = Table(
    "page",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("site", Name(100), nullable=False),
    Column("title", Name(512), nullable=False),
    Column("revision", BigInteger),  # null: there are deliveries, but no run has taken the page in yet
    Column("sha1", Prose, nullable=False),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    UniqueConstraint("site", "title"),
    **MARIADB,
)

item = Table(
    "item",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("page_id", ForeignKey("page.id"), nullable=False),
    Column("key", Name(255), nullable=False),
    Column("text", Prose, nullable=False),
    Column("fingerprint", Prose, nullable=False),
    Column("date", Date),
    Column("main_link", Prose),
    Column("unit", Prose),
    Column("present", Boolean, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("editors", JSON, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("recognised_by", Name(32)),  # null: written down before this was
    Column("likeness", Integer),  # in thousandths
    Column("doubt", Name(255)),
    Column("changes", JSON),  # null: written down before this was
    UniqueConstraint("page_id", "key"),
    Index(None, "page_id", "present"),
    **MARIADB,
)

expansion = Table(
    "expansion",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("page_id", ForeignKey("page.id"), nullable=False, index=True),
    Column("revision", BigInteger, nullable=False),
    Column("call", Prose, nullable=False),
    Column("wikitext", Prose, nullable=False),
    **MARIADB,
)

follow = Table(
    "follow",
    metadata,
    Column("page_id", ForeignKey("page.id"), nullable=False),
    Column("channel", Name(100), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("page_id", "channel"),
    **MARIADB,
)

# A delivery names its item by key, not by a row of ``item``: what was posted stays known even where the page
# was never read, as after a rebuild from the channels alone.
delivery = Table(
    "delivery",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("page_id", ForeignKey("page.id"), nullable=False),
    Column("item", Name(255), nullable=False),
    Column("channel", Name(100), nullable=False),
    Column("part", Integer, nullable=False),
    Column("status", _status, nullable=False),
    Column("key", Name(64), nullable=False),
    Column("text", Prose, nullable=False),
    Column("link", Prose),
    Column("fingerprint", Prose, nullable=False),
    Column("revision", BigInteger),
    Column("editor", Prose),
    Column("remote_id", Prose),
    Column("url", Prose),
    Column("attempts", Integer, nullable=False),
    Column("claimed_at", UtcDateTime),
    Column("retry_at", UtcDateTime),
    Column("error", Prose),
    Column("chosen_id", Prose),  # the id that a network lets us choose: remote_id is the receipt's
    Column("digest", Name(64)),  # the same for all deliveries that were claimed to go out as one post
    Column("shares", Prose),  # the address of the post that was shared; null where it said something itself
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    UniqueConstraint("page_id", "item", "channel", "part"),
    Index(None, "status", "channel", "claimed_at"),  # the outbox, and the pace
    Index(None, "page_id", "status"),  # a page's part of the outbox
    Index(None, "page_id", "claimed_at"),  # what may still be taken back
    Index(None, "channel", "claimed_at"),  # the posts that are known
    **MARIADB,
)

event = Table(
    "event",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("delivery_id", ForeignKey("delivery.id"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("before", _status),
    Column("after", _status, nullable=False),
    Column("detail", Prose, nullable=False),
    **MARIADB,
)

# What a channel keeps for itself. No part of an export: it may hold a session, and losing it costs only time.
memory = Table(
    "memory",
    metadata,
    Column("channel", Name(100), nullable=False),
    Column("name", Name(100), nullable=False),
    Column("value", Prose, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("channel", "name"),
    **MARIADB,
)

# What networks charge for: written down before they can, corrected when it is known to have been less.
spending = Table(
    "spending",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("channel", Name(100), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("amount", Dollars, nullable=False),
    Column("what", Name(16), nullable=False),
    Column("delivery_id", ForeignKey("delivery.id"), index=True),
    Index(None, "channel", "at"),
    **MARIADB,
)

# What trusted people ordered on the wiki, each carried out once: ``key`` tells an order from all others.
command = Table(
    "command",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("key", Name(64), nullable=False, unique=True),
    Column("verb", Name(16), nullable=False),
    Column("item", Name(255), nullable=False),
    Column("channel", Name(100)),
    Column("revision", BigInteger, nullable=False),
    Column("editor", Prose, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("obeyed", Boolean, nullable=False),
    Column("answer", Prose, nullable=False),
    **MARIADB,
)

# The configuration on the wiki as it was when it was last good.
overlay = Table(
    "overlay",
    metadata,
    Column("site", Name(100), nullable=False),
    Column("title", Name(512), nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("text", Prose, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("site", "title"),
    **MARIADB,
)

# The last run of each command. No part of an export: it says nothing of what was published.
run = Table(
    "run",
    metadata,
    Column("command", Name(16), nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime, nullable=False),
    Column("ending", Name(16), nullable=False),
    Column("detail", Prose, nullable=False),
    Column("unwritten_since", UtcDateTime),
    PrimaryKeyConstraint("command"),
    **MARIADB,
)

# What each messenger has told the operator of, and what it may have to tell soon.
concern = Table(
    "concern",
    metadata,
    Column("messenger", Name(100), nullable=False),
    Column("digest", Name(64), nullable=False),  # of the key, which may be longer than an index takes
    Column("key", Prose, nullable=False),
    Column("kind", Name(16), nullable=False),
    Column("subject", Prose, nullable=False),
    Column("thing", Prose, nullable=False),
    Column("cause", Prose, nullable=False),
    Column("step", Prose, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("told_at", UtcDateTime),  # null: not told yet
    PrimaryKeyConstraint("messenger", "digest"),
    **MARIADB,
)
