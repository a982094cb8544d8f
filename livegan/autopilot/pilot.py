"""The pilot: when to make which move, as a state machine with everything given to it.

It is told what is heard, seen and written (`Look`) some times a second and answers with actions.
It reads no clock, no file and no device, so the same looks give the same night.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from livegan.autopilot.actions import (
    Action,
    HurryOn,
    Look,
    PlayOther,
    SayLine,
    Standing,
    WriteSet,
)
from livegan.autopilot.choosing import (
    LIMIT_S,
    MadeEdit,
    MoveFailed,
    chosen,
    made,
    new_words,
    weights,
    wished_boldness,
)
from livegan.autopilot.code_parts import SetWords
from livegan.autopilot.ear import PHRASE, MusicHeard
from livegan.autopilot.edit import taken_back
from livegan.autopilot.looks import Structure, distance, structure
from livegan.autopilot.set_code import SetCode
from livegan.plugin.autopilot_wish import AutopilotWish
from livegan.plugin.move import Move

LEAD = 2.0
"""Beats before its beat that a move is written, so that it is proven in time."""
DROP_GAP = 4.0
"""Beats between a move and one for a drop."""
LONGEST_S = 32.0
"""Seconds between two moves, if there is one to make."""
WAIT_BARS = 8
"""Bars that the autopilot waits after the performer has typed."""
LOOK_S = 40.0
"""Seconds after which a look is old: the move that changes most is made."""
ANOTHER_LOOK = 0.3
"""How far structures are apart that look different."""
OLD_BOLDER = 0.25
"""How much bolder a move may be then."""
CANDIDATES = 4
"""Edits that are compared then."""
CHAINED = ("drop", "section")
"""Occasions that are answered with more than the end of a move."""
MOST_STANDING = 6
"""Edits that stand before the oldest one is taken back."""
SETTLED_BEATS = 8.0
"""A picture that went dead so soon after a move is its fault."""
BACK = "take back"


class Pilot:
    """Plays one show. Not for several threads at once."""

    def __init__(
        self,
        moves: Sequence[Move],
        words: SetWords,
        *,
        seed: int = 0,
        trying: Callable[[str], None] = lambda name: None,
        limit_s: float = LIMIT_S,
    ) -> None:
        """``limit_s`` is how long a move's code may take.

        ``trying`` is told the name of each move before its code is called, and "" after."""
        self._moves = list(moves)
        self._words = words
        self._known = {*words.encoders, *words.mixers}
        self._seed = seed
        self.left_out: set[str] = set()
        """Moves and words that are not chosen any more, as after a veto."""
        self._trying, self._limit_s = trying, limit_s
        self._count = 0
        self._text: str | None = None
        self._standing: list[Standing] = []
        self._recent: list[str] = []
        self._newest: Standing | None = None
        """The edit that was written last, until it proved itself."""
        self._last = float("-inf")
        """When the last move was, or is to be, on the air; in beats."""
        self._last_s = 0.0
        self._due: float | None = None
        """The beat on which what was written is to be on the air."""
        self._waits_until = float("-inf")
        self._repaired: dict[str, int] = {}
        self._look: Structure = frozenset()
        self._look_since = 0.0

    # What the rim tells ---------------------------------------------------------------------------

    def take_over(self, text: str, heard: MusicHeard) -> None:
        """From now on the set is the autopilot's; the first move comes at the next phrase."""
        self._text, self._standing, self._newest, self._due = text, [], None, None
        self._last, self._last_s = heard.beats, heard.time
        self._waits_until = float("-inf")
        self._look = frozenset()
        self._looks(text, heard)

    @property
    def text(self) -> str:
        """What the set's file says, as far as the pilot knows."""
        return self._text or ""

    def waits(self, now: MusicHeard) -> bool:
        """Whether it waits because the performer has typed."""
        return now.beats < self._waits_until

    def refused(self, why: str, now: MusicHeard) -> list[Action]:
        """The newest edit was refused, or failed on the air: it is taken back, and left out."""
        newest, self._newest, self._due = self._newest, None, None
        if newest is None:
            return []
        self.left_out.add(newest.edit.move.name)
        self._last, self._last_s = now.beats, now.time
        line = f"autopilot: the move {newest.edit.move.name} is left out tonight: {why}"
        return [SayLine(line), *self._undo(newest, f"{newest.edit.said} was refused", now)]

    def undone(self, text: str, now: MusicHeard) -> list[Action]:
        """The performer pressed undo, and this text plays: it is what the file is to say."""
        self._newest, self._due = None, None
        self._wait(now)
        if self._text == text:
            return []
        self._text = text
        self._forget()
        return [WriteSet(text, "undone by a key", "", now.time)]

    def veto(self, now: MusicHeard) -> list[Action]:
        """This never again: the last edit that stands is taken back, and not chosen again."""
        if not self._standing:
            return [SayLine("autopilot: there is no move to veto")]
        last = self._standing[-1]
        names = sorted(last.words) or [last.edit.move.name]
        self.left_out.update(names)
        self._newest, self._due = None, None
        self._last, self._last_s = now.beats, now.time
        line = f"autopilot: never again tonight: {', '.join(names)}"
        return [SayLine(line), *self._undo(last, f"veto: no {last.edit.said}", now)]

    # Looking --------------------------------------------------------------------------------------

    def look(self, now: Look) -> list[Action]:
        """What to do at this moment."""
        heard = now.heard
        if self._text is None:
            self.take_over(now.text, heard)
        if now.text != self._text:
            return self._typed(now)
        if heard.beats < self._last - 2 * now.change:  # the count of beats began anew
            self._restart(heard)
        if self._due is not None:
            if heard.beats < self._due:
                return []
            if now.waits:
                return [HurryOn()]
            self._due = None
        if self._newest is not None and heard.beats - self._newest.at > SETTLED_BEATS:
            self._newest = None
        if heard.beats < self._waits_until or now.waits:
            return []
        occasion, at = self._occasion(now)
        if not occasion:
            return []
        return self._move(now, occasion, at)

    def _typed(self, now: Look) -> list[Action]:
        """Another hand has saved the file: wait, then go on from there."""
        waited = now.heard.beats < self._waits_until
        self._text, self._newest, self._due = now.text, None, None
        self._wait(now.heard, now.beats_per_bar)
        self._forget()
        if waited:
            return []
        return [SayLine(f"autopilot: you typed; it waits {WAIT_BARS} bars and goes on from there")]

    def _wait(self, heard: MusicHeard, beats_per_bar: int = 4) -> None:
        self._waits_until = heard.beats + WAIT_BARS * beats_per_bar
        self._last, self._last_s = heard.beats, heard.time

    def _forget(self) -> None:
        """Edits that are not in the text any more are nobody's."""
        text = self._text or ""
        kept = []
        for each in self._standing:
            if taken_back(text, each.edit.before, each.edit.after) is not None:
                kept.append(each)
        self._standing = kept

    def _restart(self, heard: MusicHeard) -> None:
        self._last, self._last_s, self._waits_until = heard.beats, heard.time, float("-inf")
        self._standing = [replace(s, at=heard.beats, until=float("inf")) for s in self._standing]

    def _occasion(self, now: Look) -> tuple[str, float]:
        """What there is to move for, and on which beat; nothing where there is none yet."""
        heard, since = now.heard, now.heard.beats - self._last
        gap = now.change - 0.05
        if heard.begun == "drop" and since >= DROP_GAP:
            return "drop", heard.beats
        trouble = (now.seen.empty or now.seen.dead) and heard.state != "silence"
        if trouble and since >= DROP_GAP and self._repairable(now):
            return "repair", heard.beats
        if heard.begun in ("section", "calm", "silence") and since >= gap:
            return heard.begun, heard.beats
        at = self._planned(now)
        if heard.beats < self._writing_at(at, now.swap):
            return "", at
        occasion = heard.state
        if at - heard.section_at >= 30 and occasion == "steady":
            occasion = "section"  # a long part: as good as another one
        return occasion, at

    def _planned(self, now: Look) -> float:
        """The beat of the next move where nothing happens before: the beginning of a phrase."""
        heard = now.heard
        usual = now.change * (1.0 + 1.5 * (1.0 - now.wish.bold))
        most = LONGEST_S * heard.bpm / 60.0 - 4 * now.beats_per_bar
        wanted = self._last + max(now.change, min(usual, most))
        ending = min((s.until for s in self._standing), default=float("inf"))
        wanted = max(min(wanted, ending), self._last + now.change)
        every = float(4 * now.beats_per_bar)  # a phrase, or half of one
        while every < wanted - self._last and every < PHRASE:
            every *= 2
        at = heard.phrase_after(wanted - every / 2, every)
        if at < self._last + now.change - 1e-6:
            at += every
        return max(at, heard.beats)

    def _writing_at(self, at: float, swap: float) -> float:
        """When a move for that beat is written: as late as it must, so that it does not go on the
        air a bar too early."""
        if swap <= 0:
            return at
        grid = swap * ((at - 1e-6) // swap)
        return max(at - LEAD, grid + 0.05)

    def _repairable(self, now: Look) -> bool:
        who = now.seen.dead or ("",)
        return any(self._repaired.get(name, 0) < 2 for name in who)

    # Moving ---------------------------------------------------------------------------------------

    def _move(self, now: Look, occasion: str, at: float) -> list[Action]:
        heard = now.heard
        self._count += 1
        if occasion == "repair":
            for name in now.seen.dead or ("",):
                self._repaired[name] = self._repaired.get(name, 0) + 1
            if self._newest is not None:
                what = now.seen.empty or "dead"
                return self.refused(f"the picture went {what}", heard)
        over = [s for s in self._standing if s.until <= at + 2 * now.beats_per_bar]
        crowded = len(self._standing) >= MOST_STANDING and occasion not in ("drop", "repair")
        back = over[0] if over else self._standing[0] if crowded else None
        if back is not None and (not over or occasion not in CHAINED):
            actions = self._undo(back, f"{_spoken(occasion, heard)}: {back.edit.said} ends", heard)
            if actions:
                return self._written(actions, at, heard)
        old = heard.time - self._look_since > LOOK_S
        bold = min(1.0, wished_boldness(now.wish.bold, occasion, now.seen) + OLD_BOLDER * old)
        seed = f"{self._seed}/{self._count}"
        allowed = [m for m in self._moves if self._allows(m, now.wish)]
        text = self._without(over) if occasion in CHAINED else now.text
        gone = over if text != now.text else []
        try:
            score = SetCode(text, self._words)
            _ = score.calls
        except ValueError:
            return []  # what the performer wrote is half finished
        problems: list[Action] = []
        edits: list[MadeEdit] = []
        for name in chosen(weights(allowed, occasion, bold, self._recent), seed):
            move = next(m for m in allowed if m.name == name)
            self._trying(name)
            try:
                edit = made(
                    move,
                    score,
                    seed=seed,
                    heard=heard,
                    seen=now.seen,
                    scenes=now.scenes,
                    refused=self._refuses(now.wish, gone),
                    limit_s=self._limit_s,
                )
            except MoveFailed as failed:
                self.left_out.add(name)
                problems.append(SayLine(f"autopilot: {failed}; it is left out tonight"))
                continue
            finally:
                self._trying("")
            if edit is not None:
                edits.append(edit)
            if len(edits) >= (CANDIDATES if old else 1):
                break
        if edits:
            edit = max(edits, key=lambda e: self._change(e.after)) if old else edits[0]
            action = self._made(edit, occasion, at, now, gone)
            return [*problems, *self._written([action], at, heard)]
        if over:
            ended = f"{_spoken(occasion, heard)}: {over[0].edit.said} ends"
            return [*problems, *self._written(self._undo(over[0], ended, heard), at, heard)]
        # Nothing fits: think again at the next phrase.
        self._last, self._last_s = at, heard.time
        return problems

    def _made(
        self, edit: MadeEdit, occasion: str, at: float, now: Look, gone: Sequence[Standing]
    ) -> Action:
        """An edit is chosen: it stands from now on."""
        move, heard = edit.move, now.heard
        self._recent.append(move.name)
        reason = f"{_spoken(occasion, heard)}: {edit.said}, boldness {move.bold:g}"
        if edit.scene:
            return PlayOther(edit.scene, reason, heard.time)
        words = frozenset(new_words(edit.before, edit.after, self._known))
        # Slow bars are long: no look stays until everybody has seen enough of it.
        lasts = min(move.bars * now.beats_per_bar, LOOK_S * heard.bpm / 60)
        until = at + lasts if move.bars else float("inf")
        self._newest = Standing(edit, at, until, words)
        self._standing = [*(s for s in self._standing if s not in gone), self._newest]
        return WriteSet(edit.after, reason, move.name, heard.time)

    def _change(self, text: str) -> float:
        """How far a text is from the look of now."""
        return distance(self._look, structure(SetCode(text, self._words)))

    def _without(self, over: Sequence[Standing]) -> str:
        """The text without edits that are over: a drop is answered with more than their end."""
        text = self._text or ""
        for each in over:
            text = taken_back(text, each.edit.before, each.edit.after) or text
        return text

    def _written(self, actions: list[Action], at: float, heard: MusicHeard) -> list[Action]:
        for action in actions:
            if isinstance(action, WriteSet):
                self._text = action.text
                self._looks(action.text, heard)
        self._last, self._last_s, self._due = max(at, heard.beats), heard.time, at
        return actions

    def _looks(self, text: str, heard: MusicHeard) -> None:
        """The set looks so from now on."""
        try:
            look = structure(SetCode(text, self._words))
        except ValueError:
            return
        if distance(look, self._look) >= ANOTHER_LOOK:
            self._look, self._look_since = look, heard.time

    def _undo(self, standing: Standing, reason: str, now: MusicHeard) -> list[Action]:
        """Take an edit back; nothing where its lines have changed since."""
        text = self._text or ""
        self._standing = [s for s in self._standing if s is not standing]
        before = taken_back(text, standing.edit.before, standing.edit.after)
        if before is None or before == text:
            return []
        self._text = before
        self._forget()
        return [WriteSet(before, reason, BACK, now.time)]

    def _allows(self, move: Move, wish: AutopilotWish) -> bool:
        return move.name not in self.left_out and move.name not in wish.never

    def _refuses(self, wish: AutopilotWish, gone: Sequence[Standing]) -> Callable[[str, str], bool]:
        """Whether an edit brings what is not to be brought, or lies in lines that will go."""
        never = {*self.left_out, *wish.never}
        timed = [s for s in self._standing if s.until != float("inf") and s not in gone]
        ending = [s.edit for s in timed]

        def refuses(before: str, after: str) -> bool:
            if after == self._text or new_words(before, after, never):
                return True
            return any(taken_back(after, e.before, e.after) is None for e in ending)

        return refuses


def _spoken(occasion: str, heard: MusicHeard) -> str:
    """An occasion and the time, as in "drop at 2:31"."""
    return f"{occasion} at {int(heard.time) // 60}:{int(heard.time) % 60:02d}"
