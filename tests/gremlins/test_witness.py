"""The witness: what was presented between two looks."""

from __future__ import annotations

from typing import Any

import numpy as np

from livegan.gremlins.witness import Witness
from livegan.stage.window.presenter import Presented

BRIGHT = np.full((4, 4, 3), 200, np.uint8)
BLACK = np.zeros((4, 4, 3), np.uint8)


def frame(at: float, serial: int, pixels: Any = BRIGHT, rung: Any = "live") -> Presented:
    return Presented(at, serial, 0.05, at, pixels, 0.0, rung)


def test_frames_and_pictures_are_counted_apart() -> None:
    witness = Witness()
    for at, serial in ((1.0, 1), (1.1, 1), (1.4, 2), (1.5, 2)):
        witness.presented(frame(at, serial))
    glance = witness.glance(1.7)
    assert (glance.presented, glance.pictures) == (4, 2)
    assert abs(glance.longest - 0.3) < 1e-9 and abs(glance.pictures_longest - 0.4) < 1e-9
    assert abs(glance.open - 0.2) < 1e-9 and abs(glance.pictures_open - 0.3) < 1e-9


def test_a_look_begins_anew_but_remembers_when_the_last_frame_was() -> None:
    witness = Witness()
    witness.presented(frame(1.0, 1))
    witness.glance(1.1)
    empty = witness.glance(2.0)
    assert (empty.presented, empty.longest, empty.open) == (0, 0.0, 1.0)
    witness.presented(frame(3.0, 2))
    assert witness.glance(3.1).longest == 2.0


def test_the_darkest_picture_and_the_lowest_rung_are_kept() -> None:
    witness = Witness()
    witness.presented(frame(1.0, 1))
    witness.presented(frame(1.1, 2, BLACK, "drift"))
    witness.presented(frame(1.2, 3, BRIGHT, "held"))
    glance = witness.glance(1.3)
    assert glance.brightest == 0 and glance.rung == "drift"
    assert witness.glance(1.4).rung == "live"


def test_before_the_first_frame_there_is_nothing() -> None:
    glance = Witness().glance(5.0)
    assert (glance.presented, glance.brightest, glance.open) == (0, None, 0.0)
