"""Promises: kept sealed, brought back in time, asked about on their day, never held against one."""

from tests.conversations.practices.promising import CALL, PROMISES, REVIEW, first_line
from tests.support.known import PUBLIC
from tests.support.plays import plays
from tests.support.stage import Stage, couple_file, phones_of
from troth.domain.promises import FollowThrough
from troth.engine.beside import beside_score
from troth.schedules.catalogue import shipped_catalogue

TITLE = PROMISES.title
LOOK_BACK = shipped_catalogue()["commitments-review"].form.title
MADE = "Your promise is noted, for 2026-03-06."


def follow_through(stage: Stage) -> FollowThrough:
    with stage.store.db.reading() as conn:
        return beside_score(conn, stage.in_play.id).follow_through


def come_to_the_day(house: Stage) -> None:
    """Ana promises on Monday; it is Friday, six in the evening."""
    assert house.ana.says(CALL) == MADE
    house.wind("2026-03-05T12:00")
    house.ana.expects("call my sister")
    house.wind("2026-03-06T18:00")
    for actor in (house.ana, house.ben):
        actor.expects("call my sister")


@plays("promises", "commitments-review")
def test_a_promise_is_brought_back_asked_about_remembered_and_in_no_score(house: Stage):
    assert house.ana.says(CALL) == MADE
    house.wind("2026-03-05T06:00")
    for actor in (house.ana, house.ben):
        actor.expects_nothing()
    house.wind("2026-03-05T12:00")  # a third of the time before it
    early = house.ana.expects(TITLE, "call my sister")
    house.ben.expects_nothing()
    house.wind("2026-03-06T17:59")
    house.ben.expects_nothing()
    house.wind("2026-03-06T18:00")
    asked = house.ana.expects(TITLE, "call my sister")
    house.ben.expects(TITLE, "call my sister")
    assert first_line(early) in PROMISES.lead_texts
    assert first_line(asked) in PROMISES.texts
    assert house.ben.says("done") == f"{TITLE}: noted as done."
    assert house.ana.says("done") == f"{TITLE}: noted as done."
    assert house.outcomes() == ["kept"]
    assert house.standing().scored == 0
    assert follow_through(house) == FollowThrough(1, 1)
    house.wind("2026-03-09T18:00")
    for actor in (house.ana, house.ben):
        read = actor.expects("What was promised:", "call my sister (kept)")
        assert "Ana" not in read.body
        actor.says("let us keep it at one a week")
    assert house.outcomes() == ["kept", "kept"]
    assert house.standing().scored == 1


def test_what_is_done_early_is_kept_and_nobody_is_asked(house: Stage):
    house.ana.says(CALL)
    house.wind("2026-03-05T12:00")
    house.ana.says("done", to=house.ana.expects("call my sister"))
    assert house.outcomes() == ["kept"]
    house.wind("2026-03-08T12:00")
    for actor in (house.ana, house.ben):
        actor.expects_nothing()


def test_a_no_of_its_maker_is_offered_a_new_day_and_nothing_else_follows(house: Stage):
    come_to_the_day(house)
    said = house.ana.says("no")
    assert said.startswith(f"{TITLE}: noted, not this time.")
    assert "promise ... by friday" in said
    assert house.outcomes() == ["missed"]
    assert follow_through(house) == FollowThrough(0, 1)
    house.wind("2026-03-08T12:00")
    for actor in (house.ana, house.ben):
        actor.expects_nothing()
    assert house.ana.says("promise to call my sister by sunday") == (
        "Your promise is noted, for 2026-03-15."
    )
    house.wind("2026-03-09T18:00")
    for actor in (house.ana, house.ben):
        read = actor.expects("call my sister (for 2026-03-15)")
        assert read.body.count("call my sister") == 1


def test_a_no_before_the_day_leaves_the_other_unasked(house: Stage):
    house.ana.says(CALL)
    house.wind("2026-03-05T12:00")
    house.ana.expects("call my sister")
    assert "promise ... by friday" in house.ana.says("no")
    house.wind("2026-03-07T12:00")
    for actor in (house.ana, house.ben):
        actor.expects_nothing()
    assert house.outcomes() == ["missed"]


def test_a_promise_of_which_nobody_says_anything_counts_as_nothing(house: Stage):
    come_to_the_day(house)
    told = [len(actor.everything()) for actor in (house.ana, house.ben)]
    house.wind("2026-03-09T17:00")
    assert [len(actor.everything()) for actor in (house.ana, house.ben)] == told
    house.wind("2026-03-09T18:00")
    for actor in (house.ana, house.ben):
        actor.expects("call my sister (for 2026-03-06)")
    house.wind("2026-03-10T19:00")
    assert house.outcomes()[0] == "excused: skipped"
    assert follow_through(house) == FollowThrough(0, 0)
    house.ana.says("done")


def test_the_others_yes_keeps_it_and_the_others_no_alone_misses_nothing(house: Stage):
    come_to_the_day(house)
    assert house.ben.says("no") == f"{TITLE}: noted, it did not happen. Thank you for saying so."
    assert house.outcomes() == ["open"]
    house.ben.says("undo")
    house.ben.says("done")
    assert house.outcomes() == ["kept"]
    house.ana.says("no")
    assert house.outcomes() == ["excused: differing"]
    assert follow_through(house) == FollowThrough(0, 0)
    house.ana.says("undo")
    assert house.outcomes() == ["kept"]


def test_a_late_yes_counts_as_if_it_had_come_in_time(house: Stage):
    come_to_the_day(house)
    asked = house.ana.everything()[-1]
    house.wind("2026-03-11T12:00")
    assert house.outcomes()[0] == "excused: skipped"
    for actor in (house.ana, house.ben):
        actor.expects("What was promised")
    assert "as if it had come earlier" in house.ana.says("done", to=asked)
    assert house.outcomes()[0] == "kept"
    assert follow_through(house) == FollowThrough(1, 1)


def test_a_promise_is_taken_back_within_ten_minutes(house: Stage):
    house.ana.says(CALL)
    house.wind(minutes=9)
    assert house.ana.says("undo") == "Taken back, as if it had not been said."
    assert house.ana.says("undo") == "There is nothing of the last ten minutes to take back."
    house.wind("2026-03-09T18:00")
    for actor in (house.ana, house.ben):
        assert "sister" not in actor.expects(LOOK_BACK).text


def test_a_promise_stands_after_ten_minutes(house: Stage):
    house.ana.says(CALL)
    house.wind(minutes=11)
    assert house.ana.says("undo") == "There is nothing of the last ten minutes to take back."
    assert house.ben.says("undo") == "There is nothing of the last ten minutes to take back."
    house.wind("2026-03-05T12:00")
    house.ana.expects("call my sister")


def test_a_promise_that_was_asked_about_already_is_taken_back_too(house: Stage):
    assert house.ana.says("promise tea by 12:05") == "Your promise is noted, for 2026-03-02 12:05."
    house.wind("12:06")
    for actor in (house.ana, house.ben):
        actor.expects("tea")
    assert house.ana.says("undo") == "Taken back, as if it had not been said."
    assert house.outcomes() == ["excused: skipped"]
    house.ben.says("done")
    assert house.outcomes() == ["excused: skipped"]
    assert follow_through(house) == FollowThrough(0, 0)


def test_undo_takes_back_what_was_said_last(house: Stage):
    come_to_the_day(house)
    house.ana.says("promise tea by sunday")
    house.ana.says("done")
    assert "taken back" in house.ana.says("undo")
    assert house.outcomes() == ["open"]
    assert house.ana.says("undo") == "Taken back, as if it had not been said."
    house.wind("2026-03-08T19:00")
    for actor in (house.ana, house.ben):
        actor.expects_nothing()


def test_a_promise_without_a_day_asks_for_one_and_comes_back_only_in_the_review(house: Stage):
    for text in ("promise to call my sister", "promise tea by 2090-01-01"):
        assert house.ana.says(text).startswith("Your promise is noted, for the review alone.")
    assert house.ana.says("promise by friday").startswith("What do you promise, and by when?")
    house.wind("2026-03-09T17:00")
    for actor in (house.ana, house.ben):
        actor.expects_nothing()
    assert house.occurrences() == []
    house.ana.says("promise tea by sunday")
    house.wind("2026-03-09T18:00")
    for actor in (house.ana, house.ben):
        read = actor.expects("call my sister (still open)", "tea (for 2026-03-15)").body
        assert read.count("tea") == 1


def test_several_promises_of_one_minute_are_told_apart_by_their_codes(house: Stage):
    house.ana.says("promise flowers by friday 20:00")
    house.ana.says("promise the bins by friday 20:00")
    house.ben.says("promise dinner by friday 20:00")
    house.wind("2026-03-06T12:00")
    house.ana.expects("flowers")
    house.ana.expects("the bins")
    house.ben.expects("dinner")
    house.wind("2026-03-06T20:00")
    for actor in (house.ana, house.ben):
        for words in ("flowers", "the bins", "dinner"):
            actor.expects(words)
    assert len({occurrence.slot for occurrence in house.occurrences()}) == 3
    which = house.ana.says("done")
    assert which.startswith("Which one? ")
    codes = [part.split()[0] for part in which.removeprefix("Which one? ").split(", ")]
    assert len(set(codes)) == 3
    house.ana.says(f"done {codes[1]}")
    assert house.outcomes() == ["open", "kept", "open"]


def test_a_process_that_is_killed_loses_and_doubles_no_promise(house: Stage):
    house.ana.says(CALL)
    house.restart()
    house.sleep("2026-03-06T18:30")  # down over both moments
    house.settle_down()
    for actor in (house.ana, house.ben):
        assert first_line(actor.expects("call my sister")) in PROMISES.texts
        actor.expects_nothing()
    assert len(house.occurrences()) == 1


def test_a_promises_words_are_sealed_and_stay_out_of_the_ledger(house: Stage):
    house.ana.says("promise to water the ferns by friday")
    house.wind("2026-03-06T18:00")
    for actor in (house.ana, house.ana, house.ben):
        actor.expects("water the ferns")
    house.ana.says("done")
    assert "ferns" not in house.dump()


def test_a_lock_screen_shows_nothing_of_a_promise(stage: Stage):
    channel = 'channels = ["{phones}/ana/phone"]'
    stage.couple(couple_file(REVIEW, ana=channel, ben=phones_of("ben", "phone")))
    stage.wind(minutes=1)
    stage.ana.confirms("/ana/phone")
    stage.ben.confirms("/ben/phone")
    stage.ben.says("promise dinner by tomorrow")
    stage.wind("2026-03-03T18:00")
    for _ in range(2):
        assert stage.ben.expects("dinner").on == "/ben/phone"
    shown = stage.ana.expects("There is a moment waiting for you")
    assert "dinner" not in shown.text
    assert f"{PUBLIC}/r/" in shown.body


def test_who_pauses_is_reminded_of_nothing_and_nobody_is_told(house: Stage):
    house.ana.says(CALL)
    house.ana.says("pause 2w")
    house.wind("2026-03-06T18:00")
    house.ben.expects("call my sister")
    house.ana.expects_nothing()
    house.ben.says("no")
    house.wind("2026-03-10T19:00")
    assert house.outcomes()[0] == "excused: skipped"
    house.ben.expects("call my sister (for 2026-03-06)")
