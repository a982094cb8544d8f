"""The bench of the stage measures what it says."""

from __future__ import annotations

from livegan.benchmark.stage import pictures, stage_rows
from livegan.size import Size
from livegan.stage.flash.flash_guard import FlashGuard


def test_pictures_that_move_pass_and_those_that_flash_are_calmed() -> None:
    moving, flashing = pictures(Size(36, 64))
    guard = FlashGuard()
    assert all(guard(moving[n % 8], n / 30) is moving[n % 8] for n in range(90))
    guard = FlashGuard()
    for n in range(90):
        guard(flashing[n // 2 % 2], n / 30)
    assert guard.now is not None


def test_every_row_has_both_sizes() -> None:
    rows = stage_rows(0.0, (Size.square(32), Size(36, 64)))
    assert [row["name"] for row in rows] == ["ladder", "flash guard, passes", "flash guard, acts"]
    assert all(set(row) == {"name", "32 px", "64x36 px"} for row in rows)
    assert all(row["32 px"] > 0 for row in rows)
