"""Faults of the engine's process: killed, stopped, crashed, out of memory, a device that fails."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from livegan.gremlins.fault import (
    FRESH,
    STANDBY,
    Gremlin,
    Sight,
    either,
    engine,
    faulted,
    nothing,
    refused,
)
from livegan.gremlins.faults.edits import saves
from livegan.gremlins.graft import in_leaf
from livegan.gremlins.machine import SHARED, children, command, holding, lives, shared_memory
from livegan.gremlins.show import Show
from livegan.ipc.shared_memory import PREFIX

GONE = engine("death", within=10.0)
BACK = engine("recovery", within=15.0)
EATEN_GB = 6
"""What the greedy set takes before it stops by itself, where nothing stops it."""
ROOM_GB = 2.0
"""How much more than it needs the engine of that show may take."""


def killing(number: str) -> Callable[[Show], None]:
    """A strike: a signal to the engine that plays."""

    def strike(show: Show) -> None:
        # By name: Windows has few of them, and the catalogue is read there too.
        show.signal(show.engine, getattr(signal, number))

    return strike


def death(name: str, strike: Callable[[Show], None], *must: Sight, **more: Any) -> Gremlin:
    """The end of an engine, as a fault; nothing is to be mended."""
    fault = Gremlin(name, "deaths", strike, must or (GONE, BACK), mend=nothing, edits=False)
    return replace(fault, **more)


def started_with_a_limit(show: Show) -> None:
    """The show runs, and its engine may take no more than a bit over what it needs (`--memory`)."""
    show.start()
    held = holding(show.engine)
    show.close()
    needed = held.memory / 1e9 if held is not None else 0.0
    show.options = replace(show.options, memory=round(needed + ROOM_GB, 1))
    show.start()


def nameless(show: Show) -> None:
    """The show's shared memory loses its names, as when systemd ends a user's last session, and
    then the engine is killed."""
    for name in shared_memory(show.stage):
        if name.startswith(PREFIX):
            (SHARED / name).unlink(missing_ok=True)
    killing("SIGKILL")(show)


def in_company(show: Show) -> None:
    """A leaf starts a program and forks; then the engine is killed."""

    def started() -> bool:
        show.left = children(show.engine)
        return any(command(pid).startswith("sleep") for pid in show.left)

    saves(in_leaf, COMPANY)(show)
    if not show.wait(started, 10.0):
        show.wrong.append("the program was not started")
    killing("SIGKILL")(show)


def alone(show: Show) -> list[str]:
    """Nothing that the set started outlives the engine."""
    show.wait(lambda: not any(map(lives, show.left)), 5.0)
    wrong = [*show.wrong, *(f"{command(pid)} still runs" for pid in show.left if lives(pid))]
    show.left, show.wrong = [], []
    return wrong


COMPANY = """
import os, subprocess
if gremlin_frames[0] == 20:
    subprocess.Popen(["sleep", "600"])
    os.fork()
"""
CRASH = "import ctypes\nif gremlin_frames[0] > 20:\n    ctypes.memset(0, 1, 1)"
# A little in each frame: a leaf that takes a second is interrupted, and takes no more.
GREEDY = f"""
if gremlin_frames[0] > 20:
    gremlin_frames.append(bytearray(b"g" * 50_000_000))
if len(gremlin_frames) > {EATEN_GB * 20}:
    raise MemoryError("nobody stopped it")
"""

SIGNALS = (
    death("the engine is killed (SIGKILL)", killing("SIGKILL"), needs=("posix",)),
    death("the engine is stopped (SIGSTOP)", killing("SIGSTOP"), needs=("posix",)),
    death("the engine segfaults (SIGSEGV)", killing("SIGSEGV"), needs=("posix",)),
    death("the engine aborts (SIGABRT)", killing("SIGABRT"), needs=("posix",)),
)


def standby_ready(show: Show) -> None:
    """The second engine is warm."""

    def ready() -> bool:
        kinds = [h.message.get("kind") for h in show.heard if h.message.get("type") == "engine"]
        told = [kind for kind in kinds if kind in ("standby", "recovery")]
        return bool(told) and told[-1] == "standby"

    show.wait(ready, 60.0)


WITH_STANDBY = tuple(
    replace(
        fault,
        name=f"{fault.name}, a standby ready",
        show=STANDBY,
        back=0.5,
        must=(BACK,),
        before=standby_ready,
    )
    for fault in SIGNALS
)
DEATHS = (
    *SIGNALS,
    Gremlin("a null pointer in a leaf", "deaths", saves(in_leaf, CRASH), (GONE, BACK)),
    death("the engine is killed, its rings have no names", nameless, needs=("linux",)),
    Gremlin(
        "the engine is killed beside what its set started",
        "deaths",
        in_company,
        (GONE, BACK),
        needs=("linux",),
        also=alone,
    ),
    Gremlin(
        f"out of memory: a leaf takes {EATEN_GB} GB",
        "deaths",
        saves(in_leaf, GREEDY),
        (engine("death", "--memory", within=20.0), engine("recovery", within=30.0)),
        before=started_with_a_limit,
        back=6.0,
        show=FRESH,
    ),
)

NO_ROOM = "import torch\nraise torch.OutOfMemoryError('CUDA out of memory. Tried to allocate 8 GB')"
POISONED = (
    "import torch\n"
    "if gremlin_frames[0] > 20:\n"
    "    raise RuntimeError('CUDA error: an illegal memory access was encountered')"
)
DEVICE_FAULTS = (
    Gremlin(
        "no memory left on the device (as torch says it)",
        "device",
        saves(in_leaf, NO_ROOM),
        (refused("memory", within=8.0),),
    ),
    Gremlin(
        "the device's context is poisoned (as torch says it)",
        "device",
        saves(in_leaf, POISONED),
        (either(engine("death", "CUDA", within=15.0), faulted("CUDA", within=15.0)),),
        back=6.0,
    ),
)
