"""pyo, loaded as livegan uses it: without a window, without a banner, its chance kept apart."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import importlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

INSTALL = 'pip install "livegan[pyo]"'
LARGEST_STATE = 0x2000
"""Bytes of pyo's state that are searched for the number its chance goes on from."""


class NoPyo(RuntimeError):
    """pyo is not installed, or cannot be loaded; says in one line what to do."""


@functools.cache
def load_pyo() -> Any:
    """The module `pyo`.

    Raises
    ------
    NoPyo
        If it is not there, with the command that installs it.
    """
    os.environ.setdefault("PYO_GUI_WX", "0")  # else it prints which windows it would open
    try:
        pyo = importlib.import_module("pyo")
    except ImportError as error:
        if isinstance(error, ModuleNotFoundError) and error.name == "pyo":
            raise NoPyo(f"patches need pyo, which is not installed: {INSTALL}") from None
        raise NoPyo(f"patches need pyo, which cannot be loaded here: {error}") from None
    _let_follow(pyo)
    return pyo


class PyoStandIn(ModuleType):
    """What a set gets for ``import pyo`` where there is none: it can be read, and the rest of it
    plays; its patches are silent."""

    def __init__(self, why: str) -> None:
        super().__init__("pyo")
        self.__dict__["why"] = why

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NoPyo(self.__dict__["why"])


def pyo_or_stand_in() -> ModuleType:
    """The module for a set that imports it."""
    try:
        module: ModuleType = load_pyo()
    except NoPyo as missing:
        return PyoStandIn(str(missing))
    return module


def _let_follow(pyo: Any) -> None:
    """Let pyo's conversions of numbers take what changes: ``pyo.midiToHz(note)`` gives None for an
    audio object, while pyo has an object that does the same at audio rate."""
    for name, follows in (("midiToHz", pyo.MToF), ("midiToTranspo", pyo.MToT)):
        plain = getattr(pyo, name)

        def convert(x: Any, plain: Any = plain, follows: Any = follows) -> Any:
            return follows(x) if isinstance(x, pyo.PyoObject) else plain(x)

        setattr(pyo, name, functools.wraps(plain)(convert))


@functools.cache
def _chance_word() -> Any:
    """Where pyo keeps the number that its next random one is made of; None if it is not found.

    There is one for the whole process, so the noise of one patch would depend on all others. pyo
    has no call that sets it, but one that gives it: it lies where that value is found twice.
    """
    load_pyo()
    try:
        library = ctypes.PyDLL(importlib.import_module("pyo._pyo").__file__)
        library.PyoState_Get.restype = ctypes.c_void_p
        library.pyorand.restype = ctypes.c_uint32
    except (AttributeError, OSError):
        return None
    begin = library.PyoState_Get()
    if not begin:
        return None
    for offset in range(0, LARGEST_STATE, 4):
        value = library.pyorand()
        word = ctypes.c_uint32.from_address(begin + offset)
        if word.value == value and library.pyorand() == word.value:
            return word
    return None


@dataclass
class Chance:
    """What the random objects of one patch go on from: a number that only this patch uses."""

    state: int

    @contextlib.contextmanager
    def ours(self) -> Iterator[None]:
        """Inside, pyo's chance is that of this patch."""
        word = _chance_word()
        if word is None:
            yield
            return
        word.value = self.state
        try:
            yield
        finally:
            self.state = int(word.value)
