"""How a command writes a film: its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from livegan.cli.console.failing import fail

OutOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILM",
        help="Write a film with the sound: .mp4, .mov, .mkv, .webm, .gif...; or a file for each "
        "picture: .png, .exr.",
    ),
]

CodecOption = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="How --out is written: h264, h265 (10 bit), prores, prores4444, dnxhr, ffv1, vp9; "
        "png, png16, exr. The suffix chooses if not given.",
    ),
]


def check_film(out: Path | None, codec: str) -> None:
    """End with a line if a film cannot be written so."""
    if codec and out is None:
        fail("--codec says how --out is written; give --out, such as film.mov", 2)
    if out is not None:
        from livegan.film import FilmError, form_of

        try:
            form_of(out, codec)
        except FilmError as error:
            fail(str(error))


def written(out: Path, codec: str = "") -> str:
    """What was written, for a line: of files for each picture the first."""
    from livegan.film import form_of
    from livegan.film.frames import FrameFiles

    form = form_of(out, codec)
    return f"{FrameFiles(out, form).place(0)} and so on" if form.files else str(out)
