"""Documentation is executed: the reference is current, and sets and plugins in the pages play."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from livegan import share
from livegan.engine.script import Refusal
from livegan.plugin import hookspecs, registry
from livegan.reference import reference
from livegan.rehearsal import Rehearsal, rehearse

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
SETS = [(page, i, text) for page in PAGES for i, text in enumerate(sets_in(page))]


def test_the_reference_is_current() -> None:
    page = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
    assert page == reference(), "run: python -m livegan.reference > docs/language.md"


FIRST_SET = ROOT / "docs" / "first-set.md"
FIRST_PLUGIN = ROOT / "docs" / "plugins" / "first-plugin.md"


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
    page = FIRST_PLUGIN.read_text(encoding="utf-8")
    assert [name for name in hooks if f"`{name}(" not in page] == []


def test_links_between_pages_lead_somewhere() -> None:
    missing = []
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not (page.parent / target).exists():
                missing.append(f"{page.name}: {target}")
    assert missing == []
