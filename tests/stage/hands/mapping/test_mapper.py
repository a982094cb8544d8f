"""Faders, encoders, notes and addresses move knobs as the mapping says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from livegan.ipc.control_table import ControlTable
from livegan.stage.hands.mapping.mapper import Mapper
from livegan.stage.hands.mapping.route import read_mapping

KNOBS = [
    {"name": "hue", "default": 0.0, "low": 0.0, "high": 1.0},
    {"name": "size", "default": 10.0, "low": 0.0, "high": 20.0},
]


BACK = "feedback = true\nport = 'nano'"


class Desk:
    """A mapper over a real table, played by hand."""

    def __init__(self, table: ControlTable) -> None:
        self.table, self.time, self.notes = table, 0.0, list[str]()
        self.hits: list[float] = []
        self.cues = list[str]()
        self.mapper = Mapper(table.snapshot, self.set, self.notes.append, self.cues.append)
        self.mapper.know(KNOBS)

    def set(self, name: str, value: float, time: float) -> None:
        if name.startswith("pad/"):
            self.hits.append(round(value, 3))
        self.table.set(name, value, time)

    def map(self, text: str) -> None:
        self.mapper.follow(read_mapping(text))

    def send(self, name: str, *values: float) -> None:
        for value in values:
            self.mapper.look()
            self.mapper.take(name, value, self.time)

    def cc(self, number: int, *values: int, port: str = "nano", channel: int = 1) -> None:
        self.send(f"midi/{port}/{channel}/cc {number}", *(value / 127 for value in values))

    def knob(self, name: str = "hue") -> float | None:
        control = self.table.get(f"knob/{name}")
        return None if control is None else control.value


@pytest.fixture
def desk() -> Iterator[Desk]:
    with ControlTable.create() as table:
        yield Desk(table)


def route(more: str, knob: str = "hue") -> str:
    return f"[[map]]\nknob = '{knob}'\n{more}\n"


def test_a_fader_moves_its_knob_over_the_range_of_the_knob(desk: Desk) -> None:
    desk.map(route("cc = 7", "size") + route("cc = 8\nrange = [1, 0.5]\ncurve = 2\npickup = false"))
    desk.cc(7, 0, 127)
    assert desk.knob("size") == 20.0
    desk.cc(8, 0)
    assert desk.knob() == 1.0
    desk.send("midi/nano/1/cc 8", 0.5)
    assert desk.knob() == 1 - 0.5 * 0.25
    desk.cc(9, 5)
    desk.send("midi/nano/1/note 8", 0.9)
    desk.send("knob/other", 1.0)
    assert len(desk.table.names()) == 2


def test_only_the_named_device_and_channel_move_it_and_two_can(desk: Desk) -> None:
    desk.map(
        route("cc = 7\nport = 'Nano'\nchannel = 2\npickup = false")
        + route("cc = 9\nport = 'launch'\npickup = false")
    )
    desk.cc(7, 127)
    desk.cc(7, 127, port="launch", channel=2)
    assert desk.knob() is None
    desk.cc(7, 127, port="my/nanoKONTROL", channel=2)
    assert desk.knob() == 1.0
    desk.cc(9, 0, port="Launch Control", channel=5)
    assert desk.knob() == 0.0, "what moved last counts"


def test_a_fader_that_does_not_match_waits_until_it_passes_the_knob(desk: Desk) -> None:
    desk.map(route("cc = 7", "size"))
    desk.cc(7, 100, 127, 90)
    assert desk.knob("size") is None and len(desk.notes) == 1
    assert desk.notes[0].startswith("size is at 10 and its fader at 15.7: it follows once")
    desk.cc(7, 40)
    assert desk.knob("size") == pytest.approx(20 * 40 / 127), "it jumped over the knob"
    desk.cc(7, 41)
    assert desk.knob("size") == pytest.approx(20 * 41 / 127)
    desk.table.set("knob/size", 15.0, 1.0)  # the phone
    desk.cc(7, 42, 50)
    assert desk.knob("size") == 15.0, "it left the fader behind"
    desk.cc(7, 95)
    assert desk.knob("size") == pytest.approx(20 * 95 / 127), "near enough, or past it"
    assert len(desk.notes) == 1


@pytest.mark.parametrize(
    ("relative", "up", "down"),
    [("twos-complement", 1, 127), ("binary-offset", 65, 63), ("sign-magnitude", 1, 65)],
)
def test_an_encoder_turns_the_knob_from_where_it_is(
    desk: Desk, relative: str, up: int, down: int
) -> None:
    desk.map(route(f"cc = 16\nrelative = '{relative}'\nsteps = 10", "size"))
    desk.cc(16, up)
    assert desk.knob("size") == pytest.approx(12.0)
    desk.table.set("knob/size", 19.0, 1.0)
    desk.cc(16, up, up)
    assert desk.knob("size") == 20.0, "its end"
    desk.cc(16, down, down)
    assert desk.knob("size") == pytest.approx(16.0)
    desk.mapper.look()
    for _ in range(3):  # many before the table is looked at again
        desk.mapper.take("midi/nano/1/cc 16", down / 127, 0.0)
    assert desk.knob("size") == pytest.approx(10.0)


def test_a_pair_of_controllers_is_one_fader_of_14_bits(desk: Desk) -> None:
    desk.map(route("cc = 7\nbits = 14\npickup = false"))
    desk.cc(7, 64)
    assert desk.knob() == pytest.approx(64 / 127), "one without a fine part goes to its ends, too"
    desk.cc(39, 1)
    assert desk.knob() == pytest.approx((64 * 128 + 1) / 16383)
    desk.cc(7, 65)
    assert desk.knob() == pytest.approx((64 * 128 + 1) / 16383), "the fine part is to come"
    desk.cc(39, 0)
    assert desk.knob() == pytest.approx(65 * 128 / 16383)
    desk.cc(7, 127)
    desk.cc(39, 127)
    assert desk.knob() == 1.0


def test_an_nrpn_is_heard_when_its_number_was_selected(desk: Desk) -> None:
    desk.map(route("nrpn = 300\npickup = false"))
    for number, value in ((99, 2), (98, 43), (6, 100), (38, 1)):
        desk.cc(number, value)
    assert desk.knob() is None, "parameter 299"
    for number, value in ((98, 44), (6, 100)):
        desk.cc(number, value)
    assert desk.knob() == pytest.approx(100 * 128 / 16383, abs=0.01)
    desk.cc(38, 5)
    assert desk.knob() == pytest.approx((100 * 128 + 5) / 16383)


def test_an_osc_address_moves_a_knob_at_once(desk: Desk) -> None:
    desk.map(route("osc = '/fader'\narg = 1\ninput = [0, 127]", "size"))
    desk.send("osc/fader#0", 127.0)
    assert desk.knob("size") is None
    desk.send("osc/fader#1", 127.0, 500.0)
    assert desk.knob("size") == 20.0
    desk.send("osc/fader#1", -3.0)
    assert desk.knob("size") == 0.0


def test_bend_and_pressure_and_notes_move_it_without_waiting(desk: Desk) -> None:
    desk.map(route("bend = true") + route("note = 36", "size") + route("aftertouch = 60", "size"))
    desk.send("midi/nano/1/bend", 0.5)
    assert desk.knob() == 0.75
    desk.send("midi/nano/1/note 36", 1.0)
    assert desk.knob("size") == 20.0
    desk.send("midi/nano/1/note 36", 0.0)
    assert desk.knob("size") == 0.0
    desk.send("midi/nano/1/pressure 60", 0.5)
    assert desk.knob("size") == 10.0


def test_a_pad_is_hit_by_a_note_each_time_and_by_a_fader_as_it_leaves_its_end(desk: Desk) -> None:
    desk.map("[[map]]\npad = 'hit'\nnote = 36\n[[map]]\npad = 'hit'\ncc = 20\nrange = [0, 0.5]\n")
    desk.send("midi/nano/10/note 36", 0.4, 0.6, 0.0)
    assert desk.hits == [0.4, 0.6]
    desk.cc(20, 127, 100, 0, 0, 127)
    assert desk.hits == [0.4, 0.6, 0.5, 0.5]


def test_a_scene_is_played_by_each_blow_and_by_the_number_of_a_program(desk: Desk) -> None:
    desk.map(
        "[[map]]\nscene = 'dark'\nnote = 40\n[[map]]\nscene = 2\ncc = 64\n"
        "[[map]]\nscene = true\nprogram = true\nchannel = 3\n"
    )
    desk.send("midi/nano/10/note 40", 0.4, 0.0)
    desk.cc(64, 127, 127, 0)
    desk.send("midi/nano/3/program", 0.0, 4.0)
    desk.send("midi/nano/4/program", 7.0)
    assert desk.cues == ["dark", "2", "1", "5"]
    assert not desk.table.names(), "no control is set"


def test_a_glide_goes_to_the_new_place_step_by_step_and_gives_way_to_another_hand(
    desk: Desk,
) -> None:
    desk.map(route("cc = 7\nglide = 1.0", "hue"))
    desk.cc(7, 0, 127)

    def glide(time: float) -> float | None:
        desk.mapper.look()
        desk.mapper.glide(time)
        return desk.knob()

    assert desk.mapper.gliding and glide(1.0) == pytest.approx(1 - 0.3679, abs=1e-3)
    assert glide(2.0) == pytest.approx(1 - 0.1353, abs=1e-3)
    assert glide(20.0) == 1.0 and not desk.mapper.gliding
    desk.time = 20.0
    desk.cc(7, 0)
    glide(20.5)
    desk.table.set("knob/hue", 0.9, 21.0)
    assert glide(22.0) == 0.9 and not desk.mapper.gliding
    desk.cc(7, 60, 61)
    assert glide(30.0) == 0.9, "it waits for the knob again"


def test_a_knob_that_the_set_does_not_have_is_left_alone(desk: Desk) -> None:
    desk.map(route("cc = 7", "gone"))
    desk.cc(7, 0, 127)
    assert desk.table.names() == ()
    desk.mapper.know([{"name": "gone", "default": 1.0, "low": 0.0, "high": 1.0}])
    desk.cc(7, 127, 50)
    assert desk.knob("gone") == pytest.approx(50 / 127)


def test_a_save_of_the_mapping_keeps_what_its_faders_hold(desk: Desk) -> None:
    desk.map(route("cc = 7"))
    desk.cc(7, 0, 100)
    desk.map(route("cc = 7") + route("cc = 9", "size"))
    desk.cc(7, 30)
    assert desk.knob() == pytest.approx(30 / 127)


def test_the_places_of_knobs_with_feedback_are_known(desk: Desk) -> None:
    desk.map(route(f"cc = 7\nrange = [1, 0]\ncurve = 2\n{BACK}") + route("cc = 8"))
    places: Callable[[], Any] = lambda: [(p.route.number, p.at) for p in desk.mapper.places()]  # noqa: E731
    desk.mapper.look()
    assert places() == [(7, 1.0)]
    desk.table.set("knob/hue", 0.75, 1.0)
    desk.mapper.look()
    assert places() == [(7, 0.5)]


def test_a_control_that_was_just_learnt_takes_hold_at_once(desk: Desk) -> None:
    desk.mapper.learnt = "midi/nano/1/cc 7"
    desk.map(route("cc = 7") + route("cc = 8", "size"))
    desk.cc(7, 100)
    desk.cc(8, 100)
    assert desk.knob() == pytest.approx(100 / 127) and desk.knob("size") is None
    desk.table.set("knob/hue", 0.1, 9.0)
    desk.cc(7, 101)
    assert desk.knob() == 0.1, "from then on it waits as all do"
