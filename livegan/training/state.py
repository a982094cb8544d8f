"""The state of a training on disk, so that it can be killed at any moment."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import torch

from livegan.lock import HeldError, held
from livegan.saving import replacing
from livegan.training.ranks import Ranks


class StateError(Exception):
    """A state that cannot be read or written; one line: which, what, what to do."""


def save(path: Path, state: dict[str, Any]) -> None:
    """Write ``state`` whole or not at all.

    Raises
    ------
    StateError
        If the disk is full or the folder cannot be written to; what was there before stays.
    """
    try:
        with replacing(path) as beside:
            torch.save(state, beside)
    except (OSError, RuntimeError) as error:  # torch's writer raises the latter on a full disk
        raise _unwritten(path, error) from error


def load(path: Path) -> dict[str, Any]:
    """What :func:`save` wrote; tensors and plain values only, never code.

    Raises
    ------
    StateError
        If the file is damaged or no state.
    """
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises a dozen kinds
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        text = f"{path}: cannot be read ({first}); delete it to start again"
        raise StateError(text) from error
    return cast(dict[str, Any], found)


def load_for_all(path: Path, ranks: Ranks) -> dict[str, Any]:
    """What is in a file that only the main process needs to see, for every process; see `load`."""
    state, problem = None, ""
    if ranks.main:
        try:
            state = load(path)
        except StateError as error:
            problem = str(error)
    state, problem = ranks.same((state, problem))
    if state is None:
        raise StateError(problem)
    return state


@contextlib.contextmanager
def alone(work: Path, ranks: Ranks) -> Iterator[None]:
    """Keep other trainings out of ``work`` until the block ends.

    Raises
    ------
    HeldError, StateError
        In every process, if another training holds it, or if it cannot be written to.
    """
    with contextlib.ExitStack() as holding:
        problem: HeldError | StateError | None = None
        if ranks.main:
            try:
                holding.enter_context(held(work, "trained"))
            except HeldError as error:
                problem = error
            except OSError as error:
                problem = _unwritten(work / "state.pt", error)
        problem = ranks.same(problem)
        if problem is not None:
            raise problem
        yield


def _unwritten(path: Path, error: Exception) -> StateError:
    first = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return StateError(f"{path}: cannot be written ({first}); make room or mend it")
