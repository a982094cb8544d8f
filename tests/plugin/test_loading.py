"""Each plugin is loaded alone and under guard: what goes wrong costs only itself, and is told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from livegan.plugin.catalogue import UnknownName
from livegan.plugin.loading import load as loading
from livegan.plugin.loading.entry import Entry
from livegan.plugin.loading.record import Plugin
from livegan.plugin.registry import Registry

GOOD = '''
from livegan.plugin import hookimpl


def fine(sound):
    """A picture."""


@hookimpl
def register_encoders(register):
    register(fine)
'''


def loaded(folder: Path, text: str, name: str = "bad") -> tuple[Registry, Plugin]:
    (folder / f"{name}.py").write_text(text)
    (folder / "good.py").write_text(GOOD)
    found = Registry().load(folder, installed=False)
    assert found.operation("encoder", "fine").origin.package == "good"
    return found, next(p for p in found.plugins if p.name == name)


HOOK = (
    "from livegan.plugin import hookimpl, param\n\n@hookimpl\ndef register_{}(register):\n    {}\n"
)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("import nothing_so_called", 1, "No module named 'nothing_so_called'"),
        ("import sys\nsys.exit(3)", 2, "it calls exit()"),
        ("raise KeyboardInterrupt from None", 1, "it raises KeyboardInterrupt"),
        (HOOK.format("encoder", "pass"), 3, "no hook 'register_encoder'; did you mean"),
        (HOOK.format("mixers", "1 / 0"), 5, "division by zero"),
        (HOOK.format("mixers", "register(5)"), 5, "a function or class can be the mixer"),
        (HOOK.format("mixers", "register(lambda a: a)"), 5, "cannot be written in a set"),
        (
            HOOK.format("mixers", "register(lambda a, *, b=param(9, 0, 1): a, name='dim')"),
            5,
            "argument 'b': its default 9 is outside its range 0..1",
        ),
        (HOOK.format("sources", "register('a b', open)"), 5, "'a b' is no name of a source"),
        (HOOK.format("outputs", "register('two', 2)"), 5, "the output 'two' is a int"),
        (
            HOOK.format("outputs", "register('two', open); register('two', open)"),
            5,
            "it registers the output 'two' twice",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    tmp_path: Path, text: str, line: int, reason: str
) -> None:
    found, plugin = loaded(tmp_path, text)
    assert reason in plugin.reason
    assert plugin.where == f"{tmp_path / 'bad.py'}:{line}"
    assert [str(p) for p in found.problems] == [f"{plugin.where}: plugin bad: {plugin.reason}"]


@pytest.mark.parametrize(
    "body", ["while True: pass", "__import__('time').sleep(9)"], ids=["loop", "sleep"]
)
def test_what_does_not_come_back_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    monkeypatch.setattr(loading, "IMPORT_S", 0.3)
    monkeypatch.setattr(loading, "HOOKS_S", 0.3)
    _, hook = loaded(tmp_path, HOOK.format("encoders", body))
    assert (hook.state, hook.where) == ("refused", f"{tmp_path / 'bad.py'}:5")
    assert "its hooks are still running after 0.3 s" in hook.reason
    _, whole = loaded(tmp_path, f"\n{body}", name="worse")
    assert "its import is still running after 0.3 s" in whole.reason
    assert whole.where == f"{tmp_path / 'worse.py'}:2"


def test_an_entry_point_that_names_no_plugin_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "attributed.py").write_text(GOOD)
    monkeypatch.syspath_prepend(str(tmp_path))
    plugin = loading.load(Entry("attributed:fine", "livegan-attributed", "1.0")).plugin
    assert plugin.state == "refused"
    assert "names 'fine' of attributed, which registers nothing: name the module" in plugin.reason
    assert loading.load(Entry("attributed", "livegan-attributed", "1.0")).plugin.state == "loaded"


def test_the_working_folder_is_put_back(tmp_path: Path) -> None:
    before = os.getcwd()
    loaded(tmp_path, "import os\nos.chdir('/')")
    assert os.getcwd() == before


def test_an_implementation_takes_only_the_arguments_it_names(tmp_path: Path) -> None:
    text = "from livegan.plugin import hookimpl\nSEEN = []\n\n@hookimpl\ndef register_mixers():\n"
    found, plugin = loaded(tmp_path, text + "    SEEN.append(1)\n")
    assert plugin.state == "loaded"
    assert found.records[-2].module.SEEN == [1]


def test_what_will_go_is_told_to_the_author_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        "import warnings\nfrom livegan.plugin import hookimpl\n\n@hookimpl\n"
        "def register_commands(app):\n    @app.command('wave')\n"
        "    def wave():\n        '''Waves.'''\n"
        "    warnings.warn('mine', DeprecationWarning, stacklevel=1)\n"
    )
    found, plugin = loaded(tmp_path, text)
    assert [(c.name, c.summary) for c in found.offered("command")] == [("wave", "Waves.")]
    assert (plugin.state, found.problems) == ("loaded", [])
    assert f"{tmp_path / 'bad.py'}:9: mine" in plugin.warnings
    assert any("register_commands(app) goes" in line for line in plugin.warnings)
    assert capsys.readouterr() == ("", "")


def test_livegans_own_names_stay_its_own(tmp_path: Path) -> None:
    text = (
        "from livegan.plugin import hookimpl\n\ndef blur(picture):\n    return picture\n\n"
        "def model(picture):\n    return picture\n\n"
        "@hookimpl\ndef register_mixers(register):\n    register(blur)\n    register(model)\n"
    )
    found, plugin = loaded(tmp_path, text)
    assert plugin.state == "loaded"
    assert found.operation("mixer", "blur").origin.package == "livegan"
    assert found.operation("mixer", "bad:blur").origin.package == "bad"
    said = " ".join(map(str, found.problems))
    assert "the mixer 'blur' is livegan's own; this one is mixer(\"bad:blur\")(picture)" in said
    assert "the mixer 'model' is livegan's own" in said
    with pytest.raises(UnknownName):
        found.operation("mixer", "model")


def test_offers_resolve_by_full_name_in_any_spelling(tmp_path: Path) -> None:
    text = HOOK.format("outputs", "register('wall', open, 'a wall')")
    for name in ("my_walls", "others"):
        (tmp_path / f"{name}.py").write_text(text)
    found = Registry().load(tmp_path, installed=False)
    with pytest.raises(UnknownName, match=r"two plugins claim the output 'wall'.*my_walls.*others"):
        found.offer("output", "wall")
    assert found.offer("output", "My-Walls:wall").plugin == "my_walls"
    assert {o.plugin for o in found.find("wall")} == {"my_walls", "others"}  # type: ignore[union-attr]


def test_one_more_is_taken_under_the_same_guard(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text(GOOD)
    (tmp_path / "two.py").write_text("1 / 0")
    found = Registry().load(installed=False)
    assert found.take(tmp_path / "one.py").state == "loaded"
    assert found.take(str(tmp_path / "two.py")).reason == "ZeroDivisionError: division by zero"
    assert found.operation("encoder", "one:fine")


REPORT = """
import json, sys
from pathlib import Path
from livegan.plugin.registry import Registry
found = Registry().load(Path(sys.argv[1]), installed=False)
print(json.dumps({p.name: [p.state, p.reason] for p in found.plugins}))
"""


@pytest.fixture
def load_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], subprocess.Popen[str]]:
    """Loads the plugins of ``tmp_path/plugins`` in a process, with a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "good.py").write_text(GOOD)

    def begin(text: str) -> subprocess.Popen[str]:
        file = tmp_path / "plugins" / "deadly.py"
        if not file.exists() or file.read_text() != text:
            file.write_text(text)
        command = [sys.executable, "-c", REPORT, str(tmp_path / "plugins")]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    return begin


def said_by(process: subprocess.Popen[str]) -> dict[str, list[str]]:
    return json.loads(process.communicate(timeout=60)[0])  # type: ignore[no-any-return]


KILLS = "import os\nos.kill(os.getpid(), 9)\n"


def test_a_plugin_that_kills_its_process_is_left_out_by_the_next(
    tmp_path: Path, load_elsewhere: Callable[[str], subprocess.Popen[str]]
) -> None:
    first = load_elsewhere(KILLS)
    first.communicate(timeout=60)
    assert first.returncode == -9
    said = said_by(load_elsewhere(KILLS))
    assert said["good"] == ["loaded", ""]
    assert said["deadly"][0] == "refused" and "crashed the process" in said["deadly"][1]
    (mark,) = (tmp_path / "cache").glob("livegan/loading/*")
    assert f"delete {mark}" in said["deadly"][1]
    assert mark.parent.stat().st_mode & 0o077 == 0
    assert said_by(load_elsewhere("# mended\n"))["deadly"] == ["loaded", ""]


def test_a_mark_that_is_old_counts_no_more(
    tmp_path: Path, load_elsewhere: Callable[[str], subprocess.Popen[str]]
) -> None:
    load_elsewhere(KILLS).communicate(timeout=60)
    (mark,) = (tmp_path / "cache").glob("livegan/loading/*")
    os.utime(mark, (0, 0))
    again = load_elsewhere(KILLS)
    again.communicate(timeout=60)
    assert again.returncode == -9, "it was tried again"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_load_that_was_ended_from_outside_bans_nothing(
    tmp_path: Path, load_elsewhere: Callable[[str], subprocess.Popen[str]], number: signal.Signals
) -> None:
    begun = tmp_path / "begun"
    slow = f"open({str(begun)!r}, 'w').close()\nimport time\ntime.sleep(60)\n"
    for way in (number, signal.SIGKILL):
        process = load_elsewhere(slow)
        while not begun.exists():
            assert process.poll() is None, "it is left out"
            time.sleep(0.02)
        begun.unlink()
        process.send_signal(way)
        process.communicate(timeout=60)
        assert process.returncode != 0
