"""A patch that is built: its pyo objects on a server of their own, played hop by hop."""

from __future__ import annotations

import ctypes
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livegan.graph.patch import building
from livegan.operation.chance import generator
from livegan.patches.pyo_library import Chance, load_pyo
from livegan.plugin.declare import Operation
from livegan.sound import HOP, RATE

Array = NDArray[np.float32]
Values = Mapping[str, float | tuple[float, ...]]

SEEDS = 2**30
"""pyo takes seeds from 1; 0 is the clock."""


class BadPatch(Exception):
    """A patch does not return what pyo plays; says in one line what to write."""


class BuiltPatch:
    """The objects of one patch. All calls are of one thread.

    Parameters
    ----------
    operation : the patch as declared.
    fixed : values of its static parameters.
    values : of the others, as of now: numbers, and tuples for vectors.
    sounds : how many sounds it is given.
    seed, name : what its chance depends on: the show's seed and the node's name.

    Raises
    ------
    BadPatch
        If it returns nothing that pyo plays. What the patch raises itself is passed on.
    """

    def __init__(
        self,
        operation: Operation,
        fixed: Mapping[str, Any],
        values: Values,
        sounds: int,
        *,
        seed: int = 0,
        name: str = "",
    ) -> None:
        self._pyo = pyo = load_pyo()
        own = zlib.crc32(f"{seed}|{name}".encode(errors="surrogatepass"))
        self._chance = Chance(own)
        self._failed: list[BaseException] = []
        self._server = server = pyo.Server(
            sr=RATE, nchnls=2, ichnls=max(2, 2 * sounds), buffersize=HOP, duplex=1, audio="manual"
        )
        server.setVerbosity(1)
        server.boot()
        server.setGlobalSeed(1 + own % SEEDS)
        server.start()
        self._into = _memory(server.getInputAddr(), max(2, 2 * sounds))
        self._out = _memory(server.getOutputAddr(), 2)
        self._into[:] = 0.0
        self.sounds = sounds
        self._kept: list[Any] = []
        try:
            with self._chance.ours(), kept_alive(pyo, self._kept), building():
                self.params = {key: follower(pyo, value) for key, value in values.items()}
                self._values = dict(values)
                given = {**fixed, **self.params}
                if "rng" in operation.context:
                    given["rng"] = generator(seed, name, 0.0)
                heard = [pyo.Input([2 * i, 2 * i + 1]) for i in range(sounds)]
                self._sound = returned(pyo, operation.name, operation.make(*heard, **given))
                for each in self._sound:
                    each.out()
        except BaseException:
            self.close()
            raise
        self._chance.state = own  # how much chance was used to build it differs with the process

    def play(self, sounds: Sequence[Array], values: Values) -> Array:
        """The next hop, (480, 2) float32, from a hop of each sound.

        Each value is reached at the end of the hop, in a straight line. What is returned may be
        of any size, and not finite where a filter of the patch has burst.
        """
        for index, block in enumerate(sounds):
            self._into[:, 2 * index : 2 * index + 2] = block
        for key, value in values.items():
            if value != self._values[key]:
                self._values[key] = value
                self.params[key].value = list(value) if isinstance(value, tuple) else value
        self._server.setServer()  # objects that are made while it plays belong to it
        with self._chance.ours(), errors_into(self._failed):
            self._server.process()
        return self._out.copy()

    def failure(self) -> BaseException | None:
        """What a function of the patch that pyo calls has raised since the last look."""
        return self._failed.pop(0) if self._failed else None

    def close(self) -> None:
        """Let go of the objects. Twice is harmless."""
        if self._server is None:
            return
        server, self._server = self._server, None
        server.stop()
        server.shutdown()
        self._kept.clear()
        self.params, self._sound = {}, []
        self._into = self._out = np.zeros((0, 2), np.float32)


def _memory(address: str, channels: int) -> Array:
    """The samples that a server keeps at an address, (480, channels)."""
    numbers = (ctypes.c_float * (HOP * channels)).from_address(int(address, 16))
    return np.ctypeslib.as_array(numbers).reshape(HOP, channels)


def follower(pyo: Any, value: float | tuple[float, ...]) -> Any:
    """The object that stands for a parameter: it reaches each new value within a hop."""
    start = list(value) if isinstance(value, tuple) else float(value)
    return pyo.SigTo(start, time=HOP / RATE, init=start)


def returned(pyo: Any, name: str, what: Any) -> list[Any]:
    """Stereo objects of what a patch returned: an object, or several, which are added."""
    found = list(what) if isinstance(what, (list, tuple)) else [what]
    if not found or not all(isinstance(each, pyo.PyoObject) for each in found):
        wrong = next((e for e in found if not isinstance(e, pyo.PyoObject)), None)
        said = "nothing" if wrong is None else f"a {type(wrong).__name__}"
        raise BadPatch(
            f"the patch {name!r} returned {said}; end it with return and the pyo object that is "
            "to be heard"
        )
    for each in found:
        if each.isOutputting():  # .out() is livegan's to say
            each.play()
    return [each.mix(2) for each in found]


@contextmanager
def kept_alive(pyo: Any, kept: list[Any]) -> Iterator[None]:
    """Inside, every pyo object that is made is kept: a patch's own names end with its function, and
    a ``Pattern`` that nobody holds would stop."""
    base = pyo.lib._core.PyoObjectBase
    begin = base.__init__

    def remember(self: Any, *args: Any, **kwargs: Any) -> None:
        begin(self, *args, **kwargs)
        kept.append(self)

    base.__init__ = remember
    try:
        yield
    finally:
        base.__init__ = begin


@contextmanager
def errors_into(failed: list[BaseException]) -> Iterator[None]:
    """Inside, what functions of a patch raise that pyo calls is gathered, and not printed."""
    before = sys.excepthook

    def gather(kind: Any, error: BaseException, trace: Any) -> None:
        if len(failed) < 8:
            failed.append(error.with_traceback(trace))

    sys.excepthook = gather
    try:
        yield
    finally:
        sys.excepthook = before
