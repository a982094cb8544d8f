"""``livegan models``: what a set can name in ``model(...)``, and what a card says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from livegan.cli.console.failing import clear_errors, fail, short
from livegan.cli.console.sizes import size_option
from livegan.cli.console.tables import Column, print_table
from livegan.cli.model.generate import TRUST
from livegan.size import UNSAID, Size

if TYPE_CHECKING:
    from livegan.generators import Card, Checkpoint

SCORES = (
    "l1",
    "ssim",
    "right_sound",
    "flicker",
    "response",
    "variety",
    "structure",
    "colour",
    "align",
    "by_chance",
    "apart",
)
"""What `livegan score` measures, in the order in which it is shown."""

MEANING = {
    "l1": "distance from the validation pictures; 0 is best",
    "ssim": "similarity to the validation pictures; 1 is best",
    "right_sound": "how much nearer to the film than with another moment's sound; 1 is best",
    "flicker": "change from frame to frame, without an attack in the sound",
    "response": "how many times more the picture changes after an attack",
    "variety": "change over a whole song",
    "structure": "how differently moments of a song are built, by their edges; 0 is one scene",
    "colour": "how differently moments of a song are coloured",
    "align": "how well motion and attacks fall together (AV-Align); 1 is best",
    "by_chance": "align, if the attacks were elsewhere",
    "apart": "cross-fed, how differently built than with its own encoder",
}


def models(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Show the card of this model.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
    tune: Annotated[
        bool,
        typer.Option("--tune", help="Measure which backend plays it fastest here, and keep it."),
    ] = False,
    size: Annotated[
        Size, size_option("With --tune: the size to paint at; that on the card if not given.")
    ] = UNSAID,
    trust: Annotated[bool, typer.Option("--trust", help=TRUST)] = False,
) -> None:
    """List the models that a set in this folder can use, or show the card of one.

    With `--tune`, livegan tries every backend with the model on this machine, shows a table, and
    remembers what was fastest: shows and rehearsals play it with that from then on.
    """
    from livegan.generators.finding import model_folders

    here = Path.cwd()
    folders = model_folders(here / "set.py", here)
    if name is not None:
        from livegan.generators import find, load

        with clear_errors():
            checkpoint = load(find(name, folders), trust=trust)
            if tune:
                from livegan.cli.model.tune import tune_model

                tune_model(checkpoint, size, as_json)
            else:
                show(checkpoint, as_json)
        return
    if tune:
        fail("--tune needs the name of a model: livegan models NAME --tune", 2)
    rows = listed(folders)
    if as_json:
        typer.echo(json.dumps(rows))
        return
    print_table(COLUMNS, [shown(row) for row in rows], more="livegan models NAME")
    for row in rows:
        if "refused" in row:
            typer.echo(f"{row['name']}: {short(row['refused'])}")


COLUMNS = (
    Column("name", "model"),
    Column("encoder"),
    Column("network", rank=3),
    Column("size", rank=1, right=True),
    Column("mb", "MB", rank=4, right=True),
    Column("hours", rank=7, right=True),
    Column("l1", rank=6, right=True),
    Column("response", rank=5, right=True),
    Column("licence", rank=2),
    Column("file", rank=8),
)
"""Of the list."""


def shown(row: dict[str, Any]) -> dict[str, str]:
    """The cells of a model; what it does not say is empty."""
    network = "refused" if "refused" in row else row["architecture"].partition(" (")[0]
    cells = {**row, "network": network, "file": short(row["path"])}
    return {column.key: str(cells.get(column.key) or "") for column in COLUMNS}


def listed(folders: list[Path]) -> list[dict[str, Any]]:
    """A row for each model; one that cannot be played says why."""
    from livegan.generators import ModelError, available, load

    rows = []
    for name, path in available(folders):
        row: dict[str, Any] = {"name": name, "path": str(path)}
        row["mb"] = round(bytes_of(path) / 1e6, 1)
        try:
            checkpoint = load(path)
            card = checkpoint.card
            row |= {"encoder": card.encoder, "size": card.size.plain or "", "licence": card.licence}
            row |= {"hours": card.hours, "scores": card.scores}
            row |= {key: card.scores[key] for key in ("l1", "response") if key in card.scores}
            row["architecture"] = card.architecture or str(
                checkpoint.architecture or checkpoint.foreign
            )
        except ModelError as error:
            row |= {"architecture": f"refused: {error}", "refused": str(error)}
        rows.append(row)
    return rows


def bytes_of(path: Path) -> int:
    """Of all files that a checkpoint is read from."""
    from livegan.generators.files import files_of

    return sum(file.stat().st_size for file in files_of(path))


def show(checkpoint: Checkpoint, as_json: bool) -> None:
    """Print a card, whole."""
    assert checkpoint.path is not None
    path, card = checkpoint.path, checkpoint.card
    size = bytes_of(path)
    architecture = card.architecture or str(checkpoint.architecture or checkpoint.foreign)
    if as_json:
        said = {**card.to_dict(), "path": str(path), "bytes": size, "sha256": checkpoint.digest}
        typer.echo(json.dumps({**said, "architecture": architecture}))
        return
    trained = [f"{card.other['steps']} steps"] if card.other.get("steps") else []
    trained += [f"{card.hours:g} h"] if card.hours else []
    recipe = dict(card.other.get("recipe") or {})
    rows = {
        "title": card.title,
        "play it": f"model({card.name!r}, {as_call(card)})" if card.encoder else "",
        "paints at": str(card.size) if card.size else "",
        "norm": card.norm,
        "network": architecture,
        "learned from": card.data,
        "trained": " in ".join(trained),
        "recipe": ", ".join(f"{key} {plain(value)}" for key, value in recipe.items()),
        "licence": card.licence,
        "made with": card.made_with,
        "picture": short(path.parent / card.picture) if card.picture else "",
        "file": f"{short(path)}, {size / 1e6:.1f} MB",
        # Of a folder in diffusers' layout it is none of the weights.
        "sha256": checkpoint.digest if path.suffix != ".json" else "",
    }
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(card.name), title_justify="left", show_header=False, box=None)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for key, value in rows.items():
        if value:
            table.add_row(key, Text(value))
    console = Console()
    console.print(table)
    scores = score_rows(card)
    if scores:
        print_scores("scores, fed", scores)
        for key in SCORES:
            if any(key in values for _, values in scores):
                console.print(f"{key}: {MEANING[key]}", highlight=False, markup=False)
    sounds, pairs = card.scores.get("sounds"), card.scores.get("pairs")
    if sounds or pairs:
        on = [f"{pairs} held-out pairs"] if pairs else []
        console.print(f"measured on {', '.join([*on, *(sounds or [])])}", markup=False)


def plain(value: Any) -> str:
    """A number as one writes it."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def as_call(card: Card) -> str:
    """The card's encoder as a set writes it."""
    values = "".join(f", {key}={value!r}" for key, value in card.encoder_params.items())
    return f"encode.{card.encoder}(sound{values})"


def score_rows(card: Card) -> list[tuple[str, dict[str, Any]]]:
    """What fed the model, and the scores: its own encoder first, then those it was cross-fed."""
    own = {key: value for key, value in card.scores.items() if key in SCORES}
    rows = [(card.encoder or "its own", own)] if own else []
    for key, value in card.scores.items():
        if key.startswith("fed ") and isinstance(value, dict):
            rows.append((f"{key.removeprefix('fed ')} (cross-fed)", value))
    return rows


def print_scores(title: str, rows: list[tuple[str, dict[str, Any]]]) -> None:
    """Print a table with a column for each score that anything has."""
    columns = [Column("name", title, words=True)]
    columns += [Column(key, rank=rank, right=True) for rank, key in enumerate(SCORES, 1)]
    print_table(
        columns,
        [
            {"name": name, **{key: f"{values[key]:.4f}" for key in SCORES if key in values}}
            for name, values in rows
        ],
        more="--json",
    )
