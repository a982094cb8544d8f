"""Conditions: what a show's encoders draw, drawn for a recorded sound at given times."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from livegan.builtin.pictures import as_picture
from livegan.plugin import Now, Operation
from livegan.plugin.closest import suggestion
from livegan.plugin.registry import UnknownName, current
from livegan.sound import HOP, RATE
from livegan.sound.analysis import Analyzer
from livegan.sound.features import INDEX
from livegan.sound.history import Hearing, RecordedHistory

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
    samples : (n, 2) float32 at 48 kHz, as `livegan.sound.media.decode` gives it.
    drawings : the encoders, with their values.
    size : height and width of the pictures in pixels.

    ``features`` are those of the sound, (hops, F) float32, columns `FEATURES`.
    """

    def __init__(
        self, samples: npt.NDArray[np.float32], drawings: Sequence[Drawing], size: int
    ) -> None:
        self.size = size
        self.drawings = tuple(drawings)
        self._samples = samples
        self.features = Analyzer().feed(samples)
        self._hearing = Hearing(RecordedHistory(samples, self.features))
        self._instances: dict[int, Any] = {}
        self._fed: dict[int, int] = {}

    @property
    def end(self) -> int:
        """Samples up to the last whole hop."""
        return len(self._samples) // HOP * HOP

    def at(self, position: int, frame: int = 0) -> list[npt.NDArray[np.uint8]]:
        """What each encoder draws when ``position`` samples were heard: (size, size, 3) RGB bytes.

        ``position`` is floored to a whole hop.  Encoders that are fed blocks need positions in
        rising order.

        Raises
        ------
        EncoderError
            If an encoder raises, or returns what is not a picture.
        """
        position = position // HOP * HOP
        sound = self._hearing.at(position)
        return [
            self._draw(index, found, sound, position, frame)
            for index, found in enumerate(self.drawings)
        ]

    def _draw(
        self, index: int, found: Drawing, sound: Any, position: int, frame: int
    ) -> npt.NDArray[np.uint8]:
        operation = found.operation
        context: dict[str, Any] = {}
        if "now" in operation.context:
            hop = max(0, position // HOP - 1)
            context["now"] = Now(
                time=position / RATE,
                frame=frame,
                bpm=float(self.features[hop, INDEX["bpm"]]),
                beats=float(self.features[hop, INDEX["beats"]]),
            )
        if "size" in operation.context:
            context["size"] = (self.size, self.size)
        if "rng" in operation.context:
            context["rng"] = np.random.default_rng((0, index, frame))
        live = {p.name: found.values[p.name] for p in operation.params if p.live}
        still = {p.name: found.values[p.name] for p in operation.params if not p.live}
        try:
            if operation.stateful:
                instance = self._instance(index, operation, still, context, position)
                building = inspect.signature(operation.make).parameters
                context = {k: v for k, v in context.items() if k not in building}
                picture = instance.draw(sound, **live, **context)
            else:
                picture = operation.make(sound, **live, **still, **context)
            return picture_bytes(picture, self.size)
        except Exception as error:
            where = f"{operation.origin.file}:{operation.origin.line}"
            reason = f"{type(error).__name__}: {error}"
            raise EncoderError(f"{where}: encoder {operation.name!r} failed: {reason}") from error

    def _instance(
        self,
        index: int,
        operation: Operation,
        still: dict[str, Any],
        context: dict[str, Any],
        position: int,
    ) -> Any:
        if index not in self._instances:
            building = inspect.signature(operation.make).parameters
            given = {k: v for k, v in context.items() if k in building}
            self._instances[index] = operation.make(**still, **given)
            self._fed[index] = 0
        instance = self._instances[index]
        if operation.feeds:
            for start in range(self._fed[index], position, HOP):
                instance.feed(self._samples[start : start + HOP])
            self._fed[index] = max(self._fed[index], position)
        return instance


def picture_bytes(drawn: Any, size: int) -> npt.NDArray[np.uint8]:
    """What an encoder returned, as (size, size, 3) RGB bytes: rounded as a shown frame is.

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
    if picture.shape[1:] != (size, size):
        picture = F.interpolate(
            picture[None], (size, size), mode="bilinear", antialias=True, align_corners=False
        )[0]
    scaled = picture.mul(255).add_(0.5).clamp_(0, 255).to(torch.uint8)
    return scaled.permute(1, 2, 0).contiguous().numpy()
