"""Nobody is told what the other did not do."""

import itertools

import pytest

from tests.support.stage import EVENING, Stage, couple_file, phones_of

BLAME = ("not answered", "no answer", "missed", "ignored", "waiting for Ben", "Ben")


@pytest.mark.parametrize("bens_way", ["silence", "snooze", "stop", "bounce", "refusal"])
def test_nobody_is_told_that_the_other_did_not_answer(stage: Stage, bens_way: str):
    """What Ana sees is the same, letter for letter, whatever Ben does."""
    stage.couple(couple_file(EVENING, ben=phones_of("ben", "first")))
    stage.settle_down()
    stage.ben.confirms("/ben/first")
    stage.phones.answers["/ben/first"] = {"bounce": 500, "refusal": 403}.get(bens_way, 200)
    stage.wind("21:30")
    answers = [stage.ana.says("A fine day.")]
    if bens_way == "snooze":
        stage.ben.says("later 2h")
    if bens_way == "stop":
        stage.ben.says("stop", on="/ben/first")
    stage.wind("12:00")
    answers.append(stage.ana.says("done"))
    told = [heard.text.split("http")[0] for heard in stage.ana.everything()]
    assert len(told) == 1
    assert "High and low" in told[0]
    assert answers == [
        "High and low of the day: your words are kept.",
        "Nothing is waiting for an answer just now.",
    ]
    for text, blame in itertools.product([*told, *answers], BLAME):
        assert blame not in text
    stage.ana.expects("")
    for _ in stage.ben.everything()[1:]:
        stage.ben.expects("")


def test_a_score_tells_nothing_of_a_person(stage: Stage):
    stage.couple(couple_file(EVENING))
    stage.wind("21:30")
    stage.ana.expects("")
    stage.ben.expects("")
    stage.ana.says("A fine day.")
    stage.wind("12:00")
    stage.ben.expects("")
    for event in [*stage.events("score.changed"), *stage.events("occurrence.settled")]:
        assert "ben" not in str(event["data"]).replace("Ana & Ben", "")
        assert "partner" not in event["data"]
