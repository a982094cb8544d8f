"""Diffusion models in a set: played by signals, repeatable, and refused where they cannot play."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from livegan.graph.place import SetError
from livegan.live import encode, knob, listen, model
from tests.engine.playing import Show
from tests.generators.tiny_diffusion import tiny_models

pytestmark = [
    pytest.mark.xdist_group("diffusion"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:diffusers"),  # of numpy, to its authors
]

SET = """
from livegan.live import *
settings(swap="now", dissolve=0)
sound = listen()
wave = encode.waveform(sound)
a = model({model}, wave, {options})
show(a)
"""


def show_with(folder: Path, options: str, model: str = '"sd"') -> Show:
    made = Show(folder, SET.format(options=options, model=model), size=32)
    for name in ("sd", "sdxl", "controlnet"):
        place = folder / "models" / name
        if not place.exists():
            place.symlink_to(tiny_models() / name, target_is_directory=True)
    made.save()
    return made


def test_a_set_plays_it_by_signals_and_repeats(tmp_path: Path) -> None:
    options = (
        'prompt=("a cat", "the sea"), prompt_mix=lfo(beats=2), strength=0.2 + 0.7 * sound.kick, '
        "steps=2, seed=beats, steady=0.2, structure=wave.invert(), controlnet='controlnet'"
    )
    played = []
    for turn in ("one", "two"):
        show = show_with(tmp_path / turn, options)
        played.append([frame.picture.clone() for frame in show.play(0.24)])
        assert show.faults == []
    assert all(map(torch.equal, *played))
    assert not torch.equal(played[0][0], played[0][-1])


def test_steady_keeps_what_was_painted(tmp_path: Path) -> None:
    changes = {}
    for seconds in ("0", "2"):
        show = show_with(tmp_path / seconds, f"strength=0, steady={seconds}")
        frames = [frame.picture.clone() for frame in show.play(0.4)]
        pairs = zip(frames[3:], frames[2:], strict=False)
        changes[seconds] = sum(float((a - b).abs().mean()) for a, b in pairs)
    assert changes["2"] < 0.7 * changes["0"]


def test_a_new_prompt_is_built_beside_what_plays_and_the_same_is_kept(tmp_path: Path) -> None:
    show = show_with(tmp_path, 'prompt="a cat"')
    before = show.play()[0].picture
    first = show.player.program
    assert first is not None
    show.save(SET.format(options='prompt="a cat", strength=0.9', model='"sd"'))
    show.play()
    assert show.player.program is not None
    assert show.player.program.kept == ("wave", "a")
    show.save(SET.format(options='prompt="the sea"', model='"sd"'))
    after = show.play()[0].picture
    assert "a" in show.player.program.built
    assert not torch.equal(before, after)
    one, other = first.slots[0].instance, show.player.program.slots[0].instance
    assert one.generator.repainter is other.generator.repainter  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("model", "options", "line"),
    [
        ('"stone"', "strength=0.5", "no diffusion model; remove strength="),
        ('"stone"', "structure=wave", "no diffusion model; remove structure="),
        ('"sd"', "structure=wave", "sd has no ControlNet that could read structure="),
        ('"sd"', "controlnet='canny'", "there is no ControlNet 'canny'"),
        ('"sd"', "prompt='cat.safetensors'", "there is no file 'cat.safetensors'"),
        ('"sd"', "lora='style.bin'", "lora is a file that ends in .safetensors"),
        ('"sd"', "strength=2", "model: strength goes from 0 to 1, got 2"),
        ('"sdxl"', "prompt='a cat'", "sdxl has no text encoder"),
        ('morph("sd", "stone")', "", "morph"),
    ],
)
def test_what_cannot_play_is_refused_in_a_line(
    tmp_path: Path, model: str, options: str, line: str
) -> None:
    refused = show_with(tmp_path, options, model).messages[-1]
    assert line in str(refused) and refused.get("status") == "refused"


def test_options_are_checked_where_they_are_written() -> None:
    wave = encode.waveform(listen())
    made = model("sd", wave, strength=knob("strength"), prompt=["a", "b"])
    assert made.fixed["prompt"] == (("a", ""), ("b", ""))
    for values in ({"prompt": 3}, {"prompt": ()}, {"structure": "wave"}, {"steps": 0}):
        with pytest.raises(SetError):
            model("sd", wave, **values)  # type: ignore[arg-type]
