"""Engines are livegan's, whatever lies in the folder that the show is played from."""

from __future__ import annotations

import os
import subprocess
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
STAGE = """
from livegan.stage.supervision.engine_process import prepare, start_engine
prepare()
engine = start_engine({}, "tests.stage.supervision.test_engine_process:tell")
print(engine.receive()["text"])
"""


def tell(connection: Connection, options: dict[str, Any]) -> None:
    """An engine that says which of its modules are the working folder's, and where it is."""
    here = os.getcwd()
    files = {name: str(getattr(m, "__file__", "")) for name, m in sys.modules.items()}
    strange = sorted(name for name, file in files.items() if file.startswith(here))
    seen = {"strange": strange, "safe": "PYTHONSAFEPATH" in os.environ, "at": here}
    connection.send({"type": "note", "text": str(seen)})


AGAIN = """
import os, shutil
from livegan.stage.supervision.engine_process import prepare, start_engine
from multiprocessing.forkserver import _forkserver
here = os.getcwd()

def start():
    engine = start_engine({"folder": here}, "tests.stage.supervision.test_engine_process:at")
    print(engine.receive()["text"])
    print(engine.receive())
    engine.close()

prepare()
start()
shutil.rmtree(here)
os.mkdir(here)
start()
shutil.rmtree(here)
start()
os.mkdir(here)
start()
address = _forkserver._forkserver_address
if isinstance(address, str) and os.path.exists(address):
    os.unlink(address)
start()
os.kill(_forkserver._forkserver_pid, 9)
start()
"""


def at(connection: Connection, options: dict[str, Any]) -> None:
    """An engine that says where it is."""
    connection.send({"type": "note", "text": os.getcwd()})


@pytest.mark.skipif(sys.platform != "linux", reason="a folder in use cannot be removed elsewhere")
def test_an_engine_starts_whatever_was_removed_under_the_stage(tmp_path: Path) -> None:
    folder = tmp_path / "show"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", AGAIN],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    places = [folder, folder, Path("/"), folder, folder, folder]
    said = [line for place in places for line in (str(place), "None")]
    assert (done.stdout.splitlines(), done.stderr) == (said, ""), done


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 finds its own modules there")
def test_files_of_the_working_folder_are_not_taken_for_modules(tmp_path: Path) -> None:
    for name in ("random", "queue", "torch", "numpy", "selectors"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('a sketch of the performer')")
    (tmp_path / "livegan").symlink_to(ROOT / "livegan")
    (tmp_path / "stage.txt").write_text(STAGE)
    start = "import sys; sys.path.remove(''); exec(open('stage.txt').read())"
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONSAFEPATH"}
    done = subprocess.run(
        [sys.executable, "-c", start],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout.strip() == str({"strange": [], "safe": False, "at": str(tmp_path)}), done
