"""What a program sends in a frame: the numbers of its ``send(...)``."""

from __future__ import annotations

from collections.abc import Callable

from livegan.engine.commit.script import Refusal, refusal_of
from livegan.engine.isolation.activity import activity
from livegan.engine.isolation.deadline import pressed
from livegan.engine.program.program import Program, foreign_signal
from livegan.graph.send import Send
from livegan.graph.signals.reading import Reading, number

SentNumbers = tuple[tuple[Send, tuple[float, ...]], ...]
"""Each ``send(...)`` with its numbers."""


def sent_by(
    program: Program,
    reading: Reading,
    limit_s: float,
    failed: Callable[[Send, Refusal], None],
) -> SentNumbers:
    """The numbers of this frame. One whose signal fails is left out, and ``failed`` is called."""
    found = []
    for send in program.graph.sends:
        foreign = any(map(foreign_signal, send.values))
        try:
            with activity.at(f"send {send.address}", send.place, limit_s if foreign else 0.0):
                found.append((send, tuple(number(value, reading) for value in send.values)))
        except BaseException as error:  # code of a set may raise anything
            if pressed(error):
                raise
            path, text = program.script.path, program.script.text
            refusal = refusal_of(error, path, limit_s, None, text)
            reason = f"send {send.address}: {refusal.reason}"
            failed(send, Refusal(reason, refusal.place or send.place))
    return tuple(found)
