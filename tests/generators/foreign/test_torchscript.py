"""TorchScript runs only if trusted, apart from livegan, and reaches nothing outside."""

from __future__ import annotations

import contextlib
import gc
import json
import time
from pathlib import Path

import psutil
import pytest
import torch
from torch import Tensor, nn

from livegan.generators import Generator, ModelError, load
from livegan.generators.foreign.isolated import Isolated
from livegan.generators.networks.morph import morph

from ..conftest import small
from ..originals import condition
from .archives import scripted, traced


class Mixing(nn.Module):
    """A convolution and a norm."""

    def __init__(self, channels: int = 3) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, 3, 3, padding=1)
        self.norm = nn.BatchNorm2d(3)

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(self.norm(self.conv(x)))


class Endless(nn.Module):
    """Ends, but for a black picture."""

    def forward(self, x: Tensor) -> Tensor:
        count = 0
        while bool(x.max() < -0.9):
            count += 1
        return x * 0.5


class Writing(nn.Module):
    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def forward(self, x: Tensor) -> Tensor:
        torch.save(x, self.place)
        return x


class Mapping(nn.Module):
    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def forward(self, x: Tensor) -> Tensor:
        return x + torch.from_file(self.place, True, 4)[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scripts")


def test_it_is_refused_with_the_way_to_trust_it(folder):
    path = traced(small(0), folder / "untrusted.pth")
    with pytest.raises(ModelError, match=r'model\("untrusted.pth", ..., trust=True\), or --trust'):
        load(path)


def test_trusted_it_paints_what_its_network_paints_at_the_sizes_it_takes(folder):
    network = small(0)
    checkpoint = load(traced(network, folder / "G.pt"), trust=True)
    assert (checkpoint.in_channels, checkpoint.out_channels) == (3, 3)
    x = condition(3, 128, 128)
    with torch.no_grad():
        wanted = network(x[None] * 2 - 1)[0] / 2 + 0.5
    generator = Generator(checkpoint, "cpu")
    assert torch.allclose(generator.paint(x), wanted, atol=1e-5)
    assert checkpoint.fit(150, 250) == (128, 256)
    assert generator.paint(condition(3, 150, 250)).shape == (3, 150, 250)
    with pytest.raises(ModelError, match="is TorchScript, whose weights cannot be mixed"):
        morph(checkpoint, checkpoint, 0.5)
    with pytest.raises(ModelError, match="no module"):
        checkpoint.module()
    process = psutil.Process(checkpoint.foreign.isolated.pid)
    del checkpoint, generator
    gc.collect()
    assert not process.is_running() or process.wait(20) is not None


@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("channels", [1, 3])
def test_channels_and_number_format_are_found_by_trying(folder, channels, half):
    torch.manual_seed(0)
    network = Mixing(channels).eval()
    path = folder / f"{channels}{half}.pt"
    checkpoint = load(scripted(network.half() if half else network, path), trust=True)
    assert checkpoint.in_channels == channels
    x = condition(channels, 64, 64)
    with torch.no_grad():
        wanted = network.float()(x[None] * 2 - 1)[0] / 2 + 0.5
    painted = Generator(checkpoint, "cpu").paint(x)
    assert torch.allclose(painted, wanted, atol=0.01 if half else 1e-5)


def test_the_card_says_what_an_archive_cannot(folder):
    class Bytes(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return 255.0 - x

    path = scripted(Bytes(), folder / "bytes.pt")
    with pytest.raises(ModelError, match="say on its card what it takes and gives"):
        load(path, trust=True)
    said = {"condition_range": "0..255", "picture_range": "0..255", "layout": "NHWC"}
    (folder / "bytes.json").write_text(json.dumps(said))
    x = condition(3, 64, 64)
    assert torch.allclose(Generator(load(path, trust=True), "cpu").paint(x), 1 - x, atol=1e-5)


def test_an_endless_loop_is_ended_and_what_plays_says_so(folder, monkeypatch):
    monkeypatch.setattr("livegan.generators.foreign.isolated.SPARE_S", 0.5)
    checkpoint = load(scripted(Endless(), folder / "endless.pt"), trust=True)
    generator = Generator(checkpoint, "cpu")
    generator.paint(condition(3, 256, 256))
    pid = checkpoint.foreign.isolated.pid
    for _ in range(2):  # and it is not tried again
        began = time.monotonic()
        with pytest.raises(ModelError, match="TorchScript gave no picture within"):
            generator.paint(torch.zeros(3, 256, 256))
    assert time.monotonic() - began < 5 and not psutil.pid_exists(pid)


@pytest.mark.parametrize("kind", [Writing, Mapping])
def test_files_are_out_of_reach(folder, kind):
    """By what is called, and were that overlooked, by what the system allows the process."""
    victim = folder / f"{kind.__name__}.bin"
    victim.write_bytes(b"something that matters")
    path = scripted(kind(str(victim)), folder / f"{kind.__name__}.pt")
    with pytest.raises(ModelError, match=r"its program uses (save|from_file), which reaches"):
        load(path, trust=True)
    network = Isolated("TorchScript", path.read_bytes())
    with contextlib.suppress(ValueError, ModelError):
        network(condition(3, 8, 8)[None].numpy(), dtype="float32")
    network.close()
    assert victim.read_bytes() == b"something that matters"


def test_a_process_that_dies_is_said_to_have_ended(folder):
    checkpoint = load(scripted(Mixing().eval(), folder / "dies.pt"), trust=True)
    psutil.Process(checkpoint.foreign.isolated.pid).kill()
    with pytest.raises(ModelError, match="ended its process"):
        Generator(checkpoint, "cpu").paint(condition(3, 64, 64))


def test_a_cut_off_archive_is_one_line(folder):
    path = traced(small(0), folder / "cut.pt")
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(ModelError, match=r"cut.pt: ") as caught:
        load(path, trust=True)
    assert "\n" not in str(caught.value)
