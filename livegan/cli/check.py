"""``livegan check``: a set proven without playing it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from livegan.cli.console.failing import clear_errors, fail, short
from livegan.cli.console.sizes import CANVAS, size_option
from livegan.cli.sets import SetPath
from livegan.size import UNSAID, Size

SHOWN = 12
"""Names of nodes that are printed."""


def check(
    set: SetPath,
    size: Annotated[Size, size_option(CANVAS)] = UNSAID,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda[:N] or mps.")] = "auto",
) -> None:
    """Test a set without playing it.

    Builds the set, and draws it on the demo track and on silence.
    """
    from livegan import share
    from livegan.rehearsal import Rehearsal
    from livegan.rehearsal import rehearse as play

    def told(message: dict[str, Any]) -> None:
        if message["type"] == "note":
            typer.secho(str(message["text"]), fg="yellow", err=True)

    with clear_errors():
        results = []
        for audio in (share.demo_track(), None):
            what = Rehearsal(
                set=set,
                audio=audio,
                start=12.0 if audio else 0.0,
                seconds=0.25,
                size=size,
                device=device,
            )
            results.append(play(what, on_message=told if audio else lambda message: None))
    faults = [fault for result in results for fault in result.faults]
    if faults:
        fail(f"{short(faults[0]['where'])}: {faults[0]['reason']}")
    report = results[0].report
    nodes = report["commits"][0]["built"]
    built = ", ".join(nodes[:SHOWN])
    if len(nodes) > SHOWN:
        built += f" and {len(nodes) - SHOWN} more"
    typer.echo(f"{short(set)}: good ({built}; {report['frame_ms']['median']:.0f} ms a picture)")
