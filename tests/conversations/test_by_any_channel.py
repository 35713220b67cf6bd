"""People answer where they were asked: the reply finds its partner, and is answered there, once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.conversations.by_text import BEN, COFFEE, MAIL, PHONE, Text, evening
from tests.support.stage import EVENING, Stage, couple_file
from troth.domain.incoming import Address, AddressKind, Incoming
from troth.domain.states import ChannelState


def test_a_text_message_settles_what_was_asked_and_is_echoed_once(stage: Stage, text: Text):
    evening(stage)
    text("A walk, and a meeting.")
    stage.ben.expects("High and low of the day: your words are kept.", on="/ben/first")
    stage.ben.expects_nothing()
    stage.ana.says("A day.")
    stage.wind("12:00")
    assert stage.outcomes() == ["kept"]


def test_a_message_handed_in_again_counts_once_and_is_not_echoed_again(stage: Stage, text: Text):
    evening(stage)
    first = text("A walk.", again="sms-1")
    assert text("A walk.", again="sms-1") == first
    stage.ben.expects("your words are kept", on="/ben/first")
    stage.ben.expects_nothing()


def test_strangers_get_silence(stage: Stage, text: Text):
    evening(stage)
    assert text("hello", of=Address(AddressKind.PHONE, "+15550199")) is None
    assert text("STOP", of=Address(AddressKind.PHONE, "+15550199")) is None
    stage.ben.expects_nothing()


def test_a_mail_counts_only_with_the_token_of_its_reply_address(stage: Stage, text: Text):
    stage.wind("21:30")
    stage.ana.expects("High and low of the day")
    token = stage.ben.expects("", on="/ben/first").body.rpartition("/r/")[2].split()[0]
    assert text("A forged day.", of=MAIL) is None
    assert text("A day.", of=MAIL, token=token) is not None
    stage.ben.expects("your words are kept", on="/ben/first")


def test_anybody_may_stop_a_mail_address(stage: Stage, text: Text):
    text("STOP", of=MAIL)
    stage.ben.expects("You will get nothing more here", on="/ben/second")
    states = {channel.state for channel in stage.channels("ben")}
    assert states == {ChannelState.CONFIRMED, ChannelState.STOPPED}


def test_what_no_person_wrote_is_no_answer(stage: Stage, text: Text):
    evening(stage)
    assert text("I am away until Monday.", is_automatic=True) is None
    stage.ben.expects_nothing()


def test_a_discreet_channel_is_answered_without_content(stage: Stage, text: Text):
    stage.couple(couple_file(EVENING, ben=BEN.replace('sensitivity = "open", ', "")))
    stage.wind("21:30")
    stage.ana.expects("High and low of the day")
    stage.ben.expects("There is a moment waiting", on="/ben/first")
    text("A walk.")
    answer = stage.ben.expects("", on="/ben/first")
    assert "High and low" not in answer.text
    assert "kept" in answer.text


def test_yes_wakes_a_stopped_channel_and_means_done_on_any_other(stage: Stage, text: Text):
    text("STOP")
    assert text("Yes") is not None
    assert all(each.state is ChannelState.CONFIRMED for each in stage.channels("ben"))
    stage.couple(couple_file(COFFEE, ben=BEN))
    stage.wind("21:31")
    text("Yes")
    stage.ben.expects("Coffee together: noted as done.", on="/ben/first")
    for actor in (stage.ana, stage.ben):
        for _ in range(3):
            if actor._unread():
                actor.expects("")


def test_who_is_not_understood_gets_five_answers_and_then_silence(stage: Stage, text: Text):
    for _ in range(8):
        text("qwertz")
    for _ in range(5):
        stage.ben.expects("", on="/ben/first")
    stage.ben.expects_nothing()
    text("help")
    stage.ben.expects("Troth sends small reminders", on="/ben/first")


def test_an_answer_comes_in_quiet_hours_for_it_was_asked_for(stage: Stage, text: Text):
    stage.wind("03:00")
    stage.ana.expects("High and low of the day")
    stage.ben.expects("High and low of the day", on="/ben/first")
    for actor in (stage.ana, stage.ben):
        for _ in actor._unread():
            actor.expects("")
    stage.couple(couple_file(EVENING, ben=BEN + '\nquiet = "22:00-07:00"'))
    text("help")
    stage.ben.expects("Troth sends small reminders", on="/ben/first")


def test_an_answer_that_cannot_leave_goes_by_no_other_channel(stage: Stage, text: Text):
    stage.phones.answers["/ben/first"] = 410
    text("help")
    stage.wind(minutes=30)
    stage.ben.expects_nothing()


def test_a_late_reply_is_judged_as_of_its_nudge(stage: Stage, text: Text):
    stage.couple(couple_file(COFFEE, ben=BEN))
    stage.wind("21:30")
    stage.ana.expects("Coffee together")
    stage.ben.expects("Coffee together", on="/ben/first")
    stage.ana.says("done")
    stage.sleep(hours=5)
    stage.settle_down()
    text("done")
    assert stage.outcomes()[0] == "kept"
    stage.ben.expects("It counts just as if it had come earlier", on="/ben/first")


def test_a_hundred_redeliveries_at_once_count_once_and_are_answered_once(stage: Stage, text: Text):
    evening(stage)
    message = Incoming("test", "sms-7", PHONE, "A walk.")
    gate = Barrier(100)

    def hand_in(_: int) -> str:
        gate.wait(timeout=30)
        answer = stage.store.hear(message)
        assert answer is not None
        return answer.text

    with ThreadPoolExecutor(100) as pool:
        said = set(pool.map(hand_in, range(100)))
    assert said == {"High and low of the day: your words are kept."}
    stage.settle_down()
    stage.ben.expects("your words are kept", on="/ben/first")
    stage.ben.expects_nothing()
    assert len(stage.events("reply.received")) == 3  # two confirmed their channel before


def test_two_machines_that_answer_each_other_come_to_an_end(stage: Stage, text: Text):
    for number in range(30):
        text("next" if number % 3 else "score")
    heard = len([each for each in stage.ben.everything() if each.on == "/ben/first"])
    for _ in stage.ben._unread():
        stage.ben.expects("")
    assert heard < 16


def test_a_channel_whose_owner_has_not_agreed_takes_the_laws_words_only(stage: Stage, text: Text):
    fresh = BEN.replace("0100", "0177").replace("first", "third")
    stage.couple(couple_file(EVENING, ben=fresh))
    stage.settle_down()
    stage.ben.expects("Troth asks first", on="/ben/third")
    stranger = Address(AddressKind.PHONE, "+15550177")
    for words in ("score", "next", "we did it", "A walk."):
        assert text(words, of=stranger) is None
    assert text("yes", of=stranger) is not None
    stage.ben.expects("You will hear from Troth here", on="/ben/third")


@pytest.mark.usefixtures("text")
def test_a_token_grows_old_with_its_page(stage: Stage):
    stage.wind("21:30")
    stage.ana.expects("High and low of the day")
    token = stage.ben.expects("", on="/ben/first").body.rpartition("/r/")[2].split()[0]
    stage.sleep(days=40)
    assert stage.store.hear(Incoming("test", "m-1", MAIL, "A day.", token=token)) is None


def test_long_ids_are_told_apart_to_their_end(stage: Stage, text: Text):
    evening(stage)
    assert "your words" in str(text("A walk.", again="x" * 250 + "1"))
    assert "your words" in str(text("A run.", again="x" * 250 + "2"))
    for _ in range(2):
        stage.ben.expects("your words are kept", on="/ben/first")
    assert stage.words_of("ben") == ["A run."]
