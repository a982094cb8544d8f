"""The script that made livegan's own models makes a model, from films to card."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from livegan.generators import find, read_card

SCRIPT = Path(__file__).parents[2] / "models" / "recipes" / "train.py"


def film(path: Path, seed: int, seconds: int = 3, fps: int = 5) -> None:
    """Squares that jump with a tone, as H.264 and AAC."""
    rng = np.random.default_rng(seed)
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=fps)
        video.width, video.height, video.pix_fmt = 128, 128, "yuv420p"
        audio = out.add_stream("aac", rate=48000)
        audio.layout = "stereo"
        time = np.arange(seconds * 48000) / 48000
        tone = (np.exp(-6 * (time % 0.5)) * np.sin(2 * np.pi * 110 * time)).astype(np.float32)
        block = av.AudioFrame.from_ndarray(np.stack([tone, tone]), format="fltp", layout="stereo")
        block.sample_rate, block.pts = 48000, 0
        out.mux(audio.encode(block))
        out.mux(audio.encode(None))
        for index in range(seconds * fps):
            pixels = np.kron(rng.integers(40, 255, (4, 4, 3)), np.ones((32, 32, 1)))
            frame = av.VideoFrame.from_ndarray(pixels.astype(np.uint8), format="rgb24")
            frame.pts = index
            out.mux(video.encode(frame))
        out.mux(video.encode(None))


def test_films_become_a_model_with_scores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = importlib.util.spec_from_file_location("recipe_of_the_models", SCRIPT)
    assert spec is not None and spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, script)
    monkeypatch.setattr(sys, "path", list(sys.path))
    spec.loader.exec_module(script)
    films = tmp_path / "films"
    films.mkdir()
    film(films / "city-one-1.mp4", 1, seconds=6)
    film(films / "city-val-two-2.mp4", 2)
    work = tmp_path / "work"
    script.main(
        "city", films, work, tmp_path / "city", minutes=0.03, half=0.02, strikes=0.03, size=256
    )
    twos = [file.name[-5] for file in sorted((work / "city-twos" / "train").glob("*-stroke-*"))]
    assert twos and twos == ["a", "b"] * (len(twos) // 2)
    card = read_card(find("city", [tmp_path]))
    assert (card.encoder, card.size.plain) == ("levels", 256)
    assert {"l1", "ssim", "flicker", "response", "variety", "fed waveform"} <= card.scores.keys()
    assert "from 1 films" in card.data
