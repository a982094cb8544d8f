"""A show listens to another sound while it plays, or keeps the one that it has."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from livegan.sound.source import Source
from livegan.sound.sources import Silence, SourceError
from livegan.stage.control import audio_choice
from livegan.stage.control.audio_choice import AudioChoice
from livegan.stage.options import Options


class Listening:
    """Takes any sound but that of a device that is broken."""

    def __init__(self) -> None:
        self.source: Any = Silence()
        self.names: list[str] = []
        self.heard: list[str] = []
        self.held, self.waiting = threading.Event(), threading.Event()
        self.held.set()

    @property
    def sources(self) -> dict[str, Source]:
        return {"": self.source}

    def stop(self) -> None:
        pass

    def replace(self, source: Source, name: str = "") -> None:
        self.waiting.set()
        assert self.held.wait(30)
        if source.name == "broken":
            raise SourceError("sound input 'broken' does not open")
        self.heard.append(source.name)


class Named(Silence):
    def __init__(self, name: str) -> None:
        self.name = name


@pytest.fixture
def notes() -> list[str]:
    return []


@pytest.fixture
def listening() -> Listening:
    return Listening()


@pytest.fixture
def choice(
    listening: Listening, notes: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AudioChoice:
    def parse(text: str, **more: Any) -> Source:
        return Named(text)

    monkeypatch.setattr(audio_choice, "parse_source", parse)
    monkeypatch.setattr(audio_choice, "source_of_plugin", lambda *given: None)
    monkeypatch.setattr(audio_choice, "Listening", lambda *given, **more: listening)
    options, memory = Options(set=tmp_path / "set.py", audio="silence"), SimpleNamespace(sound=None)
    return AudioChoice(options, memory, notes.append, lambda end: None)  # type: ignore[arg-type]


def ended() -> None:
    for thread in threading.enumerate():
        if thread.name == "sound choice":
            thread.join(30)


def test_another_sound_is_heard(choice: AudioChoice, listening: Listening) -> None:
    choice.give("USB Audio:3,4")
    ended()
    assert listening.heard == ["USB Audio:3,4"]


def test_what_cannot_be_opened_leaves_the_sound_and_a_line(
    choice: AudioChoice, listening: Listening, notes: list[str]
) -> None:
    choice.give("broken")
    ended()
    assert listening.heard == []
    assert notes == ["the sound stays silence: sound input 'broken' does not open"]


def test_the_newest_of_several_wishes_counts_while_a_driver_takes_its_time(
    choice: AudioChoice, listening: Listening
) -> None:
    listening.held.clear()
    choice.give("slow")
    assert listening.waiting.wait(30)
    choice.give("second")
    choice.give("third")
    listening.held.set()
    ended()
    assert listening.heard == ["slow", "third"]
