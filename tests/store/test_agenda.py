"""The agenda: whoever asks what is due asks for the same, and says where that differs."""

from datetime import UTC, datetime, timedelta

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
