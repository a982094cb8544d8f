"""What an author starts from: a package for each kind of plugin, filled in with a name.

The files of a package lie here as text: what all have in ``package/``, the plugin, its tests and
a line on its use in a folder of the kind, and licences.  In them ``myname`` stands for the name,
``my-name`` for the name as distributions write it, and ``<<word>>`` for what is filled in.
"""

from __future__ import annotations

import datetime
import keyword
import re
from dataclasses import dataclass
from pathlib import Path

from livegan import saving
from livegan.plugin import registry
from livegan.plugin.catalogue import OF_A_SET, package_of, spoken
from livegan.plugin.words import holder

HERE = Path(__file__).resolve().parent

SUMMARIES = {
    "encoder": "Sound as rings, from the middle: an encoder for livegan.",
    "mixer": "Light as through a prism: a mixer for livegan.",
    "signal": "A Euclidean rhythm: a signal for livegan.",
    "patch": "Sound in a bottle, a comb filter that sings: a patch for livegan.",
    "model": "Networks that paint each pixel by itself: a format of checkpoints for livegan.",
    "source": "Strings that are plucked without end: a source of sound for livegan.",
    "picture-source": "Snow in the wind: a source of pictures for livegan.",
    "output": "The picture of the moment, in a file: an output for livegan.",
    "moves": "Everything turns slowly, and stands still at a drop: moves for livegan's autopilot.",
    "command": "Where a track is loudest: a command of livegan.",
}
"""What can be made, and what it is at first."""

NEEDS = {
    "encoder": ("numpy",),
    "mixer": ("torch",),
    "signal": (),
    "patch": ("pyo",),
    "model": ("numpy", "torch"),
    "source": ("numpy",),
    "picture-source": ("numpy",),
    "output": ("numpy",),
    "moves": (),
    "command": ("typer",),
}
"""What each imports besides livegan."""

SHOWN = (
    "The picture is drawn from livegan's demo track: "
    "`livegan plugins show {0} --out picture.jpg --size 512`."
)
DRAWN = {
    "encoder": SHOWN,
    "mixer": SHOWN,
    "signal": SHOWN,
    "patch": SHOWN,
    "model": 'The picture, with random weights, is `model("sample", encode.timeline(sound))`.',
    "source": "The picture is what it plays, as `encode.timeline(sound)` draws it.",
    "picture-source": "The picture is one that it delivered.",
    "output": "The picture is what it wrote at a moment of livegan's demo track.",
}
"""How the picture in the README was made."""

UNSEEN = ("moves", "command")
"""Kinds of which there is nothing to be seen."""

LICENCES = ("MIT", "BSD-3-Clause", "Apache-2.0", "GPL-3.0-or-later", "CC0-1.0", "none")
"""Licences that an author can choose, as SPDX names; ``none`` keeps all rights."""

LONGEST = 24
"""Characters of a name: a line of the files must not become too long for their own checks."""


class BadName(ValueError):
    """A name that a plugin cannot have; one line that says why."""


@dataclass(frozen=True)
class PackageTemplate:
    """A package to be made.

    Attributes
    ----------
    kind : one of :data:`SUMMARIES`.
    name : what a set calls it: a Python identifier in small letters.
    author, licence : for ``pyproject.toml`` and the licence; one of :data:`LICENCES`.
    """

    kind: str
    name: str
    author: str = ""
    licence: str = "MIT"

    @property
    def dashed(self) -> str:
        """The name as distributions and the command line write it."""
        return self.name.replace("_", "-")

    @property
    def module(self) -> str:
        """The package that is imported."""
        return f"livegan_{self.name}"

    def files(self) -> dict[str, str]:
        """The text of every file, by its path in the package's folder."""
        module = f"src/{self.module}"
        found = {
            "pyproject.toml": "package/pyproject.toml.txt",
            "README.md": "package/README.md.txt",
            ".gitignore": "package/gitignore.txt",
            ".github/workflows/test.yml": "package/ci.yml.txt",
            f"{module}/__init__.py": f"{self.kind}/plugin.py.txt",
            **self.more(module),
            f"tests/test_{self.name}.py": f"{self.kind}/test_plugin.py.txt",
        }
        if self.licence != "none":
            found["LICENSE"] = f"licences/{self.licence}.txt"
        texts = {
            path: self.filled((HERE / file).read_text("utf-8")) for path, file in found.items()
        }
        if self.kind in UNSEEN:
            readme = re.sub(r"!\[.*\n\n", "", texts["README.md"])
            texts["README.md"] = re.sub(r"\n{3,}", "\n\n", readme)
        texts[f"{module}/py.typed"] = ""
        return texts

    def more(self, module: str) -> dict[str, str]:
        """Modules besides the one that registers, by path: where they lie here."""
        found = sorted((HERE / self.kind).glob("*.py.txt"))
        names = [file.name.removesuffix(".py.txt") for file in found]
        own = [name for name in names if name not in ("plugin", "test_plugin")]
        return {f"{module}/{name}.py": f"{self.kind}/{name}.py.txt" for name in own}

    def filled(self, text: str) -> str:
        """A file's text with the names in it."""
        author = self.author or f"The authors of livegan-{self.dashed}"
        licence = f'license = "{self.licence}"\nlicense-files = ["LICENSE"]'
        use = (HERE / self.kind / "use.md.txt").read_text("utf-8").strip()
        values = {
            "summary": SUMMARIES[self.kind],
            "alt": SUMMARIES[self.kind].partition(":")[0],
            "use": use,
            "drawn": DRAWN.get(self.kind, "").format(self.name),
            "author": author.replace("\\", "").replace('"', "'"),
            "year": str(datetime.date.today().year),
            "needs": ", ".join(f'"{need}"' for need in ("livegan>=0.1", *NEEDS[self.kind])),
            "licence": "" if self.licence == "none" else licence,
            "licensed": f"{self.licence} licence."
            if self.licence != "none"
            else "All rights reserved.",
        }
        text = re.sub(r"<<(\w+)>>", lambda found: values[found[1]], text)
        text = text.replace("\n\nauthors =", "\nauthors =")
        return text.replace("myname", self.name).replace("my-name", self.dashed)

    def write(self, folder: Path) -> list[Path]:
        """Write all files; gives their paths.

        Raises
        ------
        FileExistsError
            If there is something in the folder.
        """
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise FileExistsError(f"{folder} is there already and not empty; name another folder")
        paths = []
        for name, text in self.files().items():
            paths.append(folder / name)
            saving.write_bytes(paths[-1], text.encode("utf-8"))
        return paths


def named(kind: str, text: str) -> str:
    """The name of a plugin, from what an author typed (``my-rings``, ``livegan-rings``).

    Raises
    ------
    BadName
        If a set could not call it so.
    """
    name = text.lower().removeprefix("livegan-").removeprefix("livegan_").replace("-", "_")
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        raise BadName(f"{text!r} is no name: letters, digits and -, with a letter first")
    if len(name) > LONGEST:
        raise BadName(f"{text!r} is too long: at most {LONGEST} characters")
    if keyword.iskeyword(name):
        raise BadName(f"{name!r} is a word of Python; choose another name")
    taken = takers(kind, name)
    if taken:
        raise BadName(f"{name!r} is {taken} already; choose another name")
    return name


def takers(kind: str, name: str) -> str:
    """Who has the name: ``"a mixer of livegan"``; empty if it is free."""
    import builtins

    typed = name.replace("_", "-") if kind == "command" else name
    if holder(kind.replace("-", "_"), typed):
        return holder(kind.replace("-", "_"), typed)
    if kind in (*OF_A_SET, "picture-source") and hasattr(builtins, name):
        return "a word of Python"
    words = (*OF_A_SET, "word", "picture_source")
    kinds = {"model": ("loader",), "moves": ("move",), **dict.fromkeys(words, words)}
    wanted = kind.replace("-", "_")
    for thing in registry.current().find(typed):
        if thing.kind in kinds.get(wanted, (wanted,)):
            article = "an" if thing.kind[0] in "eo" else "a"
            return f"{article} {spoken(thing.kind)} of {package_of(thing)}"
    return ""
