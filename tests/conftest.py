"""Fixtures for all tests: what is here is used by more than one room."""

from __future__ import annotations
