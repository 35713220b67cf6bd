"""The shipped schedules: practices, their translations, example couples and English."""

import re
import tomllib
from collections import Counter
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from troth.domain.cron import check_cron, next_minute
from troth.domain.grammar import LEGAL, Verb
from troth.domain.reply import Expected, normal_words, parse
from troth.domain.ritual import ZONE_COUPLE, ZONE_EACH
from troth.domain.states import AnswerKind, Rule
from troth.domain.turns import ALTERNATE
from troth.schedules.languages import read_grammar
from troth.schedules.models import (
    CoupleFile,
    LanguageFile,
    PracticeFile,
    PracticeForm,
    RitualForm,
    TranslationFile,
    TranslationForm,
)

SCHEDULES = Path(__file__).parents[2] / "schedules"
PRACTICE_FILES = {
    path.stem: PracticeFile.model_validate(tomllib.loads(path.read_text("utf-8")))
    for path in sorted((SCHEDULES / "practices").glob("*.toml"))
}
COUPLES = {
    path.stem: CoupleFile.model_validate(tomllib.loads(path.read_text("utf-8")))
    for path in sorted((SCHEDULES / "couples").glob("*.toml"))
}
LANGUAGES = {
    path.stem: LanguageFile.model_validate(tomllib.loads(path.read_text("utf-8")))
    for path in sorted((SCHEDULES / "languages").glob("*.toml"))
}
ENGLISH = LANGUAGES["en"]
PRACTICES = {
    name: form for file in PRACTICE_FILES.values() for name, form in file.practices.items()
}
TRANSLATION_FILES = {
    path: TranslationFile.model_validate(tomllib.loads(path.read_text("utf-8")))
    for path in sorted((SCHEDULES / "practices").glob("*/*.toml"))
}
TRANSLATIONS = {
    (path.parent.name, name): form
    for path, file in TRANSLATION_FILES.items()
    for name, form in file.practices.items()
}
RITUALS = {
    f"{couple}:{key}": (file, ritual)
    for couple, file in COUPLES.items()
    for key, ritual in file.rituals.items()
}
EXPECTED_PRACTICES = {
    "goodbye-kiss",
    "evening-check-in",
    "shared-coffee",
    "bedtime-ritual",
    "twenty-second-hug",
    "holding-hands",
    "check-in-text",
    "morning-greeting",
    "emotional-bid",
    "date-night",
    "appreciation-round",
    "closeness-rating",
    "three-minute-share",
    "question-of-the-day",
    "phone-free-meal",
    "anniversary",
    "trust-ledger",
    "promises",
    "commitments-review",
    "quarterly-trust-audit",
    "expectations",
    "fair-fighting",
    "technology-guidelines",
    "seasonal-reflection",
    "quarterly-goals",
    "yearly-goals",
    "shared-calendar",
}
TRANSLATED = ("de", "es", "fr", "pt")
ONE_SMS = 160
LONGEST_TITLE = 40
LONGEST_HINT = 90
TOO_ALIKE = 0.75
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
# A text does not come again within seven days, nor does it become a refrain.
FEWEST_TEXTS = 4
FEWEST_TEXTS_WEEKLY = 5
FEWEST_TEXTS_OFTENER = 9
PRESUMING = re.compile(
    r"\b(he|she|him|her|his|hers|husband|wife|boyfriend|girlfriend|kids|children|"
    r"should|must|forgot|forgotten|again\?|why not|at last|finally)\b",
    re.IGNORECASE,
)

each_practice = pytest.mark.parametrize("practice", PRACTICES.values(), ids=PRACTICES)
each_ritual = pytest.mark.parametrize(("couple", "ritual"), RITUALS.values(), ids=RITUALS)


each_translation = pytest.mark.parametrize(
    ("told_in", "translation"), TRANSLATIONS.items(), ids=["-".join(key) for key in TRANSLATIONS]
)


def spoken(form: PracticeForm | TranslationForm) -> list[str]:
    steps = [step if isinstance(step, str) else step.text for step in form.steps]
    return [*form.texts, *form.lead_texts, *steps, form.hint or "", form.lite or ""]


def alike(texts: tuple[str, ...]) -> list[tuple[str, str]]:
    return [
        (one, other)
        for one, other in combinations(texts, 2)
        if are_alike(one.casefold(), other.casefold())
    ]


def are_alike(one: str, other: str) -> bool:
    """The cheap upper bounds first: a deck of a hundred cards has five thousand pairs."""
    matcher = SequenceMatcher(None, one, other)
    ratios = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
    return all(ratio() >= TOO_ALIKE for ratio in ratios)


def rhythm(practice: PracticeForm) -> timedelta | None:
    """The shortest time between two of its moments within a year and a half; None: no clock."""
    if practice.cron is None:
        return None
    minute = datetime(2026, 1, 1)  # noqa: DTZ001 - cron knows local wall-clock minutes only
    end, moments = minute + timedelta(days=550), []
    while minute < end:
        minute = next_minute(practice.cron, minute)
        moments.append(minute)
    return min((later - sooner for sooner, later in pairwise(moments)), default=timedelta.max)


def fewest_texts(practice: PracticeForm) -> int:
    comes_every = rhythm(practice)
    if comes_every is None or comes_every > WEEK:
        return FEWEST_TEXTS
    return FEWEST_TEXTS_WEEKLY if comes_every == WEEK else FEWEST_TEXTS_OFTENER


def names_an_answer(hint: str, language: str, verb: Verb) -> bool:
    """Say whether the hint names something that is read as this verb in its language."""
    said = f" {' '.join(normal_words(hint))} "
    phrases = LANGUAGES[language].verbs[verb]
    return any(f" {' '.join(normal_words(phrase))} " in said for phrase in phrases)


def test_the_catalogue_holds_every_practice_it_promises() -> None:
    assert set(PRACTICES) >= EXPECTED_PRACTICES


def test_no_practice_stands_in_two_files() -> None:
    assert sum(len(file.practices) for file in PRACTICE_FILES.values()) == len(PRACTICES)


def test_every_file_is_a_family_of_its_own() -> None:
    families = [file.family for file in PRACTICE_FILES.values()]
    assert len(set(families)) == len(families)


@each_practice
def test_why_is_one_sentence(practice: PracticeForm) -> None:
    assert practice.why.endswith(".")
    assert not re.search(r"[.!?]\s", practice.why)


@each_practice
def test_a_practice_says_where_it_comes_from_and_how_it_is_done(practice: PracticeForm) -> None:
    assert practice.origin
    assert len(practice.how.split()) >= 10


@each_practice
def test_a_practice_says_how_it_is_answered(practice: PracticeForm) -> None:
    assert practice.hint
    assert len(practice.hint) <= LONGEST_HINT
    assert len(practice.title) <= LONGEST_TITLE


@each_practice
def test_a_practice_asks_in_enough_clearly_different_ways(practice: PracticeForm) -> None:
    assert len(practice.texts) >= fewest_texts(practice)
    assert alike(practice.texts + practice.lead_texts) == []


@each_practice
def test_what_is_sent_fits_one_plain_sms(practice: PracticeForm) -> None:
    assert [text for text in spoken(practice) if len(text) > ONE_SMS or not text.isascii()] == []


@each_practice
def test_what_is_sent_presumes_nothing_and_blames_nobody(practice: PracticeForm) -> None:
    said = [*spoken(practice), *practice.prompts, practice.how]
    assert [text for text in said if PRESUMING.search(text)] == []


@each_practice
def test_a_practice_has_a_schedule_that_comes_again(practice: PracticeForm) -> None:
    assert practice.cron is None or check_cron(practice.cron) == practice.cron


@each_practice
def test_a_practice_comes_at_most_once_a_day(practice: PracticeForm) -> None:
    comes_every = rhythm(practice)
    assert comes_every is None or comes_every >= DAY


@each_practice
def test_reminders_come_in_order_and_within_the_window(practice: PracticeForm) -> None:
    assert list(practice.remind) == sorted(set(practice.remind))
    assert all(timedelta(0) < after < practice.window for after in practice.remind)


@each_practice
def test_steps_stand_where_steps_are_asked_for_and_nowhere_else(practice: PracticeForm) -> None:
    assert bool(practice.steps) == (practice.kind is AnswerKind.STEPS)
    assert all(step.lasts > timedelta(0) for step in practice.steps)


@each_practice
def test_a_practice_is_led_where_its_rule_asks_for_a_lead(practice: PracticeForm) -> None:
    led = practice.rule in {Rule.LEAD, Rule.BID}
    assert (practice.lead is not None) == led
    assert len(practice.lead_texts) >= (FEWEST_TEXTS if led else 0)


@each_practice
def test_a_practice_has_a_lighter_form_for_hard_times(practice: PracticeForm) -> None:
    assert practice.lite
    assert practice.lite not in practice.texts


@each_practice
def test_a_deck_repeats_no_card(practice: PracticeForm) -> None:
    cards = [normal_words(card) for card in practice.prompts]
    assert len(set(cards)) == len(cards)
    assert alike(practice.prompts) == []


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


def test_the_question_deck_lasts_forty_days_with_open_questions() -> None:
    deck = PRACTICES["question-of-the-day"].prompts
    assert len(deck) >= 40
    assert all(question.endswith("?") for question in deck)
    closed = {"do", "did", "does", "is", "are", "was", "were", "have", "has", "can", "would"}
    assert [question for question in deck if normal_words(question)[0] in closed] == []


def test_the_hug_lasts_twenty_seconds_and_the_share_three_minutes_each() -> None:
    hug = [step.lasts for step in PRACTICES["twenty-second-hug"].steps]
    share = [step.lasts for step in PRACTICES["three-minute-share"].steps]
    assert hug == [timedelta(seconds=20)]
    assert share[:2] == [timedelta(minutes=3)] * 2


def test_the_two_example_couples_are_ready_to_copy() -> None:
    assert {file.couple for file in COUPLES.values()} >= {"Ana & Ben", "Chidi & Mia"}


@each_ritual
def test_an_example_ritual_names_a_practice_of_the_catalogue(
    couple: CoupleFile, ritual: RitualForm
) -> None:
    assert ritual.practice in PRACTICES


@each_ritual
def test_an_example_ritual_has_a_schedule_a_zone_and_a_lead_that_exist(
    couple: CoupleFile, ritual: RitualForm
) -> None:
    if ritual.cron is not None:
        check_cron(ritual.cron)
    assert ritual.zone in {None, ZONE_COUPLE, ZONE_EACH, *couple.partners}
    assert ritual.lead in {None, ALTERNATE, *couple.partners}


@each_ritual
def test_an_example_rituals_reminders_come_within_its_window(
    couple: CoupleFile, ritual: RitualForm
) -> None:
    practice = PRACTICES[ritual.practice]
    window = practice.window if ritual.window is None else ritual.window
    remind = practice.remind if ritual.remind is None else ritual.remind
    assert all(after < window for after in remind)


@pytest.mark.parametrize("couple", COUPLES.values(), ids=COUPLES)
def test_an_example_couple_needs_no_account_anywhere(couple: CoupleFile) -> None:
    for partner in couple.partners.values():
        assert [channel.url for channel in partner.channels] == ["troth://"]


def test_the_couple_at_a_distance_shows_all_three_kinds_of_zone() -> None:
    couple = COUPLES["at-a-distance"]
    zones = {ritual.zone for ritual in couple.rituals.values()}
    assert {ZONE_COUPLE, ZONE_EACH} < zones
    assert zones & set(couple.partners)


def test_every_commented_channel_keeps_its_secrets_in_the_environment() -> None:
    for path in (SCHEDULES / "couples").glob("*.toml"):
        for url in re.findall(r"[a-z]+://[^\s\"]+", path.read_text("utf-8")):
            assert url.startswith("troth://") or "${" in url


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
