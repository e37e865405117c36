"""Decides what goes out, and says why for all the rest. Pure."""
