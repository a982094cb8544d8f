"""The command line: one module a command; what is heavy is imported when a command is run."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from livegan import __version__
from livegan.cli.analyze import analyze
from livegan.cli.bench import bench
from livegan.cli.check import check
from livegan.cli.dataset import dataset
from livegan.cli.devices import devices
from livegan.cli.doctor import doctor
from livegan.cli.encode import encode
from livegan.cli.export import export
from livegan.cli.generate import generate
from livegan.cli.models import models
from livegan.cli.new import new
from livegan.cli.perform import perform
from livegan.cli.plugins import plugins
from livegan.cli.plugins_gallery import gallery
from livegan.cli.plugins_show import show
from livegan.cli.plugins_stubs import stubs
from livegan.cli.rehearse import Rehearse, rehearse
from livegan.cli.score import score
from livegan.cli.soak import soak
from livegan.cli.train import train

app = typer.Typer(
    name="livegan",
    help="A live-coding instrument for pictures that neural networks make from sound.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
COMMANDS: tuple[Callable[..., None], ...] = (
    perform,
    rehearse,
    check,
    encode,
    analyze,
    generate,
    dataset,
    train,
    score,
    export,
)
TOOLS: tuple[Callable[..., None], ...] = (soak, models, devices, doctor, bench, new)
for command in (*COMMANDS, *TOOLS):
    app.command(cls=Rehearse if command is rehearse else None)(command)
for part in (show, stubs, gallery):
    plugins.command()(part)
app.add_typer(plugins)


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
    add_commands(app, sys.argv[1:])
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
