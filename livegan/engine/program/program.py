"""A program: a set that is built, and how one frame of it is drawn."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import torch

from livegan.builtin.pictures import in_range
from livegan.engine.commit.script import Refusal, Script, refusal_of
from livegan.engine.isolation.activity import activity
from livegan.engine.isolation.deadline import Overrun, pressed
from livegan.engine.isolation.gpu_errors import check_context
from livegan.engine.program.governor import SlotTurns
from livegan.engine.program.graphics_card.late_numbers import LateNumbers
from livegan.engine.program.nodes.instance import Instance, Moment
from livegan.engine.program.paint_threads import PaintThreads, outcome
from livegan.graph.graph import Graph
from livegan.graph.picture import Picture
from livegan.graph.place import Place
from livegan.graph.signals.signal import Signal
from livegan.plugin import Operation
from livegan.plugin.catalogue import OWN
from livegan.plugin.guard import place_of
from livegan.size import Size

GROUPS = ("sound", "encoders", "sources", "generators", "mixers", "output")
"""The parts of a frame that are timed."""
MOST_REASONS = 5
"""Different failures of one line that are reported: some name a number that changes each frame."""


@dataclass(frozen=True)
class Step:
    """One node of a program: what the set said, and the instance that draws it."""

    node: Picture
    instance: Instance
    inputs: tuple[int | None, ...]
    """Indexes of the steps whose pictures it is given."""
    build: str
    """Fingerprint of what it is built from, for matching with the next set."""

    @property
    def name(self) -> str:
        return self.node.name

    @cached_property
    def foreign(self) -> bool:
        """Whether it runs code that livegan did not write: its own, or that of a signal."""
        return foreign(self.node.operation) or any(map(foreign_signal, self.node.live.values()))


@dataclass(frozen=True)
class Program:
    """A proven set.  Immutable; what changes from frame to frame lives in its instances."""

    script: Script
    steps: tuple[Step, ...]
    window: int
    extra: tuple[tuple[str, str, int], ...]
    size: Size
    digest: str = ""
    """Of the save it came from: see `livegan.engine.commit.set_inputs`."""
    output_options: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    """What the set says of an output besides its name, by kind and name."""
    version: int = 0
    safe: bool = False
    """It is the safe set: nothing goes back to it."""
    objects: Mapping[str, Any] = field(default_factory=dict)
    """Of its ``@signal`` classes: see `livegan.engine.isolation.object_lifetime`."""
    kept: tuple[str, ...] = ()
    built: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()

    @property
    def graph(self) -> Graph:
        return self.script.graph

    @cached_property
    def waves(self) -> tuple[PaintWave, ...]:
        """The steps in the order they are drawn."""
        return waves_of(self.steps)

    def setting(self, name: str, default: Any) -> Any:
        """A setting of the set, or ``default`` where it says nothing."""
        return self.graph.settings.get(name) or default

    @property
    def slots(self) -> list[Step]:
        """The models, in the order the set wrote them."""
        order = {id(node): i for i, node in enumerate(self.graph.models)}
        return sorted(
            (s for s in self.steps if s.node.kind == "model"), key=lambda s: order[id(s.node)]
        )


@dataclass
class Faults:
    """What failed while a program played, and which nodes are held because of it."""

    report: Callable[[Step, Refusal], None]
    seen: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """What was reported, by node and line."""
    held: set[int] = field(default_factory=set)
    """Indexes of steps that ran past the deadline: not tried again in this program."""
    unsure: bool = False
    """A node failed that was not drawn in the frames before, which are therefore not known."""

    def add(self, step: Step, refusal: Refusal) -> None:
        """Report a failure once for each node, line and reason; of reasons that go on changing,
        the first few."""
        told = self.seen.setdefault((step.name, str(refusal.place or "")), set())
        if refusal.reason not in told and len(told) < MOST_REASONS:
            told.add(refusal.reason)
            self.report(step, refusal)


def draw_frame(
    program: Program,
    moment: Moment,
    faults: Faults,
    spent: dict[str, float],
    paint_threads: PaintThreads,
    limit_s: float = 1.0,
    turns: SlotTurns | None = None,
    only: frozenset[int] | None = None,
    late: LateNumbers | None = None,
) -> list[torch.Tensor]:
    """Draw every node once, inputs first; a node that fails holds its last good picture.

    Returns the pictures by step, each (3, H, W) float32 0..1.  ``spent`` gains the seconds taken
    by each group of nodes, summed over the threads that draw them.  A node of a set or plugin that
    takes longer than ``limit_s`` is interrupted and held.  With ``turns``, slots may repeat their
    last picture.  With ``only``, these steps alone are drawn: see `livegan.engine.program.passing`.
    With ``late``, the device works on its own: it puts what is held in the place of a picture that
    is not finite by itself, and the failure is told when the numbers of the frame arrive.
    """
    steps = program.steps
    pictures: list[torch.Tensor] = [None] * len(steps)  # type: ignore[list-item]

    def draw(index: int) -> torch.Tensor:
        step = steps[index]
        inputs = [None if i is None else pictures[i] for i in step.inputs]
        passed = step.instance.passed
        began = time.perf_counter()
        with at(step, limit_s):
            if late is None:
                picture = good_picture(step, inputs, moment)
            else:
                told = partial(failed, step, not_finite(step), passed)
                picture = late_checked(step, inputs, moment, late, told)
        step.instance.took_s = time.perf_counter() - began
        return picture

    def failed(step: Step, error: BaseException, passed: bool) -> None:
        faults.add(step, blame(step, error, program, limit_s))
        faults.unsure |= passed

    def settle(index: int, drawn: torch.Tensor | BaseException | None) -> None:
        step = steps[index]
        if isinstance(drawn, BaseException):
            if pressed(drawn):
                raise drawn
            check_context(drawn)
            if isinstance(drawn, Overrun):
                faults.held.add(index)
            failed(step, drawn, step.instance.passed)
            drawn = None
        if drawn is None:
            inputs = [None if i is None else pictures[i] for i in step.inputs]
            drawn = held_picture(step, inputs, moment)
        pictures[index] = drawn

    for wave in program.waves:
        for index in wave.others if only is None else sorted(only.intersection(wave.others)):
            began = time.perf_counter()
            settle(index, None if index in faults.held else outcome(partial(draw, index)))
            spent[steps[index].instance.group] += time.perf_counter() - began
        times: list[float] = []
        models = painting(program, wave.models, pictures, turns, late)
        models = models if only is None else tuple(index for index in models if index in only)
        painted = paint_threads.run([partial(timed, draw, index, times) for index in models])
        for index, picture in zip(models, painted, strict=True):
            settle(index, picture)
        spent["generators"] += sum(times)
    for index, step in enumerate(steps):
        if only is None or index in only:
            step.instance.last, step.instance.passed = pictures[index], False
    return pictures


def painting(
    program: Program,
    models: tuple[int, ...],
    pictures: list[torch.Tensor],
    turns: SlotTurns | None,
    late: LateNumbers | None,
) -> tuple[int, ...]:
    """Which of these slots paint in this frame; those that do not have their last picture again."""
    if turns is None or not turns.count:
        return models
    steps = program.steps
    conditions = [steps[index].inputs[0] for index in models]
    slots = [
        (steps[index].instance, pictures[condition])
        for index, condition in zip(models, conditions, strict=True)
        if condition is not None
    ]
    paints = turns.painting(slots, len(program.slots), late)
    for index, now in zip(models, paints, strict=True):
        last = steps[index].instance.last
        if not now and last is not None:
            pictures[index] = last
    return tuple(index for index, now in zip(models, paints, strict=True) if now)


def timed(draw: Callable[[int], torch.Tensor], index: int, times: list[float]) -> torch.Tensor:
    """Draw, and note the seconds that it took."""
    began = time.perf_counter()
    try:
        return draw(index)
    finally:
        times.append(time.perf_counter() - began)


@dataclass(frozen=True)
class PaintWave:
    """Steps whose inputs are drawn: first those of the calling thread, then the models at once.

    Painting while the next encoder is drawn was tried: both wait for the interpreter, and the
    frame takes longer.
    """

    others: tuple[int, ...]
    models: tuple[int, ...]


def waves_of(steps: tuple[Step, ...]) -> tuple[PaintWave, ...]:
    """In which order the steps are drawn, so that models that can paint at once do."""
    waves: list[PaintWave] = []
    done: set[int] = set()
    while len(done) < len(steps):
        others: list[int] = []
        models: list[int] = []
        for index, step in enumerate(steps):
            if index in done or any(i not in done for i in step.inputs if i is not None):
                continue
            if step.node.kind == "model":
                models.append(index)
            else:
                others.append(index)
                done.add(index)
        done.update(models)
        waves.append(PaintWave(tuple(others), tuple(models)))
    return tuple(waves)


def at(step: Step, seconds: float) -> AbstractContextManager[None]:
    """The block draws a step.  Only code that livegan did not write has a deadline: a slow machine
    is not a hung leaf."""
    return activity.at(step.name, step.node.place, seconds if step.foreign else 0.0)


def foreign(operation: Operation | None) -> bool:
    """Whether a set or a plugin wrote it."""
    return operation is not None and not operation.make.__module__.startswith("livegan.")


def foreign_signal(value: Any) -> bool:
    """Whether a value has a ``@signal`` of a set or a plugin anywhere in it."""
    if isinstance(value, Signal):
        return foreign(value.leaf) or any(map(foreign_signal, value.args))
    return isinstance(value, tuple) and any(map(foreign_signal, value))


def good_picture(step: Step, inputs: list[torch.Tensor | None], moment: Moment) -> torch.Tensor:
    """A step's picture, or an error that says why it is none."""
    picture = step.instance.draw(step.node, inputs, moment)
    if unchecked(step) or bool(torch.isfinite(picture.sum())):
        return picture
    raise not_finite(step)


def late_checked(
    step: Step,
    inputs: list[torch.Tensor | None],
    moment: Moment,
    late: LateNumbers,
    failed: Callable[[], None],
) -> torch.Tensor:
    """A step's picture, or what stands in for it if it is not finite; then ``failed`` is called,
    later."""
    picture = step.instance.draw(step.node, inputs, moment)
    if unchecked(step):
        return picture
    return late.unless_finite(picture, held_picture(step, inputs, moment), failed)


def unchecked(step: Step) -> bool:
    """Whether a step's picture is finite for certain."""
    return step.node.operation is not None and in_range(step.node.operation)


def not_finite(step: Step) -> Refusal:
    """What is wrong with a picture that has not-a-number in it."""
    return Refusal(f"{step.name} drew not-a-number or infinity", step.node.place)


def held_picture(step: Step, inputs: list[torch.Tensor | None], moment: Moment) -> torch.Tensor:
    """What stands in for a picture that failed: the last good one, its input, or grey."""
    good = step.instance.good
    if good is not None:
        return good
    for picture in inputs:
        if picture is not None:
            return picture
    return torch.full((3, *moment.size), 0.5, device=moment.device)


def blame(step: Step, error: BaseException, program: Program, limit_s: float) -> Refusal:
    """An error of a node as one line, at the line of the set that is at fault."""
    refusal = refusal_of(error, program.script.path, limit_s, None, program.script.text)
    reason = refusal.reason
    if not reason.startswith(step.name):
        reason = f"{step.name}: {reason}"
    place = refusal.place or step.node.place
    return Refusal(f"{reason}{whose(step.node.operation, error, place)}", place)


def whose(operation: Operation | None, error: BaseException, place: Place | None) -> str:
    """Which plugin failed, and where, if livegan did not bring it and ``place`` is not there."""
    if operation is None or operation.origin.package == OWN:
        return ""
    origin = operation.origin
    line = place_of(error, f"{origin.file}:{origin.line}", str(Path(origin.file).parent))
    where = "" if line == str(place) else f", {line}"
    return f" (plugin {f'{origin.package} {origin.version}'.strip()}{where})"
