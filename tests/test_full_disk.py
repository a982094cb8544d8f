"""A full disk is told in one line, and leaves nothing half written."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

WRITING = """
import os, sys
from pathlib import Path
import numpy as np
import typer
from livegan.cli.console.failing import clear_errors
from livegan.film import FilmWriter
from livegan.saving import save_png

def write(what):
    noise = np.random.default_rng(1).integers(0, 255, (64, 240, 240, 3), np.uint8)
    with clear_errors():
        if what == "picture.png":
            save_png(Path(what), noise[0])
        else:
            with FilmWriter(Path(what), 25.0, crf=1) as film:
                for pixels in noise:
                    film.write(pixels)

os.chdir(sys.argv[1])
for what in ("picture.png", "film.mp4"):
    try:
        write(what)
    except typer.Exit as ended:
        print(what, ended.exit_code, sorted(os.listdir(".")))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a small disk in memory")
def test_pictures_and_films_on_a_full_disk(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = f"mount -t tmpfs -o size=64k small {disk}"
    program = f'{mount} && exec {sys.executable} -c "$PROGRAM" {disk}'
    # In a mount namespace of its own: nothing is left mounted, and no root is needed.
    inside = ["unshare", "--map-root-user", "--mount", "sh", "-c", program]
    with contextlib.suppress(FileNotFoundError):
        if subprocess.run([*inside[:-1], mount], capture_output=True).returncode == 0:
            done = subprocess.run(
                inside, env={**os.environ, "PROGRAM": WRITING}, capture_output=True, text=True
            )
            assert done.stdout.splitlines() == ["picture.png 1 []", "film.mp4 1 []"], done.stderr
            assert done.stderr.splitlines() == [
                "picture.png: No space left on device",
                "film.mp4: the film cannot be written: No space left on device",
            ]
            return
    pytest.skip("needs leave to mount a disk in memory (unshare --mount)")
