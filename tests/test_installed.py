"""Installed from a wheel, away from any checkout, livegan plays too."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's content and nothing else of livegan."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "-q",
        "-w",
        str(folder),
        str(ROOT),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    (wheel,) = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


def test_the_wheel_carries_sets_models_and_the_demo_track(site: Path) -> None:
    data = site / "livegan" / "share_data"
    assert (data / "sets" / "four.py").is_file()
    assert {p.parent.name for p in data.glob("models/*/*.safetensors")} >= {
        "nebula",
        "corridor",
        "city",
        "ocean",
    }
    assert (data / "gallery" / "encoder-timeline.jpg").is_file(), "explanations in editors"
    assert (site / "livegan" / "demo" / "demo.ogg").is_file()
    assert (site / "livegan" / "py.typed").is_file()
    starting = site / "livegan" / "starting"
    assert {p.parent.name for p in starting.glob("*/plugin.py.txt")} >= {"encoder", "output"}
    assert (starting / "licences" / "MIT.txt").is_file()


def test_an_installed_livegan_rehearses_its_own_set(site: Path, tmp_path: Path) -> None:
    program = (
        "import sys\n"
        f"sys.path[:] = [{str(site)!r}] + [p for p in sys.path if not p.startswith({str(ROOT)!r}) "
        "or 'site-packages' in p]\n"
        "sys.meta_path[:] = [f for f in sys.meta_path if 'editable' not in repr(f).lower()]\n"
        "import livegan\n"
        f"assert livegan.__file__.startswith({str(site)!r}), livegan.__file__\n"
        "from livegan.cli import main\n"
        "sys.argv = ['livegan', 'perform', '--seconds', '1', '--fps', '4', '--size', '64']\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert "no display here: four.py is rehearsed" in done.stdout
    assert (tmp_path / "shows" / "four.mp4").stat().st_size > 1000
