"""Reads pages, from a wiki through Pywikibot or from a file on disk."""
