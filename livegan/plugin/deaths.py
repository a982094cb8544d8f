"""Plugins that end the process which loads them: a crash in C code, a process killed for memory.

What is being loaded is written down in a file, and taken off when that is over.  A process that
finds such a file of a dead one, started by the same parent (the stage of this show, a terminal),
leaves that plugin out until its files change: a show comes back without it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from livegan.plugin.entry import Entry
from livegan.plugin.source import file_digest


class Deadly(Exception):
    """A plugin that ended the process before this one."""


@contextlib.contextmanager
def watched(entry: Entry) -> Iterator[None]:
    """Inside, a plugin is loaded; what ends the process there is known to the next one.

    Raises
    ------
    Deadly
        If it ended one before, and is the same as then.
    """
    stamp = stamp_of(entry)
    name = hashlib.sha256(entry.value.encode()).hexdigest()[:16]
    for left in markers(f"{name}-"):
        if left.get("stamp") == stamp:
            raise Deadly("it ended the process that loaded it, and is left out until it is edited")
    mark = folder() / f"{name}-{os.getpid()}"
    told = {"pid": os.getpid(), "parent": os.getppid(), "stamp": stamp, "plugin": entry.value}
    with contextlib.suppress(OSError):
        mark.parent.mkdir(mode=0o700, exist_ok=True)
        mark.write_text(json.dumps(told), encoding="utf-8")
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            mark.unlink(missing_ok=True)


def markers(prefix: str) -> list[dict[str, object]]:
    """Those that a dead process with our parent left; those of other parents that are gone, go."""
    found = []
    for mark in folder().glob(f"{prefix}*"):
        try:
            told = json.loads(mark.read_text(encoding="utf-8"))
            pid, parent = int(told["pid"]), int(told["parent"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if lives(pid):
            continue
        if parent == os.getppid():
            found.append(told)
        elif not lives(parent):
            with contextlib.suppress(OSError):
                mark.unlink()
    return found


def folder() -> Path:
    """Where it is written down: gone when the machine starts anew."""
    user = getattr(os, "getuid", lambda: "")()
    return Path(tempfile.gettempdir()) / f"livegan-loading{user}"


def stamp_of(entry: Entry) -> str:
    """Changes when the plugin does."""
    near = entry.near
    path = Path(near or entry.value)
    try:
        return f"{entry.version} {path.stat().st_mtime_ns} {file_digest(path)}"
    except OSError:
        return entry.version


def lives(pid: int) -> bool:
    """Whether there is a process of that number, other than one that only waits to be buried."""
    import psutil

    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False
