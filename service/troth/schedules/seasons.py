"""What each kind of season does, as `schedules/seasons.toml` has it."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated

from pydantic import Field

from troth.domain.season import SeasonTerms
from troth.domain.states import SeasonKind
from troth.schedules.models import Form
from troth.schedules.problems import ScheduleError
from troth.schedules.reader import Document
from troth.schedules.shipped import shipped_schedules
from troth.schedules.values import Duration


class SeasonTermsForm(Form):
    """What one kind of season does to rituals while it holds."""

    longer: Annotated[float, Field(ge=1, le=10)]
    every: Annotated[int, Field(ge=1, le=10)]
    check_in: Duration
    length: Duration


class SeasonsFile(Form):
    """The file `schedules/seasons.toml`: every kind of season once."""

    terms: dict[SeasonKind, SeasonTermsForm]


def read_seasons(document: Document) -> Mapping[SeasonKind, SeasonTerms]:
    """Return the terms of every kind; raises ScheduleError with every problem."""
    form = document.into(SeasonsFile)
    missing = [kind for kind in SeasonKind if kind not in form.terms]
    if missing:
        message = f"these kinds are needed too: {', '.join(missing)}"
        raise ScheduleError([document.problem(("terms",), message)])
    return {
        kind: SeasonTerms(each.longer, each.every, each.check_in, each.length)
        for kind, each in form.terms.items()
    }


@cache
def season_terms() -> Mapping[SeasonKind, SeasonTerms]:
    """Return what each kind of season does, as it comes with Troth."""
    return read_seasons(Document(shipped_schedules() / "seasons.toml"))
