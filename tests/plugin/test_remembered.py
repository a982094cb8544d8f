"""An installed plugin is loaded when one of its names is used, and not before."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from livegan.plugin import registry
from livegan.plugin.catalogue import UnknownName
from livegan.plugin.loading.remembered import asleep
from livegan.plugin.registry import Registry

TEXT = """
import os
os.environ["LOADED"] = os.environ.get("LOADED", "") + "|{name}"
from livegan.plugin import hookimpl, param

def {name}(picture, *, amount=param(0.5, 0, 1, "how much")):
    "Light."
    return picture

def open_wall(name):
    "A wall."

@hookimpl
def register_mixers(register):
    register({name}, aliases=("{name}_again",))

@hookimpl
def register_outputs(register):
    register(open_wall, "{name}_wall", "a wall")
"""

Install = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Installs packages into a folder of their own, with a cache of its own."""
    site = tmp_path / "site"
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOADED", "")

    def write(name: str, text: str = TEXT, version: str = "1.0") -> Path:
        module = site / f"lg_{name}.py"
        site.mkdir(exist_ok=True)
        module.write_text(text.replace("{name}", name))
        info = site / f"lg_{name}.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text(f"Name: lg-{name}\nVersion: {version}\n")
        (info / "entry_points.txt").write_text(f"[livegan]\n{name} = lg_{name}\n")
        return module

    yield write
    for name in [n for n in sys.modules if n.startswith("lg_")]:
        del sys.modules[name]


def loaded(monkeypatch: pytest.MonkeyPatch) -> str:
    """Which modules were run since this was asked last."""
    import os

    found = os.environ["LOADED"]
    monkeypatch.setenv("LOADED", "")
    return found


def anew() -> Registry:
    """The registry of the next start."""
    for name in [n for n in sys.modules if n.startswith("lg_")]:
        del sys.modules[name]
    registry.use(Registry().load())
    return registry.current()


def test_what_is_known_is_loaded_when_its_name_is_used(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("light")
    install("other")
    anew()
    assert loaded(monkeypatch) == "|light|other", "nothing is known yet"
    found = anew()
    assert loaded(monkeypatch) == ""
    assert {"light", "light_again", "other"} <= set(found.names("mixer"))
    assert [o.summary for o in found.offered("output") if o.name == "light_wall"] == ["a wall"]
    assert loaded(monkeypatch) == ""
    operation = found.operation("mixer", "light_again")
    assert loaded(monkeypatch) == "|light"
    assert [p.name for p in operation.params] == ["amount"]
    assert found.operation("mixer", "lg-light:light") is operation
    assert found.offer("output", "light_wall").make("") is None
    assert [p.state for p in found.plugins if p.name == "lg-other"] == ["not loaded yet"]


def test_all_words_of_a_set_are_there_without_a_load(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("light")
    anew()
    loaded(monkeypatch)
    anew()
    names: dict[str, object] = {}
    exec("from livegan.live import *", names)
    assert loaded(monkeypatch) == ""
    wave = names["encode"].waveform(names["listen"]())  # type: ignore[attr-defined, operator]
    assert names["light"](wave, amount=0.25).live == {"amount": 0.25}  # type: ignore[operator]
    assert wave.light_again(0.5).live == {"amount": 0.5}
    assert loaded(monkeypatch) == "|light"


def test_a_package_that_changed_is_loaded(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("light")
    anew()
    install(
        "light", TEXT.replace("def {name}(", "def {name}_new(").replace("{name},", "{name}_new,")
    )
    found = anew()
    assert "light_new" in found.names("mixer") and "light" not in found.names("mixer")


def test_what_does_not_load_any_more_says_why(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("light", TEXT.replace("import os\n", "import os\nimport lg_needed\n"))
    needed = install("needed", "")
    anew()
    needed.unlink()
    found = anew()
    assert "light" in found.names("mixer")
    with pytest.raises(UnknownName, match=r"plugin lg-light 1\.0: .*No module named 'lg_needed'"):
        found.operation("mixer", "light")
    assert [p.state for p in found.plugins if p.name == "lg-light"] == ["refused"]
    assert any("lg_needed" in str(problem) for problem in found.problems)


def test_what_was_refused_is_not_remembered(install: Install) -> None:
    install("light", "1 / 0")
    assert [p.state for p in anew().plugins if p.name == "lg-light"] == ["refused"]
    assert [p.state for p in anew().plugins if p.name == "lg-light"] == ["refused"]


def test_the_words_of_a_text_are_loaded_at_once(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("light")
    install("other")
    anew()
    loaded(monkeypatch)
    found = anew()
    found.wake({"show", "light"})
    assert loaded(monkeypatch) == "|light"
    found.wake()
    assert loaded(monkeypatch) == "|other"
    assert not any(map(asleep, found.records))


def test_a_clash_with_what_is_not_loaded_is_told(install: Install) -> None:
    install("light")
    install("other", TEXT.replace("{name},", "{name}, name='light',"))
    anew()
    found = anew()
    with pytest.raises(
        UnknownName, match=r"two plugins claim the mixer 'light'.*lg-light .*lg-other"
    ):
        found.operation("mixer", "light")
