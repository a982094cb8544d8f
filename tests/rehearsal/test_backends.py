"""A rehearsal says what played its networks, and repeats with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from livegan.cli import app
from livegan.engine.commit.script import Refusal
from livegan.rehearsal import Rehearsal, rehearse
from tests.engine.playing import make_models, sound

from .test_rehearsing import write_wav

TEXT = """
from livegan.live import *
a = model("stone", encode.waveform(listen()))
b = model("water", a, backend="torch")
c = model(morph("stone", "water", 0.5), a)
show(grid(a, b, c))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("work")
    make_models(folder / "models")
    (folder / "set.py").write_text(TEXT)
    write_wav(folder / "beat.wav", sound()[0][: 2 * 48000])
    return folder


def of(folder: Path, **options) -> Rehearsal:
    values = {"seconds": 0.12, "fps": 25, "size": 128, "folder": folder, **options}
    return Rehearsal(set=folder / "set.py", audio=folder / "beat.wav", **values)


def test_two_with_one_backend_give_the_same_bits_and_the_report_names_it(folder):
    pytest.importorskip("openvino", reason="needs the package openvino")
    first, second = (rehearse(of(folder, backend="openvino")).report for _ in range(2))
    assert first["backends"] == {"a": "openvino", "b": "torch", "c": "torch"}
    assert first["digest"] == second["digest"]
    again = rehearse(of(folder, backend="torch", backends=first["backends"])).report
    assert again["backends"] == first["backends"] and again["digest"] == first["digest"]


def test_without_a_measurement_it_is_torch(folder):
    report = rehearse(of(folder)).report
    assert report["backends"] == {"a": "torch", "b": "torch", "c": "torch"}
    assert rehearse(of(folder, backend="torch")).report["digest"] == report["digest"]


def test_a_name_that_nobody_offers_is_refused_with_its_line(folder):
    (folder / "odd.py").write_text(TEXT.replace('backend="torch"', 'backend="torhc"'))
    odd = of(folder)
    odd.set = folder / "odd.py"
    with pytest.raises(Refusal) as refused:
        rehearse(odd)
    assert "no backend 'torhc'; there is: auto, exact, torch" in str(refused.value)
    assert refused.value.place is not None and refused.value.place.line == 4


def test_the_command_takes_an_earlier_report(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(folder)
    (tmp_path / "report.json").write_text(json.dumps({"backends": {"a": "exact"}}))
    common = ["rehearse", "set.py", "--audio", "beat.wav", "--seconds", "0.1", "--fps", "25"]
    common += ["--size", "128", "--report", str(tmp_path / "out"), "--backend"]
    result = CliRunner().invoke(app, [*common, str(tmp_path / "report.json")])
    assert result.exit_code == 0, result.output
    said = json.loads((tmp_path / "out" / "report.json").read_text())["backends"]
    assert said == {"a": "exact", "b": "torch", "c": "torch"}
    (tmp_path / "report.json").write_text("[]")
    result = CliRunner().invoke(app, [*common, str(tmp_path / "report.json")])
    assert result.exit_code == 2 and "names its backends" in result.output
