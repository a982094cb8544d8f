"""Faults of the sound device: pulled out and put back, its server killed, missing at first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from livegan.gremlins.fault import DEVICE, FRESH, Gremlin, nothing, told
from livegan.gremlins.machine import children, command
from livegan.gremlins.show import Show
from livegan.gremlins.soundcard import NullSink

GONE = told("gone", within=12.0)
BACK = told("is back", within=15.0)


def sink(show: Show) -> NullSink:
    """The sound server of the show."""
    assert show.sink is not None
    return show.sink


def unplugged(show: Show) -> None:
    """The card is pulled out."""
    sink(show).unplug()


def plugged(rate: int = 48000, others: int = 0) -> Callable[[Show], None]:
    """The card is back, and music plays on it."""

    def mend(show: Show) -> None:
        sink(show).plug(rate, others)
        show.play_music()

    return mend


def server_killed(show: Show) -> None:
    """The sound server crashes."""
    sink(show).kill()


def server_back(show: Show) -> None:
    """The sound server is started anew."""
    sink(show).start()
    show.play_music()


def recorder_killed(show: Show) -> None:
    """The process that records is killed."""
    import signal

    for pid in recorders(show):
        show.signal(pid, getattr(signal, "SIGKILL", signal.SIGTERM))


def recorders(show: Show) -> list[int]:
    """The processes of the stage that record: its children that are no engine."""
    return [pid for pid in children(show.stage) if "livegan.sound.inputs.feeder" in command(pid)]


def started_without(show: Show) -> None:
    """A show begins, and its sound server is not there."""
    sink(show).kill()
    show.start()


def lost(
    name: str, strike: Callable[[Show], None], mend: Callable[[Show], None], **more: Any
) -> Gremlin:
    """A sound device that goes and comes, as a fault."""
    more = {"show": DEVICE, "needs": ("sound",), "stands": 2.0, **more}
    return Gremlin(name, "sound", strike, (GONE,), mend=mend, edits=False, then=(BACK,), **more)


SOUNDS = (
    lost("the sound device is unplugged and comes back", unplugged, plugged()),
    lost("the sound device comes back at another rate", unplugged, plugged(44100)),
    lost("the sound device comes back under another index", unplugged, plugged(others=2)),
    lost("PulseAudio is killed and started anew", server_killed, server_back),
    lost("the process that records is killed", recorder_killed, nothing, needs=("sound", "posix")),
    Gremlin(
        "the sound device is not there at the start",
        "sound",
        started_without,
        mend=server_back,
        edits=False,
        then=(BACK,),
        show=FRESH,
        needs=("sound",),
        back=120.0,
    ),
)
