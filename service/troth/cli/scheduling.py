"""init, check, apply, next, practices: schedules as files, and as what they lead to."""

from pathlib import Path
from typing import Annotated

import typer

from troth.bootstrap import open_store
from troth.cli.changed import as_changed
from troth.cli.output import AsJson, counted, out, print_json, print_table
from troth.cli.parameters import Paths, chosen_couples, given_paths, moment
from troth.clock import SystemClock
from troth.delivery.courier import is_channel_url
from troth.domain.durations import format_duration
from troth.engine.apply import apply as apply_schedules
from troth.errors import TrothError
from troth.schedules.ahead import Coming, coming_occurrences
from troth.schedules.catalogue import Practice
from troth.schedules.load import load_schedules
from troth.schedules.problems import Problem, ScheduleError
from troth.schedules.starter import write_starter
from troth.schedules.suggest import nearest
from troth.settings import load_settings

CALLED = "when there is occasion"  # a practice that no clock opens


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (init, check, apply, next_, practices):
        app.command(command.__name__.rstrip("_"))(command)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write.")] = Path(),
) -> None:
    """Write a starter schedules folder and settings."""
    for file in write_starter(folder):
        out.print(f"wrote {file}")
    out.print(
        f"\nNext: put your names and times into {folder / 'schedules/couples/us.toml'}, then\n"
        f"  troth check {folder / 'schedules'}\n"
        f"  {'' if folder == Path() else f'cd {folder} && '}troth up"
    )


def check(paths: Paths = None, *, as_json: AsJson = False) -> None:
    """Validate schedule files; print each problem as file:line: key: message."""
    problems: list[Problem] = []
    try:
        found = load_schedules(given_paths(paths), is_channel_url, SystemClock().now())
    except ScheduleError as error:
        problems = error.problems
    if as_json:
        print_json([_problem(problem) for problem in problems])
    for problem in [] if as_json else problems:
        typer.echo(str(problem))
    if problems:
        raise typer.Exit(1)
    if not as_json:
        rituals = sum(len(couple.rituals) for couple in found.couples)
        couples = len(found.couples)
        counts = (counted(found.files, "file"), counted(couples, "couple"))
        out.print(f"good: {', '.join(counts)}, {counted(rituals, 'ritual')}")


def apply(
    paths: Paths = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan only.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make the store agree with the files: add, change and retire; print the plan."""
    given = given_paths(paths)
    found = load_schedules(given, is_channel_url, SystemClock().now())
    store = open_store(load_settings())
    folders = [path for path in given if path.is_dir()]
    changes = apply_schedules(
        store.db, store.vault, found.couples, folders, store.clock.now(), dry_run=dry_run
    )
    if as_json:
        print_json([vars(change) for change in changes])
        return
    for change in changes:
        out.print(str(change))
    tail = "nothing was written, this was a dry run" if dry_run else "applied"
    out.print(f"{counted(len(changes), 'change')}; {tail}" if changes else "nothing to change")


def next_(
    paths: Paths = None,
    *,
    couple: Annotated[str | None, typer.Option(help="Only this couple.")] = None,
    start: Annotated[
        str | None, typer.Option("--from", metavar="T", help="ISO 8601; UTC unless it says.")
    ] = None,
    count: Annotated[int, typer.Option(min=1, max=1_000, help="How many.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Print coming occurrences: slot, UTC, and each partner's local time."""
    schedules = load_schedules(given_paths(paths))
    chosen = as_changed(chosen_couples(schedules.couples, couple))
    starts = SystemClock().now() if start is None else moment(start, "--from")
    coming = coming_occurrences(chosen, starts, count)
    if as_json:
        print_json([_coming(one) for one in coming])
        return
    print_table(
        ("due (UTC)", "couple", "ritual", "slot", "zone", "local"),
        (
            (
                f"{one.slot.starts_at:%Y-%m-%d %H:%M}",
                one.couple,
                one.ritual.key,
                one.slot.name,
                one.zone,
                ", ".join(f"{who} {at:%a %H:%M}" for who, at in one.local.items()),
            )
            for one in coming
        ),
    )


def practices(
    name: Annotated[str | None, typer.Argument(help="One practice, in full.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Print the catalogue of practices, or one of them in full."""
    settings = load_settings()
    own = [settings.schedules] if settings.schedules and settings.schedules.is_dir() else []
    catalogue = load_schedules(own).catalogue if own else load_schedules([]).catalogue
    if name is not None and name not in catalogue:
        raise TrothError(f"there is no practice '{name}'{nearest(name, catalogue)}")
    chosen = [catalogue[name]] if name else list(catalogue.values())
    if as_json:
        print_json([_practice(practice) for practice in chosen])
    elif name:
        _print_practice(chosen[0])
    else:
        rows = [
            (p.name, p.form.title, p.family, p.form.kind, p.form.cron or CALLED) for p in chosen
        ]
        print_table(("name", "title", "family", "asks for", "default time"), rows)


def _problem(problem: Problem) -> dict[str, object]:
    return {
        "file": str(problem.file),
        "line": problem.line,
        "key": problem.key,
        "message": problem.message,
    }


def _coming(one: Coming) -> dict[str, object]:
    return {
        "couple": one.couple,
        "ritual": one.ritual.key,
        "practice": one.ritual.practice,
        "slot": one.slot.name,
        "zone": one.zone,
        "due": one.slot.starts_at.isoformat().replace("+00:00", "Z"),
        "local": {partner: at.isoformat() for partner, at in one.local.items()},
    }


def _practice(practice: Practice) -> dict[str, object]:
    form = practice.form
    return {
        "name": practice.name,
        "title": form.title,
        "family": practice.family,
        "kind": form.kind,
        "why": form.why,
        "origin": form.origin,
        "how": form.how,
        "cron": form.cron,
        "window": format_duration(form.window),
        "rule": form.rule,
        "hint": form.hint,
        "languages": ["en", *practice.translations],
    }


def _print_practice(practice: Practice) -> None:
    form = practice.form
    out.print(f"{form.title}  ({practice.name}, {practice.family})\n")
    out.print(f"Why   {form.why} ({form.origin})")
    out.print(f"How   {form.how}")
    if form.lite:
        out.print(f"Lite  {form.lite}")
    for step in form.steps:
        out.print(f"Step  {step.text} ({format_duration(step.lasts)})")
    if form.hint:
        out.print(f"Reply {form.hint}")
    counts = f"counts by the rule '{form.rule}'" if form.weight else "is not scored"
    out.print(f"Asks  {form.kind}; {counts}")
    out.print(f"When  {form.cron or CALLED}, window {format_duration(form.window)}\n")
    if form.cron is None:
        return
    out.print("In a couple's file:\n")
    out.print(f"  [rituals.{practice.name}]")
    out.print(f'  practice = "{practice.name}"\n  cron = "{form.cron}"')
