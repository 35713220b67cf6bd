"""What a reply says: verbs, numbers and words, whatever people's phones make of them."""

# ruff: noqa: RUF001 - full-width digits and letters are what some phones type

from datetime import time, timedelta

import pytest

from troth.domain.grammar import Grammar, Verb
from troth.domain.parse import parse
from troth.domain.said import Expected, Said
from troth.domain.states import AnswerKind
from troth.domain.visible import normal_words, visible_text

PHRASES = {
    Verb.STOP: ["stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "opt out"],
    Verb.START: ["start", "unstop"],
    Verb.HELP: ["help", "info"],
    Verb.DONE: ["done", "we did", "we did it", "yes", "👍", "❤️", "✅", "liked"],
    Verb.NO: ["no", "not today", "👎"],
    Verb.LATER: ["later", "⏰"],
    Verb.SKIP: ["skip"],
    Verb.BEGIN: ["begin"],
}
ENGLISH = Grammar({normal_words(text): verb for verb, texts in PHRASES.items() for text in texts})
GERMAN = Grammar({("erledigt",): Verb.DONE, ("später",): Verb.LATER, ("no",): Verb.UNKNOWN})
DONE = Expected(AnswerKind.DONE)
RATING = Expected(AnswerKind.RATING)
WORDS = Expected(AnswerKind.WORDS)


def said(text: str, expected: Expected = DONE) -> Said:
    return parse(text, ENGLISH, expected)


@pytest.mark.parametrize(
    "text",
    [
        *("done", "DONE", "Done.", " done!!! ", "«done»", "*done*", "\u201cdone\u201d", "- done"),
        *("we did", "We did it!", "we\tdid", "we\u00a0did", "\n\nwe did\n", "we did\r\nit"),
        *("👍", "👍🏽", "👍🏿!", "❤", "❤️", "❤\ufe0e", "✅", "✅\ufe0f"),
        *("ｄｏｎｅ", "do\u200bne", "\u202edone\u202c", "\ufeffdone", "do\u00adne", "do\x00ne"),
        *("> How was tea? Reply DONE or STOP\ndone", "done\n> STOP", "\uff1e stop\ndone"),
    ],
)
def test_done_is_done_in_any_dress(text):
    assert said(text) == Said(Verb.DONE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("done, it was lovely", Said(Verb.DONE, words="it was lovely")),
        ("We did! So nice", Said(Verb.DONE, words="So nice")),
        ("❤️ always", Said(Verb.DONE, words="always")),
        ('Liked "Tea at nine?"', Said(Verb.DONE, words='Tea at nine?"')),
        ("no", Said(Verb.NO)),
        ("Not today, sorry", Said(Verb.NO, words="sorry")),
        ("👎🏻", Said(Verb.NO)),
        ("skip", Said(Verb.SKIP)),
        ("Skip: Ben is ill", Said(Verb.SKIP, words="Ben is ill")),
        ("begin", Said(Verb.BEGIN)),
        ("later", Said(Verb.LATER)),
        ("Later!", Said(Verb.LATER)),
        ("later 30m", Said(Verb.LATER, later=timedelta(minutes=30))),
        ("later 1h30m.", Said(Verb.LATER, later=timedelta(minutes=90))),
        ("later, 2 h", Said(Verb.LATER, later=timedelta(hours=2))),
        ("⏰ 30m", Said(Verb.LATER, later=timedelta(minutes=30))),
        ("later 21:30", Said(Verb.LATER, later=time(21, 30))),
        ("later 7:05.", Said(Verb.LATER, later=time(7, 5))),
        ("later ２１:３０", Said(Verb.LATER, later=time(21, 30))),
        ("later 24:00", Said(Verb.UNKNOWN, words="later 24:00")),
        ("later 21:60", Said(Verb.UNKNOWN, words="later 21:60")),
        ("later than ever", Said(Verb.UNKNOWN, words="later than ever")),
        ("later 99999w 99999w", Said(Verb.UNKNOWN, words="later 99999w 99999w")),
        ("D\u041eNE", Said(Verb.UNKNOWN, words="D\u041eNE")),  # a Cyrillic O: ask
        ("well done", Said(Verb.UNKNOWN, words="well done")),
        ("what?", Said(Verb.UNKNOWN, words="what?")),
        ("7", Said(Verb.UNKNOWN, words="7")),
        ("", Said(Verb.UNKNOWN)),
        (" \u200b\n>done", Said(Verb.UNKNOWN)),
    ],
)
def test_a_reply_to_a_ritual(text, expected):
    assert said(text) == expected


@pytest.mark.parametrize("number", range(1, 11))
@pytest.mark.parametrize("form", ["{}", "{}/10", " {}! ", "done {}", "{}\n> Reply 1-10", "👍 {}."])
def test_a_rating_is_one_to_ten(number, form):
    assert said(form.format(number), RATING) == Said(Verb.RATING, rating=number)


@pytest.mark.parametrize(
    ("text", "codes", "expected"),
    [
        ("8 thanks for the tea", (), Said(Verb.RATING, rating=8, words="thanks for the tea")),
        ("8/10, lovely", (), Said(Verb.RATING, rating=8, words="lovely")),
        ("done 8 lovely", (), Said(Verb.RATING, rating=8, words="lovely")),
        ("８", (), Said(Verb.RATING, rating=8)),
        ("10", (), Said(Verb.RATING, rating=10)),
        ("0", (), Said(Verb.UNKNOWN, words="0")),
        ("11", (), Said(Verb.UNKNOWN, words="11")),
        ("8/5", (), Said(Verb.UNKNOWN, words="8/5")),
        ("done", (), Said(Verb.DONE)),
        ("done lovely", (), Said(Verb.DONE, words="lovely")),
        ("3 8 thanks for the tea", (3, 8), Said(Verb.RATING, 3, 8, "thanks for the tea")),
        ("3 8/10", (3,), Said(Verb.RATING, 3, 8)),
        ("3 done 8", (3,), Said(Verb.RATING, 3, 8)),
        ("3", (3,), Said(Verb.RATING, rating=3)),
        ("8/10 lovely", (8,), Said(Verb.RATING, rating=8, words="lovely")),  # never a code
        ("3 was hard", (3,), Said(Verb.RATING, rating=3, words="was hard")),
        ("3 later 30m", (3,), Said(Verb.LATER, 3, later=timedelta(minutes=30))),
    ],
)
def test_a_reply_to_a_ritual_that_asks_for_a_rating(text, codes, expected):
    assert (
        said(text, Expected(AnswerKind.RATING, dict.fromkeys(codes, AnswerKind.RATING))) == expected
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3 done", Said(Verb.DONE, 3)),
        ("3: done, thanks", Said(Verb.DONE, 3, words="thanks")),
        ("３ 👍🏽", Said(Verb.DONE, 3)),
        ("12 no", Said(Verb.NO, 12)),
        ("3", Said(Verb.UNKNOWN, 3)),
        ("4 done", Said(Verb.UNKNOWN, words="4 done")),  # not a code that is open
        ("3 stop", Said(Verb.STOP)),  # whatever it is to end: a channel can be started again
    ],
)
def test_a_code_says_which_nudge(text, expected):
    assert (
        said(text, Expected(AnswerKind.DONE, dict.fromkeys((3, 12), AnswerKind.DONE))) == expected
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Her laugh", Said(Verb.WORDS, words="Her laugh")),
        ("No phones at dinner", Said(Verb.WORDS, words="No phones at dinner")),
        ("Done is better than perfect", Said(Verb.WORDS, words="Done is better than perfect")),
        ("Stop by the sea, like in May", Said(Verb.WORDS, words="Stop by the sea, like in May")),
        ("Later in life", Said(Verb.WORDS, words="Later in life")),
        ("no", Said(Verb.NO)),
        ("done!", Said(Verb.DONE)),
        ("skip today", Said(Verb.SKIP, words="today")),
        ("later 30m", Said(Verb.LATER, later=timedelta(minutes=30))),
        ("...", Said(Verb.UNKNOWN, words="...")),
    ],
)
def test_a_reply_to_a_ritual_that_asks_for_words(text, expected):
    assert said(text, WORDS) == expected


@pytest.mark.parametrize("expected", [DONE, RATING, WORDS, Expected(None, {3: AnswerKind.DONE})])
@pytest.mark.parametrize("word", [*PHRASES[Verb.STOP], *PHRASES[Verb.START], *PHRASES[Verb.HELP]])
def test_a_legal_word_is_law_in_any_case_and_punctuation(word, expected):
    verb = ENGLISH.phrases[normal_words(word)]
    dresses = (word, word.upper(), f" {word.title()}!! ", f'"{word}".', f"{word}\u200b")
    for text in (*dresses, f"{word}\n> Reply DONE", f"{word}\n\nSent from my phone"):
        assert said(text, expected) == Said(verb)


@pytest.mark.parametrize("text", ["stop the car", "help yourself", "end of story", "> stop"])
def test_a_legal_word_within_a_sentence_is_no_verb_of_any_kind(text):
    assert said(text).verb is Verb.UNKNOWN


def test_the_longest_phrase_wins():
    assert ENGLISH.match(("we", "did", "it", "again")) == (Verb.DONE, 3)
    assert ENGLISH.match(("we", "went")) is None
    assert ENGLISH.match(()) is None


def test_languages_stand_side_by_side_and_ones_own_comes_first():
    mixed = ENGLISH.joined(GERMAN)
    assert parse("Erledigt!", mixed, DONE) == Said(Verb.DONE)
    assert parse("später 30m", mixed, DONE).later == timedelta(minutes=30)
    assert parse("spa\u0308ter", mixed, DONE).verb is Verb.LATER  # an umlaut in two parts
    assert parse("no", mixed, DONE).verb is Verb.NO


def test_what_is_shown_is_the_writers_own():
    assert visible_text(" Hi \r\n> quoted\r\r  there\u200b ") == "Hi\nthere"
