"""What was measured on this machine, and what follows from it: kept in the user's cache."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import platform
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import torch

from livegan import __version__
from livegan.generators.networks.network import NormMode
from livegan.generators.precision import LIMITS, cpu_likes_bfloat16
from livegan.plugin import registry
from livegan.saving import write_bytes

from .graphs import cache_folder
from .names import TORCH, made

LEAST_DB, LEAST_SSIM = 42.0, 0.99
"""A picture of int8 or of half precision must be as near as this to that of float32."""
WORTH = 1.05
"""Something else than torch plays only if torch takes more than this times as long: a choice is
never slower than the best by more."""
FORMAT = 1
OF_CPU = (*LIMITS, "ATEN_CPU_CAPABILITY")
"""Environment variables that take instructions away from a processor."""


@dataclass(frozen=True)
class Tried:
    """One thing that was tried.

    Parameters
    ----------
    name : as a set says it: ``"openvino-int8"``.
    threads : that it used.
    ms : of one picture, median; None if it does not play.
    db, ssim : the least likeness to float32 over kinds of conditions: dB of the signal to noise
        ratio of pictures of 0..1, and structural similarity; None where nothing was compared.
    why : why it is not chosen from, in a line; empty if it may be.
    """

    name: str
    threads: int
    ms: float | None = None
    db: float | None = None
    ssim: float | None = None
    why: str = ""


@dataclass(frozen=True)
class BackendTable:
    """Everything that was tried with a network at one size."""

    rows: list[Tried]
    left_out: dict[str, str] = field(default_factory=dict)
    """Backends that were not tried, and why."""

    def chosen(self, threads: int) -> str:
        """The name of what plays best with so many threads: the fastest, or torch if it is as
        fast to 5 %.  Empty if nothing was measured."""
        fit = {r.name: r.ms for r in self.rows if r.threads == threads and r.ms and not r.why}
        if not fit:
            return ""
        fastest = min(fit, key=lambda name: fit[name] or 0.0)
        own = {name: ms for name, ms in fit.items() if name.partition("-")[0] == TORCH}
        if own:
            best = min(own, key=lambda name: own[name] or 0.0)
            if (own[best] or 0.0) <= WORTH * (fit[fastest] or 0.0):
                return best
        return fastest


@functools.cache
def machine() -> str:
    """All of this machine and its libraries that a measurement depends on."""
    facts = [
        f"livegan {__version__}",
        f"format {FORMAT}",
        platform.system(),
        platform.machine(),
        platform.processor(),
        f"{os.cpu_count()} cores",
        torch.backends.cpu.get_cpu_capability(),
        "bf16" if cpu_likes_bfloat16() else "no bf16",
        *(f"{name}={os.environ[name]}" for name in OF_CPU if name in os.environ),
    ]
    for offer in registry.current().offered("backend"):
        try:
            backend = made(offer)
            facts.append(f"{offer.name} {'' if backend.missing() else backend.version()}")
        except Exception as error:  # a plugin's code, or a package that is half there
            facts.append(f"{offer.name} {type(error).__name__}")
    return ", ".join(filter(None, facts))


def choice_file(digest: str, norm: NormMode, size: tuple[int, int]) -> Path:
    """Where it is kept what was measured with a network."""
    text = f"{digest} {norm} {size[1]}x{size[0]} {machine()}"
    return cache_folder() / "choices" / f"{hashlib.sha256(text.encode()).hexdigest()[:24]}.json"


def remember(digest: str, norm: NormMode, size: tuple[int, int], measured: BackendTable) -> Path:
    """Keep it, whole or not at all; `OSError` where the cache cannot be written."""
    kept = {"machine": machine(), "sha256": digest, "norm": norm, "size": list(size)}
    kept |= asdict(measured)
    file = choice_file(digest, norm, size)
    write_bytes(file, (json.dumps(kept, indent=1) + "\n").encode())
    return file


def recall(digest: str, norm: NormMode, size: tuple[int, int]) -> BackendTable | None:
    """What was measured; None if nothing was, or the file is damaged: it is measured anew."""
    try:
        kept = json.loads(choice_file(digest, norm, size).read_text(encoding="utf-8"))
        rows = [row_of(each) for each in kept["rows"]]
        left_out = {str(name): str(why) for name, why in kept["left_out"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return BackendTable(rows, left_out)


def row_of(kept: dict[str, Any]) -> Tried:
    """A row as it was kept; `TypeError` or `ValueError` if it is none."""
    row = Tried(**{each.name: kept[each.name] for each in fields(Tried)})
    for number in (row.ms, row.db, row.ssim):
        if number is not None and not float(number) >= 0:
            raise ValueError(number)
    if not isinstance(row.name, str) or not isinstance(row.threads, int):
        raise TypeError(row)
    return row
