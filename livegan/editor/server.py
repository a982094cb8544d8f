"""The language server: what an editor asks, answered over standard input and output."""

from __future__ import annotations

import asyncio
import io
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from lsprotocol import types as lsp
from pygls import uris
from pygls.lsp.server import LanguageServer
from pygls.workspace import ServerTextPosition, ServerTextRange, TextDocument

from livegan import __version__
from livegan.editor import answers
from livegan.editor.commands import COMMANDS, TITLES, text_on_air
from livegan.editor.following import Following
from livegan.editor.open_sets import Finding, OpenSet, OpenSets
from livegan.editor.readout import PlayedSet, beside_lines
from livegan.ipc.remote.client import RemoteError

SOURCE = "livegan"
GONE_S = 2.0
"""Seconds that the server has to end by itself after its editor."""
TRIGGERS = [".", "(", ",", '"', "'", "="]


class EditorServer(LanguageServer):
    """A server for one editor."""

    def __init__(self) -> None:
        super().__init__("livegan", __version__)
        self.sets = OpenSets(self.publish)
        self.following = Following(self.heard)
        self.pictures = False
        """Whether the editor shows pictures in its explanations."""
        self.newest: Path | None = None
        """The document that the editor asked about last."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._shown: dict[Path, object] = {}
        self._refreshing = False

    # Documents -----------------------------------------------------------------------------------

    def begin(self, params: lsp.InitializeParams) -> None:
        """The editor is there."""
        self._loop = asyncio.get_running_loop()
        options = params.initialization_options
        options = options if isinstance(options, dict) else {}
        self.pictures = options.get("pictures") is True
        self.sets.proves = options.get("prove") is not False
        named = [folder.uri for folder in params.workspace_folders or ()]
        paths = map(uris.to_fs_path, named or filter(None, [params.root_uri]))
        self.sets.roots = [Path(path) for path in paths if path]
        self.following.start()

    def end(self) -> None:
        """The editor goes."""
        self.following.stop()
        self.sets.close()

    def document(self, uri: str) -> OpenSet | None:
        """A document that is open."""
        path = path_of(uri)
        found = self.sets.open.get(str(path)) if path is not None else None
        if found is not None:
            self.newest = found.path
        return found

    def text_changed(self, uri: str) -> None:
        """A document was opened, or is another one."""
        path = path_of(uri)
        if path is not None:
            self.sets.changed(path, self.workspace.get_text_document(uri).source)
            self.newest = path
            self._want()

    def _want(self) -> None:
        sets = [each.path for each in self.sets.open.values() if each.is_set]
        self.following.want(sets, [*self.sets.roots, *(d.folder for d in self.sets.open.values())])

    def forget(self, uri: str) -> None:
        """A document was closed."""
        path = path_of(uri)
        if path is not None:
            self.sets.closed(path)
            self._shown.pop(path, None)
            self._want()

    # What the server says by itself --------------------------------------------------------------

    def publish(self, file: str, problems: list[Finding]) -> None:
        """Show what is wrong in a file."""
        uri = uris.from_fs_path(file) or ""
        document = self.workspace.get_text_document(uri)
        shown = [self._diagnostic(document, each) for each in problems]
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, shown))

    def _diagnostic(self, document: TextDocument, problem: Finding) -> lsp.Diagnostic:
        try:
            line = document.lines[problem.line].rstrip()
        except (IndexError, OSError, UnicodeDecodeError):
            line = ""
        start = len(line) - len(line.lstrip())
        kind = lsp.DiagnosticSeverity
        return lsp.Diagnostic(
            range_in(document, problem.line, start, max(start + 1, len(line))) or NOWHERE,
            problem.message,
            kind.Warning if problem.warning else kind.Error,
            source=f"{SOURCE} (on stage)" if problem.on_stage else SOURCE,
        )

    def heard(self, path: Path, playing: PlayedSet | None) -> None:
        """How a show stands; from a thread of its own."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._played, path, playing)

    def _played(self, path: Path, playing: PlayedSet | None) -> None:
        document = self.sets.open.get(str(path))
        if document is None:
            return
        begins_or_ends = (document.playing is None) != (playing is None)
        self.sets.played(path, playing)
        can = self.client_capabilities.workspace
        if begins_or_ends and can and can.code_lens and can.code_lens.refresh_support:
            self.workspace_code_lens_refresh(None)
        shown = None if playing is None else beside_lines(playing, document.source.text)
        if shown == self._shown.get(path, self) or self._refreshing:
            return
        if can and can.inlay_hint and can.inlay_hint.refresh_support:
            self._shown[path] = shown
            self._refreshing = True
            self.workspace_inlay_hint_refresh(None, self._refreshed)

    def _refreshed(self, _: object) -> None:
        self._refreshing = False

    # Answers -------------------------------------------------------------------------------------

    def hints(self, params: lsp.InlayHintParams) -> list[lsp.InlayHint]:
        """Values beside the lines, while a show plays the set."""
        document = self.document(params.text_document.uri)
        if document is None:
            return []
        playing, file = document.playing, ""
        if playing is None:  # a module beside a set that plays
            others = (d for d in self.sets.open.values() if d.playing is not None)
            folder = document.path.parent
            playing = next((d.playing for d in others if folder == d.path.parent), None)
            file = str(document.path)
        if playing is None:
            return []
        text = self.workspace.get_text_document(params.text_document.uri)
        first, last = params.range.start.line, params.range.end.line
        hints = []
        for each in beside_lines(playing, document.source.text, file):
            if first <= each.line <= last and each.line < len(text.lines):
                end = len(text.lines[each.line].rstrip("\r\n"))
                place = text.position_to_client_units(ServerTextPosition(each.line, end))
                hints.append(lsp.InlayHint(place, each.text, padding_left=True))
        return hints

    def lenses(self, params: lsp.CodeLensParams) -> list[lsp.CodeLens]:
        """Commands for the show, above the line that takes the words of the language."""
        document = self.document(params.text_document.uri)
        if document is None or document.playing is None:
            return []
        lines = document.source.text.splitlines()
        line = next((n for n, each in enumerate(lines) if "livegan.live" in each), 0)
        place = lsp.Range(lsp.Position(line, 0), lsp.Position(line, 0))
        uri = params.text_document.uri
        return [
            lsp.CodeLens(place, lsp.Command(title, name, arguments=[uri]))
            for name, title in TITLES.items()
        ]

    async def obey(self, name: str, uri: str) -> str:
        """Do a command with the show that plays a document, or the newest one."""
        path = path_of(uri) if uri else self._playing_document()
        if path is None:
            self._say("open the set that plays", lsp.MessageType.Error)
            return ""
        try:
            if name not in COMMANDS:
                return await self._show_text(path)
            answer = await asyncio.to_thread(self.following.ask, path, COMMANDS[name]())
        except RemoteError as error:
            self._say(str(error), lsp.MessageType.Error)
            return str(error)
        self._say(answer or "done", lsp.MessageType.Info)
        return answer

    def _playing_document(self) -> Path | None:
        """Of the documents that a show plays the newest one, or else any."""
        plays = [d.path for d in self.sets.open.values() if d.playing is not None]
        return self.newest if self.newest in plays or not plays else plays[0]

    async def _show_text(self, path: Path) -> str:
        address = self.following.address_of(path)
        file = await asyncio.to_thread(text_on_air, address)
        window = self.client_capabilities.window
        uri = uris.from_fs_path(str(file)) or ""
        if window and window.show_document and window.show_document.support:
            self.window_show_document(lsp.ShowDocumentParams(uri, take_focus=True))
        else:
            self._say(f"the text on the air is in {file}", lsp.MessageType.Info)
        return str(file)

    def _say(self, text: str, kind: lsp.MessageType) -> None:
        self.window_show_message(lsp.ShowMessageParams(kind, text))

    def at(self, uri: str, position: lsp.Position) -> tuple[OpenSet, int, int] | None:
        """The document and the place, in characters, that an editor asks about."""
        document = self.document(uri)
        if document is None:
            return None
        place = self.workspace.get_text_document(uri).position_from_client_units(position)
        return document, place.line, place.character


NOWHERE = lsp.Range(lsp.Position(0, 0), lsp.Position(0, 1))


def range_in(document: TextDocument, line: int, start: int, end: int) -> lsp.Range | None:
    """A part of a line, in the units of the editor."""
    try:
        return document.range_to_client_units(
            ServerTextRange(ServerTextPosition(line, start), ServerTextPosition(line, end))
        )
    except (IndexError, OSError, UnicodeDecodeError):
        return None


def path_of(uri: str) -> Path | None:
    """The file of a document; None for one that has none yet."""
    path = uris.to_fs_path(uri)
    return Path(os.path.abspath(path)) if path else None


def made() -> EditorServer:
    """A server with everything that it answers."""
    server = EditorServer()

    @server.feature(lsp.INITIALIZE)
    def begin(params: lsp.InitializeParams) -> None:
        server.begin(params)

    @server.feature(lsp.INITIALIZED)
    async def began(params: lsp.InitializedParams) -> None:
        await server.sets.processes.warm_up()

    @server.feature(lsp.SHUTDOWN)
    def end(*_: object) -> None:
        server.end()

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    async def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        server.text_changed(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: lsp.DidChangeTextDocumentParams) -> None:
        server.text_changed(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    async def saved(params: lsp.DidSaveTextDocumentParams) -> None:
        path = path_of(params.text_document.uri)
        if path is not None:
            server.sets.saved(path)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        server.forget(params.text_document.uri)

    @server.feature(
        lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=TRIGGERS)
    )
    def complete(params: lsp.CompletionParams) -> lsp.CompletionList | None:
        found = server.at(params.text_document.uri, params.position)
        if found is None:
            return None
        document, line, column = found
        sign = params.context.trigger_character if params.context else None
        if sign not in (None, ".") and document.source.cursor(line, column).call is None:
            return None  # it means something in a call only
        names = server.sets.names(document)
        words = server.sets.words(document)
        items = answers.completions(document.source, words, line, column, names)
        text = document.source.cursor(line, column).text
        if text is not None:  # a name may have spaces and slashes: all of it is what is typed
            opened = server.workspace.get_text_document(params.text_document.uri)
            typed = range_in(opened, line, column - len(text), column)
            if typed is not None:
                for item in items:
                    item.filter_text, item.text_edit = item.label, lsp.TextEdit(typed, item.label)
        return lsp.CompletionList(False, items)

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def explain(params: lsp.HoverParams) -> lsp.Hover | None:
        found = server.at(params.text_document.uri, params.position)
        if found is None:
            return None
        document, line, column = found
        words = server.sets.words(document)
        return answers.hover(document.source, words, line, column, server.pictures)

    @server.feature(
        lsp.TEXT_DOCUMENT_SIGNATURE_HELP, lsp.SignatureHelpOptions(trigger_characters=["(", ","])
    )
    def sign(params: lsp.SignatureHelpParams) -> lsp.SignatureHelp | None:
        found = server.at(params.text_document.uri, params.position)
        if found is None:
            return None
        document, line, column = found
        return answers.signature(document.source, server.sets.words(document), line, column)

    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    def define(params: lsp.DefinitionParams) -> lsp.Location | None:
        found = server.at(params.text_document.uri, params.position)
        if found is None:
            return None
        document, line, column = found
        place = answers.definition(document.source, server.sets.words(document), line, column)
        if place is None:
            return None
        start = lsp.Position(max(0, place[1] - 1), 0)
        return lsp.Location(uris.from_fs_path(place[0]) or "", lsp.Range(start, start))

    server.feature(lsp.TEXT_DOCUMENT_INLAY_HINT)(lambda params: server.hints(params))
    server.feature(lsp.TEXT_DOCUMENT_CODE_LENS)(lambda params: server.lenses(params))
    for name in TITLES:
        server.command(name)(command(server, name))
    return server


def command(server: EditorServer, name: str) -> Callable[..., Any]:
    """What does a command of the editor; its argument is the document, if it is given."""

    async def run(uri: str = "") -> str:
        return await server.obey(name, uri)

    return run


def serve(stdin: BinaryIO, stdout: BinaryIO) -> None:
    """Serve one editor until it goes."""
    server = made()
    try:
        server.start_io(stdin, stdout)
    finally:
        server.end()


class EditorInput(io.BufferedReader):
    """What the editor sends. Soon after its end this process ends, whatever is still at work: an
    editor that was killed says nothing else."""

    def readline(self, size: int | None = -1, /) -> bytes:
        """The next line; empty when the editor is gone."""
        line = super().readline(size)
        if not line:
            leaving = threading.Timer(GONE_S, os._exit, (0,))
            leaving.daemon = True
            leaving.start()
        return line


def main() -> None:
    """Serve over standard input and output, which are the editor's alone from then on."""
    stdout = os.fdopen(os.dup(1), "wb")
    stdin = EditorInput(io.FileIO(os.dup(0)))
    os.dup2(2, 1)  # whatever prints does not disturb the messages
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.stdout = sys.stderr
    serve(stdin, stdout)
