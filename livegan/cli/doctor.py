"""``livegan doctor``: what this machine has, what is missing, and how to get it."""

from __future__ import annotations

import importlib.metadata
import platform
import sys
from pathlib import Path

import typer

from livegan.cli.console.display import display_lines
from livegan.cli.console.terminal import terminal
from livegan.shaders.shader import ShaderError

EXTRAS = (
    ("cyndilib", "ndi", "NDI out and in", ""),
    ("LinkPython-extern", "link", "Ableton Link", ""),
    ("python-rtmidi", "midi", "MIDI", ""),
    ("pyvirtualcam", "virtualcam", "virtual camera", ""),
    ("SpoutGL", "", "Spout out and in", "win32"),
    ("syphon-python", "syphon", "Syphon out and in", "darwin"),
)
"""Packages that some outputs and sources need, the extras that install them, what they do, and the
system that has them, empty for all."""


FASTER = {
    "onnxruntime": "ONNX models need it, and it may play others faster",
    "openvino": "it may play models faster",
}
"""Packages that run networks besides torch, and what they are for."""
VIDEO = Path("/sys/devices/virtual/video")


def missing_device(package: str) -> str:
    """What a package needs of the system besides itself, if that is not there."""
    if package != "pyvirtualcam" or sys.platform != "linux" or any(VIDEO.glob("video*")):
        return ""
    return (
        "there is no camera of v4l2loopback: sudo modprobe v4l2loopback card_label=livegan "
        "exclusive_caps=1"
    )


def shader_renderer() -> str:
    """What paints shaders on this machine.

    Raises
    ------
    ShaderError
        If nothing does; the reason says what to install.
    """
    from livegan.ipc.asked_process import ProcessGone, ProcessHung
    from livegan.shaders import painting
    from livegan.shaders.plain import read_plain

    painter = painting.take()
    try:
        painter.load(read_plain(Path("test.frag"), "void main() { gl_FragColor = vec4(1.0); }"))
        return painter.renderer
    except (ProcessHung, ProcessGone) as error:
        reason = f"shaders cannot be painted: {error or 'the driver hangs'}"
        raise ShaderError(reason, Path("test.frag"), 0) from None
    finally:
        painter.end()


def speed() -> tuple[bool | None, str]:
    """How fast this machine plays the first set: whether that is enough, and a line."""
    from livegan import share
    from livegan.engine.commit.script import Refusal
    from livegan.rehearsal import Rehearsal, rehearse
    from livegan.sound.media import MediaError

    path = share.folder("sets") / "four.py"
    what = Rehearsal(set=path, audio=share.demo_track(), start=12.0, seconds=0.4)
    try:
        reached = rehearse(what).report["reach"]
    except (Refusal, MediaError) as error:
        return None, f"sets/four.py cannot be played: {error}"
    text = f"sets/four.py: {reached['line']}"
    if not reached["slow"]:
        return True, text
    return None, f"{text}; `livegan check SET` says what would raise it"


def doctor() -> None:
    """Check what this machine has, what is missing, and how to get it.

    The exit code is 1 if this machine cannot play.
    """
    from rich.text import Text

    console = terminal()
    good = True

    def line(fine: bool | None, text: str) -> None:
        mark = {True: ("ok  ", "green"), False: ("no  ", "red"), None: ("--  ", "yellow")}[fine]
        console.print(Text.assemble(mark, text))

    line(True, f"python {platform.python_version()} on {platform.platform()}")
    for name in ("torch", "numpy", "av", "pygame-ce", "sounddevice", "soxr", "watchdog", "pluggy"):
        try:
            line(True, f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            good = False
            line(False, f"{name} is missing: pip install {name}")
    for name, why in FASTER.items():
        try:
            line(True, f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            line(None, f"{name} is not installed ({why}): pip install {name}")
    from livegan.engine.program.device import choose_device, describe_device

    device, precision = describe_device(choose_device())
    line(True, f"generators run on {device} in {precision}")
    from livegan.sound.inputs.devices import SourceError, list_devices

    try:
        inputs = [device.name for device in list_devices("input")]
        found = f"sound inputs: {', '.join(inputs)}"
        line(bool(inputs) or None, found if inputs else "no sound input: the demo track plays")
    except SourceError as error:
        line(None, str(error))
    for text in display_lines():
        line(None if text.startswith("no ") else True, text)
    try:
        line(True, f"shaders are painted by {shader_renderer()}")
    except ShaderError as error:
        line(None, error.reason)
    shared = {"win32": "Spout", "darwin": "Syphon"}.get(sys.platform)
    if shared is None:
        line(None, "Spout is on Windows only, Syphon on macOS only")
    for package, extra, what, system in EXTRAS:
        if system not in ("", sys.platform):
            continue
        try:
            text = f"{what} by {package} {importlib.metadata.version(package)}"
            device = missing_device(package)
            line(None if device else True, f"{text}, but {device}" if device else text)
        except importlib.metadata.PackageNotFoundError:
            command = f"'livegan[{extra}]'" if extra else f"--upgrade {package}"
            line(None, f"{what}: pip install {command} ({package} is not installed)")
    with console.status("playing sets/four.py"):
        fine, told = speed()
    line(fine, told)
    from livegan.plugin import registry

    problems = registry.current().problems
    for problem in problems:
        good = False
        line(False, str(problem))
    if not problems:
        line(True, f"plugins: {len(registry.current().plugins)} loaded")
    if not good:
        raise typer.Exit(1)
