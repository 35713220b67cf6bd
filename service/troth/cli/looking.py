"""log, score, why, partners, doctor: what happened, the numbers, and the reasons."""

from typing import Annotated, Any

import typer

from troth.bootstrap import Store
from troth.cli.examining import examine
from troth.cli.finding import the_couple, the_partner, the_store
from troth.cli.output import AsJson, out, print_json, print_table
from troth.cli.standing import print_standing, standing_data
from troth.engine.beside import beside_score
from troth.engine.explain import explain
from troth.engine.findings import Health
from troth.engine.seen import seen
from troth.engine.standing import couple_standing
from troth.errors import TrothError
from troth.settings import Settings, load_settings
from troth.store import channels, ledger
from troth.store.records import Partner

Couple = Annotated[str | None, typer.Option(help="The couple's name.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (log, score, why, partners, doctor):
        app.command(command.__name__)(command)


def log(
    couple: Couple = None,
    *,
    partner: Annotated[
        str | None, typer.Option(help="What this partner may see of what was said, with words.")
    ] = None,
    last: Annotated[int, typer.Option(min=1, max=10_000, help="How many events.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Print what happened: the ledger's events, oldest first; they hold nobody's words.

    With --partner, what was said instead, as far as that partner may see it: their own words and
    numbers, and the other's where these have been shown.
    """
    store = the_store()
    if partner is not None:
        _print_seen(store, couple, partner, last, as_json=as_json)
        return
    couple_id = the_couple(store, couple).id if couple else None
    with store.db.reading() as conn:
        events = ledger.read(conn, couple_id, last=last)
    if as_json:
        print_json(events)
        return
    rows = (
        (
            event["time"][:19],
            event["type"].removeprefix("org.troth.").removesuffix(".v1"),
            event["subject"],
            _facts(event["data"]),
        )
        for event in events
    )
    print_table(("time (UTC)", "event", "id", "what"), rows)


def score(couple: Couple = None, *, as_json: AsJson = False) -> None:
    """Print the consistency score with its denominators."""
    store = the_store()
    found = the_couple(store, couple)
    with store.db.reading() as conn:
        standing, beside = couple_standing(conn, found.id), beside_score(conn, found.id)
    if as_json:
        print_json(standing_data(found.name, standing, beside))
        return
    print_standing(found.name, standing, beside)
    out.print(f"\nwhy: troth why c{found.id}")


def why(
    printed_id: Annotated[str, typer.Argument(metavar="ID", help="o17, n42 or c1, as in the log.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Print the reasons behind an occurrence, a nudge or a score."""
    store = the_store()
    with store.db.reading() as conn:
        reasons = explain(conn, printed_id)
    if as_json:
        print_json(reasons)
    else:
        _print_facts(reasons, "")


def partners(couple: Couple = None, *, as_json: AsJson = False) -> None:
    """Print each partner's secret inbox and calendar addresses, and the state of their channels."""
    store = the_store()
    found = the_couple(store, couple)
    with store.db.reading() as conn:
        held = channels.channels_of(conn, [partner.id for partner in found.partners])
    rows = [
        {
            "partner": partner.key,
            "inbox": f"{store.settings.page_url}/inbox/{store.vault.token(partner.seed)}",
            "calendar": _calendar(store, partner),
            "channels": [f"h{c.id} {c.scheme} {c.state}" for c in held[partner.id]],
        }
        for partner in found.partners
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        out.print(f"{row['partner']}: {row['inbox']}")
        out.print(f"  calendar {row['calendar']}")
        for channel in row["channels"]:
            out.print(f"  {channel}")


def doctor(*, as_json: AsJson = False) -> None:
    """Check everything a start needs, and explain every setting."""
    findings = examine()
    if as_json:
        print_json([vars(finding) for finding in findings])
    else:
        print_table(("check", "health", ""), ((f.id, f.health, f.text) for f in findings))
        out.print("\nSettings (TROTH_<NAME> in the environment, or <name> in troth.toml):\n")
        print_table(("setting", "means", "now"), _explained_settings())
    if any(finding.health is Health.BAD for finding in findings):
        raise typer.Exit(1)


def _explained_settings() -> list[tuple[str, str, str]]:
    """Return (name, meaning, value) of every setting; a secret's value is only said to be set."""
    try:
        settings = load_settings()
    except TrothError:  # told as a finding already
        settings = Settings.model_construct()
    rows = []
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        shown = str(value) if field.repr and value is not None else "set" if value else "unset"
        rows.append((f"TROTH_{name.upper()}", field.description or "", shown))
    return rows


def _calendar(store: Store, partner: Partner) -> str:
    """Return the address to which a calendar program can subscribe."""
    token = store.vault.calendar_token(partner.id, partner.seed)
    return f"{store.settings.page_url}/calendar/{token}.ics"


def _print_seen(store: Store, couple: str | None, key: str, last: int, *, as_json: bool) -> None:
    """Print what one partner may see of what was said."""
    found = the_couple(store, couple)
    partner = the_partner(found, key)
    with store.db.reading() as conn:
        rows = seen(conn, store.vault, found, partner, last)
    if as_json:
        print_json([vars(row) for row in rows])
        return
    table = ((r.at[:19], r.ritual, r.occurrence, r.name, r.said, r.text) for r in rows)
    print_table(("time (UTC)", "ritual", "id", "who", "said", "what"), table)


def _facts(data: dict[str, Any]) -> str:
    told = (f"{name}={value}" for name, value in data.items() if value not in (None, False))
    return " ".join(told)


def _print_facts(facts: dict[str, Any], indent: str) -> None:
    """Print nested facts, one a line; a list of tables with a dash before each."""
    for name, value in facts.items():
        label = name.replace("_", " ")
        if isinstance(value, dict):
            out.print(f"{indent}{label}:")
            _print_facts(value, indent + "  ")
        elif isinstance(value, list):
            out.print(f"{indent}{label}:{'' if value else ' none'}")
            for item in value:
                out.print(f"{indent}  -")
                _print_facts(item, indent + "    ")
        elif value is not None:
            out.print(f"{indent}{label}: {value}")
