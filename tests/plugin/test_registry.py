"""Plugins are loaded each alone: one that fails costs only itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from livegan.plugin.catalogue import UnknownName
from livegan.plugin.registry import Registry

GOOD = '''
from livegan.plugin import hookimpl, param

def {name}(sound, *, sharp=param(3.0, 1, 16)):
    """A picture."""

@hookimpl
def register_encoders(register):
    register({name})
'''


def loaded(folder: Path, **files: str) -> Registry:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    return Registry().load(folder, installed=False)


def test_a_file_offers_what_it_registers(tmp_path: Path) -> None:
    found = loaded(tmp_path, spikes=GOOD.format(name="spikes"))
    assert found.problems == []
    spikes = found.operation("encoder", "spikes")
    assert found.operation("encoder", "spikes:spikes") is spikes
    assert spikes.origin.package == "spikes"
    plugin = found.plugins[-1]
    assert (plugin.name, plugin.state, plugin.provides) == ("spikes", "loaded", ("encoder spikes",))


def test_a_file_that_fails_costs_only_itself_and_the_line_is_told(tmp_path: Path) -> None:
    found = loaded(tmp_path, bad="x = 1\ny = 1 / 0\n", good=GOOD.format(name="fine"))
    assert found.operation("encoder", "fine")
    (problem,) = found.problems
    where = tmp_path / "bad.py"
    assert str(problem) == f"{where}:2: plugin bad: ZeroDivisionError: division by zero"
    assert {p.name: p.state for p in found.plugins}["bad"] == "refused"


def test_a_syntax_error_is_told_with_its_line(tmp_path: Path) -> None:
    (problem,) = loaded(tmp_path, bad="x = 1\ndef (\n").problems
    assert problem.where == f"{tmp_path / 'bad.py'}:2"


def test_what_was_registered_before_a_failure_stays(tmp_path: Path) -> None:
    text = GOOD.format(name="half") + "    raise RuntimeError('no more')\n"
    found = loaded(tmp_path, half=text)
    assert found.operation("encoder", "half")
    assert {p.name: p.state for p in found.plugins}["half"] == "partly loaded"
    assert found.problems[0].reason == "RuntimeError: no more"


def test_hidden_files_are_no_plugins(tmp_path: Path) -> None:
    found = loaded(tmp_path, _draft="1 / 0\n")
    assert found.problems == []


def test_two_that_claim_one_name_are_both_named(tmp_path: Path) -> None:
    found = loaded(tmp_path, a=GOOD.format(name="twin"), b=GOOD.format(name="twin"))
    (problem,) = found.problems
    assert "two plugins claim the encoder 'twin': a (" in problem.reason
    assert 'write encode("b:twin", sound)' in problem.reason
    with pytest.raises(UnknownName, match="two plugins claim the encoder 'twin'"):
        found.operation("encoder", "twin")
    assert found.operation("encoder", "b:twin").origin.package == "b"
    assert "twin" not in found.names("encoder")


def test_an_unknown_name_is_answered_with_the_closest() -> None:
    found = Registry().load(installed=False)
    with pytest.raises(UnknownName, match="there is no encoder 'wavefrom'; did you mean 'wavef"):
        found.operation("encoder", "wavefrom")
    with pytest.raises(UnknownName, match="there is no source 'devise'; did you mean 'device'"):
        found.offer("source", "devise")


def test_the_built_in_plugins_load_without_a_problem() -> None:
    found = Registry().load(installed=False)
    assert found.problems == []
    assert {o.name for o in found.all("encoder")} >= {"waveform", "timeline", "levels"}
    assert found.offer("output", "spout").plugin == "livegan"


def test_a_plugin_written_as_a_set_is_loaded_once_where_no_registry_is_in_use(
    tmp_path: Path,
) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "bad.py").write_text(
        "from livegan.live import *\nprint('loaded')\n"
        "@encoder\ndef grey(sound):\n    return [[0.5]]\n"
    )
    program = (
        "from pathlib import Path\nfrom livegan.plugin.registry import Registry, current\n"
        "print(current().plugins[-1].state)\n"
        "print(Registry().load(Path('plugins').absolute()).plugins[-1].state)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["loaded", "loaded", "loaded", "loaded"]
