"""Remembering what installed packages offer, so that livegan imports them only when they are used.

To find out who offers a name, livegan must import the package, which may take seconds.  It keeps
what the package registered in the user's cache.  While the files of the package stay the same,
livegan imports it only when something uses one of its names.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from livegan import __version__, saving
from livegan.plugin.catalogue import Offer
from livegan.plugin.declare import Operation, Origin
from livegan.plugin.loading.entry import Entry
from livegan.plugin.loading.record import Plugin, Record

MOST_FILES = 2000
"""A package of more files is loaded each time: to look at them takes as long."""
FORMAT = 1


class Asleep:
    """Stands for what an implementation is made of, until its plugin is loaded."""

    def __init__(self, record: Record) -> None:
        self.record = record

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(f"the plugin {self.record.plugin.name} is not loaded yet")


def recall(entry: Entry) -> Record | None:
    """A record of what a package offers by its name alone; None if that is not known."""
    if entry.origin != "installed":
        return None
    stamp = stamp_of(entry)
    try:
        told = json.loads(place_of(entry).read_text(encoding="utf-8"))
        if not stamp or told["stamp"] != stamp:
            return None
        made = Plugin(
            entry.package,
            entry.version,
            str(told["file"]),
            0.0,
            tuple(told["provides"]),
            state="not loaded yet",
            origin=entry.origin,
        )
        record = Record(entry, made)
        asleep = Asleep(record)
        for each in told["operations"]:
            origin = Origin(entry.package, entry.version, each["file"], each["line"])
            record.operations.append(
                Operation(
                    kind=each["kind"],
                    name=each["name"],
                    make=asleep,
                    inputs=(),
                    params=(),
                    context=frozenset(),
                    doc=each["doc"],
                    aliases=tuple(each["aliases"]),
                    origin=origin,
                )
            )
        for each in told["offers"]:
            who = (entry.package, entry.version, each["file"], each["line"], entry.value)
            offer = Offer(each["kind"], each["name"], asleep, each["summary"], *who)
            record.offers.append(offer)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return record


def remember(record: Record) -> None:
    """Keep what a package offers, if it was loaded whole and the cache can be written."""
    entry = record.entry
    if entry.origin != "installed" or record.plugin.state != "loaded" or record.problems:
        return
    stamp = stamp_of(entry)
    if not stamp:
        return
    told = {
        "stamp": stamp,
        "file": record.plugin.file,
        "provides": record.plugin.provides,
        "operations": [
            {
                "kind": o.kind,
                "name": o.name,
                "aliases": o.aliases,
                "doc": o.doc,
                "file": o.origin.file,
                "line": o.origin.line,
            }
            for o in record.operations
        ],
        "offers": [
            {"kind": o.kind, "name": o.name, "summary": o.summary, "file": o.file, "line": o.line}
            for o in record.offers
        ],
    }
    with contextlib.suppress(OSError):
        saving.write_bytes(place_of(entry), json.dumps(told).encode("utf-8"))


def wake(record: Record, load: Callable[[Entry], Record]) -> None:
    """Load what a record stands for; the record is the loaded one from then on."""
    if not asleep(record):
        return
    loaded = load(record.entry)
    vars(record).update(vars(loaded))
    remember(record)
    if record.plugin.state != "loaded":
        with contextlib.suppress(OSError):
            place_of(record.entry).unlink(missing_ok=True)


def asleep(record: Record) -> bool:
    """Whether its plugin is known by name only."""
    return record.plugin.state == "not loaded yet"


def place_of(entry: Entry) -> Path:
    """The file in the user's cache."""
    import platformdirs

    name = hashlib.sha256(f"{sys.prefix}\0{entry.package}\0{entry.value}".encode()).hexdigest()[:24]
    return platformdirs.user_cache_path("livegan", appauthor=False) / "offers" / f"{name}.json"


def stamp_of(entry: Entry) -> str:
    """Changes when a file of a package does, livegan, or Python; empty if that cannot be seen."""
    near = entry.near
    if not near:
        return ""
    state = hashlib.sha256(f"{FORMAT} {__version__} {sys.version} {entry.version}".encode())
    try:
        path = Path(near)
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        files = [f for f in files if f.suffix != ".pyc" and f.name != "__pycache__"]
        if len(files) > MOST_FILES:
            return ""
        for file in files:
            seen = file.stat()
            state.update(f"{file}\0{seen.st_size}\0{seen.st_mtime_ns}\0".encode())
    except OSError:
        return ""
    return state.hexdigest()
