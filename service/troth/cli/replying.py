"""reply: an answer given on the command line."""

from typing import Annotated

import typer

from troth.cli.finding import the_couple, the_partner, the_store
from troth.cli.output import AsJson, out, print_json
from troth.inbound.command import reply_from_command


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command("reply")(reply)


def reply(
    text: Annotated[str, typer.Argument(help="What the partner says: done, later 30m, 8, ...")],
    *,
    partner: Annotated[str, typer.Option(help="The partner's key or name.")],
    couple: Annotated[str | None, typer.Option(help="The couple's name.")] = None,
    as_json: AsJson = False,
) -> None:
    """Give a reply as if from that partner; print what is said back."""
    store = the_store()
    found = the_couple(store, couple)
    said = reply_from_command(found, the_partner(found, partner), text, store.clock.now())
    answer = store.take(said)
    if as_json:
        print_json({"answer": answer.text, "verb": answer.verb})
    else:
        out.print(answer.text)
