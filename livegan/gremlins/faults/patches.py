"""Faults of patches: the process that plays one dies, hangs, raises; a save has one that cannot."""

from __future__ import annotations

from collections.abc import Callable

from livegan.gremlins.fault import Gremlin, Sight, all_well, refused, save_good, told
from livegan.gremlins.graft import around
from livegan.gremlins.show import Show

ORDERS = "gremlin_patch.txt"
OPENS = 30.0  # seconds that the set with its patch may take to be on the air
HANGS = 20.0  # seconds within which a patch that does not return must be found
HUM = """
import os as gremlin_os
from pathlib import Path as gremlin_path
import pyo as gremlin_pyo
from livegan.live import encode as gremlin_encode, listen as gremlin_listen, patch as gremlin_patch

gremlin_orders = gremlin_path({orders!r})

@gremlin_patch
def gremlin_hum(sound):
    def obey():
        word = gremlin_orders.read_text() if gremlin_orders.exists() else ""
        if word == "dies":
            gremlin_os.kill(gremlin_os.getpid(), 9)
        while word == "hangs":
            pass
        if word == "raises":
            raise ZeroDivisionError("a patch of gremlins")
    gremlin_pyo.Pattern(obey, time=0.05).play()
    return sound + gremlin_pyo.Sine(80, mul=0.1)
"""
"""A patch that does what a file says, twenty times a second of its sound."""
ENDLESS = """
import pyo as gremlin_pyo
from livegan.live import encode as gremlin_encode, listen as gremlin_listen, patch as gremlin_patch

@gremlin_patch
def gremlin_hum(sound):
    {body}
    return sound + gremlin_pyo.Sine(80, mul=0.1)
"""
SEEN = "({}).blend(gremlin_encode.waveform(gremlin_hum(gremlin_listen())), 0.3)"


def tell(show: Show, word: str) -> None:
    """Tell the patch what to do."""
    (show.copy.folder / ORDERS).write_text(word, encoding="utf-8")


def sounding(show: Show) -> None:
    """Before a fault: the set plays with a patch, which sounds."""
    tell(show, "")
    mark = show.mark()
    code = HUM.format(orders=str(show.copy.folder / ORDERS))
    show.save(around(show.good, code, SEEN))
    if show.answered(mark, OPENS) != "on_air":
        raise OSError("the set with a patch did not come on the air")
    show.listen(2.0)


def told_to(word: str) -> Callable[[Show], None]:
    """The strike: the patch does this."""
    return lambda show: tell(show, word)


def well(show: Show) -> None:
    """The patch plays as it did."""
    tell(show, "")


def without(show: Show) -> list[str]:
    """The good set plays again, without a patch."""
    mark = show.mark()
    save_good(show)
    return [] if show.answered(mark, OPENS) == "on_air" else ["the good set is not on the air"]


def wrong(what: str, word: str, must: Sight, back: bool = True) -> Gremlin:
    """A patch on the air that does what ``word`` says."""
    return Gremlin(
        f"a patch {what}",
        "patches",
        told_to(word),
        (must,),
        mend=well,
        edits=False,
        before=sounding,
        then=(told("gremlin_hum", "is back", within=30.0),) if back else (),
        also=without,
        needs=("pyo",),
    )


def saved(what: str, body: str, *words: str) -> Gremlin:
    """A save with a patch that cannot be played."""
    return Gremlin(
        f"a patch that {what} is saved",
        "patches",
        lambda show: show.save(around(show.good, ENDLESS.format(body=body), SEEN)),
        (refused("gremlin_hum", *words, within=30.0),),
        also=all_well,
        needs=("pyo",),
    )


PATCHES = (
    wrong("is killed", "dies", told("gremlin_hum", "killed")),
    wrong("does not return", "hangs", told("gremlin_hum", "hangs", within=HANGS)),
    wrong("raises an exception", "raises", told("gremlin_hum", "ZeroDivisionError"), back=False),
    saved("never returns", "while True: pass", "endless loop"),
    saved(
        "ends its process",
        "__import__('os').kill(__import__('os').getpid(), 11)",
        "ends the process",
    ),
)
