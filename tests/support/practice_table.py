"""The table of all practices in docs/practices.md, made from the catalogue.

`python -m tests.support.practice_table` writes it anew.
"""

from pathlib import Path

from troth.schedules.catalogue import Practice, shipped_catalogue

PAGE = Path(__file__).parents[2] / "docs/practices.md"
HEAD = "| practice | title | asks for | who | when |\n|---|---|---|---|---|\n"


def practice_table() -> str:
    """Return the table's rows, family by family."""
    return "".join(_row(practice) for practice in shipped_catalogue().values())


def _row(practice: Practice) -> str:
    form = practice.form
    when = f"`{form.cron}`" if form.cron else "on occasion"
    return f"| `{practice.name}` | {form.title} | {form.kind} | {form.rule} | {when} |\n"


def write() -> None:
    """Put the table below its heading, at the page's end."""
    before = PAGE.read_text("utf-8").partition(HEAD)[0]
    PAGE.write_text(before + HEAD + practice_table(), "utf-8")


if __name__ == "__main__":
    write()
