"""Shared memory that another process owns."""

from __future__ import annotations

import sys
import threading
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory
from typing import Any

_registering = threading.Lock()


def attach_memory(name: str) -> SharedMemory:
    """Open shared memory without becoming an owner; `FileNotFoundError` if it is gone.

    Before Python 3.13 (``track=False``) a process that merely attaches is registered as an owner,
    and its resource tracker destroys the memory when it ends, or warns (python/cpython#82300).
    """
    if sys.version_info >= (3, 13):
        return SharedMemory(name, track=False)
    with _registering:
        register = resource_tracker.register

        def only_others(name: Any, rtype: str) -> None:
            if rtype != "shared_memory":
                register(name, rtype)

        resource_tracker.register = only_others
        try:
            return SharedMemory(name)
        finally:
            resource_tracker.register = register
