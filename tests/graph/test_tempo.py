"""What a set says of the tempo: a number, a word, and nothing that contradicts itself."""

from __future__ import annotations

from typing import Any

import pytest

from livegan.graph.graph import collecting
from livegan.graph.place import SetError
from livegan.graph.settings import settings
from livegan.plugin.tempo_wish import TempoWish


@pytest.mark.parametrize(
    ("said", "wish"),
    [
        ([{}], TempoWish()),
        ([{"bpm": 96}], TempoWish("number", 96.0)),
        ([{"tempo": 96}], TempoWish("number", 96.0)),
        ([{"tempo": 96.5, "bpm": 96.5}], TempoWish("number", 96.5)),
        ([{"tempo": "music"}], TempoWish()),
        ([{"tempo": "link"}], TempoWish("link")),
        ([{"tempo": "midi", "bpm": 124}], TempoWish("midi", 124.0)),
        ([{"tempo": "tap"}, {"bpm": 90}], TempoWish("tap", 90.0)),
        ([{"tempo": "link"}, {"tempo": 128}], TempoWish("number", 128.0)),
    ],
)
def test_what_leads_the_tempo(said: list[dict[str, Any]], wish: TempoWish) -> None:
    with collecting() as graph:
        for each in said:
            settings(**each)
    assert graph.tempo == wish


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"tempo": "lonk"}, 'tempo is "music", "tap", "midi", "link" or a number, got .*link'),
        ({"tempo": 120, "bpm": 130}, "tempo=120 and bpm=130 are two tempos; keep one"),
        ({"tempo": "music", "bpm": 130}, "follows the music, so leave bpm out"),
        ({"tempo": 5}, "bpm is 0, or from 20 to 400, got 5"),
        ({"tempo": 500}, "bpm"),
        ({"lookahead": 2000}, "lookahead"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(said: dict[str, Any], why: str) -> None:
    with collecting(), pytest.raises(SetError, match=why):
        settings(**said)
