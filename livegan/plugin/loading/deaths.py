"""Plugins that kill the process which loads them: a crash in C code, or too much memory.

While a plugin loads, a file (its mark) exists.  If a process finds the mark of a dead process with
the same parent (the stage of this show, or a terminal), it does not load that plugin, so the show
can come back.  A mark is valid until the plugin changes, its parent ends, or ten minutes have
passed.  A process that somebody ended from outside (SIGTERM, a closed terminal) leaves no valid
mark.
"""

from __future__ import annotations

import contextlib
import faulthandler
import hashlib
import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from livegan.plugin.loading.entry import Entry
from livegan.plugin.source import file_digest

FORGIVEN_S = 600.0
"""How long a plugin is left out: an installed one cannot be edited."""
FROM_OUTSIDE = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""Signals by which somebody else ends a process: no fault of what is being loaded."""


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
    name = hashlib.sha256(entry.value.encode(errors="surrogatepass")).hexdigest()[:16]
    for mark, told in marks(f"{name}-"):
        if told.get("stamp") == stamp:
            raise Deadly(
                "it crashed the process that loaded it. livegan does not load it until you edit or "
                f"reinstall it, or for {FORGIVEN_S / 60:g} minutes (to try it now, delete {mark})"
            )
    told = {"of": birth(os.getpid()), "parent": birth(os.getppid()), "stamp": stamp}
    mark = folder() / f"{name}-{os.getpid()}"
    try:
        mark.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = mark.open("w", encoding="utf-8")
    except OSError:  # a disk that is full or read-only: nothing is remembered
        yield
        return
    try:
        with file:
            file.write(json.dumps({**told, "plugin": entry.value}) + "\n")
            file.flush()
            with ends_told(file):
                yield
    finally:
        with contextlib.suppress(OSError):
            mark.unlink(missing_ok=True)


@contextlib.contextmanager
def ends_told(file: TextIO) -> Iterator[None]:
    """Inside, a signal from outside is written into the file before it ends the process.

    A handler of C's does it, whatever the interpreter is at.  Windows has no such signals.
    """
    added: list[int] = []
    if hasattr(faulthandler, "register"):
        for number in FROM_OUTSIDE:
            with contextlib.suppress(OSError, RuntimeError, ValueError):
                faulthandler.register(number, file, all_threads=False, chain=True)
                added.append(number)
    try:
        yield
    finally:
        for number in added:
            faulthandler.unregister(number)


def marks(prefix: str) -> list[tuple[Path, dict[str, Any]]]:
    """Those that a dead process with our parent left; all others that count no more are removed."""
    found = []
    for mark in folder().glob(f"{prefix}*"):
        try:
            first, _, ended = mark.read_text(encoding="utf-8").partition("\n")
            age = time.time() - mark.stat().st_mtime
            told = json.loads(first)
            owner, parent = told["of"], told["parent"]
        except OSError:
            continue
        except (ValueError, KeyError, TypeError):  # written half: its process ended there
            owner, parent, ended, age, told = None, None, "", FORGIVEN_S, {}
        if owner and birth(owner[0]) == owner:
            continue
        if ended.strip() or age >= FORGIVEN_S or not parent or birth(parent[0]) != parent:
            with contextlib.suppress(OSError):
                mark.unlink()
        elif parent == birth(os.getppid()):
            found.append((mark, told))
    return found


def folder() -> Path:
    """Where marks are: in the user's own cache."""
    import platformdirs

    return platformdirs.user_cache_path("livegan", appauthor=False) / "loading"


def stamp_of(entry: Entry) -> str:
    """Changes when the plugin does."""
    near = entry.near
    path = Path(near or entry.value)
    try:
        return f"{entry.version} {path.stat().st_mtime_ns} {file_digest(path)}"
    except OSError:
        return entry.version


def birth(pid: int) -> list[float]:
    """A process's number and when it began, as numbers are used again.

    Empty if there is none, or one that only waits for its parent to ask how it ended.
    """
    import psutil

    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return []
        return [pid, round(process.create_time(), 1)]
    except psutil.Error:
        return []
