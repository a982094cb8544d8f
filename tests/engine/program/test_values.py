"""What the expressions and nodes of a set are worth in a frame, by line."""

from __future__ import annotations

from pathlib import Path

from livegan.engine.program.values import MOST, LiveValues, named_signals
from livegan.ipc.messages import FROM_ENGINE, LineValues
from livegan.ipc.wire import decode, encode
from tests.engine.playing import Show

SET = """\
from livegan.live import *
from beside import slow
settings(swap="now", bpm=120, dissolve=0)
sound = listen()
hue = knob("hue", 0.3)
wave = encode.waveform(sound)
show(wave.hue(hue).blur(2 + 4 * sound.low).brightness(slow()).mix(prev(), lfo(beats=8) * 0.5))
"""
BESIDE = """\
from livegan.live import *

def slow():
    return listen().high.smooth(0.5) * 0.1
"""


def values(show: Show) -> LineValues:
    assert show.player.newest is not None
    found: LineValues = decode(encode(LiveValues().of(*show.player.newest)), FROM_ENGINE)
    return found


def test_each_expression_has_its_value_at_its_line(tmp_path: Path) -> None:
    show = Show(tmp_path, SET)
    (show.path.parent / "beside.py").write_text(BESIDE)
    show.save()
    show.play(0.2)
    found = values(show)
    rows = {(r["file"], r["line"], r["name"]): (r["value"], r["role"]) for r in found.signals}
    beside = str(show.path.parent / "beside.py")
    low = show.player.hearings.show.at(show.history.position).low
    assert rows["", 7, "sound.low"] == (float(f"{low:.4g}"), "part")
    assert rows["", 5, "knob hue"] == (0.3, "value")
    assert rows["", 7, "radius"] == (float(f"{2 + 4 * low:.4g}"), "parameter")
    assert rows[beside, 4, ""][1] == "value" and rows[beside, 4, "sound.high"][1] == "part"
    assert rows["", 7, "lfo"][1] == "part" and ("", 7, "beats") not in rows
    assert found.version == 1


def test_each_node_has_its_time_at_its_line(tmp_path: Path) -> None:
    show = Show(tmp_path, SET)
    (show.path.parent / "beside.py").write_text(BESIDE)
    show.save()
    show.play(0.08)
    nodes = {row["name"]: row for row in values(show).nodes}
    assert nodes["wave"]["line"] == 6 and nodes["wave"]["kind"] == "encoder"
    assert nodes["wave"]["ms"] > 0
    assert "prev" not in {row["kind"] for row in nodes.values()}


def test_a_set_of_any_size_has_only_so_many_rows(tmp_path: Path) -> None:
    more = "\n".join(f"wave = wave.hue(sound.low * {n})" for n in range(1, 150))
    show = Show(tmp_path, f"{SET.replace('from beside import slow', '')}")
    text = SET.replace("from beside import slow\n", "").replace(".brightness(slow())", "")
    show.save(text.replace("show(", f"{more}\nshow("))
    assert show.player.cued is not None
    assert len(named_signals(show.player.cued.program)) == MOST
