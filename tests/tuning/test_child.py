"""Measuring in a process of its own: what crashes or hangs there is left out, and nothing waits."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from livegan.tuning import child
from livegan.tuning.child import tune_apart

SCRIPT = """
import json, os, sys, time
asked = json.loads(sys.argv[1])
say = lambda **said: print(json.dumps(said), flush=True)
say(at="")
for name in {names}:
    if name in asked["without"]:
        continue
    say(at=name)
    if name == "crashing":
        os.abort()
    if name == "hanging":
        time.sleep(600)
    if name == "refusing":
        say(refused="there is no such model")
        break
open({seen!r}, "w").write(json.dumps(asked))
say(done="")
"""


@pytest.fixture
def tuning(monkeypatch, tmp_path):
    """Tunes with a process that tries backends of these names, and gives what was asked last."""
    seen = tmp_path / "seen.json"
    monkeypatch.setattr(child, "MOST_IDLE_S", 0.4)
    monkeypatch.setattr(child, "LOOK_S", 0.02)

    def run(*names: str, **options):
        monkeypatch.setattr(child, "START", SCRIPT.format(names=names, seen=str(seen)))
        why = tune_apart(Path("model.safetensors"), "running", (64, 64), (1,), **options)
        return why, json.loads(seen.read_text()) if seen.is_file() else {}

    return run


def test_what_is_tried_is_said(tuning):
    said: list[str] = []
    assert tuning("torch", "openvino", say=said.append)[0] == ""
    assert said == ["torch", "openvino"]


def test_a_backend_that_crashes_or_hangs_is_left_out_and_the_others_are_measured(tuning):
    why, asked = tuning("torch", "crashing", "hanging", "openvino")
    assert why == ""
    assert asked["without"] == {
        "crashing": "it crashed while it was tried",
        "hanging": "it did not come to an end while it was tried",
    }


def test_a_model_that_is_refused_says_why(tuning):
    assert tuning("refusing")[0] == "there is no such model"


def test_it_can_be_stopped(tuning):
    stop = threading.Event()
    stop.set()
    assert tuning("hanging", stop=stop)[0] == "it was stopped"


def test_one_that_ends_before_anything_is_tried_is_not_begun_for_ever(monkeypatch):
    monkeypatch.setattr(child, "START", "import os; os._exit(3)")
    monkeypatch.setattr(child, "LOOK_S", 0.02)
    why = tune_apart(Path("model.safetensors"), "running", (64, 64), (1,))
    assert why == "measuring crashed"
