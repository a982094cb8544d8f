"""The rule of a soak: what grew and what did not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from livegan.gremlins.machine import Holding
from livegan.gremlins.soak import SoakSample, growth, rule, verdicts, warm

HELD = Holding(500_000_000, 40, 20)
SAMPLE = SoakSample(0.0, 7, HELD, HELD, 3, 0.06, 0.0, 60, 30, 0.02)
HOUR = 3600.0


def samples(seconds: float = HOUR, **slopes: float) -> list[SoakSample]:
    """One every five seconds; ``slopes`` grow from the first to the last by so much."""
    found = []
    count = int(seconds / 5)
    for i in range(count):
        share = i / (count - 1)
        more = {k: v * share for k, v in slopes.items()}
        stage = replace(
            HELD,
            memory=int(HELD.memory * (1 + more.get("memory", 0))),
            handles=HELD.handles + int(more.get("handles", 0)),
            threads=HELD.threads + int(more.get("threads", 0)),
        )
        age, behind = SAMPLE.age + more.get("age", 0), SAMPLE.behind + more.get("behind", 0)
        found.append(replace(SAMPLE, at=i * 5.0, stage=stage, age=age, behind=behind))
    return found


def wrong(given: list[SoakSample], seconds: float = HOUR) -> list[str]:
    return [verdict.what for verdict in verdicts(given, seconds) if not verdict.good]


def test_what_stays_as_it_is_is_good() -> None:
    assert wrong(samples()) == []


@pytest.mark.parametrize(
    ("slopes", "what"),
    [
        ({"memory": 0.03}, "memory of the stage"),
        ({"handles": 20}, "handles of the stage"),
        ({"threads": 9}, "threads of the stage"),
        ({"age": 0.2}, "age of the sound in the picture"),
        ({"age": -0.2}, "age of the sound in the picture"),
        ({"behind": 0.3}, "show time behind the clock"),
    ],
)
def test_what_grows_is_found(slopes: dict[str, float], what: str) -> None:
    assert wrong(samples(**slopes)) == [what]


def test_a_machine_that_is_busy_for_a_while_is_no_drift() -> None:
    given = samples()
    busy = [replace(s, age=s.age + 0.4) if i % 3 else s for i, s in enumerate(given[-100:])]
    assert wrong([*given[:-100], *busy]) == []


def test_one_in_a_hundred_is_allowed_and_three_in_a_short_run() -> None:
    assert wrong(samples(memory=0.009)) == []
    assert growth(HOUR) == 0.01 and growth(600.0) == 0.03
    assert wrong(samples(600.0, memory=0.03), 600.0) == []
    assert wrong(samples(600.0, memory=0.09), 600.0) == ["memory of the stage"]


def test_what_comes_before_it_is_warm_does_not_count() -> None:
    given = samples()
    cold = [replace(s, stage=replace(s.stage, memory=1_000_000)) for s in given if s.at < 600]
    assert warm(HOUR) == 600.0 and warm(600.0) == 240.0
    assert wrong([*cold, *(s for s in given if s.at >= 600)]) == []
    assert "10.0 min" in rule(HOUR) and "4.0 min" in rule(600.0)


def test_an_engine_counts_from_its_own_start() -> None:
    given = samples()
    late = [replace(s, engine_pid=8, engine=replace(HELD, memory=9**9)) for s in given[240:]]
    assert wrong([*given[:240], *late]) == []
    young = replace(HELD, memory=HELD.memory // 2)
    late = [replace(s, engine_pid=8) for s in given[240:]]
    cold = [replace(s, engine=young) for s in late[:119]]
    assert wrong([*given[:240], *cold, *late[119:]]) == []
    cold = [replace(s, engine=young) for s in late[:200]]
    assert wrong([*given[:240], *cold, *late[200:]]) == ["memory of the engine"]


def test_too_short_a_run_cannot_be_judged() -> None:
    with pytest.raises(ValueError, match="too short"):
        verdicts(samples(30.0), 30.0)
    with pytest.raises(ValueError, match="too short"):
        verdicts([], 30.0)
