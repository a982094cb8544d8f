"""Editors and type checkers know the words of a set, plugins included."""

from __future__ import annotations

import ast
import inspect
import keyword
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from livegan import live
from livegan.cli import app
from livegan.graph.diffusion import DIFFUSION
from livegan.graph.picture import CHAINED
from livegan.graph.signals.seen import SEEN
from livegan.plugin import registry
from livegan.stubs import PLACE, ROWS, live_stub, mixers_in, write_stubs

ROOT = Path(__file__).parent.parent

PLUGIN = '''
from livegan.plugin import hookimpl, param, static

def embers(sound, *, seconds=param(4.0, 0.5, 30, "how far back", unit="s"),
           look=param("dots", choices=("dots", "lines")), count=static(8, 1, 64, "how many")):
    """Attacks as columns of light."""
    return sound.rms(8, seconds)[None]

def glow(picture, other=None, *, amount=param(0.5, 0, 1, 'how "much"')):
    """Bright parts shine."""
    return picture

def swell(value, *, bars=param(4.0, 0.25, 64, "length")):
    """Rises."""
    return value

@hookimpl
def register_encoders(register):
    register(embers)

@hookimpl
def register_mixers(register):
    register(glow, aliases=("max_glow",))

@hookimpl
def register_signals(register):
    register(swell)
'''

ODD = """
import enum
import numpy as np
from livegan.plugin import hookimpl, param, static

class Look(str, enum.Enum):
    dots = "dots"
    lines = "lines"

class Count(enum.IntEnum):
    few = 2

HALF = np.float32(0.5)

def chroma(picture, key, self, *others, key_=param(HALF, doc="no \\x00 nor \\ud800 nor \\r")):
    'Ends with a quote "'
    return picture

def alone(self, *, look=param(Look.dots, choices=[*Look]), count=param(Count.few), name=param(1.0)):
    return [[0.5]]

def follow(sound, value, *, name=param(True), key=param(HALF), text=static(Look.lines)):
    return value

follow.__doc__ = "Follows \\\\ \\x00 \\udc00 \\t."

@hookimpl
def register_encoders(register):
    register(alone, name="größe")

@hookimpl
def register_mixers(register):
    register(chroma)

@hookimpl
def register_signals(register):
    register(follow)

@hookimpl
def register_outputs(register):
    register(print, "key", "[/] is no markup of a summary")
"""

GOOD = """\
from livegan.live import *

sound = listen()
fire = encode.embers(sound, seconds=2 + 2 * sound.low, look="lines", count=3, key="fire")

@mixer
def own(picture, *, amount=param(0.5, 0, 1, "how much")):
    return picture

a = model("nebula", fire.glow(fire, 0.5).max_glow(amount=swell(sound.kick, bars=2)), norm="frame")
settings(bpm=120, swap="beat")
show(grid(a, glow(a), a.own(amount=0.2), encode("embers:embers", sound), gap=0.1).blend(prev()))
"""

BAD = [
    ("encode.embers(sound, secnds=2)", "secnds"),
    ("encode.embers(sound, look='stars')", "look"),
    ("encode.embers(sound, count=sound.low)", "count"),
    ("encode.embrs(sound)", "embrs"),
    ("fire.glow(amount='much')", "amount"),
    ("swell(sound.kick, bar=2)", "bar"),
    ("show(fire, sprout='me')", "sprout"),
    ("model('nebula', fire, norm='none')", "norm"),
    ("model('nebula', fire, nrom='frame')", "nrom"),
    ("model('nebula', fire, size=sound.low)", "size"),
    ("film('a.mp4', lop=True)", "lop"),
    ("settings(bmp=120)", "bmp"),
    ("fire.kalid(3)", "kalid"),
    ("fire.own(2).glo(0.5)", "glo"),
    ("sound.kik", "kik"),
    ("lfo(bars=4).smoth(2)", "smoth"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder as ``livegan new`` makes it, and a plugin that came later."""
    folder = tmp_path_factory.mktemp("stubs") / "show"
    before = registry.current()
    assert CliRunner().invoke(app, ["new", str(folder)]).exit_code == 0
    assert "def spikes(" in (folder / PLACE).read_text()  # the plugin that it comes with
    (folder / "plugins" / "embers.py").write_text(PLUGIN)
    (folder / "sets" / "good.py").write_text(GOOD)
    result = CliRunner().invoke(app, ["plugins", "stubs", str(folder)])
    assert result.exit_code == 0, result.output
    registry.use(before)
    lines = ["from livegan.live import *", "sound = listen()", "fire = encode.embers(sound)"]
    (folder / "sets" / "bad.py").write_text("\n".join([*lines, *(text for text, _ in BAD)]))
    return folder


def checked(said: str) -> dict[str, dict[int, str]]:
    """What a checker says, by file and line."""
    found: dict[str, dict[int, str]] = {}
    for file, line, text in re.findall(r"(\w+\.pyi?):(\d+)(?::\d+)?(?: -|:) error: (.*)", said):
        found.setdefault(file, {})[int(line)] = text
    return found


def mistakes_are_found(errors: dict[str, dict[int, str]]) -> None:
    assert set(errors) == {"bad.py"}, errors
    assert sorted(errors["bad.py"]) == list(range(4, 4 + len(BAD))), errors
    for line, (text, name) in enumerate(BAD, 4):
        assert name in errors["bad.py"][line], (text, errors["bad.py"][line])


@pytest.mark.parametrize("files", [(), ("sets",)], ids=["mypy", "mypy sets"])
def test_mypy_finds_the_mistakes_and_takes_every_set_that_comes_with_livegan(
    folder: Path, files: tuple[str, ...]
) -> None:
    # As typed in the folder; but with a cache that is there already, where CI has run mypy before.
    command = [sys.executable, "-m", "mypy", "--cache-dir", str(ROOT / ".mypy_cache"), *files]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)
    mistakes_are_found(checked(done.stdout))


def test_pyright_finds_the_mistakes_without_settings(folder: Path) -> None:
    places = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    found = (shutil.which(name, path=places) for name in ("basedpyright", "pyright"))
    program = next(filter(None, found), None)
    if program is None:
        reason = "needs pyright or basedpyright (pip install basedpyright -c constraints.txt)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    command = [program, "--pythonpath", sys.executable, "--level", "error"]
    done = subprocess.run(
        [*command, "sets"], cwd=folder, capture_output=True, text=True, timeout=600
    )
    mistakes_are_found(checked(done.stdout))


def test_the_stub_names_what_a_set_can_name(folder: Path) -> None:
    module = ast.parse((folder / PLACE).read_text())
    named = {n.name for n in module.body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    named |= {n.target.id for n in module.body if isinstance(n, ast.AnnAssign) and
              isinstance(n.target, ast.Name)}  # fmt: skip
    words = set(live.__getattr__("__all__")) | {"embers", "glow", "swell", "max_glow", "spikes"}
    assert words - named <= {"embers", "spikes", "param", "static"}
    encoders = next(n for n in module.body if getattr(n, "name", "") == "Encoders")
    assert isinstance(encoders, ast.ClassDef)
    methods = {n.name for n in encoders.body if isinstance(n, ast.FunctionDef)}
    assert methods >= {"embers", "spikes", "timeline"}


MIXERS = """
from livegan.live import *
import livegan.live as words

@mixer
def plain(picture):
    return picture

@words.mixer(name="renamed", aliases=("also", "not a name"))
class Other:
    pass

@encoder
def spikes(sound):
    return sound

def helper(picture):
    return picture

open("ran", "w").close()
"""


def test_mixers_of_the_sets_are_methods_and_no_set_is_run(tmp_path: Path) -> None:
    (tmp_path / "sets").mkdir()
    (tmp_path / "sets" / "mine.py").write_text(MIXERS)
    (tmp_path / "sets" / "half.py").write_text("@mixer\ndef broken(")
    assert mixers_in(tmp_path) == dict.fromkeys(("plain", "renamed", "also"), "sets/mine.py")
    assert not Path("ran").exists() and not (tmp_path / "ran").exists()
    text = write_stubs(tmp_path).read_text()
    assert "    def renamed(self, *args: Any, **kwargs: Any) -> Picture:" in text
    assert "__getattr__" not in text
    compile(text, "live.pyi", "exec")


def test_a_picture_has_every_mixer_and_shader_in_the_stub_and_nothing_else() -> None:
    module = ast.parse(live_stub())
    picture = next(n for n in module.body if isinstance(n, ast.ClassDef) and n.name == "Picture")
    methods = {n.name for n in picture.body if isinstance(n, ast.FunctionDef)}
    names = {n for n in registry.current().names("mixer") if n.isidentifier()}
    assert methods == {n for n in names if not keyword.iskeyword(n)} | set(CHAINED) | set(SEEN)


def test_a_parameter_is_told_with_range_and_meaning() -> None:
    stub = live_stub()
    assert "seconds: Number = 10.0" in stub
    assert "seconds: 1..50 s: how much of the past is shown" in stub
    assert "Literal['wrap', 'mirror', 'black'] | Signal = 'wrap'" in stub


def test_the_stub_of_odd_plugins_is_python_and_they_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "odd.py").write_text(ODD, "utf-8")
    monkeypatch.chdir(tmp_path)
    before = registry.current()
    try:
        for command in ("stubs", "show größe", "show follow", "show key", ""):
            result = CliRunner().invoke(app, ["plugins", *command.split()])
            assert result.exit_code == 0, (command, result.exception)
            assert "plugin odd" not in result.output
        assert "[/] is no markup" in result.output
        follow, size = live.__getattr__("follow"), live.encode("odd:größe", live.listen(), name=2)
        assert "odd" not in repr(follow(live.listen(), 3, name=False, key=1)) and size.live["name"]
    finally:
        registry.use(before)
    text = (tmp_path / PLACE).read_text("utf-8")
    compile(text, str(PLACE), "exec")
    assert "look: Literal['dots', 'lines'] | Signal = 'dots', count: Number = 2" in text
    assert "def follow(sound: SoundHandle, value: Number, name: bool | Signal = True" in text


def test_the_options_of_words_are_declared_once_as_rows_and_once_in_their_signatures() -> None:
    """With the same names, and with the defaults that the rows have; None is no size, and of a
    diffusion model what its card says."""
    for name, rows in ROWS.items():
        given = inspect.signature(getattr(live, name)).parameters
        for row in rows:
            default = given[row.name].default
            unsaid = name == "settings" or row.type == "size" or row in DIFFUSION
            shown = None if unsaid else row.default
            assert default == shown, (name, row.name)


def test_the_stub_says_what_each_option_of_a_model_means() -> None:
    text = live_stub()
    assert "norm: Literal['card', 'frame', 'running'] | Signal = 'card'" in text
    assert ":param dropout: keep dropout on" in text
