"""livegan's own backends paint what torch paints in float32."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from livegan.generators import load
from livegan.generators.backends.backend import CannotPlay, NetworkSpec
from livegan.generators.backends.names import choice_named
from livegan.generators.backends.quantising import (
    measure_ranges,
    quantised,
    read_ranges,
    write_ranges,
)

from ..originals import unet_state

TOLERANCE = 2e-3
"""Of pictures of -1..1: half a step of 8 bits."""


@pytest.fixture(scope="module")
def unet(tmp_path_factory):
    path = tmp_path_factory.mktemp("unet") / "G.pth"
    torch.save(unet_state(7, 4, 1, 1, "batch"), path)
    return load(path)


def painted(spec: NetworkSpec, x: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return spec.network()(x)


def some(spec: NetworkSpec, seed: int = 1) -> torch.Tensor:
    return torch.rand(spec.shape, generator=torch.Generator().manual_seed(seed)) * 2 - 1


@pytest.mark.parametrize(
    ("which", "size", "norm"),
    [("city", (128, 192), "running"), ("city", (128, 128), "frame"), ("unet", (128, 256), "frame")],
)
def test_openvino_paints_what_torch_paints(which, size, norm, request):
    pytest.importorskip("openvino", reason="needs the package openvino")
    spec = NetworkSpec(request.getfixturevalue(which), norm, size)
    run = choice_named("openvino").open(spec)
    for seed in (1, 2):
        x = some(spec, seed)
        assert torch.allclose(run(x), painted(spec, x), atol=TOLERANCE)


def test_openvino_keeps_pictures_of_threads_apart(city):
    pytest.importorskip("openvino", reason="needs the package openvino")
    spec = NetworkSpec(city, "running", (64, 64))
    run = choice_named("openvino").open(spec)
    inputs = [some(spec, seed) for seed in range(8)]
    alone = [run(x) for x in inputs]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(run, inputs))
    assert all(torch.equal(a, b) for a, b in zip(alone, together, strict=True))


def test_onnxruntime_paints_what_torch_paints(city):
    for name in ("onnxruntime", "onnx", "onnxscript"):
        pytest.importorskip(name, reason=f"needs the package {name}")
    spec = NetworkSpec(city, "frame", (128, 192))
    x = some(spec)
    run = choice_named("onnxruntime").open(spec)
    assert torch.allclose(run(x), painted(spec, x), atol=TOLERANCE)


def test_torch_as_a_backend_paints_what_torch_paints(unet):
    spec = NetworkSpec(unet, "frame", (128, 128))
    x = some(spec)
    run = choice_named("torch-float32").open(spec)
    assert torch.allclose(run(x), painted(spec, x), atol=TOLERANCE)


def test_int8_is_near_and_is_what_the_graph_of_torch_says(city):
    pytest.importorskip("openvino", reason="needs the package openvino")
    plain = NetworkSpec(city, "running", (64, 64))
    ranges = measure_ranges(plain.network(), [some(plain, seed) for seed in range(4)])
    spec = NetworkSpec(city, "running", (64, 64), ranges=ranges)
    run = choice_named("openvino-int8").open(spec)
    x = some(spec, 9)
    with torch.no_grad():
        simulated = quantised(spec.network(), ranges)(x)
    exact = painted(spec, x)
    assert (run(x) - exact).abs().mean() < 0.05
    assert not torch.equal(simulated, exact)
    assert (run(x) - simulated).abs().mean() < 0.03


def test_int8_without_a_calibration_says_what_to_do(city):
    pytest.importorskip("openvino", reason="needs the package openvino")
    with pytest.raises(CannotPlay, match="livegan models NAME --tune"):
        choice_named("openvino-int8").open(NetworkSpec(city, "running", (64, 64)))


def test_a_damaged_graph_in_the_cache_is_written_anew(city):
    pytest.importorskip("openvino", reason="needs the package openvino")
    from livegan.generators.backends.graphs import cache_folder

    spec = NetworkSpec(city, "running", (64, 128))
    before = set((cache_folder() / "graphs").glob("*/graph.xml"))
    choice_named("openvino").open(spec)
    (file,) = set((cache_folder() / "graphs").glob("*/graph.xml")) - before
    file.write_text("<net")
    with pytest.raises(CannotPlay, match="OpenVINO: "):
        choice_named("openvino").open(spec)
    assert choice_named("openvino").open(spec)(some(spec)).shape == (1, 3, 64, 128)


def test_a_calibration_is_kept_for_its_network_and_a_damaged_one_is_none(tmp_path, city):
    file = tmp_path / "model.running.int8.json"
    spec = NetworkSpec(city, "running", (64, 64))
    ranges = measure_ranges(spec.network(), [some(spec)])
    write_ranges(file, city.digest, "running", ranges)
    kept = read_ranges(file, city.digest, "running")
    assert kept is not None and kept.keys() == ranges.keys()
    assert kept["stem.0"] == pytest.approx(ranges["stem.0"], rel=1e-5)
    assert read_ranges(file, "0" * 64, "running") is None
    assert read_ranges(file, city.digest, "frame") is None
    whole = file.read_text()
    for text in (whole[:40], "{}", "[1]", whole.replace("-", "x"), '{"ranges": {}}'):
        file.write_text(text)
        assert read_ranges(file, city.digest, "running") is None
    assert read_ranges(tmp_path / "none.json", city.digest, "running") is None
