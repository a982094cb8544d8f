"""The server as an editor has it: a process that speaks the protocol, with pygls' own client."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp
from pygls import uris
from pygls.lsp.client import LanguageClient

from livegan.ipc.messages import Undo
from livegan.ipc.remote.schema import Hold
from tests.editor.stand_in_show import StandInShow, node, signal

START = "import sys; sys.argv = ['livegan', 'lsp']; from livegan.cli import main; main()"
GOOD = """\
from livegan.live import *
sound = listen()
wave = encode.waveform(sound, gain=sound.low)  # größer 🎛
show(wave.blur(4))
"""


class Editor(LanguageClient):
    """An editor with one document."""

    def __init__(self, folder: Path) -> None:
        super().__init__("test", "1")
        self.path = folder / "set.py"
        self.uri = uris.from_fs_path(str(self.path)) or ""
        self.document = lsp.TextDocumentIdentifier(self.uri)
        self.version = 0
        self.wrong: dict[str, list[lsp.Diagnostic]] = {}
        self.said: list[str] = []
        self.refreshed = 0
        self.shown: list[str] = []
        self.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda params: self.hear(params))
        self.feature(lsp.WINDOW_SHOW_MESSAGE)(lambda params: self.said.append(params.message))
        self.feature(lsp.WORKSPACE_INLAY_HINT_REFRESH)(lambda params: self.refresh())
        self.feature(lsp.WORKSPACE_CODE_LENS_REFRESH)(lambda params: None)
        self.feature(lsp.WINDOW_SHOW_DOCUMENT)(lambda params: self.show(params))

    def hear(self, params: lsp.PublishDiagnosticsParams) -> None:
        self.wrong[Path(uris.to_fs_path(params.uri) or "").name] = list(params.diagnostics)

    def refresh(self) -> None:
        self.refreshed += 1

    def show(self, params: lsp.ShowDocumentParams) -> lsp.ShowDocumentResult:
        self.shown.append(params.uri)
        return lsp.ShowDocumentResult(True)

    async def start(self, folder: Path) -> None:
        await self.start_io(sys.executable, "-c", START)
        refresh = lsp.InlayHintWorkspaceClientCapabilities(refresh_support=True)
        lenses = lsp.CodeLensWorkspaceClientCapabilities(refresh_support=True)
        showing = lsp.ShowDocumentClientCapabilities(support=True)
        can = lsp.ClientCapabilities(
            workspace=lsp.WorkspaceClientCapabilities(inlay_hint=refresh, code_lens=lenses),
            window=lsp.WindowClientCapabilities(show_document=showing),
        )
        options = {"pictures": True, "prove": False}
        uri = uris.from_fs_path(str(folder))
        await self.initialize_async(
            lsp.InitializeParams(capabilities=can, root_uri=uri, initialization_options=options)
        )
        self.initialized(lsp.InitializedParams())

    def type(self, text: str) -> None:
        """The document says this; it is opened with the first text."""
        self.version += 1
        if self.version == 1:
            item = lsp.TextDocumentItem(self.uri, "python", 1, text)
            self.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
            return
        whole = lsp.TextDocumentContentChangeWholeDocument(text)
        self.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                lsp.VersionedTextDocumentIdentifier(self.version, self.uri), [whole]
            )
        )

    def messages(self, name: str = "set.py") -> list[str]:
        return [each.message for each in self.wrong.get(name, [])]

    async def until(self, wanted: Callable[[], Any], seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while not wanted():
            assert time.monotonic() < deadline, (self.wrong, self.said)
            await asyncio.sleep(0.02)

    async def hints(self) -> dict[int, str]:
        everything = lsp.Range(lsp.Position(0, 0), lsp.Position(99, 0))
        found = await self.text_document_inlay_hint_async(
            lsp.InlayHintParams(self.document, everything)
        )
        return {hint.position.line: str(hint.label) for hint in found or ()}

    async def command(self, name: str) -> Any:
        return await self.workspace_execute_command_async(
            lsp.ExecuteCommandParams(name, [self.uri])
        )


@pytest.mark.skipif(sys.platform == "win32", reason="the addresses of shows are tested on Unix")
def test_an_editor_is_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    editor = Editor(tmp_path)
    editor.path.write_text(GOOD)

    async def story() -> None:
        await editor.start(tmp_path)
        await typing(editor)
        await asking(editor)
        await playing(editor, tmp_path)
        await editor.shutdown_async(None)
        editor.exit(None)
        assert editor._server is not None
        assert await asyncio.wait_for(editor._server.wait(), 20) == 0

    asyncio.run(story())


async def typing(editor: Editor) -> None:
    """Mistakes are told as they are typed, and no set hurts the server."""
    editor.type(GOOD.replace("blur", "blurr"))
    await editor.until(lambda: "did you mean 'blur'?" in str(editor.messages()))
    (wrong,) = editor.wrong["set.py"]
    assert (wrong.range.start.line, wrong.range.start.character) == (3, 0)
    assert wrong.source == "livegan" and wrong.severity == lsp.DiagnosticSeverity.Error
    editor.type(f"import os, signal\nprint('noise')\nos.kill(os.getpid(), signal.SIGKILL)\n{GOOD}")
    await editor.until(lambda: "ended the process" in str(editor.messages()))
    editor.type(GOOD + "show(wave.hue(sound.kick))\n")
    await editor.until(lambda: "ignores the show" in str(editor.messages()))
    assert editor.wrong["set.py"][0].severity == lsp.DiagnosticSeverity.Warning
    editor.type(GOOD)
    await editor.until(lambda: editor.wrong["set.py"] == [])


async def asking(editor: Editor) -> None:
    """Words are completed and explained; places count in the units of the protocol."""
    at = lsp.Position(3, len("show(wave.bl"))
    ask = lsp.HoverParams(editor.document, at)
    deadline = time.monotonic() + 60
    while (found := await editor.text_document_hover_async(ask)) is None:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)
    text = getattr(found.contents, "value", "")
    assert "0..128 px" in text and "![blur](data:image/jpeg" in text
    done = await editor.text_document_completion_async(lsp.CompletionParams(editor.document, at))
    items = getattr(done, "items", [])
    assert "blur" in [item.label for item in items]
    place = await editor.text_document_definition_async(lsp.DefinitionParams(editor.document, at))
    assert isinstance(place, lsp.Location) and place.uri.endswith("/detail.py")
    inside = lsp.Position(3, len("show(wave.blur("))
    sign = await editor.text_document_signature_help_async(
        lsp.SignatureHelpParams(editor.document, inside)
    )
    assert sign is not None and sign.signatures[0].label.startswith("blur(radius")

    other = editor.path.with_name("desk.py")
    other.write_text('from livegan.live import *\nshow(encode.levels(listen("drum kit/2")))\n')
    typed = "é = listen('drum k"
    editor.type(f"{GOOD}\n{typed}")
    line = GOOD.count("\n") + 1
    ask = lsp.CompletionParams(editor.document, lsp.Position(line, len(typed)))
    done = await editor.text_document_completion_async(ask)
    (item,) = getattr(done, "items", [])
    assert item.label == "drum kit/2" and item.detail == "sound input, in desk.py"
    first = lsp.Position(line, len("é = listen('"))
    whole = lsp.Range(first, lsp.Position(line, len(typed)))
    assert item.text_edit == lsp.TextEdit(whole, item.label), "the name has a space"
    editor.type(GOOD)
    other.unlink()


async def playing(editor: Editor, folder: Path) -> None:
    """A show that plays the set is seen beside its lines, and obeys."""
    assert await editor.hints() == {}
    assert "no show plays set.py" in await editor.command("livegan.undo")
    show = StandInShow(folder, editor.path)
    show.shows(signals=[signal(3, "gain", 0.43)], nodes=[node(3, 2.5)])
    try:
        await editor.until(lambda: editor.refreshed)
        assert await editor.hints() == {
            0: "version 1 on the air, 30 fps",
            2: "gain 0.43  2.5 ms",
        }
        (hint,) = [h for h in await all_hints(editor) if h.position.line == 2]
        line = GOOD.splitlines()[2]
        assert hint.position.character == len(line.encode("utf-16-le")) // 2
        lenses = await editor.text_document_code_lens_async(lsp.CodeLensParams(editor.document))
        titles = [lens.command.title for lens in lenses or () if lens.command]
        assert titles == ["undo", "hold", "safe set", "swap now", "on the air"]
        before = editor.refreshed
        show.shows(signals=[signal(3, "gain", 0.5)])
        await editor.until(lambda: editor.refreshed > before)
        assert (await editor.hints())[2].startswith("gain 0.50")

        assert await editor.command("livegan.undo") == "undo"
        assert await editor.command("livegan.hold") == "hold"
        assert show.done == [Undo(), Hold()] and editor.said[-1] == "hold"
        show.text = "# what plays\n"
        file = Path(await editor.command("livegan.onAir"))
        assert file.read_text() == show.text
        await editor.until(lambda: editor.shown)

        at = f"{editor.path}:4"
        show.shows(commit="refused", refusal="set.py:4: no such model", refused_at=at)
        await editor.until(lambda: editor.messages() == ["no such model"])
        assert editor.wrong["set.py"][0].source == "livegan (on stage)"
        show.shows(commit="on_air", refusal="", refused_at="", version=2)
        await editor.until(lambda: editor.wrong["set.py"] == [])

        show.shows(set=str(folder / "other.py"), scenes=[str(editor.path)])  # another scene
        while await editor.hints():
            await asyncio.sleep(0.05)
        assert await editor.command("livegan.undo") == "undo"
        show.shows(set=str(editor.path))
        while not await editor.hints():
            await asyncio.sleep(0.05)
    finally:
        show.close()
    deadline = time.monotonic() + 20
    while await editor.hints():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


async def all_hints(editor: Editor) -> list[lsp.InlayHint]:
    everything = lsp.Range(lsp.Position(0, 0), lsp.Position(99, 0))
    found = await editor.text_document_inlay_hint_async(
        lsp.InlayHintParams(editor.document, everything)
    )
    return list(found or ())


def test_without_pygls_the_command_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from typer.testing import CliRunner

    from livegan.cli import app

    monkeypatch.setitem(sys.modules, "pygls", None)
    done = CliRunner().invoke(app, ["lsp"])
    assert done.exit_code == 1
    assert done.output.strip() == "livegan lsp needs pygls: pip install 'livegan[lsp]'"
