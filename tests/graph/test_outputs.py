"""A value that an output can never open is refused with the set, in a line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from livegan.graph import graph
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


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        ({"web": "/a"}, {"web": "/b"}, "web='/b' takes port 8090, as web='/a' (line "),
        ({"web": ":81/a"}, {"web": "0.0.0.0:81/a"}, "takes port 81, as web=':81/a'"),
        ({"ndi": "Wall"}, {"ndi": "wall"}, "takes the NDI name 'wall'"),
        ({"ndi": "wall"}, {"ndi": "wall"}, "two pictures go to ndi='wall'; rename one of them"),
        ({"spout": True}, {"texture": True}, "takes the Spout name 'livegan'"),
        ({"texture": "a"}, {"syphon": "a"}, "takes the Syphon name 'a'"),
        (
            {"rtmp": "rtmp://localhost/live/a"},
            {"rtmp": " rtmp://localhost/live/a/"},
            "takes the address rtmp://localhost/live/a",
        ),
        (
            {"virtualcam": "OBS 1280x720"},
            {"virtualcam": "OBS 640x480"},
            "takes the virtual camera OBS",
        ),
        ({"window": "left"}, {"window": "left"}, "two pictures go to window='left'"),
    ],
)
def test_two_outputs_at_one_place_are_refused_with_their_line(
    first: dict[str, Any], second: dict[str, Any], says: str
) -> None:
    with graph.collecting():
        wave = picture()
        show(wave, **first)
        with pytest.raises(SetError) as refused:
            show(picture(), **second)
    assert says in str(refused.value)


def test_two_in_one_show_are_refused_as_well() -> None:
    with graph.collecting(), pytest.raises(SetError, match="takes the Spout name 'a', as spout="):
        show(picture(), spout="a", texture="a")


def test_one_picture_on_several_outputs_is_fine() -> None:
    with graph.collecting() as made:
        wave = picture()
        show(wave, spout="a", syphon="a", ndi="a", web="/a")
        show(wave, ndi="b", web=":8091/a", window="a")
    assert len(made.extra) == 7
