"""Frames of a stream stand where their times say, to the sample."""

from __future__ import annotations

from fractions import Fraction

from livegan.sound.network.media_clock import MediaClock

MILLI, EXACT = Fraction(1, 1000), Fraction(1, 48000)


def test_times_in_milliseconds_make_no_gaps() -> None:
    clock = MediaClock()
    places = [clock.place(round(n * 1024 / 48), MILLI, 48000, 1024) for n in range(500)]
    assert places == [(n * 1024, 0) for n in range(500)]


def test_what_is_lost_leaves_a_gap_to_the_sample() -> None:
    clock = MediaClock()
    pts = [90, 138, 234, 282]  # AES67: packets of 48 samples
    assert [clock.place(p, EXACT, 48000, 48) for p in pts] == [(0, 0), (48, 0), (144, 0), (192, 0)]


def test_one_damaged_time_is_left_out_and_a_new_count_is_believed_after_three() -> None:
    clock = MediaClock()
    pts = [0, 960, 10**9, 1920, 5, 965, 1925, 2885]
    found = [clock.place(p, EXACT, 48000, 960) for p in [*pts[:4], *(p - 10**8 for p in pts[4:])]]
    assert found == [(0, 0), (960, 0), None, (1920, 0), None, None, (0, 1), (960, 1)]


def test_without_times_frames_follow_each_other() -> None:
    clock = MediaClock()
    assert [clock.place(None, None, 44100, 100) for _ in range(3)] == [(0, 0), (100, 0), (200, 0)]
    assert clock.place(None, None, 48000, 100) == (0, 1)
