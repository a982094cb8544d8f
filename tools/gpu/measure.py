"""Measure livegan on this machine's graphics card, in eight minutes.

``python -m tools.gpu.measure`` prints tables, and writes them to ``gpu.md`` as they stand in
docs/benchmarks.md. Exit code 1 if something is not as it must be: a picture that is far from that
of the CPU, a frame that waits more than once, a part that fails.  README.md says how to get there.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch

from livegan.generators.device import choose_device
from tools.gpu import correctness, speed, training, waits
from tools.gpu.plan import GpuPlan, Part

TRAINED_MIN = 3.0
KEPT_S = 15.0
"""Seconds that are left at the end, for the last save of a training."""


def parts_of(plan: GpuPlan, peak: dict[str, float]) -> dict[str, Callable[[], Part]]:
    """All parts by name, in the order of their worth: time may run out."""

    def trained() -> Part:
        return training.training(plan, peak, min(TRAINED_MIN, (plan.left_s - KEPT_S) / 60))

    fours = {
        f"{kind}-{side}": partial(speed.four, plan, kind, side, peak)
        for kind, side in (speed.QUICK if plan.quick else speed.CASES)
    }
    return {
        "machine": partial(speed.machine, plan, peak),
        "waits": partial(waits.waits, plan),
        "networks": partial(correctness.networks, plan),
        "morphs": partial(correctness.morphs, plan),
        "mixers": partial(correctness.mixers, plan),
        "sets": partial(correctness.sets, plan),
        **fours,
        "delay": partial(speed.delay, plan),
        "training": trained,
    }


def main() -> int:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--device", default="cuda", help="cuda, cuda:1 or cpu")
    parser.add_argument("--quick", action="store_true", help="small sizes, to try the script")
    parser.add_argument("--out", type=Path, default=Path("gpu.md"))
    parser.add_argument("--minutes", type=float, default=8.0, help="that all of it may take")
    parser.add_argument("--only", nargs="*", help="these parts")
    args = parser.parse_args()
    failed: list[str] = []
    written: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        plan = GpuPlan(choose_device(args.device), args.quick, Path(folder), args.minutes)
        peak = speed.peaks(plan)
        for name, measure in parts_of(plan, peak).items():
            if args.only and name not in args.only:
                continue
            if plan.left_s < 2 * KEPT_S and name != "machine":
                failed.append(f"{name}: no time was left")
                continue
            try:
                part = measure()
            except Exception:  # the other parts are still worth their time
                lines = traceback.format_exc().strip().splitlines()
                print("\n".join(lines[-12:]), file=sys.stderr)
                part = Part(name, failed=[f"{name}: {lines[-1]}"])
            failed += part.failed
            written.append(part.markdown())
            print(f"[{60 * plan.minutes - plan.left_s:.0f} s]\n{written[-1]}", flush=True)
            args.out.write_text("\n".join(written), encoding="utf-8")
            if plan.card:
                torch.cuda.empty_cache()
    for line in failed:
        print(f"not as it must be: {line}", file=sys.stderr)
    print(f"written to {args.out}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
