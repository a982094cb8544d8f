"""The room hears patches, and sound from afar if it is asked for."""

from __future__ import annotations

from typing import Any

import numpy as np

from livegan.ipc.sound_ring import SoundRing, ring_of
from livegan.patches.room_guest import RoomPlayer
from livegan.sound import HOP
from livegan.stage.patch_guests.room_output import RoomOutput
from tests.sound.test_listening import until


class SomeGuest:
    """Keeps what it is told."""

    gone = False

    def __init__(self) -> None:
        self.told: list[Any] = []

    def send(self, message: dict[str, Any]) -> None:
        self.told.append(message["hear"])

    def next(self, seconds: float) -> None:
        return None

    def close(self) -> None:
        self.gone = True


def test_patches_and_sound_from_afar_are_played_by_one_process() -> None:
    guests: list[SomeGuest] = []

    def start(target: str, options: dict[str, Any]) -> SomeGuest:
        guests.append(SomeGuest())
        return guests[-1]

    with SoundRing.create(1) as ring:
        room = RoomOutput(ring, "", print, start)
        room.monitor([])
        assert not guests
        room.monitor([""])
        until(lambda: bool(guests) and guests[0].told == [[""]])
        room.hear(["patch:a"])
        room.monitor([""])
        room.monitor([])
        until(lambda: guests[0].told[-2:] == [["patch:a", ""], ["patch:a"]])
        room.close()
    assert len(guests) == 1


def test_another_output_is_played_through_by_a_new_process_and_is_no_fault() -> None:
    devices: list[str] = []
    guests: list[SomeGuest] = []
    notes: list[str] = []

    def start(target: str, options: dict[str, Any]) -> SomeGuest:
        devices.append(options["device"])
        guests.append(SomeGuest())
        return guests[-1]

    with SoundRing.create(1) as ring:
        room = RoomOutput(ring, "", notes.append, start)
        room.play_on("Speakers")
        room.hear(["patch:a"])
        until(lambda: devices == ["Speakers"])
        room.play_on("USB Audio:3,4")
        until(lambda: devices == ["Speakers", "USB Audio:3,4"] and guests[1].told == [["patch:a"]])
        room.close()
    assert guests[0].gone and notes == []


def test_the_shows_own_sound_and_an_input_are_read_from_their_rings() -> None:
    with (
        SoundRing.create(1) as ring,
        SoundRing.create(1, name=ring_of(ring.name, "band")) as band,
    ):
        ring.write(np.full((HOP, 2), 0.5, np.float32))
        band.write(np.full((HOP, 2), 0.25, np.float32))
        player = RoomPlayer(ring, "")
        assert player._read("", 0, HOP).max() == 0.5
        assert player._read("band", 0, HOP).max() == 0.25
        player.hear([""])
        assert player._what == "the sound is"
        player.hear(["", "patch:a"])
        assert player._what == "the sound and patches are"
        player.close()
