"""Whose turn it is, and which question comes next."""

from tests.support.stage import Stage, couple_file

DATE = """
[rituals.date]
practice = "date-night"
cron = "0 19 * * *"
window = "3h"
remind = ["1h"]
"""
DECK = """
[rituals.question]
practice = "question-of-the-day"
cron = "0 20 * * *"
window = "1h"
remind = []
prompts = ["Sea?", "Wood?", "Hill?", "Town?"]
"""


def test_the_lead_alternates_by_kept_occurrence(stage: Stage):
    stage.couple(couple_file(DATE))
    leads = []
    for answer in ("done", "skip", "no", "done", "done"):
        stage.wind("19:00")
        lead = stage.occurrence().stamp.lead
        leads.append(lead)
        stage.ana.expects("Date")
        stage.ben.expects("Date")
        (stage.ana if lead == "ana" else stage.ben).says(answer)
    assert leads == ["ana", "ben", "ben", "ben", "ana"]


def test_only_the_lead_is_reminded_and_only_the_lead_can_miss(stage: Stage):
    stage.couple(couple_file(DATE))
    stage.wind("12:00")
    stage.ana.expects("Date")
    stage.ben.expects("Date")
    stage.ana.expects("Still time")
    assert stage.outcomes() == ["missed"]


def test_a_deck_goes_through_all_its_questions_before_one_comes_again(stage: Stage):
    stage.couple(couple_file(DECK))
    asked = []
    for _ in range(8):
        stage.wind("20:00")
        asked.append(stage.occurrence().prompt)
        stage.ana.expects(str(asked[-1]))
        stage.ben.expects(str(asked[-1]))
        stage.ana.says("skip")  # what nobody ever answers falls quiet
    for start in (0, 4):
        assert sorted(map(str, asked[start : start + 4])) == ["Hill?", "Sea?", "Town?", "Wood?"]


def test_a_question_that_is_added_gets_its_turn_next(stage: Stage):
    stage.couple(couple_file(DECK))
    for _ in range(2):
        stage.wind("20:00")
        stage.ana.expects("Question of the day")
        stage.ben.expects("Question of the day")
    stage.couple(couple_file(DECK.replace('"Town?"', '"Town?", "Moon?"')))
    asked = []
    for _ in range(3):
        stage.wind("20:00")
        asked.append(stage.occurrence().prompt)
        stage.ana.expects("Question of the day")
        stage.ben.expects("Question of the day")
    assert "Moon?" in asked
