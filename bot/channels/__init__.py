"""Publishes: one file a network behind one protocol (base.py)."""
