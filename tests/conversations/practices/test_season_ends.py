"""How a season ends: by its day, by its file or by a word; and what stays of it then."""

from tests.conversations.practices.listening import COFFEE, LIGHT, days, hear, hear_all, held
from tests.support.plays import over_weeks
from tests.support.stage import Stage, couple_file


def test_a_file_gives_a_season_and_an_end_by_reply_outlives_the_next_apply(stage: Stage):
    file = couple_file(COFFEE) + '\n[[seasons]]\nkind = "care"\nfrom = 2026-03-03\n'
    stage.couple(file)
    stage.wind("21:31")
    assert all(LIGHT not in text for text in hear_all(stage))
    stage.wind("2026-03-03T04:01")
    for actor in (stage.ana, stage.ben):
        actor.expects("lighter", "care")
    stage.wind("2026-03-06T12:00")
    assert [o.stamp.season for o in stage.occurrences()] == [None, "care"]
    hear_all(stage)
    stage.ben.says("season over")
    assert stage.couple(file) == []
    stage.wind("21:31")
    assert all(LIGHT not in text for text in hear_all(stage) if "Coffee" in text)
    assert stage.occurrence().stamp.season is None


def test_a_season_taken_out_of_the_file_is_over(stage: Stage):
    more = '\n[[seasons]]\nkind = "care"\nfrom = 2026-03-01\nuntil = 2026-03-31\n'
    stage.couple(couple_file(COFFEE) + more)
    stage.settle_down()
    assert "2026-04-01" in "".join(hear_all(stage))
    stage.couple(couple_file(COFFEE))
    stage.wind("21:31")
    assert all(LIGHT not in text for text in hear_all(stage) if "Coffee" in text)


@over_weeks
def test_a_season_without_an_end_asks_whether_it_holds_and_goes_on_by_itself(home: Stage):
    home.ana.says("season distance")
    home.wind("2026-05-31T18:29")
    hear_all(home)
    home.wind("2026-05-31T18:31")
    home.ana.expects("still a lighter time", "distance")
    home.ben.expects("still a lighter time", "distance")
    home.wind("2026-06-10T12:00")
    hear_all(home)
    assert held(home) == ["distance"]
    home.wind("2026-08-29T18:31")
    bens = home.ben.expects("still a lighter time")
    hear_all(home)
    home.ben.says("no", to=bens)
    assert held(home) == []
    home.wind("2026-08-30T18:31")
    assert sum("Restore" in text for text in hear_all(home)) == 2


def test_a_no_that_is_taken_back_lets_the_season_hold(home: Stage):
    home.ana.says("season exams")
    home.wind("2026-04-13T18:31")
    bens = home.ben.expects("still a lighter time")
    hear_all(home)
    home.ben.says("no", to=bens)
    home.ben.says("undo", to=bens)
    assert held(home) == ["exams"]
    home.wind("2026-04-16T12:00")
    assert not any("Restore" in text for text in hear_all(home))


def test_light_forms_that_are_kept_stay_and_undo_restores_them(home: Stage):
    home.ana.says("season exams for 1 week")
    days(home, 7)
    home.wind("2026-03-09T18:31")
    anas = home.ana.expects("Keep")
    hear_all(home)
    assert "Keep" in home.ana.says("keep", to=anas)
    home.wind("21:31")
    coffees = [text for text in hear_all(home) if "Coffee" in text]
    assert coffees
    assert all(LIGHT in text for text in coffees)
    assert home.occurrence().stamp.season is None  # scored as ever
    home.ana.says("restore", to=anas)
    home.wind("21:31")
    assert all(LIGHT not in text for text in hear_all(home))


@over_weeks
def test_change_asks_about_one_ritual_a_day(stage: Stage):
    tea = COFFEE.replace("coffee]", "tea]").replace("30 21", "0 20") + 'title = "Tea"\n'
    stage.couple(couple_file(COFFEE + tea))
    stage.ana.says("season exams for 3 days")
    stage.wind("2026-03-05T18:31")
    anas = stage.ana.expects("Change")
    hear_all(stage)
    stage.ana.says("change", to=anas)
    for day, ritual in (("06", "Coffee together"), ("07", "Tea")):
        stage.wind(f"2026-03-{day}T18:29")
        hear_all(stage)
        stage.wind(f"2026-03-{day}T18:31")
        [question] = hear(stage.ana)
        assert ritual in question
    stage.wind("2026-03-08T18:31")
    assert [text for text in hear(stage.ana) if "Let it rest" in text] == []
    hear_all(stage)


def test_a_season_said_again_moves_its_end_and_doubles_nothing(home: Stage):
    home.ana.says("season exams for 1 week")
    home.ben.says("season exams for 3 weeks")
    home.wind("2026-03-09T18:31")
    assert not any("Restore" in text for text in hear_all(home))
    home.wind("2026-03-23T18:31")
    assert sum("Restore" in text for text in hear_all(home)) == 2
