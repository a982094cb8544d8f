"""The safe set: proven at the start, on the air with the next frame, and gone by the same key."""

from __future__ import annotations

from pathlib import Path

from livegan import share
from livegan.engine.commit.safe_set import SafeSet
from livegan.engine.program.build import Builder
from tests.engine.playing import SIZE, Show

SET = """
from livegan.live import *
settings(bpm=60, swap="4 bars")
show(encode.levels(listen()){chain})
"""
SAFE = """
from livegan.live import *
show(encode.timeline(listen()).blur(2))
"""


class Performance(Show):
    """A show with a safe set beside it."""

    def __init__(self, folder: Path, safe: str | None = SAFE, fallback: str = SAFE) -> None:
        super().__init__(folder, SET.format(chain=""))
        paths = [folder / "sets" / "safe.py", folder / "sets" / "packaged.py"]
        for path, text in zip(paths, (safe, fallback), strict=True):
            if text is not None:
                path.write_text(text)
        own = Builder(folder, size=SIZE)
        self.safe = SafeSet(paths, own, self.player, self.emit)

    def told(self, kind: str) -> list[tuple[object, ...]]:
        keys = {"safe": ("ready", "reason"), "commit": ("status", "version", "safe")}[kind]
        return [tuple(m[k] for k in keys) for m in self.messages if m["type"] == kind]


def test_it_is_on_the_air_with_the_next_frame_and_off_again(tmp_path: Path) -> None:
    show = Performance(tmp_path)
    show.save()
    show.safe.prove()
    assert show.told("safe") == [(True, "")]
    show.play(0.2)
    show.safe.switch()
    assert show.play()[-1].version == 2 and show.safe.on_air
    assert show.told("commit")[-1] == ("on_air", 2, True)
    show.safe.switch()
    assert show.play()[-1].version == 1 and not show.safe.on_air
    assert show.messages[-1]["reason"] == "undo"


def test_a_save_takes_it_off_the_air_and_nothing_goes_back_to_it(tmp_path: Path) -> None:
    show = Performance(tmp_path)
    show.save()
    show.safe.prove()
    show.play(0.2)
    show.safe.switch()
    show.play(0.2)
    commit = show.save(SET.format(chain=".invert()").replace("4 bars", "now"))
    assert commit is not None and commit.status != "refused"
    assert show.play(0.2)[-1].version == 3
    show.pipeline.undo()
    assert show.play(0.2)[-1].version == 1, "not the safe set"


def test_what_plays_before_is_kept_while_it_plays(tmp_path: Path) -> None:
    show = Performance(tmp_path)
    show.save()
    show.safe.prove()
    show.play(0.2)
    show.safe.switch()
    show.play(0.2)
    commit = show.save(SET.format(chain=".invert()"))
    assert commit is not None and commit.kept and commit.built == ["show.invert"]


def test_a_file_beside_the_set_takes_nothing_off_and_a_save_of_the_same_does(
    tmp_path: Path,
) -> None:
    show = Performance(tmp_path)
    show.save()
    show.safe.prove()
    show.play(0.2)
    show.safe.switch()
    show.play(0.2)
    (show.folder / "sets" / ".set.py.swp").write_text("an editor was here")
    text = show.path.read_text()
    assert show.pipeline.propose(text) is None
    assert show.safe.on_air
    beside = show.path.with_suffix(".new")
    beside.write_text(text)
    beside.replace(show.path)
    assert show.pipeline.propose(text) is not None


def test_one_that_cannot_play_is_told_and_the_packaged_one_is_ready(tmp_path: Path) -> None:
    show = Performance(tmp_path, SAFE.replace("timeline", "timelime"))
    show.safe.prove()
    (refused, ready) = show.told("safe")
    assert refused[0] is False and "did you mean 'timeline'" in str(refused[1])
    assert ready == (True, "") and show.safe.path.name == "packaged.py"


def test_with_none_at_all_the_key_says_so(tmp_path: Path) -> None:
    show = Performance(tmp_path, None, "")
    show.save()
    show.safe.prove()
    show.play()
    assert [ready for ready, _ in show.told("safe")] == [False, False]
    show.safe.switch()
    assert show.play()[-1].version == 1
    assert "not ready" in show.messages[-1]["text"]


def test_asked_for_before_it_is_proven_it_comes_when_it_is(tmp_path: Path) -> None:
    show = Performance(tmp_path)
    show.save()
    show.play()
    show.safe.switch()
    assert show.play()[-1].version == 1
    show.safe.prove()
    assert show.play()[-1].version == 2


def test_with_nothing_before_it_the_set_is_to_be_read_again(tmp_path: Path) -> None:
    show = Performance(tmp_path)
    show.safe.prove()
    show.safe.switch()
    show.play()
    assert show.safe.on_air and not show.pipeline.read_again.is_set()
    show.safe.switch()
    assert show.safe.on_air and show.pipeline.read_again.is_set()


def test_the_packaged_one_names_no_model() -> None:
    assert "model(" not in (share.folder("sets") / "safe.py").read_text()
