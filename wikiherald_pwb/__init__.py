"""Where Pywikibot's ``pwb`` finds the script ``wikiherald``.

The entry point in pyproject.toml names ``SCRIPTS``. This is no room of ``bot/``: ``pwb`` wants a package at
the top with an importable ``i18n`` in it, and puts the folder in front of ``sys.path``
(pywikibot/scripts/wrapper.py).
"""

from __future__ import annotations

from pathlib import Path

SCRIPTS = Path(__file__).parent
