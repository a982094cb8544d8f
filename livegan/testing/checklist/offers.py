"""Things that are offered and not called in a set: what they are tried with, and their summary."""

from __future__ import annotations

from dataclasses import dataclass

from livegan.plugin.catalogue import Offer
from livegan.testing.rows import Flaw, row

SLOW_S = 0.5
"""A source or output that keeps its caller waiting for longer holds up the show."""


@dataclass(frozen=True)
class Offered:
    """A source, picture source, output, loader or command, and what to try it with."""

    kind: str
    offer: Offer
    sample: str = ""
    """The argument of a source or picture source; an output's name; a checkpoint, see
    `livegan.testing.samples`."""


@row("source", "picture_source", "output", "loader", "backend", "move", "command", "word")
def summary(offered: Offered) -> None:
    """It is registered with a line that says what it is"""
    if not offered.offer.summary:
        name = offered.offer.name
        change = f'register({name!r}, ..., "what it is, in a few words")'
        raise Flaw("read what was registered", "there is no summary", change)
