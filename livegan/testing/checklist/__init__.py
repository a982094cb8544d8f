"""Every check there is, in the order in which they are made: importing this fills the rows."""

from __future__ import annotations

# ruff: noqa: I001  (the order is that of the checks)
from livegan.testing.checklist import (
    loading,
    offers,
    drawing,
    declarations,
    parameters,
    neighbours,
    hearing,
    encoders,
    mixers,
    signals,
    patches,
    outside,
    sources,
    picture_sources,
    outputs,
    loaders,
    moves,
    commands,
)
from livegan.testing import cost

PARTS = (
    loading, offers, drawing, declarations, parameters, neighbours, cost, hearing, encoders,
    mixers, signals, patches, outside, sources, picture_sources, outputs, loaders, moves, commands,
)  # fmt: skip
"""Modules of checks."""
