"""Wikiherald publishes the news of a wiki page on social media, exactly once.

The way of the data, each room importing only from those after it in the layers (see docs/development.md):

    wiki/ reads a page  ->  news/ finds its items  ->  decide/ plans  ->  compose/ writes posts
    ->  channels/ publish them  ->  ledger/ remembers  ->  report/ shows

It is not a library: the command ``wikiherald`` (or ``python -m bot``, or ``pwb wikiherald``) is its
interface.
"""

__version__ = "0.1.0"
