"""Writes posts: items into exactly what a network will be sent. Pure."""
