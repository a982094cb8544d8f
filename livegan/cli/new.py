"""``livegan new``: a working folder, ready to perform."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from livegan.cli.failing import fail, short

README = """\
# {name}

    livegan perform sets/four.py          play with the default sound input
    livegan perform sets/four.py --audio demo
    livegan rehearse sets/four.py --audio demo --seconds 20 --out film.mp4
    livegan check sets/four.py            prove it without playing it

Edit a set and save it: the change is on the air at the next bar. In the window, `?` shows the keys.

* `sets/` are the sets to play; each is a lesson.
* `plugins/*.py` are loaded with the show and loaded again when they are saved.
* `models/NAME/` or `models/NAME.safetensors`, `.pth`, `.onnx` are found by `model("NAME", ...)`;
  the four that come with livegan (`livegan models`) need no copy.
"""

PLUGIN = '''\
"""A plugin of this folder: what it registers, every set here can name.

Save this file while a show plays, and the nodes that use it are made anew.
"""

import numpy as np

from livegan.plugin import hookimpl, param


def spikes(sound, *, size, sharp=param(3.0, 1, 16, "exponent"), seconds=param(6.0, 1, 30, "past")):
    """The last seconds of loudness as a skyline, mirrored at the middle."""
    height, width = size
    peaks = sound.peaks(width, seconds) ** sharp
    rows = np.abs(np.linspace(-1.0, 1.0, height, dtype=np.float32))[:, None]
    return np.clip((peaks[None, :] - rows) * height / 8 + 0.5, 0, 1)


@hookimpl
def register_encoders(register):
    register(spikes)
'''


def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")],
) -> None:
    """Make a working folder: sets, plugins, models, ready to perform."""
    from livegan import share

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        fail(f"{short(folder)} is there already and not empty; name another folder")
    for name in ("sets", "plugins", "models"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for file in sorted(share.folder("sets").glob("*.py")):
        shutil.copyfile(file, folder / "sets" / file.name)
    (folder / "plugins" / "spikes.py").write_text(PLUGIN, encoding="utf-8")
    title = folder.resolve().name
    (folder / "README.md").write_text(README.format(name=title), encoding="utf-8")
    typer.echo(f"made {short(folder)}; now: cd {short(folder)} && livegan perform")
