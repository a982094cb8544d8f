"""An operation, built and played frame by frame as the engine plays it."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from livegan.engine.isolation.object_lifetime import OwnedObject
from livegan.engine.program.nodes.instance import Moment, OperationInstance
from livegan.engine.program.nodes.signal_objects import objects_of
from livegan.graph.leaf import call_signal
from livegan.graph.picture import Picture, call
from livegan.graph.signals.reading import Reading, read
from livegan.graph.signals.signal import Signal
from livegan.graph.sound import SOUND
from livegan.operation.moment import now_at
from livegan.plugin import Operation
from livegan.plugin.declare import CALLED
from livegan.size import Size, Written
from livegan.sound import HOP, RATE
from livegan.sound.history import Hearing, History, Sound
from livegan.testing.sounds import history as named

SIZE = 64
"""Height and width that checks are made at, in pixels; small, for there are many."""
FPS = 30


class Recorder:
    """Lets calls by, and keeps what the last one was given and what it returned."""

    def __init__(self, made: Any) -> None:
        self._made = made
        self.given: tuple[Any, ...] = ()
        self.kept: tuple[Any, ...] = ()
        self.returned: Any = None
        functools.update_wrapper(self, made)

    def let_go(self) -> None:
        """Forget what is called, so that its object can end; what it returned is kept."""
        self._made = self.__wrapped__ = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.given = args
        self.kept = tuple(a.clone() if isinstance(a, torch.Tensor) else a for a in args)
        self.returned = self._made(*args, **kwargs)
        return self.returned


class WatchedNow:
    """An object of a plugin's class, of which one method is recorded."""

    def __init__(self, made: Any, method: str, recorder: Recorder) -> None:
        self._made = made
        setattr(self, method, recorder)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._made, name)


class HeardByCheck(Sound):
    """Sound whose answers may be written into, so that it can be seen who does."""

    def __init__(self, hearing: Hearing, position: int) -> None:
        super().__init__(hearing, position)
        self.answers: list[tuple[str, Any, Any]] = []
        """Of each question: its name, the answer as it was, the answer as it is now."""

    def _lent(self, name: str, array: Any) -> Any:
        lent = array.copy()
        self.answers.append((name, array, lent))
        return lent

    def last(self, seconds: float) -> Any:
        return self._lent("last", super().last(seconds))

    def mono(self, seconds: float) -> Any:
        both = super().last(seconds)
        return self._lent("mono", (both[:, 0] + both[:, 1]) * np.float32(0.5))

    def peaks(self, columns: int, seconds: float) -> Any:
        return self._lent("peaks", super().peaks(columns, seconds))

    def rms(self, columns: int, seconds: float) -> Any:
        return self._lent("rms", super().rms(columns, seconds))

    def feature(self, name: str, seconds: float) -> Any:
        return self._lent("feature", super().feature(name, seconds))

    def strip(self, compute: Any, *, window: int, hop: int, columns: int) -> Any:
        found = super().strip(compute, window=window, hop=hop, columns=columns)
        return self._lent("strip", found)


class Play:
    """One operation with its state, called every frame with what an engine would give it.

    Parameters
    ----------
    operation : an encoder, mixer or signal.
    sound : what is heard, or the name of one of `livegan.testing.sounds`.
    size : the canvas: a side, or width and height.
    seeded : set the global random generators before each frame, so that who uses them still
        repeats; the check of the generators themselves does without.
    values : parameters that are not at their default.
    """

    def __init__(
        self,
        operation: Operation,
        sound: History | str = "music",
        *,
        size: Written = SIZE,
        seeded: bool = True,
        values: dict[str, Any] | None = None,
    ) -> None:
        self.operation, self.size, self.seeded = operation, Size.read(size), seeded
        self.values = values or {}
        self.hearing = Hearing(named(sound) if isinstance(sound, str) else sound)
        self.device = torch.device("cpu")
        self.recorder: Recorder | None = None
        self.heard: HeardByCheck | None = None
        self._before: float | None = None
        self._instance: OperationInstance | None = None
        self._memory: dict[str, Any] = {}
        self._objects: dict[str, OwnedObject] = {}

    def close(self) -> None:
        """Close what was made, as a show does."""
        if self.recorder is not None:
            self.recorder.let_go()
        made = [] if self._instance is None else [self._instance.held]
        for held in (*made, *self._objects.values()):
            if held is not None:
                held.end()
        self._instance, self._objects = None, {}

    @property
    def returned(self) -> Any:
        """What the plugin itself returned for the last frame."""
        return self.recorder.returned if self.recorder is not None else None

    def at(self, seconds: float, /, *pictures: Any, **values: Any) -> Any:
        """The frame at ``seconds`` of the sound: a picture (3, H, W), or of a signal its value.

        ``pictures`` are its inputs that are pictures; those of :func:`inputs_of` if none is given.
        """
        position = round(seconds * RATE) // HOP * HOP
        self.heard = HeardByCheck(self.hearing, position)
        now = now_at(self.heard, before=self._before, fps=FPS)
        self._before = now.time
        reading = Reading(now, self.heard, self._memory, objects=self._objects)
        if self.seeded:
            seed_all(position)
        if self.operation.kind == "signal":
            return self._signal(reading, {**self.values, **values})
        moment = Moment(now, self.heard, reading, self.size, self.device)
        given = list(pictures)
        if not given:
            given = inputs_of(self.operation, position, *self.size)
        with torch.inference_mode():
            return self._picture(moment, given, {**self.values, **values})

    def make(self) -> None:
        """Make its object, as a save is built before anything of it is drawn."""
        if self.operation.kind == "signal":
            self._signal_of({})
            return
        count = len(inputs_of(self.operation, 0, 1, 1))
        self._build(self._node([True] * count, {}))

    def _picture(self, moment: Moment, given: list[Any], values: dict[str, Any]) -> torch.Tensor:
        node = self._node(given, values)
        instance = self._build(node)
        if not self.operation.stateful:
            assert self.recorder is not None
            node.operation = replace(self.operation, make=self.recorder)
        return instance.draw(node, given, moment)

    def _node(self, given: list[Any], values: dict[str, Any]) -> Picture:
        nodes = [None if g is None else Picture("test", "test") for g in given]
        node = call(self.operation, tuple(nodes), values)
        node.name = self.operation.name
        return node

    def _build(self, node: Picture) -> OperationInstance:
        if self._instance is None:
            self._instance = OperationInstance(node)
            held = self._instance.held
            if held is not None:
                method = CALLED[self.operation.kind]
                made = held.object
                self.recorder = Recorder(getattr(made, method))
                held.object = WatchedNow(made, method, self.recorder)
            else:
                self.recorder = Recorder(self.operation.make)
        return self._instance

    def _signal(self, reading: Reading, values: dict[str, Any]) -> Any:
        return read(self._signal_of(values), reading)

    def _signal_of(self, values: dict[str, Any]) -> Signal:
        args = [SOUND if i.kind == "sound" else 0.5 for i in self.operation.inputs if not i.many]
        signal = call_signal(self.operation, tuple(args), values)
        if not self.operation.stateful:
            self.recorder = self.recorder or Recorder(self.operation.make)
            signal.leaf = replace(self.operation, make=self.recorder)
        elif self.recorder is None:
            (held,) = objects_of([signal], {}, lambda what, place: None).values()
            self.recorder = Recorder(held.object.value)
            held.object = WatchedNow(held.object, "value", self.recorder)
            self._objects[signal.print] = held
        else:  # other values of its parameters make another expression, of the same object
            self._objects[signal.print] = next(iter(self._objects.values()))
        return signal

    def through(self, start: float, stop: float) -> Any:
        """Every frame from ``start`` to ``stop`` seconds; returns the last."""
        count = max(1, round((stop - start) * FPS))
        for index in range(count + 1):
            drawn = self.at(start + (stop - start) * index / count)
        return drawn


def on_another_thread(call: Callable[[], Any]) -> Any:
    """What a call returns or raises, on a thread that ends with it."""
    with ThreadPoolExecutor(1, "save") as pool:
        return pool.submit(call).result()


def seed_all(seed: int) -> None:
    """Set the global random generators."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def picture_at(position: int, index: int, height: int, width: int) -> torch.Tensor:
    """A picture of random pixels, (3, height, width), the same for equal numbers."""
    generator = torch.Generator().manual_seed(position * 31 + index)
    return torch.rand(3, height, width, generator=generator)


def inputs_of(operation: Operation, position: int, height: int, width: int) -> list[Any]:
    """As many pictures as an operation takes; three where it takes any number."""
    wanted = operation.pictures
    count = 3 if wanted and wanted[0].many else len(wanted)
    return [picture_at(position, i, height, width) for i in range(count)]


def same(a: Any, b: Any) -> bool:
    """Whether two frames are equal, bit for bit."""
    if isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor):
        return a.shape == b.shape and bool(torch.equal(a, b))
    return bool(a == b)


def apart(a: Any, b: Any) -> str:
    """How far two frames differ, in words."""
    if isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor):
        if a.shape != b.shape:
            return f"{tuple(a.shape)} and {tuple(b.shape)}"
        share = float((a != b).any(0).float().mean())
        return f"{share:.0%} of the pixels differ, by up to {float((a - b).abs().max()):.2g}"
    return f"{a} and {b}"
