"""The steps, oldest first; ``bot.ledger.migrate.REVISIONS`` lists them."""
