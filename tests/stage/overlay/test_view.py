"""What the performer is told follows the engine's messages."""

from __future__ import annotations

from typing import Any

from livegan.stage.overlay.view import MEND, NOTE_SECONDS, NOTES, View
from tests.stage.heard import heard, row


def after(*messages: dict[str, Any], view: View | None = None) -> View:
    view = view or View()
    for number, message in enumerate(messages):
        view = view.take(row(message), float(number))
    return view


def test_a_refusal_is_one_line_with_its_place_until_the_next_success() -> None:
    refused = {
        "type": "commit",
        "status": "refused",
        "reason": "there is no\n model 'x'",
        "file": "/home/me/sets/four.py",
        "where": "/home/me/sets/four.py:7",
        "source": "b",
    }
    view = after(refused)
    assert view.code == "b"
    assert view.refusal == "four.py:7: there is no model 'x'"
    assert (view.refused_line, view.refused_at) == (7, "/home/me/sets/four.py:7")
    assert view.commit == "refused"
    aired = {"type": "commit", "status": "on_air", "version": 3, "source": "a", "changed": [1]}
    view = after(aired, view=view)
    assert (view.refusal, view.refused_line, view.version, view.commit) == ("", None, 3, "on_air")
    assert (view.source, view.code, view.changed) == ("a", "a", (1,))
    view = after({**refused, "where": "/home/me/sets/tools.py:7"}, view=view)
    assert view.refused_line is None, "it is no line of the set"
    assert view.refused_at == "/home/me/sets/tools.py:7"


def test_a_version_is_on_the_air_since_it_came_there_though_its_engine_was_replaced() -> None:
    aired = {"type": "commit", "status": "on_air", "version": 3, "source": "a", "on_air_at": 8.5}
    view = after(aired, {**aired, "on_air_at": 20.0})
    assert view.on_air_at == 8.5
    assert after({**aired, "version": 4, "on_air_at": 30.0}, view=view).on_air_at == 30.0


def test_the_values_of_a_frame_are_kept_until_the_next() -> None:
    values = {"type": "values", "version": 1, "signals": [], "nodes": [{"name": "a", "ms": 1.0}]}
    view = after(values, {**values, "nodes": [{"name": "a", "ms": 2.0}]})
    assert view.values is not None and view.values.nodes == [{"name": "a", "ms": 2.0}]


def test_what_plays_stays_while_the_next_program_is_refused() -> None:
    aired = {"type": "commit", "status": "on_air", "version": 3, "source": "a", "changed": []}
    refused = {"type": "commit", "status": "refused", "version": 0, "source": "", "where": ""}
    view = after(aired, {"type": "commit", "status": "proposed", "source": ""}, refused)
    assert (view.version, view.source) == (3, "a")


def test_a_fault_names_its_node() -> None:
    fault = {"type": "fault", "node": "spikes", "where": "s.py:2", "reason": "division by zero"}
    assert after(fault).refusal == "s.py:2: spikes: division by zero"


def test_it_says_what_is_waited_for() -> None:
    assert after().waiting == "starting the engine"
    view = after({"type": "hello", "device": "cpu"})
    assert view.waiting == "preparing the set"
    assert (
        after({"type": "alive", "node": "loading model city"}, view=view).waiting
        == "loading model city"
    )


def test_the_rate_of_a_dead_engine_is_none() -> None:
    view = after({"type": "alive", "fps": 30}, {"type": "engine", "phase": "dead", "text": "gone"})
    assert (view.engine, view.engine_fps) == ("dead", 0)
    assert view.notes[-1].text == "gone"


def test_notes_fade_and_only_the_newest_are_kept() -> None:
    view = after(*({"type": "note", "text": f"note {n}"} for n in range(NOTES + 2)))
    assert [n.text for n in view.notes] == [f"note {n}" for n in range(2, NOTES + 2)]
    note = view.notes[0]
    assert note.strength(note.at) == 1
    assert 0 < note.strength(note.at + NOTE_SECONDS - 0.5) < 1
    assert view.faded(1000).notes == ()


def test_the_same_note_twice_is_shown_once() -> None:
    assert len(after(*[{"type": "note", "text": "saved"}] * 3).notes) == 1


def test_other_messages_change_nothing() -> None:
    view = View()
    assert view.take(heard("ready", version=1), 1) == view
    assert view.take(heard("safe", ready=True, file="safe.py"), 1) == view


def test_a_set_refused_at_the_start_is_waited_for_until_it_is_mended() -> None:
    view = View().take(row({"type": "hello", "device": "x"}), 0.0)
    view = view.take(row({"type": "commit", "status": "refused", "reason": "no"}), 1.0)
    assert view.take(row({"type": "alive", "fps": 0, "node": ""}), 1.2).waiting == MEND
    assert view.engine_state == "no set", "the engine has started, and nothing can be played"
    view = view.take(row({"type": "alive", "fps": 0, "node": "testing wave"}), 1.4)
    assert view.waiting == "testing wave"


def test_what_is_awaited_stays_until_it_is_back() -> None:
    gone = {"type": "waiting", "for": "sound", "text": "sound input 'mic' is gone"}
    lost = {"type": "waiting", "for": "set", "text": "waiting for set.py"}
    view = after({"type": "note", "text": gone["text"]}, gone, lost)
    assert view.faded(1000).awaited == (("sound", gone["text"]), ("set", lost["text"]))
    assert view.notes == ()
    assert after(gone, lost, {**gone, "text": ""}).awaited == (("set", lost["text"]),)
