"""Conditions: what a show's encoders draw, drawn for a recorded sound at given times."""

from __future__ import annotations

import contextlib
import hashlib
import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from livegan.builtin.pictures import as_picture
from livegan.plugin import Now, Operation
from livegan.plugin.catalogue import UnknownName
from livegan.plugin.closest import suggestion
from livegan.plugin.guard import said
from livegan.plugin.registry import current
from livegan.size import Size, Written
from livegan.sound import HOP, RATE
from livegan.sound.analysis import Analyzer
from livegan.sound.features import INDEX, Rows
from livegan.sound.history import Hearing, RecordedHistory
from livegan.sound.soundtrack import Soundtrack

ANALYSIS = (
    "analysis.py",
    "bands.py",
    "drums.npz",
    "drums.py",
    "features.py",
    "loudness.py",
    "onsets.py",
    "tempo.py",
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
        """SHA-256 of the encoder's source file: a model is only as good as this stays equal."""
        file = inspect.getsourcefile(self.operation.make)
        return hashlib.sha256(Path(file).read_bytes()).hexdigest() if file else ""


def analysis_digest() -> str:
    """SHA-256 of all that the analysis of sound is made of: encoders draw what it says."""
    folder = Path(inspect.getsourcefile(Analyzer) or "").parent
    found = hashlib.sha256()
    for name in ANALYSIS:
        found.update((folder / name).read_bytes())
    return found.hexdigest()


def drawing(encoder: str | Operation | Drawing, values: Mapping[str, Any] | None = None) -> Drawing:
    """An encoder by name (``"timeline"``, ``"timeline:seconds=5,gain=2"``) or as it is.

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
                raise EncoderError(f"encoder {encoder!r}: {item!r} is not KEY=VALUE")
            given[name.strip()] = value.strip()
        try:
            operation = current().operation("encoder", title)
        except UnknownName as error:
            raise EncoderError(str(error)) from error
    else:
        operation = encoder
    complete: dict[str, Any] = {}
    for param in operation.params:
        complete[param.name] = _value(operation, param.name, given.pop(param.name, param.default))
    if given:
        wrong = next(iter(given))
        near = suggestion(wrong, [p.name for p in operation.params])
        raise EncoderError(f"encoder {operation.name!r} has no parameter {wrong!r}{near}")
    return Drawing(operation, complete)


def _value(operation: Operation, name: str, given: Any) -> Any:
    param = operation.param(name)
    assert param is not None
    if param.choices:
        if given not in param.choices:
            near = suggestion(str(given), param.choices)
            raise EncoderError(f"encoder {operation.name!r}: {name}={given!r} is no choice{near}")
        return given
    if param.type == "text":
        return given
    if param.type == "flag":
        if str(given).lower() not in ("true", "false", "1", "0", "yes", "no"):
            raise EncoderError(f"encoder {operation.name!r}: {name}={given!r} is not true or false")
        return str(given).lower() in ("true", "1", "yes")
    try:
        number = float(given)
    except (TypeError, ValueError):
        text = f"encoder {operation.name!r}: {name}={given!r} is not a number"
        raise EncoderError(text) from None
    limited = param.limit(number)
    return int(limited) if isinstance(param.default, int) else float(limited)


class Conditions:
    """The conditions of a recorded sound: the picture a show would draw at any time of it.

    Parameters
    ----------
    sound : (n, 2) float32 at 48 kHz, as `livegan.sound.media.decode` gives it, or a `Soundtrack`,
        which is read as far as is asked for: then positions must rise.
    drawings : the encoders, with their values.
    size : of the pictures.
    """

    def __init__(
        self,
        sound: npt.NDArray[np.float32] | Soundtrack,
        drawings: Sequence[Drawing],
        size: Written,
    ) -> None:
        self.size = Size.read(size)
        self.drawings = tuple(drawings)
        self._history = sound if isinstance(sound, Soundtrack) else RecordedHistory.of(sound)
        self._hearing = Hearing(self._history)
        self._instances: dict[int, Any] = {}
        self._fed = 0

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

        Encoders that are fed blocks are handed every hop on the way, so this is called for the
        moments in between, too.
        """
        position = position // HOP * HOP
        while True:
            # No more at a time than is remembered, however long nothing was asked for.
            step = min(position, self._fed + RATE)
            if isinstance(self._history, Soundtrack):
                self._history.hear(step)
            stop = min(step, self.end)
            for index, found in enumerate(self.drawings):
                if found.operation.feeds and stop > self._fed:
                    self._feed(index, found, stop)
            self._fed = max(self._fed, stop)
            if stop < step or step >= position:
                return position <= self.end

    def at(self, position: int, frame: int = 0) -> list[npt.NDArray[np.uint8]]:
        """What each encoder draws when ``position`` samples were heard: (H, W, 3) RGB bytes.

        ``position`` is floored to a whole hop.  Encoders that are fed blocks need positions in
        rising order.

        Raises
        ------
        EncoderError
            If an encoder raises, or returns what is not a picture.
        """
        position = position // HOP * HOP
        self.hear(position)
        sound = self._hearing.at(position)
        return [
            self._draw(index, found, sound, position, frame)
            for index, found in enumerate(self.drawings)
        ]

    def _feed(self, index: int, found: Drawing, stop: int) -> None:
        with _blaming(found.operation):
            instance = self._instance(index, found, self._context(index, found, self._fed, 0))
            samples = self._history.samples(self._fed, stop)
            for start in range(0, len(samples), HOP):
                instance.feed(samples[start : start + HOP])

    def _context(self, index: int, found: Drawing, position: int, frame: int) -> dict[str, Any]:
        """What the encoder wants to know besides the sound."""
        wanted = found.operation.context
        context: dict[str, Any] = {}
        if "now" in wanted:
            hop = max(0, position // HOP - 1)
            row = self._history.features(hop, hop + 1)[0]
            context["now"] = Now(
                time=position / RATE,
                frame=frame,
                bpm=float(row[INDEX["bpm"]]),
                beats=float(row[INDEX["beats"]]),
            )
        if "size" in wanted:
            context["size"] = self.size
        if "rng" in wanted:
            context["rng"] = np.random.default_rng((0, index, frame))
        return context

    def _draw(
        self, index: int, found: Drawing, sound: Any, position: int, frame: int
    ) -> npt.NDArray[np.uint8]:
        operation = found.operation
        live = {p.name: found.values[p.name] for p in operation.params if p.live}
        with _blaming(operation):
            context = self._context(index, found, position, frame)
            if operation.stateful:
                instance = self._instance(index, found, context)
                building = inspect.signature(operation.make).parameters
                context = {k: v for k, v in context.items() if k not in building}
                picture = instance.draw(sound, **live, **context)
            else:
                still = {p.name: found.values[p.name] for p in operation.params if not p.live}
                picture = operation.make(sound, **live, **still, **context)
            return picture_bytes(picture, self.size)

    def _instance(self, index: int, found: Drawing, context: dict[str, Any]) -> Any:
        if index not in self._instances:
            operation = found.operation
            building = inspect.signature(operation.make).parameters
            still = {p.name: found.values[p.name] for p in operation.params if not p.live}
            given = {k: v for k, v in context.items() if k in building}
            self._instances[index] = operation.make(**still, **given)
        return self._instances[index]


@contextlib.contextmanager
def _blaming(operation: Operation) -> Iterator[None]:
    """Say of an error in an encoder which one it is, and where it stands."""
    try:
        yield
    except Exception as error:
        where = f"{operation.origin.file}:{operation.origin.line}"
        reason = f"{type(error).__name__}: {said(error)}"
        raise EncoderError(f"{where}: encoder {operation.name!r} failed: {reason}") from error


def picture_bytes(drawn: Any, size: Size) -> npt.NDArray[np.uint8]:
    """What an encoder returned, as (H, W, 3) RGB bytes: rounded as a shown frame is.

    Raises
    ------
    ValueError
        If it is no picture, or a value is not a number.
    """
    import torch
    import torch.nn.functional as F

    picture = as_picture(drawn)
    if bool(torch.isnan(picture).any()):
        raise ValueError("it returned values that are not numbers")
    if tuple(picture.shape[1:]) != size:
        picture = F.interpolate(
            picture[None], size, mode="bilinear", antialias=True, align_corners=False
        )[0]
    scaled = picture.mul(255).add_(0.5).clamp_(0, 255).to(torch.uint8)
    return scaled.permute(1, 2, 0).contiguous().numpy()
