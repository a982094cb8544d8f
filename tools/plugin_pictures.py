"""Draws the pictures of the example packages' pages: ``python tools/plugin_pictures.py``.

All of them are of the demo track. The packages of ``plugins/`` need not be installed.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

ROOT = Path(__file__).parent.parent
PLUGINS = ROOT / "plugins"
sys.path[:0] = [str(folder) for folder in sorted(PLUGINS.glob("livegan-*"))]

Pixels = NDArray[np.uint8]
SIDE = 256
MOMENTS = (14.0, 22.0, 37.0, 52.0)
"""Seconds of the demo track."""


def main(names: list[str]) -> None:
    """Draw the pictures of the packages of those names; of all if none is given."""
    for name, draw in DRAWN.items():
        if not names or name in names:
            draw(PLUGINS / f"livegan-{name}")
            print(name)


def track() -> Any:
    """The demo track's samples, (n, 2)."""
    from livegan.share import demo_track
    from livegan.sound.media import decode

    return decode(demo_track())


def strip(path: Path, pictures: list[Pixels]) -> None:
    """Save pictures side by side."""
    Image.fromarray(np.concatenate(pictures, axis=1)).save(path, quality=84, optimize=True)


def of_encoder(name: str, encoder: Callable[[], Any], **values: Any) -> Callable[[Path], None]:
    def draw(folder: Path) -> None:
        from livegan.testing import render

        sound, made = track(), encoder()
        pictures = [
            render(made, sound[: round(at * 48000) + 48000], at=at, size=SIDE, **values)
            for at in MOMENTS
        ]
        strip(folder / f"{name}.jpg", pictures)

    return draw


def rose() -> Any:
    from livegan_rose import rose as encoder

    return encoder


def coral() -> Any:
    from livegan_coral import Coral

    return Coral


def timeslip(folder: Path) -> None:
    """A rose that turns, as it is and slipped: downwards, and by the reef."""
    from livegan_timeslip import Timeslip

    from livegan.engine.program.picture_bytes import as_bytes
    from livegan.plugin import Now, declare
    from livegan.sound.history import RecordedHistory
    from livegan.testing.playing import Play

    history = RecordedHistory.of(track()[: 40 * 48000])
    plain = Play(declare("encoder", rose()), history, size=SIDE)
    other = Play(declare("encoder", coral(), name="coral"), history, size=SIDE)
    mixers = [Timeslip(longest=3.0), Timeslip(longest=3.0)]
    for frame in range(34 * 20, 37 * 20 + 1):
        time = frame / 20
        picture, by = plain.at(time, turn=0.2 * time), other.at(time)
        slipped = [
            mixer.mix(picture, each, seconds=2.5, curve=1.0, now=Now(time=time))
            for mixer, each in zip(mixers, (None, by), strict=True)
        ]
    strip(
        folder / "timeslip.jpg", [as_bytes(each) for each in (picture, slipped[0], by, slipped[1])]
    )


def frames(folder: Path) -> None:
    """Six files of a take at four a second, small."""
    from livegan_frames import open_frames

    from livegan.testing import play

    text = (
        "from livegan.live import *\nsound = listen()\n"
        "show(encode.timeline(sound, seconds=4).hue(lfo(beats=8)).kaleid(6, turn=lfo(beats=16)))\n"
    )
    sound = track()[30 * 48000 : 36 * 48000]
    played = play(text, sound=sound, seconds=5, size=SIDE, fps=20).frames
    with tempfile.TemporaryDirectory() as name:
        output = open_frames("take@4", folder=Path(name))
        for number, pixels in enumerate(played):
            output.send(pixels, time=number / 20, version=1)
        files = sorted((Path(name) / "take").iterdir())[8:14]
        strip(folder / "frames.jpg", [np.asarray(Image.open(f).resize((160, 160))) for f in files])


def osc(folder: Path) -> None:
    """One picture, with the fader at four places."""
    from livegan.testing import play

    sound = track()[30 * 48000 : 36 * 48000]
    pictures = []
    for fader in (0.0, 0.25, 0.5, 1.0):
        text = (
            "from livegan.live import *\nsound = listen()\n"
            f"show(encode.waveform(sound).hue({fader}).feedback(amount=0.9 * {fader}))\n"
        )
        pictures.append(play(text, sound=sound, seconds=5, size=SIDE, fps=20).frames[-1])
    strip(folder / "osc.jpg", pictures)


def cues(folder: Path) -> None:
    """The sheet, as a terminal shows it."""
    from livegan_cues import sheet
    from livegan_cues.hearing import cues_of
    from rich.console import Console

    console = Console(record=True, width=72, file=open("/dev/null", "w"))  # noqa: SIM115
    bpm, found = cues_of(track())
    console.print(sheet("demo.ogg", bpm, found))
    console.save_svg(str(folder / "cues.svg"), title="livegan cues demo.ogg")


def newest(folder: Path) -> None:
    """Four drawings, and what a model makes of each."""
    from PIL import ImageDraw

    from livegan.rehearsal import Rehearsal, rehearse
    from livegan.share import demo_track

    text = (
        "from livegan.live import *\n"
        'show(model("nebula", camera("drawing", fit="contain").luma()))\n'
    )
    chance, pictures = np.random.default_rng(3), []
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        (work / "set.py").write_text(text, encoding="utf-8")
        for number in range(4):
            drawing = Image.new("RGB", (SIDE, SIDE), "black")
            pen = ImageDraw.Draw(drawing)
            for _ in range(3 + 2 * number):
                x, y, r = chance.uniform((0, 0, 12), (SIDE, SIDE, 60))
                pen.ellipse((x - r, y - r, x + r, y + r), outline="white", width=5)
            drawing.save(work / "drawing.png")
            shown: list[Pixels] = []
            what = Rehearsal(
                set=work / "set.py",
                audio=demo_track(),
                start=20.0,
                seconds=0.1,
                fps=10.0,
                size=SIDE,
                folder=work,
                stand_ins={"camera": str(work / "drawing.png")},
                flash_guard="off",
            )
            rehearse(what, on_frame=lambda frame, pixels, shown=shown: shown.append(pixels))
            pictures += [np.asarray(drawing), shown[-1]]
    rows = [np.concatenate(pictures[part::2], axis=1) for part in (0, 1)]
    sheet = np.concatenate(rows, axis=0)
    Image.fromarray(sheet).save(folder / "newest.jpg", quality=84, optimize=True)


DRAWN: dict[str, Callable[[Path], None]] = {
    "rose": of_encoder("rose", rose),
    "coral": of_encoder("coral", coral),
    "timeslip": timeslip,
    "frames": frames,
    "osc": osc,
    "cues": cues,
    "newest": newest,
}

if __name__ == "__main__":
    main(sys.argv[1:])
