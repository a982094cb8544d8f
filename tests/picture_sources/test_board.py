"""What a show knows of its sources."""

from __future__ import annotations

from livegan.picture_sources.board import RingBoard


def test_files_are_here_in_a_show_as_in_a_rehearsal_and_an_unopened_camera_is_not() -> None:
    board = RingBoard()
    for name in ("film:clips/12:30.mp4", "picture:logo.png", "pictures:stills"):
        assert board.here(name) and board.age(name) == 0.0  # type: ignore[arg-type]
    assert not board.here("camera:FaceTime")  # type: ignore[arg-type]
