"""The five languages: what people write in them is read as they mean it, and the law above all."""

# ruff: noqa: RUF001 - apostrophes and letters as phones write them

import re
from datetime import time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from troth.domain.grammar import LEGAL, Verb
from troth.domain.legal import LAW
from troth.domain.parse import parse
from troth.domain.said import Expected, Said
from troth.domain.states import AnswerKind
from troth.domain.visible import normal_words, visible_text
from troth.domain.vocabulary import Day
from troth.domain.when import When
from troth.schedules.languages import load_languages

LANGUAGES = load_languages()
GRAMMARS = {key: LANGUAGES.of(key).grammar for key in LANGUAGES.by_key}
DONE, RATING, WORDS = (
    Expected(kind) for kind in (AnswerKind.DONE, AnswerKind.RATING, AnswerKind.WORDS)
)
CODES = Expected(None, {3: AnswerKind.RATING, 5: AnswerKind.DONE})
each_language = pytest.mark.parametrize("language", GRAMMARS)


def said(text: str, expected: Expected = DONE, language: str = "en") -> Said:
    return parse(text, GRAMMARS[language], expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("undo", Said(Verb.UNDO)),
        ("Why?", Said(Verb.WHY)),
        ("our score", Said(Verb.SCORE)),
        ("what’s next?", Said(Verb.NEXT)),
        ("resume", Said(Verb.RESUME)),
        ("repair ❤️", Said(Verb.REPAIR)),
        ("swap", Said(Verb.SWAP)),
        ("swap friday", Said(Verb.SWAP, words="friday", when=When(Day.FRIDAY))),
        ("swap with the film", Said(Verb.SWAP, words="the film")),
        ("pause 2w", Said(Verb.PAUSE, length=timedelta(weeks=2))),
        ("pause for two weeks", Said(Verb.PAUSE, length=timedelta(weeks=2))),
        ("pause until monday", Said(Verb.PAUSE, when=When(Day.MONDAY))),
        ("quiet week", Said(Verb.QUIET, length=timedelta(weeks=1))),
        ("quiet day", Said(Verb.QUIET, length=timedelta(days=1))),
        ("quiet weekend", Said(Verb.QUIET, length=timedelta(days=2), when=When(Day.WEEKEND))),
        ("thanks for the tea", Said(Verb.THANKS, words="the tea")),
        ("promise to call by friday", Said(Verb.PROMISE, words="call", when=When(Day.FRIDAY))),
        ("promise to be by your side", Said(Verb.PROMISE, words="be by your side")),
        ("later 30 min", Said(Verb.LATER, later=timedelta(minutes=30))),
        ("later 2 hours", Said(Verb.LATER, later=timedelta(hours=2))),
        ("in half an hour", Said(Verb.LATER, later=timedelta(minutes=30))),
        ("at 9pm", Said(Verb.LATER, later=time(21))),
        ("21.30", Said(Verb.LATER, later=time(21, 30))),
        ("No problem, we did it", Said(Verb.DONE)),
        ("no but we did it", Said(Verb.DONE)),
        ("thanks, we did it", Said(Verb.DONE)),
        ("done✅", Said(Verb.DONE)),
        ("❤️❤️👍🏽", Said(Verb.DONE)),
        ("yes but not today", Said(Verb.SKIP)),
        ("yes but no", Said(Verb.NO)),
        ("yes but no phones", Said(Verb.DONE, words="but no phones")),
        ("I did nothing", Said(Verb.NO)),
    ],
)
def test_english_says_more_than_done(text, expected):
    assert said(text) == expected


@pytest.mark.parametrize("text", ["pause the film", "next time", "go home", "why not", "not bad"])
def test_what_only_begins_like_a_verb_is_not_acted_on(text):
    assert said(text).verb is Verb.UNKNOWN


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3 8 thanks for the tea", Said(Verb.RATING, 3, 8, "thanks for the tea")),
        ("5: done", Said(Verb.DONE, 5)),
        ("#5 done", Said(Verb.DONE, 5)),
        ("5️⃣ done", Said(Verb.DONE, 5)),
        ("done 5", Said(Verb.DONE, 5)),
        ("done #5 lovely", Said(Verb.DONE, 5, words="lovely")),
        ("done 3 8", Said(Verb.RATING, 3, 8)),
        ("done 5 times", Said(Verb.DONE, words="5 times")),
        ("undo 5", Said(Verb.UNDO, 5)),
        ("in 5 hours", Said(Verb.LATER, later=timedelta(hours=5))),
    ],
)
def test_codes_values_and_words_stand_in_one_message(text, expected):
    assert said(text, CODES) == expected


@pytest.mark.parametrize("text", ["not bad, 8", "done 8", "thanks, 8"])
def test_a_rating_is_found_behind_what_says_nothing(text):
    assert said(text, RATING) == Said(Verb.RATING, rating=8)


@pytest.mark.parametrize(
    "text",
    ["thanks for the tea", "swap seats", "next summer", "No problem, we did it", "21:30"],
)
def test_words_that_were_asked_for_stay_words(text):
    assert said(text, WORDS) == Said(Verb.WORDS, words=text)


@pytest.mark.parametrize("text", ["swap friday", "pause 2w", "score", "promise tea by friday"])
def test_a_command_that_reads_in_full_is_one_even_where_words_were_asked_for(text):
    assert said(text, WORDS).verb not in (Verb.WORDS, Verb.UNKNOWN)


@pytest.mark.parametrize(
    ("language", "text", "verb"),
    [
        *[("de", text, Verb.DONE) for text in ("Erledigt!", "wir habens geschafft", "Ja 👍")],
        *[("de", text, Verb.NO) for text in ("nein", "haben wir nicht geschafft")],
        *[("de", text, Verb.LATER) for text in ("später 30 min", "spaeter", "um 21 Uhr")],
        *[("de", text, Verb.SKIP) for text in ("heute nicht", "ja, aber heute nicht")],
        *[("es", text, Verb.DONE) for text in ("¡Hecho!", "si", "Sí, lo hicimos")],
        *[("es", text, Verb.NO) for text in ("no lo hicimos", "No, se nos olvidó")],
        *[("es", text, Verb.LATER) for text in ("mas tarde", "a las 21:30", "en media hora")],
        *[("es", text, Verb.SKIP) for text in ("hoy no", "sí, pero hoy no")],
        *[("fr", text, Verb.DONE) for text in ("C’est fait !", "cest fait", "oui")],
        *[("fr", text, Verb.NO) for text in ("non", "on n'a pas pu", "on na pas pu")],
        *[("fr", text, Verb.LATER) for text in ("à 21h", "dans une demi-heure", "pas encore")],
        *[("fr", text, Verb.SKIP) for text in ("pas aujourd’hui", "pas aujourdhui")],
        *[("pt", text, Verb.DONE) for text in ("Feito!", "a gente fez", "Sim")],
        *[("pt", text, Verb.NO) for text in ("nao", "não fizemos", "no")],
        *[("pt", text, Verb.LATER) for text in ("às 21h", "daqui a meia hora")],
        *[("pt", text, Verb.UNKNOWN) for text in ("No domingo fizemos", "vamos sair")],
        *[("es", text, Verb.UNKNOWN) for text in ("si podemos luego", "vamos a cenar")],
    ],
)
def test_every_language_is_read_as_it_is_spoken(language, text, verb):
    assert said(text, language=language).verb is verb


@each_language
def test_a_language_has_every_verb_that_is_spoken(language):
    spoken = set(LANGUAGES.by_key[language].grammar.phrases.values())
    assert spoken == set(Verb) - {Verb.RATING, Verb.NUMBER, Verb.CHOICE, Verb.WORDS, Verb.UNKNOWN}


@each_language
def test_a_language_names_every_day_and_month_and_unit(language):
    own = LANGUAGES.by_key[language].grammar.vocabulary
    assert set(own.days.values()) == set(Day)
    assert set(own.months.values()) == set(range(1, 13))
    assert len(set(own.units.values())) == 5


@each_language
@pytest.mark.parametrize("words", LAW)
@pytest.mark.parametrize("dress", ["{}", "{}!", " «{}». ", "{}\n\nSent from my phone", "{}\u200b"])
def test_a_word_of_the_law_counts_in_every_language(language, words, dress):
    text = " ".join(words).upper()
    for expected in (DONE, RATING, WORDS, CODES):
        assert said(dress.format(text), expected, language) == Said(LAW[words])


@each_language
def test_no_phrase_of_a_language_takes_a_word_of_the_law(language):
    phrases = GRAMMARS[language].phrases
    assert all(phrases.get(words, verb) is verb for words, verb in LAW.items())
    own = LANGUAGES.by_key[language].grammar.phrases
    legal = {words for words, verb in own.items() if verb in LEGAL}
    assert all(phrases[words] in LEGAL for words in legal)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        *[("en", t) for t in ("done stop", "stop, done", "done\nSTOP", "no, stop", "thanks, stop")],
        *[("de", t) for t in ("erledigt, stopp", "danke stop")],
        ("es", "hecho, baja"),
        ("fr", "fait, arrêt"),
        ("pt", "feito, sair"),
    ],
)  # fmt: skip
def test_a_stop_beside_an_answer_is_not_lost(language, text):
    for expected in (DONE, RATING, WORDS, CODES):
        assert said(text, expected, language) == Said(Verb.STOP)


@pytest.mark.parametrize(
    "text",
    [
        *("stop it, you're funny", "no stop", "done, cancel", "we could not stop", "the bus stop"),
        *("yes we did stop by the lake", "D\u041eNE stop", "ST\u041eP", "next stop", "> stop"),
    ],
)
def test_a_stop_within_a_sentence_stops_nothing(text):
    for expected in (DONE, RATING, WORDS, CODES):
        assert said(text, expected).verb is not Verb.STOP


@pytest.mark.parametrize("text", ["no parar", "no pare el coche", "vamos a parar"])
def test_do_not_stop_is_no_stop(text):
    assert said(text, language="es").verb is not Verb.STOP


pieces = st.sampled_from(
    sorted({word for g in GRAMMARS.values() for words in g.phrases for word in words})
)
texts = st.lists(pieces | st.text(max_size=4), max_size=9).map(" ".join) | st.text()


@settings(max_examples=300)
@given(texts, st.sampled_from(sorted(GRAMMARS)), st.sampled_from([DONE, RATING, WORDS, CODES]))
@example("stop stop", "en", DONE)
def test_nothing_stops_but_a_legal_phrase_alone_or_a_lone_stop_beside_an_answer(
    text, language, expected
):
    if said(text, expected, language).verb is not Verb.STOP:
        return
    phrases = {**GRAMMARS[language].phrases, **LAW}
    whole, first = normal_words(text), normal_words(text.strip().split("\n")[0])
    lone = {words[0] for words, verb in LAW.items() if verb is Verb.STOP}
    beside = [w for w in (whole, first) if len(w) > 1 and lone & {w[0], w[-1]}]
    if beside or Verb.STOP in (phrases.get(first), phrases.get(whole)):
        return
    loud = re.findall(r"[\w'’-]+", visible_text(text).partition("\n")[0].casefold())
    bare = tuple(word for each in loud if (word := each.strip("'’-_")))
    letters = "".join(char for char in "".join(bare) if char.isalnum())
    assert phrases.get(bare) is Verb.STOP or set(bare) <= lone or letters in lone


@settings(max_examples=200)
@given(texts, st.sampled_from(sorted(GRAMMARS)), st.sampled_from([DONE, RATING, WORDS, CODES]))
def test_whatever_is_written_is_read_in_every_language(text, language, expected):
    found = said(text, expected, language)
    assert found.later is None or found.verb is Verb.LATER
    assert found.length is None or found.verb in (Verb.PAUSE, Verb.QUIET)
    assert found.code is None or found.code in expected.codes
