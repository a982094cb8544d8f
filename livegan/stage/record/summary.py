"""What is said when a show is over: how evenly it ran, on which rungs, what the guard did."""

from __future__ import annotations

from typing import Any

from livegan.stage.record.picture_age import age_line

BELOW = ("held", "drift", "still")  # rungs of the ladder below the live picture
BAR = 30  # letters of the longest column


def lines_of(report: dict[str, Any]) -> list[str]:
    """The closing lines of a stage's report, plain text."""
    lines = [
        f"the show ran for {report['seconds']:.0f} s: {report['presented']:.0f} frames on the "
        f"screen, {count(report['pictures'], 'new picture')}, "
        f"{count(report['commits'], 'version')} played, "
        f"{count(report['refused'], 'save')} refused, {count(report['faults'], 'fault')}, "
        f"{count(report['engine_deaths'], 'engine crash', 'es')}",
    ]
    if report["pictures"] > 1:
        lines += [
            f"between new pictures: median {report['picture_median_ms']} ms, "
            f"99 % within {report['picture_p99_ms']} ms, longest {report['picture_longest_ms']} ms",
            *columns(report["picture_intervals_ms"]),
        ]
    if report["presented"] > 1:
        lines.append(
            f"between frames on the screen: median {report['median_ms']} ms, "
            f"99 % within {report['p99_ms']} ms, longest {report['longest_ms']} ms"
        )
    if age := age_line(report["picture_age"]):
        lines.append(age)
    without = [f"{rung} {report['rungs'][rung]:.1f} s" for rung in BELOW if report["rungs"][rung]]
    if without:
        lines.append(f"without a live picture: {', '.join(without)}")
    acted = report["flash_guard_acted"]
    if acted:
        lines.append(
            f"flash guard: acted {acted} time{'s' * (acted > 1)}, "
            f"{report['flash_guard_seconds']:.1f} s in all"
        )
    elif report["flash_guard"] == "off":
        lines.append("flash guard: off")
    return lines


def count(number: float, what: str, more: str = "s") -> str:
    """``1 fault``, ``2 faults``."""
    return f"{number:.0f} {what}{more * (round(number) != 1)}"


def columns(histogram: list[tuple[int, int | None, int]]) -> list[str]:
    """A histogram of (from ms, to ms, how many) as lines with bars."""
    total = sum(count for _, _, count in histogram)
    most = max((count for _, _, count in histogram), default=0)
    lines = []
    for low, high, count in histogram:
        name = f"{low} to {high} ms" if high else f"over {low} ms"
        bar = "█" * round(BAR * count / most) or "·"
        lines.append(f"  {name:>14}  {bar} {count / total:.1%} ({count})")
    return lines
