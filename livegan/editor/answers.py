"""What an editor is answered: completion, explanation, signatures and definitions.

Functions of a text and a vocabulary; positions count characters.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path

from lsprotocol import types as lsp

from livegan.editor.position import Cursor, SetSource, TypedCall
from livegan.editor.quoted import KINDS, QuotedNames
from livegan.editor.vocabulary import ModelName, Vocabulary, Word, WordParam

ICONS = {
    "Picture": lsp.CompletionItemKind.Function,
    "SourcePicture": lsp.CompletionItemKind.Function,
    "Signal": lsp.CompletionItemKind.Variable,
}
MODELS = ("model", "morph")
"""Calls whose texts are names of models."""
OF_PLUGINS = {"encode": "Encoders", "encoder": "Encoders", "mixer": "Picture"}
"""Calls whose first text is ``package:name``, and whose words those are."""
PICTURE_SIDE = 160
"""Pixels of a picture in an explanation."""
LARGEST = 60_000
"""Characters of such a picture: editors leave out what is too long."""
MARKDOWN = lsp.MarkupKind.Markdown


# Completion --------------------------------------------------------------------------------------


def completions(
    source: SetSource,
    words: Vocabulary,
    line: int,
    column: int,
    known_names: QuotedNames | None = None,
) -> list[Item]:
    """What can be written at a place; ``known_names`` are those that stand in quotes."""
    if not source.has_words:
        return []
    cursor = source.cursor(line, column)
    known = words.plus(source.words)
    if cursor.text is not None:
        return list(_texts(cursor, source, known, known_names or QuotedNames()))
    if cursor.receiver is not None:
        owner = source.class_of(cursor.receiver, known)
        return [_item(word) for word in known.of(owner)] if owner else []
    items = list(_parameters(cursor.call, source, known)) if cursor.call else []
    if cursor.call and cursor.call.named:
        items = list(_choices(cursor.call, source, known, quoted=True))
    if source.is_silent(line, column):
        return items
    own = {name for name in source.names if known.word(name) is None}
    items += [
        lsp.CompletionItem(name, kind=lsp.CompletionItemKind.Variable, sort_text=f"1{name}")
        for name in sorted(own)
    ]
    return items + [_item(word) for word in known.of()]


Item = lsp.CompletionItem


def _item(word: Word) -> Item:
    kind = ICONS.get(word.gives, lsp.CompletionItemKind.Function)
    if not word.call:
        kind = lsp.CompletionItemKind.Variable
    return Item(
        word.name,
        kind=kind,
        detail=word.label,
        documentation=lsp.MarkupContent(MARKDOWN, explained(word)),
        sort_text=f"2{word.name}",
    )


def _parameters(call: TypedCall, source: SetSource, words: Vocabulary) -> Iterator[Item]:
    word = source.word_of(call.function, words)
    for param in word.params if word and not call.named else ():
        if param.named and param.name not in call.given:
            yield Item(
                f"{param.name}=",
                kind=lsp.CompletionItemKind.Property,
                detail=param.text,
                documentation=param.meaning or None,
                filter_text=param.name,
                sort_text=f"0{param.name}",
            )


def _texts(
    cursor: Cursor, source: SetSource, words: Vocabulary, names: QuotedNames
) -> Iterator[Item]:
    """What can stand in quotes: names of models, of pictures, of devices and the like, and words to
    choose from."""
    if cursor.call is None:
        return
    function, call = cursor.call.function, cursor.call
    if function in MODELS and call.named in ("", "checkpoint", "a", "b"):
        for model in words.models:
            yield Item(
                model.name,
                kind=lsp.CompletionItemKind.File,
                detail=model.title or None,
                documentation=lsp.MarkupContent(MARKDOWN, explained_model(model)),
            )
    elif function == "prev" and not call.named:
        for name in sorted(source.names):
            if source.class_of(name, words) in ("Picture", "SourcePicture"):
                yield Item(name, kind=lsp.CompletionItemKind.Variable)
    elif function in OF_PLUGINS and not call.named:
        for word in words.of(OF_PLUGINS[function]):
            if word.package:
                yield Item(f"{word.package.split()[0]}:{word.name}", detail=word.summary)
    else:
        yield from _choices(call, source, words, quoted=False)
        param = _param_of(call, source.word_of(function, words))
        # A picture's .shader("...") takes what shader("...") takes.
        kind = KINDS.get((function.rpartition(".")[2], param.name)) if param else None
        for name, where in names.of(kind, source.quoted).items() if kind else ():
            if name != cursor.text:
                yield Item(name, kind=lsp.CompletionItemKind.Value, detail=f"{kind}, {where}")


def _choices(call: TypedCall, source: SetSource, words: Vocabulary, quoted: bool) -> Iterator[Item]:
    param = _param_of(call, source.word_of(call.function, words))
    if param is None:
        return
    for choice in param.choices:
        text = f'"{choice}"' if quoted else choice
        yield Item(text, kind=lsp.CompletionItemKind.EnumMember, sort_text=f"0{choice}")


def _param_of(call: TypedCall, word: Word | None) -> WordParam | None:
    """The parameter whose value is typed."""
    if word is None:
        return None
    if call.named:
        return next((p for p in word.params if p.name == call.named), None)
    for place, param in enumerate(word.params):
        if place == call.place or param.text.startswith("*"):
            return param
    return None


# Explanation -------------------------------------------------------------------------------------


def hover(
    source: SetSource, words: Vocabulary, line: int, column: int, pictures: bool
) -> lsp.Hover | None:
    """What stands at a place: signature, meaning, ranges, and a small picture."""
    if not source.has_words:
        return None
    known = words.plus(source.words)
    model = _model_at(source, known, line, column)
    if model is not None:
        return lsp.Hover(lsp.MarkupContent(MARKDOWN, explained_model(model, pictures)))
    found = source.name_at(line, column)
    if found is None:
        return None
    name, receiver, *_ = found
    word = _word(source, known, name, receiver)
    if word is not None:
        return lsp.Hover(lsp.MarkupContent(MARKDOWN, explained(word, pictures)))
    cursor = source.cursor(line, found[2])
    called = source.word_of(cursor.call.function, known) if cursor.call else None
    param = next((p for p in called.params if p.name == name), None) if called else None
    if param is not None and called is not None and receiver is None and name not in source.names:
        return lsp.Hover(lsp.MarkupContent(MARKDOWN, f"{code(param.text)}\n\n{param.meaning}"))
    return None


def _word(source: SetSource, words: Vocabulary, name: str, receiver: str | None) -> Word | None:
    if receiver is None:
        return None if name in source.names else words.word(name)
    return words.word(name, source.class_of(receiver, words) or "-")


def explained(word: Word, pictures: bool = False) -> str:
    """A word as Markdown."""
    parts = [code(word.label)]
    if pictures and word.picture:
        parts.append(picture(Path(word.picture), word.name))
    parts.append(plain(word.doc))
    rows = [f"- `{p.text}` {p.meaning}".rstrip() for p in word.params if p.meaning]
    parts.append("\n".join(rows))
    parts.append(f"From {word.package}" if word.package else "")
    return "\n\n".join(part for part in parts if part)


def explained_model(model: ModelName, pictures: bool = False) -> str:
    """A model as Markdown."""
    rows = {"encoder": model.encoder, "size": model.size, "licence": model.licence}
    parts = [f"**{model.name}** {model.title}".strip()]
    if pictures and model.picture:
        parts.append(picture(Path(model.picture), model.name))
    parts.append("\n".join(f"- {what}: {said}" for what, said in rows.items() if said))
    parts.append(f"`{model.file}`")
    return "\n\n".join(part for part in parts if part)


def code(text: str) -> str:
    """As Python, in Markdown."""
    return f"```python\n{text}\n```"


def plain(text: str) -> str:
    """A docstring as Markdown: its double backquotes are single ones there."""
    return text.replace("``", "`").strip()


def picture(file: Path, name: str) -> str:
    """A small picture, in Markdown; nothing if it cannot be read."""
    from PIL import Image

    try:
        with Image.open(file) as opened:
            opened.thumbnail((PICTURE_SIDE, PICTURE_SIDE))
            written = io.BytesIO()
            opened.convert("RGB").save(written, "JPEG", quality=75)
    except (OSError, ValueError):
        return ""
    data = base64.b64encode(written.getvalue()).decode()
    return f"![{name}](data:image/jpeg;base64,{data})" if len(data) < LARGEST else ""


# Signatures --------------------------------------------------------------------------------------


def signature(
    source: SetSource, words: Vocabulary, line: int, column: int
) -> lsp.SignatureHelp | None:
    """The parameters of the call that is typed."""
    if not source.has_words:
        return None
    known = words.plus(source.words)
    call = source.cursor(line, column).call
    word = source.word_of(call.function, known) if call else None
    if call is None or word is None or not word.call:
        return None
    param = _param_of(call, word)
    shown = [lsp.ParameterInformation(p.text, p.meaning or None) for p in word.params]
    active = word.params.index(param) if param is not None else None
    said = lsp.SignatureInformation(word.label, plain(word.summary), shown, active)
    return lsp.SignatureHelp([said], 0, active)


# Definition --------------------------------------------------------------------------------------


def definition(
    source: SetSource, words: Vocabulary, line: int, column: int
) -> tuple[str, int] | None:
    """Where what stands at a place is defined: file, and line from 1."""
    if not source.has_words:
        return None
    known = words.plus(source.words)
    model = _model_at(source, known, line, column)
    if model is not None:
        return model.file, 1
    text = source.text_at(line, column)
    if text is not None:
        return _file_of(source, text[0])
    found = source.name_at(line, column)
    if found is None:
        return None
    name, receiver, *_ = found
    if receiver is None and name in source.lines:
        return source.file, source.lines[name]
    beside = _beside(source, name, receiver)
    if beside is not None:
        return beside
    word = _word(source, known, name, receiver)
    return (word.file, word.line) if word is not None and word.line else None


def _model_at(source: SetSource, words: Vocabulary, line: int, column: int) -> ModelName | None:
    text = source.text_at(line, column)
    if text is None or text[1].function not in MODELS:
        return None
    return next((model for model in words.models if model.name == text[0]), None)


def _file_of(source: SetSource, text: str) -> tuple[str, int] | None:
    """A file that a set names, such as a shader."""
    file = Path(source.file).parent / text
    try:
        return (str(file), 1) if text and file.is_file() else None
    except (OSError, ValueError):
        return None


def _beside(source: SetSource, name: str, receiver: str | None) -> tuple[str, int] | None:
    """A module beside the set, or a name that comes from one."""
    import ast

    folder = Path(source.file).parent
    for node in source.tree.body if source.tree else ():
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            module = folder / f"{node.module.replace('.', '/')}.py"
            names = {alias.asname or alias.name: alias.name for alias in node.names}
            if module.is_file() and name == node.module and receiver is None:
                return str(module), 1
            if module.is_file() and name in names and receiver is None:
                return str(module), line_in(module, names[name])
        elif isinstance(node, ast.Import):
            for alias in node.names:
                module = folder / f"{alias.name.replace('.', '/')}.py"
                if module.is_file() and (alias.asname or alias.name) in (name, receiver):
                    known = (alias.asname or alias.name) == receiver
                    return str(module), line_in(module, name) if known else 1
    return None


def line_in(file: Path, name: str) -> int:
    """Where a module defines a name; 1 if it is not found."""
    try:
        return SetSource.read(file.read_text("utf-8-sig"), str(file)).lines.get(name, 1)
    except (OSError, ValueError):
        return 1
