"""Each package of ``plugins/`` installs from its own folder, passes its own tests, and plays."""

from __future__ import annotations

import json
import re
import socket
import struct
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest
from PIL import Image

from livegan.demo.composer import compose
from tests.display import xvfb
from tests.plugins_examples.environment import PACKAGES, PLUGINS, Environment
from tests.pulse import null_sink
from tests.rehearsal.test_rehearsing import write_wav
from tests.test_show import Show

OFFERED = {
    "livegan-coral": ["encoder coral"],
    "livegan-cues": ["command cues"],
    "livegan-frames": ["output frames"],
    "livegan-newest": ["picture_source newest"],
    "livegan-openvino": ["loader xml"],
    "livegan-osc": ["word shake"],
    "livegan-relay": ["signal udp", "source grains", "output mjpeg", "command grains"],
    "livegan-rose": ["encoder rose"],
    "livegan-tape": ["patch tape"],
    "livegan-timeslip": ["mixer timeslip"],
}
SET_OF_A_PAGE = re.compile(r"^```python\n(from livegan\.live import \*\n.*?)^```", re.S | re.M)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    made = Environment(tmp_path_factory.mktemp("environment"))
    made.install(*(PLUGINS / package for package in PACKAGES))
    return made


def test_each_offers_what_its_page_says(environment: Environment) -> None:
    done = environment.python_m("livegan", "plugins", "--json")
    assert done.returncode == 0, done.stdout
    listed = json.loads(done.stdout)
    found = {p["name"]: p for p in listed["plugins"] if p["name"] in PACKAGES}
    assert {name: list(p["provides"]) for name, p in found.items()} == OFFERED
    assert {p["state"] for p in found.values()} == {"loaded"}
    assert {p["origin"] for p in found.values()} == {"editable"}
    assert [p["warnings"] for p in found.values() if p["warnings"]] == []


@pytest.fixture(scope="module")
def outcomes(environment: Environment) -> Iterator[dict[str, Future[CompletedProcess[str]]]]:
    """What comes of each package's own tests; two run side by side, as most of it is starting."""
    # How long a frame takes here and now says nothing: other tests run beside this one.
    words = ["-q", "-p", "no:cacheprovider", "-k", "not speed and not import-time"]
    with ThreadPoolExecutor(2) as pool:
        yield {
            package: pool.submit(environment.python_m, "pytest", *words, cwd=PLUGINS / package)
            for package in PACKAGES
        }


@pytest.mark.slow
@pytest.mark.parametrize("package", PACKAGES)
def test_its_own_tests_pass(
    package: str, outcomes: dict[str, Future[CompletedProcess[str]]]
) -> None:
    done = outcomes[package].result()
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


def test_what_each_page_says_plays(environment: Environment, tmp_path: Path) -> None:
    sets = [
        text
        for package in PACKAGES
        for text in SET_OF_A_PAGE.findall((PLUGINS / package / "README.md").read_text())
    ]
    assert len(sets) == len(PACKAGES)
    for number, text in enumerate(sets):
        (tmp_path / f"set{number}.py").write_text(text)
    program = (
        "import json, pathlib\n"
        "from livegan import share\n"
        "from livegan.rehearsal import Rehearsal, rehearse\n"
        "for file in sorted(pathlib.Path().glob('set*.py')):\n"
        "    what = Rehearsal(set=file, audio=share.demo_track(), start=12, seconds=0.2, size=64)\n"
        "    report = rehearse(what).report\n"
        "    print(json.dumps([file.name, report['faults'], report['frames']]))\n"
    )
    done = environment.run(environment.python, "-c", program, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    assert lines == [[f"set{number}.py", [], 6] for number in range(len(sets))]


SET = """
from livegan.live import *

require("livegan-rose>=0.1", "livegan-coral")
settings(bpm=120, swap="beat", dissolve=0.1)
sound = listen()
rose = encode.rose(sound, seconds=2)
reef = encode.coral(sound)
painted = model("nebula", rose, size=64)
night = rose.invert(amount=shake("/accxyz"))
show(grid(rose, reef.timeslip(rose), painted, night))
show(night, frames="takes/one@4")
"""


@pytest.fixture
def port() -> int:
    """One that is free."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def show(environment: Environment, port: int, tmp_path: Path) -> Iterator[tuple[Show, str]]:
    # Longer than the slowest machine takes.
    write_wav(tmp_path / "song.wav", np.tile(compose("techno", 1, 60.0).samples, (5, 1)))
    with xvfb((512, 512)) as display, null_sink() as sink:
        sink.play(tmp_path / "song.wav")
        env = {**sink.env, "DISPLAY": display}
        show = Show(tmp_path, env, SET, f"--seconds 300 --osc {port}", environment.python)
        try:
            yield show, display
        finally:
            show.process.kill()
            show.process.wait()
            show.terminal.close()


def quarter(show: Show, display: str, row: int, column: int) -> np.ndarray:
    """A quarter of the screen, without its borders."""
    picture = show.screen(display)
    return picture[256 * row + 8 : 256 * row + 248, 256 * column + 8 : 256 * column + 248]


@pytest.mark.display
@pytest.mark.device
@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="uses Xvfb and PulseAudio")
def test_all_of_them_play_in_one_show(
    show: tuple[Show, str], port: int, environment: Environment, tmp_path: Path
) -> None:
    stage, display = show
    stage.wait("the set on air", lambda: stage.messages(type="commit", status="on_air"), 240)

    # Every quarter shows something, and moves: encoder, encoder and mixer, model, signal.
    for row, column in ((0, 0), (0, 1), (1, 0)):
        stage.wait(
            f"a picture in quarter {row}, {column}",
            lambda row=row, column=column: quarter(stage, display, row, column).std() > 4,
        )
        first = quarter(stage, display, row, column)
        stage.wait(
            f"a change in quarter {row}, {column}",
            lambda row=row, column=column, first=first: (
                np.abs(quarter(stage, display, row, column) - first).mean() > 0.2
            ),
        )

    # The output writes what is seen.
    takes = tmp_path / "takes" / "one"
    stage.wait("files of the night", lambda: len(brightness(takes)) > 1, 120)

    # A phone that is shaken makes night day. Garbage that comes to the port makes nothing.
    dark = quarter(stage, display, 1, 1).mean()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        for datagram in (b"", b"\xff" * 900, b"/accxyz", b"#bundle\0" + b"\x7f" * 40):
            wire.sendto(datagram, ("127.0.0.1", port))
        shaken = b"/accxyz\0,fff\0\0\0\0" + struct.pack(">fff", 3.0, 0.0, 0.0)
        wire.sendto(shaken, ("127.0.0.1", port))
    stage.wait("a bright quarter", lambda: quarter(stage, display, 1, 1).mean() > dark + 60)

    stage.wait("bright files", lambda: brightness(takes)[-1:] > [dark + 60])
    seen = brightness(takes)
    assert max(seen[:2]) < dark + 40

    # A save that leaves them as they are keeps what they remember.
    text = stage.set.read_text().replace("reef.timeslip(", "reef.hue(0.5).timeslip(")
    stage.set.write_text(text)
    second = stage.wait(
        "the second version", lambda: stage.messages(type="commit", status="on_air", version=2)
    )[0]
    assert {"rose", "reef", "painted", "night"} <= set(second["kept"])
    report = stage.quit()
    assert stage.messages(type="fault") == []
    assert report["engine_deaths"] == 0

    # The command, on what was played.
    done = environment.python_m("livegan", "cues", "song.wav", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert abs(json.loads(done.stdout)["bpm"] - compose("techno", 1, 60.0).bpm) < 2


def brightness(folder: Path) -> list[float]:
    """The means of the files of a take, in order; those that are there whole."""
    return [
        float(np.asarray(Image.open(file)).mean()) for file in sorted(folder.glob("[0-9]*.png"))
    ]
