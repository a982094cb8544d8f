"""A gate that a set can wait at, for tests that let it pass, and where what it did is kept."""

from __future__ import annotations

import threading

OPEN = threading.Event()
GONE: list[tuple[int, str]] = []
"""Which object of a set went, and on which thread."""
