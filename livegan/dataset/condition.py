"""Conditions: what a show's encoders draw, drawn for a recorded sound at given times."""

from __future__ import annotations

import contextlib
import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from livegan.builtin.pictures import as_picture
from livegan.operation.driver import Driver
from livegan.operation.feeding import steady
from livegan.operation.moment import now_at
from livegan.operation.source import source_digest
from livegan.plugin import Now, Operation
from livegan.plugin.catalogue import UnknownName
from livegan.plugin.closest import suggestion
from livegan.plugin.guard import said
from livegan.plugin.registry import current
from livegan.size import Size, Written
from livegan.sound import HOP, RATE
from livegan.sound.features import Rows
from livegan.sound.history import Hearing, RecordedHistory
from livegan.sound.soundtrack import Soundtrack

ANALYSIS = (
    "features.py",
    "hearing/analysis.py",
    "hearing/bands.py",
    "hearing/drum_memory.npz",
    "hearing/drum_memory.py",
    "hearing/drums.npz",
    "hearing/drums.py",
    "hearing/form.py",
    "hearing/loudness.py",
    "hearing/onsets.py",
    "hearing/tempo.py",
)
"""Files of `livegan.sound` that features depend on."""


class EncoderError(Exception):
    """An encoder that is unknown, misused or failing; one line: which, what, what to do."""


@dataclass(frozen=True)
class Drawing:
    """An encoder and the values of its parameters: all that a condition depends on but sound."""

    operation: Operation
    values: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The encoder's name, which is also its folder's in a data set of several."""
        return self.operation.name

    @property
    def digest(self) -> str:
        """Which version of the encoder it is: see `source_digest`."""
        return source_digest(self.operation)


def analysis_digest() -> str:
    """SHA-256 of all that the analysis of sound is made of: encoders draw what it says."""
    folder = files("livegan.sound")
    found = hashlib.sha256()
    for name in ANALYSIS:
        found.update(folder.joinpath(name).read_bytes())
    return found.hexdigest()


def drawing(
    encoder: str | Operation | Drawing,
    values: Mapping[str, Any] | None = None,
    kind: Literal["encoder", "mixer"] = "encoder",
) -> Drawing:
    """An encoder by name (``"timeline"``, ``"timeline:seconds=5,gain=2"``) or as it is; or, if that
    is the ``kind``, a mixer.

    Values that are not given are the declared defaults; numbers are held inside the declared
    range, as they are in a set.

    Raises
    ------
    EncoderError
        If there is no such encoder or parameter, or a value has the wrong type.
    """
    if isinstance(encoder, Drawing):
        return encoder
    given = dict(values or {})
    if isinstance(encoder, str):
        # A colon also divides package from name: what follows the last one is values if it has "=".
        title, colon, text = encoder.rpartition(":")
        if not colon or "=" not in text:
            title, text = encoder, ""
        for item in filter(None, text.split(",")):
            name, equals, value = item.partition("=")
            if not equals:
                raise EncoderError(f"{kind} {encoder!r}: {item!r} is not KEY=VALUE")
            given[name.strip()] = value.strip()
        try:
            operation = current().operation(kind, title)
        except UnknownName as error:
            raise EncoderError(str(error)) from error
    else:
        operation = encoder
    refuse_outside(operation)
    complete: dict[str, Any] = {}
    for param in operation.params:
        complete[param.name] = _value(operation, param.name, given.pop(param.name, param.default))
    if given:
        wrong = next(iter(given))
        near = suggestion(wrong, [p.name for p in operation.params])
        raise EncoderError(f"{kind} {operation.name!r} has no parameter {wrong!r}{near}")
    return Drawing(operation, complete)


def refuse_outside(operation: Operation) -> None:
    """Refuse what cannot be drawn from a recording alone.

    Raises
    ------
    EncoderError
        For an encoder that needs a picture, and for what follows the outside world.
    """
    what = f"{operation.kind} {operation.name!r}"
    if operation.live:
        raise EncoderError(
            f"{what} follows the outside world (live=True), so what it drew cannot be drawn again; "
            "choose one that draws the sound"
        )
    needed = [each.name for each in operation.pictures if not each.optional]
    if operation.kind == "encoder" and needed:
        raise EncoderError(
            f"{what} draws a picture together with the sound, and a data set has none to give it "
            f"as {needed[0]!r}; choose one that draws the sound alone"
        )


def _value(operation: Operation, name: str, given: Any) -> Any:
    param = operation.param(name)
    assert param is not None
    what = f"{operation.kind} {operation.name!r}: {name}={given!r}"
    if param.choices:
        if given not in param.choices:
            near = suggestion(str(given), param.choices)
            raise EncoderError(f"{what} is no choice{near}")
        return given
    if param.type == "text":
        return given
    if param.type == "flag":
        if str(given).lower() not in ("true", "false", "1", "0", "yes", "no"):
            raise EncoderError(f"{what} is not true or false")
        return str(given).lower() in ("true", "1", "yes")
    try:
        number = float(given)
    except (TypeError, ValueError):
        text = f"{what} is not a number"
        raise EncoderError(text) from None
    limited = param.limit(number)
    return param.given(limited)


class Conditions:
    """The conditions of a recorded sound: the picture a show would draw at any time of it.

    Encoders are made, fed and called by `livegan.operation`, as a show does it.

    Parameters
    ----------
    sound : (n, 2) float32 at 48 kHz, as `livegan.sound.media.decode` gives it, or a `Soundtrack`,
        which is read as far as is asked for: then positions must rise.
    drawings : the encoders, with their values.
    size : of the pictures.
    fps : frames a second of the show.  Encoders that remember from frame to frame are drawn at each
        frame of it, those in between included.  0 draws what is asked for and no more.
    seed : the show's.
    """

    def __init__(
        self,
        sound: npt.NDArray[np.float32] | Soundtrack,
        drawings: Sequence[Drawing],
        size: Written,
        *,
        fps: float = 0.0,
        seed: int = 0,
    ) -> None:
        self.size = Size.read(size)
        self.drawings = tuple(drawings)
        self.fps = fps
        self.seed = seed
        self._history = sound if isinstance(sound, Soundtrack) else RecordedHistory.of(sound)
        self._hearing = Hearing(self._history)
        self._drivers: dict[int, Driver] = {}
        self._heard: int | None = None
        self._drawn: int | None = None
        self._due = 0
        """Frames from here on were not drawn yet."""
        remember = [d.operation.stateful and not d.operation.feeds for d in self.drawings]
        self._remembering = [index for index, does in enumerate(remember) if does]

    @property
    def features(self) -> Rows:
        """Features of the sound so far, (hops, F) float64, columns `FEATURES`."""
        return self._history.features(0, self._history.hops)

    @property
    def end(self) -> int:
        """Samples up to the last whole hop."""
        return self._history.position // HOP * HOP

    def hear(self, position: int) -> bool:
        """Listen up to ``position`` samples; False if the sound ends before.

        Encoders that are fed blocks are handed every hop on the way, and those that remember are
        drawn at each frame, so this is called for the moments in between, too.
        """
        position = position // HOP * HOP
        if self._heard is None:  # here the show begins
            self._heard = self._due = position
        for frame in self._frames(position):
            if not self._listen(frame):
                return False
            for index in self._remembering:
                self._draw(index, frame)
            self._done(frame)
        return self._listen(position)

    def _frames(self, position: int) -> Iterator[int]:
        """The frames of a show that are due before ``position``, for encoders that remember."""
        if not self._remembering or not self.fps:
            return
        number = math.floor(self._due / RATE * self.fps)
        while (frame := self._frame(number)) < position:
            if frame >= self._due:
                yield frame
            number += 1

    def _frame(self, number: int) -> int:
        return round(number / self.fps * RATE) // HOP * HOP

    def _done(self, frame: int) -> None:
        self._drawn, self._due = frame, frame + 1

    def _listen(self, position: int) -> bool:
        assert self._heard is not None
        while True:
            # No more at a time than is remembered, however long nothing was asked for.
            step = min(position, self._heard + RATE)
            if isinstance(self._history, Soundtrack):
                self._history.hear(step)
            stop = min(step, self.end)
            for index, found in enumerate(self.drawings):
                if found.operation.feeds:
                    with blaming(found.operation):
                        hops = steady(found.operation, found.values)
                        self._driver(index).feed(self._hearing.at(stop), hops)
            self._heard = max(self._heard, stop)
            if stop < step or step >= position:
                return position <= self.end

    def at(self, position: int) -> list[npt.NDArray[np.uint8]]:
        """What each encoder draws when ``position`` samples were heard: (H, W, 3) RGB bytes.

        ``position`` is floored to a whole hop.  Encoders that are classes need positions in rising
        order.

        Raises
        ------
        EncoderError
            If an encoder raises, or returns what is not a picture.
        """
        position = position // HOP * HOP
        self.hear(position)
        pictures = []
        for index, found in enumerate(self.drawings):
            drawn = self._draw(index, position)
            with blaming(found.operation):
                asked = self._driver(index).asked(self.size)
                pictures.append(picture_bytes(drawn, self.size, asked))
        self._done(position)
        return pictures

    def _before(self, position: int) -> float | None:
        """The time of the frame before; None if there is none."""
        if self.fps and not self._remembering:
            before = self._frame(max(0, math.ceil(position / RATE * self.fps) - 1))
            return before / RATE if before < position else None
        return None if self._drawn is None else self._drawn / RATE

    def _draw(self, index: int, position: int) -> Any:
        found = self.drawings[index]
        sound = self._hearing.at(position)
        now = Now()
        if found.operation.context & {"now", "rng"}:  # others do not pay for the analysis
            before = self._before(position)
            now = now_at(sound, before=before, fps=self.fps or now.fps, seed=self.seed)
        live = {p.name: found.values[p.name] for p in found.operation.params if p.live}
        with blaming(found.operation):
            given = found.operation.arguments(sound)
            hops = steady(found.operation, found.values)
            return self._driver(index).call(given, live, now, size=self.size, hops=hops)

    def _driver(self, index: int) -> Driver:
        if index not in self._drivers:
            found = self.drawings[index]
            still = {p.name: found.values[p.name] for p in found.operation.params if not p.live}
            self._drivers[index] = Driver(found.operation, still, found.name)
        return self._drivers[index]


@contextlib.contextmanager
def blaming(operation: Operation) -> Iterator[None]:
    """Say of an error in an encoder or mixer which one it is, and where it stands."""
    try:
        yield
    except Exception as error:
        where = f"{operation.origin.file}:{operation.origin.line}"
        reason = f"{type(error).__name__}: {said(error)}"
        raise EncoderError(
            f"{where}: {operation.kind} {operation.name!r} failed: {reason}"
        ) from error


def picture_bytes(
    drawn: Any, size: Written, asked: tuple[int, int] | None = None
) -> npt.NDArray[np.uint8]:
    """What an encoder returned, as (H, W, 3) RGB bytes: rounded as a shown frame is.

    ``asked`` is the (H, W) that it was told to draw, if it was told any.

    Raises
    ------
    ValueError
        If it is no picture, or a value is not a number.
    """
    import torch
    import torch.nn.functional as F

    size = Size.read(size)
    picture = as_picture(drawn, size=asked)
    if bool(torch.isnan(picture).any()):
        raise ValueError("it returned values that are not numbers")
    if tuple(picture.shape[1:]) != size:
        # As the slots of a show do it: averaged over what it shrinks.
        shrinks = size.height < picture.shape[1] or size.width < picture.shape[2]
        picture = F.interpolate(
            picture[None], size, mode="bilinear", antialias=shrinks, align_corners=False
        )[0]
    scaled = picture.mul(255).add_(0.5).clamp_(0, 255).to(torch.uint8)
    return scaled.permute(1, 2, 0).contiguous().numpy()
