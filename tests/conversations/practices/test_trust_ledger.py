"""The trust ledger: thanks are kept as they came, read back in reviews, and never counted."""

from tests.support.plays import plays
from tests.support.stage import EVENING, Stage, couple_file
from troth.domain.promises import FollowThrough
from troth.engine.beside import beside_score
from troth.schedules.catalogue import shipped_catalogue

LEDGER = """
[rituals.ledger]
practice = "trust-ledger"
cron = "0 18 9,28 * *"
remind = []
"""
AUDIT = """
[rituals.audit]
practice = "quarterly-trust-audit"
cron = "0 17 8 3,6 *"
sensitivity = "open"
"""


@plays("trust-ledger")
def test_thanks_of_both_are_read_back_to_both_and_stand_in_the_score_as_one_review(stage: Stage):
    stage.couple(couple_file(LEDGER))
    assert stage.ana.says("thanks for the tea") == "Your thanks are kept for both of you."
    stage.wind("2026-03-04T12:00")
    stage.ben.says("thank you for picking up the kids on time")
    stage.wind("2026-03-09T18:00")
    for actor in (stage.ana, stage.ben):
        read = actor.expects("What you thanked each other for:").body
        first = "Ana, 2026-03-02: the tea"
        second = "Ben, 2026-03-04: picking up the kids on time"
        assert read.index(first) < read.index(second)
    assert stage.outcomes() == ["open"]
    stage.ana.says("the tea, it was a hard day")
    stage.ben.says("done")
    assert stage.outcomes() == ["kept"]
    assert stage.standing().scored == 1
    assert stage.score("ledger") == 100.0


def test_each_review_reads_what_came_since_the_one_before(stage: Stage):
    stage.couple(couple_file(LEDGER))
    stage.ana.says("thanks for the tea")
    stage.wind("2026-03-09T18:00")
    for actor in (stage.ana, stage.ben):
        actor.expects("the tea")
        actor.says("done")
    stage.wind("2026-03-20T12:00")
    stage.ana.says("thanks for the soup")
    stage.wind("2026-03-28T18:00")
    for actor in (stage.ana, stage.ben):
        read = actor.expects("Ana, 2026-03-20: the soup")
        assert "the tea" not in read.text


def test_without_a_review_before_it_a_month_is_read(stage: Stage):
    stage.couple(couple_file('[rituals.ledger]\npractice = "trust-ledger"\ncron = "0 18 20 4 *"'))
    stage.ana.says("thanks for the tea")
    stage.wind("2026-03-25T12:00")
    stage.ana.says("thanks for the soup")
    stage.wind("2026-04-20T18:00")
    for actor in (stage.ana, stage.ben):
        assert "the tea" not in actor.expects("the soup").text


def test_thanks_are_taken_back_within_ten_minutes_and_edited_by_nothing(stage: Stage):
    stage.couple(couple_file(LEDGER))
    stage.ana.says("thanks for the tea")
    stage.wind(minutes=9)
    assert stage.ana.says("undo") == "Taken back, as if it had not been said."
    stage.ana.says("thanks for the soup")
    stage.wind(minutes=11)
    assert stage.ana.says("undo") == "There is nothing of the last ten minutes to take back."
    assert stage.ben.says("undo") == "There is nothing of the last ten minutes to take back."
    stage.wind("2026-03-09T18:00")
    for actor in (stage.ana, stage.ben):
        assert "the tea" not in actor.expects("the soup").text


def test_thanks_settle_nothing_and_are_counted_nowhere(stage: Stage):
    stage.couple(couple_file(LEDGER + EVENING.replace("evening-check-in", "shared-coffee")))
    stage.wind("21:30")
    for actor in (stage.ana, stage.ben):
        actor.expects("Coffee")
    before = stage.standing()
    for _ in range(3):
        stage.ben.says("thanks for the tea")
    assert stage.outcomes() == ["open"]
    assert stage.standing() == before
    assert "the tea" not in stage.dump()
    assert "tea" not in str(stage.events())
    with stage.store.db.reading() as conn:
        assert beside_score(conn, stage.in_play.id).follow_through == FollowThrough(0, 0)


def test_a_review_with_nothing_to_read_asks_all_the_same(stage: Stage):
    stage.couple(couple_file(LEDGER))
    stage.wind("2026-03-09T18:00")
    for actor in (stage.ana, stage.ben):
        read = actor.expects(shipped_catalogue()["trust-ledger"].form.title)
        assert "What you thanked" not in read.text


@plays("quarterly-trust-audit")
def test_the_quarters_audit_lays_thanks_and_promises_side_by_side_and_asks_for_a_goal(
    stage: Stage,
):
    stage.couple(couple_file(AUDIT))
    stage.ana.says("thanks for the tea")
    stage.ben.says("promise to fix the door by 2026-03-20")
    stage.wind("2026-03-08T17:00")
    for actor in (stage.ana, stage.ben):
        actor.expects("Ana, 2026-03-02: the tea", "fix the door (for 2026-03-20)")
        assert "your words are kept" in actor.says("ask before I promise")
    assert stage.outcomes() == ["kept"]
    assert stage.score("audit") == 100.0
    assert stage.words_of("ana") == ["ask before I promise"]
    assert "ask before" not in stage.dump()
