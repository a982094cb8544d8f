"""The frame on a graphics card, on one that is not there and counts who waits for it."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from livegan import share
from livegan.engine.process import Engine
from livegan.engine.program.picture_bytes import PictureBytes, as_bytes
from livegan.generators import Card, save_checkpoint
from tests.engine.playing import Show, weights
from tests.fake_card import CardTensor, FakeCard, fake_card

SETS = ("four", "crossfeed", "feedback", "hands", "leaves", "steady", "clips")
"""Shipped sets, but for those whose frames are like those of one of them, and shaders, which need
OpenGL: each shader that is given pictures waits once for them."""
BESIDES = {"leaves": ["a copy from memory at driver.py"]}
"""What else is waited for: the mixer of `leaves` makes a tensor of a numpy array."""
OURS = ("nebula", "corridor", "city", "ocean")

TWO = """
from livegan.live import *
settings(swap="now", dissolve=0)
a = model("stone", encode.waveform(listen()), precision="float32")
b = model("water", encode.levels(listen()).blend(prev("a"), 0.3), precision="float32")
show(grid(a.hue(0.2).feedback(), b, encode.timeline(listen()), b.deflicker()))
"""

FAILING = """
from livegan.live import *
settings(swap="now", dissolve=0)

@mixer
def holes(picture, *, now):
    return picture * (float("nan") if {when} else 1.0)

a = model("stone", encode.waveform(listen()), precision="float32")
show(grid(holes(a), encode.levels(listen())))
"""


@pytest.fixture
def card() -> Iterator[FakeCard]:
    with fake_card() as there:
        yield there


def on_card(folder: Path, text: str) -> Show:
    """A show on the card, with a set on the air."""
    show = Show(folder, text, device="cuda")
    commit = show.save()
    assert commit is not None and commit.status != "refused", commit
    return show


def shown(show: Show, frames: int) -> list[Any]:
    """So many frames, as bytes, with one wait for each."""
    found = []
    for _ in range(frames):
        (frame,) = show.play()
        found.append(as_bytes(frame.picture))
        show.player.settle()
    return found


@pytest.mark.parametrize("name", SETS)
def test_a_frame_of_a_shipped_set_waits_once(tmp_path: Path, card: FakeCard, name: str) -> None:
    for model in OURS:
        small = Card(name=model, encoder="levels", size=64, norm="running")
        save_checkpoint(tmp_path / "models" / model, weights("stone"), small)
    shutil.copytree(share.folder("sets"), tmp_path / "sets")
    show = on_card(tmp_path, (tmp_path / "sets" / f"{name}.py").read_text(encoding="utf-8"))
    shown(show, 2)
    card.counted.clear()
    shown(show, 2)
    once = "event.synchronize at arriving.py"
    waited = {line.rsplit(":", 2)[0]: count for line, count in card.counted.items()}
    assert waited == dict.fromkeys([once, *BESIDES.get(name, [])], 2), card.counted
    assert not show.faults


def test_the_pictures_are_those_of_the_cpu(tmp_path: Path) -> None:
    here = Show(tmp_path / "here", TWO)
    here.save()
    wanted = shown(here, 4)
    with fake_card() as card:
        show = on_card(tmp_path / "card", TWO)
        assert card.captures == 2
        card.replays = 0
        found = shown(show, 4)
        assert (card.captures, card.replays) == (2, 8)  # two slots, four frames
    assert all((a == b).all() for a, b in zip(wanted, found, strict=True))
    assert (found[0] != found[-1]).any()


def test_each_encoder_is_uploaded_once_and_bytes_and_numbers_come_back(
    tmp_path: Path, card: FakeCard
) -> None:
    show = on_card(tmp_path, TWO)
    shown(show, 1)
    card.uploads = card.downloads = 0
    shown(show, 1)
    assert (card.uploads, card.downloads) == (3, 2)


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_a_picture_that_is_not_finite_is_held_in_its_own_frame(tmp_path: Path, device: str) -> None:
    """A card decides that by itself; the fault is told when the frame's picture has come."""
    text = FAILING.format(when="2.6 < now.time < 2.7")
    with fake_card():
        show = Show(tmp_path, text, device=device)
        show.save()
        pictures = [picture[:, :32] for picture in shown(show, 20)]
    held = [(a == b).all() for a, b in itertools.pairwise(pictures)]
    assert sum(held) == 2, held
    (fault,) = show.faults
    assert "not-a-number" in fault["reason"] and fault["node"].endswith("holes")


def test_a_program_that_fails_on_trial_gives_way_to_the_one_before(
    tmp_path: Path, card: FakeCard
) -> None:
    show = on_card(tmp_path, FAILING.format(when="False"))
    shown(show, 3)
    good = show.player.program
    show.save(FAILING.format(when="now.time > 2.3"))
    shown(show, 8)
    assert show.player.program is good and len(show.faults) == 1


LOOKS = """
from livegan.live import *
settings(swap="now", dissolve=0)
light = encode.levels(listen())
show(light.rotate(turn=light.brightness + light.motion))
"""


def test_a_signal_looks_at_the_picture_of_the_frame_before(tmp_path: Path) -> None:
    seen = []
    for device in ("cpu", "cuda"):
        with fake_card() as card:
            show = Show(tmp_path / device, LOOKS, device=device)
            show.save()
            pictures = shown(show, 4)
            waits = sum(card.counted.values())
            shown(show, 1)
            assert sum(card.counted.values()) - waits == (device == "cuda")
            seen.append((dict(show.player.seeing.values), [p.tobytes() for p in pictures]))
    assert seen[0] == seen[1]


def test_a_frame_that_is_late_is_handed_over_after_the_next_has_begun(card: FakeCard) -> None:
    """Nothing is waited for while the next frame is due; two frames are never on their way."""
    given: list[Any] = []
    engine: Any = Engine.__new__(Engine)
    engine.coming = engine.journal = engine.journaled = None
    engine.frames, engine.times = 0, None
    engine.player = SimpleNamespace(looks=False)
    engine.rings = SimpleNamespace(start=lambda frame, number, times: PictureBytes([frame]))
    engine.show = given.append
    first, second, third = (torch.full((3, 4, 4), 0.1 * n).to("cuda") for n in range(3))
    card.counted.clear()
    engine.bring_out(first, due=0.0)
    assert given == [] and not card.counted
    engine.bring_out(second, due=0.0)
    assert len(given) == 1
    engine.bring_out(third, due=float("inf"))
    assert len(given) == 3 and engine.coming is None
    engine.bring_out(first, due=0.0)
    list(engine.coming)  # somebody else waited
    engine.show_coming(wait=False)
    assert len(given) == 4


SLOTS = """
from livegan.live import *
settings(swap="now", dissolve=0)
a = model({first}, encode.waveform(listen()), precision="float32")
b = model("water", encode.levels(listen()), precision="float32"{more})
show(grid(a, b))
"""


def test_slots_play_on_several_cards(tmp_path: Path, card: FakeCard) -> None:
    wanted = on_card(tmp_path / "one", SLOTS.format(first='"stone"', more=""))
    show = on_card(tmp_path / "two", SLOTS.format(first='"stone"', more=', device="cuda:1"'))
    a, b = (step.instance.generator.device for step in show.player.cued.program.slots)
    assert (str(a), str(b)) == ("cuda", "cuda:1")
    assert (shown(wanted, 3)[2] == shown(show, 3)[2]).all()


def test_a_card_that_is_not_there_is_told_and_the_slot_plays_on(tmp_path: Path) -> None:
    show = Show(tmp_path, SLOTS.format(first='"stone"', more=', device="cuda:1"'))
    notes: list[str] = []
    show.pipeline.builder.note = notes.append
    commit = show.save()
    assert commit is not None and commit.status != "refused"
    assert any("no device 'cuda:1'" in note and "plays on cpu" in note for note in notes)


def test_a_device_that_is_none_is_refused_with_its_line(tmp_path: Path) -> None:
    show = Show(tmp_path, SLOTS.format(first='"stone"', more=', device="gpu"'))
    commit = show.save()
    assert commit is not None and commit.status == "refused"
    assert "device is auto, cpu, cuda" in commit.reason and commit.where.endswith(":5")


def test_a_morph_moves_in_the_memory_that_its_graph_has(tmp_path: Path, card: FakeCard) -> None:
    moving = SLOTS.format(first='morph("stone", "fire", lfo(seconds=1))', more="")
    here = Show(tmp_path / "here", moving)
    here.save()
    wanted = shown(here, 4)
    show = on_card(tmp_path / "card", moving)
    captures = card.captures
    found = shown(show, 4)
    assert card.captures == captures
    assert all((a == b).all() for a, b in zip(wanted, found, strict=True))


def test_a_save_that_fills_the_card_leaves_what_plays(
    tmp_path: Path, card: FakeCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = on_card(tmp_path, SLOTS.format(first='"stone"', more=""))
    before = shown(show, 2)
    playing = show.player.program
    card.room = 100_000
    commit = show.save(SLOTS.format(first='"fire"', more=""))
    assert commit is not None and commit.status == "refused" and "memory" in commit.reason
    card.room = None
    after = shown(show, 2)
    assert show.player.program is playing and not show.faults
    assert (before[-1] != after[-1]).any()
    assert isinstance(show.player.shown, CardTensor)


def test_a_frame_may_hold_its_rate_without_asking_the_card(tmp_path: Path, card: FakeCard) -> None:
    text = SLOTS.format(first='"stone"', more="").replace(
        "dissolve=0", 'dissolve=0, rate="hold", fps=30'
    )
    show = on_card(tmp_path, text)
    show.player.governs = True
    shown(show, 2)
    show.player.turns.count = 1
    card.counted.clear()
    card.replays = 0
    for _ in range(6):
        shown(show, 1)
        show.player.turns.count = 1
    assert sum(card.counted.values()) == 6
    assert 6 <= card.replays < 12
