"""simulate: what would happen, from the first nudge to the scores."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from troth.cli.output import AsJson, out, print_json
from troth.cli.parameters import Paths, chosen_couples, given_paths, moment
from troth.cli.standing import print_standing, standing_data
from troth.domain.durations import parse_duration
from troth.errors import TrothError
from troth.schedules.answers import AnswersFile, read_answers
from troth.schedules.load import load_schedules
from troth.simulation.log import Entry, Nudged, Replied, Scored, Settled, Unsent, as_data
from troth.simulation.run import Outage, Simulated, Span
from troth.simulation.run import simulate as run_simulation
from troth.store.records import Couple

LONGEST = timedelta(days=3_660)  # ten years


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command("simulate")(simulate)


def simulate(
    paths: Paths = None,
    *,
    start: Annotated[
        str, typer.Option("--from", metavar="T", help="ISO 8601; UTC unless it says.")
    ],
    end: Annotated[str, typer.Option("--to", metavar="T", help="ISO 8601; included.")],
    down: Annotated[
        list[str] | None,
        typer.Option(metavar="T/DUR", help="The service is not running from T for DUR (8h)."),
    ] = None,
    answers: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Who answers what; see docs/simulate.md.")
    ] = None,
    couple: Annotated[str | None, typer.Option(help="Only this couple.")] = None,
    as_json: AsJson = False,
) -> None:
    """Run the real service on a clock of its own; print all nudges, replies and outcomes.

    Nothing is sent, and nothing is kept.
    """
    span = _span(start, end, down or [])
    chosen = chosen_couples(load_schedules(given_paths(paths)).couples, couple)
    if not chosen:
        raise TrothError("there is no couple in these files")
    form = read_answers(answers, chosen) if answers else AnswersFile()
    simulated = run_simulation(chosen, span, form)
    if as_json:
        print_json(_document(simulated))
    else:
        _print(simulated)


def _span(start: str, end: str, downs: list[str]) -> Span:
    first, last = moment(start, "--from"), moment(end, "--to")
    if last <= first:
        raise typer.BadParameter("it lies before --from", param_hint="--to")
    if last - first > LONGEST:
        raise typer.BadParameter("it lies more than ten years after --from", param_hint="--to")
    return Span(first, last, tuple(_outage(text) for text in downs))


def _outage(text: str) -> Outage:
    start, _, length = text.rpartition("/")
    starts = moment(start, "--down")
    try:
        return Outage(starts, starts + parse_duration(length))
    except (ValueError, OverflowError) as error:
        message = f"{error} (after a moment and a slash: 2026-03-05T12:00/8h)"
        raise typer.BadParameter(message, param_hint="--down") from error


def _document(simulated: Simulated) -> dict[str, Any]:
    span = simulated.span
    return {
        "from": _iso(span.start.isoformat()),
        "to": _iso(span.end.isoformat()),
        "couples": [
            {**standing_data(couple.name, standing, beside), "partners": _partners(couple)}
            for couple, standing, beside in simulated.standings
        ],
        "log": [as_data(entry) for entry in simulated.log],
    }


def _partners(couple: Couple) -> dict[str, Any]:
    return {
        partner.key: {
            "name": partner.name,
            "timezone": partner.zone.key,
            "quiet": str(partner.quiet) if partner.quiet else None,
        }
        for partner in couple.partners
    }


def _iso(text: str) -> str:
    return text.replace("+00:00", "Z")


def _print(simulated: Simulated) -> None:
    several = len(simulated.standings) > 1
    for entry in simulated.log:
        if isinstance(entry, Scored):
            continue  # after each settlement; the last one is printed below
        whose = f"{entry.couple}  " if several else ""
        typer.echo(f"{entry.local:%a %Y-%m-%d %H:%M}  {whose}{_told(entry)}")
    for couple, standing, beside in simulated.standings:
        out.print()
        print_standing(couple.name, standing, beside)


def _told(entry: Entry) -> str:
    """Return one line: what was said in several is joined, for each is one thing that happened."""
    match entry:
        case Nudged():
            text = f"{entry.title}: {entry.text}" if entry.title else entry.text
            told = f"{entry.partner} < {entry.nudge} {entry.purpose}  {text}"
        case Replied():
            to = f" (to {entry.to})" if entry.to else ""
            told = f"{entry.partner} > {entry.said}{to}  -> {entry.answer}"
        case Unsent():
            told = f"{entry.partner}   {entry.nudge} {entry.purpose} was not sent: {entry.reason}"
        case Settled():
            why = f" ({entry.reason})" if entry.reason else ""
            told = f"= {entry.ritual} {entry.occurrence} of {entry.slot}: {entry.state}{why}"
        case _:
            told = entry.kind
    return " ".join(told.split("\n"))
