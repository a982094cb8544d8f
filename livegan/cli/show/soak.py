"""``livegan soak``: a show for hours, and what it holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from livegan.cli.console.failing import clear_errors, fail, short
from livegan.cli.console.sizes import CANVAS, size_option
from livegan.cli.console.tables import Column, print_table
from livegan.cli.console.terminal import plain, terminal
from livegan.cli.sets import SetPath
from livegan.size import UNSAID, Size

if TYPE_CHECKING:
    from livegan.gremlins.soak import SoakReport

SHORTEST = 2.0
VERDICTS = (
    Column("what", words=True),
    Column("values", "from and to", words=True),
    Column("verdict", words=True, least=8),
)


def soak(
    set: SetPath,
    hours: Annotated[float, typer.Option(min=0, help="How long.")] = 0.0,
    minutes: Annotated[
        float, typer.Option(min=0, help="How long to play; added to --hours.")
    ] = 0.0,
    audio: Annotated[str, typer.Option(help='A sound file, or "demo".')] = "demo",
    seed: Annotated[int, typer.Option(help="Seed of the saves and faults.")] = 0,
    size: Annotated[Size, size_option(CANVAS)] = UNSAID,
    fps: Annotated[
        float, typer.Option(min=0, help="Pictures per second; the set's if not given.")
    ] = 0.0,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda[:N] or mps.")] = "auto",
    as_json: Annotated[
        Path | None,
        typer.Option("--json", metavar="FILE", help="Write the report and the samples as JSON."),
    ] = None,
) -> None:
    """Play a copy of a set for hours, with edits and faults, and look for leaks.

    Measures memory, handles, threads and shared memory of stage and engine, and the age of the
    sound in the picture. Plays eight hours unless you give --hours or --minutes. The exit code is
    1 if something grew, drifted or ended.
    """

    from livegan.gremlins.evening import EveningPlan
    from livegan.gremlins.soak import Soak
    from livegan.sound.sources import recorded

    whole = 60 * hours + minutes or 8 * 60.0
    if whole < SHORTEST:
        fail(f"--minutes {whole:g}: too short to see anything grow; {SHORTEST:g} at least", 2)
    console = terminal(errors=True)
    with clear_errors():
        music = recorded(audio)
        plan = EveningPlan(set, Path.cwd(), music, seed, size=size, fps=fps, device=device)
        with console.status("starting a show") as status:

            def told(at: float, line: str) -> None:
                if line:
                    status.update(plain(f"{at / 60:.1f} of {whole:g} min: {line}"))

            report = Soak(plan, 60 * whole, told).play()
        if as_json is not None:
            from livegan.saving import write_bytes

            write_bytes(as_json, (json.dumps(report.as_data(), indent=1) + "\n").encode())
    print_report(report)
    if as_json is not None:
        typer.echo(f"written: {short(as_json)}")
    raise typer.Exit(0 if report.good else 1)


def print_report(report: SoakReport) -> None:
    """A table: what was held at the beginning and at the end."""
    from rich.text import Text

    from livegan.gremlins.soak import rule

    console = terminal()
    if report.verdicts:
        rows = [
            {
                "what": verdict.what,
                "values": str(verdict),
                "verdict": Text("flat", "green")
                if verdict.good
                else Text("grew or drifted", "red"),
            }
            for verdict in report.verdicts
        ]
        title = f"{report.set} after {report.seconds / 60:g} min"
        print_table(VERDICTS, rows, title=title, console=console)
        console.print(f"Compared: {rule(report.seconds)}.", highlight=False)
    counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in report.counts.items())
    console.print(counts, highlight=False)
    for line in report.wrong:
        console.print(line, style="red", highlight=False)
