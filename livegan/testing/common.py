"""Checks that hold for every operation: encoders, mixers and signals."""

from __future__ import annotations

import contextlib
import gc
import math
import sys
import time
import traceback
import tracemalloc
from collections.abc import Iterator
from typing import Any

import torch

from livegan.builtin.pictures import FORMS, NoPicture
from livegan.plugin import Operation, Param
from livegan.plugin.registry import place_of
from livegan.testing.playing import FPS, Play, apart, same
from livegan.testing.process import OWN
from livegan.testing.rows import SLOWEST_FRAME_S, Fault, Measured, NotHere, row
from livegan.testing.state import PIECES, Piece, left_alone

ALL = ("encoder", "mixer", "signal")
DRAWN = ("encoder", "mixer")
START = 1.0
"""Seconds of sound before the first frame of a check."""
FAR = 1000.0
"""How far a parameter without a range is taken."""
FRAMES = 200
"""How many frames memory is watched for."""
LEAK = 1024
"""Bytes a frame that count as a leak: 100 MB in an hour."""


def told(error: BaseException) -> str:
    """An error in one line, with the line of the plugin it came from."""
    text = str(error).strip().splitlines()
    frames = [f"{f.filename}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)]
    known = (OWN, sys.base_prefix, "<")
    own = [f for f in frames if not f.startswith(known) and "site-packages" not in f]
    # What is installed lies where libraries do: then it is the innermost that is not livegan's.
    place = own[-1] if own else place_of(error, "")
    return (
        f"{type(error).__name__}{': ' + text[0] if text else ''}{f' at {place}' if place else ''}"
    )


@contextlib.contextmanager
def doing(did: str, change: str) -> Iterator[None]:
    """Turn what a plugin raises into a :class:`Fault` that says what was done and what to do."""
    try:
        yield
    except (Fault, NotHere):
        raise
    except NoPicture as error:
        raise Fault(did, f"it returned what is no picture ({error})", change) from None
    except Exception as error:
        raise Fault(did, told(error), change) from error


def drawn(play: Play, seconds: float, did: str, change: str, /, **values: Any) -> Any:
    """A frame, or a :class:`Fault` if there is none, or it is not a number."""
    with doing(did, change):
        frame = play.at(seconds, **values)
    if play.operation.kind == "signal":
        check_number(play, did)
    elif not finite(frame):
        raise Fault(
            did,
            "the picture has values that are not numbers, or infinite",
            "look for a division by zero, a logarithm or root of what may be zero or less",
        )
    return frame


def finite(picture: torch.Tensor) -> bool:
    """Whether every value is a number."""
    return bool(torch.isfinite(picture.sum()))


def check_number(play: Play, did: str) -> None:
    """A :class:`Fault` unless the plugin returned a finite number."""
    try:
        value = float(play.returned)
    except (TypeError, ValueError):
        found = type(play.returned).__name__
        raise Fault(did, f"it returned a {found}", "return one number, a float") from None
    if not math.isfinite(value):
        raise Fault(did, f"it returned {value}", "guard divisions and logarithms against zero")


@row(*ALL)
def draws(operation: Operation) -> None:
    """It gives a picture of a form livegan knows; a signal, a number"""
    play = Play(operation)
    did = "played three frames of music"
    for frame in range(3):
        try:
            play.at(START + frame / FPS)
        except NoPicture:
            seen, change = form_of(play.returned), f"return float 0..1 or uint8, {FORMS}"
            raise Fault(did, seen, change) from None
        except Exception as error:
            raise Fault(did, told(error), "mend it: it must draw any sound, at any time") from error
        if operation.kind == "signal":
            check_number(play, did)


def form_of(returned: Any) -> str:
    """What a plugin returned, in words: shape and type."""
    if returned is None:
        return "it returned nothing"
    shape = getattr(returned, "shape", None)
    if shape is None:
        return f"it returned a {type(returned).__name__}"
    kind = str(getattr(returned, "dtype", "")).removeprefix("torch.")
    return f"it returned {kind} of shape {tuple(shape)}"


@row(*ALL)
def docstring(operation: Operation) -> None:
    """Its docstring begins with a line that says what it does, and each parameter has a doc"""
    where = f"{operation.origin.file}:{operation.origin.line}"
    if not operation.summary:
        raise Fault(
            f"read the docstring at {where}",
            "there is none",
            'write one line under the signature: """What is seen, and of what."""',
        )
    for each in operation.params:
        if not each.doc:
            raise Fault(
                "read the parameters",
                f"{each.name!r} has no doc",
                f'say in a few words what it does: {each.name}=param(..., doc="how much")',
            )


@row(*ALL)
def ranges(operation: Operation) -> None:
    """Every number has a range that its default lies in"""
    for each in operation.params:
        if each.type not in ("number", "integer"):
            if each.choices and each.default not in each.choices:
                seen = f"{each.name!r} has the default {each.default!r}, which is no choice of it"
                raise Fault("read the parameters", seen, "make it one of them")
            continue
        check_range(each)


def check_range(each: Param) -> None:
    """A :class:`Fault` for a range that no control can be mapped to."""
    done = "read the parameters"
    if each.low is None or each.high is None:
        # What goes round, or on for ever, says in which unit: turns, widths of the picture.
        if each.live and each.low is None and each.high is None and each.unit:
            return
        raise Fault(
            done,
            f"{each.name!r} has no range, so no control can be mapped to it",
            f"give both ends: {each.name}=param({each.default}, low, high, ...); only what goes on "
            'for ever has none, and a unit: unit="turns"',
        )
    if not each.low < each.high:
        raise Fault(
            done, f"{each.name!r} goes from {each.low} to {each.high}", "put low below high"
        )
    if not each.low <= each.default <= each.high:
        seen = f"{each.name!r} has the default {each.default}, outside {each.low} to {each.high}"
        raise Fault(done, seen, "move the default or the range")


def ends_of(each: Param) -> list[Any]:
    """The values at the ends of a parameter: far ones where it is open."""
    if each.choices:
        return list(each.choices)
    if each.type == "flag":
        return [False, True]
    if each.type == "text":
        return [each.default]
    low = -FAR if each.low is None else each.low
    high = FAR if each.high is None else each.high
    return [int(low), int(high)] if each.type == "integer" else [low, high]


@row(*ALL, needs=("draws",))
def ends(operation: Operation) -> None:
    """Every parameter may go to both its ends"""
    for each in operation.params:
        for value in ends_of(each):
            did = f"set {each.name}={value}"
            if each.live:
                play, named = Play(operation), {each.name: value}
            else:
                play, named = Play(operation, values={each.name: value}), {}
            for frame in range(2):
                change = "narrow the range, or draw there too"
                drawn(play, START + frame / FPS, did, change, **named)


@row(*ALL, needs=("draws",))
def glide(operation: Operation) -> None:
    """Every parameter may glide while it plays"""
    for values, did in glides(operation):
        play = Play(operation)
        for frame, named in enumerate(values):
            change = "values between the ends, and not whole ones, must be drawn too"
            drawn(play, START + frame / FPS, did, change, **named)


def glides(operation: Operation) -> Iterator[tuple[list[dict[str, Any]], str]]:
    """Of each parameter that can be played: its values frame by frame, and that in words."""
    steps = 6
    for each in operation.params:
        if not each.live or each.type == "text":
            continue
        found = ends_of(each)
        if each.type == "number":
            low, high = found
            found = [low + (high - low) * step / steps for step in range(steps + 1)]
            found += [low, each.default]  # and back in one frame
        else:
            found = found * 2
        yield [{each.name: v} for v in found], f"let {each.name} go from {found[0]} to {found[-3]}"


@row(*ALL, needs=("draws",))
def deterministic(operation: Operation) -> None:
    """The same sound gives the same frames"""
    first, second = Play(operation), Play(operation)
    for frame in range(4):
        seconds = START + frame / FPS
        a, b = first.at(seconds), second.at(seconds)
        if not same(a, b):
            raise Fault(
                "played the same sound twice",
                f"frame {frame + 1}: {apart(a, b)}",
                "no clocks, no generators without a seed, no state shared by two nodes: take `now` "
                "and `rng`, and keep state in a class",
            )


def piece_check(piece: Piece) -> None:
    """Make one piece of global state a check of its own."""

    def check(operation: Operation) -> None:
        def play() -> None:
            playing = Play(operation, seeded=False)
            for frame in range(4):
                playing.at(START + frame / FPS)

        said = left_alone(piece, play)
        if said:
            raise Fault("played four frames", said, piece.change)

    check.__name__ = piece.name.replace("-", "_")
    check.__doc__ = f"It leaves alone what belongs to all: {piece.name.replace('-', ' ')}"
    row(*ALL, needs=("draws",))(check)


for each_piece in PIECES:
    piece_check(each_piece)


@row(*DRAWN, needs=("draws",))
def speed(operation: Operation) -> Measured:
    """A frame at 256 x 256 takes less than a tenth of a second"""
    found = {f"ms_{size}": 1000 * fastest(operation, size) for size in (256, 512)}
    if found["ms_256"] > 1000 * SLOWEST_FRAME_S:
        raise Fault(
            "drew frames of 256 x 256",
            f"{found['ms_256']:.0f} ms for the fastest, {found['ms_512']:.0f} ms at 512",
            "work on whole arrays, not on pixels in a loop, and compute once what stays the same",
        )
    return found


def fastest(operation: Operation, size: int, frames: int = 5) -> float:
    """Seconds of the fastest of some frames, the first one left out: it may prepare things."""
    play = Play(operation, size=size)
    times = []
    for frame in range(frames + 1):
        began = time.perf_counter()
        play.at(START + frame / FPS)
        times.append(time.perf_counter() - began)
        if sum(times) > 20 * SLOWEST_FRAME_S:
            break
    return min(times[1:] or times)


@row(*ALL, needs=("draws",))
def memory(operation: Operation) -> Measured:
    """Hundreds of frames take no more memory than a few"""
    play = Play(operation, size=32)
    # What is there already is left out of what is counted.
    gc.collect()
    gc.freeze()
    tracemalloc.start(1)
    try:
        play.through(START, START + 1)
        before = held(play)
        half = FRAMES // 2
        marks = []
        for part in range(2):
            for frame in range(half):
                play.at(START + 1 + (part * half + frame) / FRAMES)
            marks.append(held(play))
    finally:
        tracemalloc.stop()
        gc.unfreeze()
    grown = [(marks[0] - before) / half, (marks[1] - marks[0]) / half]
    # What fills up and then stays is a memory of the past, and no leak.
    if min(grown) > LEAK:
        raise Fault(
            f"played {FRAMES} frames of 32 x 32",
            f"each left {min(grown) / 1024:.1f} KiB behind",
            "keep only the last pictures, and give caches a size: lru_cache(maxsize=64)",
        )
    return {"kib_a_frame": max(0.0, min(grown)) / 1024}


def held(play: Play) -> int:
    """Bytes that Python, numpy and torch hold, without what livegan remembers of the sound."""
    play.hearing = type(play.hearing)(play.hearing.history)
    play.heard = None
    gc.collect()
    total = tracemalloc.get_traced_memory()[0]
    seen: set[int] = set()
    for found in gc.get_objects():
        if type(found) is torch.Tensor and found.device.type == "cpu":
            storage = found.untyped_storage()
            if storage.data_ptr() not in seen:
                seen.add(storage.data_ptr())
                total += storage.nbytes()
    return total


def sound_check(name: str, change: str) -> None:
    """Make a sound that is not music a check."""

    def check(operation: Operation) -> None:
        if operation.kind == "signal" and all(i.name != "sound" for i in operation.inputs):
            raise NotHere("it does not listen")
        did = {
            "silence": "played silence",
            "noise": "played loud noise",
            "clipping": "played clipped music",
            "not-a-number": "played sound with not-a-number and infinities, as the stage mends it",
        }[name]
        play = Play(operation, name)
        for seconds in (0.0, 0.01, START, 3.0) if name == "silence" else (START, 3.0):
            drawn(play, seconds, did, change)

    check.__name__ = name.replace("-", "_")
    check.__doc__ = f"It copes with {name if name != 'not-a-number' else 'broken sound'}"
    row("encoder", "signal", needs=("draws",))(check)


sound_check("silence", "a show begins in silence: guard what divides by the loudness")
sound_check("noise", "every frequency at full level is drawn too")
sound_check("clipping", "samples stay at -1 and 1 for long: that is drawn too")
sound_check("not-a-number", "what is mended is silence: draw it too")


@row(*DRAWN, needs=("draws",))
def value_range(operation: Operation) -> None:
    """Its values are 0..1, or bytes"""
    play = Play(operation)
    play.through(START, START + 0.2)
    returned = play.returned
    if str(returned.dtype).removeprefix("torch.") in ("uint8", "bool"):
        return
    low, high = float(returned.min()), float(returned.max())
    over = abs(returned - returned.clip(0, 1)) > 0.001
    share = float(over.sum()) / math.prod(returned.shape)
    # A mixer may brighten what is cut off after it; most of a picture cut off is another scale.
    if share > (0.4 if operation.kind == "mixer" else 0.0):
        raise Fault(
            "played a fifth of a second of music",
            f"values go from {low:.3g} to {high:.3g}, {share:.0%} of them outside 0..1",
            "return 0..1: "
            + ("divide by 255" if high > 2 else "clip it, or (x + 1) / 2 for -1..1"),
        )
