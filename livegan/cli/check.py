"""``livegan check``: a set proven without playing it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from livegan.cli.console.failing import clear_errors, fail, short
from livegan.cli.console.sizes import CANVAS, size_option
from livegan.cli.sets import SetPath, absolute
from livegan.size import UNSAID, Size

if TYPE_CHECKING:
    from livegan.checking import SetCheck, SetProblem

SHOWN = 12
"""Names of nodes that are printed."""


def check(
    set: SetPath,
    size: Annotated[Size, size_option(CANVAS)] = UNSAID,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda[:N] or mps.")] = "auto",
    quick: Annotated[
        bool, typer.Option("--quick", help="Only read the set and find its models; draw nothing.")
    ] = False,
    stdin: Annotated[
        bool,
        typer.Option(
            "--stdin", help="Read the text from standard input, as if SET said that (quick)."
        ),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="For programs: one object of JSON.")
    ] = False,
) -> None:
    """Test a set without playing it.

    Builds the set, and draws it on the demo track and on silence.
    """
    from livegan.checking import prove_set, read_set
    from livegan.engine.commit.script import text_of

    path, here = absolute(set), Path.cwd()
    with clear_errors():
        if quick or stdin:
            found = read_set(path, sys.stdin.read() if stdin else text_of(path), here)
        else:
            found = prove_set(path, here, size, device)
    if as_json:
        typer.echo(json.dumps(found.plain))
        raise typer.Exit(0 if found.good else 1)
    for problem in found.problems:
        if problem.severity == "warning":
            typer.secho(line_of(problem, found), fg="yellow", err=True)
    error = next((each for each in found.problems if each.severity == "error"), None)
    if error is not None:
        fail(line_of(error, found))
    built = ", ".join(found.nodes[:SHOWN])
    if len(found.nodes) > SHOWN:
        built += f" and {len(found.nodes) - SHOWN} more"
    if found.rate:
        built += f"; {found.rate}"
    typer.echo(f"{short(set)}: good ({built})")
    for line in found.advice:
        typer.secho(f"  {line}", fg="yellow")


def line_of(problem: SetProblem, found: SetCheck) -> str:
    """A problem as a line for people."""
    if problem.line is not None:
        return f"{short(problem.file)}:{problem.line}: {problem.message}"
    if problem.severity == "warning":  # of the machine, or a plugin
        return problem.message
    return f"{short(found.set)}: {problem.message}"
