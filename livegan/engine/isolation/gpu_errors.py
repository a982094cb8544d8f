"""Errors of a GPU: memory that is used up costs one node, a lost context costs the process.

After an illegal address or an assertion in a kernel, every later call of CUDA's fails until the
process ends: the engine leaves, and the stage starts another (NVIDIA, CUDA runtime, "Error
handling": sticky errors).
"""

from __future__ import annotations

import gc
import sys
from typing import Any

from livegan.plugin.guard import said

LOST = (
    *("illegal memory access", "device-side assert", "misaligned address", "launch failure"),
    *("illegal instruction", "invalid program counter", "hardware stack error", "launch timed out"),
    *("uncorrectable", "device is lost", "bus error"),
)
"""In the text of an error after which a process is of no use."""
WHOLE = 1_000_000
"""Characters of an error that are searched for those: TorchScript's come last in a long text."""
MARKS = ("CUDA error", "CUDNN_STATUS", "CUBLAS_STATUS", "HIP error", "MPS")


class ContextLost(BaseException):
    """The GPU's context is lost: this process cannot draw any more."""


def is_lost(error: BaseException) -> bool:
    """Whether an error says that the GPU's context is lost."""
    text = said(error, WHOLE)
    return (
        isinstance(error, RuntimeError)
        and any(mark in text for mark in MARKS)
        and any(word in text for word in LOST)
    )


def is_full(error: BaseException) -> bool:
    """Whether an error says that memory is used up, of the GPU or of the machine."""
    torch = _torch()
    if isinstance(error, MemoryError) or (torch and isinstance(error, torch.OutOfMemoryError)):
        return True
    text = said(error, WHOLE)
    used_up = ("out of memory", "can't allocate memory", "_ALLOC_FAILED")
    return isinstance(error, RuntimeError) and any(word in text for word in used_up)


def first_line(error: BaseException) -> str:
    """What an error says, without the advice for programmers that follows."""
    text = said(error).strip().splitlines()
    return text[0] if text else type(error).__name__


def check_context(error: BaseException) -> None:
    """Give memory back if it is used up.

    Raises
    ------
    Poisoned
        If the GPU's context is lost.
    """
    if isinstance(error, ContextLost):
        raise error
    if is_lost(error):
        raise ContextLost(first_line(error)) from None
    if is_full(error):
        gc.collect()
        torch = _torch()
        if torch and torch.cuda.is_available():
            torch.cuda.empty_cache()


def _torch() -> Any:
    """The module, if this process has it: a set is read without it."""
    return sys.modules.get("torch")
