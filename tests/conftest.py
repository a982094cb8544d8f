"""What all tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from livegan.plugin import registry

# Two test processes on two cores, each with two threads, wait for one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# The same examples in every run, and none too slow for a busy machine.
settings.register_profile("livegan", derandomize=True, deadline=None)
settings.load_profile("livegan")


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
