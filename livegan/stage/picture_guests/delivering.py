"""In a process of its own: a picture source is read, and its pictures are written into a ring.

The stage starts `deliver` by name (`livegan.stage.picture_guests.guests`).
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from livegan.heap import keep_freed
from livegan.ipc.picture_ring import PictureRing
from livegan.picture_sources.source import PictureSourceError, Pixels, Unavailable, Wanted
from livegan.plugin.calling import taken
from livegan.plugin.registry import Registry
from livegan.stage.outputs.hosting import GuestPipe, Message, one_line

RETRY = 1.0
"""Seconds between two tries to open a source that is away."""
TRIES = 10
"""After so many, the process is replaced: starting one each time would cost more than the show has
to spare, and some systems (AVFoundation) show a process only the devices that were there when it
began."""
FASTEST = 1 / 120
"""Seconds that a source has for a picture at least: one that never waits would take a whole core,
and more pictures than this nobody sees."""
WAIT = 0.05  # seconds between looks whether the stage wants it to end


def deliver(connection: Connection, options: Message) -> None:
    """Write what a picture source delivers into a ring, until it is told to end.

    It opens the source again each second while that is away, at most ten times in a row.
    """
    keep_freed()
    line = GuestPipe(connection)
    try:
        with PictureRing.attach(options["ring"]) as ring:
            _keep_open(line, ring, options)
    except FileNotFoundError:  # the stage that made the ring is gone
        return


def _keep_open(line: GuestPipe, ring: PictureRing, options: Message) -> None:
    opened, tries = False, 0
    while tries < TRIES and not line.asked_to_end():
        source: Any = None
        serial = ring.newest
        try:
            # The first time it may take longer: packages are imported.
            with line.at_work() if opened else contextlib.nullcontext():
                source = _open(options, line.note)
            if not opened:
                opened = True
                line.opened()
            if not _read(line, ring, source, _wanted(options)):
                return
        except Unavailable as error:
            line.tell("unavailable", text=one_line(error))
            return
        except PictureSourceError as error:
            line.tell("away", text=one_line(error))
        except Exception as error:
            line.tell("away", text=f"{type(error).__name__}: {one_line(error)}")
        finally:
            if source is not None:
                with contextlib.suppress(Exception):  # it is gone already
                    source.close()
        if not opened:
            opened = True
            line.opened()
        tries = 1 if ring.newest > serial else tries + 1
        if _asked_to_end(line, RETRY):
            return


def _asked_to_end(line: GuestPipe, seconds: float) -> bool:
    """Wait for so long; True as soon as the stage wants it to end."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if line.asked_to_end():
            return True
        time.sleep(WAIT)
    return False


def _read(line: GuestPipe, ring: PictureRing, source: Any, wanted: Wanted) -> bool:
    """Read until the source raises; False once the stage wants it to end."""
    wrong = False
    while not line.asked_to_end():
        began = time.monotonic()
        with line.at_work():
            pixels = source.read()
        try:
            if pixels is not None:
                ring.write(as_picture(pixels, wanted))
        except ValueError as error:
            if not wrong:  # one line is enough: it may be wrong in many ways
                line.note(str(error))
            wrong = True
        time.sleep(max(0.0, began + FASTEST - time.monotonic()))
    return False


def as_picture(pixels: Any, wanted: Wanted) -> Pixels:
    """What a source returned, made smaller if it has more pixels than there is room for.

    Raises ValueError, with a line for the performer, for what is no picture.
    """
    if not isinstance(pixels, np.ndarray):
        seen = f"a {type(pixels).__name__}"
    elif pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] not in (3, 4):
        seen = f"{pixels.dtype} of shape {pixels.shape}"
    elif 0 in pixels.shape:
        seen = f"an empty picture, {pixels.shape}"
    else:
        height, width = pixels.shape[:2]
        return pixels if height * width <= wanted.room else _smaller(pixels, wanted)
    raise ValueError(
        f"it delivers {seen}, which is left out: a picture is uint8 of shape (H, W, 3) or (H, W, 4)"
    )


def _smaller(pixels: Pixels, wanted: Wanted) -> Pixels:
    from livegan.picture_sources.frame import SentPictures

    return SentPictures(wanted).pixels(pixels, "rgba" if pixels.shape[2] == 4 else "rgb24")


def _wanted(options: Message) -> Wanted:
    return Wanted(int(options["height"]), int(options["width"]))


def _open(options: Message, note: Callable[[str], None]) -> Any:
    """The source that ``options`` name, or the file that is played in its place."""
    wanted = _wanted(options)
    if options["given"]:
        from livegan.picture_sources.played_file import open_played_file

        return open_played_file(str(options["given"]), wanted)
    folder = Path(options["folder"])
    opener = picture_source(str(options["source"]), folder)
    return opener(
        str(options["argument"]), wanted, **taken(opener, {"note": note, "folder": folder})
    )


def picture_source(kind: str, folder: Path) -> Callable[..., Any]:
    """What opens picture sources of that kind; `UnknownName` if no plugin has it."""
    loaded = Registry().load(folder / "plugins")
    opened: Callable[..., Any] = loaded.offer("picture_source", kind).make
    return opened
