"""The `troth` command."""

import sys
from typing import Annotated

import typer
from sqlalchemy.exc import DBAPIError

from troth import __version__
from troth.cli import (
    backing_up,
    looking,
    moving,
    replying,
    restoring,
    running,
    scheduling,
    simulating,
)
from troth.errors import TrothError
from troth.logs import set_up_logs
from troth.schedules.problems import ScheduleError

app = typer.Typer(
    name="troth",
    help="Small rituals, kept together: reminders and nudges for couples.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
PARTS = (running, scheduling, simulating, replying, looking, backing_up, restoring, moving)
for part in PARTS:
    part.add_to(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"troth {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print it and exit."
        ),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line. What people can mend is one line and exit code 1, never a traceback."""
    set_up_logs("console", "warning")  # the long-running roles set up their own
    try:
        app()
    except ScheduleError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)
    except TrothError as error:
        typer.echo(f"troth: {error}", err=True)
        sys.exit(1)
    except DBAPIError as error:
        cause = str(error.orig).strip().splitlines()[0] if error.orig else "no answer"
        typer.echo(
            f"troth: the database gave up: {cause}; try again, or see: troth doctor", err=True
        )
        sys.exit(1)
