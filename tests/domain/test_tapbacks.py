"""Taps on a message that come as texts, in the languages of phones."""

# ruff: noqa: RUF001 - quotes and apostrophes as phones write them

import pytest

from troth.domain.grammar import Verb
from troth.domain.parse import parse
from troth.domain.said import Expected, Said
from troth.domain.states import AnswerKind
from troth.domain.tapback import is_quote_of
from troth.schedules.languages import load_languages

LANGUAGES = load_languages()


@pytest.mark.parametrize(
    ("language", "text", "verb"),
    [
        ("en", "Liked “Tea at nine?”", Verb.DONE),
        ("en", "Loved “Tea at nine?”", Verb.DONE),
        ("en", 'liked "Tea at nine?"', Verb.DONE),
        ("en", "Disliked “Tea at nine?”", Verb.NO),
        ("en", "Laughed at “Tea at nine?”", Verb.UNKNOWN),
        ("en", "Emphasized “Tea at nine?”", Verb.UNKNOWN),
        ("en", "Questioned “Tea at nine?”", Verb.UNKNOWN),
        ("en", "Removed a like from “Tea at nine?”", Verb.UNDO),
        ("en", "Removed a heart from “Tea at nine?”", Verb.UNDO),
        ("en", "Removed 👍🏽 from “Tea at nine?”", Verb.UNDO),
        ("en", "Reacted 👍 to “Tea at nine?”", Verb.DONE),
        ("en", "Reacted 👍🏽 to “Tea at nine?”", Verb.DONE),
        ("en", "Reacted 😂 to “Tea at nine?”", Verb.UNKNOWN),
        ("en", "👍 to “Tea at nine?”", Verb.DONE),
        ("en", ' reacted ❤️ to "Tea at nine?"', Verb.DONE),
        ("en", "\u200a\u200b👍\u200b to “\u200aTea at nine?\u200a”\u200a", Verb.DONE),
        ("de", "Gefällt „Tea at nine?“", Verb.DONE),
        ("de", "Entfernte 👍 aus „Tea at nine?”", Verb.UNDO),
        ("es", "Le gustó “Tea at nine?”", Verb.DONE),
        ("es", "Le encantó “Tea at nine?”", Verb.DONE),
        ("es", "Le dio risa “Tea at nine?”", Verb.UNKNOWN),
        ("es", "Exclamó por “Tea at nine?”", Verb.UNKNOWN),
        ("es", "Dudó sobre “Tea at nine?”", Verb.UNKNOWN),
        ("es", "Reaccionó con 👍 a “Tea at nine?”", Verb.DONE),
        ("fr", "a attribué la mention « J’aime » à « Tea at nine? »", Verb.DONE),
        ("fr", "a attribué la mention « Adore » à « Tea at nine? »", Verb.DONE),
        ("fr", "a attribué la mention « Je n’aime pas » à « Tea at nine? »", Verb.NO),
        ("fr", "A retiré la mention « Adore » de « Tea at nine? »", Verb.UNDO),
        ("fr", "A réagi avec 👍 à “Tea at nine?”", Verb.DONE),
        ("fr", "A retiré 👍 de “Tea at nine?”", Verb.UNDO),
        ("pt", "Adorou “Tea at nine?”", Verb.DONE),
        ("pt", "Reagiu com 👎 a “Tea at nine?”", Verb.NO),
        ("pt", "Liked “Tea at nine?”", Verb.DONE),  # a phone that speaks English
    ],
)
@pytest.mark.parametrize("kind", AnswerKind)
def test_a_tap_says_what_it_means_and_on_what(language, text, verb, kind):
    said = parse(text, LANGUAGES.of(language).grammar, Expected(kind))
    assert said == Said(verb, quoted="Tea at nine?", is_reaction=True)


def test_a_tap_on_several_lines_is_one_tap():
    said = parse("Liked “Tea?\n> at nine\nor ten”", LANGUAGES.of("en").grammar, Expected())
    assert said.quoted == "Tea? > at nine or ten"


@pytest.mark.parametrize("text", ["😂", "🔥🔥", "Laughed at an image"])
def test_what_is_no_more_than_a_reaction_needs_no_answer(text):
    said = parse(text, LANGUAGES.of("en").grammar, Expected(AnswerKind.DONE))
    assert (said.verb, said.is_reaction) == (Verb.UNKNOWN, True)


@pytest.mark.parametrize(
    "text",
    ["Stop “it”", "I liked “Paris, Texas”", "“Tea”", "Reacted well to “Tea”", "Removed “it”"],
)
def test_an_ordinary_text_with_quotes_is_no_tap(text):
    assert not parse(text, LANGUAGES.of("en").grammar, Expected(AnswerKind.WORDS)).is_reaction


def test_a_quote_is_known_whole_or_cut():
    ours = "Tea at nine?\nHow about it"
    assert is_quote_of("Tea at nine? How about it", ours)
    assert is_quote_of("Tea at ni…", ours)
    assert is_quote_of("Tea at ni...", ours)
    assert not is_quote_of("Tea at ni", ours)
    assert not is_quote_of("…", ours)
