"""What the tests of built-in plugins share: playing an operation as the engine would."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from livegan.builtin import encoders, mixers
from livegan.plugin import Now, Operation, declare
from livegan.sound.features import FEATURES
from livegan.sound.history import Hearing, RecordedHistory, Sound

RATE = 48000


def operations(kind: Any) -> dict[str, Operation]:
    """The built-in operations of a kind by name, as their hook registers them."""
    found: dict[str, Operation] = {}

    def register(make: Any, name: str | None = None, aliases: tuple[str, ...] = ()) -> None:
        operation = declare(kind, make, name=name, aliases=aliases)
        assert operation.name not in found
        found[operation.name] = operation

    if kind == "encoder":
        encoders.register_encoders(register)
    else:
        mixers.register_mixers(register)
    return found


ENCODERS = operations("encoder")
MIXERS = operations("mixer")


class Player:
    """One operation with its state: call it with inputs and values, the rest is default."""

    def __init__(self, operation: Operation, size: tuple[int, int]) -> None:
        self.operation = operation
        self.size = size
        self.object = operation.make() if operation.stateful else None

    def __call__(self, *inputs: Any, now: Any = None, **values: Any) -> Any:
        given = {p.name: values.pop(p.name, p.default) for p in self.operation.params}
        assert not values, f"{self.operation.name} has no {sorted(values)}"
        # The canvas of a mixer has the shape of its first picture.
        size = self.size if any(self.size) else tuple(inputs[0].shape[1:])
        context = {"now": now or Now(), "size": size, "rng": np.random.default_rng(0)}
        given.update({name: context[name] for name in self.operation.context})
        if self.object is None:
            return self.operation.make(*inputs, **given)
        return self.object.mix(*inputs, **given)


def mixer(name: str) -> Player:
    """A built-in mixer, freshly built."""
    return Player(MIXERS[name], (0, 0))


def encoder(name: str, size: tuple[int, int] = (64, 96)) -> Player:
    """A built-in encoder at a size, (height, width)."""
    return Player(ENCODERS[name], size)


def noise(seed: int = 0, height: int = 37, width: int = 53) -> torch.Tensor:
    """A picture of random pixels, (3, height, width)."""
    return torch.rand(3, height, width, generator=torch.Generator().manual_seed(seed))


def hearing(samples: NDArray[Any], **levels: float) -> Hearing:
    """A recording of ``samples``, (n, 2), with constant features."""
    rows = np.zeros((len(samples) // 480, len(FEATURES)), np.float32)
    for name, value in levels.items():
        rows[:, FEATURES.index(name)] = value
    return Hearing(RecordedHistory(samples.astype(np.float32), rows))


def tone(hertz: float, seconds: float = 3.0, amplitude: float = 0.5) -> NDArray[Any]:
    """A sine on both channels, (n, 2)."""
    time = np.arange(int(seconds * RATE)) / RATE
    return np.stack([amplitude * np.sin(2 * np.pi * hertz * time)] * 2, axis=1)


def music(seconds: float = 11.0) -> Hearing:
    """Decaying noise and tones at steps of 0.37 s, different left and right, with features."""
    rng = np.random.default_rng(5)
    time = np.arange(int(seconds * RATE)) / RATE
    beat = np.exp(-(time % 0.37) * 9)
    left = beat * rng.uniform(-0.7, 0.7, len(time)) + 0.2 * np.sin(2 * np.pi * 220 * time)
    right = 0.6 * beat * np.sin(2 * np.pi * 60 * time) + 0.1 * np.sin(2 * np.pi * 1500 * time)
    hops = len(time) // 480
    features = np.random.default_rng(6).random((hops, len(FEATURES)), np.float32)
    return Hearing(RecordedHistory(np.stack([left, right], 1).astype(np.float32), features))


MUSIC = music()


def heard(seconds: float) -> Sound:
    """The sound of :func:`music` at a time in seconds."""
    return MUSIC.at(round(seconds * RATE))
