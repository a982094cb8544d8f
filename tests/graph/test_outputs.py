"""A value that an output can never open is refused with the set, in a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from livegan.graph.binding import alike
from livegan.graph.graph import show
from livegan.graph.picture import Picture
from livegan.graph.place import SetError


def picture() -> Picture:
    return Picture("encoder", "waveform")


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ({"web": "9:9:9"}, 'no address: write "/live"'),
        ({"web": ":99999"}, "no address"),
        ({"virtualcam": "OBS 1281x720"}, "no size of a camera"),
        ({"ndi": "  "}, "ndi= takes a name in quotes"),
        ({"texture": 3}, "texture= takes a name in quotes, got the number 3"),
        ({"sprout": "a"}, "did you mean 'spout'"),
    ],
)
def test_what_an_output_can_never_open_is_refused(output: dict[str, object], said: str) -> None:
    with pytest.raises(SetError, match=said):
        show(picture(), **output)


def test_what_can_be_opened_somewhere_is_taken() -> None:
    show(picture(), web=":65535/live", virtualcam="OBS 1280x720", ndi=True, texture="main")


def test_a_missing_file_is_answered_with_files_of_its_kind(tmp_path: Path) -> None:
    for name in ("a.fs", "b.frag", "notes.txt", "song.wav"):
        (tmp_path / name).touch()
    assert alike("c.fs", [tmp_path]) == ["a.fs"]
    assert sorted(alike("c", [tmp_path], (".fs", ".frag"))) == ["a.fs", "b.frag"]
    assert len(alike("c", [tmp_path])) == 4
