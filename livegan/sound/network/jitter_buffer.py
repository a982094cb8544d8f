"""A jitter buffer: packets of sound as they come become sound without gaps, on the show's clock.

No clock is read here, so an hour is played in a minute: packets carry the time at which they came,
and whoever asks for sound says what time it is.
"""

from __future__ import annotations

import bisect
from dataclasses import replace

import numpy as np
import soxr
from numpy.typing import NDArray

from livegan.sound import RATE
from livegan.sound.inputs.continuation import HEARD, bridged
from livegan.sound.network.concealment import Fading, ramp
from livegan.sound.network.lateness import LEARN, Lateness
from livegan.sound.network.packet import Line, Packet

Array = NDArray[np.float32]

AGAIN = 0.3
"""Likewise, of a line that was heard before."""
MOST = 0.002
"""Largest change of speed: nobody hears it, and clocks differ by a tenth of it at worst."""
HORIZON = 4.0
"""Seconds in which a distance from the aim is made good, if that takes no greater change."""
GAP = 0.2
"""Seconds of the longest gap that is bridged from both sides."""
DRY = 0.5
"""Seconds without sound after which the line is learnt anew."""
FAR = 0.25
"""Seconds above the aim from which sound is left out: at `MOST` it would take minutes."""
PATIENCE = 2.0
"""Seconds for which it must be so far above it."""
OFTEN = 10.0
"""Seconds within which a line that runs dry a second time does so by its nature: what comes at once
after it was waited for is not left out then."""
HELD = 30.0
"""Seconds of sound that are held at most."""
GONE = 0.25
"""Seconds without sound after which the sender is not there."""
RESAMPLING = 240 / RATE
"""Seconds that the resampler takes, by measurement."""
PRIMING = 4096
"""Samples that fill it."""
FASTEST = 16.0
"""Largest rate of a sender, in rates of the show: 768 kHz."""


class JitterBuffer:
    """Packets in, sound at 48 kHz out.

    It plays the sound of a sender later than the earliest packet could be played, so that 99.9 %
    of the packets of the last ten seconds are in time, and follows changes of that aim, and the
    sender's clock, by changing its speed by at most `MOST`. Where sound is missing, what was heard
    before and what comes after it go on into the gap. Where the sound ends, it fades; the aim is
    reached at once when it comes again.

    ``fixed`` is a delay in seconds that is kept instead.
    """

    def __init__(self, fixed: float | None = None) -> None:
        self._fixed = fixed
        self._lateness = Lateness()
        self._packets: list[Packet] = []
        self._noise = np.random.default_rng(0)
        self._rate = RATE
        self._epoch: int | None = None
        self._sent_rate = 0
        self._begun, self._often = -OFTEN, False
        self._learning: float | None = None
        self._playing = False
        self._spread = 0.0
        self._head = 0
        self._filled = 0
        self._ended = 0
        self._tail: Array = np.zeros((HEARD, 2), np.float32)
        self._fading: Fading | None = None
        self._joining = 0
        self._join: tuple[Array, int] = (np.zeros((0, 2), np.float32), 0)
        self._resampler: soxr.ResampleStream | None = None
        self._speed, self._error, self._far = 1.0, 0.0, 0.0
        self._ready: Array = np.zeros((0, 2), np.float32)
        self._lost, self._offset, self._now = 0.0, 0.0, 0.0

    # Packets -------------------------------------------------------------------------------------

    def push(self, packet: Packet) -> None:
        """A packet came, in whatever order."""
        if not len(packet.block):
            return
        other = packet.epoch != self._epoch or packet.rate != self._sent_rate
        if other or (self._learning is None and self._dry > DRY):
            self._begin(packet)
        self._lateness.add(packet.arrived, packet.arrived - packet.at / packet.rate)
        # What is concealed already is not played again, unless there is nothing else to play.
        if self._learning is None and packet.end <= (self._ended if self._fading else self._filled):
            return
        bisect.insort(self._packets, packet, key=lambda each: each.at)
        while self._packets[-1].at - self._packets[0].at > HELD * packet.rate:
            del self._packets[0]

    @property
    def _resampling(self) -> soxr.ResampleStream:
        if self._resampler is None:
            made = soxr.ResampleStream(FASTEST * RATE, RATE, 2, quality="HQ", vr=True)
            made.set_io_ratio(self._rate * self._speed, RATE, 0)
            self._resampler = made
        return self._resampler

    def close(self) -> None:
        """Let go of the resampler: one that is alive when Python ends is told as a leak."""
        self._resampler = None

    def renew(self) -> None:
        """What comes from now on is counted anew: it is received by another process."""
        self._epoch = None

    def _begin(self, packet: Packet) -> None:
        """Learn the line, anew perhaps."""
        self._often = packet.arrived - self._begun < OFTEN
        self._begun = self._learning = packet.arrived
        self._epoch, self._sent_rate = packet.epoch, packet.rate
        self._packets.clear()
        self._lateness.clear()

    # Sound ---------------------------------------------------------------------------------------

    def pull(self, count: int, now: float) -> Array:
        """The next (count, 2) at 48 kHz; nothing before the first sound is played."""
        passed, self._now = max(0.0, now - self._now), now
        if self._learning is not None:
            self._learn(count, now)
        if not self._playing:
            return np.zeros((0, 2), np.float32)
        if self._learning is None and self._lateness:
            self._steer(count, now, passed)
        while len(self._ready) < count:
            need = int((count - len(self._ready)) * self._rate * self._speed / RATE) + 1
            made = self._resampling.resample_chunk(np.ascontiguousarray(self._fetch(need)))
            self._ready = np.concatenate([self._ready, made]) if len(self._ready) else made
        out, self._ready = self._ready[:count], self._ready[count:]
        if self._learning is None:
            self._offset = now - self._head / self._rate
        return out

    def _learn(self, count: int, now: float) -> None:
        known = self._playing or self._fixed is not None
        assert self._learning is not None
        if now - self._learning < (AGAIN if known else LEARN) or not self._packets:
            return
        self._learning = None
        if not self._often:
            self._lateness.forget_burst()
        rate = self._packets[-1].rate
        if rate != self._rate:
            self._rate, self._speed = rate, 1.0
            self._resampling.set_io_ratio(rate, RATE, 0)
            self._tail = np.zeros((HEARD, 2), np.float32)
        if not self._playing:  # what the resampler keeps back is silence
            self._resampling.resample_chunk(np.zeros((PRIMING, 2), np.float32))
        self._move(int((now - self._aim(now)) * rate) - round(count * rate / RATE))
        self._playing = True
        self._error = self._far = 0.0

    def _aim(self, now: float) -> float:
        """Seconds on our clock at which the sender's sample 0 is due."""
        earliest, middle, high = self._lateness.seen(now)
        if self._fixed is not None:
            return earliest + self._fixed
        if len(self._lateness) > 100:
            self._spread = min(DRY, high - middle)
        # A line that was heard before is as uneven as it was.
        return max(high, middle + self._spread)

    def _steer(self, count: int, now: float, passed: float) -> None:
        """Come nearer to the aim."""
        aim = self._aim(now)
        if self._fading is not None:
            self._catch(aim, now, count)
        error = now - self._head / self._rate - count / RATE - aim
        self._error += (error - self._error) * min(1.0, passed / 0.5)
        self._far = self._far + passed if self._error > FAR else 0.0
        if self._far > PATIENCE and self._packets:
            self._move(self._head + int(self._error * self._rate))
            self._error = self._far = 0.0
        speed = 1.0 + min(MOST, max(-MOST, self._error / HORIZON))
        if abs(speed - self._speed) > 1e-5:
            self._speed = speed
            self._resampling.set_io_ratio(self._rate * speed, RATE, 480)

    def _catch(self, aim: float, now: float, count: int) -> None:
        """After a time without sound, go on with the packets that came late, as the aim has it."""
        self._drop(self._ended)
        if not self._packets or self._packets[0].at >= self._head:
            return
        wanted = int((now - aim) * self._rate) - round(count * self._rate / RATE)
        self._head = self._filled = max(self._ended, min(self._head, wanted))
        self._drop(self._head)
        self._error = 0.0

    def _move(self, head: int) -> None:
        """Go on from another sample, without an edge."""
        if self._fading is None:
            self._fading = Fading(self._tail, self._rate, self._noise)
        self._head = self._filled = self._ended = head
        self._drop(head)

    def _drop(self, end: int) -> None:
        """Forget what ends before."""
        while self._packets and self._packets[0].end <= end:
            del self._packets[0]

    def _fetch(self, need: int) -> Array:
        """The next (need, 2) of the sender's samples, concealed where there are none."""
        parts: list[Array] = []
        missing = 0
        while need:
            part, came = self._part(need)
            missing += 0 if came else len(part)
            parts.append(part)
            need -= len(part)
            self._head += len(part)
            self._tail = np.concatenate([self._tail, part])[-HEARD:]
        out = np.concatenate(parts)
        share = min(1.0, len(out) / self._rate)
        self._lost += (missing / len(out) - self._lost) * share
        return out

    def _part(self, need: int) -> tuple[Array, bool]:
        """Up to ``need`` samples from the head on, and whether they came."""
        if self._learning is not None:  # what there is, belongs to another count
            return self._faded(need), False
        self._drop(self._head)
        if not self._packets:
            return self._faded(need), False
        first = self._packets[0]
        gap = first.at - self._head
        if gap > 0 and (self._fading is not None or gap > GAP * self._rate):
            return self._faded(min(need, gap)), False
        if gap > 0:
            after = [first.block]
            for each in self._packets[1:8]:
                if each.at == first.at + sum(map(len, after)):
                    after.append(each.block)
            known = np.concatenate(after)[:HEARD]
            made = bridged(self._tail, known, gap, self._noise)
            self._packets.insert(0, replace(first, block=made, at=self._head, came=False))
            self._filled = self._head + gap
            return made[:need], False
        block = first.block[-gap : need - gap]
        if self._fading is not None:
            self._joining = self._fading.joining
            self._join = self._fading.take(self._joining), 0
            self._fading = None
        return self._joined(block), first.came

    def _faded(self, count: int) -> Array:
        if self._fading is None:
            self._fading = Fading(self._tail, self._rate, self._noise)
            self._ended = self._head
        self._filled = self._head + count
        return self._fading.take(count)

    def _joined(self, block: Array) -> Array:
        """``block``, which takes the place of what faded."""
        old, at = self._join
        if at >= len(old):
            return block
        count = min(len(block), len(old) - at)
        up = ramp(len(old))[at : at + count, None]
        block = block.copy()
        block[:count] = block[:count] * up + old[at : at + count] * (1 - up)
        self._join = old, at + count
        return block

    # What is known of the line -------------------------------------------------------------------

    @property
    def _dry(self) -> float:
        """Seconds for which there has been no sound."""
        return 0.0 if self._fading is None else (self._head - self._ended) / self._rate

    @property
    def line(self) -> Line:
        """The line as it is now."""
        if not self._playing:
            return Line(here=0.0)
        earliest = self._lateness.seen(self._now)[0] if len(self._lateness) else self._offset
        return Line(
            delay=max(0.0, self._offset - earliest) + RESAMPLING,
            jitter=self._lateness.jitter,
            lost=min(1.0, max(0.0, self._lost)),
            here=float(self._dry < GONE),
        )

    def played_after(self, speed: float = 1.0) -> float:
        """Seconds from a sample on a clock that the sender's count of samples follows at ``speed``
        to when it is played; for measurements, as only there the two clocks have one zero."""
        return self._now - self._head / self._rate / speed + RESAMPLING
