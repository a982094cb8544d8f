"""Faults of the stage itself, and of the clocks it goes by."""

from __future__ import annotations

import time

from livegan.gremlins.fault import FRESH, Gremlin, nothing
from livegan.gremlins.machine import children, lives, shared_memory, still_there
from livegan.gremlins.show import Show

SLEPT = 7.0
"""Seconds that the machine sleeps: longer than any patience with an engine that plays."""
DAY = 86400.0
GRACE = 15.0
"""Seconds that what a killed stage leaves behind may take to be gone."""


def stage_killed(show: Show) -> None:
    """A show plays, and its stage is killed (SIGKILL)."""
    import signal

    show.start()
    show.left, show.shared = children(show.stage), shared_memory(show.stage)
    show.signal(show.stage, signal.SIGKILL)
    assert show.process is not None
    show.process.wait()


def started_again(show: Show) -> None:
    """What was left behind is waited for, and the next show is started."""
    end = time.monotonic() + GRACE
    while time.monotonic() < end and leftovers(show):
        time.sleep(0.1)
    show.wrong = leftovers(show)
    show.process = None
    show.start()


def leftovers(show: Show) -> list[str]:
    """What a killed stage has left behind."""
    alive = [pid for pid in show.left if lives(pid)]
    leaked = sorted(still_there(show.shared))
    return [
        *(f"process {pid} lives on" for pid in alive),
        *(f"shared memory {name} is left" for name in leaked),
    ]


def slept(show: Show) -> None:
    """All processes of the show stand still for a while, as when the lid is closed."""
    import signal

    everyone = [show.stage, *children(show.stage)]
    for pid in everyone:
        show.signal(pid, signal.SIGSTOP)
    time.sleep(SLEPT)
    for pid in reversed(everyone):
        show.signal(pid, signal.SIGCONT)


STAGES = (
    Gremlin(
        "the stage is killed (SIGKILL)",
        "stage",
        stage_killed,
        mend=started_again,
        edits=False,
        show=FRESH,
        back=120.0,
        gap=120.0,
        needs=("linux",),
        also=lambda show: show.wrong,
    ),
)
CLOCKS = (
    Gremlin(
        "the clock steps a day ahead and back",
        "clock",
        lambda show: show.do(step=DAY),
        mend=lambda show: show.do(step=-DAY),
        edits=False,
    ),
    Gremlin(
        f"the machine sleeps for {SLEPT:g} s",
        "clock",
        slept,
        mend=nothing,
        edits=False,
        back=SLEPT + 3.0,
        gap=SLEPT + 0.5,
        needs=("linux",),
    ),
)
"""The machine's clock is stepped as the stage's Python sees it, not for everyone else on it."""
