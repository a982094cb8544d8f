"""An engine whose set makes sound is less urgent than the processes that make it."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import os, threading
from livegan.engine.isolation.priority import LOW, give_way
waits = threading.Event()
thread = threading.Thread(target=waits.wait)
thread.start()
give_way()
give_way()
kinds = [os.getpriority(os.PRIO_PROCESS, t) for t in (0, thread.native_id)]
waits.set()
assert all(kind >= LOW for kind in kinds), kinds
"""


@pytest.mark.skipif(sys.platform != "linux", reason="threads have priorities of their own there")
def test_every_thread_gives_way() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)
