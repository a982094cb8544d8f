"""What a generator plays with besides torch: opened when it is ready, given up when it fails."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from weakref import WeakValueDictionary

import torch
from torch import Tensor

from livegan.generators.checkpoint import Checkpoint
from livegan.generators.errors import ModelError
from livegan.generators.networks.network import NormMode
from livegan.plugin.guard import said

from .backend import NetworkSpec, Run
from .choices import recall
from .graphs import cache_folder
from .names import AUTO, TORCH, choice_named, own_torch
from .quantising import read_ranges

Way = tuple[NormMode, tuple[int, int], int]
"""Norm, (height, width), threads."""


class Opened:
    """A function of a backend, and its name; slots that play the same share it."""

    def __init__(self, name: str, run: Run) -> None:
        self.name = name
        self.run = run


_opening = threading.Lock()
_opened: WeakValueDictionary[tuple[object, ...], Opened] = WeakValueDictionary()


class BackendSlot:
    """The backends of one generator.

    Parameters
    ----------
    checkpoint : what it plays; its architecture is known.
    wanted : ``"auto"``, or the name of a backend.
    note : receives one line when a backend fails.
    waits : whether painting waits until a backend is open, so that a rehearsal repeats; a show
        paints with torch meanwhile.

    Raises
    ------
    ModelError
        If there is no backend of that name here.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        wanted: str = AUTO,
        note: Callable[[str], None] = lambda text: None,
        *,
        waits: bool = True,
    ) -> None:
        if wanted != AUTO:
            choice_named(wanted)
        self.checkpoint = checkpoint
        self.wanted = wanted
        self.note = note
        self.waits = waits
        self.failed = ""
        """Why torch plays for good, if a backend failed."""
        self._runs: dict[Way, Opened | None] = {}
        self._lock = threading.Lock()
        self._opening: set[Way] = set()

    def run_for(self, norm: NormMode, size: tuple[int, int]) -> Opened | None:
        """What paints so with the threads that this thread has; None if torch does."""
        way = (norm, size, torch.get_num_threads())
        try:
            return self._runs[way]
        except KeyError:
            pass
        if self.failed:
            return None
        if self.waits:
            return self.prepare(way)
        with self._lock:
            if way not in self._opening:
                self._opening.add(way)
                threading.Thread(target=self.prepare, args=(way,), daemon=True).start()
        return None

    @property
    def ways(self) -> list[Way]:
        """The ways in which it painted, or was prepared to."""
        return list(self._runs)

    @property
    def playing(self) -> str:
        """What played last that was opened; torch if nothing else did."""
        found = [opened.name for opened in list(self._runs.values()) if opened is not None]
        return found[-1] if found else TORCH

    def prepare(self, way: Way) -> Opened | None:
        """Open what plays in this way; from the next picture on it does.

        A network that a backend cannot play is torch's, with a line if the set asked for it.
        """
        name = self.choice(way)
        found: Opened | None = None
        if name and not self.failed:
            try:
                found = opened(self.checkpoint, name, way)
            except Exception as error:  # whatever a library raises
                self.note(
                    f"{self.checkpoint.name}: {name} does not play it, torch does: {reason(error)}"
                )
        with self._lock:
            self._runs[way] = found
            self._opening.discard(way)
        return found

    def choice(self, way: Way) -> str:
        """The name of what should play in this way; empty for torch as it is."""
        norm, size, threads = way
        if self.wanted != AUTO:
            return "" if self.wanted == TORCH else self.wanted
        measured = recall(self.checkpoint.digest, norm, size)
        name = measured.chosen(threads) if measured is not None else ""
        return "" if name == own_torch() else name

    def untried(self, norm: NormMode, size: tuple[int, int]) -> bool:
        """Whether nobody has measured this network at this size on this machine."""
        return (
            self.wanted == AUTO
            and not self.failed
            and (recall(self.checkpoint.digest, norm, size) is None)
        )

    def renew(self) -> None:
        """Open what was measured to be better since, beside what plays; then switch to it."""
        with self._lock:
            ways = list(self._runs)
        for way in ways:
            self.prepare(way)

    def give_up(self, name: str, error: BaseException) -> None:
        """A backend failed while it painted: from now on torch does, in this very picture too."""
        with self._lock:
            self._runs = dict.fromkeys(self._runs)
            already, self.failed = self.failed, reason(error)
        if not already:
            self.note(
                f"{self.checkpoint.name}: {name} failed and torch plays on: {self.failed}; "
                'save model(..., backend="torch") to keep it so'
            )


def opened(checkpoint: Checkpoint, name: str, way: Way) -> Opened:
    """A backend's function for a network, shared by all slots that play it."""
    norm, size, threads = way
    key = (checkpoint.digest, name, *way)
    with _opening:  # what writes graphs keeps state of its own: one at a time
        found = _opened.get(key)
        if found is not None:
            return found
        choice = choice_named(name)
        ranges = kept_ranges(checkpoint, norm)
        run = choice.open(NetworkSpec(checkpoint, norm, size, threads, ranges))
        grey = torch.zeros(1, checkpoint.in_channels, *size)
        for _ in range(2):  # so that its first picture is as quick as any
            painted = run(grey)
        check_shape(painted, checkpoint)
        found = Opened(name, run)
        _opened[key] = found
    return found


def check_shape(painted: Tensor, checkpoint: Checkpoint) -> None:
    """Whether what a backend returns is a picture.

    Raises
    ------
    ModelError
        If not.
    """
    good = isinstance(painted, Tensor) and painted.ndim == 4 and painted.shape[0] == 1
    if not good or painted.shape[1] != checkpoint.out_channels:
        what = tuple(painted.shape) if isinstance(painted, Tensor) else type(painted).__name__
        raise ModelError(f"it returns {what}, not a picture (1, {checkpoint.out_channels}, H, W)")


def reason(error: BaseException) -> str:
    """An error in one line."""
    text = " ".join(said(error).split())
    return (text if isinstance(error, ModelError) else f"{type(error).__name__}: {text}")[:200]


# Calibrations ---------------------------------------------------------------------------------


def ranges_files(checkpoint: Checkpoint, norm: NormMode) -> list[Path]:
    """Where the calibration of a model may lie: beside it, or in the user's cache."""
    own = cache_folder() / "int8" / f"{checkpoint.digest[:24]}-{norm}.json"
    if checkpoint.path is None:
        return [own]
    return [checkpoint.path.with_name(f"{checkpoint.path.stem}.{norm}.int8.json"), own]


def kept_ranges(checkpoint: Checkpoint, norm: NormMode) -> dict[str, tuple[float, float]] | None:
    """The calibration of a model; None if there is none."""
    for file in ranges_files(checkpoint, norm):
        found = read_ranges(file, checkpoint.digest, norm)
        if found is not None:
            return found
    return None
