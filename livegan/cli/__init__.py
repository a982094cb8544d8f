"""The command line: one module a command; what is heavy is imported when a command is run."""

from __future__ import annotations

import io
import os
import sys
from typing import Annotated

import typer

from livegan import __version__
from livegan.cli.lazy import LazyCommands, Row

ROWS = (
    Row(
        "perform",
        "Play a set: save its file while it plays, and the change is on the air at the next bar.",
    ),
    Row(
        "rehearse",
        "Play a set against a recording without a stage: the same input gives the same pictures.",
        parser="Rehearse",
    ),
    Row(
        "check",
        "Prove a set without playing it: builds it and draws it on the demo track and on silence.",
    ),
    Row("encode", "Draw one condition: what a show would draw for that sound at that moment."),
    Row("analyze", "Hear a file as a show would: levels, kicks, snares, onsets, tempo and beats."),
    Row("generate", "Paint one picture with a checkpoint."),
    Row(
        "dataset",
        "Cut pairs from films: a condition that the sound draws, and the picture at that moment.",
    ),
    Row("train", "Train a model on pairs, and lay it where a set finds it."),
    Row(
        "score",
        "Measure a model as a show plays it, on data and music that it did not learn from.",
    ),
    Row("export", "Write a model for another program: the pix2pix project's .pth layout, or ONNX."),
    Row(
        "soak",
        "Play a copy of a set for hours, with edits and a few faults: nothing it holds may grow.",
    ),
    Row("models", "List the models that a set in this folder can name, or show one with its card."),
    Row("devices", "List sound inputs and outputs, displays and processors."),
    Row(
        "doctor",
        "Say what this machine has, what is missing, and how to get it; exit 1 if it cannot play.",
    ),
    Row("bench", "Measure encoders, mixers, generators and the whole frame; medians, and ratios."),
    Row(
        "new",
        "Make a working folder (`new my-show`), or a package for a plugin (`new encoder NAME`).",
    ),
    Row(
        "plugins",
        "List what is loaded and what each plugin offers; a refused one with the reason.",
    ),
)
"""The commands, in the order in which the help lists them, with the first lines of their help."""

HINT = "Plugins may have more commands: `livegan plugins` loads them, and lists what they offer."


class Livegan(LazyCommands):
    """The commands of livegan."""

    rows = ROWS


app = typer.Typer(
    name="livegan",
    help="A live-coding instrument for pictures that neural networks make from sound.",
    cls=Livegan,
    epilog=HINT,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def version(asked: bool) -> None:
    """Print the version and end."""
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def root(
    shown: Annotated[
        bool, typer.Option("--version", callback=version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """A live-coding instrument for pictures that neural networks make from sound."""


def main() -> None:
    """Entry of the ``livegan`` command."""
    from livegan.cli.commands import add_commands

    for stream in (sys.stdout, sys.stderr):
        # Names of files may hold bytes that are no text, and few terminals have every letter.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        os.getcwd()
    except OSError:
        typer.secho("this folder was deleted; change to another one", fg="red", err=True)
        sys.exit(1)
    add_commands(app, sys.argv[1:])
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
