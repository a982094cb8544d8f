"""Hooks that cannot be heard, and what is registered by them, are told with the line."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from livegan.plugin.loading.record import Plugin
from livegan.plugin.registry import Registry

HEAD = """\
from livegan.plugin import hookimpl, param

def dim(picture):
    "Darker."
    return picture

def pump():
    "Up."
    return 1.0

"""
LINES = HEAD.count("\n")


def loaded(folder: Path, text: str) -> tuple[Registry, Plugin]:
    (folder / "bad.py").write_text(HEAD + text)
    found = Registry().load(folder, installed=False)
    return found, found.plugins[-1]


def hook(kind: str, body: str) -> str:
    return f"@hookimpl\ndef register_{kind}(register):\n    {body}\n"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (hook("mixers", "yield register(dim)"), 11, "has a yield, so nothing in it is run"),
        ("@hookimpl\nasync def register_mixers(register):\n    register(dim)\n", 11, "is async"),
        (hook("mixers", "return [dim]"), 11, "call register(...) with what it returns"),
        (hook("mixers", "return dim"), 11, "call register(...) with what it returns"),
        ("def register_mixers(register):\n    register(dim)\n", 11, "write @hookimpl above it"),
        ("@hookimpl\ndef register_mixers(register, a):\n    pass", 11, "not 'a': def register_m"),
        (hook("mixers", "register(dim, nam='x')"), 13, "'nam'; did you mean 'name'? (register("),
        (hook("mixers", "register()"), 13, "register: missing a required argument: 'make'"),
        (hook("mixers", "register(dim, aliases='ab')"), 3, "write aliases=('ab',)"),
        (hook("mixers", "register(lambda p: p)"), 13, 'give it one with name="..."'),
        (hook("outputs", "register('picture', open)"), 13, "written in show(picture=...)"),
        (hook("outputs", "register('class', open)"), 13, "written in show(class=...)"),
        (hook("sources", "register('hum', open, 3)"), 13, "summary of the source 'hum' is a int"),
        (hook("sources", "register('h\\nm', open)"), 13, "is no name of a source"),
        (hook("generator_loaders", "register('.odd', open)"), 13, "without the dot, 'odd'"),
        (hook("commands", "register(dim, 3)"), 13, "a command needs a name"),
    ],
)
def test_what_is_not_heard_is_told_with_its_line(
    tmp_path: Path, text: str, line: int, reason: str
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # of coroutines that nobody waits for
        _, plugin = loaded(tmp_path, text)
    assert (plugin.state, plugin.provides) == ("refused", ())
    assert reason in plugin.reason
    assert "\n" not in plugin.reason
    assert plugin.where == f"{tmp_path / 'bad.py'}:{line}"


def test_a_hook_may_return_what_it_registered_or_wrap_others(tmp_path: Path) -> None:
    text = hook("mixers", "return register(dim)") + (
        "@hookimpl(wrapper=True)\ndef register_signals(register):\n"
        "    register(pump)\n    return (yield)\n"
    )
    found, plugin = loaded(tmp_path, text)
    assert (plugin.state, plugin.provides) == ("loaded", ("mixer dim", "signal pump"))
    assert found.problems == []


def test_an_unmarked_function_beside_what_is_offered_is_told_to_the_author(tmp_path: Path) -> None:
    text = hook("mixers", "register(dim)") + "\n\ndef register_signals(register):\n    pass\n"
    found, plugin = loaded(tmp_path, text)
    assert (plugin.state, found.problems) == ("loaded", [])
    (line,) = plugin.warnings
    where = f"{tmp_path / 'bad.py'}:{LINES + 6}"
    assert line == f"{where}: register_signals is not called: write @hookimpl above it"


def test_objects_that_fail_when_they_are_asked_are_looked_at_with_care(tmp_path: Path) -> None:
    text = (
        "class Proxy:\n    def __getattr__(self, name):\n        raise RuntimeError('unbound')\n"
        "    def __call__(self, sound):\n        'A picture.'\n\nrequest = Proxy()\n\n"
    )
    found, plugin = loaded(tmp_path, text + hook("mixers", "register(dim)"))
    assert (plugin.state, plugin.provides) == ("loaded", ("mixer dim",))
    assert found.problems == []
    _, plugin = loaded(tmp_path, text + hook("encoders", "register(request, name='glow')"))
    assert plugin.reason.startswith("encoder 'glow': its arguments cannot be read")


def test_what_is_offered_comes_first_then_its_name(folder: Path) -> None:
    file = folder / "offers.py"
    file.write_text(
        "from livegan.plugin import hookimpl\n\ndef wall(name):\n    'A wall.'\n\n"
        "@hookimpl\ndef register_outputs(register):\n"
        "    register(wall)\n    register(wall, 'door', 'a door')\n    register('gate', wall)\n"
    )
    found = Registry().load(folder, installed=False)
    assert found.problems == []
    offers = {
        o.name: (o.summary, o.make("")) for o in found.offered("output") if o.plugin == "offers"
    }
    assert offers == {
        "wall": ("A wall.", None),
        "door": ("a door", None),
        "gate": ("A wall.", None),
    }
    (warning,) = next(p.warnings for p in found.plugins if p.name == "offers")
    assert warning.startswith(f"{file}:3: register('gate', ...) goes in livegan 1.0: write what is")
