"""The words of the language as data: the same as in the stubs, the documentation and the sets."""

from __future__ import annotations

import ast
import json
from pathlib import Path

from livegan import live
from livegan.editor.vocabulary import Vocabulary, words_of_set
from livegan.graph.sound import FEATURES
from livegan.plugin import registry


def test_every_word_is_known_and_says_what_it_is(words: Vocabulary) -> None:
    known = {word.name for word in words.of()}
    assert {*live.__getattr__("__all__")} - known == set()
    silent = [word.name for word in words.words if not word.doc]
    assert silent == []


def test_every_operation_is_known_with_its_place_and_package(words: Vocabulary) -> None:
    reg = registry.Registry().load(None)
    assert {w.name for w in words.of("Encoders")} >= {*reg.names("encoder")}
    assert {w.name for w in words.of("SoundHandle")} == {*FEATURES, "band"}
    for word in words.of("Encoders"):
        assert Path(word.file).is_file() and word.line > 0, word.name
    blur = words.word("blur", "SourcePicture")
    assert blur is not None and blur.file.endswith("detail.py") and not blur.package
    lines = Path(blur.file).read_text().splitlines()
    assert "blur" in lines[blur.line - 1] + lines[blur.line]


def test_a_parameter_has_its_range_default_unit_and_choices(words: Vocabulary) -> None:
    blur, film = words.word("blur", "Picture"), words.word("film")
    assert blur is not None and film is not None
    (radius, _) = blur.params
    assert radius.meaning == "0..128 px: standard deviation, at 512 pixels"
    assert radius.text == "radius: Number = 4.0" and radius.default == "4.0"
    fit = next(p for p in film.params if p.name == "fit")
    assert fit.choices == ("cover", "contain", "stretch")


def test_what_livegan_draws_has_a_small_picture(words: Vocabulary) -> None:
    for name, owner in (("timeline", "Encoders"), ("blur", "Picture"), ("grid", "")):
        word = words.word(name, owner)
        assert word is not None and Path(word.picture).suffix == ".jpg", name


def test_models_are_known_with_what_their_cards_say(words: Vocabulary) -> None:
    city = next(model for model in words.models if model.name == "city")
    assert city.encoder and city.size and city.licence and Path(city.file).is_file()


def test_a_vocabulary_comes_over_as_it_was_sent(words: Vocabulary) -> None:
    assert Vocabulary.read(json.loads(json.dumps(words.plain))) == words


def test_what_a_set_defines_itself_is_a_word_and_a_mixer_is_a_method() -> None:
    text = (
        "@mixer\ndef glow(picture, other, *, amount=param(0.5, 0, 2, 'how much', unit='px')):\n"
        '    """Light."""\n\n\n@signal\nclass pump:\n    def value(self, sound, *, now): ...\n'
    )
    found = {(w.owner, w.name): w for w in words_of_set(ast.parse(text), "set.py")}
    assert found["", "glow"].doc == "Light." and found["", "pump"].gives == "Signal"
    method = found["Picture", "glow"]
    assert [p.name for p in method.params] == ["other", "amount"]
    assert method.params[1].meaning == "0..2 px: how much"
    assert (method.file, method.line) == ("set.py", 2)
