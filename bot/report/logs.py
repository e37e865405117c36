"""The log: what was logged is data, too, and begins no line of its own."""

from __future__ import annotations

import logging

from bot.report.safe import visible


class Lines(logging.Formatter):
    """Writes each record so that nothing in it can pass for another record, or for a terminal's command.

    What goes on over a line break, a traceback for one, is indented below the line that it belongs to.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line, and what belongs to it."""
        return visible(super().format(record)).replace("\n", "\n    ")
