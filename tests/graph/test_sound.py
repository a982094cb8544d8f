"""Sounds in a set: the show's own, named inputs, and the signals that are heard in them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from livegan.graph.graph import collecting
from livegan.graph.place import NoSuchWord, SetError
from livegan.graph.signals.reading import Reading, read
from livegan.live import encode, listen, signal
from livegan.plugin import Now


class Desk:
    """Named inputs with loudnesses of their own."""

    def of(self, key: str) -> SimpleNamespace:
        return SimpleNamespace(low={"drums": 0.75, "voice": 0.25}[key])

    def before(self, position: int) -> Desk:
        return self


DESK = Reading(Now(), SimpleNamespace(low=0.5), sounds=Desk())


def test_signals_are_heard_in_the_sound_that_they_name() -> None:
    assert read(listen().low, DESK) == 0.5
    assert read(listen("drums").low + listen("voice").low, DESK) == 1.0


def test_a_leaf_is_given_the_sound_that_it_is_called_with() -> None:
    @signal
    def loud(sound, *, now):  # type: ignore[no-untyped-def]
        return sound.low

    assert read(loud(listen("voice")), DESK) == 0.25
    assert read(loud(), DESK) == read(loud(listen()), DESK) == 0.5


def test_equal_names_are_equal_signals_and_others_are_not() -> None:
    assert listen("drums").low.print == listen("drums").low.print
    prints = {listen(name).low.print for name in ("", "drums", "voice")}
    assert len(prints) == 3


def test_there_is_one_tempo_for_all_sounds() -> None:
    assert listen("drums").beats.print == listen().beats.print


def test_a_set_knows_which_inputs_it_listens_to() -> None:
    with collecting() as graph:
        listen()
        drums = listen("drums")
        assert listen("drums") is drums
        wave = encode.waveform(listen("voice"))
    assert graph.inputs == ["drums", "voice"]
    assert [each.key for each in wave.sounds] == ["voice"]


@pytest.mark.parametrize("name", ["a b", "x" * 41, "drums=1"])
def test_a_name_of_other_characters_is_refused(name: str) -> None:
    with pytest.raises(SetError, match="letters, digits, - and _"):
        listen(name)


def test_what_is_no_name_is_refused() -> None:
    with pytest.raises(SetError, match="in quotes"):
        listen(1)  # type: ignore[arg-type]
    with pytest.raises(NoSuchWord, match="did you mean 'kick'"):
        listen("drums").kik  # noqa: B018
