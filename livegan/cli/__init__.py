"""The command line: one module a command; what is heavy is imported when a command is run."""

from __future__ import annotations

import io
import os
import sys
from typing import Annotated

import typer

from livegan import __version__
from livegan.cli.console.lazy import CommandRow, LazyCommands

ROWS = (
    CommandRow(
        "perform",
        "Play a set. Edit and save its file: the change appears at the next bar.",
        room="show",
        parser="Piloted",
    ),
    CommandRow(
        "tell",
        "Control the show that plays in this folder from another terminal, or show its state.",
        room="show",
    ),
    CommandRow(
        "rehearse",
        "Play a set with a recording, without a stage, and write a film or a report.",
        room="show",
        parser="Rehearse",
    ),
    CommandRow(
        "rehearse-all",
        "Rehearse a set with many tracks, several at a time, here or on many machines.",
        room="show",
    ),
    CommandRow("osc", "List the OSC addresses that a set hears and sends.", room="show"),
    CommandRow(
        "send",
        "Send sound to a machine that plays a show, from an input, a file or the demo track.",
        room="show",
    ),
    CommandRow(
        "record-source", "Record a camera or another picture source as a film.", room="show"
    ),
    CommandRow(
        "check",
        "Test a set without playing it.",
    ),
    CommandRow(
        "lsp",
        "Serve an editor, which starts this command by itself: see docs/editors.md.",
    ),
    CommandRow("encode", "Draw the condition of one moment as a picture."),
    CommandRow("analyze", "Analyze a sound file: levels, kicks, snares, onsets, tempo and beats."),
    CommandRow(
        "score-hearing",
        "Score kicks, snares and beats on annotated recordings, beside a plain detector.",
    ),
    CommandRow("generate", "Paint one picture with a checkpoint.", room="model"),
    CommandRow(
        "dataset",
        "Make training pairs from films: the sound as a picture, and the film's frame.",
        room="model",
    ),
    CommandRow("train", "Train a model on pairs.", room="model"),
    CommandRow(
        "score", "Measure a model on data and music that it was not trained on.", room="model"
    ),
    CommandRow(
        "export",
        "Write a model for another program, as .pth (pix2pix project) or ONNX.",
        room="model",
    ),
    CommandRow(
        "shows",
        "List the shows that were kept in shows/, tell of one, export one, or delete one.",
        room="show",
    ),
    CommandRow(
        "replay",
        "Play a show again: the same frames, saves and controls, to a film of any size.",
        room="show",
    ),
    CommandRow(
        "diff",
        "Tell what differs between two shows, in numbers; with --out as a film side by side.",
        room="show",
    ),
    CommandRow(
        "soak",
        "Play a copy of a set for hours, with edits and faults, and look for leaks.",
        room="show",
    ),
    CommandRow(
        "models",
        "List the models that a set in this folder can use, or show the card of one.",
        room="model",
    ),
    CommandRow(
        "devices",
        "List sound inputs and outputs, cameras, senders of pictures, displays and processors.",
    ),
    CommandRow(
        "doctor",
        "Check what this machine has, what is missing, and how to get it.",
    ),
    CommandRow("bench", "Measure the speed of encoders, mixers, models and a whole frame."),
    CommandRow(
        "new",
        "Make a working folder (`new my-show`) or a plugin package (`new encoder NAME`).",
    ),
    CommandRow(
        "plugins",
        "List the plugins, what each one offers, and why one was refused.",
    ),
)
"""The commands, in the order in which the help lists them, with the first lines of their help."""

HINT = "Plugins can add more commands. To list them, run `livegan plugins`."


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
    from livegan.openmp import one_blas_thread

    one_blas_thread()
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
