"""Frames that are passed by leave behind what drawn ones would."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from livegan.engine.program.nodes.instance import ModelInstance
from livegan.engine.program.passing import to_draw
from livegan.engine.program.picture_bytes import as_bytes
from tests.engine.playing import Show

SET = """
from livegan.live import *
import numpy as np
settings(bpm=240, swap="now", dissolve=0.2)

@encoder
class Trail:
    def __init__(self):
        self.seen = 0.0

    def draw(self, sound, *, size, rng):
        self.seen = 0.9 * self.seen + sound.level
        return np.clip(rng.random(size) * 0.2 + self.seen, 0, 1)

heard = listen()
trail = Trail(heard)
old = trail.mix(prev("trail"), 0.5)
a = model("stone", encode.levels(heard).hue(heard.low.smooth(0.5)))
b = model("water", old)
bright = encode.waveform(heard)
show(grid(a, b, bright.blur(2 * bright.brightness), trail.hue(heard.kick.slow(0.5))))
"""
SET = SET.replace(".smooth(0.5)", "").replace(".slow(0.5)", "")


def pictures(folder: Path, text: str, passed: int) -> tuple[list[bytes], Show]:
    """The last ten of 30 frames, of which so many are passed by."""
    show = Show(folder, text)
    show.save()
    shown = []
    for index in range(30):
        show.history.position += 1920
        if index < passed:
            assert show.player.pass_by(show.history.position) == 1
            continue
        frame = show.player.frame(show.history.position)
        assert frame is not None
        if index >= 20:
            shown.append(as_bytes(frame.picture).tobytes())
    return shown, show


def test_what_follows_has_the_same_bits_and_models_do_not_paint_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn, _ = pictures(tmp_path / "drawn", SET, 0)
    painted: list[str] = []
    real = ModelInstance.draw

    def draw(self: ModelInstance, node: object, inputs: object, moment: object) -> object:
        painted.append(node.name)  # type: ignore[attr-defined]
        return real(self, node, inputs, moment)  # type: ignore[arg-type]

    monkeypatch.setattr(ModelInstance, "draw", draw)
    passed, show = pictures(tmp_path / "passed", SET, 20)
    assert passed == drawn
    assert painted.count("a") == 11  # once to prove it
    program = show.player.program
    assert program is not None
    names = {program.steps[index].name for index in to_draw(program)}
    assert {"trail", "bright"} <= names and not {"a", "b"} & names


def test_a_set_that_looks_at_what_is_shown_is_drawn_as_a_whole(tmp_path: Path) -> None:
    text = SET.replace("show(grid(a,", "show(grid(a.mix(prev(), 0.5),")
    drawn, _ = pictures(tmp_path / "drawn", text, 0)
    passed, show = pictures(tmp_path / "passed", text, 20)
    assert passed == drawn
    program = show.player.program
    assert program is not None and len(to_draw(program)) == len(program.steps)


def test_a_node_that_fails_after_it_was_passed_by_is_told(tmp_path: Path) -> None:
    text = (
        SET
        + """
@mixer
def fails(x):
    raise ValueError("no")

show(fails(a) if False else a)
"""
    )
    failing = (
        text.replace("fails(a) if False else a", "late(a)")
        .replace("def fails(x):", "def late(x, *, now):")
        .replace('raise ValueError("no")', "assert now.time < 3.1\n    return x")
    )
    _, show = pictures(tmp_path / "late", failing, 28)
    assert show.faults and show.player.unsure
    _, drawn = pictures(tmp_path / "drawn", failing, 0)
    assert drawn.faults and not drawn.player.unsure
    assert np.isfinite(drawn.player.now.time)
