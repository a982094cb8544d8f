"""Films side by side give the same data set, and one that kills its process costs only itself."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest

from livegan.dataset import DataSetError, Split, build, workers
from livegan.plugin import declare
from tests.dataset.test_building import folder_bytes
from tests.dataset.tiny_films import film

NO_SPLIT = Split(share=0)

CRASHING = """
import os
import livegan.dataset.workers as workers

plain = workers.attempt

def attempt(task, *given, **how):
    if "crash" in task.path.name:
        os.abort()
    return plain(task, *given, **how)

workers.attempt = attempt

def encoder(sound, *, size):
    import numpy
    return numpy.full(size, 0.5)
"""


def test_with_several_jobs_it_is_the_same_data_set(tmp_path: Path) -> None:
    films = [film(tmp_path / f"{n}.mkv", seconds=2 + n % 2) for n in range(3)]
    text = tmp_path / "no.mp4"
    text.write_text("no film")
    told: dict[str, float] = {}
    for jobs, name in ((1, "one"), (2, "two")):
        build(
            [films[0], text, films[1]],
            ["levels", "timeline"],
            val_films=[films[2]],
            out=tmp_path / name,
            size=32,
            rate=5,
            jobs=jobs,
            progress=lambda film, done, pairs: told.update({film: done}),
        )
    assert folder_bytes(tmp_path / "one") == folder_bytes(tmp_path / "two")
    one, two = ((tmp_path / name / "manifest.json").read_text() for name in ("one", "two"))
    assert one == two
    assert [bool(film["error"]) for film in json.loads(one)["films"]] == [False, True, False, False]
    assert (tmp_path / "two" / "contact.jpg").read_bytes() == (
        tmp_path / "one" / "contact.jpg"
    ).read_bytes()
    assert set(told) == {"0.mkv", "1.mkv", "2.mkv"}


def test_a_film_that_kills_its_process_costs_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The encoder comes from a module that breaks the worker, and the worker alone, for one film.
    (tmp_path / "crashing.py").write_text(CRASHING)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    plain = workers.attempt
    import crashing  # type: ignore[import-not-found]

    monkeypatch.setattr(workers, "attempt", plain)
    films = [film(tmp_path / name) for name in ("a.mkv", "crash.mkv", "b.mkv", "c.mkv")]
    made = build(
        films,
        [declare("encoder", crashing.encoder)],
        out=tmp_path / "out",
        size=32,
        rate=5,
        split=NO_SPLIT,
        jobs=2,
    )
    assert [bool(report.error) for report in made.films] == [False, True, False, False]
    assert "crash.mkv: its process died (signal SIGABRT)" in made.films[1].error


def test_an_encoder_of_this_process_alone_needs_one_job(tmp_path: Path) -> None:
    def local(sound):  # type: ignore[no-untyped-def]
        return np.zeros((8, 8))

    films = [film(tmp_path / "a.mkv"), film(tmp_path / "b.mkv")]
    with pytest.raises(DataSetError, match="need jobs=1"):
        build(films, [declare("encoder", local)], out=tmp_path / "out", size=32, jobs=2)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_build_of_several_jobs_that_is_ended_goes_on(tmp_path: Path, how: signal.Signals) -> None:
    films = [film(tmp_path / f"{n}.mkv", seconds=12) for n in range(2)]
    build(films, ["levels"], out=tmp_path / "straight", size=32, rate=10)
    code = f"""
        from livegan.dataset import build
        if __name__ == "__main__":
            films = {[str(path) for path in films]!r}
            def told(name, done, pairs):
                print(pairs, flush=True)
            build(films, ["levels"], out={str(tmp_path / "out")!r}, size=32, rate=10, jobs=2,
                  progress=told)
        """
    (tmp_path / "run.py").write_text(textwrap.dedent(code))
    process = subprocess.Popen(
        [sys.executable, str(tmp_path / "run.py")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert process.stdout is not None
    for _ in range(12):
        process.stdout.readline()
    if how is signal.SIGINT:
        os.killpg(process.pid, how)  # as a terminal does
    else:
        process.kill()
    process.stdout.close()
    process.wait(30)
    until = time.monotonic() + 30
    while alive(process.pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not alive(process.pid)
    made = build(films, ["levels"], out=tmp_path / "out", size=32, rate=10, jobs=2)
    assert made.ok
    assert folder_bytes(tmp_path / "out") == folder_bytes(tmp_path / "straight")
    straight = (tmp_path / "straight" / "manifest.json").read_text()
    assert (tmp_path / "out" / "manifest.json").read_text() == straight
    assert [path.name for path in (tmp_path / "out").rglob(".*")] == [".lock"]


def test_a_full_disk_ends_the_run_and_is_no_fault_of_the_film(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "0.png")

    monkeypatch.setattr(workers, "attempt", full)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    ours, theirs = multiprocessing.Pipe()
    with ours, theirs:
        ours.send(workers.Task(tmp_path / "a.mkv", False))
        workers.serve(theirs, 0, pickle.dumps((tmp_path, None)), 1)
        told = ours.recv()
    assert isinstance(told, OSError) and told.errno == errno.ENOSPC


def alive(group: int) -> bool:
    """Whether a process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
