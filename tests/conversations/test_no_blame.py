"""Nobody is told what the other did not do."""

import itertools
import json

import pytest

from tests.support.stage import EVENING, Stage, couple_file, phones_of
from troth.domain.incoming import Address, AddressKind, Incoming
from troth.engine.explain import explain
from troth.engine.findings import examine_store

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


BY_PHONE = """channels = [
    { url = "{phones}/ben/first", sensitivity = "open", address = "phone:+15550100" },
]"""


@pytest.mark.parametrize("words", ["STOP", "START", "pause 2w", "quiet", "resume"])
def test_whoever_hosts_does_not_read_who_stopped_or_paused(stage: Stage, words: str):
    """At home, that is the other one. Neither the ledger nor `why` of what it holds tells."""
    stage.couple(couple_file(EVENING, ben=BY_PHONE))
    stage.settle_down()
    stage.ben.confirms("/ben/first")
    before = stage.events()
    phone = Address(AddressKind.PHONE, "+15550100")
    stage.store.hear(Incoming("test", "1", phone, "stop" if words == "START" else "help"))
    stage.store.hear(Incoming("test", "2", phone, words))
    stage.settle_down()
    told = [event for event in stage.events()[len(before) :] if "help" not in str(event["data"])]
    assert "reply.received" in told[0]["type"]
    assert told[-1]["type"] == "org.troth.nudge.sent.v1"  # the answer
    with stage.store.db.reading() as conn:
        sent = [event["subject"] for event in told if event["subject"].startswith("n")]
        reasons = [explain(conn, number) for number in sent]
    text = json.dumps([told, reasons]).replace("Ana & Ben", "").casefold()
    for name in ("ana", "ben", "json://", "jsons", '"json"'):
        assert name not in text, text
    for _ in stage.ben._unread():
        stage.ben.expects("")


@pytest.mark.parametrize("words", ["stop", "pause 2d"])
def test_a_nudge_that_was_not_wanted_has_the_same_reason_whatever_was_said(
    stage: Stage, words: str
):
    stage.couple(couple_file(EVENING, ben=phones_of("ben", "first")))
    stage.settle_down()
    stage.ben.confirms("/ben/first")
    stage.wind("21:30")
    stage.ana.expects("High and low")
    stage.ben.expects("High and low", on="/ben/first")
    stage.ben.says("later 30m", on="/ben/first")
    stage.ben.says(words, on="/ben/first")
    stage.wind("22:30")
    stage.wind("12:00")
    for _ in stage.ana._unread():
        stage.ana.expects("")
    reasons = {each.reason for each in stage.nudges() if each.reason}
    assert "nothing was to leave by its channel" in reasons
    assert not any(word in str(reasons) for word in ("stop", "pause"))


def test_the_doctor_names_nobody_who_stopped(stage: Stage):
    stage.couple(couple_file(EVENING, ben=phones_of("ben", "first")))
    stage.settle_down()
    stage.ben.confirms("/ben/first")
    stage.ben.says("stop", on="/ben/first")
    with stage.store.db.reading() as conn:
        texts = [finding.text for finding in examine_store(conn, stage.store.vault)]
    assert any("is stopped" in text for text in texts)
    assert not any("ben" in text.replace("Ana & Ben", "") for text in texts)
