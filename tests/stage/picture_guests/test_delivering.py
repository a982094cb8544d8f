"""What the process of a source does: it opens it again, never floods, and leaves garbage out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing import Pipe
from typing import Any

import numpy as np
import pytest

from livegan.gremlins.wild_source import GARBAGE, SIZES
from livegan.ipc.picture_ring import RGBA, PictureRing
from livegan.picture_sources.source import PictureSourceError, Unavailable, Wanted
from livegan.stage.picture_guests import delivering
from livegan.stage.picture_guests.delivering import as_picture, deliver

CANVAS = Wanted(8, 8)
PICTURE = np.full((8, 8, 3), 7, np.uint8)


class Script:
    """A source that returns, or raises, one thing after another, and then stays as it was."""

    def __init__(self, *steps: Any) -> None:
        self.steps, self.reads, self.closed = list(steps), 0, 0

    def read(self) -> Any:
        self.reads += 1
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Exception):
            raise step
        return step

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def ring() -> Iterator[PictureRing]:
    with PictureRing.create(1, CANVAS.room, channels=RGBA) as made:
        yield made
        made.unlink()


@pytest.fixture
def play(
    ring: PictureRing, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., list[dict[str, Any]]]]:
    """Delivers sources, one at each opening, until ``enough``; returns what the stage was told."""
    monkeypatch.setattr(delivering, "RETRY", 0.001)
    ours, theirs = Pipe()

    def run(*openings: Any, enough: Callable[[], bool] = lambda: False) -> list[dict[str, Any]]:
        left = list(openings)

        def opened(options: Any, note: Any) -> Any:
            opening = left.pop(0) if len(left) > 1 else left[0]
            if isinstance(opening, Exception):
                raise opening
            return opening

        monkeypatch.setattr(delivering, "_open", opened)
        options = {"ring": ring.name, "height": 8, "width": 8}
        thread = threading.Thread(target=deliver, args=(theirs, options))
        thread.start()
        end = time.monotonic() + 30
        while thread.is_alive() and not enough() and time.monotonic() < end:
            time.sleep(0.005)
        ours.send({"type": "quit"})
        thread.join(30)
        said = []
        while ours.poll(0):
            said.append(ours.recv())
        return [message for message in said if message["type"] not in ("ready", "alive")]

    yield run
    monkeypatch.undo()


@pytest.fixture(autouse=True)
def no_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signs of life would go on beyond the test."""
    monkeypatch.setattr("livegan.stage.outputs.hosting.GuestPipe.opened", lambda self: None)


def test_what_is_no_picture_is_left_out_with_one_line(
    play: Callable[..., Any], ring: PictureRing
) -> None:
    source = Script(PICTURE, *GARBAGE, PICTURE)
    said = play(source, enough=lambda: ring.newest >= 2)
    assert [m["type"] for m in said] == ["note"]
    assert said[0]["text"].startswith("it delivers a str, which is left out: a picture is uint8")
    assert ring.newest >= 2 and source.closed == 1


def test_one_that_never_waits_is_read_no_faster_than_a_display_shows(
    play: Callable[..., Any], ring: PictureRing
) -> None:
    source, began = Script(PICTURE), time.monotonic()
    play(source, enough=lambda: ring.newest > 10)
    assert source.reads <= (time.monotonic() - began) / delivering.FASTEST + 1
    nothing, began = Script(None), time.monotonic()
    play(nothing, enough=lambda: nothing.reads > 10)
    assert nothing.reads <= (time.monotonic() - began) / delivering.FASTEST + 1


def test_one_that_goes_is_opened_again_in_the_same_process(
    play: Callable[..., Any], ring: PictureRing
) -> None:
    gone = Script(PICTURE, PictureSourceError("pulled out"))
    not_yet = PictureSourceError("not there")
    said = play(gone, not_yet, not_yet, Script(PICTURE), enough=lambda: ring.newest >= 2)
    assert [m["text"] for m in said] == ["pulled out", "not there", "not there"]
    assert {m["type"] for m in said} == {"away"} and gone.closed == 1


def test_after_ten_tries_in_a_row_the_process_ends(play: Callable[..., Any]) -> None:
    said = play(ZeroDivisionError("gremlin"))
    assert [m["text"] for m in said] == ["ZeroDivisionError: gremlin"] * delivering.TRIES


def test_what_a_machine_lacks_is_not_tried_again(play: Callable[..., Any]) -> None:
    said = play(Unavailable("Spout is on Windows only"))
    assert [(m["type"], m["text"]) for m in said] == [("unavailable", "Spout is on Windows only")]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("channels", (3, 4))
def test_pictures_of_any_size_fit_the_ring(
    ring: PictureRing, size: tuple[int, int], channels: int
) -> None:
    ring.write(as_picture(np.full((*size, channels), 90, np.uint8), CANVAS))
    seen = ring.latest()
    assert seen is not None and seen.pixels.shape[2] == channels
    assert seen.pixels.shape[0] * seen.pixels.shape[1] <= CANVAS.room
    assert (seen.pixels == 90).all()
