"""Faults of shared memory: there is little of it, as in a container, or others fill it up."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

from livegan.gremlins.fault import FRESH, Gremlin
from livegan.gremlins.machine import SHARED
from livegan.gremlins.show import Show, ShowEnded

OF_DOCKER = 64
"""MB that a container has unless it is asked for more."""
TOO_LITTLE = 8
"""MB that no show fits into."""
NAMESPACE = ("unshare", "--map-root-user", "--mount", "sh", "-c")
MOUNT = 'mount -t tmpfs -o size={}m tmpfs {} && exec "$@"'
LEAST = 4096


def with_room(megabytes: int) -> Callable[[Show], None]:
    """The show starts with so many MB of shared memory, that nothing else on the machine sees."""

    def start(show: Show) -> None:
        show.inside = (*NAMESPACE, MOUNT.format(megabytes, SHARED), "sh")
        show.start()

    return start


def filler(show: Show) -> Path:
    """A file of ours in the shared memory of the show."""
    return Path(f"/proc/{show.stage}/root{SHARED}/filler")


def filled(show: Show) -> None:
    """Another program takes all shared memory that is left."""
    with filler(show).open("wb") as file:
        size, step = 0, OF_DOCKER << 20
        while step >= LEAST:
            try:
                os.posix_fallocate(file.fileno(), size, step)
                size += step
            except OSError:
                step //= 2


def emptied(show: Show) -> None:
    """That program ends."""
    with contextlib.suppress(OSError):
        filler(show).unlink()


def reserved(show: Show) -> list[str]:
    """All shared memory of the show was taken up at its start, not only promised."""
    folder = filler(show).parent
    promised = [
        path.name
        for path in folder.glob("livegan-*")
        if (of := path.stat()).st_blocks * 512 < of.st_size
    ]
    return [*show.wrong, *(f"{name} is promised and not reserved" for name in promised)]


def too_little(show: Show) -> None:
    """A show is started where there is no room for it; then one where there is."""
    try:
        with_room(TOO_LITTLE)(show)
        show.wrong = ["it started with too little shared memory"]
    except ShowEnded as ended:
        process = show.process
        status = None if process is None else process.wait()
        if "--shm-size" not in str(ended) or status != 1:
            show.wrong = [f"it ended with status {status} and said: {ended}"]
    show.close()
    with_room(OF_DOCKER)(show)


MEMORY = (
    Gremlin(
        "a show is started with too little shared memory",
        "memory",
        too_little,
        mend=emptied,
        edits=False,
        show=FRESH,
        back=120.0,
        gap=120.0,
        needs=("namespaces",),
        also=reserved,
    ),
    Gremlin(
        "shared memory fills up",
        "memory",
        filled,
        mend=emptied,
        edits=False,
        before=with_room(OF_DOCKER),
        show=FRESH,
        stands=3.0,
        needs=("namespaces",),
        also=reserved,
    ),
)
