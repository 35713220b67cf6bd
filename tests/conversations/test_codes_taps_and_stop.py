"""Short answers: by a code, by a tap on a nudge, and those that end it."""

from tests.conversations.by_text import BEN, COFFEE, Text, evening
from tests.support.stage import EVENING, Stage, couple_file
from troth.domain.states import ChannelState


def test_a_reaction_is_about_the_nudge_that_it_quotes(stage: Stage, text: Text):
    stage.couple(couple_file(EVENING + COFFEE, ben=BEN))
    stage.wind("21:30")
    heard = [stage.ben.expects("", on="/ben/first") for _ in range(2)]
    for _ in range(2):
        stage.ana.expects("")
    coffee = next(each for each in heard if "Coffee" in each.title)
    text("👍", quoted=coffee.body[:30] + "…")
    stage.ben.expects("Coffee together: noted as done.", on="/ben/first")
    text("We did", quoted=coffee.body)  # the link in it tells as well
    stage.ben.expects("Coffee together: noted as done.", on="/ben/first")


def test_two_are_open_so_it_asks_once_which_is_meant(stage: Stage, text: Text):
    stage.couple(couple_file(COFFEE + COFFEE.replace("coffee]", "tea]"), ben=BEN))
    stage.wind("21:30")
    for actor in (stage.ana, stage.ben):
        for _ in range(2):
            actor.expects("Coffee together")
    text("done")
    asked = stage.ben.expects("Which one?", on="/ben/first")
    code = asked.body.partition("Which one? ")[2].split()[0]
    text(f"{code} done")
    stage.ben.expects("noted as done", on="/ben/first")


def test_a_tap_on_what_is_no_nudge_answers_nothing(stage: Stage, text: Text):
    evening(stage)
    before = len(stage.events("reply.received"))
    assert text("👍", quoted="See you at the shop, love") is None
    assert text("Liked “See you at the shop, love”") is None
    text("score")
    said = stage.ben.expects("nothing to count", on="/ben/first")
    assert text(f"Loved “{said.body}”") is None
    assert len(stage.events("reply.received")) == before + 1  # the score alone
    assert stage.outcomes() == ["open"]


def test_our_own_answer_that_comes_back_is_no_answer(stage: Stage, text: Text):
    evening(stage)
    said = text("score")
    stage.ben.expects("nothing to count", on="/ben/first")
    assert said is not None
    assert text(said) is None
    assert stage.outcomes() == ["open"]


def test_stop_silences_the_channel_by_which_it_came_and_says_nothing_more(stage: Stage, text: Text):
    text("Stop!")
    stage.ben.expects("You will get nothing more here", on="/ben/first")
    text("and now")
    stage.wind("21:31")
    stage.ana.expects("High and low of the day")
    stage.ben.expects("There is a moment waiting", on="/ben/second")
    text("START")
    stage.ben.expects("You will hear from Troth here", on="/ben/first")


def test_stop_stops_whatever_has_that_address(stage: Stage, text: Text):
    twice = BEN.replace('address = "mail:Ben@Example.org"', 'address = "phone:+15550100"')
    stage.couple(couple_file(EVENING, ben=twice))
    text("STOP")
    assert {each.state for each in stage.channels("ben")} == {ChannelState.STOPPED}
    stage.ben.expects("You will get nothing more here")


def test_liked_and_then_removed_a_like_is_as_if_nothing_was_said(stage: Stage, text: Text):
    stage.couple(couple_file(COFFEE, ben=BEN))
    stage.wind("21:30")
    stage.ana.expects("Coffee together")
    nudge = stage.ben.expects("Coffee together", on="/ben/first")
    text(f"Liked “{nudge.body}”")
    stage.ben.expects("Coffee together: noted as done.", on="/ben/first")
    assert stage.outcomes() == ["kept"]
    text(f"Removed a like from “{nudge.body}”")
    stage.ben.expects("Coffee together", on="/ben/first")
    assert stage.outcomes() == ["open"]


def test_done_stop_ends_it_by_this_channel_and_notes_no_answer(stage: Stage, text: Text):
    stage.couple(couple_file(COFFEE, ben=BEN))
    stage.wind("21:30")
    stage.ana.expects("Coffee together")
    stage.ben.expects("Coffee together", on="/ben/first")
    text("done stop")
    stage.ben.expects("You will get nothing more here", on="/ben/first")
    states = [channel.state for channel in stage.channels("ben")]
    assert states == [ChannelState.STOPPED, ChannelState.CONFIRMED]
    assert stage.outcomes() == ["open"]


def test_a_code_whose_nudge_is_closed_counts_for_no_other(stage: Stage, text: Text):
    stage.couple(couple_file(COFFEE + COFFEE.replace("coffee]", "tea]"), ben=BEN))
    stage.wind("21:30")
    for actor in (stage.ana, stage.ben):
        for _ in range(2):
            actor.expects("Coffee together")
    text("1 done")
    stage.ben.expects("noted as done", on="/ben/first")
    assert sorted(stage.outcomes()) == ["kept", "open"]
    text("1 done")
    stage.ben.expects("noted as done", on="/ben/first")  # of the one that it named
    assert sorted(stage.outcomes()) == ["kept", "open"]


def test_the_first_code_done_is_no_rating_of_what_is_still_open(stage: Stage):
    """Ana kept what either may keep, as 1; Ben says the same, and has rated nothing."""
    rated = '[rituals.close]\npractice = "closeness-rating"\ncron = "30 21 * * *"\nwindow = "4h"\n'
    stage.couple(couple_file(COFFEE.replace('"4h"', '"4h"\nrule = "either"') + rated))
    stage.wind("21:30")
    for actor in (stage.ana, stage.ben):
        actor.expects("Coffee together")
        actor.expects("There is a moment waiting")
        assert "1" in actor.says("done")
    assert "Coffee together: noted" in stage.ana.says("1 done")
    assert "of 10" not in stage.ben.says("1 done")
    assert stage.outcomes() == ["kept", "open"]
