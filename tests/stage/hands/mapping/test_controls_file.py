"""The file of the mapping is followed, survives mistakes, and keeps the user's own lines."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from livegan.stage.hands.mapping import controls_file
from livegan.stage.hands.mapping.controls_file import CannotMap, ControlsFile, file_beside
from livegan.stage.hands.mapping.route import Route

OWN = """# my desk, left row

[[map]]
knob = "hue"   # the blue fader
cc = 7

# the big one
[[map]]
pad = "hit"
note = 36
"""


class Follower:
    def __init__(self, folder: Path) -> None:
        self.notes: list[str] = []
        self.routes: list[Sequence[Route]] = []
        self.set = folder / "set.py"
        self.path = file_beside(self.set)

    def open(self) -> ControlsFile:
        self.file = ControlsFile(self.set, self.notes.append, self.routes.append)
        return self.file

    def names(self) -> list[str]:
        return [route.name for route in self.routes[-1]]

    def save(self, text: str) -> None:
        before = len(self.routes) + len(self.notes)
        self.path.write_text(text)
        end = time.monotonic() + 20
        while len(self.routes) + len(self.notes) == before and time.monotonic() < end:
            time.sleep(0.005)


@pytest.fixture
def follower(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Follower]:
    monkeypatch.setattr(controls_file, "LOOK", 0.01)
    made = Follower(tmp_path)
    yield made
    made.file.stop()


def test_a_save_counts_at_once_and_a_mistake_leaves_the_last_good_mapping(
    follower: Follower,
) -> None:
    follower.open()
    assert follower.routes == [] and follower.notes == []
    follower.save(OWN)
    assert follower.names() == ["hue", "hit"]
    follower.save(OWN.replace("cc = 7", "cc = 700"))
    assert follower.notes == [
        "set.controls.toml:5: cc is a whole number from 0 to 119, got 700; the mapping before it "
        "stays"
    ]
    assert follower.names() == ["hue", "hit"] and len(follower.file.routes) == 2
    follower.path.write_bytes(b"\xff\xfe")
    follower.save("")
    assert follower.names() == []


def test_what_is_learnt_is_added_and_forgotten_and_every_other_line_stays(
    follower: Follower,
) -> None:
    follower.path.write_text(OWN)
    file = follower.open()
    control = {"cc": 21, "channel": 1, "port": "nanoKONTROL"}
    assert file.learn("knob", "hue", control) == "hue is moved by cc 21, channel 1, nanoKONTROL"
    assert follower.path.read_text() == (
        OWN + '\n[[map]]\nknob = "hue"\ncc = 21\nchannel = 1\nport = "nanoKONTROL"\n'
    )
    assert follower.names() == ["hue", "hit", "hue"], "without waiting for the next look"
    assert file.learn("knob", "hue", control) == "cc 21, channel 1, nanoKONTROL moves hue already"
    said = file.learn("knob", "size", control)
    assert said == "size is moved by cc 21, channel 1, nanoKONTROL; it moves hue as well"
    assert file.forget("knob", "size") == "size is no longer moved by cc 21, channel 1, nanokontrol"
    said = file.forget("knob", "hue")
    assert said == "hue is no longer moved by cc 7 or cc 21, channel 1, nanokontrol"
    assert follower.path.read_text() == (
        '# my desk, left row\n\n# the big one\n[[map]]\npad = "hit"\nnote = 36\n\n'
    )
    assert file.forget("knob", "hue") == "nothing was learnt for hue"


def test_the_first_control_that_is_learnt_makes_the_file(follower: Follower) -> None:
    file = follower.open()
    file.learn("pad", "hit", {"osc": "/push1"})
    first, *rest = follower.path.read_text().splitlines()
    assert first.startswith("# Which control moves which knob of set.py")
    assert rest == ["", "[[map]]", 'pad = "hit"', 'osc = "/push1"']


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[[map]]\nknob = 3\ncc = 1\n", "set.controls.toml:2: knob is a name .* mend this line"),
        ('map = [{knob = "hue", cc = 1}]\n', "no \\[\\[map\\]\\] lines of its own"),
    ],
)
def test_a_file_that_cannot_be_added_to_is_left_as_it_is(
    follower: Follower, text: str, why: str
) -> None:
    follower.path.write_text(text)
    file = follower.open()
    with pytest.raises(CannotMap, match=why):
        file.learn("knob", "size", {"cc": 9})
    assert follower.path.read_text() == text


def test_a_folder_that_cannot_be_written_is_told(
    follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(controls_file, "write_bytes", full)
    with pytest.raises(CannotMap, match=r"set\.controls\.toml cannot be written: No space left"):
        follower.open().learn("knob", "hue", {"cc": 7})


def test_another_set_brings_its_own_mapping(follower: Follower, tmp_path: Path) -> None:
    follower.path.write_text(OWN)
    file_beside(tmp_path / "other.py").write_text("[[map]]\nknob = 'wave'\ncc = 1\n")
    file_beside(tmp_path / "wrong.py").write_text("[[map]]\n")
    file = follower.open()
    file.play(tmp_path / "other.py")
    assert follower.names() == ["wave"]
    file.play(tmp_path / "wrong.py")
    assert follower.names() == [] and follower.notes[0].startswith("wrong.controls.toml:1: ")
    file.play(follower.set)
    assert follower.names() == ["hue", "hit"]
