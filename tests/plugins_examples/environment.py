"""A Python environment of its own, in which the packages of ``plugins/`` are installed."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PLUGINS = ROOT / "plugins"
PACKAGES = tuple(sorted(file.parent.name for file in PLUGINS.glob("*/pyproject.toml")))


class Environment:
    """A fresh ``venv`` that sees the libraries of this one, so that nothing is downloaded.

    What is installed into it is found by no other test.
    """

    def __init__(self, folder: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
        self.python = str(next(folder.glob("bin/python*"), folder / "Scripts" / "python.exe"))
        asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
        site = subprocess.run(
            [self.python, "-c", asked], check=True, capture_output=True, text=True
        ).stdout.strip()
        # Not a line with the folder alone: what is installed there as editable would be left out.
        here = sysconfig.get_path("purelib")
        (Path(site) / "outer.pth").write_text(f"import site; site.addsitedir({here!r})\n")

    def install(self, *folders: Path) -> None:
        """``pip install -e`` of packages, without what they depend on, which is there."""
        editable = [word for folder in folders for word in ("-e", str(folder))]
        pip = [sys.executable, "-m", "pip", "--python", self.python, "install", "-q"]
        options = ["--no-deps", "--no-build-isolation", "--no-index"]
        done = self.run(*pip, *options, *editable)
        assert done.returncode == 0, done.stdout

    def run(self, *command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run a program; what it printed is in ``stdout``, errors too."""
        return subprocess.run(
            command,
            cwd=cwd,
            env={**os.environ, "OMP_NUM_THREADS": "1", "COLUMNS": "200"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def python_m(self, *words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """``python -m WORDS`` in it."""
        return self.run(self.python, "-m", *words, cwd=cwd)
