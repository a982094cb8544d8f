"""Nodes that are built: what draws one node of a set, frame after frame."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

import torch

from livegan.builtin.pictures import as_picture, in_range
from livegan.engine.isolation.object_lifetime import OwnedObject
from livegan.generators.channels import fitted
from livegan.generators.device import sent
from livegan.generators.networks.network import NormMode
from livegan.generators.runner import check_norm
from livegan.graph.picture import Picture
from livegan.graph.signals.reading import Reading, hop_values, live_values
from livegan.graph.signals.signal import Signal
from livegan.operation.driver import Driver
from livegan.operation.feeding import HopValues
from livegan.picture_sources.board import Board, NoSources
from livegan.plugin import Now, Operation
from livegan.size import Size
from livegan.sound.history import Sound


@dataclass
class Moment:
    """What a frame is drawn from: the sound up to now, the time, the canvas."""

    now: Now
    sound: Sound
    """The show's own."""
    reading: Reading
    size: Size
    device: torch.device
    shown: torch.Tensor | None = None
    """The picture shown in the frame before, for ``prev()``."""
    sources: Board = field(default_factory=NoSources)
    """Where pictures of live sources are."""
    proving: bool = False
    """Whether this is a probe of what goes on the air later."""

    def heard(self, node: Picture) -> Sound:
        """The sound that a node draws: the show's own, or what the set gives it."""
        sound: Sound = self.reading.heard(*node.sounds[:1]) if node.sounds else self.sound
        return sound


class Instance:
    """A node that is built.  It outlives programs: a later set that keeps the node keeps this.

    ``last`` is the picture of the newest frame on the air, (3, H, W) float32 0..1; ``proof`` the
    one that it was proven with.
    """

    group = "mixers"
    stateful = False

    def __init__(self) -> None:
        self.last: torch.Tensor | None = None
        self.proof: torch.Tensor | None = None
        self.took_s = 0.0
        """Seconds that its last picture took."""
        self.passed = False
        """Frames were passed by since it drew last: ``last`` is not that of the frame before."""

    @property
    def good(self) -> torch.Tensor | None:
        """The newest good picture: of the air, or else of the proof."""
        return self.last if self.last is not None else self.proof

    def apart(self, node: Picture, moment: Moment) -> Instance:
        """What a save is proven with: it draws as this would, and leaves no trace in it."""
        return self

    def draw(
        self, node: Picture, inputs: list[torch.Tensor | None], moment: Moment
    ) -> torch.Tensor:
        """One picture, (3, H, W) float32 0..1."""
        raise NotImplementedError


class OperationInstance(Instance):
    """An encoder or mixer: a function, or an object of a class that remembers."""

    def __init__(self, node: Picture) -> None:
        super().__init__()
        operation = node.operation
        assert operation is not None
        self.stateful = operation.stateful
        self.group = "encoders" if node.kind == "encoder" else "mixers"
        self.held: OwnedObject | None = None
        if self.stateful:
            name = f"{node.kind} {operation.name}"
            self.held = OwnedObject(operation.make, node.fixed, name)
        self.driver = Driver(operation, node.fixed, node.name, held=self.held)

    @property
    def object(self) -> Any:
        """That of a class; None of a function."""
        return self.held.object if self.held is not None else None

    def hops(self, node: Picture, moment: Moment) -> HopValues | None:
        """The parameters of ``feed``, hop by hop."""
        held = self.driver.held
        if held is None or node.operation is None:
            return None
        return hop_values(node.operation, node.live, moment.reading, held.feed)

    def apart(self, node: Picture, moment: Moment) -> OperationInstance:
        if not self.stateful:
            return self
        other = copy.copy(self)
        other.driver = self.driver.apart(moment.heard(node), self.hops(node, moment))
        return other

    def draw(
        self, node: Picture, inputs: list[torch.Tensor | None], moment: Moment
    ) -> torch.Tensor:
        operation = node.operation
        assert operation is not None
        pictures = list(inputs)
        if not getattr(operation.make, "any_size", False):
            # An encoder draws at the size of the canvas, a mixer at that of its first picture.
            pictures = same_size(pictures, moment.size if node.kind == "encoder" else None)
        if not operation.make.__module__.startswith("livegan."):
            # Other nodes are given the same pictures: a leaf may write into its own only.
            pictures = [None if p is None else p.clone() for p in pictures]
        given = operation.arguments(moment.heard(node), pictures)
        # A function is that of the newest save, whose globals are its own; an object stays.
        driver = self.driver if self.stateful else Driver(operation, node.fixed, node.name)
        values = live_values(operation, node.live, moment.reading)
        hops = self.hops(node, moment)
        drawn = driver.call(given, values, moment.now, size=moment.size, hops=hops)
        if in_range(operation):
            picture = sent(torch.as_tensor(drawn), moment.device)
        else:
            picture = as_picture(drawn, moment.device, driver.asked(moment.size))
        own = node.kind == "encoder" or not operation.pictures
        return on_canvas(picture, operation, moment.size) if own else picture


def on_canvas(picture: torch.Tensor, operation: Operation, canvas: Size) -> torch.Tensor:
    """What an encoder drew, or a mixer without pictures; a square of one that does not ask for the
    size is drawn over a canvas of another shape, as a data set does: nothing of a skyline is cut
    off."""
    square = picture.shape[1] == picture.shape[2] and "size" not in operation.context
    if not square or canvas.height == canvas.width:
        return picture
    return fitted(picture, *canvas, "stretch")


def same_size(
    pictures: list[torch.Tensor | None], size: Size | None = None
) -> list[torch.Tensor | None]:
    """Every picture at ``size``, or at that of the first: (3, H, W); one of another shape covers
    it."""
    first = next((p for p in pictures if p is not None), None)
    if first is None:
        return pictures
    height, width = size or first.shape[1:]
    return [p if p is None else fitted(p, height, width) for p in pictures]


class ModelInstance(Instance):
    """A slot: a generator.  What it paints with is the node's, in each frame."""

    group = "generators"

    def __init__(self, generator: Any) -> None:
        super().__init__()
        self.generator = generator

    def warm_up(self, node: Picture, size: Size) -> None:
        """Paint twice, so that the first picture on the air is as quick as any."""
        self.generator.warm_up(size)
        self.capture(node, size)

    def capture(self, node: Picture, size: Size) -> None:
        """Get ready to paint as the set asks, where that is done while building: graphics cards."""
        self.generator.capture(size, norms_of(node, self.generator))

    def draw(
        self, node: Picture, inputs: list[torch.Tensor | None], moment: Moment
    ) -> torch.Tensor:
        condition = inputs[0]
        assert condition is not None
        values = live_values(None, node.live, moment.reading)
        if values.get("norm") == "card":
            values["norm"] = None  # what the card says, or else the default
        fit = values.pop("fit")
        size = painting_size(node, self.generator, moment.size)
        painted: torch.Tensor = self.generator.paint(
            condition, size=size, seed=moment.now.frame, **values
        )
        # A slot may play on another card than the rest of the set.
        return fitted(painted.to(moment.device), *shown_size(node, moment.size), fit)


def norms_of(node: Picture, generator: Any) -> tuple[NormMode, ...]:
    """The norms that a slot may paint with: one, or both if a signal chooses; the generator's own
    first, if it is one of them."""
    said = node.live.get("norm", "card")
    if isinstance(said, Signal):
        return generator.norm, "running" if generator.norm == "frame" else "frame"
    return (generator.norm if said == "card" else check_norm(said),)


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
        self.arranged = False
        """It is part of an arrangement, such as a grid, which is larger than its pictures: given
        its own size it would grow with every frame."""

    def draw(
        self, node: Picture, inputs: list[torch.Tensor | None], moment: Moment
    ) -> torch.Tensor:
        picture = self.target.last if self.target is not None else moment.shown
        if picture is None:
            return torch.zeros(3, *moment.size, device=moment.device)
        high, wide = picture.shape[1:]
        if self.arranged and (high > moment.size.height or wide > moment.size.width):
            return fitted(picture, *moment.size)
        return picture
