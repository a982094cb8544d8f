from __future__ import annotations

import gc
import shutil
import threading
import weakref

from livegan.generators import Card, Generator, load, save_checkpoint
from livegan.generators.card import write_card

from .conftest import small


def test_a_file_is_read_once_while_somebody_plays_it(models):
    path = models / "city" / "model.safetensors"
    assert load(path) is load(str(path))


def test_a_checkpoint_is_freed_when_nobody_plays_it(models, tmp_path):
    path = tmp_path / "a.safetensors"
    shutil.copy(models / "city" / "model.safetensors", path)
    generator = Generator(load(path), "cpu")
    held = weakref.ref(generator.checkpoint), weakref.ref(generator.network)
    del generator
    gc.collect()
    assert [each() for each in held] == [None, None]


def test_a_file_that_was_written_anew_is_read_anew(tmp_path):
    path = save_checkpoint(tmp_path, small(0))
    first = load(path)
    save_checkpoint(tmp_path, small(1))
    assert load(path).digest != first.digest


def test_a_card_that_was_written_anew_is_read_anew(tmp_path):
    path = save_checkpoint(tmp_path, small(0), Card(title="one"))
    first = load(path)
    write_card(tmp_path / "model.json", Card(title="another"))
    assert (first.card.title, load(path).card.title) == ("one", "another")


def test_two_slots_with_one_model_share_its_network(models):
    checkpoint = load(models / "city" / "model.safetensors")
    one, two = (Generator(checkpoint, "cpu") for _ in range(2))
    assert one.network is two.network
    assert one.prepared("frame", False) is two.prepared("frame", False) is not one.network


def test_many_threads_get_the_same_checkpoint(models):
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(load(models / "city" / "model.safetensors")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and all(each is found[0] for each in found)
