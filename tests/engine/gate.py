"""A gate that a set can wait at, for tests that let it pass."""

from __future__ import annotations

import threading

OPEN = threading.Event()
