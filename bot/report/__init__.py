"""Shows what was done: on a terminal, as JSON, as a page."""
