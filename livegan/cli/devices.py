"""``livegan devices``: sound inputs and outputs, displays, processors."""

from __future__ import annotations

import platform

import typer

from livegan.cli.display import display_lines


def devices() -> None:
    """List sound inputs and outputs, displays and processors."""
    from rich.console import Console
    from rich.table import Table

    from livegan.sound.devices import SourceError, list_devices

    console = Console()
    table = Table(title="sound (name an input with --audio)")
    for heading in ("name", "kind", "channels", "rate", "host", ""):
        table.add_column(heading)
    try:
        for row in list_devices():
            default = "default" if row.default else ""
            rate = f"{row.rate:g}"
            table.add_row(row.name, row.kind, str(row.channels), rate, row.host, default)
        console.print(table)
    except SourceError as error:
        typer.secho(str(error), fg="yellow")
    for line in [*display_lines(), *processor_lines()]:
        console.print(line, highlight=False)


def processor_lines() -> list[str]:
    """What can run networks, a line each."""
    import torch

    lines = [
        f"cpu: {platform.processor() or platform.machine()}, {torch.get_num_threads()} threads"
    ]
    for index in range(torch.cuda.device_count()):
        lines.append(f"cuda:{index}: {torch.cuda.get_device_name(index)}")
    if torch.backends.mps.is_available():
        lines.append("mps: Apple GPU")
    return lines
