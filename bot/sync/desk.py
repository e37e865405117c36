"""One channel's desk in one run: what the work on a channel shares, and the report of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar, cast

from bot.compose.post import compose
from bot.decide.match import noticed
from bot.errors import PictureError, PlanRefused
from bot.model import Outcome, Outgoing, Refusal, Status, Trouble, Wording
from bot.news.identity import fingerprint
from bot.news.links import permanent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal

    from bot.channels.base import Channel, ChoosingChannel
    from bot.config import ChannelConfig
    from bot.decide.actions import Place
    from bot.decide.gate import Verdict
    from bot.ledger.store import Ledger
    from bot.model import Attachment, ConcernKind, Delivery, Item, Media, Post, Sharing
    from bot.sync.herald import Herald
    from bot.sync.limit import TimeLimit
    from bot.sync.purse import Purse
    from bot.wiki.base import Source


M = TypeVar("M", "Outgoing", "Sharing")


class Rest(Exception):  # noqa: N818 - it is no error but the end of this channel's work in this run
    """The channel rests until the next run; ``reported`` when the item at hand has its outcome already."""

    def __init__(self, reason: str, *, reported: bool = False) -> None:
        self.reported = reported
        super().__init__(reason)


@dataclass(kw_only=True, slots=True)
class Desk:
    """One channel in one run. ``sources`` says where a page's files come from."""

    herald: Herald
    channel: Channel
    sources: Mapping[str, Source]
    limit: TimeLimit
    outcomes: list[Outcome] = field(default_factory=list)
    held: list[Refusal] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    refusal: str | None = None

    @property
    def config(self) -> ChannelConfig:
        """The channel's configuration."""
        return self.herald.channel_config(self.channel.name)

    @property
    def ledger(self) -> Ledger:
        """The run's ledger."""
        return self.herald.ledger

    @property
    def purse(self) -> Purse:
        """What the channel may spend."""
        return self.herald.purse(self.channel.name)

    def now(self) -> datetime:
        """Return what the clock says."""
        return self.herald.clock()

    def go_on(self) -> None:
        """Stop before a request when the run is to end, its time is over, or the wiki says so."""
        if late := self.limit.why_stop():
            raise Rest(late)
        if reason := self.herald.stop_page(self.channel.name):
            raise PlanRefused(reason)

    def compose(self, item: Item) -> Post:
        """Write the item's post; raises ``RejectedError`` where it cannot be made to fit."""
        config = self.config
        return compose(
            item,
            channel=config.name,
            network=config.network,
            style=config.style,
            limits=self.channel.limits(),
        )

    def fetch(self, place: Place, post: Post) -> tuple[Attachment, ...]:
        """Fetch the post's files as the network takes them.

        Raises:
            PageError: one cannot be had; a ``PictureError`` where that is the file's own fault.
        """
        return tuple(self._fetched(self.sources[place.page], media) for media in post.media)

    def _fetched(self, source: Source, media: Media) -> Attachment:
        try:
            return source.fetch(media, self.channel.limits())
        except PictureError as error:
            self.herald.refused.note(media.sha1, str(error))
            raise PictureError(f"its picture {media.file} {error}") from error

    def identified(self, message: M) -> M:
        """Choose the id of a post or a share, where we may and none was chosen yet; no request leaves."""
        if message.remote_id is not None or not self.channel.capabilities.chooses_id:
            return message
        channel = cast("ChoosingChannel", self.channel)
        return replace(message, remote_id=channel.choose_id(message, self.now()))

    def report(
        self,
        place: Place,
        action: str,
        status: Status,
        *,
        post: Post | None = None,
        url: str | None = None,
        error: str | None = None,
        cost: Decimal | None = None,
        shares: str | None = None,
    ) -> None:
        """Say what became of an item; what it did not cost is not mentioned."""
        self.outcomes.append(
            Outcome(
                page=place.page,
                item=place.item,
                channel=place.channel,
                network=self.config.network,
                action=action,
                status=status,
                post=post,
                url=url,
                error=error,
                cost=cost or None,
                shares=shares,
            )
        )

    def wait(self, place: Place, row: Delivery, verdict: Verdict) -> None:
        """Leave a delivery pending, and say why; the ledger is written only where it does not say so yet."""
        if row.error != verdict.reason:
            self.ledger.note_error(row, error=verdict.reason, retry_at=None, now=self.now())
        self.held.append(
            Refusal(
                page=place.page,
                item=place.item,
                channel=place.channel,
                reason=verdict.reason,
                until=verdict.until,
            )
        )

    def hold(self, place: Place, rows: Sequence[Delivery], reason: str) -> None:
        """Hold what was about to go out: somebody has to mend something first."""
        for row in rows:
            self.ledger.settle(row, Status.HELD, now=self.now(), error=reason, detail=reason)
        self.held.append(
            Refusal(page=place.page, item=place.item, channel=place.channel, reason=reason, until=None)
        )

    def leave(self, places: Iterable[Place], reason: str) -> None:
        """Say what was not begun, and why."""
        self.held += [
            Refusal(page=place.page, item=place.item, channel=place.channel, reason=reason)
            for place in places
        ]

    def trouble(self, message: str, *, kind: ConcernKind | None, told: bool = False) -> None:
        """Tell of a trouble; one that the operator was told of in an earlier run fails no other run."""
        self.troubles.append(Trouble(message=message, channel=self.channel.name, failure=not told, kind=kind))


def outgoing(
    desk: Desk,
    row: Delivery,
    post: Post,
    number: int,
    item: Item,
    attachments: tuple[Attachment, ...],
    replying_to: str | None,
) -> Outgoing:
    """Return part ``number`` of a post as a channel needs it; the files go with the first."""
    return Outgoing(
        key=row.key,
        part=post.parts[number],
        dated=noticed(item),
        link=post.link,
        link_title=post.link_title,
        attachments=attachments if number == 0 else (),
        content_warning=post.content_warning,
        language=post.language,
        reply_to=replying_to,
        remote_id=row.chosen_id,
        source=permanent(desk.sources[row.page].site, item.provenance.revision) if item.provenance else None,
    )


def wording(message: Outgoing, item: Item) -> Wording:
    """Return what the ledger keeps of a message."""
    revision, editor = origin(item)
    return Wording(
        text=message.part.text,
        link=message.link,
        fingerprint=fingerprint(item),
        revision=revision,
        editor=editor,
    )


def origin(item: Item) -> tuple[int | None, str | None]:
    """Return the revision and the editors that an item's present form comes from."""
    if item.provenance is None:
        return None, None
    return item.provenance.revision, ", ".join(item.provenance.editors)
