"""``livegan devices``: sound, cameras, senders of pictures, displays, processors."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from typing import Annotated

import typer

from livegan.cli.console.display import display_lines
from livegan.cli.console.tables import Column, print_table

COLUMNS = (
    Column("name", words=True),
    Column("kind"),
    Column("default", "", rank=1),
    Column("channels", rank=2, right=True),
    Column("rate", rank=3, right=True),
    Column("host", rank=4),
)


def devices(
    watch: Annotated[
        bool,
        typer.Option("--watch", help="Then say what is plugged in and pulled out, until Ctrl-C."),
    ] = False,
) -> None:
    """List sound inputs and outputs, cameras, senders of pictures, displays and processors."""
    if watch:
        watch_devices()
        return
    from livegan.sound.inputs.devices import SourceError, list_devices

    try:
        rows = [
            {
                "name": row.name,
                "kind": row.kind,
                "channels": row.channels,
                "rate": f"{row.rate:g}",
                "host": row.host,
                "default": "default" if row.default else "",
            }
            for row in list_devices()
        ]
        if rows:
            print_table(COLUMNS, rows, title="sound: name an input with --audio")
        else:
            typer.echo("no sound input and no sound output")
    except SourceError as error:
        typer.secho(str(error), fg="yellow")
    for line in [*picture_lines(), *display_lines(), *processor_lines()]:
        typer.echo(line)


def watch_devices() -> None:
    """Say what is there, and then what comes and goes, a line each."""
    import threading

    from livegan.cli.console.device_kinds import device_kinds
    from livegan.cli.console.interrupting import Interrupt
    from livegan.cli.console.watching import DeviceNews, watch

    colours = {"came": "green", "gone": "red", "not watched": "yellow"}
    over = threading.Event()

    def tell(news: DeviceNews) -> None:
        typer.secho(f"{time.strftime('%H:%M:%S')}  {news}", fg=colours.get(news.what))

    typer.echo("plug things in, or pull them out; Ctrl-C ends this")
    with Interrupt(over.set) as interrupt:
        interrupt.asked()  # from now on, Ctrl-C ends it in order
        watch(device_kinds(), tell, over)


def camera_lines() -> list[str]:
    """Which cameras there are, a line each."""
    from livegan.picture_sources.camera import cameras

    found = cameras()
    if not found:
        return ['no camera; camera("test") in a set is a test pattern']
    return [f"camera {camera.number}: {camera.name}" for camera in found]


def sender_lines(kind: str, senders: Callable[[], list[str]]) -> list[str]:
    """Which senders of pictures there are, a line each; none where this machine lacks their kind.

    `livegan doctor` says how to get it.
    """
    from livegan.picture_sources.source import PictureSourceError

    try:
        found = senders()
    except PictureSourceError:
        return []
    return [f"{kind}: {name}" for name in found] or [f"no {kind} was found within a second"]


def picture_lines() -> list[str]:
    """Where pictures can come from, a line each: cameras and other programs."""
    from livegan.picture_sources.ndi import senders
    from livegan.picture_sources.spout import spout_senders
    from livegan.picture_sources.syphon import syphon_servers

    return [
        *camera_lines(),
        *sender_lines("NDI sender", senders),
        *sender_lines("Spout sender", spout_senders),
        *sender_lines("Syphon server", syphon_servers),
    ]


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
