"""The tutorial "Your own model" is done, command by command, on a film of 78 seconds."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest
import soundfile
import typer
from PIL import Image
from typer.testing import CliRunner

from livegan.cli import app
from livegan.demo.composer import compose
from tests.display import xvfb

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "your-own-model.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", PAGE, re.S | re.M)
COMMANDS = [line for block in BLOCKS for line in block.splitlines()]
SET = re.search(r"^```python sets/mine\.py\n(.*?)^```", PAGE, re.S | re.M)

# All that is not done as the page says: how large, how often and how long.
SMALLER = {
    "--size 256": "--size 64",
    "--size 512": "--size 64",
    "--rate 4": "--rate 1",
    "--hours 0.17": "--epochs 1",
    "--hours 8": "--epochs 1",
    "--hours 2": "--epochs 1",
    "--seconds 20": "--seconds 1",
}
RATE = 48000
SWEEP = 12
"""Seconds in which the light of the film crosses the picture: its place tells the time."""


def command(start: str) -> str:
    """The one command of the page that begins so, made smaller."""
    (found,) = (line for line in COMMANDS if line.startswith(f"livegan {start}"))
    for large, small in SMALLER.items():
        found = found.replace(large, small)
    return found


def do(text: str, code: int = 0) -> str:
    """Run a command as it would be typed; gives what it says."""
    result = CliRunner().invoke(app, shlex.split(text)[1:])
    said = " ".join(result.output.split())  # as if no terminal broke the lines
    assert result.exit_code == code, (text, result.output, result.exception)
    return said


def film(path: Path, samples: npt.NDArray[np.float32], fps: int = 10) -> None:
    """A film whose light is as bright as the sound is loud, and stands where the clock says."""
    seconds = len(samples) / RATE
    with av.open(str(path), "w") as out:
        video = out.add_stream("mpeg4", rate=fps)
        video.width, video.height, video.pix_fmt = 96, 64, "yuv420p"
        video.bit_rate = 2_000_000
        audio = out.add_stream("aac", rate=RATE, layout="stereo")
        block = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.T), "fltp", "stereo")
        block.sample_rate = RATE
        across = np.arange(96)[None, :]
        down = np.arange(64)[:, None]
        for index in range(int(seconds * fps)):
            heard = samples[max(0, index * RATE // fps - 4800) : index * RATE // fps + 1]
            loud = min(1.0, float(np.abs(heard).max()))
            middle = 16 + 64 * (index / fps % SWEEP) / SWEEP  # inside of what a crop keeps
            light = np.exp(-(((across - middle) / 5) ** 2)) * (0.6 + 0.4 * loud)
            ground = 0.1 + 0.2 * loud * down / 63
            picture = np.stack([light + 0 * down, light + ground, ground + 0 * across], axis=2)
            pixels = (255 * picture.clip(0, 1)).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format="yuv420p")
            frame.pts = index
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        out.mux(audio.encode(block))
        out.mux(audio.encode(None))


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The working folder after the page's pairs and training."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "200")
        patch.chdir(tmp_path_factory.mktemp("tutorial"))
        do(command("new"))
        patch.chdir(COMMANDS[1].removeprefix("cd "))
        # Six times the same song: long enough for held-out pairs, and soon composed.
        film(Path("film.mp4"), np.tile(compose("techno", 1, 13).samples, (6, 1)))
        film(Path("one.mp4"), compose("house", 2, 4).samples)
        film(Path("two.mp4"), compose("dub", 3, 4).samples)
        soundfile.write("song.flac", compose("synthpop", 4, 8).samples, RATE)
        do(command("dataset film.mp4"))
        do(command("train pairs"))
        yield Path.cwd()


@pytest.fixture(autouse=True)
def there(evening: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(evening)


def pixels(path: Path) -> npt.NDArray[np.float32]:
    return np.asarray(Image.open(path).convert("RGB")).astype(np.float32)


def test_what_is_made_smaller_is_on_the_page() -> None:
    assert [text for text in SMALLER if not any(text in line for line in COMMANDS)] == []


def test_every_command_and_option_on_the_page_exists() -> None:
    group: Any = typer.main.get_command(app)
    made = {name: group.get_command(typer.Context(group), name) for name in group.commands}
    options = {name: {o for p in c.params for o in p.opts} for name, c in made.items()}
    named = [re.split(r"\s", line) for line in COMMANDS if line.startswith("livegan ")]
    wrong = [line for line in named if line[1] not in options]
    wrong += [
        line
        for line in named
        if not {word for word in line if word.startswith("--")} <= options[line[1]]
    ]
    assert wrong == []
    in_prose = set(re.findall(r"--[a-z][a-z-]*", PAGE))
    of_torchrun = {"--nproc-per-node"}
    assert in_prose - of_torchrun <= set().union(*options.values())
    assert set(re.findall(r"`livegan (\w+)", PAGE)) <= set(options)


def test_the_pairs_are_the_films_frames_and_what_a_show_draws_then(evening: Path) -> None:
    made = json.loads(Path("pairs/manifest.json").read_text())
    (report,) = made["films"]
    sides = [pair["side"] for pair in report["pairs"]]
    assert sides.count("train") > 50
    assert sides.count("val") > 5
    assert Path("pairs/contact.jpg").is_file()
    for pair in report["pairs"][10::40]:
        both = pixels(Path("pairs", pair["side"], pair["file"]))
        assert both.shape == (64, 128, 3)
        place = both[:, 64:, 0].mean(axis=0).argmax()
        assert place == pytest.approx(64 * (pair["time"] % SWEEP) / SWEEP, abs=3)
        at = pair["position"] / RATE
        do(f"livegan encode levels_timeline --audio film.mp4 --at {at} --size 64 --out drawn.png")
        assert np.array_equal(both[:, :64], pixels(Path("drawn.png")))


def test_the_model_has_a_card_with_its_encoder_and_a_sheet_to_look_at(evening: Path) -> None:
    card = json.loads(Path("models/mine/model.json").read_text())
    assert (card["encoder"], card["size"]) == ("levels_timeline", 64)
    assert pixels(Path("models/mine.training/sheet.png")).shape[1] >= 3 * 64


def test_its_scores_are_put_on_its_card() -> None:
    do(command("score mine"))
    said = do(command("models mine"))
    assert "levels_timeline" in said
    scores = json.loads(Path("models/mine/model.json").read_text())["scores"]
    for name in ("l1", "ssim", "flicker", "response", "variety"):
        assert name in scores and f"`{name}`" in PAGE


def test_the_set_plays_the_model_and_not_its_condition() -> None:
    assert SET is not None
    Path("sets/mine.py").write_text(SET[1], encoding="utf-8")
    assert "good" in do(command("check sets/mine.py"))
    said = do(command("rehearse sets/mine.py"))
    assert "fault" not in said
    shown = [pixels(path) for path in sorted(Path("frames").glob("*.png"))]
    assert len(shown) > 10
    half = shown[-1].shape[0] // 2
    mine, trail = shown[-1][:half, :half], shown[-1][half:, :half]
    assert np.abs(mine - trail).mean() > 5
    assert np.abs(mine - mine.mean(axis=(0, 1))).mean() > 1
    with av.open("mine.mp4") as played:
        assert {stream.type for stream in played.streams} == {"video", "audio"}


def test_the_export_loads_and_paints() -> None:
    runtime = pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")
    do(command("export mine"))
    session = runtime.InferenceSession("mine.onnx", providers=["CPUExecutionProvider"])
    given = np.zeros((1, 3, 64, 64), np.float32)
    (painted,) = session.run(None, {session.get_inputs()[0].name: given})
    assert painted.shape == given.shape
    assert np.abs(painted).max() <= 1.001
    assert painted.std() > 0.001


def test_a_night_has_several_films_and_encoders_and_a_film_held_out() -> None:
    do(command("dataset one.mp4"))
    films = json.loads(Path("night/manifest.json").read_text())["films"]
    held_out = {Path(f["film"]).name: {pair["side"] for pair in f["pairs"]} for f in films}
    assert held_out == {"one.mp4": {"train"}, "two.mp4": {"train"}, "film.mp4": {"val"}}
    assert {path.name for path in Path("night").iterdir()} >= {"timeline", "levels"}
    do(command("train night/timeline"))
    assert json.loads(Path("models/night/model.json").read_text())["encoder"] == "timeline"


def test_photographs_become_a_model_that_a_set_feeds_with_the_same_word() -> None:
    Path("photographs").mkdir()
    rng = np.random.default_rng(7)
    for number in range(12):
        cells = rng.integers(0, 256, (4, 5, 3), np.uint8).repeat(20, 0).repeat(20, 1)
        Image.fromarray(cells).save(f"photographs/{number}.jpg")
    assert "outlines: " in do(command("dataset photographs"))
    do(command("train outlines"))
    card = json.loads(Path("models/dreamer/model.json").read_text())
    assert card["condition"]["name"] == "edges" and not card.get("encoder")
    said, *_ = re.findall(r'`(model\("dreamer", .*?\))`', PAGE)
    lines = ["from livegan.live import *", "trail = encode.levels_timeline(listen())"]
    Path("sets/dreamer.py").write_text("\n".join([*lines, f"show({said})"]), encoding="utf-8")
    assert "good" in do("livegan check sets/dreamer.py")


def test_a_training_that_has_ended_trains_on_when_given_more() -> None:
    before = json.loads(Path("models/mine/model.json").read_text())["steps"]
    do(command("train pairs").replace("--epochs 1", "--epochs 2"))
    assert json.loads(Path("models/mine/model.json").read_text())["steps"] == 2 * before


def test_what_goes_wrong_is_said_as_the_page_quotes_it() -> None:
    silence = np.zeros((2 * RATE, 2), np.float32)
    film(Path("silent.mp4"), silence)
    with av.open("silent.mp4") as source, av.open("mute.mp4", "w") as out:
        given = source.streams.video[0]
        copied = out.add_stream_from_template(given)
        for packet in source.demux(given):
            if packet.dts is not None:
                packet.stream = copied
                out.mux(packet)
    quoted = {
        "its soundtrack is silent": "dataset silent.mp4 --encoder levels --out bad1",
        "has no audio stream": "dataset mute.mp4 --encoder levels --out bad2",
        "holds a data set made with other settings": "dataset one.mp4 --encoder levels --out pairs",
        "with another recipe": "train pairs --out models/mine --batch 2",
    }
    for text, typed in quoted.items():
        assert f'"{text}"' in PAGE
        assert text in do(f"livegan {typed}", code=1)


class Performing:
    """The page's show in a process of its own, and its log."""

    def __init__(self, display: str) -> None:
        quiet = "--size 64 --window 256x256 --no-hud --no-audible --log show.jsonl"
        typed = shlex.split(f"{command('perform --watch-model')} {quiet} mine.py")[1:]
        env = {**os.environ, "DISPLAY": display, "SDL_AUDIODRIVER": "dummy"}
        env["PYTHONPATH"] = str(ROOT)
        with Path("terminal.txt").open("wb") as terminal:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "livegan", *typed], env=env, stdout=terminal, stderr=terminal
            )

    def end(self) -> None:
        self.process.kill()
        self.process.wait()

    def wait(self, wanted: Callable[[dict[str, Any]], bool], seconds: float = 100) -> None:
        """Wait for a message in the log; fails with the log if it does not come."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            log = Path("show.jsonl")
            lines = log.read_text().splitlines() if log.exists() else []
            if any(wanted(json.loads(line)) for line in lines if line.endswith("}")):
                return
            time.sleep(0.1)
        pytest.fail(f"{Path('terminal.txt').read_text()}\n{lines[-8:]}")


@pytest.mark.display
@pytest.mark.skipif(sys.platform != "linux", reason="uses Xvfb")
def test_a_show_waits_for_the_training_and_follows_it(
    evening: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(evening / "pairs", "pairs")
    shutil.copyfile(evening / "song.flac", "song.flac")
    Path("models").mkdir()
    Path("mine.py").write_text('from livegan.live import *\nshow(model("mine"))\n')

    def on_air(message: dict[str, Any]) -> bool:
        return message.get("status") == "on_air" and "show.mine" in message["built"]

    with xvfb((256, 256)) as display:
        show = Performing(display)
        try:
            show.wait(lambda m: m.get("status") == "refused" and "mine" in m["reason"])
            train = command("train pairs")
            do(train)
            show.wait(on_air)
            do(train.replace("--epochs 1", "--epochs 2"))
            show.wait(lambda m: "the file of mine has changed" in m.get("text", ""))
        finally:
            show.end()
