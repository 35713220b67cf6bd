"""A couple's standing, printed: the one form of it for all who ask."""

from collections.abc import Sequence
from typing import Any

from troth.cli.output import out, print_table
from troth.domain.score import Standing
from troth.domain.season import SeasonCount


def standing_data(
    name: str, standing: Standing, seasons: Sequence[SeasonCount] = ()
) -> dict[str, Any]:
    """Return the score with its denominators, for programs."""
    return {
        "couple": name,
        "score": None if standing.score is None else round(standing.score, 1),
        "building": standing.building,
        "rituals": [
            {**vars(ritual), "score": None if ritual.score is None else round(ritual.score, 1)}
            for ritual in standing.rituals
        ],
        "seasons": [vars(season) for season in seasons],
    }


def print_standing(name: str, standing: Standing, seasons: Sequence[SeasonCount] = ()) -> None:
    """Print the score with its denominators, for people."""
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
    if seasons:
        out.print("")
        print_table(("season", "kept", "asked"), ((s.kind, s.kept, s.asked) for s in seasons))


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
