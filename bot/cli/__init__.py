"""What a person types: arguments, wiring and exit codes.

The commands are in main.py; what they need is opened in wiring.py, channels that only pretend
in simulate.py; arguments.py makes peace between Pywikibot's habits and ours; checkup.py is the ``check``.
"""

from bot.cli.main import main

__all__ = ["main"]
