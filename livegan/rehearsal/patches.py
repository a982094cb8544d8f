"""The patches of a rehearsal: played in this process, hop by hop, as far as pictures are drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from livegan.engine.commit.script import Refusal, refusal_of
from livegan.engine.program.hearings import Hearings, NoSounds, Sounds
from livegan.engine.program.player import Controls
from livegan.engine.program.program import Program
from livegan.graph.patch import PatchSound
from livegan.ipc.messages import Fault
from livegan.patches.built_patch import Array
from livegan.patches.hop_values import PatchValues
from livegan.patches.player import PatchPlayer
from livegan.patches.pyo_library import NoPyo, load_pyo
from livegan.patches.room import RoomMix
from livegan.patches.seen_pictures import Eased
from livegan.sound import HOP, RATE
from livegan.sound.features import FEATURES, Rows
from livegan.sound.hearing.analysis import Analyzer
from livegan.sound.history import History
from livegan.sound.limiter import limited
from livegan.sound.soundtrack import KEPT, Playhead, Tail

SILENCE = np.zeros((HOP, 2), np.float32)


class PatchTrack:
    """The sound of one patch as far as it was played: a `livegan.sound.history.History`."""

    def __init__(self, hops: int) -> None:
        """It begins after so many hops, which are silent."""
        self._begin = hops
        self._sound = Tail(KEPT, 2)
        self._rows = Tail(KEPT // HOP, len(FEATURES), np.float64)
        self._analyzer = Analyzer()

    def add(self, hop: Array) -> None:
        """One hop more, analysed as that of a show is."""
        self._sound.add(hop)
        self._rows.add(self._analyzer.feed(hop))

    @property
    def position(self) -> int:
        """Samples since the show began."""
        return self._begin * HOP + self._sound.end

    @property
    def hops(self) -> int:
        """Hops since the show began."""
        return self._begin + self._rows.end

    def samples(self, start: int, stop: int) -> Array:
        """(stop - start, 2) float32."""
        begin = self._begin * HOP
        found: Array = self._sound.span(start - begin, stop - begin)
        return found

    def features(self, start: int, stop: int) -> Rows:
        """(stop - start, F) float64, a row a hop."""
        found: Rows = self._rows.span(start - self._begin, stop - self._begin)
        return found


class RehearsedPatches:
    """The sounds of a rehearsal, by key: its patches, and what else there is.

    The same set, sound and seed give the same samples, however many pictures are drawn.
    """

    def __init__(
        self,
        show: Playhead,
        controls: Controls,
        fault: Callable[[Fault], None],
        others: Sounds | None = None,
    ) -> None:
        """``show`` is the show's own sound; ``others`` are sounds that are no patches."""
        self._show, self._controls, self._fault = show, controls, fault
        self._others = others or NoSounds()
        self._hearings = Hearings(show, self)
        self._tracks: dict[str, PatchTrack] = {}
        self._players: dict[str, PatchPlayer] = {}
        self._values: dict[str, PatchValues] = {}
        self._patches: list[PatchSound] = []
        self._program: Program | None = None
        self._eased = Eased()
        self._room = RoomMix()
        self._sum = hashlib.sha256()
        self._done = 0
        self.seed = 0

    def history(self, key: str) -> History | None:
        """The sound of a key."""
        return self._tracks.get(key) or self._others.history(key)

    def close(self) -> None:
        """Let go of all."""
        for player in self._players.values():
            player.close()
        self._players.clear()
        self._others.close()

    def use(self, program: Program, position: int) -> None:
        """Play the patches of a program from ``position`` on; in a fade, where one is another."""
        if program is self._program:
            return
        self._program = program
        self._patches = program.graph.patches
        if not self._tracks:
            self._done = position // HOP
        if not self._patches:
            return
        try:
            load_pyo()
        except NoPyo:  # the builder has said so
            self._patches = []
            return
        said = int(program.graph.settings.get("seed", -1))
        seed = said if said >= 0 else self.seed
        bar = int(program.setting("beats_per_bar", 4))
        self._hearings.keep(program.graph.sounds)
        for patch in self._patches:
            key = patch.key
            if key not in self._players:
                self._players[key] = PatchPlayer(seed, self._teller(patch, program))
                self._tracks[key] = PatchTrack(self._done)
            values = self._values.get(key)
            if values is None or (values.seed, values.beats_per_bar) != (seed, bar):
                self._values[key] = PatchValues(self._controls.snapshot, seed, bar)
            self._begin(patch, program)

    def _begin(self, patch: PatchSound, program: Program) -> None:
        at = self._done * HOP
        sound, sounds = self._hearings.show.at(at), self._hearings.at(at)
        try:
            now = self._values[patch.key].at(patch, sound, sounds, {})
            self._players[patch.key].use(patch, now, len(patch.inputs))
        except Exception as error:  # the proof has let it by
            self._tell(patch, refusal_of(error, program.script.path, 0.0))

    def _teller(
        self, patch: PatchSound, program: Program
    ) -> Callable[[str, BaseException | None], None]:
        path: Path = program.script.path

        def tell(what: str, error: BaseException | None) -> None:
            found = Refusal("") if error is None else refusal_of(error, path, 0.0)
            reason = f"{what}: {found.reason}" if error is not None else what
            self._tell(patch, Refusal(reason, found.place))

        return tell

    def _tell(self, patch: PatchSound, refusal: Refusal) -> None:
        where = str(refusal.place or patch.place or "")
        self._fault(Fault(patch.name, where, refusal.reason, self._done * HOP / RATE))

    def hear(self, position: int, seen: dict[str, float]) -> None:
        """Play on to ``position``; ``seen`` is what the pictures of the last frame look like."""
        if not self._players:
            self._done = max(self._done, position // HOP)
            return
        while self._done < position // HOP:
            self._hop(seen)

    def _hop(self, seen: dict[str, float]) -> None:
        at = self._done * HOP
        sound, sounds = self._hearings.show.at(at), self._hearings.at(at)
        pictures = self._eased.toward(seen)
        playing = {patch.key for patch in self._patches}
        self._room.hear((patch.key for patch in self._patches if patch.audible), self._done)
        for patch in self._patches:
            given = [self._input(each.key, at) if each else SILENCE for each in patch.inputs]
            values = self._values[patch.key].at(patch, sound, sounds, pictures)
            out = self._players[patch.key].play(given, values)
            self._tracks[patch.key].add(out)
            self._sum.update(out.tobytes())
        for key in set(self._tracks) - playing:  # it may come back: its time goes on
            if key in self._players:
                self._tracks[key].add(self._players[key].pause())
                self._players.pop(key).close()
                self._values.pop(key, None)
            else:
                self._tracks[key].add(SILENCE)
        self._done += 1

    def _input(self, key: str, at: int) -> Array:
        if not key:
            return self._show.recording.samples(at, at + HOP)
        history = self.history(key)
        return SILENCE if history is None else history.samples(at, at + HOP)

    @property
    def position(self) -> int:
        """Samples that are played."""
        return self._done * HOP

    @property
    def digest(self) -> str:
        """Of every sample that a patch has played; empty if there was none."""
        return self._sum.hexdigest() if self._tracks else ""

    def room(self, start: int, stop: int) -> Array:
        """What the room hears, by absolute index: the recording and the patches that are heard."""
        return limited(self._added, start, stop)

    def _added(self, start: int, stop: int) -> Array:
        own: Array = self._show.recording.samples(start, stop)
        return own + self._room.mix(self._read, start, stop)

    def _read(self, key: str, start: int, stop: int) -> Array:
        return self._tracks[key].samples(start, stop)
