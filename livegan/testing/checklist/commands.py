"""Checks of commands: ``livegan NAME``."""

from __future__ import annotations

from typing import Any

from livegan.testing.blame import told
from livegan.testing.checklist.offers import Offered
from livegan.testing.rows import Flaw, row


def app_of(offered: Offered) -> Any:
    """The command, as livegan adds it to its own."""
    import typer

    app = typer.Typer()

    # With two, the name is part of the line, as it is behind ``livegan``.
    @app.command("other")
    def other() -> None:
        return

    made, name = offered.offer.make, offered.offer.name
    if isinstance(made, typer.Typer):
        app.add_typer(made, name=name)
    else:
        app.command(name)(made)
    return app


def called(offered: Offered, *words: str) -> Any:
    """What came of ``livegan NAME WORDS``."""
    from typer.testing import CliRunner

    return CliRunner().invoke(app_of(offered), [offered.offer.name, *words])


@row("command")
def help(offered: Offered) -> None:
    """``--help`` says what it does, and what each argument and option is for"""
    import typer

    did = f"asked for livegan {offered.offer.name} --help"
    try:
        found = called(offered, "--help")
        command: Any = typer.main.get_command(app_of(offered))
        own = command.commands[offered.offer.name]
    except Exception as error:
        raise Flaw(did, told(error), "type its arguments as typer takes them") from error
    if found.exit_code != 0:
        raise Flaw(did, f"it ended with {found.exit_code}", "mend what it does as it is set up")
    parts = [own, *getattr(own, "commands", {}).values()]
    for each in (p for part in parts for p in part.params):
        if not getattr(each, "help", "") and each.name not in ("help", "install_completion"):
            change = 'Annotated[..., typer.Option(help="what it is for")]'
            raise Flaw(did, f"{each.name!r} says nothing of what it is for", change)


@row("command", needs=("help",))
def bad_words(offered: Offered) -> None:
    """Called wrongly it ends with a line and a code, not with a traceback"""
    for words in ((), ("no-such-thing-at-all",), ("--no-such-option",)):
        line = " ".join(("livegan", offered.offer.name, *words))
        found = called(offered, *words)
        error = found.exception
        if error is not None and not isinstance(error, SystemExit):
            change = "catch what a wrong word or file leads to: print one line, raise typer.Exit(1)"
            raise Flaw(f"called {line}", told(error), change)
        if words and found.exit_code == 0:
            raise Flaw(f"called {line}", "it ended well", "raise typer.Exit(1) where it could not")
