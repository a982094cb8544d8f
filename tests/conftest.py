"""What all tests share."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest
from hypothesis import settings

from livegan import heap
from livegan.plugin import registry

# Two test processes on two cores, each with two threads, wait for one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Shows of tests do not measure backends beside themselves.
os.environ.setdefault("LIVEGAN_TUNING", "off")

# The same examples in every run, and none too slow for a busy machine.
settings.register_profile("livegan", derandomize=True, deadline=None)
settings.load_profile("livegan")


IN_REAL_TIME = ("display", "device")
"""Marks of tests that play a real show, or listen to a real sound card."""
REAL_TIME = pytest.StashKey[bool]()
BEHIND = 10
"""Niceness of the other tests in CI."""


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests run side by side, those of one file in one process, for they share what they set up.

    Those that play in real time follow one another: two shows at once on two cores are late.
    """
    in_real_time = {
        item.path for item in items for mark in IN_REAL_TIME if item.get_closest_marker(mark)
    }
    for item in items:
        item.stash[REAL_TIME] = item.path in in_real_time
        group = "real time" if item.stash[REAL_TIME] else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))
    # Long ones first: a long one that comes last is alone on the machine.
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (not item.stash[REAL_TIME], item.path not in slow))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """In CI, tests that play in real time come before all others, so that there can be a worker
    more than there are cores: it computes while a show waits. Only root may do that."""
    if os.environ.get("CI") and sys.platform == "linux" and os.geteuid() == 0:
        os.setpriority(os.PRIO_PROCESS, 0, 0 if item.stash[REAL_TIME] else BEHIND)


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    import torch

    torch.set_num_threads(1)


@pytest.fixture(scope="session", autouse=True)
def cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is remembered between runs lies elsewhere than that of who runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(autouse=True)
def plugins_of_its_own() -> Iterator[None]:
    """Plugin files that a test loads are gone after it."""
    before = registry.current()
    yield
    registry.use(before)


@pytest.fixture(scope="module", autouse=True)
def memory_given_back() -> Iterator[None]:
    """What a file of tests freed goes back to the system.

    A show and a training let the C library keep what they free, for their next step: see
    `livegan.heap`. In a process that runs many files, nobody uses that memory again.
    """
    yield
    heap.give_back()
