"""``livegan score``: how good a model is on films and music of one's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from livegan.cli.console.failing import clear_errors, fail, short
from livegan.cli.console.sizes import size_option
from livegan.cli.model.generate import TRUST
from livegan.openmp import wait_asleep
from livegan.size import UNSAID, Size

if TYPE_CHECKING:
    from livegan.training.scoring import Scores


def score(
    model: Annotated[str, typer.Argument(help="A model's name, or a checkpoint file.")],
    data: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="DIR", help="A data set, to measure L1 and SSIM on its validation pairs."
        ),
    ] = None,
    sound: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="Music, to measure what moves, and how different its moments look."
        ),
    ] = None,
    fed: Annotated[
        list[str] | None,
        typer.Option(metavar="ENCODER", help="Feed it with this encoder; its own if not given."),
    ] = None,
    size: Annotated[
        Size, size_option("Size to paint at, in pixels; the card's if not given.")
    ] = UNSAID,
    norm: Annotated[
        str | None, typer.Option(help="Norm statistics: frame or running; the card's if not given.")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda[:N] or mps.")] = "auto",
    trust: Annotated[bool, typer.Option("--trust", help=TRUST)] = False,
    write: Annotated[bool, typer.Option(help="Write the scores to the model's card.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Measure a model on data and music that it was not trained on.

    The model paints as in a show. You can give --data and --sound several times: each is a row of
    the table, and the card gets the means.
    """
    if not data and not sound:
        fail("give --data DIR, --sound FILE, or both", 2)
    if norm not in (None, "frame", "running"):
        fail(f"--norm is one of frame, running, got {norm!r}", 2)
    wait_asleep()
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    from livegan.engine.program.device import choose_device
    from livegan.generators import find, load
    from livegan.generators.card import card_path, write_card
    from livegan.generators.finding import model_folders
    from livegan.training.scoring import score as measure

    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    # A log has no bars, and on a terminal the table takes their place.
    bars = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    with clear_errors(), bars:
        tasks: dict[str, TaskID] = {}

        def told(what: str, done: float) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(short(what), total=1.0)
            bars.update(tasks[what], completed=done)

        here = Path.cwd()
        checkpoint = load(find(model, model_folders(here / "set.py", here)), trust=trust)
        scores = measure(
            checkpoint,
            data=data or [],
            sounds=sound or [],
            fed=fed or [],
            size=size,
            norm=norm,
            device=choose_device(device),
            progress=told,
        )
        card = scores.on_card(checkpoint.card)
        assert checkpoint.path is not None
        beside = card_path(checkpoint.path) or checkpoint.path.with_suffix(".json")
        if write:
            write_card(beside, card)
    for note in scores.notes:
        typer.secho(short(note), fg="yellow", err=True)
    if as_json:
        typer.echo(json.dumps({"scores": card.scores, "rows": rows_of(scores)}))
    else:
        from livegan.cli.model.models import SCORES, print_scores

        rows = [
            (f"{row['name']}: {row['fed']}" if "fed" in row else row["name"], row)
            for row in rows_of(scores)
        ]
        print_scores(checkpoint.name, [(n, only(r, SCORES)) for n, r in rows])
    if write and not as_json:
        typer.echo(f"written: {short(beside)}")


def only(row: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    """The scores in a row."""
    return {key: row[key] for key in keys if key in row}


def rows_of(scores: Scores) -> list[dict[str, Any]]:
    """One row a data set; one a sound and encoder; and the means where there are several."""
    from livegan.training.scores import record
    from livegan.training.scoring import apart_record

    rows: list[dict[str, Any]] = []
    for each in scores.likenesses:
        name = f"{short(each.data)} ({each.pairs} pairs)"
        rows.append({"name": name, **record(each.truth)})
    truth = scores.truth()
    if truth is not None and len(scores.likenesses) > 1:
        rows.append({"name": "all pairs", **record(truth)})
    for played in scores.playings:
        fed = played.encoder + ("" if played.own else " (cross-fed)")
        unlike = apart_record([played.apart])
        rows.append({"name": short(played.sound), "fed": fed, **record(played.motion), **unlike})
    if len({played.sound for played in scores.playings}) > 1:
        for (encoder, own), motion in scores.motions().items():
            fed = encoder + ("" if own else " (cross-fed)")
            unlike = apart_record([p.apart for p in scores.playings if p.encoder == encoder])
            rows.append({"name": "all sounds", "fed": fed, **record(motion), **unlike})
    return rows
