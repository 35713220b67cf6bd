"""The small words of a language file: numbers, lengths, days and times."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TypeVar

from troth.domain.visible import folded, normal_words, variants
from troth.domain.vocabulary import Phrase, Vocabulary
from troth.schedules.models import LanguageFile

T = TypeVar("T")
_UNITS = {
    "minutes": timedelta(minutes=1),
    "hours": timedelta(hours=1),
    "days": timedelta(days=1),
    "weeks": timedelta(weeks=1),
    "months": timedelta(days=30),
}


def read_vocabulary(form: LanguageFile) -> Vocabulary:
    """Return a language's vocabulary, each word in every way in which phones write it."""
    words = form.words
    return Vocabulary(
        numbers=_single(form.numbers),
        units=_single({w: _UNITS[unit] for unit, listed in form.units.items() for w in listed}),
        lengths=_many(form.lengths),
        days=_many({word: day for day, listed in form.days.items() for word in listed}),
        months=_single({w: n for n, names in enumerate(words.months or (), 1) for w in names}),
        times=_many(form.times),
        fillers=_set(words.fillers),
        at=_set(words.at),
        by=frozenset(spread(words.by)),
        but=_set(words.but),
        asides=frozenset(spread(words.asides)),
        clock=_set(words.clock),
        am=_set(words.am),
        pm=_set(words.pm),
        month_first=words.month_first,
    )


def spread(phrases: Iterable[str], keep: str = "") -> set[Phrase]:
    """Return these phrases in all their forms; the mark `keep` stays where it is a word."""
    return {form for phrase in phrases for form in variants(_words(phrase, keep))}


def _words(phrase: str, keep: str) -> Phrase:
    words = phrase.split() if keep else []
    if keep not in words:
        return normal_words(phrase)
    return tuple(part for word in words for part in ([keep] if word == keep else folded([word])))


def _many(meanings: Mapping[str, T]) -> dict[Phrase, T]:
    return {form: means for phrase, means in meanings.items() for form in spread([phrase])}


def _single(meanings: Mapping[str, T]) -> dict[str, T]:
    return {form[0]: means for form, means in _many(meanings).items() if len(form) == 1}


def _set(words: Iterable[str]) -> frozenset[str]:
    return frozenset(form[0] for form in spread(words) if len(form) == 1)
