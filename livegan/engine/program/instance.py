"""Nodes that are built: what draws one node of a set, frame after frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from livegan.builtin.pictures import as_picture
from livegan.engine.isolation.object_lifetime import OwnedObject
from livegan.generators.channels import fitted
from livegan.graph.oscillator import generator
from livegan.graph.picture import Picture
from livegan.graph.reading import Reading, number, read
from livegan.graph.signal import Signal
from livegan.plugin import Now, Operation
from livegan.size import Size
from livegan.sound import HOP, RATE
from livegan.sound.history import Sound

REPLAY_S = 20.0
"""How much of the past a block encoder is handed when it is built."""
REPLAY_HOPS = int(REPLAY_S * RATE) // HOP


@dataclass
class Moment:
    """What a frame is drawn from: the sound up to now, the time, the canvas."""

    now: Now
    sound: Sound
    reading: Reading
    size: Size
    device: torch.device
    shown: torch.Tensor | None = None
    """The picture shown in the frame before, for ``prev()``."""


class Instance:
    """A node that is built.  It outlives programs: a later set that keeps the node keeps this.

    ``last`` is the picture of the newest finished frame, (3, H, W) float32 0..1.
    """

    group = "mixers"
    stateful = False

    def __init__(self) -> None:
        self.last: torch.Tensor | None = None

    def draw(
        self, node: Picture, inputs: list[torch.Tensor | None], moment: Moment
    ) -> torch.Tensor:
        """One picture, (3, H, W) float32 0..1."""
        raise NotImplementedError


def live_values(node: Picture, reading: Reading) -> dict[str, Any]:
    """The values of a node's live parameters in this frame, signals held to their range."""
    operation = node.operation
    values: dict[str, Any] = {}
    for name, value in node.live.items():
        if isinstance(value, Signal):
            row = operation.param(name) if operation else None
            if row is not None and row.type in ("choice", "text"):
                value = read(value, reading)
                if row.choices and value not in row.choices:
                    value = row.default
            elif row is not None and row.type == "flag":
                value = number(value, reading) > 0.5
            else:
                value = number(value, reading)
                value = row.limit(value) if row else value
        values[name] = value
    return values


def context_values(operation: Operation, node: Picture, moment: Moment) -> dict[str, Any]:
    """What an implementation asked for by name: the moment, the size, a random generator."""
    values: dict[str, Any] = {}
    if "now" in operation.context:
        values["now"] = moment.now
    if "size" in operation.context:
        values["size"] = moment.size
    if "rng" in operation.context:
        values["rng"] = generator(moment.now.seed, node.name, moment.now.frame)
    return values


class OperationInstance(Instance):
    """An encoder or mixer: a function, or an object of a class that remembers."""

    def __init__(self, node: Picture, moment: Moment) -> None:
        super().__init__()
        operation = node.operation
        assert operation is not None
        self.stateful = operation.stateful
        self.feeds = operation.feeds
        self.group = "encoders" if node.kind == "encoder" else "mixers"
        self.object: Any = None
        self.fed = 0
        if self.stateful:
            name = f"{node.kind} {operation.name}"
            self.held = OwnedObject.made(operation.make, node.fixed, name)
            self.object = self.held.object
            if self.feeds:
                self.fed = max(0, moment.sound.position // HOP - REPLAY_HOPS)

    def catch_up(self, sound: Sound) -> None:
        """Hand a block encoder every hop since it was last asked, the past replayed at first."""
        newest = sound.position // HOP
        if newest < self.fed:  # the sound began anew
            self.fed = max(0, newest - REPLAY_HOPS)
        late = newest - self.fed
        if late <= 0:
            return
        samples = sound.last(late * HOP / sound.rate)
        blocks = [samples[hop * HOP : (hop + 1) * HOP] for hop in range(late)]
        self.held.run(lambda: [self.object.feed(block) for block in blocks])
        self.fed = newest

    def draw(
        self, node: Picture, inputs: list[torch.Tensor | None], moment: Moment
    ) -> torch.Tensor:
        operation = node.operation
        assert operation is not None
        values = live_values(node, moment.reading)
        values.update(context_values(operation, node, moment))
        if node.kind == "encoder":
            if self.stateful:
                if self.feeds:
                    self.catch_up(moment.sound)
                drawn = self.held.run(lambda: self.object.draw(moment.sound, **values))
            else:
                drawn = operation.make(moment.sound, **node.fixed, **values)
        else:
            pictures: list[Any] = list(inputs)
            if not getattr(operation.make, "any_size", False):
                pictures = same_size(inputs)
            if not operation.make.__module__.startswith("livegan."):
                # Other nodes are given the same pictures: a leaf may write into its own only.
                pictures = [None if p is None else p.clone() for p in pictures]
            if self.stateful:
                drawn = self.held.run(lambda: self.object.mix(*pictures, **values))
            else:
                drawn = operation.make(*pictures, **node.fixed, **values)
        picture = as_picture(drawn, moment.device, values.get("size"))
        return on_canvas(picture, operation, moment.size) if node.kind == "encoder" else picture


def on_canvas(picture: torch.Tensor, operation: Operation, canvas: Size) -> torch.Tensor:
    """What an encoder drew; a square of one that does not ask for the size is drawn over a canvas
    of another shape, as a data set does: nothing of a skyline is cut off."""
    square = picture.shape[1] == picture.shape[2] and "size" not in operation.context
    if not square or canvas.height == canvas.width:
        return picture
    return fitted(picture, *canvas, "stretch")


def same_size(pictures: list[torch.Tensor | None]) -> list[torch.Tensor | None]:
    """Every picture at the size of the first: (3, H, W); one of another shape covers it."""
    first = next(p for p in pictures if p is not None)
    return [p if p is None else fitted(p, first.shape[1], first.shape[2]) for p in pictures]


class ModelInstance(Instance):
    """A slot: a generator.  What it paints with is the node's, in each frame."""

    group = "generators"

    def __init__(self, generator: Any) -> None:
        super().__init__()
        self.generator = generator

    def draw(
        self, node: Picture, inputs: list[torch.Tensor | None], moment: Moment
    ) -> torch.Tensor:
        condition = inputs[0]
        assert condition is not None
        values = live_values(node, moment.reading)
        if values.get("norm") == "card":
            values["norm"] = None  # what the card says, or else the default
        fit = values.pop("fit")
        size = painting_size(node, self.generator, moment.size)
        painted: torch.Tensor = self.generator.paint(
            condition, size=size, seed=moment.now.frame, **values
        )
        return fitted(painted, *shown_size(node, moment.size), fit)


def wanted_size(node: Picture, generator: Any, canvas: Size) -> Size:
    """At which size a model should paint: as the set says, else its card, else the canvas.

    A network lays a scene out by the borders of its picture, so with more pixels than it learned
    from it repeats or loses parts of it; what it painted is enlarged instead.  One that is
    convolutional all through paints as many pixels in the canvas's shape, another its own shape.
    """
    asked: Size = node.fixed["size"]
    if asked and asked.height != asked.width:
        return asked
    own: Size = asked or generator.checkpoint.card.size
    if generator.checkpoint.any_shape:
        return (own or canvas).shaped_like(canvas)
    if not own and canvas.height != canvas.width:
        own = generator.checkpoint.own_size
    return own or canvas


def painting_size(node: Picture, generator: Any, canvas: Size) -> Size:
    """At which size a model paints: of those that its network can the nearest to `wanted_size`."""
    return Size(*generator.checkpoint.fit(*wanted_size(node, generator, canvas)))


def shown_size(node: Picture, canvas: Size) -> Size:
    """The size of a model's picture: the canvas, or what the set says."""
    asked: Size = node.fixed["size"]
    if not asked or asked.height != asked.width:
        return asked or canvas
    return asked.shaped_like(canvas)


class PrevInstance(Instance):
    """The picture of another node one frame ago; ``target`` None is what was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.target: Instance | None = None

    def draw(
        self, node: Picture, inputs: list[torch.Tensor | None], moment: Moment
    ) -> torch.Tensor:
        picture = self.target.last if self.target is not None else moment.shown
        if picture is None:
            return torch.zeros(3, *moment.size, device=moment.device)
        return picture
