"""Checks of picture sources: where pictures from outside come from."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from livegan.picture_sources.source import PictureSourceError, Pixels, Wanted
from livegan.plugin.calling import taken
from livegan.plugin.guard import said
from livegan.testing.blame import doing, told
from livegan.testing.checklist.offers import Offered
from livegan.testing.checklist.state import PIECES, left_alone
from livegan.testing.rows import Flaw, Measured, NotHere, row

CANVASES = ((64, 64), (48, 96), (1, 1), (240, 320))
"""(height, width) of canvases that a show may have."""
LONGEST_READ_S = 1.0
"""A read waits 0.2 s at most; this leaves room for a busy machine."""
LONGEST_CLOSE_S = 4.0
"""So long a show waits for a source as it ends."""
PATIENCE_S = 5.0
"""How long the first picture is waited for."""
LINE = "raise livegan.picture_sources.source.PictureSourceError with one line that says why not"
ASKED = "no-such-source-8f3a"
"""An argument that names nothing."""


def opened(offered: Offered, wanted: Wanted, argument: str | None = None) -> Any:
    """The source, open; `PictureSourceError` where it is not here."""
    make = offered.offer.make
    given = {"note": lambda text: None, "folder": Path.cwd()}
    return make(offered.sample if argument is None else argument, wanted, **taken(make, given))


@contextlib.contextmanager
def reading(offered: Offered, canvas: tuple[int, int] = CANVASES[0]) -> Iterator[Any]:
    """The source, open, and closed afterwards; :class:`NotHere` with what it says of this
    machine."""
    try:
        source = opened(offered, Wanted(*canvas))
    except PictureSourceError as error:
        reason = f"it does not open here: {said(error)}"
        raise NotHere(f"{reason}; name one that does with --sample") from None
    try:
        yield source
    finally:
        with contextlib.suppress(Exception):  # `closes` is about that
            source.close()


def first_picture(source: Any, did: str) -> Pixels:
    """The first picture that comes; `NotHere` if none does."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        with doing(did, "return a picture, None while there is none, or " + LINE):
            pixels = read(source)
        if pixels is not None:
            return check_pixels(pixels, did)
    raise NotHere(f"no picture came in {PATIENCE_S:g} s")


def read(source: Any) -> Any:
    """What the source delivers next; `Away` where it says that it is gone."""
    try:
        return source.read()
    except PictureSourceError as error:
        raise Away(str(error)) from error


class Away(NotHere):
    """The source says that it is away."""


def check_pixels(pixels: Any, did: str) -> Pixels:
    """A :class:`Flaw` unless it is a picture: (H, W, 3) or (H, W, 4) bytes."""
    form = "return uint8 of shape (H, W, 3), RGB, or (H, W, 4), RGBA"
    if not isinstance(pixels, np.ndarray):
        raise Flaw(did, f"it returned a {type(pixels).__name__}", form)
    right = pixels.ndim == 3 and pixels.shape[2] in (3, 4) and 0 not in pixels.shape
    if not right or pixels.dtype != np.uint8:
        raise Flaw(did, f"it returned {pixels.dtype} of shape {pixels.shape}", form)
    return pixels


@row("picture_source")
def opens(offered: Offered) -> None:
    """It opens, or says in one line why not"""
    with doing("opened it", LINE):
        try:
            source = opened(offered, Wanted(*CANVASES[0]))
        except PictureSourceError as error:
            one_line(error, "opened it")
            raise NotHere(
                f"it does not open here: {said(error)}; name one that does with --sample"
            ) from None
    for name in ("read", "close"):
        if not callable(getattr(source, name, None)):
            raise Flaw("opened it", f"it has no {name}()", f"write def {name}(self)")
    with doing("closed it", "close() lets go of the device, and raises nothing"):
        source.close()


def one_line(error: BaseException, did: str) -> None:
    """A :class:`Flaw` if what an error says is empty, or more than a line."""
    text = said(error).strip()
    if not text or len(text.splitlines()) > 1:
        seen = (
            "its PictureSourceError says nothing"
            if not text
            else "its PictureSourceError is several lines"
        )
        raise Flaw(did, seen, "say in one line what is not there, and what to do")


@row("picture_source")
def strange_names(offered: Offered) -> None:
    """Asked for what is not there, it says so in one line, or shows something else"""
    did = f"opened it with {ASKED!r}"
    try:
        source = opened(offered, Wanted(*CANVASES[0]), ASKED)
    except PictureSourceError as error:
        one_line(error, did)
        return
    except Exception as error:
        raise Flaw(did, told(error), LINE) from error
    try:
        read(source)
    except Away as error:
        one_line(error, did)
    except Exception as error:
        raise Flaw(did, told(error), LINE) from error
    finally:
        source.close()


@row("picture_source", needs=("opens",))
def pictures(offered: Offered) -> None:
    """It delivers pictures, (H, W, 3) or (H, W, 4) bytes, and waits for none longer than 0.2 s"""
    with reading(offered) as source:
        first_picture(source, "read its first picture")
        for place in range(5):
            did = f"read {place + 2} pictures"
            began = time.monotonic()
            with doing(did, "return a picture, None while there is none, or " + LINE):
                pixels = read(source)
            took = time.monotonic() - began
            if pixels is not None:
                check_pixels(pixels, did)
            if took > LONGEST_READ_S:
                change = "wait 0.2 s at most and return None: read on a thread of your own"
                raise Flaw(did, f"one of them took {took:.1f} s", change)


@row("picture_source", needs=("pictures",))
def canvases(offered: Offered) -> None:
    """It follows the size of the canvas, and delivers no more pixels than there is room for"""
    for height, width in CANVASES:
        wanted = Wanted(height, width)
        did = f"opened it for a canvas of {width} x {height}"
        with reading(offered, (height, width)) as source:
            found = first_picture(source, did)
        if found.shape[0] * found.shape[1] > wanted.room:
            seen = f"a picture of {found.shape[1]} x {found.shape[0]}, and there is room for "
            raise Flaw(
                did,
                f"{seen}{wanted.room} pixels",
                "scale it: wanted.size_for(height, width) is (height, width) to deliver",
            )


@row("picture_source", needs=("pictures",))
def fresh_pictures(offered: Offered) -> None:
    """A picture that was delivered is not written into afterwards"""
    with reading(offered) as source:
        found = first_picture(source, "read its first picture")
        kept = found.copy()
        for _ in range(3):
            with doing("read more pictures", LINE):
                read(source)
    if not np.array_equal(kept, found):
        raise Flaw(
            "looked at a picture after the next one was read",
            "it had changed",
            "return a new array each time, or a copy",
        )


@row("picture_source", needs=("pictures",))
def closes(offered: Offered) -> Measured:
    """It closes at once, twice too, and opens again"""
    with reading(offered) as source:
        first_picture(source, "read its first picture")
        began = time.monotonic()
        with doing(
            "closed it twice", "closing what is closed is harmless: keep no half-open state"
        ):
            source.close()
            source.close()
        took = time.monotonic() - began
    if took > LONGEST_CLOSE_S:
        change = "never wait for the device in close(): let the thread that reads end by itself"
        raise Flaw("closed it", f"that took {took:.1f} s", change)
    with reading(offered) as again:
        first_picture(again, "opened it again")
    return {"close_ms": 1000 * took}


@row("picture_source", needs=("pictures",))
def after_the_end(offered: Offered) -> None:
    """Read after it was closed, it says so in a PictureSourceError, or gives None"""
    did = "read it after it was closed"
    with reading(offered) as source:
        first_picture(source, "read its first picture")
        source.close()
        for _ in range(3):  # a picture may still lie ready
            try:
                read(source)
            except Away as error:
                one_line(error, did)
                return
            except Exception as error:
                raise Flaw(did, told(error), LINE) from error


@row("picture_source", needs=("pictures",))
def leaves_nothing(offered: Offered) -> None:
    """Opened, read and closed, it leaves what belongs to all as it was"""

    def use() -> None:
        with reading(offered) as source:
            first_picture(source, "read its first picture")

    for piece in PIECES:
        what = left_alone(piece, use)
        if what:
            raise Flaw("opened it, read a picture, and closed it", what, piece.change)
