"""What a training leaves to be looked at, and what becomes of it where nothing can be written."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from livegan.training import Recipe, StateError, TrainingStep, state, train
from livegan.training.report import records
from livegan.training.report.records import Records, RecordsError
from tests.training.tiny_pairs import data_set

RECIPE = Recipe(arch="small", steps=4, batch=2, filters=8)


def test_every_save_is_a_line_with_losses_and_the_held_out_distance(tmp_path: Path) -> None:
    train(data_set(tmp_path / "data"), tmp_path / "work", RECIPE, save_every=0.0)
    lines = [json.loads(s) for s in (tmp_path / "work" / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [1, 2, 3, 4]
    assert {"critic", "fooled", "near", "painter", "val_l1"} <= lines[0].keys()


def test_tensorboard_gets_curves_and_the_sheet(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    work = tmp_path / "work"
    train(data_set(tmp_path / "data"), work, RECIPE, save_every=0.0, tensorboard=True)
    found = EventAccumulator(str(work / "tensorboard"), {"images": 0, "scalars": 0})
    found.Reload()
    tags = found.Tags()
    assert {"critic", "near", "held-out L1", "learning rate"} <= set(tags["scalars"])
    assert [image.step for image in found.Images("sheet")] == [1, 2, 3, 4]


def test_tensorboard_that_is_not_installed_is_told_only_where_it_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records.importlib.util, "find_spec", lambda name: None)
    Records(tmp_path, None, 0).step(1, {"near": 1.0})
    with pytest.raises(RecordsError, match=r"pip install 'livegan\[tensorboard\]'"):
        Records(tmp_path, True, 0)


def test_a_disk_that_is_full_does_not_end_a_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, work = data_set(tmp_path / "data"), tmp_path / "work"
    write, steps = state.torch.save, 0

    def full(thing: object, path: Path) -> None:
        if steps >= 2:
            Path(path).write_bytes(b"half")
            raise RuntimeError("PytorchStreamWriter failed writing file: No space left on device")
        write(thing, path)

    def progress(step: TrainingStep) -> None:
        nonlocal steps
        steps = step.number

    monkeypatch.setattr(state.torch, "save", full)
    notes: list[str] = []
    trained = train(data, work, RECIPE, save_every=0.0, progress=progress, note=notes.append)
    assert trained.steps == 4
    assert all("No space left on device" in note for note in notes) and len(notes) == 3
    assert "the last good state is kept" in notes[0]
    assert state.load(work / "state.pt")["step"] == 2
    assert not list(work.glob(".*partial*"))


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is nobody's to write to")
def test_a_folder_that_cannot_be_written_to_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(StateError, match=r"state\.pt: cannot be written"):
        train(data_set(tmp_path / "data"), "/proc/livegan", RECIPE)
