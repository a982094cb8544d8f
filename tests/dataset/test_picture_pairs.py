"""Pictures become pairs: beside each one lies what a mixer of a set makes of it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from livegan.builtin.mixers.detail import blur, edges
from livegan.dataset import EncoderError, PicturesError, build, build_from_pictures
from livegan.dataset.condition import picture_bytes
from livegan.lock import held
from livegan.training import Pairs
from livegan.training.agreement import drawn_by
from tests.dataset.tiny_films import film

RNG = np.random.default_rng(5)


@pytest.fixture
def photographs(tmp_path: Path) -> Path:
    """Twelve pictures of many sizes, one of them twice, one no picture, one in a deeper folder."""
    folder = tmp_path / "photographs"
    (folder / "more").mkdir(parents=True)
    for index in range(12):
        cells = RNG.integers(0, 256, (6, 8, 3), np.uint8).repeat(8, 0).repeat(8 + index, 1)
        place = folder / "more" if index == 3 else folder
        Image.fromarray(cells).save(place / f"{index}.png")
    (folder / "copy.png").write_bytes((folder / "1.png").read_bytes())
    (folder / "text.jpg").write_text("no picture")
    return folder


@pytest.mark.parametrize(
    ("condition", "made"),
    [("edges", lambda x: edges(x, amount=2.0)), ("blur:radius=30", lambda x: blur(x, radius=30.0))],
)
def test_the_condition_is_what_a_set_makes_of_the_picture(
    tmp_path: Path, photographs: Path, condition: str, made: object
) -> None:
    out = tmp_path / "pairs"
    found = build_from_pictures([photographs], condition, out=out, size=32)
    assert len(found.pairs) == 12 and found.dropped["the same as another"] == 1
    (refused,) = found.refused
    assert "text.jpg: cannot be read as a picture" in refused
    for pair in found.pairs:
        pixels = np.asarray(Image.open(out / pair["side"] / pair["file"]))
        assert pixels.shape == (32, 64, 3)
        given = torch.from_numpy(pixels[:, 32:].copy()).permute(2, 0, 1).float().div(255)
        np.testing.assert_array_equal(pixels[:, :32], picture_bytes(made(given), 32))  # type: ignore[operator]
    assert Pairs(out / "train").size == (32, 32)
    assert drawn_by(out)["name"] == condition.partition(":")[0]


def test_the_side_depends_on_the_picture_and_more_can_be_added(
    tmp_path: Path, photographs: Path
) -> None:
    out, other = tmp_path / "one", tmp_path / "two"
    how = {"size": 32, "share": 0.4}
    whole = build_from_pictures([photographs], "edges", out=out, **how)  # type: ignore[arg-type]
    assert 0 < whole.count("val") < 12
    build_from_pictures([photographs / "more"], "edges", out=other, **how)  # type: ignore[arg-type]
    build_from_pictures([photographs / "0.png"], "edges", out=other, **how)  # type: ignore[arg-type]
    assert len(list(other.rglob("*.png"))) == 2
    again = build_from_pictures([photographs], "edges", out=other, **how)  # type: ignore[arg-type]
    assert {p["sha256"]: p["side"] for p in again.pairs} == {
        p["sha256"]: p["side"] for p in whole.pairs
    }


def test_what_was_removed_by_hand_stays_away(tmp_path: Path, photographs: Path) -> None:
    out = tmp_path / "pairs"
    first = build_from_pictures([photographs], "edges", out=out, size=32)
    gone = out / first.pairs[0]["side"] / first.pairs[0]["file"]
    gone.unlink()
    again = build_from_pictures([photographs], "edges", out=out, size=32)
    assert not gone.exists()
    assert again.dropped["removed by hand"] == 1 and len(again.pairs) == 11


def test_other_choices_and_other_data_sets_are_refused(tmp_path: Path, photographs: Path) -> None:
    out = tmp_path / "pairs"
    build_from_pictures([photographs], "edges", out=out, size=32)
    for choices in ({"condition": "blur"}, {"size": 64}, {"fit": "pad"}):
        with pytest.raises(PicturesError, match="made with other settings"):
            build_from_pictures(
                [photographs], **{"condition": "edges", "out": out, "size": 32, **choices}
            )  # type: ignore[arg-type]
    movie = film(tmp_path / "a.mkv")
    build([movie], ["levels"], out=tmp_path / "films", size=32)
    with pytest.raises(PicturesError, match="made with other settings"):
        build_from_pictures([photographs], "edges", out=tmp_path / "films", size=32)
    with pytest.raises(Exception, match="made with other settings"):
        build([movie], ["levels"], out=out, size=32)
    with held(out, "written"), pytest.raises(Exception, match="is being written"):
        build_from_pictures([photographs], "edges", out=out, size=32)


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("mix", "takes several pictures or remembers earlier ones"),
        ("smooth", "takes several pictures or remembers earlier ones"),
        ("egdes", "did you mean 'edges'"),
        ("blur:amount=2", "mixer 'blur' has no parameter 'amount'"),
    ],
)
def test_what_is_no_mixer_of_one_picture_is_refused(
    tmp_path: Path, photographs: Path, condition: str, said: str
) -> None:
    with pytest.raises(EncoderError, match=said):
        build_from_pictures([photographs], condition, out=tmp_path / "o", size=32)
    assert not (tmp_path / "o").exists()


def test_the_choices_are_kept_as_data(tmp_path: Path, photographs: Path) -> None:
    build_from_pictures([photographs], "blur:radius=9", out=tmp_path / "o", size=32)
    manifest = json.loads((tmp_path / "o" / "manifest.json").read_text())
    assert manifest["settings"]["condition"]["parameters"] == {"radius": 9.0}
    with pytest.raises(PicturesError, match="there is no picture"):
        build_from_pictures([tmp_path / "o" / "films"], "edges", out=tmp_path / "p", size=32)
