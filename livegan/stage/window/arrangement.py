"""Which window is on which display: the operator's and the audience's, or one for both. Pure."""

from __future__ import annotations

from dataclasses import dataclass

OPERATOR_SIZE = (1280, 800)


@dataclass(frozen=True)
class Arrangement:
    """Where the windows of a show open; displays count from 0."""

    stage: int
    """The display of the stage's own window."""
    operator: bool = False
    """That window is the operator's."""
    audience: int | None = None
    """The display that the audience's window fills, beside the operator's; None for an ordinary
    window."""


def arranged(
    displays: int, display: int | None, operator: bool | None, sized: bool = False
) -> Arrangement:
    """Arrange the windows of a show.

    ``displays`` is how many there are, ``display`` which one the audience is to have. ``operator``
    asks for two windows or for one; None is two if there are two displays, and if the window was
    not ``sized`` by the performer.
    """
    two = displays > 1 and not sized if operator is None else operator
    if not two:
        return Arrangement(display or 0)
    if displays < 2:
        return Arrangement(display or 0, operator=True)
    audience = 1 if display is None else display
    return Arrangement(0 if audience else 1, operator=True, audience=audience)
