"""A simulation runs the real service: nothing leaves, time is wound, a run repeats exactly."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from tests.support.stage import EVENING, couple_file, phones_of
from troth.domain.states import NudgePurpose
from troth.schedules.answers import AnswersFile
from troth.schedules.load import load_schedules
from troth.simulation.log import Nudged, Replied, Settled, Unsent, as_data
from troth.simulation.run import Outage, Simulated, Span, simulate

Kind = TypeVar("Kind")
Rule = dict[str, object]


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _span(start: str, end: str, *outages: tuple[str, str]) -> Span:
    return Span(_at(start), _at(end), tuple(Outage(_at(s), _at(e)) for s, e in outages))


def _run(folder: Path, span: Span, answers: list[Rule], **more: object) -> Simulated:
    file = folder / "couple.toml"
    file.write_text(couple_file(EVENING, **more))  # type: ignore[arg-type] # texts all
    form = AnswersFile.model_validate({"answers": answers})
    return simulate(load_schedules([file]).couples, span, form)


def _of(simulated: Simulated, kind: type[Kind]) -> list[Kind]:
    return [entry for entry in simulated.log if isinstance(entry, kind)]


NIGHT = _span("2026-03-02T00:00", "2026-03-03T12:00")
BOTH: list[Rule] = [{"partner": key, "say": "done", "after": "20m"} for key in ("ana", "ben")]


def test_both_answer_and_the_evening_is_kept(tmp_path: Path) -> None:
    simulated = _run(tmp_path, NIGHT, BOTH)
    assert [entry.local.strftime("%H:%M") for entry in _of(simulated, Replied)] == ["21:50"] * 2
    assert [entry.state for entry in _of(simulated, Settled)] == ["kept"]
    ((_, standing, _),) = simulated.standings
    assert standing.rituals[0].kept == 1


def test_the_same_seed_gives_the_same_run(tmp_path: Path) -> None:
    answers: list[Rule] = [
        {"partner": key, "say": ["one", "two"], "chance": 0.5} for key in ("ana", "ben")
    ]
    week = _span("2026-03-02T00:00", "2026-03-07T00:00")
    first, second = (_run(tmp_path, week, answers) for _ in range(2))
    assert list(map(as_data, first.log)) == list(map(as_data, second.log))


def test_nothing_can_leave_whatever_the_channels_are(tmp_path: Path) -> None:
    secret = 'channels = ["ntfys://ntfy.sh/${NOT_SET_ANYWHERE}"]'
    simulated = _run(tmp_path, NIGHT, [], ana=secret, ben=phones_of("ben", "first"))
    reached = {nudge.partner for nudge in _of(simulated, Nudged)}
    assert reached == {"ana", "ben"}


def test_what_is_due_at_the_first_and_the_last_moment_comes(tmp_path: Path) -> None:
    simulated = _run(tmp_path, _span("2026-03-02T21:30", "2026-03-03T21:30"), BOTH)
    asked = [n for n in _of(simulated, Nudged) if n.purpose is NudgePurpose.RITUAL]
    assert [nudge.at.day for nudge in asked] == [2, 2, 3, 3]


def test_while_the_service_is_down_nothing_comes_and_later_only_what_is_of_use(
    tmp_path: Path,
) -> None:
    down = ("2026-03-02T21:00", "2026-03-02T23:00")
    simulated = _run(tmp_path, _span("2026-03-02T00:00", "2026-03-03T12:00", down), BOTH)
    assert {nudge.at for nudge in _of(simulated, Nudged)} == {_at("2026-03-02T23:00")}


def test_an_outage_over_the_whole_window_is_nobodys_miss(tmp_path: Path) -> None:
    down = ("2026-03-02T21:00", "2026-03-03T09:00")
    simulated = _run(tmp_path, _span("2026-03-02T00:00", "2026-03-03T12:00", down), BOTH)
    assert _of(simulated, Nudged) == []
    assert {entry.reason for entry in _of(simulated, Unsent)} == {"its window was over"}
    assert [(s.state, s.reason) for s in _of(simulated, Settled)] == [("excused", "undelivered")]


def test_what_is_said_while_the_service_is_down_is_heard_when_it_is_up(tmp_path: Path) -> None:
    down = ("2026-03-02T21:40", "2026-03-02T22:00")
    simulated = _run(tmp_path, _span("2026-03-02T00:00", "2026-03-03T12:00", down), BOTH)
    assert {entry.at for entry in _of(simulated, Replied)} == {_at("2026-03-02T22:00")}


def test_a_reminder_is_answered_by_a_rule_of_its_own(tmp_path: Path) -> None:
    answers: list[Rule] = [{"partner": "ana", "say": "done", "to": "reminder"}]
    simulated = _run(tmp_path, NIGHT, answers)
    (reply,) = _of(simulated, Replied)
    reminded = {nudge.nudge: nudge.purpose for nudge in _of(simulated, Nudged)}
    assert reply.to is not None
    assert reminded[reply.to] is NudgePurpose.REMINDER


@pytest.mark.parametrize(
    ("outages", "up"),
    [
        ([], [("2026-03-02T00:00", "2026-03-03T00:00")]),
        ([("2026-03-01T00:00", "2026-03-04T00:00")], []),
        (
            [
                ("2026-03-02T10:00", "2026-03-02T12:00"),
                ("2026-03-02T06:00", "2026-03-02T11:00"),
            ],
            [
                ("2026-03-02T00:00", "2026-03-02T05:59:59.999999"),
                ("2026-03-02T12:00", "2026-03-03T00:00"),
            ],
        ),
    ],
)
def test_outages_may_overlap_and_outlast_the_span(
    outages: list[tuple[str, str]], up: list[tuple[str, str]]
) -> None:
    span = _span("2026-03-02T00:00", "2026-03-03T00:00", *outages)
    assert list(span.times_up()) == [(_at(start), _at(end)) for start, end in up]
