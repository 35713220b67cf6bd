"""A year of a couple, simulated: a nudge is never a nuisance, however they answer."""

from datetime import UTC, datetime

import pytest

from tests.support.stage import couple_file
from tests.support.year import (
    crowded_days,
    in_quiet_hours,
    repeated_texts,
)
from troth.schedules.answers import AnswersFile
from troth.schedules.load import load_schedules
from troth.simulation.run import Simulated, Span, simulate

YEAR = Span(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
QUIET = 'quiet = "22:30-07:00"'
COUPLE = couple_file(
    """
[rituals.goodnight]
practice = "evening-check-in"
cron = "45 21 * * *"
[rituals.date-night]
practice = "date-night"
cron = "0 19 * * fri"
lead = "alternate"
[rituals.closeness]
practice = "closeness-rating"
cron = "0 18 * * sun"
""",
    ana=QUIET,
    ben=f'{QUIET}\ntimezone = "America/New_York"',
    nudges_a_day=None,
)
LIVELY = {
    "answers": [
        {"partner": "ana", "ritual": "date-night", "say": "done", "after": "1d", "chance": 0.9},
        {"partner": "ana", "say": "a good day, and soup", "after": "20m", "chance": 0.9},
        {"partner": "ben", "say": "later 30m", "chance": 0.1},
        {"partner": "ben", "say": "done", "to": ["ritual", "snooze"], "chance": 0.9},
        {"partner": "ben", "say": "done", "to": "reminder", "chance": 0.5},
    ]
}
RELUCTANT = {
    "answers": [
        {"partner": "ana", "say": "done", "after": "3h", "chance": 0.15},
        {"partner": "ben", "say": "skip", "chance": 0.1},
    ]
}
NEWBORN = {
    "answers": LIVELY["answers"],
    "says": [
        {
            "partner": "ana",
            "at": datetime.fromisoformat("2026-03-01T10:00"),
            "say": "season newborn for 3 months",
        }
    ],
}
YEARS = {"lively": LIVELY, "reluctant": RELUCTANT, "newborn": NEWBORN}


@pytest.fixture(scope="module", params=list(YEARS.values()), ids=list(YEARS))
def year(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    file = tmp_path_factory.mktemp("year") / "couple.toml"
    file.write_text(COUPLE)
    return simulate(load_schedules([file]).couples, YEAR, AnswersFile.model_validate(request.param))


@pytest.mark.timeout(600)
def test_a_year_of_nudges_is_never_a_nuisance(year: Simulated) -> None:
    assert in_quiet_hours(year) == []
    assert crowded_days(year) == []
    assert repeated_texts(year) == []
