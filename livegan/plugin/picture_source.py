"""What picture sources have in common, for the language and for those who publish one."""

from __future__ import annotations

from typing import Literal

Fit = Literal["cover", "contain", "stretch"]
FITS: tuple[Fit, ...] = ("cover", "contain", "stretch")
"""How a picture fills a canvas of another shape."""
