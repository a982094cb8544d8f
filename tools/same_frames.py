"""Compare what two checkouts show: every shipped set, rehearsed with both, frame by frame.

``python tools/same_frames.py BEFORE [--size 512]`` plays the sets of this checkout's ``sets/`` that
BEFORE, a checkout of another commit, has too, each with its own code. Exit code 1 if a frame
differs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent


def digests(tree: Path, name: str, args: argparse.Namespace) -> list[str]:
    """The digest of every frame that a set of a checkout shows."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "livegan", "rehearse", f"sets/{name}", "--report", folder]
        command += ["--start", str(args.start), "--seconds", str(args.seconds)]
        command += ["--fps", str(args.fps), "--size", args.size, "--device", "cpu"]
        # One thread, so that sums are made in the same order.
        env = {**os.environ, "PYTHONPATH": str(tree), "OMP_NUM_THREADS": "1"}
        done = subprocess.run(
            command, cwd=tree, env=env, capture_output=True, text=True, check=False
        )
        if done.returncode:
            lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
            sys.exit(f"{tree}: {name}: {lines[-1] if lines else done.returncode}")
        report = json.loads((Path(folder) / "report.json").read_text(encoding="utf-8"))
        return list(report["frame_digests"])


def main() -> int:
    """Compare, and print a line for each set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("before", type=Path, help="a checkout of another commit")
    parser.add_argument("--size", default="512")
    parser.add_argument("--start", type=float, default=20.0)
    parser.add_argument("--seconds", type=float, default=0.6)
    parser.add_argument("--fps", type=float, default=10.0)
    args = parser.parse_args()
    names = sorted(path.name for path in (HERE / "sets").glob("*.py"))
    different = 0
    for name in (n for n in names if (args.before / "sets" / n).is_file()):
        pairs = list(zip(digests(args.before, name, args), digests(HERE, name, args), strict=True))
        changed = [index for index, (before, now) in enumerate(pairs) if before != now]
        different += bool(changed)
        what = f"{len(changed)} differ, first {changed[0]}" if changed else "all equal"
        print(f"{name}: {len(pairs)} frames, {what}", flush=True)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
