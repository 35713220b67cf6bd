"""A couple's standing, printed: the one form of it for all who ask."""

from typing import Any

from troth.cli.output import out, print_table
from troth.domain.score import Standing
from troth.domain.turning import BACKGROUND, Turning
from troth.engine.beside import Beside


def standing_data(name: str, standing: Standing, beside: Beside) -> dict[str, Any]:
    """Return the score with its denominators and what stands beside it, for programs."""
    return {
        "couple": name,
        "score": None if standing.score is None else round(standing.score, 1),
        "building": standing.building,
        "rituals": [
            {**vars(ritual), "score": None if ritual.score is None else round(ritual.score, 1)}
            for ritual in standing.rituals
        ],
        "follow_through": vars(beside.follow_through),
        "turning_toward": {"answered": beside.turning.answered, "made": beside.turning.made},
        "seasons": [vars(season) for season in beside.seasons],
    }


def print_standing(name: str, standing: Standing, beside: Beside) -> None:
    """Print the score with its denominators and what stands beside it, for people."""
    shown = (
        f"{standing.score:.1f}" if standing.score is not None else f"building, {standing.building}"
    )
    out.print(f"{name}: {shown}\n")
    print_table(
        ("ritual", "score", "scored", "kept", "partial", "missed", "excused"),
        (
            (r.ritual, _number(r.score), r.scored, r.kept, r.partial, r.missed, r.excused)
            for r in standing.rituals
        ),
    )
    promised = beside.follow_through
    if promised.settled:
        out.print(f"\npromises: {promised.kept} of {promised.settled} kept; in no score")
    _print_turning(beside.turning)
    if beside.seasons:
        out.print("")
        rows = ((season.kind, season.kept, season.asked) for season in beside.seasons)
        print_table(("season", "kept", "asked"), rows)


def _print_turning(turning: Turning) -> None:
    """Print the turning-toward rate, where there were bids; it is in no score."""
    if turning.share is not None:
        rate = f"{turning.answered} of {turning.made} bids answered in their window"
        out.print(f"\nturning toward: {rate} ({turning.share:.0%}).")
        out.print(f"{BACKGROUND} % is what research found, as background.")


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
