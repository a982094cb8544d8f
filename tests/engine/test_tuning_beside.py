"""Beside a show, its models are measured once, and its slots switch to what is faster."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from livegan.engine import tuning_beside
from livegan.engine.program.nodes.instance import ModelInstance
from livegan.engine.tuning_beside import SWITCH, TuningBeside, slots
from livegan.generators import Generator, load
from livegan.generators.backends.choices import BackendTable, Tried, remember
from livegan.generators.backends.names import own_torch

from ..generators.backends.conftest import offer as offer
from .playing import make_models

SIZE = (128, 128)


@pytest.fixture(scope="module")
def stone(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("models")
    make_models(folder)
    return load(folder / "stone" / "model.safetensors")


def program_of(*generators: Generator) -> SimpleNamespace:
    steps = [SimpleNamespace(instance=ModelInstance(each)) for each in generators]
    return SimpleNamespace(slots=[*steps, SimpleNamespace(instance=object())])


@pytest.fixture
def playing(offer, stone, monkeypatch, tmp_path):
    """Two slots of one model that plays with torch, one that is told to; and a backend, ``ink``."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv(SWITCH, raising=False)
    offer("ink", lambda spec, variant: lambda x: torch.full((1, 3, *x.shape[2:]), -1.0))
    own = [Generator(stone, "cpu", backend=name, waits=False) for name in ("auto", "auto", "torch")]
    for generator in own[:2]:
        generator.backend.prepare(("running", SIZE, 1))
    return program_of(*own)


def tuned(monkeypatch, *rows: Tried) -> list[Path]:
    """Measuring gives these rows, in no time; the models that it was asked for."""
    asked: list[Path] = []

    def tune_apart(path, norm, size, threads, **options):
        asked.append(path)
        if rows:
            remember(load(path).digest, norm, size, BackendTable(list(rows)))
        return "" if rows else "measuring crashed"

    monkeypatch.setattr(tuning_beside, "tune_apart", tune_apart)
    return asked


def test_slots_switch_to_what_is_faster_and_one_line_says_so(playing, stone, monkeypatch):
    asked = tuned(monkeypatch, Tried(own_torch(), 1, 10.0), Tried("ink", 1, 4.0))
    lines: list[str] = []
    beside = TuningBeside(lambda: playing, 2, lines.append)
    backend, way = next(slots(playing))
    beside.measure(backend, way)
    assert asked == [stone.path]
    assert lines == ["stone: ink plays it from now on: 2.5 times as fast as torch"]
    first, second, told = (step.instance.generator for step in playing.slots[:3])
    assert [g.plays for g in (first, second, told)] == ["ink", "ink", "torch"]
    assert first.paint(torch.rand(3, *SIZE), size=SIZE).max() == 0
    assert not backend.untried(*way[:2])


def test_measuring_that_fails_changes_nothing(playing, monkeypatch):
    tuned(monkeypatch)
    lines: list[str] = []
    beside = TuningBeside(lambda: playing, 2, lines.append)
    beside.measure(*next(slots(playing)))
    assert lines == []
    assert {step.instance.generator.plays for step in playing.slots[:3]} == {"torch"}


def test_each_model_is_asked_for_once_when_a_program_was_calm(playing, monkeypatch):
    asked = tuned(monkeypatch)
    monkeypatch.setattr(tuning_beside, "LOOK_S", 0.001)
    monkeypatch.setattr(tuning_beside, "CALM_S", 0.002)
    looks = []

    def on_air():
        looks.append(1)
        if len(looks) > 30:
            beside._stopped.set()
        return playing

    beside = TuningBeside(on_air, 1, lambda text: None)
    beside.start()
    beside._thread.join(20)
    assert not beside._thread.is_alive() and len(asked) == 1


def test_the_performer_can_switch_it_off(playing, monkeypatch):
    monkeypatch.setenv(SWITCH, "off")
    beside = TuningBeside(lambda: playing, 1, lambda text: None)
    beside.start()
    assert not beside._thread.is_alive()
    beside.stop()
