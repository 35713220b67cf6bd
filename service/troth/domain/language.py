"""One language: the verbs people write in it, and what Troth says in it."""

from collections.abc import Mapping
from dataclasses import dataclass

from troth.domain.grammar import Grammar

MESSAGES = frozenset(
    {
        "discreet_title",
        "discreet_body",
        "reminder",
        "lite",
        "answer_at",
        "consent_title",
        "consent_body",
        "noted_done",
        "noted_no",
        "noted_skip",
        "noted_rating",
        "noted_words",
        "noted_late",
        "snoozed",
        "too_late_to_snooze",
        "begun",
        "nothing_to_begin",
        "steps_over",
        "stopped",
        "started",
        "help",
        "unknown",
        "nothing_open",
        "which",
    }
)


@dataclass(frozen=True)
class Language:
    """A language file, read. Messages hold `{places}` that are filled when they are said."""

    key: str
    name: str
    grammar: Grammar
    messages: Mapping[str, str]

    def say(self, message: str, **values: object) -> str:
        """Return a message with its places filled; raises KeyError for one that is not there."""
        return self.messages[message].format(**values)


@dataclass(frozen=True)
class Languages:
    """Every language at hand. A couple whose language is gone is spoken to in English."""

    by_key: Mapping[str, Language]

    def of(self, key: str) -> Language:
        """Return a couple's language, with English verbs understood beside its own."""
        english = self.by_key["en"]
        language = self.by_key.get(key, english)
        if language is english:
            return english
        grammar = language.grammar.joined(english.grammar)
        messages = {**english.messages, **language.messages}
        return Language(language.key, language.name, grammar, messages)
