"""What commands are given: schedule files, a couple of theirs, a moment."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from troth.errors import TrothError
from troth.schedules.couple import CoupleSchedule
from troth.schedules.suggest import nearest
from troth.settings import load_settings

Paths = Annotated[
    list[Path] | None,
    typer.Argument(help="Schedule files or folders. Left out: the folder in the settings."),
]


def given_paths(paths: list[Path] | None) -> list[Path]:
    """Return the paths that were named, or else the folder in the settings."""
    if paths:
        return paths
    settings = load_settings()
    if settings.schedules is None:
        raise typer.BadParameter("name schedule files or a folder, or begin with: troth init")
    return [settings.schedules]


def chosen_couples(couples: Sequence[CoupleSchedule], name: str | None) -> list[CoupleSchedule]:
    """Return the couple of this name, in any case, or all where none is named."""
    chosen = [one for one in couples if name is None or name.casefold() == one.name.casefold()]
    if name is not None and not chosen:
        hint = nearest(name, [one.name for one in couples])
        raise TrothError(f"there is no couple '{name}' in these files{hint}")
    return chosen


def moment(text: str, option: str) -> datetime:
    """Return an ISO 8601 moment; UTC unless it says otherwise."""
    try:
        read = datetime.fromisoformat(text)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(f"'{text}' is no ISO 8601 moment", param_hint=option) from error
