"""The agenda: whoever asks what is due asks for the same, and says where that differs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from tests.support.stage import EVENING, Stage, couple_file
from troth.domain.states import NudgeState
from troth.engine.plan import AHEAD
from troth.store.agenda import AGENDA, NUDGE, RITUAL, Kind
from troth.store.backlog import Backlog, read_backlog
from troth.store.occasions import Occasion, plan_occasion
from troth.store.tables import nudges, occurrences
from troth.store.workload import read_workload

AGO, FAR = timedelta(minutes=7), datetime(2030, 1, 1, tzinfo=UTC)


def move(stage: Stage, kind: Kind, moment: datetime) -> None:
    with stage.store.db.writing() as conn:
        rows = update(kind.moment.table).where(kind.waits)
        assert conn.execute(rows.values({kind.moment: moment})).rowcount == 1, kind.what


def with_one_of_each(stage: Stage) -> None:
    """Let one of each kind wait, and all of them for long."""
    stage.couple(couple_file(EVENING))
    stage.wind("21:29")
    with stage.store.db.writing() as conn:
        sending = update(nudges).where(nudges.c.id == stage.nudges()[0].id)
        conn.execute(sending.values(state=NudgeState.SENDING, picked=True, lease_until=FAR))
        conn.execute(update(occurrences).values(reviewed=False, settled_at=FAR))
        plan_occasion(conn, Occasion(stage.in_play.id, "season-check-in", FAR))
    for kind in AGENDA:
        move(stage, kind, FAR)


def test_every_kind_wakes_a_clock_and_is_late_and_overdue_where_it_waits(stage: Stage):
    with_one_of_each(stage)
    now, db = stage.clock.now(), stage.store.db
    for kind in AGENDA:
        move(stage, kind, now - AGO)
        with db.reading() as conn:
            due = [each.count(conn, now, 9) for each in AGENDA]
            backlog = read_backlog(conn, now)
        assert due == [int(each is kind) for each in AGENDA]
        early = AHEAD if kind is RITUAL else timedelta()
        assert stage.service.rounds.next_moment() == now - AGO - early, kind.what
        late = Backlog(now - AGO, FAR) if kind is NUDGE else Backlog(None, now - AGO)
        assert backlog == late, kind.what
        firsts = read_workload(db, now).firsts
        assert {what for what, first in firsts.items() if first == now - AGO} == {kind.what}
        move(stage, kind, FAR)


def says(*words: str) -> Callable[[Stage], None]:
    def act(stage: Stage) -> None:
        for each in words:
            stage.ana.says(each)

    return act


def damaged(stage: Stage) -> None:
    stage.damage_ritual("evening")
    with stage.store.db.writing() as conn:
        conn.execute(update(occurrences).values(terms={}))


def retired_with_a_promise(stage: Stage) -> None:
    stage.ana.says("promise the roof by fri")
    stage.retire()


def claimed(stage: Stage) -> None:
    stage.claim()


TURNS: dict[str, Callable[[Stage], None]] = {
    "nothing is said": says(),
    "both pause": says("pause"),
    "one stops": says("stop"),
    "a promise is made, and the couple pauses": says("promise the roof by fri", "pause 2w"),
    "a repair goes on": says("repair"),
    "its rows are damaged": damaged,
    "the couple takes part no more": Stage.retire,
    "it takes part no more, with a promise to come": retired_with_a_promise,
    "what was claimed is never sent": claimed,
}


@pytest.mark.parametrize("at", ["21:29", "21:31"])
@pytest.mark.parametrize("turn", TURNS)
def test_a_duty_takes_whatever_the_agenda_says_is_due(stage: Stage, turn: str, at: str):
    """Else its clock would look at it for ever, and never do it."""
    stage.couple(couple_file(EVENING))
    stage.wind(at)
    TURNS[turn](stage)
    for hours in (1, 12, 24 * 6):
        stage.sleep(hours=hours)
        stage.settle_down()
        now = stage.clock.now()
        with stage.store.db.reading() as conn:
            due = [(kind.what, str(kind.moment)) for kind in AGENDA if kind.count(conn, now, 1)]
        assert due == []
    stage.ana.reads_all()
    stage.ben.reads_all()
