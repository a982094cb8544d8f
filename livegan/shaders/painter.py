"""The process that paints one shader: it owns an OpenGL context, and nothing else.

A shader can hang the graphics card, crash its driver, or keep the compiler busy for seconds, and
moderngl holds Python's lock meanwhile.  Here that costs nobody else a frame.  Messages come on the
standard input and are answered on the standard output: see `livegan.shaders.painting`.
"""

from __future__ import annotations

import faulthandler
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

from livegan.ipc.pipes import read, write
from livegan.shaders.expression import Expression

LARGEST, MOST = 8192, 4096 * 4096
"""Pixels of the longer side of a buffer, and of all of it."""
SPARE_S = 5.0
"""A process that is not ended when its time is over ends itself so much later."""
QUAD = np.array([-1, -1, 1, -1, -1, 1, 1, 1], np.float32)
MISSING = {"linux": "the Debian packages libegl1, libgl1 and libgl1-mesa-dri, or a graphics driver"}


class ShaderRefused(Exception):
    """A shader cannot be painted: why; ``log`` is what the compiler said, if it is that."""

    def __init__(self, reason: str, log: str = "") -> None:
        super().__init__(reason)
        self.log = log


def main() -> None:
    """Answer until nobody asks any more."""
    commands = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "r+b") as nothing:  # drivers print
        os.dup2(nothing.fileno(), 0)
        os.dup2(nothing.fileno(), 1)
        os.dup2(nothing.fileno(), 2)
    canvas: ShaderContext | None = None
    quiet = open(os.devnull, "w")  # noqa: SIM115  # as long as the process
    while True:
        try:
            head, body = read(commands)
        except (OSError, EOFError, ValueError):
            os._exit(0)  # a driver that cleans up may hang
        # Nobody may be left to end this: what hangs in a driver answers to no one.
        faulthandler.dump_traceback_later(head["limit"] + SPARE_S, exit=True, file=quiet)
        try:
            if canvas is None:
                canvas = ShaderContext(context())
            if head["do"] == "load":
                write(answers, canvas.load(head["shader"], head["size"]))
            else:
                size, pixels = canvas.paint(head, body)
                write(answers, {"size": size}, pixels)
        except ShaderRefused as error:
            write(answers, {"refused": str(error), "log": error.log})
        except Exception as error:
            write(answers, {"refused": f"{type(error).__name__}: {error}", "log": ""})
        finally:
            faulthandler.cancel_dump_traceback_later()


def context() -> Any:
    """A context of OpenGL 3.3 without a window.

    Raises
    ------
    ShaderRefused
        If moderngl or a driver is missing; it says what to install.
    """
    try:
        import moderngl
    except ImportError:
        raise ShaderRefused("shaders need moderngl: pip install 'livegan[shaders]'") from None
    ways: list[dict[str, Any]] = [{}]
    if sys.platform == "linux":  # without a display; the libraries by the names they always have
        ways.insert(0, {"backend": "egl", "libgl": "libGL.so.1", "libegl": "libEGL.so.1"})
    told: list[str] = []
    for way in ways:
        try:
            return moderngl.create_context(standalone=True, require=330, **way)
        except Exception as error:  # of several kinds, by platform
            told.append(" ".join(str(error).split()))
    needs = MISSING.get(sys.platform, "a graphics driver with OpenGL 3.3")
    raise ShaderRefused(f"shaders need {needs} ({told[0]})")


class Buffer:
    """What a pass draws into: two textures that change places, so that it may read itself."""

    def __init__(self, gl: Any, size: tuple[int, int], floats: bool) -> None:
        self.size = size
        made = [gl.texture(size, 4, dtype="f4" if floats else "f1") for _ in range(2)]
        for texture in made:
            texture.repeat_x = texture.repeat_y = False
        self.textures = made
        self.frames = [gl.framebuffer([texture]) for texture in made]
        self.clear()

    def clear(self) -> None:
        """Make it black and transparent."""
        for frame in self.frames:
            frame.clear()

    def swap(self) -> None:
        """What was drawn is what is read from now on."""
        self.textures.reverse()
        self.frames.reverse()

    def release(self) -> None:
        """Give its memory back."""
        for each in (*self.frames, *self.textures):
            each.release()


class ShaderContext:
    """A context, and the shader that is painted in it."""

    def __init__(self, gl: Any) -> None:
        self.gl = gl
        self.corners = gl.buffer(QUAD.tobytes())
        self.rest = gl.simple_framebuffer((1, 1))
        """In use while those of a shader are released: moderngl goes back to what was in use."""
        self.shader: dict[str, Any] = {}
        self.program: Any = None
        self.array: Any = None
        self.buffers: dict[str, Buffer] = {}
        self.given: dict[str, Any] = {}
        self.imported: dict[str, Any] = {}
        self.sizes: list[tuple[Expression | None, Expression | None]] = []

    def load(self, shader: dict[str, Any], size: list[int]) -> dict[str, Any]:
        """Compile a shader, in place of the one before, and draw it once so that it is ready.

        ``size``, (width, height), is that of the pictures and frames to come.

        Raises
        ------
        ShaderRefused
            If it does not compile, with what the compiler said.
        """
        self.release()
        self.shader = shader
        try:
            self.program = self.gl.program(
                vertex_shader=shader["vertex"], fragment_shader=shader["fragment"]
            )
        except Exception as error:  # moderngl.Error; drivers differ
            raise ShaderRefused("it does not compile", str(error)) from None
        if "isf_position" not in self.program:
            raise ShaderRefused("its vertex shader does not call isf_vertShaderInit()")
        self.array = self.gl.vertex_array(self.program, [(self.corners, "2f", "isf_position")])
        for name, path in shader["imported"]:
            self.imported[name] = self.picture_file(Path(path))
        self.sizes = [
            (expression(each["width"]), expression(each["height"])) for each in shader["passes"]
        ]
        # Drivers compile for each format of texture, and whether its sides are powers of two: with
        # those of a frame, no frame waits for it.
        given = [(name, "picture", *size) for name in shader["pictures"]]
        given += [(name, "sound", columns, 2) for name, columns in shader["sounds"]]
        blank = bytes(sum(4 * width * height for _, _, width, height in given))
        warm = {"size": size, "clocks": {}, "values": {}, "given": given, "begin": True}
        self.paint(warm, blank)
        for buffer in self.buffers.values():
            buffer.clear()
        return {"renderer": self.gl.info["GL_RENDERER"]}

    def picture_file(self, path: Path) -> Any:
        """A picture beside the shader, as a texture."""
        from PIL import Image, ImageOps

        try:
            with Image.open(path) as image:
                upright = ImageOps.exif_transpose(image.convert("RGBA"))
                pixels = np.ascontiguousarray(np.asarray(upright)[::-1])
        except (OSError, ValueError, SyntaxError) as error:
            raise ShaderRefused(
                f"{path.name} is not a picture that can be read ({error})"
            ) from None
        texture = self.gl.texture((pixels.shape[1], pixels.shape[0]), 4, pixels.tobytes())
        texture.repeat_x = texture.repeat_y = False
        return texture

    def release(self) -> None:
        """Give back what the shader before had."""
        self.rest.use()
        for each in (*self.buffers.values(), *self.given.values(), *self.imported.values()):
            each.release()
        for each in (self.array, self.program):
            if each is not None:
                each.release()
        self.array = self.program = None
        self.buffers, self.given, self.imported = {}, {}, {}

    def paint(self, head: dict[str, Any], body: bytes) -> tuple[tuple[int, int], bytes]:
        """One frame: (width, height), and RGBA bytes, the lowest row first.

        Raises
        ------
        ShaderRefused
            If the context is lost, or the card has no memory.
        """
        self.take(head["given"], body)
        size = (int(head["size"][0]), int(head["size"][1]))
        names = {k: v for k, v in head["values"].items() if isinstance(v, (int, float))}
        names |= {"WIDTH": size[0], "HEIGHT": size[1]}
        drawn = [
            self.buffer(
                each["target"], (side_of(wide, names, size[0]), side_of(high, names, size[1]))
            )
            for each, (wide, high) in zip(self.shader["passes"], self.sizes, strict=True)
        ]  # all of them before the first is drawn: any pass may read any
        if head["begin"]:
            for each in self.buffers.values():
                each.clear()
        for index, into in enumerate(drawn):
            self.draw(head, index, into)
        last = drawn[-1]
        pixels = self.read(last)
        return last.size, pixels

    def take(self, given: list[Any], body: bytes) -> None:
        """The pictures and the sound of a frame, as textures."""
        at = 0
        for name, kind, width, height in given:
            components, dtype, each = (3, "f1", 3) if kind == "picture" else (1, "f4", 4)
            data = memoryview(body)[at : at + width * height * each]
            at += len(data)
            texture = self.given.get(name)
            if texture is None or texture.size != (width, height):
                if texture is not None:
                    texture.release()
                texture = self.gl.texture((width, height), components, alignment=1, dtype=dtype)
                texture.repeat_x = texture.repeat_y = False
                if kind != "picture":
                    texture.swizzle = "RRR1"
                self.given[name] = texture
            texture.write(data, alignment=1)

    def buffer(self, target: str, size: tuple[int, int]) -> Buffer:
        """The buffer of a pass at a size; what it held is gone if that is another."""
        if size[0] * size[1] > MOST:
            size = (size[0], max(1, MOST // size[0]))
        found = self.buffers.get(target)
        if found is None or found.size != size:
            self.rest.use()
            if found is not None:
                found.release()
            floats = any(p["floats"] for p in self.shader["passes"] if p["target"] == target)
            found = self.buffers[target] = Buffer(self.gl, size, floats)
        return found

    def draw(self, head: dict[str, Any], index: int, into: Buffer) -> None:
        """One pass."""
        program, unit = self.program, 0
        for name, value in head["values"].items():
            if name in program:
                program[name].value = tuple(value) if isinstance(value, list) else value
        sampled = {**self.imported, **self.given}
        sampled |= {k: b.textures[0] for k, b in self.buffers.items() if k}
        for name, texture in sampled.items():
            if name in program:
                texture.use(unit)
                program[name].value = unit
                unit += 1
        self.set_clocks(head, index, into)
        frame = into.frames[1]
        frame.use()
        if not self.shader["passes"][index]["persistent"]:
            frame.clear()
        elif self.shader["discards"]:  # what it does not draw stays
            self.gl.copy_framebuffer(frame, into.frames[0])
            frame.use()
        self.array.render(self.gl.TRIANGLE_STRIP)
        into.swap()

    def set_clocks(self, head: dict[str, Any], index: int, into: Buffer) -> None:
        """What livegan sets of itself."""
        clocks, size = head["clocks"], into.size
        said = {
            "time": clocks.get("time", 0.0),
            "delta": clocks.get("delta", 0.0),
            "frame": clocks.get("frame", 0),
            "date": clocks.get("date", (2000.0, 1.0, 1.0, 0.0)),
            "size": size,
            "size3": (*size, 1.0),
            "pass": index,
            "channels": [
                (*self.given[name].size, 1.0) if name in self.given else (1.0, 1.0, 1.0)
                for name in (f"iChannel{n}" for n in range(4))
            ],
        }
        for name, what in self.shader["clocks"].items():
            if name not in self.program:
                continue
            uniform, value = self.program[name], said[what]
            if what == "channels":
                value = value[: uniform.array_length]
            elif what in ("frame", "pass") and uniform.fmt.endswith("f"):
                value = float(value)
            uniform.value = tuple(value) if isinstance(value, list) else value

    def read(self, buffer: Buffer) -> bytes:
        """The picture as bytes: by way of a buffer of bytes if it holds floats."""
        frame = buffer.frames[0]
        pixels = bytearray(buffer.size[0] * buffer.size[1] * 4)
        frame.read_into(pixels, components=4, alignment=1)
        fault = self.gl.error
        if fault != "GL_NO_ERROR":
            raise ShaderRefused(f"the graphics driver reports {fault}")
        return bytes(pixels)


def expression(text: str) -> Expression | None:
    """A size that the header says, None where it says none."""
    return Expression(text) if text else None


def side_of(expression: Expression | None, names: dict[str, float], own: int) -> int:
    """How wide or high a buffer is."""
    wanted = own if expression is None else int(expression.value(names))
    return min(max(wanted, 1), LARGEST)


if __name__ == "__main__":
    main()
