"""Rehearsal: the same input gives the same frames, films are in sync, reports tell all."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from livegan.engine.commit.script import Refusal
from livegan.engine.program.program import GROUPS
from livegan.film import FilmWriter
from livegan.ipc.recorded_controls import RecordedControls
from livegan.rehearsal import Edit, Rehearsal, rehearse
from livegan.sound.media import decode
from tests.engine.playing import make_models, sound

TEXT = """
from livegan.live import *

settings(bpm=120)
sound = listen()
wave = encode.waveform(sound)
a = model("stone", wave.blur(3 * sound.low))
b = model("water", prev("a").blend(encode.timeline(sound), 0.4 + 0.2 * lfo(bars=1, shape="random")))
show(grid(a, b))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("work")
    make_models(folder / "models")
    (folder / "set.py").write_text(TEXT)
    (folder / "next.py").write_text(TEXT.replace("grid(a, b)", "a.invert()"))
    (folder / "bad.py").write_text(TEXT.replace("blur", "blurr"))
    samples, _ = sound()
    write_wav(folder / "beat.wav", samples[: 8 * 48000])
    return folder


def write_wav(path: Path, samples: np.ndarray) -> None:
    import wave

    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(48000)
        file.writeframes((samples.clip(-1, 1) * 32767).astype("<i2").tobytes())


def of(folder: Path, **options) -> Rehearsal:
    values = {"seconds": 2.0, "fps": 25, "size": 64, **options}
    return Rehearsal(set=folder / "set.py", audio=folder / "beat.wav", folder=folder, **values)


def test_the_same_input_gives_the_same_frames(folder: Path) -> None:
    first, second = rehearse(of(folder)).report, rehearse(of(folder)).report
    assert first["frame_digests"] == second["frame_digests"]
    assert first["digest"] == second["digest"]
    assert len(set(first["frame_digests"])) == 50


def test_another_seed_gives_other_frames(folder: Path) -> None:
    assert rehearse(of(folder, seed=1)).report["digest"] != rehearse(of(folder)).report["digest"]


def test_a_start_in_the_middle_joins_the_show_from_the_beginning(folder: Path) -> None:
    whole, part = [], []
    plain = folder / "plain.py"
    plain.write_text("from livegan.live import *\nshow(encode.timeline(listen()))\n")
    for start, shown in ((0.0, whole), (1.0, part)):
        what = of(folder, start=start, seconds=2.0 - start)
        what.set = plain
        rehearse(what, on_frame=lambda f, pixels, shown=shown: shown.append(pixels))
    assert len(whole) == 50 and len(part) == 25
    assert all(np.array_equal(a, b) for a, b in zip(whole[25:], part, strict=True))


def test_edits_go_through_the_pipeline(folder: Path) -> None:
    edits = [Edit(0.6, folder / "bad.py"), Edit(1.1, folder / "next.py")]
    report = rehearse(of(folder, seconds=4.0, edits=edits)).report
    first, bad, good = report["commits"]
    assert first["status"] == "on_air" and first["on_air_at"] == 0
    assert bad["status"] == "refused" and bad["at"] == pytest.approx(0.6, abs=0.05)
    assert "did you mean 'blur'" in bad["reason"]
    assert bad["on_air_at"] is None
    assert good["status"] == "on_air" and good["on_air_at"] == pytest.approx(2.0, abs=0.041)
    assert "a" in good["kept"] and good["built"] == ["show.invert"]
    assert report["faults"] == []


def test_the_report_is_written_for_programs_and_for_people(folder: Path, tmp_path: Path) -> None:
    rehearse(of(folder, report=tmp_path / "report"))
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    assert report["frames"] == 50 and report["fps"] == 25 and report["size"] == 64
    assert len(report["frame_digests"]) == 50 and len(report["digest"]) == 64
    assert set(report["stage_ms"]) == set(GROUPS)
    assert all(v["median"] <= v["p95"] for v in report["stage_ms"].values())
    assert report["wall_s"] > 0
    picture = np.asarray(Image.open(tmp_path / "report" / "report.png").convert("RGB"))
    assert picture.shape[1] > 1000 and picture.std() > 20
    assert [p.name for p in (tmp_path / "report").iterdir() if p.name.startswith(".")] == []


STROBE = """
from livegan.live import *
import numpy as np

@encoder
def strobe(sound, *, now, size):
    return np.full(size, 1.0 if now.time > 1 and int(now.time * 16 + 0.01) % 2 else 0.0)

show(strobe(listen()))
"""


def test_the_report_names_the_moments_in_which_the_flash_guard_acted(folder: Path) -> None:
    (folder / "strobe.py").write_text(STROBE)
    what = replace(of(folder, seconds=4.0), set=folder / "strobe.py")
    shown: list[float] = []
    guard = rehearse(what, on_frame=lambda f, p: shown.append(p.mean())).report["flash_guard"]
    (moment,) = guard["moments"]
    assert guard["mode"] == "on" and moment["kinds"] == ["general"] and moment["area"] == 1
    assert 1.3 < moment["since"] < 1.5 and moment["until"] > 3.9
    assert max(shown[:34]) == 255 and np.ptp(shown[75:]) < 60
    off = rehearse(replace(what, flash_guard="off")).report
    assert off["flash_guard"] == {"mode": "off", "seconds": 0.0, "moments": []}


def test_a_set_that_does_not_flash_is_rehearsed_to_the_same_bits_without_the_guard(
    folder: Path,
) -> None:
    on, off = (rehearse(of(folder, flash_guard=mode)).report for mode in ("on", "off"))
    assert on["digest"] == off["digest"]
    assert sum(row[2] for row in on["intervals_ms"]) == on["frames"] - 1


def test_frames_are_written_as_shown(folder: Path, tmp_path: Path) -> None:
    shown = []
    rehearse(
        of(folder, seconds=0.4, frames=tmp_path / "f"),
        on_frame=lambda f, pixels: shown.append(pixels),
    )
    files = sorted((tmp_path / "f").iterdir())
    assert [f.name for f in files] == [f"{i:06d}.png" for i in range(10)]
    assert np.array_equal(np.asarray(Image.open(files[7])), shown[7])


def test_a_film_has_every_frame_and_its_sound_in_sync(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "film.mp4"
    rehearse(of(folder, start=0.5, out=out))
    with av.open(str(out)) as film:
        video, audio = film.streams.video[0], film.streams.audio[0]
        assert video.codec_context.name == "h264" and audio.codec_context.name == "aac"
        times = [float(f.pts * f.time_base) for f in film.decode(video)]
    assert len(times) == 50
    assert times == pytest.approx([i / 25 for i in range(50)], abs=1e-3)
    heard = decode(out)
    wanted = sound()[0][24000 : 24000 + 96000]
    lag = np.argmax(np.correlate(heard[:48000, 0], wanted[2000:46000, 0], "valid")) - 2000
    assert abs(lag) <= 48, "the soundtrack is shifted by more than a millisecond"


def test_a_film_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), FilmWriter(tmp_path / "film.mp4", 25) as film:
        film.write(np.zeros((64, 64, 3), np.uint8))
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_a_film_whose_end_cannot_be_written_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*paths: object) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"), FilmWriter(tmp_path / "film.mp4", 25) as film:
        film.write(np.zeros((64, 64, 3), np.uint8))
        monkeypatch.setattr("livegan.film.writer.os.replace", full)
    assert list(tmp_path.iterdir()) == []


def test_odd_rates_keep_time(tmp_path: Path) -> None:
    samples = np.zeros((96000, 2), np.float32)
    with FilmWriter(tmp_path / "film.mp4", 30000 / 1001, samples) as film:
        for _ in range(30):
            film.write(np.zeros((33, 65, 3), np.uint8))
    with av.open(str(tmp_path / "film.mp4")) as written:
        assert written.streams.video[0].average_rate == Fraction(30000, 1001)
        assert (written.streams.video[0].height, written.streams.video[0].width) == (32, 64)


def test_a_set_that_cannot_start_is_refused_and_nothing_is_written(
    folder: Path, tmp_path: Path
) -> None:
    what = of(folder, out=tmp_path / "film.mp4")
    what.set = folder / "bad.py"
    with pytest.raises(Refusal, match=r"bad.py:7: .*did you mean 'blur'"):
        rehearse(what)
    assert list(tmp_path.iterdir()) == []


def test_a_rehearsal_beyond_the_sound_goes_on_in_silence(folder: Path) -> None:
    report = rehearse(of(folder, start=7.5, seconds=2.0)).report
    assert report["frames"] == 50
    with pytest.raises(Refusal, match=r"nothing to rehearse from 9 s: the sound ends at 8.0 s"):
        rehearse(of(folder, start=9.0, seconds=None))


@pytest.mark.skipif(sys.platform == "win32", reason="there are no alarms")
@pytest.mark.parametrize(
    "call", ["time.sleep(1000)", "input()", "9**9**9", "os._exit(3)", "while True: pass"]
)
def test_a_set_that_never_ends_or_ends_all_is_refused(folder: Path, call: str) -> None:
    what = of(folder)
    what.set = folder / "ends.py"
    what.set.write_text(f"import os, time\n{call}\n")
    with pytest.raises(Refusal) as caught:
        rehearse(what)
    assert caught.value.place is not None and caught.value.place.line == 2


def test_a_long_recording_is_read_as_far_as_it_is_played(folder: Path) -> None:
    """Ten hours, as a file with a hole in it: only its beginning is ever read."""
    seconds = 36_000
    write_wav(folder / "long.wav", sound()[0][: 4 * 48000])
    with (folder / "long.wav").open("r+b") as file:
        size = 4 * 48000 * seconds % (1 << 32)
        file.truncate(44 + 4 * 48000 * seconds)
        for at, length in ((4, size + 36), (40, size)):
            file.seek(at)
            file.write((length % (1 << 32)).to_bytes(4, "little"))
    import tracemalloc

    tracemalloc.start()
    try:
        what = replace(of(folder, seconds=2.0), audio=folder / "long.wav")
        long = rehearse(what).report
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 150e6
    assert long["frame_digests"] == rehearse(of(folder, seconds=2.0)).report["frame_digests"]


def test_an_open_end_plays_to_the_end_of_the_sound(folder: Path) -> None:
    report = rehearse(of(folder, seconds=None, start=7.0)).report
    assert report["frames"] == 25
    assert report["seconds"] == pytest.approx(1.0)


def test_what_was_heard_before_the_start_is_told(folder: Path) -> None:
    told: list[tuple[float, float]] = []
    what = of(folder, start=6.0, seconds=0.2)
    rehearse(what, on_listen=lambda heard, start: told.append((heard, start)))
    assert told == [(5.0, 6.0)]


def test_a_fixed_tempo_is_that_of_the_rehearsal(folder: Path) -> None:
    text = "from livegan.live import *\nshow(encode.waveform(listen()).hue(listen().bpm / 400))\n"
    (folder / "tempo.py").write_text(text)
    digests = set()
    for bpm in (60.0, 60.0, 180.0):
        what = replace(of(folder, seconds=0.2, bpm=bpm), set=folder / "tempo.py")
        digests.add(rehearse(what).report["digest"])
    assert len(digests) == 2


def test_what_a_show_would_send_is_listed_and_not_sent(folder: Path, tmp_path: Path) -> None:
    said = """
from livegan.live import *
send("/knob", knob("hue", 0.25), 1, to="127.0.0.1:7000")
send("/still", 0.5, to="lights.invalid:7000")
send(midi(cc=7, port="desk"), 0.5)
show(encode.levels(listen()))
"""
    (folder / "sends.py").write_text(said)
    turned = RecordedControls({"knob/hue": [(0.1, 0.5), (0.3, 0.75)]})
    what = of(folder, seconds=0.4, fps=10, report=tmp_path, controls=turned)
    report = rehearse(replace(what, set=folder / "sends.py")).report
    assert report["sends"] == {
        "/knob 127.0.0.1:7000": 3, "/still lights.invalid:7000": 1, "cc 7, channel 1 MIDI desk": 1,
    }  # fmt: skip
    lines = [json.loads(each) for each in (tmp_path / "sends.jsonl").read_text().splitlines()]
    knob = [(line["time"], line["values"]) for line in lines if line["address"] == "/knob"]
    assert knob == [(0.0, [0.25, 1.0]), (0.1, [0.5, 1.0]), (0.3, [0.75, 1.0])]
    assert lines[1] == {
        "time": 0.0, "to": "lights.invalid:7000", "address": "/still", "values": [0.5],
    }  # fmt: skip


FAILING = """
from livegan.live import *
@signal
def broken(sound, *, now):
    if now.time >= {since}:
        raise ValueError("no idea")
    return 1
send("/a", broken(listen()), to="127.0.0.1:7000")
show(encode.levels(listen()))
"""


def test_a_signal_that_fails_is_refused_and_on_the_air_it_costs_no_picture(folder: Path) -> None:
    what = replace(of(folder, seconds=0.4, fps=10), set=folder / "failing.py")
    what.set.write_text(FAILING.format(since=0))
    with pytest.raises(Refusal, match=r"send /a: .*no idea"):
        rehearse(what)
    what.set.write_text(FAILING.format(since=0.2))
    result = rehearse(what)
    assert result.report["frames"] == 4
    assert [fault["node"] for fault in result.faults] == ["send /a"]
