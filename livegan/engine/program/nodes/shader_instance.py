"""Shaders that are built: what a frame gives to the process that paints one, and gets back.

Why a process: docs/decisions/shaders.md.
"""

from __future__ import annotations

import copy
import threading
import time
import weakref
from typing import Any

import numpy as np
import torch

from livegan.engine.commit.script import Refusal
from livegan.engine.program.graphics_card.arriving import Arriving
from livegan.engine.program.nodes.instance import Instance, Moment
from livegan.generators.channels import fitted
from livegan.generators.device import sent, works_alone
from livegan.graph.picture import Picture
from livegan.graph.shader import ShaderPicture
from livegan.graph.signals.reading import number, read, vector
from livegan.graph.signals.signal import Signal
from livegan.ipc.asked_process import ProcessGone, ProcessHung
from livegan.ipc.pipes import Bytes
from livegan.shaders import painting
from livegan.shaders.shader import Shader, ShaderError, ShaderValue
from livegan.shaders.sound_textures import texture
from livegan.size import Size

TRIES, APART_S = 3, 1.0
"""A shader whose process ends by itself is started so many times again, so far apart."""
EPOCH = (2000.0, 1.0, 1.0)
"""The date on which every show begins, for shaders: a rehearsal draws the same on any day."""
DAY = 86400.0


class Keeper:
    """The process of one shader, taken and given back; started again where it ends by itself.

    A node and its copy for a proof share one.
    """

    def __init__(self, shader: Shader, size: Size) -> None:
        self.shader = shader
        self.size = (size.width, size.height)
        self.painter = painting.take()
        self.begun = False
        """Whether its buffers hold a frame of the show."""
        self.ended = ""
        """Why it paints no more, for good."""
        self._tries = 0
        self._again: threading.Thread | None = None
        self._give_back = weakref.finalize(self, _give_back, [self.painter])
        self._box = self._give_back.peek()[2][0]  # type: ignore[index]
        try:
            self.painter.load(shader, self.size)
        except ProcessHung:
            reason = f"it takes more than {painting.LOAD_S:g} s to compile; simplify it"
            raise ShaderError(reason, shader.path, 0) from None
        except ProcessGone as error:
            raise ShaderError(str(error), shader.path, 0) from None

    def paint(self, head: dict[str, Any], bodies: list[Bytes]) -> tuple[tuple[int, int], bytes]:
        """One frame, as `livegan.shaders.painting.ShaderProcess.paint`.

        Raises
        ------
        Refusal
            If it hangs, or its process is gone: for good, or until that is started again.
        """
        if self.ended:
            raise Refusal(self.ended)
        if self._again is not None:
            if self._again.is_alive():
                raise Refusal("its process is being started again")
            self._again, self.begun = None, False
        try:
            return self.painter.paint(head, bodies)
        except ProcessHung:
            self.ended = (
                f"a frame took more than {painting.PAINT_S:g} s, an endless loop? Its process was "
                "ended; edit the file to try again, or paint smaller with size="
            )
            raise Refusal(self.ended) from None
        except ProcessGone as error:
            self._tries += 1
            if self._tries > TRIES:
                self.ended = f"{error}; edit the file to try again"
                raise Refusal(self.ended) from None
            self._again = threading.Thread(target=self._start_again, daemon=True, name="shader")
            self._again.start()
            raise Refusal(f"{error}; it is started again") from None

    def _start_again(self) -> None:
        time.sleep(APART_S * (self._tries - 1))
        painter = painting.take()
        self.painter = self._box[0] = painter
        try:
            painter.load(self.shader, self.size)
        except (ProcessHung, ProcessGone, ShaderError) as error:
            self.ended = f"it could not be started again: {error}"


def _give_back(box: list[painting.ShaderProcess]) -> None:
    painting.give_back(box[0])


class ShaderInstance(Instance):
    """A node of a shader.

    Raises
    ------
    ShaderError
        If it does not compile, with the line of its file; or cannot be painted at all.
    """

    stateful = True

    def __init__(self, node: ShaderPicture, canvas: Size) -> None:
        super().__init__()
        self.shader = node.declared
        self.keeper = Keeper(node.declared, asked_size(node, canvas))
        self._frame = 0
        self._before: float | None = None
        """The time of the frame before."""
        self._up: dict[str, bool] = {}
        """Of events: whether the signal was high in the frame before."""

    def apart(self, node: Picture, moment: Moment) -> ShaderInstance:
        other = copy.copy(self)
        other._up = dict(self._up)
        return other

    def draw(
        self, node: Picture, inputs: list[torch.Tensor | None], moment: Moment
    ) -> torch.Tensor:
        *pictures, over = inputs
        first = next((p for p in pictures if p is not None), None)
        own = moment.size if first is None else Size(first.shape[1], first.shape[2])
        size = asked_size(node, own)
        given: list[tuple[str, str, int, int]] = []
        bodies: list[Bytes] = []
        shown = [p if p is first else fitted(p, *own) for p in pictures if p is not None]
        for wanted, pixels in zip(self.shader.pictures, as_bytes(shown), strict=True):
            given.append((wanted.glsl, "picture", pixels.shape[1], pixels.shape[0]))
            bodies.append(pixels.data.cast("B"))
        for heard, sound in zip(self.shader.sounds, node.sounds, strict=True):
            rows = texture(heard.kind, heard.columns, moment.reading.heard(sound))
            given.append((heard.glsl, "sound", rows.shape[1], rows.shape[0]))
            bodies.append(rows.data.cast("B"))
        head = {
            "size": (size.width, size.height),
            "clocks": self.clocks(node, moment),
            "values": self.values(node, moment, size),
            "given": given,
            "begin": not self.keeper.begun,
        }
        (width, height), pixels_back = self.keeper.paint(head, bodies)
        self.keeper.begun = not moment.proving
        drawn = as_picture_over(pixels_back, width, height, over, own, moment.device)
        if not moment.proving:
            self._frame += 1
        return drawn

    def clocks(self, node: Picture, moment: Moment) -> dict[str, Any]:
        """The time of a frame, as shaders know it."""
        now = moment.now
        seconds, delta = now.time, now.dt
        if "time" in node.live:
            seconds = number(node.live["time"], moment.reading)
            delta = max(0.0, seconds - self._before) if self._before is not None else 0.0
        if not moment.proving:
            self._before = seconds
        days, second = divmod(now.time, DAY)
        year, month, day = EPOCH
        date = (year, month, day + days, second)
        return {"time": seconds, "delta": delta, "frame": self._frame, "date": date}

    def values(self, node: Picture, moment: Moment, size: Size) -> dict[str, Any]:
        """The uniforms of a frame, signals held to their ranges."""
        found: dict[str, Any] = {}
        for value in self.shader.values:
            found[value.glsl] = self.value(value, node.live[value.param.name], moment)
            if value.pixels:
                x, y = found[value.glsl]
                found[value.glsl] = (x * size.width, y * size.height)
        return found

    def value(self, value: ShaderValue, given: Any, moment: Moment) -> Any:
        """One uniform."""
        row = value.param
        if isinstance(given, tuple):
            return vector(row, given, moment.reading)
        if isinstance(given, Signal):
            found = read(given, moment.reading)
            if isinstance(found, str):  # of a choice: what it is called
                known = dict(zip(value.labels, value.numbers, strict=False))
                found = known.get(found, row.default)
            given = float(found)
        if value.kind == "event":
            up, before = float(given) > 0.5, self._up.get(row.name, False)
            self._up[row.name] = up
            return up and not before
        if value.kind == "bool":
            return float(given) > 0.5
        limited = row.limit(float(given))
        if value.kind != "long":
            return limited
        if value.numbers:
            return min(value.numbers, key=lambda n: abs(n - limited))
        return round(limited)


def asked_size(node: Picture, own: Size) -> Size:
    """The size that a shader paints at: its own, or what the set says."""
    asked: Size = node.fixed["size"]
    if asked and asked.height == asked.width:
        return asked.shaped_like(own)
    return asked or own


def as_bytes(pictures: list[torch.Tensor]) -> list[np.ndarray[Any, np.dtype[np.uint8]]]:
    """Each (3, H, W) 0..1 as (H, W, 3) bytes, the lowest row first, as OpenGL has it.

    A graphics card is waited for here, once: the process that paints the shader needs them.
    """
    rows = [each.detach().clamp(0, 1).mul(255).add_(0.5).to(torch.uint8) for each in pictures]
    rows = [each.flip(1).permute(1, 2, 0).contiguous() for each in rows]
    if rows and works_alone(rows[0].device):
        rows = Arriving(rows).wait()
    return [each.cpu().numpy() for each in rows]


def as_picture_over(
    pixels: bytes,
    width: int,
    height: int,
    over: torch.Tensor | None,
    size: Size,
    device: torch.device,
) -> torch.Tensor:
    """RGBA bytes, the lowest row first, as (3, H, W) of a size over another picture, or black."""
    rows = np.frombuffer(pixels, np.uint8).reshape(height, width, 4)[::-1]
    opaque = bool((rows.view("<u4") >= np.uint32(0xFF000000)).all())
    # Plane by plane: twice as fast as turning the pixels of a whole picture.
    planes = np.empty((3 if opaque else 4, height, width), np.uint8)
    for index, plane in enumerate(planes):
        plane[:] = rows[..., index]
    whole = sent(torch.from_numpy(planes), device).to(torch.float32).div_(255.0)
    colour, alpha = whole[:3], whole[3:]
    if not opaque:
        colour = colour * alpha
    if (height, width) != tuple(size):
        colour = fitted(colour, *size, "stretch")
        alpha = alpha if opaque else fitted(alpha, *size, "stretch")
    if over is not None and not opaque:
        colour = colour + fitted(over, *size) * (1 - alpha)
    return colour.contiguous()
