"""SpoutGL as its Windows wheel takes calls, with the textures of one imagined machine."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

WHEEL = json.loads(Path(__file__).with_name("spout_signatures.json").read_text())
TYPES = {"str": str, "bool": bool, "int": int}


@dataclass
class Texture:
    """What one sender shares: its picture, top row first, and a handle that a new size renews."""

    pixels: np.ndarray
    handle: object = field(default_factory=object)
    frame: int = 0
    openable: bool = True


class Called:
    """Checks each call against the wheel, and that one thread makes all of them."""

    kind: ClassVar[str]
    context: ClassVar[bool] = True

    def __init__(self, machine: FakeSpout) -> None:
        self.machine = machine
        self.calls: list[str] = []
        self.thread: int | None = None

    def __getattribute__(self, name: str) -> Any:
        found = object.__getattribute__(self, name)
        if name.startswith("_") or name not in WHEEL[type(self).kind]:
            return found
        signature = WHEEL[type(self).kind][name]

        def call(*arguments: Any) -> Any:
            wanted = signature["parameters"]
            assert len(arguments) == len(wanted), f"{name} takes {wanted}"
            for argument, kind in zip(arguments, wanted, strict=True):
                if kind.startswith("buffer"):
                    if argument is None and kind == "buffer to write":
                        continue
                    view = memoryview(argument)
                    assert view.c_contiguous, "Buffer must be contiguous"
                    assert kind == "buffer" or not view.readonly
                else:
                    assert type(argument) is TYPES[kind], f"{name}: {argument!r} is no {kind}"
            self.calls.append(name)
            self.thread = self.thread or threading.get_ident()
            assert self.thread == threading.get_ident(), "its context is another thread's"
            return found(*arguments)

        return call

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"{type(self).kind} of {WHEEL['wheel']} has no {name}")

    def createOpenGL(self) -> bool:
        return self.machine.context

    def closeOpenGL(self) -> bool:
        return True


class FakeSender(Called):
    kind = "SpoutSender"

    def setSenderName(self, name: str) -> None:
        self._name = name

    def sendImage(
        self, pixels: Any, width: int, height: int, layout: int, invert: bool, fbo: int
    ) -> bool:
        assert layout == 0x1908 and fbo == 0
        assert memoryview(pixels).nbytes >= width * height * 4, "Buffer not large enough"
        if not self.machine.takes:
            return False
        rows = np.array(pixels).reshape(height, width, 4)
        self.machine.share(self._name, rows[::-1] if invert else rows)
        return True

    def setFrameSync(self, name: str) -> None:
        assert name == self._name

    def releaseSender(self) -> None:
        self.machine.textures.pop(self._name, None)


class FakeReceiver(Called):
    """Does in order what Spout.cpp does in ReceiveImage and ReceiveSenderData."""

    kind = "SpoutReceiver"

    def __init__(self, machine: FakeSpout) -> None:
        super().__init__(machine)
        self._name = self._setup = ""
        self._release()
        self._updated = False
        self._new = False

    def _release(self) -> None:
        self._name = self._setup
        self._height = self._width = 0
        self._handle: object = None
        self._frame = -1
        self._read = 0
        self._connected = False

    def getSenderList(self) -> list[str]:
        return list(self.machine.textures)

    def setReceiverName(self, name: str) -> None:
        self._name = self._setup = name

    def receiveImage(self, buffer: Any, layout: int, invert: bool, fbo: int) -> bool:
        assert layout == 0x1908 and fbo == 0
        if buffer is not None and memoryview(buffer).nbytes < self._width * self._height * 4:
            raise BufferError("Buffer not large enough")
        if self._updated:
            return True
        texture = self.machine.textures.get(self._name)
        if texture is None:
            self._release()
            return False
        if texture.handle is not self._handle:
            self._release()
            self._handle = texture.handle
            if texture.openable:
                self._height, self._width = texture.pixels.shape[:2]
                self._updated = True
                return True
        if buffer is None:
            return False
        self._new = texture.frame != self._frame
        self._frame = texture.frame
        if self._new:
            self._read += 1
            if self._read > 1:  # the first read-back is of memory that nothing was written to
                rows = texture.pixels[::-1] if invert else texture.pixels
                np.asarray(buffer)[:] = rows
        self._connected = True
        return True

    def isUpdated(self) -> bool:
        updated, self._updated = self._updated, False
        return updated

    def isFrameNew(self) -> bool:
        return self._new

    def getSenderWidth(self) -> int:
        return self._width

    def getSenderHeight(self) -> int:
        return self._height

    def releaseReceiver(self) -> None:
        self._release()


class FakeSpout:
    """The module SpoutGL, and the textures that are shared."""

    def __init__(self) -> None:
        self.textures: dict[str, Texture] = {}
        self.context = self.takes = True
        self.made: list[Any] = []

    def share(self, name: str, pixels: np.ndarray) -> Texture:
        """Show the next frame of a sender, RGBA, top row first; a new size has a new handle."""
        texture = self.textures.get(name)
        if texture is None or texture.pixels.shape != pixels.shape:
            texture = self.textures[name] = Texture(pixels)
        texture.pixels = pixels
        texture.frame += 1
        return texture

    def SpoutSender(self) -> FakeSender:
        self.made.append(FakeSender(self))
        return self.made[-1]

    def SpoutReceiver(self) -> FakeReceiver:
        self.made.append(FakeReceiver(self))
        return self.made[-1]
