"""English: every verb has its phrases, and what people write is read as they mean it."""

import pytest

from tests.schedules.shipped import ENGLISH
from troth.domain.grammar import LEGAL, Verb
from troth.domain.parse import parse
from troth.domain.said import Expected
from troth.domain.states import AnswerKind
from troth.domain.visible import normal_words
from troth.schedules.languages import read_grammar

PHRASES = [
    (Verb(verb), phrase, normal_words(phrase))
    for verb, phrases in ENGLISH.verbs.items()
    for phrase in phrases
]
GRAMMAR = read_grammar(ENGLISH)


def test_english_has_every_verb_and_no_other() -> None:
    assert set(ENGLISH.verbs) == set(Verb) - {
        Verb.RATING,
        Verb.NUMBER,
        Verb.CHOICE,
        Verb.WORDS,
        Verb.UNKNOWN,
    }
    assert ENGLISH.language == "en"


def test_no_phrase_is_written_twice_or_means_two_verbs() -> None:
    seen: dict[tuple[str, ...], str] = {}
    for verb, phrase, words in PHRASES:
        assert words not in seen, f"{phrase} ({verb}) stands already under {seen[words]}"
        seen[words] = verb


def test_every_phrase_has_one_to_six_words() -> None:
    assert [phrase for _, phrase, words in PHRASES if not 1 <= len(words) <= 6] == []


def test_a_phrase_with_an_apostrophe_is_known_with_either_and_with_none() -> None:
    for verb, phrase, _ in PHRASES:
        for mark in ("'", "’", ""):  # noqa: RUF001 - a phone's apostrophe
            assert GRAMMAR.phrases[normal_words(phrase.replace("'", mark))] is verb


@pytest.mark.parametrize(
    "word", ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPT OUT"]
)
def test_every_word_of_the_law_stops(word: str) -> None:
    assert parse(f" {word.title()}! ", GRAMMAR, Expected()).verb is Verb.STOP


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("Please stop texting me.", Verb.STOP),
        ("Don’t contact me again!", Verb.STOP),  # noqa: RUF001 - a phone's apostrophe
        ("no more messages", Verb.STOP),
        ("go away", Verb.STOP),
        ("UNSTOP", Verb.START),
        ("info", Verb.HELP),
        ("Done! It was lovely", Verb.DONE),
        ("we did", Verb.DONE),
        ("👍🏽", Verb.DONE),
        ("❤", Verb.DONE),
        ("✅ and the soup was good", Verb.DONE),
        ('Liked "Twenty seconds of arms around each other."', Verb.DONE),
        ("We did not, sorry", Verb.NO),
        ("We haven’t", Verb.NO),  # noqa: RUF001
        ("Did not happen this time", Verb.NO),
        ("not yet", Verb.LATER),
        ("remind me at 21:30", Verb.LATER),
        ("in 30m", Verb.LATER),
        ("not tonight, headache", Verb.SKIP),
        ("skip we have guests", Verb.SKIP),
        ("Ready!", Verb.BEGIN),
        ("let's go", Verb.BEGIN),
    ],
)
def test_english_reads_what_people_write(text: str, verb: Verb) -> None:
    assert parse(text, GRAMMAR, Expected(AnswerKind.DONE)).verb is verb


@pytest.mark.parametrize(
    "text", ["Of course not", "We have guests", "Absolutely no time", "Finished work late"]
)
def test_what_only_sounds_like_a_yes_is_not_taken_for_done(text: str) -> None:
    assert parse(text, GRAMMAR, Expected(AnswerKind.DONE)).verb is not Verb.DONE


@pytest.mark.parametrize("text", ["End of the week, at the lake", "Stop and smell the roses"])
def test_a_legal_word_that_begins_an_answer_stops_nothing(text: str) -> None:
    assert parse(text, GRAMMAR, Expected(AnswerKind.WORDS)).verb not in LEGAL
