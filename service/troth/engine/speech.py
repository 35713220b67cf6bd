"""speech: a couple's language, and what seasons and choices are called in it."""

from collections.abc import Iterable

from troth.domain.language import Language
from troth.domain.states import SeasonKind
from troth.schedules.languages import load_languages
from troth.store.records import Couple


def language_of(couple: Couple) -> Language:
    """Return the language in which a couple is spoken to."""
    return load_languages().of(couple.language)


def season_name(language: Language, kind: SeasonKind) -> str:
    """Name a kind of season."""
    return language.say(f"season_of_{kind}")


def labels(language: Language, keys: Iterable[str]) -> dict[str, str]:
    """Return what choices are called, by key."""
    return {key: language.say(f"choice_{key}") for key in keys}
