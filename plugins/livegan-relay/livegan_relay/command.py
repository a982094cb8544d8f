"""The command ``livegan grains``: a file's grains, written as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def grains(
    file: Annotated[Path, typer.Argument(help="A sound file.")],
    out: Annotated[Path, typer.Option(help="The WAV that is written.")] = Path("grains.wav"),
    seconds: Annotated[float, typer.Option(min=0.1, max=3600, help="Its length, s.")] = 10.0,
) -> None:
    """Take a sound apart into grains, and write what that sounds like."""
    # Imported here, so that `livegan --help` stays quick.
    import soundfile

    from livegan.sound.sources import SourceError
    from livegan_relay.granulator import RATE, open_grains

    try:
        source = open_grains(str(file))
        soundfile.write(out, source.pull(round(seconds * RATE)), RATE)
    except (SourceError, OSError, RuntimeError) as error:
        typer.secho(str(error), fg="red", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"written: {out}")
