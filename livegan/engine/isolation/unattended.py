"""Nobody attends a show: code of sets can neither end its process nor ask at its terminal."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator

_inside = False


@contextlib.contextmanager
def unattended() -> Iterator[None]:
    """Inside, code of sets can neither end this process nor ask whoever is at its terminal.

    ``os._exit`` and ``os.abort`` raise SystemExit, as ``sys.exit`` does; processes that were forked
    end as ever. ``input()`` raises EOFError. An engine and a rehearsal are in here from start to
    end, and one inside another does nothing.
    """
    global _inside
    if _inside:
        yield
        return
    pid, stdin = os.getpid(), sys.stdin
    before = {name: getattr(os, name) for name in ("_exit", "abort")}

    def refusing(name: str) -> Callable[..., None]:
        def leave(*status: int) -> None:
            if os.getpid() != pid:
                before[name](*status)
            raise SystemExit(f"os.{name}")

        return leave

    with open(os.devnull, encoding="utf-8") as empty:
        _inside, sys.stdin = True, empty
        for name in before:
            setattr(os, name, refusing(name))
        try:
            yield
        finally:
            for name, function in before.items():
                setattr(os, name, function)
            _inside, sys.stdin = False, stdin
