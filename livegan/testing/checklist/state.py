"""What belongs to the whole process, and that a plugin leaves as it is."""

from __future__ import annotations

import contextlib
import gc
import locale
import logging
import os
import random
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from livegan.engine.isolation.own_thread import ObjectThread
from livegan.engine.isolation.process_state import looked_at, torchs_own


@dataclass(frozen=True)
class Piece:
    """A piece of global state: how it is read and put back, and what to do instead."""

    name: str
    read: Callable[[], Any]
    restore: Callable[[Any], Any]
    change: str
    twice: bool = False
    """Importing a library may change it once, which is no fault: only a second change counts."""
    secret: bool = False
    """Too long to be shown."""


def read_generators() -> dict[str, Any]:
    drawn: Any = np.random.get_state()
    name, keys, *rest = drawn
    return {
        "random": random.getstate(),
        "numpy.random": (name, keys.tobytes(), *rest),
        "torch": torch.get_rng_state().numpy().tobytes(),
    }


def put_generators(value: dict[str, Any]) -> None:
    random.setstate(value["random"])
    name, keys, *rest = value["numpy.random"]
    np.random.set_state((name, np.frombuffer(keys, np.uint32), *rest))
    torch.set_rng_state(torch.frombuffer(bytearray(value["torch"]), dtype=torch.uint8))


def read_settings() -> dict[str, Any]:
    return {
        "torch.set_default_dtype": torch.get_default_dtype(),
        "torch.set_default_device": torch.get_default_device(),
        "torch.set_grad_enabled": torch.is_grad_enabled(),
        "torch.set_float32_matmul_precision": torch.get_float32_matmul_precision(),
        "torch.use_deterministic_algorithms": torch.are_deterministic_algorithms_enabled(),
        "torch.backends.cudnn.benchmark": torch.backends.cudnn.benchmark,
        "numpy.seterr": tuple(sorted(np.geterr().items())),
        "sys.setrecursionlimit": sys.getrecursionlimit(),
        "sys.setswitchinterval": sys.getswitchinterval(),
        "gc.disable": gc.isenabled(),
        "sys.path": tuple(sys.path),
    }


def put_settings(value: dict[str, Any]) -> None:
    torch.set_default_dtype(value["torch.set_default_dtype"])
    torch.set_default_device(value["torch.set_default_device"])
    torch.set_grad_enabled(value["torch.set_grad_enabled"])
    torch.set_float32_matmul_precision(value["torch.set_float32_matmul_precision"])
    torch.use_deterministic_algorithms(value["torch.use_deterministic_algorithms"])
    torch.backends.cudnn.benchmark = value["torch.backends.cudnn.benchmark"]
    np.seterr(**dict(value["numpy.seterr"]))
    sys.setrecursionlimit(value["sys.setrecursionlimit"])
    sys.setswitchinterval(value["sys.setswitchinterval"])
    (gc.enable if value["gc.disable"] else gc.disable)()
    sys.path[:] = value["sys.path"]


def read_handlers() -> dict[str, Any]:
    return {s.name: signal.getsignal(s) for s in signal.Signals}


def put_handlers(value: dict[str, Any]) -> None:
    for name, handler in value.items():
        if handler is not None and signal.getsignal(getattr(signal, name)) is not handler:
            signal.signal(getattr(signal, name), handler)


def read_functions() -> dict[str, Any]:
    return {
        f"{name}.{each}": value
        for name, module in looked_at().items()
        for each, value in list(vars(module).items())
        if callable(value)
    }


def put_functions(value: dict[str, Any]) -> None:
    for name, function in value.items():
        module, _, each = name.rpartition(".")
        if module in sys.modules:
            setattr(sys.modules[module], each, function)


def put_environment(value: dict[str, str]) -> None:
    for name in set(os.environ) - set(value):
        del os.environ[name]
    os.environ.update(value)


def written() -> int:
    """Bytes that were written to the terminal so far: the worker's go to one file."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    return os.lseek(2, 0, os.SEEK_CUR)


def put_filters(value: list[Any]) -> None:
    warnings.filters[:] = value  # type: ignore[index]


def put_logging(value: tuple[Any, ...]) -> None:
    root = logging.getLogger()
    root.handlers[:] = value[1]
    root.setLevel(value[0])


def own_threads() -> dict[str, int]:
    """Threads of Python by name, but for livegan's; pools of numpy and torch are not among them."""
    alive = [t for t in threading.enumerate() if not isinstance(t, ObjectThread)]
    return {f"{t.name}": t.ident or 0 for t in alive if t.name not in ("deadlines", "closing")}


def nothing(value: Any) -> None:
    """What cannot be put back."""


PIECES = (
    Piece(
        "random-generators",
        read_generators,
        put_generators,
        "take `rng` as a keyword argument (a numpy generator that repeats with the show), or make "
        "one of your own: np.random.default_rng(seed)",
        secret=True,
    ),
    Piece(
        "working-folder",
        os.getcwd,
        os.chdir,
        "never call os.chdir: open files by whole paths, those beside the plugin by "
        "Path(__file__).parent",
    ),
    Piece(
        "thread-counts",
        torch.get_num_threads,
        torch.set_num_threads,
        "leave torch.set_num_threads to livegan, which shares the cores between the slots",
    ),
    Piece(
        "number-settings",
        read_settings,
        put_settings,
        "leave the settings of torch, numpy and Python as they are, or set them in a `with` block",
    ),
    Piece(
        "functions-of-others",
        read_functions,
        put_functions,
        "do not replace what belongs to a library: every set and plugin calls it; write your own",
    ),
    Piece(
        "environment",
        lambda: dict(os.environ),
        put_environment,
        "do not write to os.environ",
        twice=True,
    ),
    Piece(
        "warnings-filters",
        lambda: list(warnings.filters),
        put_filters,
        "use `with warnings.catch_warnings():` around what warns",
        twice=True,
        secret=True,
    ),
    Piece(
        "logging",
        lambda: (logging.getLogger().level, list(logging.getLogger().handlers)),
        put_logging,
        "use a logger of your own, logging.getLogger(__name__), and leave logging.basicConfig to "
        "the program",
        twice=True,
        secret=True,
    ),
    Piece(
        "locale",
        lambda: locale.setlocale(locale.LC_ALL),
        lambda value: locale.setlocale(locale.LC_ALL, value),
        "do not call locale.setlocale: it changes how every part of the show reads numbers",
    ),
    Piece(
        "signal-handlers",
        read_handlers,
        put_handlers,
        "do not call signal.signal: ending a show is livegan's",
    ),
    Piece(
        "threads-left",
        own_threads,
        nothing,
        "end threads where they were started: join them in the same call, or in close(), which "
        "livegan calls when no set uses the object any more",
    ),
    Piece(
        "output",
        written,
        nothing,
        "do not print: use logging.getLogger(__name__), or raise an error that says what is wrong",
    ),
)
"""All that is looked at, each a check of its own."""


@contextlib.contextmanager
def kept() -> Iterator[None]:
    """Put everything back after the block, so that what one check finds does not mar the next."""
    before = [piece.read() for piece in PIECES]
    try:
        yield
    finally:
        for piece, value in zip(PIECES, before, strict=True):
            if piece.read() != value:
                piece.restore(value)


def change_of(piece: Piece, before: Any, after: Any) -> str:
    """What became of a piece, in words; empty if it is as it was."""
    if before == after:
        return ""
    if piece.name == "output":
        return f"it printed {printed(before, after)!r}"
    if piece.name == "threads-left":
        more = [n for n, i in after.items() if before.get(n) != i]
        return f"it left the thread {more[0]!r} running" if more else ""
    if isinstance(before, dict):
        if piece.name == "functions-of-others":
            # What is loaded later is no change, nor what torch wraps as it is first used.
            after = {k: before[k] if torchs_own(k, after.get(k)) else after.get(k) for k in before}
        changed = [k for k in {**before, **after} if before.get(k) != after.get(k)]
        which = ", ".join(sorted(changed)[:3])
        if piece.secret or len(changed) > 1:
            return f"it changed {which}"
        return f"it changed {which}: {before.get(which)} became {after.get(which)}"
    if piece.secret:
        return f"it changed the {piece.name.replace('-', ' ')}"
    return f"the {piece.name.replace('-', ' ')} changed from {before} to {after}"


def printed(start: int, stop: int) -> str:
    """The first line of what was written between two places of the terminal's file."""
    os.lseek(2, start, os.SEEK_SET)
    text = os.read(2, min(stop - start, 400)).decode("utf-8", "replace")
    os.lseek(2, 0, os.SEEK_END)
    return text.strip().splitlines()[0][:80] if text.strip() else text


def left_alone(piece: Piece, do: Callable[[], Any]) -> str:
    """Do something twice at most, put the piece back, and say in words what became of it."""
    said = ""
    for _ in range(2 if piece.twice else 1):
        before = piece.read()
        try:
            do()
        finally:
            after = piece.read()
            said = change_of(piece, before, after)
            if said:
                piece.restore(before)
        if not said:
            break
    return said
