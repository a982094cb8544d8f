"""``livegan models NAME --tune``: which backend plays a model best on this machine."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from livegan.cli.console.tables import Column, print_table

if TYPE_CHECKING:
    from livegan.generators import Checkpoint
    from livegan.generators.backends.choices import BackendTable
    from livegan.size import Size

COLUMNS = (
    Column("backend"),
    Column("threads", rank=3, right=True),
    Column("ms", rank=0, right=True),
    Column("ratio", rank=1, right=True),
    Column("dB", rank=2, right=True),
    Column("SSIM", rank=4, right=True),
    Column("what", words=True),
)


def tune_model(checkpoint: Checkpoint, size: Size, as_json: bool) -> None:
    """Measure, keep, and print it.

    Raises
    ------
    livegan.generators.ModelError
        If nothing can be measured.
    """
    from livegan.cli.console.terminal import terminal
    from livegan.generators import ModelError
    from livegan.generators.backends.choices import recall
    from livegan.ipc.spawned import cores
    from livegan.tuning.child import tune_apart
    from livegan.tuning.tuning import thread_counts, usual_way

    if checkpoint.architecture is None:
        raise ModelError(
            f"{checkpoint.name} is {checkpoint.foreign}, which has a program of its own: "
            "there is nothing to choose"
        )
    norm, own = usual_way(checkpoint)
    if size:
        own = checkpoint.fit(size.height, size.width)
    assert checkpoint.path is not None
    with terminal().status(f"measuring {checkpoint.name}") as status:
        why = tune_apart(
            checkpoint.path,
            norm,
            own,
            thread_counts(cores()),
            say=lambda name: status.update(f"measuring {checkpoint.name}: {name}"),
        )
    measured = recall(checkpoint.digest, norm, own)
    if why or measured is None:
        raise ModelError(f"{checkpoint.name}: {why or 'what was measured cannot be read'}")
    counts = sorted({row.threads for row in measured.rows})
    if as_json:
        chosen = {str(count): measured.chosen(count) for count in counts}
        said = {"name": checkpoint.name, "norm": norm, "size": f"{own[1]}x{own[0]}"}
        typer.echo(json.dumps({**said, **asdict(measured), "chosen": chosen}))
        return
    title = f"{checkpoint.name} at {own[1]}x{own[0]}, norm {norm}"
    print_table(COLUMNS, table_of(measured), title=title, more="--json")
    for name, why in measured.left_out.items():
        typer.echo(f"{name}: {why}")
    for row in measured.rows:
        if row.why and row.threads == counts[0]:
            typer.echo(f"{row.name}: {row.why}")


def table_of(measured: BackendTable) -> list[dict[str, Any]]:
    """The rows of the table: fastest first, for each number of threads."""
    from livegan.generators.backends.names import own_torch

    rows = []
    for count in sorted({row.threads for row in measured.rows}):
        own = [row for row in measured.rows if row.threads == count]
        usual = next((row.ms for row in own if row.name == own_torch()), None)
        chosen = measured.chosen(count)
        for row in sorted(own, key=lambda each: each.ms or float("inf")):
            rows.append(
                {
                    "backend": row.name,
                    "threads": str(count),
                    "ms": f"{row.ms:.1f}" if row.ms else "",
                    "ratio": f"{usual / row.ms:.2f}" if usual and row.ms else "",
                    "dB": f"{row.db:.1f}" if row.db is not None else "",
                    "SSIM": f"{row.ssim:.4f}" if row.ssim is not None else "",
                    "what": "plays it" if row.name == chosen else "left out" if row.why else "",
                }
            )
    return rows
