"""What nobody learns of a repair: who asked, who said no, and what it is about."""

import pytest

from tests.conversations.practices.mending import (
    YEARLY,
    begun,
    expects_discreetly,
    offered,
    opened,
)
from tests.support.stage import Stage, couple_file, phones_of
from troth.engine.called import called_ritual
from troth.engine.digests.reading import Reading
from troth.engine.digests.repair import repairs as section
from troth.engine.explain import explain


@pytest.mark.parametrize("reply", ["no", "skip", "nope", ""])
def test_a_no_looks_like_no_answer(stage: Stage, reply: str):
    offered(stage)
    if reply:
        assert stage.ben.says(reply, to=stage.ben.everything()[-1]) == (
            "Noted. If both of you would like it, it begins by itself; if not, nothing more comes "
            "of it, and nobody is told."
        )
    assert stage.outcomes() == ["open"]
    assert (
        stage.ana.says("repair")
        == "Noted. A moment is waiting for both of you, and nobody is told who asked."
    )
    stage.wind(days=3, minutes=1)
    assert stage.outcomes() == ["excused: skipped"]
    assert stage.ana.says("repair") == "Noted. There is room for a new one from 2026-03-06 12:00."
    stage.wind(days=1)


def test_the_same_is_said_back_to_a_yes_and_to_a_no(stage: Stage):
    offered(stage)
    no, yes = stage.ben.says("no"), stage.ben.says("yes")
    assert no == yes
    stage.wind(minutes=11)
    for actor in (stage.ana, stage.ben):
        assert "Acknowledgement" in opened(stage, actor)


def test_no_screen_names_it_and_nobody_reads_who_asked(stage: Stage):
    stage.couple(couple_file(YEARLY, ana=phones_of("ana", "first"), ben=phones_of("ben", "first")))
    stage.settle_down()
    for actor in (stage.ana, stage.ben):
        actor.confirms(f"/{actor.key}/first")
    told = len(stage.events("reply.received"))
    assert "repair" not in stage.ana.says("repair", on="/ana/first")
    stage.wind(minutes=1)
    questions = [expects_discreetly(actor) for actor in (stage.ana, stage.ben)]
    for heard in questions:
        assert heard.text.startswith("Troth\nThere is a moment waiting for you: https://")
    stage.ben.says("no", on="/ben/first")
    replies = stage.events("reply.received")[told:]
    assert [entry["data"]["partner"] for entry in replies] == [None, None]
    assert "repair" not in " ".join(heard.text for heard in stage.ana.everything()).casefold()


def test_a_review_says_at_which_stage_a_repair_is_and_no_more(stage: Stage):
    stage.couple(couple_file(YEARLY))
    assert digest(stage) == ""
    begun(stage, anew=False)
    assert digest(stage) == "A repair is open, at stage 1 of 5."


def digest(stage: Stage) -> str:
    couple = stage.in_play
    ritual = called_ritual(couple, "repair-cycle")
    reading = Reading(stage.store.vault, couple, couple.partners[0], ritual, 0, stage.clock.now())
    with stage.store.db.reading() as conn:
        return section(conn, reading)


def test_why_keeps_to_itself_who_answered_a_repair_and_how(stage: Stage):
    offered(stage)
    stage.ben.says("no")
    with stage.store.db.reading() as conn:
        told = explain(conn, f"o{stage.occurrence().id}")
    assert (told["answers"], told["nudges"], told["lead"]) == ([], [], None)


def test_a_stage_that_is_skipped_looks_like_one_that_waits(stage: Stage):
    begun(stage)
    stage.ben.says("skip")
    stage.wind(days=6)
    assert stage.outcomes()[-1] == "open"
    stage.ben.says("what hurt")
    stage.ana.says("what I did")
    stage.wind(minutes=11)
    for actor in (stage.ana, stage.ben):
        for _ in range(2):
            expects_discreetly(actor)


def test_either_ends_it_alone_and_the_other_hears_the_same_as_after_silence(stage: Stage):
    begun(stage)
    assert stage.ben.says("Repair over!").startswith("It is over for both of you")
    stage.wind(minutes=1)
    stage.ben.expects_nothing()
    assert "The repair is over" in opened(stage, stage.ana)
    assert stage.ana.says("repair over") == "Nothing of that kind is open just now."
    stage.wind(days=40)
    assert stage.outcomes()[-1] == "excused: skipped"


def test_done_is_no_yes(stage: Stage):
    offered(stage)
    assert stage.ben.says("👍") == "A yes or a no is enough. Nobody is told which."
    stage.wind(minutes=20)
