"""A mail that came back did not arrive: the next channel brings it, and nobody has missed it."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from tests.support.phones import Heard
from tests.support.stage import EVENING, Stage, couple_file
from troth.delivery.courier import Courier
from troth.delivery.outcome import Message, Outcome
from troth.domain.grammar import Verb
from troth.domain.incoming import Address, AddressKind, Incoming
from troth.domain.reply import TOKEN_USE
from troth.domain.states import ChannelState, NudgePurpose, NudgeState

DAEMON = Address(AddressKind.MAIL, "mailer-daemon@example.org")
MAIL, PHONE = "/ben/mail", "/ben/phone"
FIRST = (
    'channels = [{ url = "{phones}/ben/mail", sensitivity = "open", address = "mail:b@lab.test" }'
)
SECOND = '{ url = "{phones}/ben/phone", sensitivity = "open", address = "phone:+15550100" }]'
ONE_WAY, TWO_WAYS = f"{FIRST}]", f"{FIRST}, {SECOND}"
DAY = "High and low of the day"
Report = Callable[[str], None]


@pytest.fixture
def report(stage: Stage) -> Report:
    """Ben has a mail address and, after it, a phone; this hands in the report of a hard bounce."""
    stage.couple(couple_file(EVENING, ben=TWO_WAYS))
    stage.settle_down()
    stage.ben.confirms(MAIL, PHONE)
    numbers = itertools.count(1)

    def hand_in(token: str) -> None:
        returned = Incoming(
            "mailbox",
            f"report-{next(numbers)}",
            DAEMON,
            "No such user.",
            token=token,
            is_automatic=True,
            is_bounce=True,
        )
        assert stage.store.hear(returned) is None

    return hand_in


@pytest.fixture
def bounce(stage: Stage, report: Report) -> Report:
    """The same, and whatever follows from it at once."""

    def hand_in(token: str) -> None:
        report(token)
        stage.settle_down()

    return hand_in


def without_phone(stage: Stage) -> None:
    stage.couple(couple_file(EVENING, ben=ONE_WAY))


def asked(stage: Stage, *, on: str = MAIL) -> str:
    """Let the evening come; return the token of what Ben was asked."""
    stage.wind("21:30")
    stage.ana.expects(DAY)
    return stage.token_behind(stage.ben.expects(DAY, on=on))


def states(stage: Stage) -> list[ChannelState]:
    return [channel.state for channel in stage.channels("ben")]


def reminded(stage: Stage) -> Heard:
    stage.wind("22:30")
    stage.ana.expects(DAY)
    return stage.ben.expects(DAY, on=PHONE)


def test_a_nudge_that_bounced_has_failed_and_comes_by_the_next_channel(
    stage: Stage, bounce: Report
):
    token = asked(stage)
    stage.wind(minutes=2)
    bounce(token)
    again = stage.nudge_behind(stage.ben.expects(DAY, on=PHONE))
    bounced = next(each for each in stage.nudges() if each.state is NudgeState.FAILED)
    assert (bounced.reason, bounced.sent_at) == ("it bounced", None)
    same = ("occurrence_id", "purpose", "code", "due_at", "expires_at")
    assert [getattr(bounced, name) for name in same] == [getattr(again, name) for name in same]
    assert states(stage) == [ChannelState.FAILING, ChannelState.CONFIRMED]
    (event,) = stage.events("nudge.failed")
    assert (event["subject"], event["data"]["reason"]) == (f"n{bounced.id}", "it bounced")
    for actor in (stage.ana, stage.ben):
        actor.says("A day.")
    assert stage.outcomes() == ["kept"]


def test_what_bounced_on_every_channel_is_missed_by_nobody(stage: Stage, bounce: Report):
    without_phone(stage)
    token = asked(stage)
    bounce(token)
    stage.wind("22:30")
    stage.ana.expects(DAY)
    stage.wind("12:00")
    assert stage.outcomes() == ["excused: undelivered"]


def test_a_miss_is_taken_back_when_a_report_comes_after_the_window(stage: Stage, bounce: Report):
    for _ in range(5):
        asked(stage)
        for actor in (stage.ana, stage.ben):
            actor.says("A day.")
    stood = stage.standing()
    without_phone(stage)
    token = asked(stage)
    stage.wind("22:30")
    stage.ana.expects(DAY)
    reminder = stage.token_behind(stage.ben.expects(DAY, on=MAIL))
    stage.wind("12:00")
    assert stage.outcomes()[-1] == "missed"
    assert stage.standing() != stood
    bounce(token)
    assert stage.outcomes()[-1] == "missed"  # the reminder is still known to have left
    bounce(reminder)
    assert stage.outcomes()[-1] == "excused: undelivered"
    standing = stage.standing()
    assert standing.score == stood.score == 100
    assert (standing.scored, standing.rituals[0].missed, standing.rituals[0].excused) == (5, 0, 1)


def test_what_a_partner_denied_is_open_again_for_who_was_not_reached(stage: Stage, bounce: Report):
    token = asked(stage)
    stage.ana.says("no")
    assert stage.outcomes() == ["missed"]
    bounce(token)
    assert stage.outcomes() == ["open"]
    stage.ben.expects(DAY, on=PHONE)
    stage.wind("22:30")
    stage.ben.expects(DAY, on=PHONE)
    stage.wind("12:00")
    assert stage.outcomes() == ["missed"]


def test_an_answer_counts_whatever_bounces_after_it(stage: Stage, bounce: Report):
    token = asked(stage)
    stage.ben.says("A day.")
    before = len(stage.nudges())
    bounce(token)
    assert len(stage.nudges()) == before
    stage.ana.says("A day.")
    bounce(token)
    assert stage.outcomes() == ["kept"]


def test_a_bounce_that_is_reported_twice_counts_once(stage: Stage, bounce: Report):
    token = asked(stage)
    for _ in range(2):
        bounce(token)
    stage.ben.expects(DAY, on=PHONE)
    stage.ben.expects_nothing()
    assert len(stage.events("nudge.failed")) == 1
    assert len(stage.events("channel.changed")) == 3  # two were confirmed before


def test_who_has_been_reminded_meanwhile_is_not_asked_once_more(stage: Stage, bounce: Report):
    token = asked(stage)
    reminded(stage)
    bounce(token)
    stage.ben.expects_nothing()
    stage.wind("12:00")
    assert stage.outcomes() == ["missed"]  # the reminder arrived


def test_a_reminder_that_bounced_comes_by_the_next_channel_too(stage: Stage, bounce: Report):
    stage.couple(couple_file(EVENING, ben=f"channels = [{SECOND[:-1]}, {FIRST[12:]}]"))
    asked(stage, on=PHONE)
    stage.wind("22:30")
    stage.ana.expects(DAY)
    bounce(stage.token_behind(stage.ben.expects(DAY, on=MAIL)))
    stage.ben.expects(DAY, on=PHONE)


def test_nothing_comes_by_the_next_channel_to_who_has_paused(stage: Stage, bounce: Report):
    token = asked(stage)
    stage.ben.says("pause 1w")
    before = len(stage.nudges())
    bounce(token)
    assert len(stage.nudges()) == before


def test_what_is_planned_on_a_channel_that_fails_comes_by_the_next(stage: Stage, bounce: Report):
    stage.wind("21:30")
    stage.ana.expects(DAY)
    nudge = stage.ben.expects(DAY, on=MAIL)
    stage.ben.says("later 30m", to=nudge)
    bounce(stage.token_behind(nudge))
    stage.ben.expects_nothing()
    stage.wind("22:00")
    stage.ben.expects(DAY, on=PHONE)


def test_a_report_that_is_quicker_than_the_record_counts(stage: Stage, report: Report):
    @dataclass
    class ReturnedAtOnce(Courier):
        """A mail server that sends its report before the sender has written what it sent."""

        real: Courier

        def send(self, message: Message) -> Outcome:
            outcome = self.real.send(message)
            (nudge,) = [each for each in stage.nudges() if each.id == message.nudge_id]
            report(stage.store.vault.token(nudge.seed))
            return outcome

    stage.wrap = ReturnedAtOnce
    stage.restart()
    stage.wind("21:30")
    stage.ana.expects(DAY)
    stage.ben.expects(DAY, on=MAIL)
    stage.ben.expects(DAY, on=PHONE)
    (failed,) = [each for each in stage.nudges() if each.state is NudgeState.FAILED]
    assert failed.reason == "it bounced"
    assert f"n{failed.id}" not in {event["subject"] for event in stage.events("nudge.sent")}


def test_a_report_with_the_token_of_a_text_message_does_nothing(stage: Stage, bounce: Report):
    stage.ben.says("stop", on=MAIL)
    token = asked(stage, on=PHONE)
    bounce(token)
    assert states(stage) == [ChannelState.STOPPED, ChannelState.CONFIRMED]
    assert not stage.events("nudge.failed")


def test_a_report_without_a_token_of_ours_does_nothing(stage: Stage, bounce: Report):
    asked(stage)
    for token in ("", "a" * 32):
        bounce(token)
    assert states(stage) == [ChannelState.CONFIRMED, ChannelState.CONFIRMED]
    assert not stage.events("nudge.failed")


def test_a_report_grows_old_with_its_token(stage: Stage, bounce: Report):
    token = asked(stage)
    expires_at = next(each.expires_at for each in reversed(stage.nudges()))
    stage.sleep(seconds=(expires_at + TOKEN_USE - stage.clock.now()) / timedelta(seconds=1))
    bounce(token)
    assert states(stage) == [ChannelState.CONFIRMED, ChannelState.CONFIRMED]
    assert not [each for each in stage.nudges() if each.reason == "it bounced"]


def test_a_channel_that_was_stopped_stays_so_when_a_nudge_bounces(stage: Stage, bounce: Report):
    token = asked(stage)
    stage.ben.says("stop", on=MAIL)
    bounce(token)
    assert states(stage) == [ChannelState.STOPPED, ChannelState.CONFIRMED]
    stage.ben.expects(DAY, on=PHONE)


def test_a_question_of_consent_that_bounced_ends_its_channel(stage: Stage, bounce: Report):
    other = TWO_WAYS.replace("b@lab.test", "c@lab.test").replace("ben/mail", "ben/other")
    stage.couple(couple_file(EVENING, ben=other))
    stage.settle_down()
    question = stage.ben.expects("Troth asks first", on="/ben/other")
    bounce(stage.token_behind(question))
    assert stage.nudge_behind(question).purpose is NudgePurpose.CONSENT
    assert stage.nudge_behind(question).state is NudgeState.FAILED
    assert states(stage) == [ChannelState.FAILING, ChannelState.CONFIRMED]
    stage.ben.presses(Verb.START, question)
    assert states(stage) == [ChannelState.CONFIRMED, ChannelState.CONFIRMED]


def test_nothing_bounces_for_a_couple_that_takes_part_no_more(stage: Stage, bounce: Report):
    token = asked(stage)
    stage.retire()
    bounce(token)
    assert states(stage) == [ChannelState.CONFIRMED, ChannelState.CONFIRMED]
    assert not stage.events("nudge.failed")
