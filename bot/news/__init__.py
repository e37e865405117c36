"""Understands a page: wikitext into items. Pure: no input, no output, no clock."""
