"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

Tempo = Annotated[
    float | None,
    typer.Option(min=20, max=400, help="Fix the tempo, beats a minute; else it follows the music."),
]
