"""An engine goes on until it is told to quit, or nobody listens any more."""

from __future__ import annotations

from multiprocessing import Pipe

import pytest

from livegan.engine.link import Link
from livegan.ipc.messages import Hello, Note, Undo


def test_messages_go_both_ways() -> None:
    stage, engine = Pipe()
    with stage, engine:
        link = Link(engine)
        assert link.receive() is None
        stage.send({"type": "undo"})
        assert link.receive() == Undo()
        link.send(Note("x"))
        assert stage.recv() == {"type": "note", "text": "x"}
        assert link.open


def test_what_is_no_message_is_told_and_the_engine_goes_on() -> None:
    stage, engine = Pipe()
    with stage, engine:
        link = Link(engine)
        stage.send({"type": "solo", "slot": "two"})
        stage.send({"type": "undo"})
        assert link.receive() is None
        assert stage.recv() == {
            "type": "note",
            "text": "the engine does not understand a message: solo: slot cannot be 'two'",
        }
        assert link.receive() == Undo() and link.open


def test_an_engine_that_is_told_to_quit_does_not_go_on() -> None:
    stage, engine = Pipe()
    with stage, engine:
        link = Link(engine)
        stage.send({"type": "quit"})
        link.receive()
        assert not link.open


def test_an_engine_ends_with_the_stage_that_it_hears_or_speaks_to() -> None:
    for end in (Link.receive, lambda link: link.send(Hello(1))):
        stage, engine = Pipe()
        with engine:
            link = Link(engine)
            stage.close()
            end(link)
            assert not link.open


def test_what_is_forked_off_neither_speaks_nor_keeps_the_pipe_open() -> None:
    stage, engine = Pipe()
    with stage:
        link = Link(engine)
        link._sending.acquire()  # held by a thread that there is not in the fork
        link.drop()
        link.send(Note("x"))
        assert link.receive() is None and not link.open
        with pytest.raises(EOFError):
            stage.recv()
