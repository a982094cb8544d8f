"""Documentation is executed: the reference is current, and sets and plugins in the pages play."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import typer
from typer.testing import CliRunner

from livegan import share
from livegan.autopilot.set_code import SetCode
from livegan.cli import app
from livegan.engine.commit.script import Refusal
from livegan.generators import Card, Generator, load, save_checkpoint
from livegan.generators.backends import NetworkSpec
from livegan.generators.networks.small import SmallGenerator
from livegan.picture_sources.source import PictureSourceError as PictureSourceError
from livegan.picture_sources.source import Wanted
from livegan.plugin import CONTEXT, hookspecs, registry
from livegan.plugin.declare import CALLED
from livegan.reference import reference
from livegan.rehearsal import Rehearsal, rehearse
from livegan.sound.inputs.devices import SourceError
from livegan.testing import Examination
from tests.shaders.painters import need_shaders

ROOT = Path(__file__).parent.parent.parent
SET = re.compile(r"^```python[^\n]*\n(from livegan\.live import \*\n.*?)^```", re.S | re.M)
PLUGIN = re.compile(r"^```python plugins/(\w+\.py)\n(.*?)^```", re.S | re.M)


def sets_in(page: Path) -> list[str]:
    return SET.findall(page.read_text(encoding="utf-8"))


def write_plugins(page: Path, folder: Path) -> list[Path]:
    """The plugin files of a page, in ``folder/plugins``."""
    plugins = folder / "plugins"
    plugins.mkdir()
    files = []
    for name, text in PLUGIN.findall(page.read_text(encoding="utf-8")):
        files.append(plugins / name)
        files[-1].write_text(text, encoding="utf-8")
    return files


@pytest.fixture(autouse=True)
def registry_kept() -> Iterator[None]:
    before = registry.current()
    yield
    registry.use(before)


PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FOLLOWED = ROOT / "docs" / "plugins" / "first-encoder.md"
"""Its sets play what it has made before: `test_first_encoder` follows it."""
SETS = [(p, i, text) for p in PAGES if p != FOLLOWED for i, text in enumerate(sets_in(p))]


def test_the_reference_is_current() -> None:
    page = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
    assert page == reference(), "run: python -m livegan.reference > docs/language.md"


FIRST_SET = ROOT / "docs" / "first-set.md"
FIRST_PLUGIN = ROOT / "docs" / "plugins" / "first-plugin.md"
HOOKS = ROOT / "docs" / "plugins" / "hooks.md"


def play(text: str, folder: Path) -> None:
    file = folder / "my-first.py"
    file.write_text(text, encoding="utf-8")
    sound = share.demo_track()
    what = Rehearsal(set=file, audio=sound, start=12, seconds=0.2, size=64, folder=folder)
    result = rehearse(what)
    assert result.faults == []
    assert result.report["frames"] == 6


@pytest.mark.parametrize(("page", "index", "text"), SETS, ids=lambda v: getattr(v, "name", None))
def test_a_set_in_a_page_plays(page: Path, index: int, text: str, tmp_path: Path) -> None:
    write_plugins(page, tmp_path)
    if "shader(" in text:
        need_shaders()
        shutil.copytree(share.folder("sets") / "shaders", tmp_path / "shaders")
    play(text, tmp_path)


def test_the_first_set_grows_in_five_steps() -> None:
    assert len(sets_in(FIRST_SET)) == 5


def test_the_mistake_in_the_first_set_is_answered_as_the_page_says(tmp_path: Path) -> None:
    mistaken = sets_in(FIRST_SET)[1].replace("= model(", "= modle(")
    with pytest.raises(Refusal) as refused:
        play(mistaken, tmp_path)
    said = str(refused.value).removeprefix(f"{tmp_path}/")
    assert f"\n    {said}\n" in FIRST_SET.read_text(encoding="utf-8")


def test_the_plugins_of_the_tutorial_load_and_its_sets_play_all_they_offer(tmp_path: Path) -> None:
    files = write_plugins(FIRST_PLUGIN, tmp_path)
    loaded = registry.Registry().load(tmp_path / "plugins", installed=False)
    assert loaded.problems == []
    own = [plugin for plugin in loaded.plugins if plugin.file in map(str, files)]
    offered = {offer for plugin in own for offer in plugin.provides}
    assert offered == {"encoder embers", "mixer glow", "mixer afterglow", "signal swell"}
    played = "\n".join(sets_in(FIRST_PLUGIN))
    for offer in offered:
        assert re.search(rf"\b{offer.split()[1]}\(", played), offer


def test_every_hook_is_documented() -> None:
    hooks = [name for name in vars(hookspecs) if name.startswith("register_")]
    page = HOOKS.read_text(encoding="utf-8")
    assert [name for name in hooks if f"\n## `{name}(" not in page] == []
    assert re.findall(r"^## `(\w+)\(", page, re.M) == hooks


def test_what_a_frame_may_be_asked_for_is_documented() -> None:
    pages = HOOKS.read_text(encoding="utf-8") + FIRST_PLUGIN.read_text(encoding="utf-8")
    assert [name for name in CONTEXT if f"`{name}`" not in pages] == []
    method = {"encoder": "draw", "mixer": "mix", "signal": "value"}
    assert method == CALLED
    assert [name for name in method.values() if f"`{name}`" not in pages] == []


def test_the_example_of_each_hook_loads_and_does_what_it_says(tmp_path: Path) -> None:
    write_plugins(HOOKS, tmp_path)
    loaded = registry.Registry().load(tmp_path / "plugins", installed=False)
    assert loaded.problems == []
    own = [plugin for plugin in loaded.plugins if plugin.name.startswith("hook_")]
    assert all(plugin.warnings == () for plugin in own)
    offered = {offer for plugin in own for offer in plugin.provides}
    operations = {"encoder tide", "encoder orbit", "mixer veil", "signal sway", "signal tally"}
    operations |= {"patch bottle"}
    others = {"source hum", "loader negative", "output average", "command greet", "word ghost"}
    others |= {"picture_source embers_in", "backend halved", "move glow"}
    assert offered == operations | others
    played = "\n".join(sets_in(HOOKS))
    for name in {*operations, "word ghost"}:
        assert re.search(rf"\b{name.split()[1]}\(", played), name

    source = loaded.offer("source", "hum").make("440")
    source.open(print)
    assert source.pull(480).shape == (480, 1) and source.pull(480).dtype == np.float32
    with pytest.raises(SourceError, match="in Hz"):
        loaded.offer("source", "hum").make("high")

    embers = loaded.offer("picture_source", "embers_in").make("7", Wanted(48, 64))
    assert max(embers.read().max() for _ in range(3)) > 200 and embers.read().shape == (48, 64, 3)
    with pytest.raises(PictureSourceError, match="is a number"):
        loaded.offer("picture_source", "embers_in").make("x", Wanted(48, 64))

    read = loaded.offer("loader", "negative").make
    assert read(b"something else", tmp_path / "a.pth", Card()) is None
    painted = Generator(read(b"negative", tmp_path / "a.negative", Card())).paint(
        torch.zeros(3, 8, 8)
    )
    assert painted.min() == 1

    save_checkpoint(tmp_path / "small.safetensors", SmallGenerator(width=8, side=128, fold=2))
    spec = NetworkSpec(load(tmp_path / "small.safetensors"), "running", (256, 256))
    run = loaded.offer("backend", "halved").make().open(spec, "")
    assert run(torch.zeros(spec.shape)).shape == (1, 3, 256, 256)

    output = loaded.offer("output", "average").make("lamps.txt", folder=tmp_path)
    output.send(np.full((4, 4, 3), 200, np.uint8), time=1.5)
    output.close()
    assert (tmp_path / "lamps.txt").read_text() == "1.50 200 200 200\n"

    move = loaded.offer("move", "glow").move
    assert move is not None and move.bars == 16
    glowing = move.make(SetCode("show(a)\n"), chance=random.Random(1))
    assert re.fullmatch(r"show\(a\.blur\(\d+\)\)\n", glowing.text)

    command = typer.Typer()
    command.command()(loaded.offer("command", "greet").make)
    assert "good evening, Ada" in CliRunner().invoke(command, ["--name", "Ada"]).output


EXAMPLES = [
    (page, name, text)
    for page in PAGES
    for name, text in PLUGIN.findall(page.read_text(encoding="utf-8"))
]
BY_THE_CLOCK = ("speed", "import-time", "first-frame", "waits", "pulls")


def write_negative(folder: Path) -> Path:
    """A checkpoint that the loader of the page reads."""
    path = folder / "a.negative"
    path.write_bytes(b"negative")
    return path


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("page", "name", "text"), EXAMPLES, ids=[n for _, n, _ in EXAMPLES])
def test_every_example_of_a_plugin_passes_the_checks(
    page: Path, name: str, text: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    examination = Examination(tmp_path / name, folder=tmp_path, sample={"negative": write_negative})
    rows = [row for row in examination.rows() if row["name"] not in BY_THE_CLOCK]
    outcomes = [examination.outcome(row["thing"], row["name"]) for row in rows]
    examination.close()
    assert [each.line for each in outcomes if each.status == "failed"] == []


def commands(group: Any, above: str = "livegan") -> Iterator[tuple[str, Any]]:
    """Every command of the command line, by what is typed."""
    for name in group.commands:
        command = group.get_command(typer.Context(group), name)
        if hasattr(command, "commands"):
            yield from commands(command, f"{above} {name}")
        yield f"{above} {name}", command


def test_every_command_and_option_has_help_and_every_command_is_on_a_page() -> None:
    pages = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    typed = "\n".join(re.findall(r"livegan [^\n`]*", pages))
    silent, missing = [], []
    for name, command in commands(typer.main.get_command(app)):
        if not command.help:
            silent.append(name)
        silent += [f"{name} {p.name}" for p in command.params if not getattr(p, "help", None)]
        *above, last = name.split()
        if not re.search(rf"^{' '.join(above)} (?:.*\| )?{last}\b", typed, re.M):
            missing.append(name)
    assert silent == []
    assert missing == [], "say on a page what they are for"


def test_links_between_pages_lead_somewhere() -> None:
    missing = []
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not (page.parent / target).exists():
                missing.append(f"{page.name}: {target}")
    assert missing == []
