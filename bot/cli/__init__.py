"""What a person types: arguments, wiring and exit codes.

arguments.py    Pywikibot's single-dash options, and options before or after the command
main.py         the commands
wiring.py       opens what a command needs: configuration, ledger, pages, channels
simulate.py     channels that only pretend; the one place that knows ``--simulate``
checkup.py      what ``check`` looks at
"""

from bot.cli.main import main

__all__ = ["main"]
