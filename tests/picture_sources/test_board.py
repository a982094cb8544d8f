"""What a show knows of its sources."""

from __future__ import annotations

import numpy as np

from livegan.ipc.picture_ring import PictureRing
from livegan.picture_sources.board import RingBoard
from livegan.picture_sources.source import SourceName, Wanted


def test_files_are_here_in_a_show_as_in_a_rehearsal_and_an_unopened_camera_is_not() -> None:
    board = RingBoard()
    for name in ("film:clips/12:30.mp4", "picture:logo.png", "pictures:stills"):
        assert board.here(name) and board.age(name) == 0.0  # type: ignore[arg-type]
    assert not board.here("camera:FaceTime")  # type: ignore[arg-type]


def test_a_slow_source_is_here_between_its_pictures_and_one_that_stops_is_away() -> None:
    now = [0.0]
    name = SourceName("camera", "slow")
    with PictureRing.create(4, 4) as ring:
        board = RingBoard(clock=lambda: now[0])
        board.follow({str(name): ring.name})
        serial, here = 0, []
        for at in range(120):
            now[0] = at / 10
            if at % 30 == 0:  # every three seconds
                ring.write(np.zeros((4, 4, 3), np.uint8))
            found = board.newest(name, now[0], serial, Wanted(4, 4))
            serial = found.serial if found is not None else serial
            here.append(board.here(name))
        assert all(here[30:]), "from its second picture on"
        now[0] = 9.0 + 7.0
        assert not board.here(name)
        ring.unlink()
