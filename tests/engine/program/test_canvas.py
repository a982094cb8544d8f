"""A canvas of any shape: what encoders, models, mixers and thumbnails draw on it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from livegan.engine.commit.script import run
from livegan.engine.program.nodes.instance import painting_size, shown_size
from livegan.engine.program.thumbs import strip
from livegan.generators import Card
from livegan.generators.checkpoint import Checkpoint, read_checkpoint, save_checkpoint
from livegan.generators.networks.resnet import Resnet
from livegan.live import encode, listen, model
from livegan.size import UNSAID, Size

from ..playing import Show

WIDE, TALL = Size(72, 128), Size(128, 72)

SET = """
from livegan.live import *
settings(size=(128, 72), dissolve=0)
sound = listen()
wave = encode.waveform(sound)
levels = encode.levels(sound)

@encoder
def square(sound):
    return skyline(sound.peaks(columns=32, seconds=1))

a = model("stone", levels)
b = wave.blend(square(sound), 0.5).rotate(0.1).blur(3)
show({shown})
"""


@pytest.mark.parametrize(
    ("shown", "size"),
    [
        ("wave", (72, 128)),
        ("a", (72, 128)),
        ("b", (72, 128)),
        ("square(sound)", (72, 128)),
        ("prev('a')", (72, 128)),
        ("prev()", (72, 128)),
        ("grid(a, b)", (72, 128)),
        ("grid(a, b, wave)", (144, 256)),
        ("grid(a, b, wave, levels)", (144, 256)),
        ("tile(a, rows=3, columns=2)", (72, 128)),
        ("beside(a, b, square(sound))", (72, 128)),
        ("stack(a, b)", (72, 128)),
        ("a.inset(square(sound))", (72, 128)),
        ("square(sound).fit('contain')", (72, 128)),
        ("a.split(b, turn=0.1).feedback(prev()).kaleid(5).displace(b)", (72, 128)),
    ],
)
def test_everything_fills_the_canvas(tmp_path: Path, shown: str, size: tuple[int, int]) -> None:
    show = Show(tmp_path, SET.format(shown=shown), size=0)
    show.save()
    frames = show.play(0.12)
    assert show.faults == []
    assert all(tuple(frame.picture.shape[1:]) == size for frame in frames)


def test_what_the_command_says_goes_before_what_the_set_says(tmp_path: Path) -> None:
    show = Show(tmp_path, SET.format(shown="a"), size="60x100")  # type: ignore[arg-type]
    show.save()
    assert tuple(show.play()[0].picture.shape[1:]) == (100, 60)


def test_another_shape_is_dissolved_to_without_distortion(tmp_path: Path) -> None:
    text = "from livegan.live import *\nsettings(size={}, swap='now', dissolve=1)\n"
    text += "show(encode.levels(listen()))\n"
    show = Show(tmp_path, text.format("(128, 72)"), size=0)
    show.save()
    show.play(0.2)
    show.save(text.format("(72, 128)"))
    assert {tuple(frame.picture.shape[1:]) for frame in show.play(0.2)} == {(128, 72)}
    assert show.faults == []


def network(**card: Any) -> Checkpoint:
    """As `painting_size` needs it: what it can paint, and its card."""
    return SimpleNamespace(  # type: ignore[return-value]
        any_shape=card.pop("any_shape", True),
        own_size=Size.square(64),
        card=Card(**card),
        fit=lambda height, width: tuple(max(8, round(side / 8) * 8) for side in (height, width)),
    )


@pytest.mark.parametrize(
    ("checkpoint", "asked", "canvas", "painted", "shown"),
    [
        # As many pixels as its card says, in the canvas's shape, in sides that it can.
        (network(size=64), 0, WIDE, (48, 88), WIDE),
        (network(size=64), 0, TALL, (88, 48), TALL),
        (network(size=64), 0, Size.square(512), (64, 64), Size.square(512)),
        (network(), 0, WIDE, WIDE, WIDE),
        # Trained in another shape.
        (network(size="128x64"), 0, Size.square(90), (88, 88), Size.square(90)),
        (network(size="128x72"), 0, Size(720, 1280), (72, 128), Size(720, 1280)),
        # Bound to its own shape.
        (network(size=64, any_shape=False), 0, WIDE, (64, 64), WIDE),
        (network(any_shape=False), 0, WIDE, (64, 64), WIDE),
        (network(any_shape=False), 0, Size.square(80), (80, 80), Size.square(80)),
        # As the set says: a side is an amount, width and height are a shape.
        (network(size=64), 32, WIDE, (24, 40), (24, 43)),
        (network(size=64), 32, Size.square(128), (32, 32), (32, 32)),
        (network(size=64), (96, 24), WIDE, (24, 96), (24, 96)),
        (network(size=64, any_shape=False), 32, WIDE, (32, 32), (24, 43)),
    ],
)
def test_a_model_paints_at_the_size_nearest_to_its_own(
    checkpoint: Checkpoint, asked: Any, canvas: Size, painted: Any, shown: Any
) -> None:
    node = model("stone", encode.levels(listen()), size=asked)
    generator = SimpleNamespace(checkpoint=checkpoint)
    assert painting_size(node, generator, canvas) == painted
    assert shown_size(node, canvas) == shown


def test_only_a_network_that_holds_its_scene_keeps_its_shape(tmp_path: Path) -> None:
    Show(tmp_path, "")
    own = read_checkpoint(tmp_path / "models" / "stone" / "model.safetensors")
    assert not own.any_shape and own.own_size
    resnet = Resnet(3, 3, 4, torch.nn.BatchNorm2d, bias=False, blocks=6)
    other = read_checkpoint(save_checkpoint(tmp_path / "resnet", resnet))
    assert other.any_shape and other.own_size == UNSAID


@pytest.mark.parametrize("fit", ["cover", "contain", "stretch"])
def test_what_a_model_painted_meets_the_canvas_by_fit(tmp_path: Path, fit: str) -> None:
    line = f'show(model("stone", encode.levels(listen()), fit="{fit}"))'
    show = Show(tmp_path, f"from livegan.live import *\n{line}\n", size="128x32")  # type: ignore[arg-type]
    show.save()
    picture = show.play()[0].picture
    bars = float(picture[:, :, :40].max())
    assert (bars == 0) == (fit == "contain")
    square = Show(tmp_path / "square", f"from livegan.live import *\n{line}\n", size=64)
    square.save()
    assert square.play()[0].picture.shape == (3, 64, 64)


def test_thumbnails_have_the_shape_of_the_canvas(tmp_path: Path) -> None:
    for size, width in ((64, 96), ("128x72", 171), ("72x128", 54), ("640x64", 480)):
        show = Show(tmp_path / str(size), SET.format(shown="a"), size=size)  # type: ignore[arg-type]
        show.save()
        show.play()
        assert show.player.program is not None
        assert strip(show.player.program).shape == (3, 192, width)


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ("'large'", "settings: size: 'large' is no size"),
        ("(1280, 720, 3)", "is no size"),
        ("-1", "is no size"),
        ("9999", "pixels are too many"),
        ("listen().low", "cannot follow a signal"),
    ],
)
def test_what_is_no_size_is_refused_at_its_line(tmp_path: Path, size: str, said: str) -> None:
    show = Show(tmp_path, f"from livegan.live import *\nsettings(size={size})\nshow(prev())\n")
    commit = show.save()
    assert commit is not None and commit.status == "refused"
    assert said in commit.reason and commit.where.endswith("set.py:2")


def test_a_set_says_its_canvas_in_any_way(tmp_path: Path) -> None:
    for written in ("(64, 36)", "[64, 36]", "'64x36'"):
        text = f"from livegan.live import *\nsettings(size={written})\nshow(prev())\n"
        path = tmp_path / "set.py"
        assert run(path, text).graph.settings["size"] == Size(36, 64)
