"""A virtual camera gets pictures of its own size; a machine without one plays on."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
import pytest

from livegan.builtin.outputs import virtualcam
from livegan.builtin.outputs.virtualcam import camera_named, open_virtualcam

pyvirtualcam = pytest.importorskip(
    "pyvirtualcam", reason="a virtual camera needs: pip install 'livegan[virtualcam]'"
)


class Device:
    """A backend of pyvirtualcam without a device: keeps what it is sent."""

    made: ClassVar[list[Device]] = []
    broken = False

    def __init__(self, *, width: int, height: int, fps: float, fourcc: int, device: Any, **kw: Any):
        if device not in (None, "OBS Virtual Camera"):
            raise RuntimeError(f"no camera\nis called {device}")
        self.size, self.sent, self.closed = (width, height), [], 0
        self.made.append(self)

    def send(self, frame: np.ndarray) -> None:
        if self.broken:
            raise ValueError("the driver resets")
        assert frame.flags.c_contiguous
        self.sent.append(frame)

    def close(self) -> None:
        self.closed += 1

    def device(self) -> str:
        return "OBS Virtual Camera"

    def native_fourcc(self) -> int | None:
        return None


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Device]]:
    monkeypatch.setattr(pyvirtualcam.camera, "BACKENDS", {})
    pyvirtualcam.register_backend("kept", Device)
    monkeypatch.setattr(Device, "made", [])
    yield Device


@pytest.mark.parametrize(
    ("text", "device", "size"),
    [
        ("livegan", None, (1280, 720)),
        ("1920x1080", None, (1920, 1080)),
        ("OBS Virtual Camera", "OBS Virtual Camera", (1280, 720)),
        ("/dev/video10 640x480", "/dev/video10", (640, 480)),
        ("Cam4x4", "Cam4x4", (1280, 720)),
    ],
)
def test_a_name_says_device_and_size(text: str, device: str | None, size: tuple[int, int]) -> None:
    assert camera_named(text) == (device, size)


@pytest.mark.parametrize("text", ["0x0", "641x480", "OBS 99999x720"])
def test_a_size_that_no_camera_has_is_refused(text: str) -> None:
    with pytest.raises(RuntimeError, match="is no size of a camera; write even numbers"):
        camera_named(text)


def test_the_camera_is_sent_pictures_of_its_size_and_closed_once(device: type[Device]) -> None:
    notes: list[str] = []
    output = open_virtualcam("OBS Virtual Camera 64x48", note=notes.append)
    (made,) = device.made
    assert made.size == output.format.size == (64, 48)
    assert notes == ["choose the camera OBS Virtual Camera in the other program (64x48)"]
    picture = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    output.send(picture[::-1])
    np.testing.assert_array_equal(made.sent[0].reshape(48, 64, 3), picture[::-1])
    output.close()
    assert made.closed == 1


def test_a_picture_that_is_not_taken_is_an_error_of_one_line(
    device: type[Device], monkeypatch: pytest.MonkeyPatch
) -> None:
    output = open_virtualcam("16x16", note=lambda text: None)
    monkeypatch.setattr(device, "broken", True)
    with pytest.raises(RuntimeError, match=r"was not taken \(the driver resets\)"):
        output.send(np.zeros((16, 16, 3), np.uint8))
    output.close()


def test_without_the_device_a_line_says_how_to_get_one(device: type[Device]) -> None:
    with pytest.raises(RuntimeError) as error:
        open_virtualcam("Snap", note=print)
    said = str(error.value)
    assert said.startswith("virtual camera 'Snap': there is none to open")
    assert "modprobe v4l2loopback" in said and "\n" not in said


def test_without_the_package_a_line_says_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *args: Any, **more: Any) -> Any:
        if name == "pyvirtualcam":
            raise ModuleNotFoundError("No module named 'pyvirtualcam'", name="pyvirtualcam")
        return real(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(RuntimeError, match=r"pip install 'livegan\[virtualcam\]'"):
        open_virtualcam(virtualcam.FIRST, note=print)
