"""``livegan new``: a working folder, ready to perform; or a package with a plugin in it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from livegan.cli.console.failing import clear_errors, fail, short, typed

KINDS = (
    "encoder", "mixer", "signal", "patch", "model", "source", "picture-source", "output",
    "moves", "command",
)  # fmt: skip
README = """\
# {name}

    livegan perform sets/four.py          play with the default sound input
    livegan perform sets/four.py --audio demo
    livegan rehearse sets/four.py --audio demo --seconds 20 --out film.mp4
    livegan check sets/four.py            test it without playing it
    pip install "livegan[lsp]"            let your editor complete and check sets

Edit a set and save it: the change appears at the next bar. Press `?` in the window for the keys.

* `sets/` has sets to play and to learn from.
* `plugins/*.py` are loaded when a show starts, and again when you save them.
* `model("NAME", ...)` finds `models/NAME/` or `models/NAME.safetensors`, `.pth` or `.onnx`.
  You need not copy the four models that come with livegan (`livegan models` lists them).
"""

PLUGIN = '''\
"""A plugin of this folder. Every set in this folder can use what it registers.

When you save this file while a show plays, livegan reloads it.
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


MYPY = """\
[mypy]
mypy_path = typings
explicit_package_bases = true
files = sets, plugins, typings
"""


def new(
    what: Annotated[
        str,
        typer.Argument(
            metavar="DIR | KIND", help=f"The folder to make; or one of {', '.join(KINDS)}."
        ),
    ],
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="The name of the plugin and of its folder."),
    ] = None,
    author: Annotated[
        str, typer.Option(help="The author of the plugin; git's user if not given.")
    ] = "",
    licence: Annotated[
        str, typer.Option(help="MIT, BSD-3-Clause, Apache-2.0, GPL-3.0-or-later, CC0-1.0 or none.")
    ] = "MIT",
) -> None:
    """Make a working folder (`new my-show`) or a plugin package (`new encoder NAME`)."""
    if name is not None:
        package(what, name, author, licence)
    elif what in KINDS:
        article = "an" if what[0] in "eo" else "a"
        fail(
            f"livegan new {what} NAME: give {article} {what} a name; "
            f"for a working folder called {what}: livegan new ./{what}",
            2,
        )
    else:
        with clear_errors():
            working_folder(Path(what))


def working_folder(folder: Path) -> None:
    """Sets, plugins, models, and what editors complete from."""
    from livegan import share, stubs
    from livegan.plugin import registry

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        fail(f"{short(folder)} is there already and not empty; name another folder")
    for part in ("sets", "plugins", "models"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for file in sorted(share.folder("sets").glob("*.py")):
        shutil.copyfile(file, folder / "sets" / file.name)
    (folder / "plugins" / "spikes.py").write_text(PLUGIN, encoding="utf-8")
    title = folder.resolve().name
    (folder / "README.md").write_text(README.format(name=title), encoding="utf-8")
    (folder / "mypy.ini").write_text(MYPY, encoding="utf-8")
    registry.use(registry.Registry().load(folder / "plugins"))
    stubs.write_stubs(folder)
    typer.echo(f"made {short(folder)}; now: cd {typed(folder)} && livegan perform")


def package(kind: str, text: str, author: str, licence: str) -> None:
    """A package for a plugin, and its picture."""
    from livegan import starting
    from livegan.plugin.closest import suggestion

    if kind not in KINDS:
        fail(f"livegan new {kind}: there is no such kind" + suggestion(kind, KINDS), 2)
    known = {each.lower(): each for each in starting.LICENCES}
    if licence.lower() not in known:
        fail(
            f"--licence {licence}: there is no such licence" + suggestion(licence, known.values()),
            2,
        )
    folder = Path(text)
    try:
        name = starting.named(kind, folder.name)
    except starting.BadName as error:
        fail(str(error), 2)
    start = starting.PackageTemplate(kind, name, author or git_user(), known[licence.lower()])
    try:
        start.write(folder)
    except FileExistsError as error:
        fail(short(str(error)))
    except OSError as error:
        fail(f"{short(str(error.filename or folder))}: {error.strerror or error}")
    from livegan.engine.commit.script import Refusal
    from livegan.plugin.guard import reason_of
    from livegan.portrait import NoPortrait
    from livegan.starting.example import add_example

    try:
        add_example(start, folder)
    except Exception as error:  # the package is whole without it
        reason = str(error) if isinstance(error, (NoPortrait, Refusal)) else reason_of(error)
        typer.secho(f"without picture.jpg: {reason}", fg="yellow", err=True)
    typer.echo(
        f"made {short(folder)}: {starting.SUMMARIES[kind]}\n"
        f"now: cd {typed(folder)} && pip install -e '.[test]' && pytest"
    )


def git_user() -> str:
    """The name that git signs with; empty if there is none."""
    import subprocess

    try:
        asked = subprocess.run(
            ["git", "config", "user.name"], capture_output=True, text=True, timeout=5
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return asked.stdout.strip()
