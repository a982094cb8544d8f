"""Annotations in the formats of common drum corpora."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from livegan.sound.scoring.annotations import AnnotationError, read, recordings
from livegan.sound.scoring.midi_file import drum_notes

IDMT = """<?xml version="1.0"?><instrumentRecording><transcription>
<event><pitch>36</pitch><onsetSec>0.5</onsetSec><instrument>KD</instrument></event>
<event><pitch>38</pitch><onsetSec>1.25</onsetSec><instrument>SD</instrument></event>
<event><pitch>42</pitch><onsetSec>1.5</onsetSec><instrument>HH</instrument></event>
</transcription></instrumentRecording>"""


def smf(*tracks: bytes, division: int = 480) -> bytes:
    """A standard MIDI file."""
    head = b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), division)
    return head + b"".join(b"MTrk" + struct.pack(">I", len(t)) + t for t in tracks)


def written(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("mdb.txt", "0.5\tKD\n1.25\tSD\n1.5\tHH\n"),
        ("subclass.txt", "0.5\tKD\n1.25\tSDB\n1.5\tCHH\n"),
        ("enst.txt", "0.500 bd\n1.250 sd-\n1.5 chh\n"),
        ("notes.csv", "time,note,velocity\n0.5,36,100\n1.25,38,90\n1.5,42,20\n"),
        ("words.lab", "# by ear\n0.5, 0.6, Bass Drum\n1.25;1.3;snare_drum\n"),
        ("idmt.xml", IDMT),
    ],
)
def test_kicks_and_snares_are_read_from(name: str, text: str, tmp_path: Path) -> None:
    found = read(written(tmp_path, name, text))
    assert (found.kicks, found.snares, found.beats) == ([0.5], [1.25], None)


@pytest.mark.parametrize(
    "text", ["0.5\n1.0\n1.5\n", "0.5 1\n1.0 2\n1.5 3\n", "0.5 beat\n1 beat\n1.5 bar"]
)
def test_a_time_alone_or_with_a_small_count_is_a_beat(text: str, tmp_path: Path) -> None:
    found = read(written(tmp_path, "song.txt", text))
    assert (found.kicks, found.snares, found.beats) == (None, None, [0.5, 1.0, 1.5])


def test_an_empty_annotation_says_that_there_are_no_drums(tmp_path: Path) -> None:
    found = read(written(tmp_path, "piano.txt", ""))
    assert (found.kicks, found.snares, found.beats) == ([], [], None)


def test_the_drum_channel_of_a_midi_file_is_read_in_seconds_over_changes_of_tempo(
    tmp_path: Path,
) -> None:
    tempo = b"\x00\xff\x51\x03\x07\xa1\x20" + b"\x87\x40\xff\x51\x03\x0f\x42\x40"  # 120, then 60
    strokes = b"\x00\x99\x24\x64" + b"\x83\x60\x24\x00" + b"\x00\x26\x64"  # running status
    strokes += b"\x83\x60\x90\x24\x64" + b"\x83\x60\x99\x24\x64"  # another channel, then a beat on
    data = smf(tempo + b"\x00\xff\x2f\x00", strokes)
    assert drum_notes(data) == pytest.approx([(0.0, 36), (0.5, 38), (2.0, 36)])
    found = read(written(tmp_path, "song.mid", data))
    assert (found.kicks, found.snares) == ([0.0, 2.0], [0.5])


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("a.txt", "0.5 KD\nsomewhere SD\n", "line 2: 'somewhere SD' does not begin with seconds"),
        ("a.mid", b"RIFF....", "no standard MIDI file"),
        ("a.mid", smf(b"\x00\x99\x24"), "cut off"),
        ("a.xml", "<event>", "no element found"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_file(
    name: str, text: str | bytes, why: str, tmp_path: Path
) -> None:
    with pytest.raises(AnnotationError, match=f"{name}: .*{why}"):
        read(written(tmp_path, name, text))


def test_recordings_and_annotations_find_each_other(tmp_path: Path) -> None:
    for name in (
        "plain/one.wav",
        "plain/one.txt",
        "plain/one.beats",
        "plain/alone.wav",
        "mdb/audio/full_mix/Rock_MIX.wav",
        "mdb/annotations/class/Rock_class.txt",
        "enst/audio/wet_mix/036_phrase.flac",
        "enst/annotation/036_phrase.txt",
    ):
        written(tmp_path, name, "")
    found, bare = recordings(tmp_path)
    beside = {r.sound.name: sorted(path.name for path in r.files) for r in found}
    assert beside == {
        "one.wav": ["one.beats", "one.txt"],
        "Rock_MIX.wav": ["Rock_class.txt"],
        "036_phrase.flac": ["036_phrase.txt"],
    }
    assert [path.name for path in bare] == ["alone.wav"]


def test_what_two_files_say_alike_counts_once(tmp_path: Path) -> None:
    written(tmp_path, "a/Rock_MIX.wav", "")
    written(tmp_path, "a/Rock_class.txt", "0.5 KD\n0.9 SD\n")
    written(tmp_path, "a/Rock_subclass.txt", "0.501 KD\n0.9 SDG\n")
    written(tmp_path, "a/Rock.beats", "0.5\n1.0\n")
    ((recording,), _) = recordings(tmp_path)
    found = recording.annotation()
    assert (found.kicks, found.snares, found.beats) == ([0.5], [0.9], [0.5, 1.0])
