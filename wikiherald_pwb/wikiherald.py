"""``pwb [global options] wikiherald ...`` is ``wikiherald [global options] ...``."""

from __future__ import annotations

import sys

from pywikibot import bot as pywikibot_bot

from bot.cli import main

if __name__ == "__main__":
    # What stands before the script's name is pwb's; it counts as if it stood behind.
    main([*(pywikibot_bot.global_args or ()), *sys.argv[1:]])
