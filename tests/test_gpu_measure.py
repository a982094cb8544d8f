"""The script that measures a graphics card, tried on the CPU from beginning to end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PARTS = (
    *("Machine", "Waits of a frame", "Networks against the CPU", "Morphs", "Mixers", "Frames of"),
    *("Four small", "From the newest sound", "Training: preset live"),
)


@pytest.mark.slow
@pytest.mark.timeout(900)  # half a minute of a quiet core; much more beside other work
def test_the_whole_script_runs_and_writes_tables(tmp_path: Path) -> None:
    out = tmp_path / "gpu.md"
    command = [sys.executable, "-m", "tools.gpu.measure", "--device", "cpu", "--quick"]
    done = subprocess.run(
        [*command, "--minutes", "60", "--out", str(out)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    text = out.read_text(encoding="utf-8")
    titles = [line for line in text.splitlines() if line.startswith("### ")]
    assert len(titles) == len(PARTS)
    for part, title in zip(PARTS, titles, strict=True):
        assert title.startswith(f"### {part}"), title
    assert "Not as it must be" not in text
    for what in ("livegan, one frame on its way", "plain loop, float32", "share of the peak"):
        assert what in text
