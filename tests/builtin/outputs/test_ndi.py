"""What an NDI output does with pictures; `tests.stage.outputs.test_ndi` runs the real runtime."""

from __future__ import annotations

import numpy as np
import pytest

from livegan.builtin.outputs.ndi import NdiOutput


class Sender:
    """Stands in for cyndilib's sender: keeps how many bytes it is given."""

    def __init__(self) -> None:
        self.sent: list[int] = []
        self.receivers, self.broken, self.closed = 0, False, False

    def get_num_connections(self, timeout: float) -> int:
        return self.receivers

    def write_video(self, data: np.ndarray) -> None:
        if self.broken:
            raise Exception("no write frame available")
        self.sent.append(len(data))

    def close(self) -> None:
        self.closed = True


class Output(NdiOutput):
    """With `Sender` in place of the runtime, at the time ``now``."""

    def __init__(self) -> None:
        self.now, self.opened = 0.0, []
        super().__init__("livegan", print, lambda: self.now)

    def _open(self, width: int, height: int) -> None:
        self.close()
        self._sender, self._size = Sender(), (width, height)
        self.opened.append((width, height))


def picture(height: int, width: int) -> np.ndarray:
    return np.full((height, width, 4), 255, np.uint8)


def test_a_size_that_the_runtime_cannot_code_is_filled_up_to_one_that_it_can() -> None:
    output = Output()
    for height, width in ((1, 1), (33, 97), (64, 64)):
        output.send(picture(height, width))
    assert output.opened == [(16, 16), (98, 33), (64, 64)]
    assert output._sender.sent == [64 * 64 * 4]


def test_pictures_that_nobody_receives_are_sent_once_a_second() -> None:
    output = Output()
    for _ in range(100):
        output.send(picture(16, 16))
        output.now += 1 / 32
    assert len(output._sender.sent) == 4
    output._sender.receivers = 1
    for _ in range(10):
        output.send(picture(16, 16))
    assert len(output._sender.sent) == 14


def test_a_picture_that_is_not_taken_is_an_error_and_the_next_opens_the_sender_anew() -> None:
    output = Output()
    output.send(picture(16, 16))
    first = output._sender
    first.broken, first.receivers = True, 1
    with pytest.raises(RuntimeError, match=r"was not sent \(no write frame available\)"):
        output.send(picture(16, 16))
    assert first.closed
    output.now += 1 / 32
    output.send(picture(16, 16))
    assert output.opened == [(16, 16)] * 2
    output.close()
