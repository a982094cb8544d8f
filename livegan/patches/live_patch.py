"""One patch of a show, between the rings: a hop of each sound in, a hop of its own out."""

from __future__ import annotations

import contextlib
import io
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from livegan.engine.commit.script import Refusal, refusal_of, run
from livegan.engine.program.hearings import Hearings, RingSounds
from livegan.graph.patch import PatchSound, patches_of
from livegan.ipc.control_table import ControlTable
from livegan.ipc.sound_ring import SoundRing, ring_of
from livegan.patches.built_patch import Array
from livegan.patches.hop_values import PatchValues
from livegan.patches.player import PatchPlayer, fade_in
from livegan.patches.seen_pictures import SeenPictures
from livegan.sound import HOP, RATE
from livegan.sound.features import FEATURES
from livegan.sound.hearing.analysis import Analyzer

PATIENT_HOPS = 3
"""How long a patch waits for the sound of another patch, before it plays on with silence."""
LATE_HOPS = 20
"""A patch that is later than this leaves hops out: it is to be in time again."""
SILENCE = np.zeros((HOP, 2), np.float32)


class LivePatch:
    """Plays the patch of a key. All calls but `prepare` are of one thread.

    Parameters
    ----------
    names : of shared memory: ``sound_ring``, ``control_table`` and ``seen_table``.
    note : receives lines for the performer.
    """

    def __init__(self, key: str, names: Mapping[str, str], note: Callable[[str], None]) -> None:
        self.key, self._note = key, note
        self.main = SoundRing.attach(names["sound_ring"])
        self.own = SoundRing.attach(ring_of(self.main.name, key))
        self._controls = ControlTable.attach(names["control_table"])
        self._seen = SeenPictures(ControlTable.attach(names["seen_table"]))
        self._rings = RingSounds(self.main)
        self._hearings = Hearings(self.main, self._rings)
        self._analyzer = Analyzer()
        self._patch: PatchSound | None = None
        self._player: PatchPlayer | None = None
        self._values = PatchValues(self._controls.snapshot)
        self._prepared: tuple[PatchSound | Refusal, dict[str, Any]] | None = None
        self._path = Path()
        self._ending = 0
        self._behind_said = 0.0
        done = self.own.position // HOP
        # One that died between sound and features left out the features.
        self._fill_features(done)
        self.next_hop = max(self.main.hops, done)
        """The hop that is played next."""

    # Sets ----------------------------------------------------------------------------------------

    def prepare(self, set_: dict[str, Any]) -> None:
        """Read a set, and have its patch played from the next hop on. From any thread."""
        self._prepared = read_patch(self.key, Path(set_["set"]), str(set_["text"])), set_

    def prepare_beside(self, set_: dict[str, Any]) -> None:
        """`prepare` on a thread of its own, while this one plays."""
        threading.Thread(
            target=self.prepare, args=(set_,), name="reads the set", daemon=True
        ).start()

    def _adopt(self) -> None:
        """Play what was prepared.

        Raises
        ------
        Refusal
            If it cannot be built and nothing played; what plays plays on.
        """
        assert self._prepared is not None
        (patch, set_), self._prepared = self._prepared, None
        try:
            if isinstance(patch, Refusal):
                raise patch
            self._path = Path(set_["set"])
            seed, bar = int(set_["seed"]), int(set_["beats_per_bar"])
            if (self._values.seed, self._values.beats_per_bar) != (seed, bar):
                self._values = PatchValues(self._controls.snapshot, seed, bar)
            if self._player is None:
                self._player = PatchPlayer(seed, self._failed)
            self._hearings.keep([each.key for each in patch.sounds])
            now = self._values.at(patch, *self._moment(self.next_hop))
            try:
                self._player.use(patch, now, len(patch.inputs))
            except Exception as error:
                raise refusal_of(error, self._path, 0.0) from None
            self._patch = patch
        except Refusal as refusal:
            if self._patch is None:
                raise
            self._note(f"{self._said(refusal)}; what played plays on")

    def _moment(self, hop: int) -> tuple[Any, ...]:
        at = hop * HOP
        return self._hearings.show.at(at), self._hearings.at(at), self._seen.at(at / RATE)

    def _failed(self, what: str, error: BaseException | None) -> None:
        place = self._patch.place if self._patch is not None else None
        refusal = Refusal(what, place)
        if error is not None:
            found = refusal_of(error, self._path, 0.0)
            refusal = Refusal(f"{what}: {found.reason}", found.place or place)
        self._note(self._said(refusal))

    def _said(self, refusal: Refusal) -> str:
        line = f" (line {refusal.place.line})" if refusal.place is not None else ""
        name = self.key.partition(":")[2]
        return f"patch {name}{line}: {refusal.reason}"

    # Hops ----------------------------------------------------------------------------------------

    def step(self) -> bool:
        """Play the next hop, if it is time; whether it was.

        Raises
        ------
        Refusal
            If the first set that it is given has no patch that can be built.
        """
        hop = self.next_hop
        heard = self.main.position // HOP
        if heard <= hop or self.main.hops < hop:
            return False
        if heard - hop > LATE_HOPS:
            self._leave_out(heard - 1)
            return True
        if self._prepared is not None:
            self._adopt()
        if self._patch is None or self._player is None:
            return False
        given: list[Array] = []
        for each in self._patch.inputs:
            block = self._input(each.key, hop, heard) if each is not None else SILENCE
            if block is None:
                return False
            given.append(block)
        values = self._values.at(self._patch, *self._moment(hop))
        out = self._player.play(given, values)
        if self._ending:
            out = out * (1 - fade_in(min(self._ending, 5) - 1))
            self._ending += 1
        self._write(out)
        return True

    def end(self) -> None:
        """Fade out within 50 ms; `ended` then."""
        self._ending = self._ending or 1

    @property
    def ended(self) -> bool:
        """Whether it has faded out."""
        return self._ending > 5

    def _input(self, key: str, hop: int, heard: int) -> Array | None:
        """A hop of a sound; None while it is worth waiting for."""
        start, stop = hop * HOP, (hop + 1) * HOP
        if not key:
            return self.main.samples(start, stop)
        ring = self._rings.history(key)
        if ring is None:
            return SILENCE
        if ring.position < stop and heard - hop <= PATIENT_HOPS:
            return None
        return ring.samples(start, stop)

    def _write(self, out: Array) -> None:
        begin = self.next_hop * HOP
        missing = begin - self.own.position
        if missing > 0:  # there was no process for a while
            self.own.write(np.zeros((missing, 2), np.float32))
            self._fill_features(self.next_hop)
        self.own.write(out)
        self.own.write_features(self._analyzer.feed(out))
        self.next_hop += 1

    def _fill_features(self, hops: int) -> None:
        missing = hops - self.own.hops
        if missing > 0:
            self.own.write_features(np.zeros((missing, len(FEATURES))))

    def _leave_out(self, hop: int) -> None:
        """Be in time again, at the price of a pause that fades out and in."""
        assert hop > self.next_hop
        if self._player is not None:
            self._write(self._player.pause())
        self.next_hop = hop
        now = time.monotonic()
        if now - self._behind_said > 10.0:
            self._behind_said = now
            self._note(
                f"patch {self.key.partition(':')[2]} is late and leaves out sound: the machine is "
                "busy, or the patch needs too much of it"
            )

    def close(self) -> None:
        """Let go of everything."""
        if self._player is not None:
            self._player.close()
        self._rings.close()
        for memory in (self.main, self.own, self._controls):
            memory.close()


def read_patch(key: str, path: Path, text: str) -> PatchSound | Refusal:
    """The patch of a key in a set, or why there is none."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # the engine has printed it already
            graph = run(path, text).graph
    except Refusal as refusal:
        return refusal
    found = next((each for each in patches_of(graph.sounds) if each.key == key), None)
    return found or Refusal(f"the set has no patch {key!r} any more")
