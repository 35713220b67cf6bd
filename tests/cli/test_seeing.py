"""log, score, why, partners and doctor after a real answer."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func

from tests.cli.conftest import Run
from tests.cli.test_bad_input import COUPLE
from troth.bootstrap import build, open_store
from troth.engine.rounds import Rounds
from troth.settings import load_settings
from troth.store import couples, rituals
from troth.store.tables import occurrences


@pytest.fixture
def evening(troth: Run, home: Path) -> None:
    """A ritual that is due now, and has been nudged."""
    (home / "couple.toml").write_text(COUPLE)
    troth("apply", "couple.toml")
    store = open_store(load_settings())
    service = build(store)
    now = store.clock.now()
    with store.db.writing() as conn:
        (source,) = couples.all_couples(conn)
        (row,) = rituals.rituals_of(conn, source.id).values()
        soon = now.replace(second=0, microsecond=0) - timedelta(minutes=1)
        values = {"next_slot": f"{soon:%Y-%m-%dT%H:%M}", "next_due": soon}
        rituals.update_ritual(conn, row.id, values)
    worker = service.bell.worker()
    worker.start()
    _make_rounds(service.rounds)
    worker.join()
    service.delivery.join()
    worker.stop()
    service.close()


def _make_rounds(rounds: Rounds) -> None:
    while rounds.once():
        pass


def test_an_answer_moves_the_score_that_is_printed(troth: Run, evening: None) -> None:
    for partner in ("ana", "BEN"):
        said = troth("reply", "--couple", "ana & ben", "--partner", partner, "the sea; the rain")
        assert said.out == "High and low of the day: your words are kept.\n"
    score = json.loads(troth("score", "--json").out)
    assert score == {
        "couple": "Ana & Ben",
        "score": None,
        "building": "1 of 5",
        "rituals": [
            {
                "ritual": "goodnight",
                "score": 100.0,
                "scored": 1,
                "excused": 0,
                "kept": 1,
                "partial": 0,
                "missed": 0,
            }
        ],
        "follow_through": {"kept": 0, "settled": 0},
        "turning_toward": {"answered": 0, "made": 0},
        "seasons": [],
    }
    assert "building, 1 of 5" in troth("score").out


def test_the_log_holds_every_event_and_no_words(troth: Run, evening: None) -> None:
    troth("reply", "--partner", "ana", "the sea; the rain")
    events = json.loads(troth("log", "--json").out)
    assert [event["type"] for event in events] == [
        "org.troth.ritual.due.v1",
        "org.troth.nudge.sent.v1",
        "org.troth.nudge.sent.v1",
        "org.troth.reply.received.v1",
    ]
    assert all(event["specversion"] == "1.0" for event in events)
    assert "the sea" not in troth("log").out + json.dumps(events)


def test_why_tells_the_reasons_of_an_occurrence_a_nudge_and_a_score(
    troth: Run, evening: None
) -> None:
    troth("reply", "--partner", "ana", "the sea; the rain")
    troth("reply", "--partner", "ben", "the bread; the bus")
    occurrence = json.loads(troth("why", "o1", "--json").out)
    assert (occurrence["state"], occurrence["rule"], occurrence["credit"]) == ("kept", "both", 1.0)
    assert occurrence["share_of_score"] == 1.0
    asked = [nudge for nudge in occurrence["nudges"] if nudge["purpose"] == "ritual"]
    assert [nudge["state"] for nudge in asked] == ["sent", "sent"]
    nudge = json.loads(troth("why", "n1", "--json").out)
    assert (nudge["because"], nudge["purpose"]) == ("its channel accepted it", "ritual")
    score = json.loads(troth("why", "c1", "--json").out)
    assert score["rituals"][0]["occurrences"] == [
        {"id": "o1", "slot": occurrence["slot"], "credit": 1.0, "share": 1.0}
    ]
    assert "the sea" not in json.dumps([occurrence, nudge, score])
    assert "state: kept" in troth("why", "o1").out


@pytest.mark.parametrize("wrong", ["o99", "x1", "o", "o1; drop", "17"])
def test_why_of_something_unknown_is_one_clear_line(troth: Run, evening: None, wrong: str) -> None:
    assert troth("why", wrong).is_one_clear_line("id")


def test_doctor_explains_every_setting_and_holds_the_score_against_its_ledger(
    troth: Run, evening: None
) -> None:
    result = troth("doctor")
    assert result.code == 0
    for setting in (
        "TROTH_DATABASE_URL",
        "TROTH_REDIS_URL",
        "TROTH_SECRET_KEY",
        "TROTH_PUBLIC_URL",
    ):
        assert setting in result.out
    findings = {finding["id"]: finding for finding in json.loads(troth("doctor", "--json").out)}
    assert findings["score-fold"]["health"] == "good"
    assert findings["store"]["health"] == "good"
    assert findings["couples"]["text"] == "1 couple takes part"


def test_doctor_says_of_a_secret_setting_only_whether_it_is_set(
    troth: Run, evening: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> str:
        return next(line for line in troth("doctor").out.splitlines() if "TROTH_INBOUND " in line)

    assert told().split()[-1] == "unset"
    monkeypatch.setenv("TROTH_INBOUND", '{"twilio": {"token": "pass-it-on"}}')
    assert told().split()[-1] == "set"


def test_partners_prints_each_ones_own_address(troth: Run, evening: None) -> None:
    rows = json.loads(troth("partners", "--json").out)
    assert [row["partner"] for row in rows] == ["ana", "ben"]
    assert len({row["inbox"] for row in rows}) == 2
    assert all(row["channels"] == [f"h{i} troth confirmed"] for i, row in enumerate(rows, 1))


def test_a_partner_or_couple_that_is_not_there_is_named(troth: Run, evening: None) -> None:
    assert troth("reply", "--partner", "cleo", "done").is_one_clear_line("ana and ben")
    assert troth("score", "--couple", "Ana & Bob").is_one_clear_line("'Ana & Ben'")


def test_the_log_of_a_partner_holds_their_own_words_and_what_was_shown_to_them(
    troth: Run, evening: None
) -> None:
    troth("reply", "--partner", "ana", "the sea; the rain")
    ask = ("log", "--partner")
    assert "the sea" not in troth("log").out + troth(*ask, "ben").out
    (own,) = json.loads(troth(*ask, "Ana", "--json").out)
    assert own | {"at": "", "occurrence": ""} == {
        "at": "",
        "ritual": "goodnight",
        "occurrence": "",
        "partner": "ana",
        "name": "Ana",
        "said": "words",
        "text": "the sea; the rain",
    }
    troth("reply", "--partner", "ben", "soup")
    shown = troth(*ask, "ben").out
    assert "the sea; the rain" in shown
    assert "soup" in shown
    assert "the sea" not in troth("log", "--json").out


def test_partners_print_a_calendar_to_subscribe_to(troth: Run, evening: None) -> None:
    rows = json.loads(troth("partners", "--json").out)
    assert all("/calendar/" in row["calendar"] for row in rows)
    assert rows[0]["calendar"] in troth("partners").out
    assert len({row["calendar"] for row in rows}) == 2


def test_a_season_has_a_count_of_its_own(troth: Run, evening: None) -> None:
    store = open_store(load_settings())
    with store.db.writing() as conn:
        rows = occurrences.update().values(
            terms=func.json_set(occurrences.c.terms, "$.season", "care")
        )
        conn.execute(rows)
    store.db.close()
    for partner in ("ana", "ben"):
        troth("reply", "--partner", partner, "the sea; the rain")
    score = json.loads(troth("score", "--json").out)
    assert score["seasons"] == [{"kind": "care", "kept": 1, "asked": 1}]
    assert "care" in troth("score").out


def test_next_tells_of_what_was_changed_by_reply(troth: Run, evening: None) -> None:
    store = open_store(load_settings())
    with store.db.writing() as conn:
        [row] = rituals.rituals_of(conn, 1).values()
        rituals.update_ritual(conn, row.id, {"tuned": {"1": {"hour": "08:15"}}})
    assert "T08:15" in troth("next", "--count", "1", "--json", "couple.toml").out
    with store.db.writing() as conn:
        rituals.update_ritual(conn, row.id, {"tuned": {"1": {"rests": True}}})
    store.db.close()
    assert json.loads(troth("next", "--json", "couple.toml").out) == []
