"""Remembers every delivery and every transition of it."""
