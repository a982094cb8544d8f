"""The page "Your first encoder, as a package" is done, line by line, in an empty folder."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.display import xvfb
from tests.plugins_examples.environment import Environment

pytestmark = [
    pytest.mark.display,
    pytest.mark.slow,
    pytest.mark.timeout(1500),
    pytest.mark.skipif(sys.platform != "linux", reason="uses Xvfb"),
]

PAGE = Path(__file__).parent.parent.parent / "docs" / "plugins" / "first-encoder.md"
BLOCK = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```", re.S | re.M)

# All that is not done as the page says. The show is small, and tells a log what happens. Nothing
# is fetched from the network: pip builds with what is installed, and a fresh environment sees
# livegan, and what it needs, in the one that the tests run in.
SHOW = "--size 64 --window 128x128 --fps 10 --no-hud --flash-guard off --log show.jsonl"
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


class Author:
    """Who follows the page: types commands, writes files, edits them, and looks at the show."""

    def __init__(self, folder: Path, display: str) -> None:
        self.folder = folder
        self.said: dict[str, str] = {}
        """What each command said."""
        python = Path(Environment(folder / "venv").python)
        # The commands of packages that this environment only sees.
        for name in ("livegan", "pip", "pytest"):
            script = python.parent / name
            script.write_text(f'#!/bin/sh\nexec "{python}" -m {name} "$@"\n')
            script.chmod(0o755)
        path = f"{python.parent}{os.pathsep}{os.environ['PATH']}"
        own = {"PATH": path, "DISPLAY": display, "SDL_AUDIODRIVER": "dummy", "COLUMNS": "200"}
        self.env = {**os.environ, **OFFLINE, **own}
        self.show: subprocess.Popen[bytes] | None = None

    def follow(self, kind: str, name: str, text: str) -> None:
        """Do what one block of the page says."""
        if kind == "python":
            (self.folder / name).write_text(text, encoding="utf-8")
        elif kind == "diff":
            self.edit(self.folder / name, text)
        elif kind == "sh":
            for line in text.splitlines():
                self.type(line)

    def edit(self, file: Path, diff: str) -> None:
        """Replace lines, as an editor saves a file."""
        lines = diff.splitlines()
        before = "\n".join(line[1:] for line in lines if line.startswith("-"))
        after = "\n".join(line[1:] for line in lines if line.startswith("+"))
        text = file.read_text(encoding="utf-8")
        assert text.count(before) == 1, f"{before!r} is not in {file}"
        file.write_text(text.replace(before, after), encoding="utf-8")

    def type(self, line: str) -> None:
        """Run a command, and wait for its end; a show plays on."""
        if line.startswith("cd "):
            self.folder = (self.folder / line.removeprefix("cd ")).resolve()
        elif line.startswith("livegan perform"):
            with (self.folder / "terminal.txt").open("wb") as terminal:
                self.show = subprocess.Popen(
                    shlex.split(f"{line} {SHOW}"),
                    cwd=self.folder,
                    env=self.env,
                    stdout=terminal,
                    stderr=subprocess.STDOUT,
                )
        else:
            done = subprocess.run(
                line, shell=True, cwd=self.folder, env=self.env, capture_output=True, text=True
            )
            assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
            self.said[line] = done.stdout
            if line.startswith("python -m venv"):
                (site,) = (self.folder.parent / "fresh").glob("lib/*/site-packages")
                (outer,) = (self.folder.parent / "venv").glob("lib/*/site-packages/outer.pth")
                shutil.copy(outer, site)
                for old in site.glob("setuptools*"):  # Python's own is too old for torch
                    shutil.rmtree(old)

    def messages(self, **wanted: Any) -> list[dict[str, Any]]:
        """What the show's log has, where every given field is as given."""
        log = self.folder / "show.jsonl"
        lines = log.read_text().splitlines() if log.exists() else []
        found = [json.loads(line) for line in lines if line.endswith("}")]
        return [m for m in found if all(m.get(key) == value for key, value in wanted.items())]

    def wait(self, what: str, ready: Callable[[], Any], seconds: float = 240.0) -> Any:
        """Wait for something that the show must say."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.show is not None and self.show.poll() is None:
            found = ready()
            if found:
                return found
            time.sleep(0.1)
        terminal = (self.folder / "terminal.txt").read_text()
        pytest.fail(f"{what} did not happen\n{terminal}\n{self.messages()[-8:]}")

    def commit(self, status: str, count: int) -> dict[str, Any]:
        """The so-many-th commit that the show says so of."""
        found: list[dict[str, Any]] = self.wait(
            f"{status} number {count}",
            lambda: self.messages(type="commit", status=status)[count - 1 :],
        )
        return found[0]


@contextlib.contextmanager
def author(folder: Path) -> Iterator[Author]:
    with xvfb((256, 256)) as display:
        someone = Author(folder, display)
        try:
            yield someone
        finally:
            if someone.show is not None and someone.show.poll() is None:
                someone.show.kill()
                someone.show.wait()


def test_an_author_follows_the_page_from_an_empty_folder_to_a_wheel(tmp_path: Path) -> None:
    blocks = [match.groups() for match in BLOCK.finditer(PAGE.read_text(encoding="utf-8"))]
    kinds = " ".join(kind for kind, _, _ in blocks)
    assert kinds == "sh sh sh sh python sh python diff diff diff sh sh sh"
    make, check, look, folder, first, perform, second, *changes, stubs, build, fresh = blocks
    edit, mistake, mending = changes
    with author(tmp_path) as ada:
        ada.follow(*make)
        package = ada.folder
        assert {p.name for p in package.iterdir()} >= {"pyproject.toml", "README.md", "LICENSE"}
        assert "Ada Example" in (package / "LICENSE").read_text()
        ada.follow(*check)
        assert re.search(r"\d\d passed", ada.said["pytest"])
        before = (package / "picture.jpg").read_bytes()
        ada.follow(*look)
        assert re.search(r"livegan-embers\W+0\.1\.0", ada.said["livegan plugins"])
        assert "encode.embers(sound)" in ada.said["livegan plugins show embers"]
        assert (package / "picture.jpg").read_bytes() == before

        ada.follow(*folder)
        ada.follow(*first)
        ada.follow(*perform)
        ada.commit("on_air", 1)
        ada.follow(*second)
        played = ada.commit("on_air", 2)
        assert any("embers" in name for name in played["built"])
        ada.follow(*edit)
        reloaded = ada.commit("on_air", 3)
        assert any("embers" in name for name in reloaded["built"])
        assert not any("kaleid" in name for name in reloaded["built"])
        ada.follow(*mistake)
        refused = ada.commit("refused", 1)
        assert "arctan3" in refused["reason"]
        assert "livegan_embers" in refused["where"]
        shown = len(ada.messages(type="commit", status="on_air"))
        ada.follow(*mending)
        ada.wait("another save", lambda: ada.messages(type="commit")[-1]["status"] == "on_air")
        assert [fault["reason"] for fault in ada.messages(type="fault")] == []
        assert shown == 3
        assert ada.show is not None
        ada.show.send_signal(signal.SIGINT)
        ada.show.wait(60)
        assert ada.messages(type="report")[-1]["engine_deaths"] == 0

        ada.follow(*stubs)
        assert "def embers(" in (ada.folder / "typings" / "livegan" / "live.pyi").read_text()
        ada.follow(*build)
        (wheel,) = (package / "dist").glob("*.whl")
        assert wheel.name == "livegan_embers-0.1.0-py3-none-any.whl"
        ada.follow(*fresh)
        said = ada.said["../fresh/bin/python -m livegan plugins show embers"]
        assert "livegan-embers 0.1.0" in said
        assert str(tmp_path / "fresh") in said
