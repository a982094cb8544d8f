"""Frames that are passed by: nobody sees them, and what they leave behind is as if drawn.

A frame leaves something behind in nodes that remember: feedback, classes, films. Those are drawn,
with all that they look at. The rest, mostly models that paint, is left out, so most shows are
passed by many times faster than they are drawn.
"""

from __future__ import annotations

from functools import partial

from livegan.engine.program.nodes.diffusion_instance import DiffusionInstance
from livegan.engine.program.nodes.instance import PrevInstance
from livegan.engine.program.paint_threads import outcome
from livegan.engine.program.program import Program, Step, at
from livegan.graph.signals.reading import Reading, live_values


def to_draw(program: Program) -> frozenset[int]:
    """Indexes of the steps that leave something behind in each frame, and of what they look at.

    What a set or plugin wrote is among them as long as no model is above it: its functions may
    remember in ways that nobody sees.
    """
    steps = program.steps
    instances = {id(step.instance): index for index, step in enumerate(steps)}
    nodes = {id(step.node): index for index, step in enumerate(steps)}
    waiting = [nodes[id(node)] for node, _ in program.graph.seen.values()]
    painted: set[int] = set()
    for index in in_order(steps):
        step = steps[index]
        if step.node.kind == "model" or any(i in painted for i in step.inputs if i is not None):
            painted.add(index)
        if isinstance(step.instance, PrevInstance):
            target = step.instance.target
            waiting.append(program.window if target is None else instances[id(target)])
            if target is None:  # what is shown may be one slot alone
                return frozenset(range(len(steps)))
        elif remembers(step) or (step.foreign and index not in painted):
            waiting.append(index)
    drawn: set[int] = set()
    while waiting:
        index = waiting.pop()
        if index not in drawn:
            drawn.add(index)
            waiting += [i for i in steps[index].inputs if i is not None]
    return frozenset(drawn)


def remembers(step: Step) -> bool:
    """Whether a step's pictures depend on those that it drew before."""
    return step.instance.stateful or isinstance(step.instance, DiffusionInstance)


def in_order(steps: tuple[Step, ...]) -> list[int]:
    """Indexes of steps, inputs before what uses them."""
    order: list[int] = []
    done: set[int] = set()

    def visit(index: int) -> None:
        if index in done:
            return
        done.add(index)
        for i in steps[index].inputs:
            if i is not None:
                visit(i)
        order.append(index)

    for index in range(len(steps)):
        visit(index)
    return order


def read_values(program: Program, drawn: frozenset[int], reading: Reading, limit_s: float) -> None:
    """Read the values of the steps that are not drawn: signals remember what they were."""
    for index, step in enumerate(program.steps):
        if index in drawn:
            continue
        step.instance.passed = True
        operation = None if step.node.kind == "model" else step.node.operation
        with at(step, limit_s):  # what fails here fails again where it is drawn
            outcome(partial(live_values, operation, step.node.live, reading))
