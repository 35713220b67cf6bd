"""Nobody is nudged more often on one of their days than they want, and what waits is not lost."""

from datetime import UTC, timedelta

from tests.support.actor import Actor
from tests.support.phones import Heard
from tests.support.stage import EVENING, Stage, couple_file

SHARED = EVENING.replace('"review"', '"revealed"')
COFFEE = """
[rituals.coffee]
practice = "shared-coffee"
cron = "30 12 * * *"
window = "4h"
rule = "both"
"""
WALK = """
[rituals.walk]
practice = "holding-hands"
cron = "0 17 * * *"
remind = []
"""


def test_a_reminder_beyond_the_limit_is_left_out(stage: Stage):
    stage.couple(couple_file(EVENING, nudges_a_day=1))
    stage.wind("23:30")
    for actor in (stage.ana, stage.ben):
        actor.expects("Answer here")
        actor.expects_nothing()
    stage.wind("04:00")
    assert stage.outcomes() == ["missed"]


def test_a_reminder_takes_no_place_from_what_is_asked_later_that_day(stage: Stage):
    coffee = COFFEE + 'remind = ["1h"]\n'
    stage.couple(couple_file(coffee + WALK, nudges_a_day=2))
    stage.wind("16:59")
    for actor in (stage.ana, stage.ben):
        actor.expects("Coffee together")
        actor.expects_nothing()
    stage.wind("18:00")
    for actor in (stage.ana, stage.ben):
        actor.expects("")


def test_what_the_other_shared_comes_the_next_morning_where_today_is_full(stage: Stage):
    stage.couple(couple_file(SHARED, nudges_a_day=1))
    stage.wind("21:40")
    for actor in (stage.ana, stage.ben):
        actor.expects("Answer here")
    stage.ana.says("the bread in the morning")
    stage.ben.says("your laugh on the stairs")
    stage.settle_down()
    stage.ana.expects_nothing()
    stage.wind("08:59")
    stage.ana.expects_nothing()
    stage.wind("09:00")
    stage.ana.expects("your laugh on the stairs")
    stage.ben.expects("the bread in the morning")


def test_what_cannot_be_asked_any_more_today_is_no_miss_and_says_why(stage: Stage):
    stage.couple(couple_file(COFFEE + WALK, nudges_a_day=1))
    stage.wind("23:00")
    for actor in (stage.ana, stage.ben):
        actor.expects("Coffee together")
        actor.expects_nothing()
    stage.wind(days=1)
    for actor in (stage.ana, stage.ben):
        actor.expects("Coffee together")
    walks = [each for each in stage.occurrences() if each.slot.endswith("17:00")]
    assert [str(each.reason) for each in walks[:1]] == ["undelivered"]
    reasons = {each.reason for each in stage.nudges() if each.occurrence_id == walks[0].id}
    assert reasons == {"with it, nudges to them that day would be more than 1"}


def test_no_day_of_a_week_has_more_than_that(stage: Stage):
    stage.couple(couple_file(SHARED + COFFEE + WALK, nudges_a_day=3))
    for _ in range(7):
        stage.wind("21:45")
        stage.ana.says("a good day, and a long one", to=_latest(stage.ana))
        stage.ben.says("soup and rain", to=_latest(stage.ben))
    per_day: dict[tuple[int, object], int] = {}
    for nudge in stage.nudges():
        if nudge.sent_at is not None:
            day = (nudge.partner_id, (nudge.sent_at.astimezone(UTC) - _FOUR).date())
            per_day[day] = per_day.get(day, 0) + 1
    assert max(per_day.values()) == 3
    for actor in (stage.ana, stage.ben):
        actor.reads_all()


def _latest(actor: Actor) -> Heard:
    """The evening's own ask, wherever it stands among what is unread."""
    return next(each for each in reversed(actor.reads_all()) if "/r/" in each.body)


_FOUR = timedelta(hours=4)
