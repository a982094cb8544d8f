"""The player: swaps on the beat, dissolves, undo, solo, and nodes that fail on the air."""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from livegan.engine.program.program import MOST_REASONS
from livegan.engine.program.quantise import next_beat
from livegan.engine.program.thumbs import strip
from livegan.ipc.control_table import Control, ControlTable
from livegan.ipc.recorded_controls import RecordedControls
from livegan.operation.source import source_digest
from livegan.plugin import registry
from tests.engine.playing import Show

WAVE = """
from livegan.live import *

settings(bpm=120, swap="{swap}", dissolve={dissolve})
wave = encode.waveform(listen())
show(wave{chain})
"""


def wave(chain: str = "", swap: str = "bar", dissolve: float = 0.0) -> str:
    return WAVE.format(chain=chain, swap=swap, dissolve=dissolve)


@pytest.mark.parametrize(
    ("swap", "beats"), [("now", None), ("beat", 1), ("bar", 4), ("2 bars", 8), ("3 beats", 3)]
)
def test_a_save_goes_on_the_air_at_its_grid(tmp_path: Path, swap: str, beats: int | None) -> None:
    show = Show(tmp_path, wave(swap=swap))
    show.save()
    show.play(0.52)
    commit = show.save(wave(".invert()", swap=swap))
    at = show.player.now.time
    frames = show.play(6.0)
    assert commit is not None and commit.status == "on_air" and commit.on_air_at is not None
    first = next(f for f in frames if f.version == 2)
    assert commit.on_air_at == pytest.approx(first.now.time)
    if beats is None:
        assert first is frames[0]
    else:
        wanted = next_beat(at * 2, beats) / 2
        assert wanted <= first.now.time < wanted + 0.0401


def test_a_dissolve_leads_from_the_last_picture_to_the_new_one(tmp_path: Path) -> None:
    show = Show(tmp_path, wave(swap="now", dissolve=0.4))
    show.save()
    before = show.play(0.2)[-1].picture
    show.save(wave(".invert()", swap="now", dissolve=0.4))
    frames = show.play(0.6)
    distance = [float((f.picture - before).abs().mean()) for f in frames]
    assert distance[0] < 0.01
    assert distance[0] < distance[4] < distance[9]
    plain = Show(tmp_path, wave(".invert()", swap="now"))
    plain.save()
    plain.history.position = show.history.position - 1920
    assert torch.equal(plain.play(0.04)[0].picture, frames[-1].picture)


def test_twenty_saves_in_a_second_end_with_the_last(tmp_path: Path) -> None:
    show = Show(tmp_path, wave())
    show.save()
    show.play(0.2)
    for i in range(20):
        show.save(wave(f".blur({i + 1})"))
        show.play(0.04)
    show.play(4.0)
    assert show.player.program is not None
    assert "blur(20)" in show.player.program.script.text
    statuses = [commit.status for commit in show.pipeline.commits]
    assert set(statuses[1:-1]) <= {"superseded", "on_air"} and statuses[-1] == "on_air"
    assert "superseded" in statuses
    told = [m["status"] for m in show.messages if m["type"] == "commit" and m["id"] == 3]
    assert told == ["proposed", "proven", "cued", "superseded"]


def test_undo_brings_the_earlier_programs_back(tmp_path: Path) -> None:
    show = Show(tmp_path, wave(swap="now"))
    show.save()
    for chain in (".invert()", ".blur(3)"):
        show.play(0.1)
        show.save(wave(chain, swap="now"))
    assert show.play(0.1)[-1].version == 3
    for version in (2, 1):
        show.pipeline.undo()
        assert show.play(0.1)[-1].version == version
    show.pipeline.undo()
    assert show.play(0.1)[-1].version == 1
    assert show.messages[-1]["type"] == "note"
    again = show.save(wave(".blur(3)", swap="now"))
    assert again is not None and show.play(0.1)[-1].version == 4


def test_what_waited_for_its_beat_and_was_undone_is_told(tmp_path: Path) -> None:
    show = Show(tmp_path, wave())
    show.save()
    show.play(0.52)
    commit = show.save(wave(".invert()"))
    assert commit is not None and commit.status == "cued"
    show.pipeline.undo()
    assert commit.status == "superseded"
    assert {f.version for f in show.play(6.0)} == {1}


def test_what_begins_anew_dissolves_from_what_hangs_on_the_wall(tmp_path: Path) -> None:
    show = Show(tmp_path, wave(dissolve=0.4))
    show.save()
    show.play(0.2)
    wall = show.player.as_picture(np.full((64, 64, 3), 255, np.uint8))
    show.player.shown = wall
    show.player.again()
    frames = show.play(1.0)
    distance = [float((f.picture - wall).abs().mean()) for f in frames]
    assert distance[0] < 0.05 < distance[4] < distance[9]
    assert {f.version for f in frames} == {1}


def test_a_signal_that_hangs_is_interrupted_also_in_a_node_of_livegans_own(tmp_path: Path) -> None:
    text = """
from livegan.live import *
settings(dissolve=0)

@signal
def late(sound):
    while sound.time > 3: pass
    return 1

show(encode.waveform(listen()).blur(1 + late(listen())))
"""
    show = Show(tmp_path, text)
    show.player.limit_s = 0.2
    show.save()
    frames = show.play(2.0)
    assert len(frames) == 50 and len(show.faults) == 1
    assert show.faults[0]["node"] == "show.blur" and "still running" in show.faults[0]["reason"]


def test_solo_shows_one_slot_alone(tmp_path: Path) -> None:
    text = """
from livegan.live import *
a = model("stone", encode.waveform(listen()))
b = model("water", encode.levels(listen()))
show(grid(a, b))
"""
    show = Show(tmp_path, text)
    show.save()
    together = show.play()[0].picture
    assert together.shape == (3, 64, 64)
    show.player.solo = 1
    frame = show.play()[0]
    slot = show.player.program.slots[1]
    assert slot.name == "b"
    assert torch.equal(frame.picture, slot.instance.last)
    assert not torch.equal(frame.picture, together)


FAILS = """
from livegan.live import *

settings(swap="now", dissolve=0)

@encoder
def bars(sound, *, now, size):
    {body}
    return skyline(sound.peaks(size[1], 4.0), size)

a = model("stone", bars(listen()))
show(a)
"""


def test_a_new_program_that_fails_on_the_air_gives_way_to_the_one_before(tmp_path: Path) -> None:
    show = Show(tmp_path, FAILS.format(body="pass"))
    show.save()
    show.play(0.2)
    start = show.player.now.time
    commit = show.save(FAILS.format(body=f"if now.time > {start + 0.5}: raise ValueError('late')"))
    frames = show.play(1.2)
    assert commit is not None and commit.status == "refused"
    assert "late" in commit.reason and commit.where.endswith("set.py:8")
    versions = [f.version for f in frames]
    assert versions[0] == 2 and versions[-1] == 1
    assert len(show.faults) == 1
    mended = show.save(FAILS.format(body="sound.peaks(8, 1)"))
    assert mended is not None and show.play(0.1)[-1].version == 3


def test_a_node_that_fails_later_holds_its_last_good_picture(tmp_path: Path) -> None:
    show = Show(tmp_path, FAILS.format(body="if 8 < now.time < 9: raise ValueError('gap')"))
    show.save()
    show.play(5.96)
    assert not show.faults
    held = show.play(1.0)
    assert len(show.faults) == 1 and "gap" in show.faults[0]["reason"]
    assert show.faults[0]["node"] == "a.bars"
    pictures = [f.picture for f in held[5:]]
    assert all(torch.equal(p, pictures[0]) for p in pictures)
    back = show.play(0.6)
    assert not torch.equal(back[-1].picture, back[-2].picture) or not torch.equal(
        back[-1].picture, pictures[0]
    )


def test_of_failures_that_differ_in_each_frame_the_first_few_are_told(tmp_path: Path) -> None:
    body = "if now.time > 8: raise ValueError(f'{now.frame} is too much')"
    show = Show(tmp_path, FAILS.format(body=body))
    show.save()
    show.play(12.0)
    reasons = [fault["reason"] for fault in show.faults]
    assert len(reasons) == len(set(reasons)) == MOST_REASONS
    assert all("is too much" in reason for reason in reasons)


@pytest.mark.parametrize("raised", ["KeyboardInterrupt", "GeneratorExit", "StopIteration"])
def test_whatever_a_leaf_raises_is_a_fault_of_its_node(tmp_path: Path, raised: str) -> None:
    show = Show(tmp_path, FAILS.format(body=f"if now.time > 8: raise {raised}"))
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as in an engine
    try:
        show.save()
        assert len(show.play(7.0)) == 175
    finally:
        signal.signal(signal.SIGINT, before)
    assert [(f["node"], raised in f["reason"]) for f in show.faults] == [("a.bars", True)]


def test_a_leaf_that_hangs_is_interrupted_and_held(tmp_path: Path) -> None:
    body = "while now.time > 6.5: pass"
    show = Show(tmp_path, FAILS.format(body=body))
    show.player.limit_s = 0.2
    show.save()
    frames = show.play(5.0)
    assert len(frames) == 125
    assert len(show.faults) == 1
    assert "still running after 0.2 s" in show.faults[0]["reason"]


def test_prev_shows_the_frame_before(tmp_path: Path) -> None:
    text = """
from livegan.live import *
settings(dissolve=0)
wave = encode.waveform(listen())
show(prev("wave"))
"""
    show = Show(tmp_path, text)
    show.save()
    show.play(0.1)
    before = next(s for s in show.player.program.steps if s.name == "wave").instance.last
    assert torch.equal(show.play()[0].picture, before)


def test_what_remembers_in_probes_is_not_disturbed(tmp_path: Path) -> None:
    text = """
from livegan.live import *
settings(swap="now", dissolve=0)
a = encode.waveform(listen()).smooth(2.0)
show(a)
"""
    saved, plain = Show(tmp_path / "1", text), Show(tmp_path / "2", text)
    for show in (saved, plain):
        show.save()
        show.play(1.0)
    saved.save(text + "\nb = 1\n")
    assert torch.equal(saved.play(0.4)[-1].picture, plain.play(0.4)[-1].picture)


def test_signals_that_no_program_reads_are_forgotten_and_those_that_play_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("livegan.engine.program.player.MOST_MEMORY", 4)
    text = """
from livegan.live import *
settings(swap="now", dissolve=0)
sound = listen()
show(encode.waveform(sound).brightness(sound.level.smooth(3.0) + sound.low.fall(2.0)){more})
"""
    edited, plain = Show(tmp_path / "1", text.format(more="")), Show(tmp_path / "2", text)
    plain.path.write_text(text.format(more=""))
    for show in (edited, plain):
        show.save()
        show.play(1.0)
    for turn in range(1, 9):
        edited.save(text.format(more=f".hue(sound.mid.smooth({turn}) * 0)"))
        edited.play(0.08)
    assert len(edited.player._memory) <= 4 + 1
    edited.save(text.format(more=""))
    plain.play(0.64)
    assert torch.equal(edited.play(0.4)[-1].picture, plain.play(0.4)[-1].picture)


def test_a_block_encoder_is_replayed_through_the_past(tmp_path: Path) -> None:
    text = """
from livegan.live import *
import numpy as np

settings(swap="now", dissolve=0)

@encoder
class Trace:
    \"\"\"Loudness with a memory.\"\"\"

    def __init__(self, *, fade=static(0.9, 0, 1, "a hop")):
        self.fade, self.value, self.hops = fade, 0.0, 0

    def feed(self, block):
        assert block.shape == (480, 2)
        self.hops += 1
        self.value = self.fade * self.value + (1 - self.fade) * float(np.abs(block).max())

    def draw(self, sound, *, size):
        return np.full(size, self.value, np.float32)

show(Trace(listen()){chain})
"""
    early = Show(tmp_path / "1", text.replace("{chain}", ""))
    early.save()
    early.play(4.0)
    late = Show(tmp_path / "2", text.replace("{chain}", ""))
    late.history.position = early.history.position
    late.save()
    a, b = early.play()[0].picture, late.play()[0].picture
    assert torch.allclose(a, b, atol=1e-6)
    assert float(a.mean()) > 0.01


def test_a_model_without_a_condition_uses_the_encoder_on_its_card(tmp_path: Path) -> None:
    text = 'from livegan.live import *\na = model("stone")\nshow(a)\n'
    show = Show(tmp_path, text)
    commit = show.save()
    assert commit is not None and commit.built == ["a.levels", "a"]
    assert show.play()[0].picture.shape == (3, 64, 64)


def test_a_model_without_a_card_asks_for_a_condition(tmp_path: Path) -> None:
    show = Show(tmp_path, 'from livegan.live import *\na = model("bare")\nshow(a)\n')
    weights = (tmp_path / "models" / "stone" / "model.safetensors").read_bytes()
    (tmp_path / "models" / "bare.safetensors").write_bytes(weights)
    commit = show.save()
    assert commit is not None and commit.status == "refused"
    assert "give it a condition" in commit.reason


def test_an_overwritten_checkpoint_is_built_anew_at_the_next_save(tmp_path: Path) -> None:
    text = 'from livegan.live import *\nsettings(swap="now")\na = model("stone")\nshow(a)\n'
    show = Show(tmp_path, text)
    show.save()
    show.play(0.2)
    folder = tmp_path / "models"
    data = (folder / "fire" / "model.safetensors").read_bytes()
    (folder / "stone" / "model.safetensors").write_bytes(data)
    commit = show.save(text + "# again\n")
    assert commit is not None and commit.built == ["a"]


def test_a_morph_plays_between_two_checkpoints(tmp_path: Path) -> None:
    text = """
from livegan.live import *
settings(swap="now", dissolve=0)
a = model(morph("stone", "fire", amount={amount}), encode.levels(listen()), norm="running")
show(a)
"""
    show = Show(tmp_path, text.format(amount=0))
    show.save()
    pictures = [show.play()[0].picture]
    for amount in (0.5, 1.0):
        commit = show.save(text.format(amount=amount))
        assert commit is not None and commit.built == []
        show.history.position -= 1920
        pictures.append(show.play()[0].picture)
    one = Show(
        tmp_path, text.format(amount=0).replace('morph("stone", "fire", amount=0)', '"fire"')
    )
    one.save()
    alone = one.play()[0].picture
    assert (pictures[2] - alone).abs().max() < 0.02
    assert (pictures[1] - pictures[0]).abs().max() > 1e-4
    assert (pictures[1] - pictures[2]).abs().max() > 1e-4


@pytest.mark.parametrize("model", ['"stone"', 'morph("stone", "fire", amount={amount})'])
def test_proving_a_save_with_other_settings_changes_no_bit_of_what_plays(
    tmp_path: Path, model: str
) -> None:
    text = f"""
from livegan.live import *
settings(swap="4 bars", bpm=60)
wave = encode.waveform(listen()){{more}}
show(model({model}, wave, norm="{{norm}}", dropout={{dropout}}))
"""
    plays = text.format(norm="running", dropout=False, amount=0.25, more="")
    plain, edited = Show(tmp_path / "1", plays), Show(tmp_path / "2", plays)
    for show in (plain, edited):
        show.save()
        show.play(0.2)
    wanted = [frame.picture for frame in plain.play(1.2)]
    saves = [
        text.format(norm=norm, dropout=dropout, amount=amount, more=more)
        for norm in ("frame", "running")
        for dropout, amount, more in ((True, 0.75, ""), (False, 0.5, ".invert()"))
    ]
    proven: list[Any] = []
    prover = threading.Thread(target=lambda: proven.extend(map(edited.save, saves * 3)))
    prover.start()
    played = [frame.picture for frame in edited.play(1.2)]
    prover.join()
    assert [commit.status for commit in proven[-1:]] == ["cued"]
    assert all(torch.equal(a, b) for a, b in zip(played, wanted, strict=True))
    # What it is fed in the strip of slots is what it is fed on the air, not in the save.
    assert np.array_equal(strip(edited.player.program), strip(plain.player.program))


def test_extra_outputs_are_drawn_with_the_window(tmp_path: Path) -> None:
    text = """
from livegan.live import *
a, b = encode.waveform(listen()), encode.levels(listen())
show(a)
show(b, spout="projector")
"""
    show = Show(tmp_path, text)
    show.save()
    frame = show.play()[0]
    assert list(frame.extra) == [("spout", "projector")]
    assert not torch.equal(frame.extra["spout", "projector"], frame.picture)


def test_a_leaf_that_writes_into_its_input_harms_no_other_node(tmp_path: Path) -> None:
    text = """
from livegan.live import *
settings(dissolve=0)

@mixer
def wiped(picture):
    picture.mul_(0)
    return picture

wave = encode.waveform(listen())
show(grid(wave, wiped(wave)))
"""
    show = Show(tmp_path, text)
    show.save()
    picture = show.play()[0].picture
    assert float(picture[:, :, :32].mean()) > 0.1
    assert float(picture[:, :, 32:].mean()) == 0.0


def test_a_model_at_a_size_it_cannot_paint_says_so_once(tmp_path: Path) -> None:
    text = """
from livegan.live import *
a = model("stone", encode.levels(listen()), size=66)
show(a)
"""
    show = Show(tmp_path, text)
    show.save()
    assert show.play()[0].picture.shape == (3, 66, 66)
    notes = [m["text"] for m in show.messages if m["type"] == "note"]
    assert len(notes) == 1 and notes[0].startswith("a: stone: ")
    assert "cannot paint 66x66" in notes[0] and "resized" in notes[0]


def test_a_model_that_is_fed_another_version_of_its_encoder_says_so_once(tmp_path: Path) -> None:
    text = """
from livegan.live import *
sound = listen()
a = model("stone"){chain}
b = model("water", encode.levels(sound))
c = model("fire", encode.waveform(sound))
show(grid(a, b, c))
"""
    show = Show(tmp_path, text.format(chain=""))
    mine = source_digest(registry.current().operation("encoder", "levels"))
    for name, trained in (("stone", mine), ("water", "0" * 64), ("fire", "0" * 64)):
        path = tmp_path / "models" / name / "model.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"encoder_sha256": trained}))
    for chain in ("", ".invert()", ".blur(1)"):
        commit = show.save(text.format(chain=chain))
        assert commit is not None and commit.status == "cued", commit.reason
    notes = [m["text"] for m in show.messages if m["type"] == "note" and "encoder" in m["text"]]
    assert len(notes) == 1
    assert notes[0].startswith("b: the encoder 'levels' has changed since 'water' was trained")


def test_a_model_paints_at_the_size_of_its_card_and_is_enlarged(tmp_path: Path) -> None:
    text = """
from livegan.live import *
a = model("stone", encode.levels(listen()){size})
show(a)
"""
    painted = []
    for folder, options in (("card", ""), ("set", ", size=192")):
        show = Show(tmp_path / folder, text.format(size=options), size=192)
        show.save()
        sides: list[int] = []
        generator = show.player.lineup.newest.steps[1].instance.generator
        paint = generator.paint
        generator.paint = lambda c, size, sides=sides, paint=paint, **settings: (
            sides.append(size),
            paint(c, size=size, **settings),
        )[1]
        assert show.play()[0].picture.shape == (3, 192, 192)
        painted.append(sides)
    assert painted == [[(128, 128)], [(192, 192)]]  # 128 is the smallest that it can


def test_a_signal_that_is_no_number_is_refused_by_its_name(tmp_path: Path) -> None:
    text = """
from livegan.live import *

@signal
def loud(sound):
    return "very"

show(encode.waveform(listen()).blur(loud(listen())))
"""
    commit = Show(tmp_path, text).save()
    assert commit is not None and commit.status == "refused"
    assert "the signal 'loud' returned the text 'very', and must return a number" in commit.reason
    assert commit.where.endswith("set.py:8")


def test_a_signal_may_ask_for_random_numbers(tmp_path: Path) -> None:
    text = """
from livegan.live import *
settings(dissolve=0)

@signal
def dice(*, rng):
    return rng.random()

show(encode.levels(listen()).brightness(dice()))
"""
    one, other = Show(tmp_path / "1", text), Show(tmp_path / "2", text)
    for show in (one, other):
        commit = show.save()
        assert commit is not None and commit.status == "cued", commit.reason
    frames = [(a.picture, b.picture) for a, b in zip(one.play(0.12), other.play(0.12), strict=True)]
    assert all(torch.equal(a, b) for a, b in frames)
    assert not torch.equal(frames[0][0], frames[1][0])


def test_a_model_that_was_missing_plays_when_it_comes_and_the_set_is_saved_again(
    tmp_path: Path,
) -> None:
    text = 'from livegan.live import *\na = model("late", encode.levels(listen()))\nshow(a)\n'
    show = Show(tmp_path, text)
    commit = show.save()
    assert commit is not None and commit.status == "refused" and "no model 'late'" in commit.reason
    assert show.save() is None
    late = tmp_path / "models" / "late.safetensors"
    late.write_bytes((tmp_path / "models" / "stone" / "model.safetensors").read_bytes()[:100])
    assert tmp_path / "models" in show.pipeline.inputs.watched()
    commit = show.save()
    assert commit is not None and "damaged" in commit.reason
    late.write_bytes((tmp_path / "models" / "stone" / "model.safetensors").read_bytes())
    assert late in show.pipeline.inputs.watched()
    commit = show.save()
    assert commit is not None and commit.status == "cued", commit.reason
    assert show.save() is None


CONTROLLED = """
from livegan.live import *
from livegan.graph.signals.signal import Signal
import numpy

settings(swap="now", dissolve=0)
fader = Signal("control", "fader", 0.25)

@encoder
def grey(sound, *, value=param(0.0, 0, 1, "brightness"), size):
    return numpy.full(size, value, numpy.float32)

show(grey(listen(), value=fader).blend(grey(listen(), value=1.0 * fader), 0.5))
"""


class Turning:
    """A fader that is at another value at every look."""

    def __init__(self) -> None:
        self.looks = 0

    def snapshot(self, time: float) -> dict[str, Control]:
        self.looks += 1
        return {"fader": Control(self.looks / 100, time, self.looks)}


def test_a_frame_is_drawn_with_one_snapshot_of_the_controls(tmp_path: Path) -> None:
    show = Show(tmp_path, CONTROLLED)
    show.save()
    assert float(show.play()[0].picture.mean()) == pytest.approx(0.25)
    show.player.controls = turning = Turning()
    frames = show.play(0.4)
    assert turning.looks == len(frames)
    for count, frame in enumerate(frames, 1):
        assert float(frame.picture.min()) == float(frame.picture.max())
        assert float(frame.picture.mean()) == pytest.approx(count / 100)


def test_a_show_reads_the_control_table_and_a_rehearsal_what_was_recorded(tmp_path: Path) -> None:
    with ControlTable.create() as table:
        live, recorded = Show(tmp_path / "a", CONTROLLED), Show(tmp_path / "b", CONTROLLED)
        live.player.controls = table
        turns = [(2.0, 0.125), (2.3, 0.75), (2.31, 0.875), (2.5, 0.5)]
        recorded.player.controls = RecordedControls({"fader": turns})
        live.save()
        recorded.save()
        for _ in range(20):
            time = (live.history.position + 1920) / 48000
            for at, value in turns:
                found = table.get("fader")
                if at <= time and (found is None or at > found.time):
                    table.set("fader", value, at)
            shown, wanted = live.play()[0].picture, recorded.play()[0].picture
            assert torch.equal(shown, wanted)
        assert float(shown.mean()) == 0.5
