"""Documents are tested as they are typed, saved and played; what is known is told once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from livegan.editor import open_sets
from livegan.editor.open_sets import Finding, OpenSets
from livegan.editor.processes import JobFailed, Processes
from livegan.editor.readout import PlayedSet
from livegan.ipc.remote.schema import ShowState

GOOD = "from livegan.live import *\nshow(wave)\n"
BAD = GOOD.replace("wave", "waev")


class StandInProcesses(Processes):
    """Finds the word `waev`, and dies of `crash`, without a process."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.unsaved: dict[str, str] = {}

    async def check(
        self, path: Path, text: str, folder: Path, unsaved: Mapping[str, str]
    ) -> dict[str, Any]:
        self.asked.append(f"check {text.count('waev')}")
        self.unsaved = {Path(file).name: said for file, said in unsaved.items()}
        if "crash" in text:
            raise JobFailed("this ended the process that tests the set")
        return {"problems": problems(path, text, "waev")}

    async def words(self, path: Path, folder: Path) -> dict[str, Any]:
        self.asked.append("words")
        return {"words": [], "models": []}

    async def prove(self, path: Path, folder: Path) -> dict[str, Any]:
        self.asked.append("prove")
        return {"problems": problems(path, path.read_text(), "undrawn")}


def problems(path: Path, text: str, word: str) -> list[dict[str, Any]]:
    lines = [n for n, line in enumerate(text.splitlines(), 1) if word in line]
    return [{"file": str(path), "line": n, "message": word, "severity": "error"} for n in lines]


class Desk:
    """An editor's documents, and what was published last by file name."""

    def __init__(self, folder: Path) -> None:
        self.published: dict[str, list[Finding]] = {}
        self.sets = OpenSets(self.publish)
        self.sets.processes = self.processes = StandInProcesses()
        self.path = folder / "set.py"
        self.path.write_text(GOOD)

    def publish(self, file: str, found: list[Finding]) -> None:
        self.published[Path(file).name] = found

    async def until(self, wanted: Callable[[], Any]) -> None:
        for _ in range(500):
            if wanted():
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"{self.published} {self.processes.asked}")

    def lines(self, name: str = "set.py") -> list[int]:
        return [each.line for each in self.published.get(name, [])]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(open_sets, "PAUSE", 0.02)
    return Desk(tmp_path)


def run(story: Callable[[], Awaitable[None]], desk: Desk) -> None:
    async def whole() -> None:
        await story()
        desk.sets.close()

    asyncio.run(whole())


def test_text_is_tested_as_it_is_typed_once_for_each_pause(desk: Desk) -> None:
    async def story() -> None:
        desk.sets.changed(desk.path, GOOD)
        await desk.until(lambda: "check 0" in desk.processes.asked)
        for n in range(20):
            desk.sets.changed(desk.path, BAD + "#" * n)
        await desk.until(lambda: desk.lines() == [1])
        assert desk.processes.asked.count("check 1") == 1
        desk.sets.changed(desk.path, GOOD)
        await desk.until(lambda: desk.lines() == [])

    run(story, desk)


def test_a_set_that_ends_the_process_is_told_and_the_next_text_is_tested(desk: Desk) -> None:
    async def story() -> None:
        desk.sets.changed(desk.path, f"{GOOD}crash\n")
        await desk.until(lambda: desk.lines() == [0])
        assert "ended the process" in desk.published["set.py"][0].message
        desk.sets.changed(desk.path, BAD)
        await desk.until(lambda: desk.lines() == [1])

    run(story, desk)


def test_what_only_drawing_shows_is_told_of_a_saved_text_until_it_is_edited(desk: Desk) -> None:
    text = GOOD + "undrawn\n"
    desk.path.write_text(text)

    async def story() -> None:
        desk.sets.changed(desk.path, text)
        await desk.until(lambda: desk.lines() == [2])
        desk.sets.changed(desk.path, text + "more\n")
        await desk.until(lambda: desk.lines() == [])

    run(story, desk)


def test_a_file_that_is_no_set_is_left_alone(desk: Desk) -> None:
    async def story() -> None:
        desk.sets.changed(desk.path.with_name("other.py"), "waev = crash\n")
        await asyncio.sleep(0.05)
        assert desk.processes.asked == [] and desk.published == {}

    run(story, desk)


def test_a_module_of_a_set_is_no_set_though_it_takes_the_words(desk: Desk) -> None:
    tools = desk.path.with_name("tools.py")
    desk.path.write_text(f"import tools\n{GOOD}")

    async def story() -> None:
        text = "from livegan.live import *\ndef waev():\n    return listen().low\n"
        desk.sets.changed(tools, text)
        await desk.until(lambda: desk.processes.asked == ["words"])
        desk.sets.changed(tools, text + "show(waev)\n")
        desk.sets.saved(tools)
        desk.sets.changed(tools, text + "show(waev())\n")
        await desk.until(lambda: desk.lines("tools.py") == [1, 3])

    run(story, desk)


def test_a_module_that_is_typed_has_the_sets_beside_it_tested_with_its_new_text(desk: Desk) -> None:
    tools = desk.path.with_name("tools.py")
    tools.write_text("amount = 1\n")
    text = f"import tools\n{GOOD}"
    desk.path.write_text(text)

    async def story() -> None:
        desk.sets.changed(desk.path, text)
        desk.sets.changed(tools, "amount = 1\n")
        await desk.until(lambda: "check 0" in desk.processes.asked)
        assert desk.processes.unsaved == {}
        desk.processes.asked.clear()
        desk.sets.changed(tools, "amount = 2\n")
        await desk.until(lambda: "check 0" in desk.processes.asked)
        assert desk.processes.unsaved == {"tools.py": "amount = 2\n"}
        desk.sets.changed(tools, "amount = (\n")
        await desk.until(lambda: desk.lines("tools.py") == [0])

    run(story, desk)


def test_a_module_that_is_saved_has_the_sets_beside_it_tested_again(desk: Desk) -> None:
    async def story() -> None:
        desk.sets.changed(desk.path, GOOD)
        await desk.until(lambda: "prove" in desk.processes.asked)
        desk.processes.asked.clear()
        desk.sets.saved(desk.path.with_name("tools.py"))
        await desk.until(lambda: {"check 0", "words", "prove"} <= {*desk.processes.asked})

    run(story, desk)


def test_while_a_show_plays_the_set_its_refusals_are_told_and_nothing_is_run(desk: Desk) -> None:
    at = f"{desk.path}:2"
    refused = ShowState(version=1, commit="refused", refusal="set.py:2: no", refused_at=at)
    helper = f"{desk.path.with_name('tools.py')}:5"

    async def story() -> None:
        desk.sets.changed(desk.path, GOOD)
        await desk.until(lambda: "prove" in desk.processes.asked)
        desk.processes.asked.clear()
        desk.sets.played(desk.path, PlayedSet("set", refused, GOOD))
        (told,) = desk.published["set.py"]
        assert (told.line, told.message, told.on_stage) == (1, "no", True)
        desk.sets.changed(desk.path, "from livegan.live import *\nshow(\n")
        await desk.until(lambda: len(desk.lines()) == 2)
        assert desk.processes.asked == []
        desk.sets.changed(desk.path, GOOD)
        elsewhere = replace(refused, refusal="tools.py:5: no", refused_at=helper)
        desk.sets.played(desk.path, PlayedSet("set", elsewhere, GOOD))
        assert desk.lines("tools.py") == [4]
        desk.sets.played(desk.path, PlayedSet("set", replace(refused, refusal=""), GOOD))
        await desk.until(lambda: desk.lines() == [] == desk.lines("tools.py"))
        desk.sets.played(desk.path, None)
        desk.sets.changed(desk.path, BAD)
        await desk.until(lambda: desk.lines() == [1])

    run(story, desk)


def test_a_closed_document_has_no_mistakes(desk: Desk) -> None:
    async def story() -> None:
        desk.sets.changed(desk.path, BAD)
        await desk.until(lambda: desk.lines() == [1])
        desk.sets.closed(desk.path)
        assert desk.lines() == []

    run(story, desk)


def test_the_working_folder_is_the_nearest_that_looks_like_one(desk: Desk) -> None:
    folder = desk.path.parent
    (folder / "gig" / "sets").mkdir(parents=True)
    assert desk.sets.folder_of(folder / "gig" / "sets" / "a.py") == folder / "gig"
    desk.sets.roots = [folder]
    (folder / "other").mkdir()
    assert desk.sets.folder_of(folder / "other" / "a.py") == folder
    desk.sets.roots = []
    assert desk.sets.folder_of(folder / "other" / "a.py") == folder / "other"
