"""The words of the house as frozen, keyword-only dataclasses and enums.

Nothing here does anything: no input, no output, no clock. All datetimes are aware and in UTC. What an item
is, how it is decided, composed, published and remembered is the business of the rooms that import this one.
"""

from bot.model.channel import (
    FOREVER,
    Account,
    Capabilities,
    NetworkSpec,
    Option,
    OptionKind,
    Prices,
    Receipt,
    RemotePost,
    Secret,
)
from bot.model.ledger import (
    Delivery,
    Event,
    KnownItem,
    NewDelivery,
    PageMemory,
    Status,
)
from bot.model.news import (
    Directives,
    Item,
    Link,
    Media,
    News,
    Problem,
    Provenance,
    RichText,
    Run,
)
from bot.model.outcome import (
    Outcome,
    Refusal,
    RunReport,
    Trouble,
)
from bot.model.policy import (
    Follower,
    Gate,
    OnEdit,
    Pace,
)
from bot.model.post import (
    Attachment,
    Facet,
    FacetKind,
    Form,
    Limits,
    LinkPolicy,
    Long,
    Outgoing,
    Part,
    Post,
    Style,
    Unit,
)
from bot.model.wiki import (
    Page,
    Revision,
    Site,
)

__all__ = [
    "FOREVER",
    "Account",
    "Attachment",
    "Capabilities",
    "Delivery",
    "Directives",
    "Event",
    "Facet",
    "FacetKind",
    "Follower",
    "Form",
    "Gate",
    "Item",
    "KnownItem",
    "Limits",
    "Link",
    "LinkPolicy",
    "Long",
    "Media",
    "NetworkSpec",
    "NewDelivery",
    "News",
    "OnEdit",
    "Option",
    "OptionKind",
    "Outcome",
    "Outgoing",
    "Pace",
    "Page",
    "PageMemory",
    "Part",
    "Post",
    "Prices",
    "Problem",
    "Provenance",
    "Receipt",
    "Refusal",
    "RemotePost",
    "Revision",
    "RichText",
    "Run",
    "RunReport",
    "Secret",
    "Site",
    "Status",
    "Style",
    "Trouble",
    "Unit",
]
