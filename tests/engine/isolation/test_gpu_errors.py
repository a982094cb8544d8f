"""GPU memory that is used up costs a save or a node; a lost context costs the process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from livegan.engine.isolation.gpu_errors import ContextLost, check_context, is_full, is_lost
from livegan.engine.program.nodes import slot_building
from tests.engine.playing import Show

FULL = torch.OutOfMemoryError(
    "CUDA out of memory. Tried to allocate 20.00 MiB. GPU 0 has a total capacity of 7.79 GiB\n"
    "If reserved but unallocated memory is large try setting ..."
)
LOST = torch.AcceleratorError(
    "CUDA error: device-side assert triggered\nCUDA kernel errors might be asynchronously "
    "reported at some other API call, so the stacktrace below might be incorrect."
) if hasattr(torch, "AcceleratorError") else RuntimeError(
    "CUDA error: device-side assert triggered"
)  # fmt: skip
SET = """
from livegan.live import *
settings(swap="now", dissolve=0)
show(model("{name}", encode.levels(listen())))
"""


@pytest.mark.parametrize(
    ("text", "lost", "full"),
    [
        ("CUDA error: an illegal memory access was encountered", True, False),
        ("CUDA error: unspecified launch failure", True, False),
        ("CUDA error: out of memory", False, True),
        ("CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`", False, True),
        (
            "DefaultCPUAllocator: can't allocate memory: you tried to allocate 400 bytes",
            False,
            True,
        ),
        ("CUDA error: invalid device ordinal", False, False),
        ("The size of tensor a (3) must match the size of tensor b (4)", False, False),
    ],
)
def test_errors_are_told_apart(text: str, lost: bool, full: bool) -> None:
    assert (is_lost(RuntimeError(text)), is_full(RuntimeError(text))) == (lost, full)


def test_torchs_own_errors_are_known() -> None:
    assert is_full(FULL) and not is_lost(FULL)
    assert is_lost(LOST) and not is_full(LOST)
    assert is_full(MemoryError()) and not is_lost(ValueError("device-side assert CUDA error"))
    with pytest.raises(ContextLost, match=r"^CUDA error: device-side assert triggered$"):
        check_context(LOST)


class Failing:
    """A generator at torch's boundary: it raises when it paints, or already when it warms up."""

    def __init__(self, inner: Any, error: BaseException, *, warming: bool) -> None:
        self.inner, self.error, self.warming = inner, error, warming

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def warm_up(self, size: int) -> None:
        if self.warming:
            raise self.error

    def paint(self, *args: Any, **kwargs: Any) -> Any:
        raise self.error


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException, *, warming: bool) -> None:
    real = slot_building.Generator

    def make(*args: Any, **options: Any) -> Any:
        made = real(*args, **options)
        return Failing(made, error, warming=warming) if args[0].name == "water" else made

    monkeypatch.setattr(slot_building, "Generator", make)


@pytest.mark.parametrize("warming", [True, False])
def test_a_model_that_does_not_fit_is_refused_and_what_plays_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, warming: bool
) -> None:
    show = Show(tmp_path, SET.format(name="stone"))
    show.save()
    show.play(0.2)
    playing = show.player.program
    failing(monkeypatch, FULL, warming=warming)
    commit = show.save(SET.format(name="water"))
    assert commit is not None and commit.status == "refused"
    assert "memory" in commit.reason and "\n" not in commit.reason
    assert "reserved but unallocated" not in commit.reason
    assert commit.where.endswith("set.py:4")
    frames = show.play(0.2)
    assert show.player.program is playing and not show.faults
    assert not torch.equal(frames[0].picture, frames[-1].picture)


def test_a_context_that_is_lost_while_a_save_is_proven_ends_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = Show(tmp_path, SET.format(name="stone"))
    show.save()
    failing(monkeypatch, LOST, warming=True)
    with pytest.raises(ContextLost):
        show.save(SET.format(name="water"))


def test_a_context_that_is_lost_while_it_plays_ends_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = Show(tmp_path, SET.format(name="stone"))
    show.save()
    show.play(0.1)
    instance = show.player.program.slots[0].instance
    monkeypatch.setattr(
        instance, "generator", Failing(instance.generator, LOST, warming=False), raising=True
    )
    with pytest.raises(ContextLost):
        show.play(0.1)


def test_memory_that_is_used_up_while_it_plays_costs_one_nodes_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = Show(tmp_path, SET.format(name="stone"))
    show.save()
    show.play(0.1)
    instance = show.player.program.slots[0].instance
    whole = instance.generator
    monkeypatch.setattr(instance, "generator", Failing(whole, FULL, warming=False))
    held = show.play(0.2)
    assert torch.equal(held[0].picture, held[-1].picture)
    assert len(show.faults) == 1 and "out of memory" in show.faults[0]["reason"]
    monkeypatch.setattr(instance, "generator", whole)
    assert not torch.equal(show.play(0.2)[-1].picture, held[-1].picture)
