"""The error of a wiki that answered, but not with what was asked for."""

from __future__ import annotations

from bot.errors import PageError


class RefusedError(PageError):
    """The wiki's API answered with an error; ``code`` is its name there, ``info`` what the wiki says of it.

    https://www.mediawiki.org/wiki/API:Errors_and_warnings
    """

    def __init__(self, message: str, *, code: str, info: str = "") -> None:
        self.code = code
        self.info = info
        super().__init__(message)
