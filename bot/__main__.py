"""``python -m bot`` is ``wikiherald``."""

from bot.cli import main

if __name__ == "__main__":
    main()
