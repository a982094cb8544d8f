"""What a plugin offers, as a picture: drawn by itself from the demo track, in a set of one line.

The pictures of `livegan plugins show`, of the gallery in the documentation, and of packages that
`livegan new` makes.  They are rehearsed, so a picture is what a show draws from that line.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from livegan import saving, share
from livegan.plugin import Operation, registry
from livegan.plugin.calling import taken
from livegan.plugin.catalogue import Offer
from livegan.size import Size, Written

Pixels = NDArray[np.uint8]

AT_S = 20.0
"""The moment of the demo track that is drawn: half a break, half a beat lie behind it."""
MOVING_S, MOVING_FPS = 1.5, 10.0
"""How long something that remembers is played until it is drawn."""
SOURCE_READS = 12
"""Pictures of a source that are read until one is shown: the first may be dark."""
CURVE_S, CURVE_FPS = 10.0, 20.0
"""How much of a signal is seen."""

BEFORE = """\
from livegan.live import *

sound = listen()
"""

PAINTED = """\
a = model("city", encode.timeline(sound))
b = model("corridor", encode.waveform(sound))
"""
"""The two pictures that every mixer is shown with."""

CURVE = '''

@encoder
class curve:
    """A number, and what it was in the frames before."""

    def __init__(self):
        self.past = []

    def draw(self, sound, *, size, value=param(0.0, doc="what is drawn")):
        import numpy as np

        height, width = size
        self.past.append(float(value))
        frames = np.linspace(0, len(self.past) - 1, width)
        values = np.interp(frames, np.arange(len(self.past)), self.past)
        low, high = min(0.0, values.min()), max(1.0, values.max())
        line = (values - low) / (high - low) * 0.9 + 0.05
        y = np.linspace(1, 0, height)[:, None]
        below = np.clip((line - y) * height + 0.5, 0, 1)
        edge = np.clip(2.5 - np.abs(line - y) * height, 0, 1)
        return np.stack([0.1 + 0.2 * below + edge, 0.1 + 0.5 * below + edge, 0.2 + 0.6 * below])


'''


class NoPortrait(RuntimeError):
    """What a line draws cannot be had; one line that says why."""


@dataclass(frozen=True)
class SetLine:
    """A line of a set, and what it takes to draw it."""

    text: str
    kind: str
    moves: bool = False
    """It remembers, so it is played for a while before it is drawn."""
    alone: bool = False
    """It has a size of its own, so it does not fit into a grid with others."""


def line_of(operation: Operation) -> SetLine:
    """How a set calls an operation, with the values that it has by itself."""
    name, reg = operation.name, registry.current()
    full = f"{operation.origin.package}:{name}"
    short = name in reg.names(operation.kind) and reg.operation(operation.kind, name) is operation
    pictures = len([i for i in operation.pictures if needed(i)])
    kind = operation.kind
    if operation.kind == "encoder":
        inputs = ", ".join(["sound", *("ab" * pictures)[:pictures]])
        text = f"encode.{name}({inputs})" if short else f'encode("{full}", {inputs})'
        kind = "mixer" if pictures else "encoder"  # it is drawn with the same two pictures
    elif operation.kind == "signal":
        given = ", ".join(
            "sound.level" for i in operation.inputs if needed(i) and i.kind != "sound"
        )
        text = f"{name}({given})" if short else f'signal("{full}")({given})'
    elif operation.kind == "patch":
        given = ", ".join("sound" for i in operation.inputs if needed(i))
        called = name if short else f'patch("{full}")'
        text = f"encode.timeline({called}({given}), seconds=4)"
        return SetLine(text, "patch", True, True)
    elif not operation.pictures:
        text = f"{name}()" if short else f'mixer("{full}")()'
        kind = "encoder"  # it needs no picture, so it is drawn beside encoders
    else:
        first = operation.pictures[0]
        others = ["b"] * (pictures - 1 if needed(first) else 1)
        text = f"a.{name}({', '.join(others)})"
        if first.many or not short:
            called = name if short else f'mixer("{full}")'
            text = f"{called}({', '.join(['a', *others])})"
    alone = bool(getattr(operation.make, "any_size", False))
    return SetLine(text, kind, operation.stateful, alone)


def needed(wanted: Any) -> bool:
    """Whether an input must be given."""
    return not wanted.optional and not wanted.many


def draw(
    lines: Sequence[SetLine],
    folder: Path,
    *,
    size: Written = 256,
    audio: Path | None = None,
    before: str = "",
) -> list[Pixels]:
    """What each line draws at a moment of the demo track: (H, W, 3) uint8 each, at ``size``.

    Lines that fit together are drawn in one rehearsal, and all mixers from the same two pictures.

    Parameters
    ----------
    folder : the working folder, whose ``plugins/`` and ``models/`` are there besides what is
        installed.
    audio : another sound than the demo track.
    before : lines of a set that these refer to.

    Raises
    ------
    NoPortrait
        If one cannot be drawn.
    livegan.engine.commit.script.Refusal
        If the registry in use does not offer what a line names.
    """
    drawn: dict[int, Pixels] = {}
    together: dict[tuple[bool, bool, int], list[int]] = {}
    for index, line in enumerate(lines):
        own = index if line.alone or line.kind == "signal" else -1
        together.setdefault((line.kind == "mixer", line.moves, own), []).append(index)
    for places in together.values():
        group = [lines[place] for place in places]
        pictures = rehearsed(group, folder, Size.read(size), audio, before)
        drawn.update(zip(places, pictures, strict=True))
    return [drawn[index] for index in range(len(lines))]


def rehearsed(
    lines: list[SetLine], folder: Path, size: Size, audio: Path | None, before: str = ""
) -> list[Pixels]:
    """What lines of one kind draw, side by side in one rehearsal."""
    from livegan.rehearsal import Rehearsal, rehearse  # torch, which a line alone does not need

    # As many rows as columns, and all of them full: then each picture keeps its size.
    side = math.ceil(math.sqrt(len(lines)))
    texts = [line.text for line in lines]
    text = BEFORE + before
    start, seconds, fps = AT_S, 0.1, 10.0
    if lines[0].moves:
        start, seconds, fps = AT_S - MOVING_S, MOVING_S, MOVING_FPS
    if lines[0].kind == "signal":
        start, seconds, fps = AT_S - CURVE_S, CURVE_S, CURVE_FPS
        text += f"{CURVE}show(curve(sound, value={texts[0]}))\n"
    else:
        text += PAINTED if lines[0].kind == "mixer" else ""
        text += "".join(f"p{place} = {line}\n" for place, line in enumerate(texts))
        cells = [f"p{place % len(texts)}" for place in range(side * side)]
        text += f"show(grid({', '.join(cells)}))\n" if side > 1 else "show(p0)\n"
    shown: list[Pixels] = []

    def keep(frame: Any, pixels: Pixels) -> None:
        shown[:] = [pixels]

    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "set.py"
        file.write_text(text, encoding="utf-8")
        what = Rehearsal(
            set=file,
            audio=audio or share.demo_track(),
            start=start,
            seconds=seconds,
            fps=fps,
            size=size,
            folder=folder,
            flash_guard="off",
        )
        result = rehearse(what, on_frame=keep)
    if result.faults:
        fault = result.faults[0]
        raise NoPortrait(f"{fault['where'] or lines[0].text}: {fault['reason']}")
    whole = shown[0]
    if len(texts) == 1:
        return [fitted(whole, size)]
    height, width = whole.shape[0] // side, whole.shape[1] // side
    return [
        fitted(whole[r * height : (r + 1) * height, c * width : (c + 1) * width], size)
        for r in range(side)
        for c in range(side)
    ][: len(lines)]


def source_line(offer: Offer) -> str:
    """How a set names a picture source, with its example as the argument."""
    argument = f'"{offer.example}"' if offer.example else ""
    return f"{offer.name}({argument})"


def first_picture(offer: Offer, size: Written) -> Pixels:
    """A picture that a picture source delivers with its example, (H, W, 3) uint8 at ``size``.

    Raises
    ------
    NoPortrait
        If it is not here, or delivers nothing in some seconds.
    """
    from livegan.picture_sources.source import PictureSourceError, Wanted

    canvas = Size.read(size)
    given = {"note": lambda text: None, "folder": Path.cwd()}
    source: Any = None
    try:
        source = offer.make(offer.example, Wanted(*canvas), **taken(offer.make, given))
        found = None
        for _ in range(SOURCE_READS):
            newer = source.read()
            found = found if newer is None else newer
    except PictureSourceError as error:
        raise NoPortrait(f"{offer.name}: {error}") from None
    finally:
        if source is not None:
            source.close()
    if found is None:
        raise NoPortrait(f"{offer.name}: it delivered no picture")
    across = (canvas.width, canvas.height)
    return np.asarray(ImageOps.fit(Image.fromarray(found[..., :3]), across))


def save_picture(path: Path, pixels: Pixels, quality: int = 85) -> None:
    """Write (H, W, 3) uint8 as a PNG or, at ``quality``, a JPEG.

    Raises
    ------
    NoPortrait
        If the name ends in neither.
    """
    suffix = path.suffix.lower()
    if suffix == ".png":
        saving.save_png(path, pixels)
    elif suffix in (".jpg", ".jpeg"):
        with saving.replacing(path) as beside:
            Image.fromarray(pixels).save(beside, format="JPEG", quality=quality, optimize=True)
    else:
        raise NoPortrait(f"{path}: a picture is a PNG or JPEG; name it {path.stem}.png")


def fitted(pixels: Pixels, size: Size) -> Pixels:
    """A picture at ``size``, black where another shape leaves room."""
    if pixels.shape[:2] == size:
        return pixels
    whole = ImageOps.pad(
        Image.fromarray(pixels), (size.width, size.height), Image.Resampling.LANCZOS
    )
    return np.asarray(whole)
