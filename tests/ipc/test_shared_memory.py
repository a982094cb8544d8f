"""Shared memory that a killed show left behind is removed, and no other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import pytest

from livegan.ipc import shared_memory as memory

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/dev/shm")

KILLED = """
import os, signal, sys
from multiprocessing import resource_tracker
from livegan.ipc.shared_memory import create_memory
made = create_memory(4096)
print(made.name, resource_tracker._resource_tracker._pid, flush=True)
sys.stdin.read()
"""


def test_memory_of_killed_processes_is_swept_and_that_of_living_ones_is_not() -> None:
    ours = memory.create_memory(4096)
    attached = memory.attach_memory(ours.name)
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        name, tracker = process.stdout.readline().split()
        place = Path("/dev/shm", name)
        assert place.exists() and name.startswith("livegan-")
        assert name not in memory.sweep(), "it is held"
        os.kill(int(tracker), signal.SIGKILL)  # as one who kills the whole group
        process.kill()
        process.wait()
        assert name in memory.sweep()
        assert not place.exists() and Path("/dev/shm", ours.name).exists()
    finally:
        process.kill()
        process.communicate()
        attached.close()
        ours.close()
        ours.unlink()


def test_memory_that_is_swept_before_its_maker_holds_it_is_made_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another show begins in that moment."""
    reserve = memory._reserved
    swept: list[str] = []

    def reserved(made: SharedMemory, *sizes: int) -> SharedMemory:
        if not swept:
            swept.extend(memory.sweep())
            assert made.name in swept
        return reserve(made, *sizes)

    monkeypatch.setattr(memory, "_reserved", reserved)
    made = memory.create_memory(4096)
    try:
        assert made.name not in swept and made.name not in memory.sweep()
        memory.attach_memory(made.name).close()
    finally:
        made.close()
        made.unlink()


ENGINE = """
import multiprocessing, os, signal
from livegan.ipc.shared_memory import create_memory, sweep

def engine(said):
    said.send(create_memory(4096).name)
    os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    spawn = multiprocessing.get_context("spawn")
    hears, says = spawn.Pipe()
    process = spawn.Process(target=engine, args=(says,))
    process.start()
    name = hears.recv()
    process.join()
    assert name in sweep() and name not in sweep()
"""


def test_memory_of_a_killed_engine_is_swept_at_once_and_without_a_word(tmp_path: Path) -> None:
    script = tmp_path / "stage.py"
    script.write_text(ENGINE)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_memory_of_which_making_fails_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def interrupted(memory: SharedMemory, *sizes: int) -> SharedMemory:
        made.append(memory.name)
        raise KeyboardInterrupt

    monkeypatch.setattr(memory, "_reserved", interrupted)
    with pytest.raises(KeyboardInterrupt):
        memory.create_memory(4096)
    assert not Path("/dev/shm", made[0]).exists()


def test_memory_whose_name_was_removed_can_be_attached_while_it_is_held() -> None:
    made = memory.create_memory(4096)
    try:
        assert made.buf is not None
        made.buf[:3] = b"abc"
        Path("/dev/shm", made.name).unlink()
        attached = memory.attach_memory(made.name)
        assert attached.name == made.name and attached.buf is not None
        assert bytes(attached.buf[:3]) == b"abc"
        attached.buf[:3] = b"xyz"
        assert bytes(made.buf[:3]) == b"xyz"
        attached.close()
    finally:
        made.close()
        memory.remove_memory(made.name)
    with pytest.raises(FileNotFoundError):
        memory.attach_memory(made.name)


REMOVED = """
import os
from livegan.ipc.shared_memory import create_memory, remove_memory
from livegan.ipc.picture_ring import PictureRing
from livegan.ipc.pulse import Pulse
made, ring, pulse = create_memory(4096), PictureRing.create(8, 8), Pulse.create()
for name in (made.name, ring.name, pulse.name):
    os.unlink(f"/dev/shm/{name}")
made.close()
ring.close()
pulse.close()
for name in (made.name, made.name, ring.name):
    remove_memory(name)
"""


def test_removed_memory_ends_without_a_word() -> None:
    done = subprocess.run(
        [sys.executable, "-c", REMOVED], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


SMALL = """
mount -t tmpfs -o size=4m tmpfs /dev/shm && exec "$0" -c '
from livegan.ipc.shared_memory import NoRoom, create_memory, remove_memory
made = create_memory(2 << 20)
made.buf[:] = bytes([7]) * len(made.buf)
for size, spare in ((3 << 20, 0), (1 << 20, 2 << 20)):
    try:
        create_memory(size, spare)
    except NoRoom as error:
        print(error)
left = create_memory(1 << 20, 1000)
left.buf[:] = bytes([8]) * len(left.buf)
for memory in (made, left):
    memory.close()
    remove_memory(memory.name)
'
"""


def test_memory_that_is_not_there_is_refused_when_it_is_made_not_when_it_is_written() -> None:
    """In a /dev/shm of 4 MB, as a container may have."""
    namespace = ["unshare", "--map-root-user", "--mount"]
    try:
        allowed = subprocess.run([*namespace, "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        allowed = False
    if not allowed:
        pytest.skip("needs unshare (apt install util-linux) and leave to make a namespace")
    done = subprocess.run(
        [*namespace, "sh", "-c", SMALL, sys.executable], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    refused, kept_free = done.stdout.splitlines()
    assert refused.startswith("/dev/shm has 2 MB free, and 3 MB of shared memory are needed")
    assert "docker run --shm-size" in refused
    assert "/dev/shm has 2 MB free" in kept_free
