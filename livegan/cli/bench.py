"""``livegan bench``: what this machine does, side by side with the alternative."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from livegan.cli.console.failing import clear_errors, fail
from livegan.cli.console.sizes import size_option
from livegan.cli.console.tables import Column, print_table
from livegan.openmp import wait_asleep
from livegan.size import UNSAID, Size


def bench(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="[backends|dataset|train|controls|io|inputs|latency]",
            help="Measure only the backends of networks, only making pairs from a film, only "
            "training, only controls, only pictures on their way in and out, only sound inputs, or "
            "only the delay from sound to picture.",
        ),
    ] = None,
    film: Annotated[
        Path | None, typer.Argument(metavar="[FILM]", help="For `dataset`: a film with sound.")
    ] = None,
    size: Annotated[
        Size, size_option("Size of the pictures in pixels: 512 if not given.")
    ] = UNSAID,
    seconds: Annotated[
        float, typer.Option(min=0.1, help="Time to measure each row, in seconds.")
    ] = 1.0,
    set: Annotated[
        Path | None, typer.Option(help="The set for the whole frame; sets/four.py if not given.")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda[:N] or mps.")] = "auto",
    checkpoint: Annotated[
        list[str] | None,
        typer.Option(help="Another checkpoint to measure, besides the set's models."),
    ] = None,
    encoder: Annotated[str, typer.Option(help="For `dataset`: the encoder.")] = "levels",
    rounds: Annotated[
        int, typer.Option(min=1, help="For `dataset`: how many times to measure.")
    ] = 3,
    moves: Annotated[
        int, typer.Option(min=10, help="For `controls`: how many times each control is moved.")
    ] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Measure the speed of encoders, mixers, models and a whole frame.

    Prints medians, and ratios to an alternative. `livegan bench backends` plays the set's models
    with every backend that is installed, and says what is chosen and why. `livegan bench dataset
    FILM` compares making pairs with decoding the film in ffmpeg. `livegan bench train` compares a
    training step with a plain version of the published one. `livegan bench controls` plays a small
    show and measures the time from a MIDI or OSC message, or a knob of the phone panel, to the
    picture, and what controls cost. `livegan bench io` measures each way of pictures in and out
    that this machine has: delay, work, and lost pictures. `livegan bench inputs` measures what
    named inputs of a show and `sound.band` cost. `livegan bench latency` plays a set and measures
    how old the sound in a picture is when it is seen, part by part.
    """
    if what is None:
        from livegan.benchmark.frame import measure

        with clear_errors():
            result = measure(size or Size.square(512), seconds, set, device, checkpoint or [])
    elif what == "backends" and film is None:
        from livegan.benchmark.backends import bench_backends

        wait_asleep()
        with clear_errors():
            result = bench_backends(size or Size.square(512), seconds, set)
    elif what == "train" and film is None:
        with clear_errors():
            result = _training(seconds, device)
    elif what == "inputs" and film is None:
        from livegan.benchmark.inputs import bench_inputs

        result = bench_inputs(seconds)
    elif what == "controls" and film is None:
        from livegan.benchmark.controls import ControlsBenchError, bench_controls

        try:
            result = bench_controls(moves, seconds)
        except ControlsBenchError as error:
            fail(str(error))
    elif what == "latency" and film is None:
        from livegan.benchmark.latency import LatencyBenchError, bench_latency

        try:
            result = bench_latency(size, max(seconds, 5.0), set)
        except LatencyBenchError as error:
            fail(str(error))
    elif what == "io" and film is None:
        from livegan.benchmark.io.bench import IoBenchError, bench_io

        try:
            result = bench_io(seconds)
        except IoBenchError as error:
            fail(str(error))
    elif what != "dataset" or film is None:
        text = "say what to measure: `backends`, `dataset FILM`, `train`, `controls`, `io`"
        text += ", `inputs` or `latency`"
        fail(f"{text}, or nothing for all that a show needs", 2)
    else:
        from livegan.dataset.benchmark import bench_film

        with clear_errors():
            result = bench_film(film, encoder, size or Size.square(512), rounds)
    if as_json:
        typer.echo(json.dumps(result))
        return
    typer.echo(result["machine"])
    for title, rows in result["tables"].items():
        if rows:
            print_table(
                [as_column(key, rank) for rank, key in enumerate(rows[0])],
                rows,
                title=title,
                more="--json",
            )
    for line in result.get("notes", ()):
        typer.echo(line)


def as_column(key: str, rank: int) -> Column:
    """The column of a measurement: the name stays; the later a column, the sooner it goes."""
    prose = key in ("name", "architecture", "precision", "backend", "why")
    return Column(key, rank=rank, right=not prose, words=key in ("name", "why"))


def _training(seconds: float, device: str) -> dict[str, Any]:
    wait_asleep()  # as `livegan train` does, and its contestants inherit it
    import torch

    from livegan.engine.program.device import choose_device, describe_device
    from livegan.training.bench import bench_training

    chosen = choose_device(device)
    name, _ = describe_device(chosen)
    machine = f"{name}, {torch.get_num_threads()} threads, torch {torch.__version__}"
    return {"machine": machine, "tables": bench_training(seconds, chosen)}
