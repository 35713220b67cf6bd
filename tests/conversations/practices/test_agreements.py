"""Agreements: a wording goes back and forth until the other says yes; then it holds."""

import pytest

from tests.conversations.practices.listening import both_expect
from tests.support.plays import plays
from tests.support.stage import Stage, couple_file
from troth.engine.digests.agreements import agreements
from troth.engine.digests.reading import Reading
from troth.schedules.catalogue import shipped_catalogue
from troth.schedules.couple import resolve
from troth.schedules.models import RitualForm

CALL = "A call when it gets later than fifteen minutes."
MESSAGE = "A message when it gets later than ten minutes."


def agreed_file(practice: str) -> str:
    return f"""
[rituals.agreement]
practice = "{practice}"
cron = "0 12 * * mon"
window = "6d"
remind = []
"""


def agreed(stage: Stage) -> str:
    """What a monthly review reads to Ana."""
    form = RitualForm(practice="commitments-review")
    ritual = resolve("review", form, shipped_catalogue()["commitments-review"], "en")
    couple = stage.in_play
    ana = couple.partners[0]
    with stage.store.db.reading() as conn:
        return agreements(
            conn, Reading(stage.store.vault, couple, ana, ritual, 0, stage.clock.now())
        )


@pytest.mark.parametrize("practice", ["expectations", "fair-fighting", "technology-guidelines"])
@plays("expectations", "fair-fighting", "technology-guidelines")
def test_an_agreement_holds_once_the_other_says_yes(stage: Stage, practice: str):
    stage.couple(couple_file(agreed_file(practice)))
    title = shipped_catalogue()[practice].form.title
    stage.wind("2026-03-09T12:00")
    both_expect(stage, title)
    stage.ana.says(CALL)
    stage.wind(minutes=1)
    brought = stage.ben.expects(title, f"Ana: {CALL}", "Reply yes")
    stage.ana.expects_nothing()
    assert stage.outcomes() == ["open"]
    assert agreed(stage) == ""
    assert "agree on these words" in stage.ben.says("yes", to=brought)
    stage.wind(minutes=1)
    stage.ana.expects("agree on these words")
    assert stage.outcomes() == ["kept"]
    assert stage.score() == 100
    assert agreed(stage) == f"{title} (2026-03-09): {CALL}"
    assert CALL not in stage.dump()
    stage.wind("2026-03-16T12:00")
    both_expect(stage, CALL)
    for actor in (stage.ana, stage.ben):
        actor.says("yes")
    assert stage.outcomes() == ["kept", "kept"]
    assert agreed(stage) == f"{title} (2026-03-09): {CALL}"


@pytest.fixture
def monday(stage: Stage) -> Stage:
    """Both are asked for what they expect."""
    stage.couple(couple_file(agreed_file("expectations")))
    stage.wind("2026-03-09T12:00")
    both_expect(stage, "Answer here")
    return stage


def test_words_of_the_other_become_the_wording(monday: Stage):
    monday.ana.says(CALL)
    monday.wind(minutes=1)
    monday.ben.expects(CALL)
    monday.ben.says(MESSAGE)
    assert monday.outcomes() == ["open"]  # two wordings are no agreement
    monday.wind(minutes=1)
    monday.ana.expects(f"Ben: {MESSAGE}")
    assert "agree" in monday.ana.says("yes")
    monday.wind(minutes=1)
    monday.ben.expects("agree on these words")
    assert monday.outcomes() == ["kept"]
    assert MESSAGE in agreed(monday)
    assert CALL not in agreed(monday)


def test_a_wording_that_nobody_confirmed_is_half_of_it_and_nobody_hears_so(monday: Stage):
    monday.ana.says(CALL)
    monday.wind(minutes=1)
    monday.ben.expects(CALL)
    monday.wind("2026-03-15T13:00")
    monday.ana.expects_nothing()
    monday.ben.expects_nothing()
    assert monday.outcomes() == ["partial"]
    assert agreed(monday) == ""
    monday.ben.says("yes", to=monday.ben.everything()[-1])
    monday.wind(minutes=1)
    monday.ana.expects("agree on these words")
    assert monday.outcomes() == ["kept"]
    assert CALL in agreed(monday)


def test_what_is_written_anew_asks_for_a_new_yes_and_the_last_one_holds_meanwhile(monday: Stage):
    monday.ana.says(CALL)
    monday.wind(minutes=1)
    brought = monday.ben.expects(CALL)
    monday.ben.says("yes", to=brought)
    monday.wind(minutes=1)
    monday.ana.expects("agree on these words")
    monday.ana.says(MESSAGE, to=monday.ana.everything()[0])
    assert monday.outcomes() == ["open"]
    assert CALL in agreed(monday)
    monday.wind(minutes=1)
    again = monday.ben.expects(f"Ana: {MESSAGE}")
    monday.ben.says("yes", to=again)
    monday.wind(minutes=1)
    monday.ana.expects("agree on these words")
    assert MESSAGE in agreed(monday)
    assert monday.outcomes() == ["kept"]


def test_a_yes_that_is_taken_back_agrees_to_nothing(monday: Stage):
    monday.ana.says(CALL)
    monday.wind(minutes=1)
    monday.ben.expects(CALL)
    monday.ben.says("yes")
    assert monday.outcomes() == ["kept"]
    monday.ben.says("undo")
    assert monday.outcomes() == ["open"]
    assert agreed(monday) == ""
    monday.wind(minutes=1)
    monday.ana.expects("agree on these words")  # it had left before


def test_a_no_is_no_agreement_and_is_not_scored(monday: Stage):
    monday.ana.says(CALL)
    monday.wind(minutes=1)
    monday.ben.expects(CALL)
    monday.ben.says("no")
    monday.wind(minutes=1)
    monday.ana.expects_nothing()
    assert monday.outcomes() == ["excused: differing"]
    assert agreed(monday) == ""
