"""Work is shared with two machines that Ray joins; one that dies costs what it was at.

The machines are two of Ray's nodes on this one, as Ray's own tests make them. All that uses Ray is
in a process of its own: Ray keeps threads and handlers for the life of a process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from livegan.ipc import cluster

ROOT = Path(__file__).parent.parent.parent
SET = """
from livegan.live import *
sound = listen()
show(encode.timeline(sound, seconds=4).hue(sound.kick))
"""
TWO_MACHINES = """
import json, os, signal, sys, time
from pathlib import Path
from ray.cluster_utils import Cluster as Machines
from livegan.ipc.cluster import Cluster, ClusterError
from livegan.rehearsal import Rehearsal
from livegan.rehearsal.tracks import RehearsalTrack, rehearse_tracks

if __name__ == "__main__":
    machines = Machines(initialize_head=True, head_node_args={"num_cpus": 1})
    second = machines.add_node(num_cpus=1)
    machines.wait_for_nodes()
    tracks = [RehearsalTrack(Path(name).absolute()) for name in ("a.wav", "b.wav", "c.wav")]
    what = Rehearsal(set=Path("set.py").absolute(), fps=10, size=32, seconds=2.0)
    try:
        Cluster(machines.address, 2, [Path("nowhere")])
    except ClusterError as error:
        print(json.dumps({"lacking": str(error)}), flush=True)
    killed = []

    def progress(name, done, total):
        if name == "b.wav" and done >= 2 and not killed:
            killed.append(name)
            machines.remove_node(second, allow_graceful=False)

    with Cluster(machines.address, 2, [Path.cwd()]) as cluster:
        made = rehearse_tracks(
            what, tracks, cluster.jobs, progress=progress, begin=cluster.begin
        )
    print(json.dumps({"killed": killed, "made": [[r.audio.name, r.frames, r.error] for r in made]}))
    machines.shutdown()
"""


def write_tone(path: Path, hz: float, seconds: float) -> None:
    t = np.arange(round(48000 * seconds)) / 48000
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48000)
        file.writeframes((12000 * np.sin(2 * np.pi * hz * t)).astype("<i2").tobytes())


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Ray's clusters are for Linux and macOS")
def test_two_machines_share_tracks_and_one_that_dies_costs_what_it_was_at(tmp_path: Path) -> None:
    pytest.importorskip("ray", reason=f"needs Ray: {cluster.INSTALL}")
    (tmp_path / "set.py").write_text(SET)
    for name, hz in (("a", 220.0), ("b", 440.0), ("c", 880.0)):
        write_tone(tmp_path / f"{name}.wav", hz, 3.0)
    (tmp_path / "run.py").write_text(TWO_MACHINES)
    done = subprocess.run(
        [sys.executable, "run.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=280,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(lines) == 2, done.stderr[-3000:]
    assert "nowhere; share the folder, under the same path on each machine" in lines[0]["lacking"]
    assert lines[1]["killed"] == ["b.wav"]
    assert lines[1]["made"] == [["a.wav", 20, ""], ["b.wav", 20, ""], ["c.wav", 20, ""]]


def test_without_ray_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(
        cluster.ClusterError, match=r'--ray needs Ray: pip install "livegan\[ray\]"'
    ):
        cluster.Cluster("auto")


@pytest.mark.parametrize(
    ("address", "why"),
    [("127.0.0.1:1", "refused"), ("head", "write HOST:PORT"), ("127.0.0.1:x", "write HOST:PORT")],
)
def test_an_address_where_no_ray_is_is_refused_at_once(address: str, why: str) -> None:
    pytest.importorskip("ray", reason=f"needs Ray: {cluster.INSTALL}")
    with pytest.raises(cluster.ClusterError, match=f"--ray {address}: .*{why}.*ray start --head"):
        cluster.Cluster(address)
