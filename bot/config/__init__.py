"""The configuration: read, checked as a whole, and turned into frozen values.

Every problem is reported at once, by key and never by value. Secrets come from the environment only.

    values     what the rest of the house sees
    durations  "30m", "14d", "1h30m"
    checks     what one value must be
    table      reads a TOML table key by key and collects the problems
    pages, channels, gate, ledger, status, alerts, load   the file's sections, and the file
    overlay    the community's half, from a page on the wiki
    starter    the commented files that ``wikiherald init`` writes
"""

from bot.config.load import load
from bot.config.starter import starter
from bot.config.values import (
    Address,
    AlertsConfig,
    ChannelConfig,
    Config,
    PageConfig,
    StatusConfig,
    WikiConfig,
)

__all__ = [
    "Address",
    "AlertsConfig",
    "ChannelConfig",
    "Config",
    "PageConfig",
    "StatusConfig",
    "WikiConfig",
    "load",
    "starter",
]
