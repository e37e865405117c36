"""What a channel can do, what it takes to open one, and what comes back from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bot.model.post import Limits


class Secret:
    """A secret that does not show itself; ``reveal()`` where it is really used, and nowhere else."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __reduce__(self) -> Any:  # noqa: ANN401 - object's own signature
        raise TypeError("a secret is not serialised")


FOREVER = timedelta.max


@dataclass(frozen=True, kw_only=True, slots=True)
class Capabilities:
    """What a network lets us do, and what it promises.

    ``idempotent`` is how long a second request with the same key is known to publish nothing new (``None``:
    not at all; ``FOREVER``: always). ``chooses_id`` says that we choose a post's id, ``digest`` that several
    items can go out as one post (``ChoosingChannel`` and ``DigestChannel`` in bot/channels/base.py).
    ``tells_expiry`` says that ``account()`` tells when the credentials die, where they do; ``renews`` that
    they live on where they are renewed in time (``RenewingChannel``). ``needs_media`` says that nothing is
    published without a picture. ``checks`` says that the channel can tell without asking what would be
    refused (``CheckingChannel``).
    ``shares`` says that somebody's post can be shared there (``SharingChannel``), which is safe to repeat for
    ever.
    """

    read_back: bool = False
    edit: bool = False
    delete: bool = False
    threads: bool = False
    media: bool = False
    idempotent: timedelta | None = None
    chooses_id: bool = False
    digest: bool = False
    tells_expiry: bool = False
    renews: bool = False
    needs_media: bool = False
    checks: bool = False
    shares: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Prices:
    """What a network charges, in US dollars: for a post without and with a link, for reading one post.

    ``picture`` is what each picture with a post costs on top of it, for its alt text say, even where the post
    is then refused; ``deleting`` is for a post or a share, ``sharing`` for sharing somebody's post.
    ``budget`` is what a channel may spend in a calendar month (UTC) unless its configuration says otherwise.
    ``most_read`` is how many posts one call of ``recent`` reads at most; it raises ``TransientError`` before
    it reads more, and reads none that it does not return.
    """

    post: Decimal
    post_with_link: Decimal
    reading: Decimal
    budget: Decimal
    picture: Decimal = Decimal(0)
    deleting: Decimal = Decimal(0)
    sharing: Decimal = Decimal(0)
    most_read: int = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """What the network gave us for a published part."""

    remote_id: str
    url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RemotePost:
    """A post found on a channel, ours or written there by a person.

    ``text`` is plain; ``links`` are its absolute URLs; ``key`` is our idempotency key where the network keeps
    it.
    """

    receipt: Receipt
    text: str
    created_at: datetime
    links: tuple[str, ...] = ()
    key: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """Who we are on a channel, for ``check``; the rest are sentences for a person.

    ``expires_at`` is when the credentials die, ``None`` where they do not or the network does not say.
    ``obstacles`` are what keeps it from posting until somebody mends that; ``warnings`` are what may not be
    meant, ``notes`` what is well, its rights among it.
    """

    name: str
    url: str | None = None
    expires_at: datetime | None = None
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    obstacles: tuple[str, ...] = ()


class OptionKind(StrEnum):
    """The type of a network's own configuration key."""

    TEXT = "text"
    URL = "url"
    PATH = "path"
    NUMBER = "number"
    FLAG = "flag"
    LIST = "list"


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """A configuration key of one network, for validation, for ``init`` and for the documentation.

    ``wrong`` says of a text, or of each in a list, what it must be ("must be ...") if it is not, else
    ``None``; it never repeats the value. ``example`` is a value that shows what is wanted.
    """

    name: str
    kind: OptionKind
    help: str
    required: bool = False
    default: str | int | bool | tuple[str, ...] | None = None
    choices: tuple[str, ...] = ()
    wrong: Callable[[str], str | None] | None = None
    example: str | tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkSpec:
    """All that is known of a network without asking it.

    ``secrets`` are the names of its secrets: ``"token"`` is configured as ``token_env =
    "NAME_OF_A_VARIABLE"``. ``optional_secrets`` are those that not every account has, each with the option
    that says whose it is: both are configured, or neither. ``defaults`` are its limits where the server
    cannot be asked; ``server`` is its usual address, ``None`` where the configuration must say it and ``""``
    where there is none; it has one of ``schemes``, or on this very machine of ``local_schemes``, over which
    anybody on the way could read the secrets. ``rich`` says that the network shows links and emphasis where
    they stand in the text. ``prices`` is ``None`` where posting costs nothing. ``places`` are the options
    that say where an account posts (``None``: any might): two channels that differ in others only are one.
    """

    network: str
    title: str
    capabilities: Capabilities
    defaults: Limits
    server: str | None = None
    secrets: tuple[str, ...] = ()
    optional_secrets: Mapping[str, str] = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    rich: bool = False
    schemes: tuple[str, ...] = ("https",)
    local_schemes: tuple[str, ...] = ("http",)
    prices: Prices | None = None
    places: tuple[str, ...] | None = None
