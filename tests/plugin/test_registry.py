"""Plugins are loaded each alone: one that fails costs only itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from livegan import live
from livegan.graph.place import NoSuchWord
from livegan.plugin import registry
from livegan.plugin.catalogue import UnknownName
from livegan.plugin.registry import KINDS, Registry

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


SHARED = """
from livegan.plugin import hookimpl

def {name}({inputs}):
    "Words."

@hookimpl
def register_{kind}s(register):
    register({name})
"""


def word(kind: str, name: str) -> str:
    inputs = "picture" if kind == "mixer" else ""
    return SHARED.format(kind=kind, name=name, inputs=inputs)


def test_a_word_of_livegans_stays_its_own_whatever_kind_takes_it(tmp_path: Path) -> None:
    found = loaded(tmp_path, a=word("signal", "blend"), b=word("mixer", "loudest"))
    assert [p.reason for p in found.problems] == [
        "the mixer 'blend' is livegan's own; this signal is signal(\"a:blend\")()",
        "the signal 'loudest' is livegan's own; this mixer is mixer(\"b:loudest\")(picture)",
    ]
    assert "blend" not in found.names("signal")
    assert found.operation("mixer", "blend").origin.package == "livegan"
    assert found.operation("signal", "a:blend").origin.package == "a"


def test_a_mixer_and_a_signal_that_claim_one_word_are_both_named(tmp_path: Path) -> None:
    found = loaded(tmp_path, a=word("mixer", "twin"), b=word("signal", "twin"))
    (problem,) = found.problems
    assert "claim the word 'twin': the mixer of a (" in problem.reason
    assert " and the signal of b (" in problem.reason
    assert 'write signal("b:twin")()' in problem.reason
    for kind in KINDS[1:]:
        assert "twin" not in found.names(kind)
        with pytest.raises(UnknownName, match="claim the word 'twin'"):
            found.operation(kind, "twin")
    assert found.operation("mixer", "a:twin").origin.package == "a"
    before = registry.current()
    registry.use(found)
    try:
        assert "twin" not in live.__getattr__("__all__")
        with pytest.raises(NoSuchWord, match="claim the word 'twin'"):
            live.__getattr__("twin")
    finally:
        registry.use(before)


def test_one_plugin_cannot_have_a_mixer_and_a_signal_of_one_word(tmp_path: Path) -> None:
    both = word("mixer", "twin") + "mixed = twin\n" + word("signal", "twin")
    both = both.replace("    register(twin)", "    register(mixed)", 1)
    (problem,) = loaded(tmp_path, a=both).problems
    assert "a mixer and a signal 'twin', but a set has one word for both" in problem.reason


@pytest.mark.parametrize("name", ["livegan", "LiveGAN"])
def test_a_plugin_called_livegan_does_not_pass_for_it(tmp_path: Path, name: str) -> None:
    found = loaded(tmp_path, **{name: word("mixer", "show")})
    (problem,) = found.problems
    assert problem.where == str(tmp_path / f"{name}.py")
    assert problem.reason == "a plugin cannot be called livegan; rename the file"
    assert found.find("show") == []


def test_commands_of_livegan_are_no_plugins(tmp_path: Path) -> None:
    text = (
        "from livegan.plugin import hookimpl\n\n@hookimpl\ndef register_commands(register):\n"
        "    register(print, name='plugins')\n"
    )
    (problem,) = loaded(tmp_path, a=text).problems
    own = "the command 'plugins' is livegan's own; this one is livegan a:plugins"
    assert problem.reason == own


def test_a_signal_in_a_set_says_what_it_does() -> None:
    loudest = live.__getattr__("loudest")
    assert loudest.__doc__.startswith("The highest level")
    assert loudest.__name__ == "loudest"


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
