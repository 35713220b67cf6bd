"""The practices in other languages: all that the English says, and no copy of it."""

from collections import Counter

import pytest

from tests.schedules.shipped import (
    FEWEST_TEXTS,
    LANGUAGES,
    ONE_SMS,
    PRACTICES,
    TRANSLATION_FILES,
    TRANSLATIONS,
    fewest_texts,
    spoken,
)
from tests.support.likeness import alike
from troth.domain.grammar import Verb
from troth.domain.states import AnswerKind
from troth.domain.visible import normal_words
from troth.schedules.models import TranslationForm

TRANSLATED = ("de", "es", "fr", "pt")
each_translation = pytest.mark.parametrize(
    ("told_in", "translation"), TRANSLATIONS.items(), ids=["-".join(key) for key in TRANSLATIONS]
)


def names_an_answer(hint: str, language: str, verb: Verb) -> bool:
    """Say whether the hint names something that is read as this verb in its language."""
    said = f" {' '.join(normal_words(hint))} "
    phrases = LANGUAGES[language].verbs[verb]
    return any(f" {' '.join(normal_words(phrase))} " in said for phrase in phrases)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_practice_is_told_in(language: str) -> None:
    assert [name for name in PRACTICES if (language, name) not in TRANSLATIONS] == []


def test_a_translation_is_in_the_language_of_its_folder_and_stands_there_once() -> None:
    assert [
        path for path, file in TRANSLATION_FILES.items() if file.translates != path.parent.name
    ] == []
    told = Counter(
        (file.translates, name) for file in TRANSLATION_FILES.values() for name in file.practices
    )
    assert [key for key, times in told.items() if times > 1] == []


@each_translation
def test_a_translation_says_whatever_its_practice_says(
    told_in: tuple[str, str], translation: TranslationForm
) -> None:
    practice = PRACTICES[told_in[1]]
    assert translation.lite or not practice.lite
    assert len(translation.steps) == len(practice.steps)
    assert len(translation.lead_texts) >= (FEWEST_TEXTS if practice.lead_texts else 0)


@each_translation
def test_a_translation_asks_in_enough_clearly_different_ways(
    told_in: tuple[str, str], translation: TranslationForm
) -> None:
    assert len(translation.texts) >= fewest_texts(PRACTICES[told_in[1]])
    assert alike(translation.texts + translation.lead_texts) == []
    assert alike(translation.prompts) == []


@each_translation
def test_what_is_sent_in_any_language_is_short_and_does_not_shout(
    told_in: tuple[str, str], translation: TranslationForm
) -> None:
    assert [text for text in spoken(translation) if len(text) > ONE_SMS or "!!" in text] == []


@each_translation
def test_a_translation_is_no_copy_of_the_english(
    told_in: tuple[str, str], translation: TranslationForm
) -> None:
    practice = PRACTICES[told_in[1]]
    assert set(spoken(translation)) & set(spoken(practice)) <= {""}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hint_names_words_that_are_understood(language: str) -> None:
    wanted = {AnswerKind.DONE: Verb.DONE, AnswerKind.STEPS: Verb.BEGIN}
    hints = {
        name: form.hint if language == "en" else TRANSLATIONS[language, name].hint
        for name, form in PRACTICES.items()
        if form.kind in wanted and (language == "en" or (language, name) in TRANSLATIONS)
    }
    assert [
        (name, hint)
        for name, hint in hints.items()
        if hint and not names_an_answer(hint, language, wanted[PRACTICES[name].kind])
    ] == []
