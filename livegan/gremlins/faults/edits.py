"""Faults of the set's text: what is saved is broken, or does what no set should."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from textwrap import indent
from typing import Any

import psutil

from livegan.gremlins.fault import Gremlin, Sight, either, engine, faulted, on_air, refused, told
from livegan.gremlins.graft import at_top, in_hearing_leaf, in_leaf
from livegan.gremlins.saves import broken
from livegan.gremlins.show import Show

LOUDEST_PRINT = 2_000_000
"""Bytes that a set which prints 100 MB may leave on the terminal, and in the log."""

Graft = Callable[[str, str], str]
RAISES = 'raise RuntimeError("gremlin")'
WELL = refused(within=8.0)
HELD = either(refused(within=15.0), faulted(within=15.0))
"""Refused when it is proven, or a fault on the air that a rollback follows."""


def saves(graft: Graft, code: str) -> Callable[[Show], None]:
    """A strike: the performer saves the set with this in it."""
    return lambda show: show.save(graft(show.good, code))


def edit(name: str, graft: Graft, code: str, *must: Sight, **more: Any) -> Gremlin:
    """A broken set as a fault."""
    return Gremlin(name, "saves", saves(graft, code), must or (WELL,), **more)


def slips(count: int, seed: int) -> Gremlin:
    """So many broken saves of the set, one after the other, each answered before the next."""

    def strike(show: Show) -> None:
        texts = broken(show.good, random.Random(seed))
        for save in (next(texts) for _ in range(count)):
            mark = show.mark()
            show.save(save.text)
            show.answered(mark)

    return Gremlin(
        f"{count} slips and half saves",
        "saves",
        strike,
        (refused(line=False, within=120.0 + 15.0 * count),),
        back=4.0,
        dark=True,
    )


def printed_little(show: Show) -> list[str]:
    """The terminal and the log stay of a size that can be read."""
    sizes = {path.name: path.stat().st_size for path in (show.terminal, show.log)}
    return [
        f"{name} has grown to {size / 1e6:.0f} MB"
        for name, size in sizes.items()
        if size > LOUDEST_PRINT
    ]


def stays_in_its_folder(show: Show) -> list[str]:
    """The engine's working folder is what it was."""
    try:
        here = Path(psutil.Process(show.engine).cwd())
    except psutil.Error:  # it has just ended, or the system does not say
        return []
    wanted = show.copy.folder.resolve()
    return [] if here == wanted else [f"the engine's folder has become {here}"]


SHAPE = "return picture[:2]"
THREADS = """
import threading, time
def gremlin_stays():
    while True:
        time.sleep(0.05)
for _ in range(20):
    threading.Thread(target=gremlin_stays).start()
"""
PRINTS = 'gremlin_line = "gremlin " * 1250\nfor _ in range(10000):\n    print(gremlin_line)'
NUMPY = "import numpy\nnumpy.clip = numpy.zeros = numpy.frombuffer = None"

EDITS = (
    edit("an exception when the set is read", at_top, RAISES, refused("gremlin")),
    edit("an exception in the first frame", in_leaf, RAISES, refused("gremlin")),
    edit(
        "an exception in the hundredth frame",
        in_leaf,
        f"if gremlin_frames[0] >= 100:\n    {RAISES}",
        either(faulted("gremlin", within=40.0), refused("gremlin", within=40.0)),
    ),
    edit(
        "an exception only in silence",
        in_hearing_leaf,
        f"if level < 0.01:\n    {RAISES}",
        either(faulted("gremlin", within=60.0), refused("gremlin", within=60.0)),
    ),
    edit("a picture of the wrong shape", in_leaf, SHAPE),
    edit("a text in place of a picture", in_leaf, 'return "gremlin"'),
    edit("nothing in place of a picture", in_leaf, "return None"),
    edit("not-a-number in the picture", in_leaf, 'return picture * float("nan")', HELD),
    edit(
        "infinities in the picture",
        in_leaf,
        "return picture / 0",
        either(HELD, on_air()),  # held inside 0..1, as all values are
        dark=True,
    ),
    edit(
        "endless recursion when the set is read",
        at_top,
        "def gremlin_again():\n    return gremlin_again()\ngremlin_again()",
    ),
    edit(
        "endless recursion in a leaf",
        in_leaf,
        "def again(n):\n    return again(n + 1)\nagain(0)",
    ),
    edit("sys.exit() when the set is read", at_top, "import sys\nsys.exit(3)"),
    edit("sys.exit() in a leaf", in_leaf, "import sys\nsys.exit(3)"),
    edit("os._exit() when the set is read", at_top, "import os\nos._exit(3)"),
    edit("os._exit() in a leaf", in_leaf, "import os\nos._exit(3)"),
    edit("twenty threads left behind", at_top, THREADS),
    edit(
        "100 MB printed when the set is read",
        at_top,
        PRINTS,
        either(refused(within=40.0), on_air(40.0)),
        also=printed_little,
    ),
    edit(
        "the working folder changed",
        at_top,
        'import os\nos.chdir("/")',
        either(WELL, on_air()),
        also=stays_in_its_folder,
    ),
    edit("numpy taken apart", at_top, NUMPY),
    edit(
        "numpy taken apart in the hundredth frame",
        in_leaf,
        f"if gremlin_frames[0] == 100:\n{indent(NUMPY, '    ')}\n    numpy.clip(picture, 0, 1)",
        told("changed numpy", "while it played", within=40.0),
    ),
    edit("input() when the set is read", at_top, 'input("gremlin? ")'),
)
"""Of a set's text; each is saved, told of, and mended by saving the good set again."""

KILLER = Gremlin(
    "a set that kills the engine each time",
    "killers",
    saves(at_top, "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"),
    (engine("death", within=10.0), engine("recovery", within=20.0)),
    back=6.0,
)
QUARANTINE = Gremlin(
    "a set that segfaults in every frame",
    "killers",
    saves(
        in_leaf,
        "import ctypes\nif gremlin_frames[0] > 20:\n    ctypes.string_at(0)",
    ),
    (engine("death", within=20.0), engine("blocked", within=60.0), engine("recovery", within=60.0)),
    back=12.0,
)
KILLERS = (KILLER, QUARANTINE)
