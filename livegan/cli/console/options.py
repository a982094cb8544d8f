"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

TempoOption = Annotated[
    float | None,
    typer.Option(
        min=20,
        max=400,
        help="Fix the tempo, in beats per minute. If not given, it follows the music.",
    ),
]

WithOption = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        metavar="SOURCE=FILE",
        help="Play a film, a picture or `test` in place of a source: camera:FaceTime=clip.mp4.",
    ),
]

AudioOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="[INPUT=]NAME|FILE|demo|silence",
        help='The sound input; several with names of their own: --audio drums="USB Audio:1,2".',
    ),
]

RecordedOption = Annotated[
    list[str] | None,
    typer.Option(
        "--audio",
        metavar="[INPUT=]FILE|demo",
        help="A sound or film file, or demo; a file for each input: --audio drums=drums.wav.",
    ),
]
