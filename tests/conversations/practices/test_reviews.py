"""What a review lays before a couple of their own."""

from tests.conversations.practices.scenes import both_expect, one
from tests.support.plays import plays
from tests.support.stage import Stage, couple_file

DISCREET = "There is a moment waiting"


def answered_by_both(stage: Stage, ana: str, ben: str) -> None:
    stage.ana.says(ana)
    stage.ben.says(ben)


@plays("emotion-words", "emotion-map")
def test_feelings_of_the_week_come_together_on_the_map(stage: Stage):
    stage.couple(
        couple_file(
            one("emotion-words", "0 21 * * *", "remind = []")
            + one("emotion-map", "0 17 * * *", 'remind = []\nsensitivity = "open"')
        )
    )
    stage.wind("17:00")
    for actor in (stage.ana, stage.ben):
        assert "From what you wrote" not in actor.expects("The map of your week").body
        actor.says("done")
    stage.wind("21:00")
    both_expect(stage, "A feeling of today")
    answered_by_both(stage, "calm, the sea", "worn out, the phone")
    stage.wind("16:59")
    for actor in (stage.ana, stage.ben):
        actor.expects_nothing()
    stage.wind("17:00")
    for actor in (stage.ana, stage.ben):
        body = actor.expects("The map of your week").body
        assert "2026-03-02, Ana: calm, the sea\n2026-03-02, Ben: worn out, the phone" in body
        actor.says("done")
    assert stage.outcomes() == ["kept"] * 3
    stage.ana.expects_nothing()


@plays("narrative-journal", "journal-reading")
def test_a_journal_is_read_once_and_what_comes_after_is_for_the_next_reading(stage: Stage):
    stage.couple(
        couple_file(
            one("narrative-journal", "30 12 * * *", "remind = []")
            + one("journal-reading", "0 16 * * *", 'window = "6h"\nremind = []\nsensitivity="open"')
        )
    )
    stage.wind("12:31")
    both_expect(stage, "A moment for our story")
    answered_by_both(stage, "on the pier", "at the stove")
    stage.wind("16:00")
    for actor in (stage.ana, stage.ben):
        actor.expects("Reading our journal", "Ana: on the pier", "Ben: at the stove")
        actor.says("done")
    stage.wind("12:31")
    both_expect(stage, "A moment for our story")
    answered_by_both(stage, "in the rain", "skip no time")
    stage.wind("16:00")
    for actor in (stage.ana, stage.ben):
        body = actor.expects("Reading our journal", "Ana: in the rain").body
        assert "pier" not in body
        assert "no time" not in body
        actor.says("done")
    assert stage.outcomes() == ["kept"] * 4


def test_an_intimate_review_says_nothing_on_a_channel(stage: Stage):
    stage.couple(couple_file(one("emotion-map", "0 17 * * *", "remind = []")))
    stage.wind("17:00")
    both_expect(stage, DISCREET)


@plays("shared-calendar")
def test_the_week_at_a_glance_lists_what_comes_on_the_readers_clock(stage: Stage):
    stage.couple(
        couple_file(
            one("shared-calendar", "0 18 * * *", "remind = []")
            + one("shared-coffee", "30 7 * * wed")
            + one("closeness-rating", "0 20 * * thu"),
            ben='timezone = "Europe/Berlin"',
        )
    )
    stage.wind("18:00")
    stage.ana.expects("2026-03-04: 07:30 Coffee together\n2026-03-05: 20:00 Troth")
    stage.ben.expects("2026-03-04: 08:30 Coffee together\n2026-03-05: 21:00 Troth")
    assert "your words are kept" in stage.ana.says("protect wednesday's coffee")
    assert stage.outcomes() == ["kept"]


@plays("quarterly-goals", "yearly-goals")
def test_goals_are_quoted_when_they_are_looked_at_again(stage: Stage):
    for practice, at in (("quarterly-goals", "11:00"), ("yearly-goals", "15:00")):
        cron = f"0 {at[:2]} * * *"
        stage.couple(couple_file(one(practice, cron, 'remind = []\nwindow = "3h"')))
        stage.wind(at)
        for actor in (stage.ana, stage.ben):
            assert "What you wrote on" not in actor.expects("Answer here").body
        answered_by_both(stage, f"done: a week at sea {at}", f"learn to dance {at}")
        stage.wind(minutes=1)
        stage.ana.expects("Ben: learn to dance")
        assert stage.ben.expects("Ana:").body == f"Ana: a week at sea {at}"
        stage.wind(at)
        quoted = f"Ana: a week at sea {at}\nBen: learn to dance {at}"
        for actor in (stage.ana, stage.ben):
            actor.expects("What you wrote on", quoted)
            actor.says("done")
        assert stage.outcomes()[-2:] == ["kept", "kept"]


@plays("seasonal-reflection")
def test_a_season_reads_its_words_and_what_was_said_the_season_before(stage: Stage):
    stage.couple(
        couple_file(
            one("couple-lexicon", "0 9 * * *", 'remind = []\nwindow = "1h"')
            + one("seasonal-reflection", "0 11 * * *", 'remind = []\nwindow = "8h"')
        )
    )
    stage.wind("09:00")
    both_expect(stage, "Our own words")
    stage.ana.says("snorkling: to sleep late")
    stage.wind("11:00")
    stage.ben.expects("Ana: snorkling")
    both_expect(stage, "A new season", "Ana: snorkling: to sleep late")
    answered_by_both(stage, "we learned to rest", "go slower")
    stage.wind("11:01")
    both_expect(stage, "A new season")
    stage.wind("09:30")
    both_expect(stage, "Our own words")
    stage.wind("11:00")
    for actor in (stage.ana, stage.ben):
        body = actor.expects("Ana: we learned to rest\nBen: go slower").body
        assert "snorkling" not in body
        actor.says("done")
    assert stage.outcomes()[1] == "kept"


def test_ratings_tell_their_reader_of_their_own_numbers_and_a_mean_only_where_both_share(
    stage: Stage,
):
    stage.couple(
        couple_file(
            one("closeness-rating", "30 12 * * *", 'remind = []\nsensitivity = "open"')
            + one("quarterly-trust-audit", "0 18 5 * *", 'remind = []\nsensitivity = "open"')
        )
    )
    for hers, his in ((5, 9), (5, 8), (7, 8), (8, 9)):
        stage.wind("12:31")
        both_expect(stage, "How close we felt")
        stage.ana.says(str(hers))
        stage.ben.says(str(his))
    stage.ana.says("share")
    stage.ben.says("share")
    stage.wind("18:00")
    both_expect(stage, "Ana: 8")
    ana = stage.ana.expects("your own numbers").body
    assert "your own numbers: 5, 5, 7, 8. They have gone up a little." in ana
    assert "your common mean is 8.5" in ana
    assert "9" not in ana.partition("Where you both")[0]
    ben = stage.ben.expects("your own numbers: 9, 8, 8, 9").body
    assert "stayed about level" in ben


def test_a_long_digest_is_cut_on_a_channel(stage: Stage):
    stage.couple(
        couple_file(
            one("emotion-words", "30 12 * * *", "remind = []")
            + one("emotion-map", "0 17 * * *", 'remind = []\nsensitivity = "open"')
        )
    )
    stage.wind("12:31")
    both_expect(stage, "A feeling of today")
    answered_by_both(stage, "calm " * 300, "worn " * 300)
    stage.wind("17:00")
    for actor in (stage.ana, stage.ben):
        body = actor.expects("There is more on its page").body
        assert len(body) < 1_200 + 400
