"""Probing: a new program is drawn once, on real sound, before it goes on the air."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

import torch

from livegan.engine.commit.script import Refusal
from livegan.engine.isolation.deadline import Overrun, pressed
from livegan.engine.isolation.gpu_errors import check_context
from livegan.engine.program.nodes.instance import Moment
from livegan.engine.program.nodes.signal_objects import MAKING_S
from livegan.engine.program.program import Program, Step, at, blame, good_picture
from livegan.generators import ModelError
from livegan.graph.picture import Picture
from livegan.graph.place import Place
from livegan.graph.signals.signal import Signal
from livegan.plugin.guard import said

FIRST_FRAME_S = 2.0
"""How long code of a set or plugin may take to draw its first picture."""


class Busy(Protocol):
    """Is told what is built or proven before it is, and where the set says so.

    ``apart`` is work of livegan's own that touches nothing of the set, however long it takes.
    """

    def __call__(self, what: str, place: Place | None = None, apart: bool = False, /) -> None: ...


def probe(
    program: Program,
    kept: dict[int, Step],
    moment: Moment,
    busy: Busy,
    limit_s: float = FIRST_FRAME_S,
) -> None:
    """Draw every node that is new or is given something new, once, on real sound.

    What plays unchanged lends its last picture and is not drawn, so a small change is proven fast
    and nothing that plays is disturbed.  New instances keep the picture, so they are never blank;
    nothing else of the proof is left in them: they begin when they go on the air.

    Raises
    ------
    Refusal
        At the first node that cannot draw.
    """
    pictures: list[torch.Tensor] = []
    for index, step in enumerate(program.steps):
        before = kept.get(index)
        last = step.instance.good
        same = (
            before is not None
            and last is not None
            and (step.instance.stateful or given(before) == given(step))
        )
        if same:
            assert last is not None
            pictures.append(last)
            continue
        busy(f"testing {step.name}", step.node.place)
        inputs = [None if i is None else pictures[i] for i in step.inputs]
        try:
            with at(step, limit_s):
                proven = replace(step, instance=step.instance.apart(step.node, moment))
                picture = good_picture(proven, inputs, moment)
        except ModelError as error:
            check_context(error)
            raise Refusal(said(error), step.node.place) from None
        except BaseException as error:  # a set may raise anything
            if pressed(error):
                raise
            check_context(error)
            # Not kept in a variable: its lines lead back here, and would keep the object.
            raise met(error, limit_s, blame(step, error, program, limit_s)) from None
        pictures.append(picture)
        if before is None:
            step.instance.proof = picture


def given(step: Step) -> str:
    """What a step draws from besides its instance: its values and the names of its inputs, and the
    sounds that it listens to."""
    live = {k: v.print if isinstance(v, Signal) else v for k, v in step.node.live.items()}
    names = [i.name if isinstance(i, Picture) else None for i in step.node.inputs]
    return f"{sorted(live.items(), key=lambda kv: kv[0])!r}{names!r}{step.node.sounds!r}"


def met(error: BaseException, limit_s: float, refusal: Refusal) -> Refusal:
    """The refusal, which says of a deadline that it was that of the first frame."""
    if isinstance(error, Overrun):
        what = f"a first picture may take {limit_s:g} s, __init__ {MAKING_S:g} s; import "
        refusal.reason += f"; {what}libraries and read files in the __init__ of a class"
    return refusal
