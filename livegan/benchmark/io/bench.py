"""All tables of ``livegan bench io``."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from livegan.benchmark.io.four_frames import four_rows
from livegan.benchmark.io.network import ENTER, bring_up, own_network
from livegan.benchmark.io.stand_ins import install
from livegan.benchmark.io.ways_in import in_rows
from livegan.benchmark.io.ways_out import out_rows, unused_rows
from livegan.gremlins.screen import managed
from livegan.size import Size

SIZES = (Size(512, 512), Size(720, 1280), Size(1080, 1920))
SCREEN = {"Xvfb": "xvfb", "icewm": "icewm", "xdotool": "xdotool"}
"""Programs that a screen in memory needs, and their packages. Without a window manager, a window
does not fill its display."""
Table = list[dict[str, Any]]


class IoBenchError(RuntimeError):
    """It cannot be measured; one line."""


def bench_io(seconds: float) -> dict[str, Any]:
    """``{"machine": str, "tables": {title: [row, ...]}}``, in a network of its own where Linux
    allows that: NDI's ports are free there, and no sender of the house is in the way.

    Raises
    ------
    IoBenchError
        If the measuring process failed.
    """
    alone = own_network()
    command = [sys.executable, "-m", "livegan.benchmark.io", str(seconds)]
    done = subprocess.run(
        [*ENTER, *command, "alone"] if alone else [*command, "here"],
        stdout=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        raise IoBenchError("the measuring process failed; its last lines are above")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def measured(seconds: float, alone: bool) -> dict[str, Any]:
    """The same, in the network of this process."""
    if alone:
        bring_up()
    tables: dict[str, Table] = {}
    left_out: list[str] = []
    with tempfile.TemporaryDirectory(prefix="livegan-bench-") as name:
        folder = Path(name)
        on_loopback(folder)
        install(folder)
        for size in SIZES:
            with screen_of(size, folder) as screen:
                for way, rows in (("in", in_rows), ("out", out_rows)):
                    said = f"pictures {way} at {size}"
                    print(f"{said} ...", file=sys.stderr, flush=True)
                    made = rows(size, seconds, folder, screen)
                    tables[said] = [row for row in made if "why" not in row]
                    left_out += [f"{row['name']}: {row['why']}" for row in made if "why" in row]
        tables["outputs that nobody receives, at 1280x720"] = unused_rows(SIZES[1], seconds, folder)
        print("sets/four.py with NDI ...", file=sys.stderr, flush=True)
        four, why = four_rows(SIZES[1], seconds, folder, alone)
        tables["sets/four.py, and with NDI in and out at 1280x720, in turn"] = four
        left_out += [why] if why else []
    if lacking():
        packages = " ".join(SCREEN[each] for each in lacking())
        left_out.append(f"screen and window: they need `apt-get install {packages}`")
    return {
        "machine": machine(seconds),
        "tables": tables,
        "notes": list(dict.fromkeys(left_out)),
    }


def machine(seconds: float) -> str:
    """What was measured on."""
    import torch

    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("flags"):
                has = set(line.split())
                known = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile")
                load += f"; {', '.join(flag for flag in known if flag in has)}"
                break
    capability = torch.backends.cpu.get_cpu_capability()
    return (
        f"{os.cpu_count()} cores ({capability}){load}; 30 pictures a second, "
        f"{seconds:g} s a row; ms from a picture drawn to the picture seen"
    )


def on_loopback(folder: Path) -> None:
    """Let NDI find senders of this machine without a service."""
    found = {"ndi": {"networks": {"ips": "127.0.0.1"}}}
    (folder / "ndi-config.v1.json").write_text(json.dumps(found), encoding="utf-8")
    os.environ["NDI_CONFIG_DIR"] = str(folder)


def lacking() -> list[str]:
    """Which programs of `SCREEN` this machine lacks."""
    return [program for program in SCREEN if shutil.which(program) is None]


@contextlib.contextmanager
def screen_of(size: Size, folder: Path) -> Iterator[Path | None]:
    """The folder of an Xvfb of that size, whose memory can be read; None where there is none."""
    if lacking():
        yield None
        return
    before = dict(os.environ)
    with managed((size.width, size.height), "-fbdir", str(folder)) as display:
        os.environ["DISPLAY"] = display
        for name in ("WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
            os.environ.pop(name, None)
        try:
            yield folder
        finally:
            os.environ.clear()
            os.environ.update(before)
