"""Figures of a night: looks are structures, moves are seen, empty pictures count."""

from __future__ import annotations

import numpy as np
import pytest

from livegan.autopilot.code_parts import SetWords
from livegan.autopilot.looks import clusters, distance, structure
from livegan.autopilot.night import Night, NightMove, score
from livegan.autopilot.repertoire import words_of
from livegan.autopilot.set_code import SetCode
from livegan.plugin import registry

TEXT = """sound = listen()
wave = encode.waveform(sound)
levels = encode.levels(sound)
a = model("nebula", wave)
b = model("city", levels)
show(grid(a, b))
"""


@pytest.fixture(scope="module")
def words() -> SetWords:
    return words_of(registry.Registry().load(installed=False))


def test_a_look_is_a_structure_and_not_its_numbers(words: SetWords) -> None:
    def of(text: str) -> frozenset[str]:
        return structure(SetCode(text, words))

    first = of(TEXT)
    assert of(TEXT.replace("encode.waveform(sound)", "encode.waveform(sound, gain=2)")) == first
    alone = of(TEXT.replace("grid(a, b)", "a"))
    assert 'b model "city"' not in alone and distance(first, alone) > 0.4
    turned = of(TEXT.replace("grid(a, b)", "grid(a, b).hue(0.5)"))
    assert 0 < distance(first, turned) < 0.4
    assert len(clusters([first, turned, alone, first])) == 2
    assert of("x = 1\n") == frozenset()


def test_the_figures_of_a_night(words: SetWords) -> None:
    night = Night(words, TEXT)
    picture = {
        True: np.full((4, 4, 3), 0.2, np.float32),
        False: np.full((4, 4, 3), 0.7, np.float32),
    }
    for step in range(400):
        night.saw(step / 4, picture[step < 120], "white" if step == 8 else "", silent=False)
    night.saw(100.0, picture[False], "black", silent=True)
    other = TEXT.replace("grid(a, b)", "a")
    night.moves = [
        NightMove(30.0, 60.0, "full_picture", "section at 0:30: full picture of a", other),
        NightMove(50.0, 100.0, "turn_number", "steady at 0:50: a number", other),
        NightMove(51.0, 102.0, "layer", "drop at 0:51: b over a", TEXT),
    ]
    found = score(night, 0.0, 100.0)
    assert (found.moves, found.kinds, found.looks, found.refused) == (3, 3, 2, 0)
    assert found.visible == pytest.approx(1 / 3, abs=0.01)
    assert found.longest_still == 70.0, "what cannot be seen is no change"
    assert found.shortest_gap == 40.0, "a drop may come sooner"
    assert found.empty_s == {"white": 0.25}
    assert "3 moves of 3 kinds, 33% visible" in found.lines[0]
    assert found.row["looks_an_hour"] == 72.0
