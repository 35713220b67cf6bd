"""Seasons: begun and ended by reply or by file; what comes meanwhile is lighter, and not missed."""

from tests.conversations.by_text import BEN, Text
from tests.conversations.practices.listening import COFFEE, LIGHT, hear, hear_all, held, keep
from tests.support.plays import over_weeks, plays
from tests.support.stage import EVENING, Stage, couple_file, phones_of
from troth.domain.states import NudgeState
from troth.engine.apply import apply
from troth.engine.explain import explain
from troth.engine.standing import season_counts

NEWBORN = "season newborn for 4 weeks"


def counts(stage: Stage) -> list[tuple[str, int, int]]:
    with stage.store.db.reading() as conn:
        return [(c.kind, c.kept, c.asked) for c in season_counts(conn, stage.in_play.id)]


def check_in(home: Stage) -> None:
    """Both say how it goes, and each reads the other only then."""
    for actor in (home.ana, home.ben):
        actor.expects("it")
    home.ana.says("Tired, and glad.")
    home.ben.expects_nothing()
    home.ben.says("A nap would help.")
    home.settle_down()
    home.ana.expects("Ben: A nap would help.")
    home.ben.expects("Ana: Tired, and glad.")


@plays("transition-check-in", "season-review")
def test_a_season_plays_from_its_first_day_to_what_stays_of_it(home: Stage):
    home.wind("21:31")
    hear_all(home)
    for actor in (home.ana, home.ben):
        actor.says("done")
    said = home.ana.says(NEWBORN)
    assert "lighter" in said
    assert "newborn" in said
    assert "2026-03-30" in said
    home.settle_down()
    home.ben.expects("lighter", "newborn", "2026-03-30")
    home.ana.expects_nothing()
    for day in ("04", "06", "08"):
        home.wind(f"2026-03-{day}T21:31")
        assert all(LIGHT in text for text in hear_all(home))
        keep(home)
    home.wind("2026-03-10T18:29")
    hear_all(home)
    assert len(home.occurrences()) == 4  # one before, every second one since
    home.wind("2026-03-10T18:30")
    check_in(home)
    for day in ("10", "12", "14", "16"):
        home.wind(f"2026-03-{day}T21:31")
        hear_all(home)
    for day in ("18", "22", "26"):
        home.wind(f"2026-03-{day}T21:31")
        keep(home)
    home.wind("2026-03-30T23:00")
    hear_all(home)
    assert held(home) == []
    home.wind("2026-03-31T18:31")
    bens = home.ben.expects("Restore", "Change")
    home.ana.expects("Restore", "Change")
    assert "Restore" in home.ben.says("restore", to=bens)
    home.wind("21:31")
    coffees = [text for text in hear_all(home) if "Coffee" in text]
    assert coffees
    assert all(LIGHT not in text for text in coffees)
    shown = home.standing().rituals[0]
    assert (shown.kept, shown.missed, home.score()) == (7, 0, 100)
    assert counts(home) == [("newborn", 6, 6 + shown.excused)]


def test_what_is_kept_in_a_season_counts_and_what_is_not_does_not(home: Stage):
    home.ana.says("season illness")
    home.settle_down()
    home.wind("21:31")
    hear_all(home)
    for actor in (home.ana, home.ben):
        actor.says("done")
    home.wind(days=2)
    hear_all(home)
    home.ana.says("done")  # alone: a part of it
    home.wind(days=3)
    hear_all(home)
    assert home.outcomes() == ["kept", "excused: season", "excused: season"]
    assert home.score() == 100
    assert counts(home) == [("illness", 1, 3)]


def test_a_late_answer_keeps_what_a_season_had_excused(home: Stage):
    home.ana.says("season exams")
    home.wind("21:31")
    links = [actor.expects(LIGHT) for actor in (home.ana, home.ben)[:1]]
    hear_all(home)
    bens = next(h for h in home.ben.everything() if LIGHT in h.body)
    home.wind("12:00")
    assert home.outcomes() == ["excused: season"]
    home.ana.says("done", to=links[0])
    home.ben.says("done", to=bens)
    assert home.outcomes() == ["kept"]
    assert counts(home) == [("exams", 1, 1)]


def test_a_season_that_begins_between_planning_and_asking_makes_it_light(home: Stage):
    home.sleep("21:29")
    home.service.rounds.once()
    assert len(home.occurrences()) == 1
    home.ben.says("season grief")
    home.wind("21:31")
    home.ana.expects("lighter")
    for actor in (home.ana, home.ben):
        assert LIGHT in actor.expects("Coffee").text
    assert home.occurrence().stamp.season == "grief"


def test_a_season_that_ends_between_planning_and_asking_lets_it_come_as_ever(home: Stage):
    home.ana.says("season grief")
    home.sleep("21:29")
    home.service.rounds.once()
    assert "as before" in home.ben.says("season over")
    home.wind("21:31")
    assert "Coffee" in "".join(hear(home.ana))
    hear_all(home)
    assert home.occurrence().stamp.season is None
    assert [n.state for n in home.nudges() if n.occurrence_id] == [NudgeState.SENT] * 2


def test_two_partners_begin_two_seasons_and_the_lighter_holds(home: Stage):
    home.ana.says("season new job for 8 weeks")
    home.ben.says(NEWBORN)
    home.settle_down()
    home.ana.expects("newborn")
    home.ben.expects("new job")
    home.wind("2026-03-06T12:00")
    hear_all(home)
    assert [o.slot[:10] for o in home.occurrences()] == ["2026-03-02", "2026-03-04"]
    assert home.occurrence().stamp.season == "newborn"
    home.wind("2026-03-09T19:00")  # one of two seasons asks how it goes
    assert len([text for text in hear(home.ana) if "Coffee" not in text]) == 1
    hear_all(home)
    home.ana.says("season newborn over")
    home.wind("21:31")
    hear_all(home)
    assert home.occurrence().stamp.season == "career-change"


def test_a_season_and_a_pause_at_once_count_nothing(home: Stage):
    home.ana.says("season illness")
    home.ben.says("pause 1w")
    home.wind("12:00")
    hear_all(home)
    assert home.outcomes() == ["excused: undelivered"]
    assert counts(home) == []


def test_windows_are_longer_but_reach_into_no_other_evening(stage: Stage):
    stage.couple(couple_file(COFFEE.replace("2h", "10h")))
    stage.ana.says("season new job")
    stage.wind("21:31")
    hear_all(stage)
    first = stage.occurrence()
    assert (first.ends_at - first.due_at).total_seconds() == 15 * 3_600
    stage.ana.says(NEWBORN)
    stage.wind("2026-03-04T21:31")
    hear_all(stage)
    last = stage.occurrence()
    assert (last.ends_at - last.due_at).total_seconds() == 24 * 3_600


@over_weeks
def test_a_season_over_the_night_without_half_past_one_asks_once(stage: Stage):
    stage.couple(couple_file(COFFEE.replace("30 21", "30 1")))
    stage.ana.says("season new job until 2026-04-10")
    for _ in range(29):
        stage.wind("02:31")  # an hour that is there every night
        keep(stage)
    stage.wind("12:00")
    hear_all(stage)
    slots = [o.slot for o in stage.occurrences() if o.slot.endswith("01:30")]
    assert len(slots) == len(set(slots)) == 29
    ends = {o.slot: o.ends_at - o.due_at for o in stage.occurrences()}
    assert ends["2026-03-29T01:30"].total_seconds() == 3 * 3_600


def test_what_is_asked_for_a_season_names_what_can_be_said(home: Stage):
    assert "newborn" in home.ana.says("season")
    assert "newborn" in home.ana.says("season of change")
    assert home.ana.says("season over") == "No lighter time holds just now."
    assert "Until when" in home.ana.says("season illness until 2020-05-01")
    home.settle_down()
    home.ben.expects_nothing()


def test_a_discreet_channel_says_nothing_of_a_season(stage: Stage):
    stage.couple(couple_file(COFFEE, ben='channels = ["{phones}/ben/first"]\n'))
    stage.settle_down()
    stage.ben.confirms("/ben/first")
    stage.ana.says("season grief")
    stage.settle_down()
    assert "grief" not in stage.ben.expects("moment waiting").text
    hear_all(stage)


def test_a_discreet_channel_is_answered_without_the_kind_of_season(stage: Stage, text: Text):
    stage.couple(couple_file(EVENING, ben=BEN.replace('sensitivity = "open", ', "")))
    said = text("season grief")
    assert said is not None
    assert "lighter" in said
    assert "grief" not in said
    hear_all(stage)


def test_nobody_reads_who_began_or_ended_a_season(stage: Stage):
    stage.couple(couple_file(COFFEE, ben=phones_of("ben", "first")))
    stage.settle_down()
    stage.ben.confirms("/ben/first")
    stage.ana.says("season care")
    stage.settle_down()
    assert "Ana" not in stage.ben.expects("lighter").text
    [changed] = stage.events("season.changed")
    del changed["data"]["couple"]
    assert changed["data"] == {"season": "s1", "kind": "care", "change": "begun"}
    received = [e["data"] for e in stage.events("reply.received") if e["data"]["verb"] == "season"]
    assert [each["partner"] for each in received] == [None]


def test_why_tells_of_the_season_an_occurrence_was_born_in(home: Stage):
    home.ana.says("season care")
    home.wind("21:31")
    hear_all(home)
    with home.store.db.reading() as conn:
        assert explain(conn, f"o{home.occurrence().id}")["season"] == "care"


def test_a_couple_that_is_retired_hears_of_no_season(home: Stage):
    home.ana.says(NEWBORN)
    home.settle_down()
    hear_all(home)
    apply(home.store.db, home.store.vault, [], [home.folder], home.clock.now())
    home.wind("2026-04-10T12:00")
    assert hear_all(home) == []
