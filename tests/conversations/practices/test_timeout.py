"""A pause in a quarrel: both read the same calm text, and are asked back at its end."""

import pytest

from tests.conversations.practices.mending import YEARLY, expects_discreetly, opened, stages_of
from tests.support.plays import plays
from tests.support.stage import EVENING, Stage, couple_file, phones_of

OWN = 'timeout = { word = "Pineapple", text = "Hold on, we are on one side.", returns = "40m" }\n'


def at_home(stage: Stage, own: str = "", ana: str = "", ben: str = "") -> None:
    stage.couple(own + couple_file(YEARLY, ana=ana, ben=ben))


@plays("repair-attempt")
def test_both_read_a_calm_text_and_are_asked_back_on_their_own_clock(stage: Stage):
    at_home(stage, ben='timezone = "Asia/Tokyo"')
    assert stage.ana.says("timeout") == "Noted, until 12:30."
    stage.wind(minutes=1)
    calm = {key: opened(stage, actor) for key, actor in (("ana", stage.ana), ("ben", stage.ben))}
    assert "Back together at 12:30." in calm["ana"]
    assert "Back together at 21:30." in calm["ben"]
    assert "A pause, from this moment" in calm["ana"]
    stage.wind("12:29")
    stage.ana.expects_nothing()
    stage.wind("12:31")
    for actor in (stage.ana, stage.ben):
        assert "Begin softly" in opened(stage, actor)
        assert "noted as done" in actor.says("done")
    assert stage.standing().scored == 0
    assert stages_of(stage) == ["repair-attempt"]


def test_a_length_may_be_said_within_bounds(stage: Stage):
    at_home(stage)
    assert stage.ana.says("timeout 45m") == "Noted, until 12:45."
    assert stage.ana.says("timeout 9 weeks") == "Noted, until 12:00."  # a day at the most
    assert stage.ana.says("timeout 1 minute") == "Noted, until 12:05."
    stage.wind(minutes=4)
    for actor in (stage.ana, stage.ben):
        expects_discreetly(actor)
    stage.wind(minutes=2)
    for actor in (stage.ana, stage.ben):
        expects_discreetly(actor)


def test_within_an_hour_a_second_one_only_moves_the_return(stage: Stage):
    at_home(stage)
    stage.ana.says("timeout")
    stage.wind(minutes=20)
    for actor in (stage.ana, stage.ben):
        expects_discreetly(actor)
    assert stage.ben.says("timeout 30m") == "Noted, until 12:50."
    stage.wind("12:49")
    stage.ana.expects_nothing()
    stage.ben.expects_nothing()
    stage.wind("12:51")
    for actor in (stage.ana, stage.ben):
        expects_discreetly(actor)


def test_who_pauses_all_day_long_reaches_the_other_six_times_at_most(stage: Stage):
    at_home(stage)
    for _ in range(10):
        stage.ana.says("timeout 10m")
        stage.wind(minutes=65)
    assert len(stage.ben.everything()) == 12  # each with its return
    assert len(stage.ana.everything()) == 20
    for actor in (stage.ana, stage.ben):
        for _ in actor.everything():
            expects_discreetly(actor)


def test_quiet_hours_give_way_only_for_who_asks(stage: Stage):
    quiet = 'quiet = "11:00-13:00"'
    at_home(stage, ana=quiet, ben=quiet)
    stage.ana.says("timeout 2h")
    stage.wind(minutes=1)
    expects_discreetly(stage.ana)
    stage.ben.expects_nothing()
    stage.wind("13:01")
    expects_discreetly(stage.ben)
    stage.wind("14:01")
    for actor in (stage.ana, stage.ben):
        expects_discreetly(actor)


def test_what_quiet_hours_outlast_never_comes(stage: Stage):
    at_home(stage, ben='quiet = "11:00-13:00"')
    stage.ana.says("timeout")
    stage.wind("12:40")
    for _ in range(2):
        expects_discreetly(stage.ana)
    stage.wind("13:05")
    expects_discreetly(stage.ben)  # the return alone
    stage.ben.expects_nothing()


@pytest.mark.parametrize("said", ["pineapple", "PINEAPPLE!", "Pineapple, please stop it now"])
def test_the_couples_own_word_text_and_length_are_heard(stage: Stage, said: str):
    at_home(stage, OWN)
    assert stage.ben.says(said) == "Noted, until 12:40."
    stage.wind(minutes=1)
    for actor in (stage.ana, stage.ben):
        assert "Hold on, we are on one side." in opened(stage, actor)
    for secret in ("ineapple", "on one side"):
        assert secret not in stage.dump().replace(said, "")
    stage.wind(minutes=40)
    for actor in (stage.ana, stage.ben):
        expects_discreetly(actor)


def test_where_words_are_asked_for_the_own_word_is_the_whole_reply(stage: Stage):
    stage.couple(OWN + couple_file(EVENING))
    stage.wind("21:30")
    for actor in (stage.ana, stage.ben):
        actor.expects("High and low")
    assert "your words are kept" in stage.ana.says("Pineapple cake was the best of today")
    assert stage.ben.says("pineapple") == "Noted, until 22:10."
    stage.wind(minutes=1)
    for actor in (stage.ana, stage.ben):
        expects_discreetly(actor)
    stage.wind(minutes=41)
    for actor in (stage.ana, stage.ben):
        expects_discreetly(actor)


def test_a_word_of_the_law_stays_one_and_a_file_may_take_the_word_out_again(stage: Stage):
    at_home(stage, OWN)
    assert stage.ana.says("pineapple stop") == "Noted, until 12:40."
    assert "START takes it back" in stage.ben.says("stop")
    at_home(stage)
    assert "Noted" not in stage.ana.says("pineapple")
    assert stage.in_play.customs == {}
    stage.wind(minutes=41)
    for _ in range(2):
        expects_discreetly(stage.ana)


def test_no_screen_and_no_ledger_tells_of_it(stage: Stage):
    at_home(stage, OWN, ana=phones_of("ana", "first"), ben=phones_of("ben", "first"))
    stage.settle_down()
    for actor in (stage.ana, stage.ben):
        actor.confirms(f"/{actor.key}/first")
    told = len(stage.events("reply.received"))
    stage.ana.says("pineapple", on="/ana/first")
    stage.wind(minutes=41)
    for actor in (stage.ana, stage.ben):
        for _ in range(2):
            assert expects_discreetly(actor).title == "Troth"
    assert [each["data"]["partner"] for each in stage.events("reply.received")[told:]] == [None]
