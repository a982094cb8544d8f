"""The error of a model: one line that says what, why, and what to do."""

from __future__ import annotations


class ModelError(ValueError):
    """A checkpoint cannot be found, read, matched with an architecture, or run."""
