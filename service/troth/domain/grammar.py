"""The verbs of replies, as one language writes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Verb(StrEnum):
    """What a reply can ask or tell. The first three are law and never a ritual's verb."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    DONE = "done"
    NO = "no"
    LATER = "later"
    SKIP = "skip"
    BEGIN = "begin"
    RATING = "rating"
    WORDS = "words"
    UNKNOWN = "unknown"


LEGAL = frozenset({Verb.STOP, Verb.START, Verb.HELP})
LONGEST_PHRASE = 6  # words


@dataclass(frozen=True)
class Grammar:
    """Phrases of normalised words, each meaning one verb."""

    phrases: Mapping[tuple[str, ...], Verb]

    def match(self, words: tuple[str, ...]) -> tuple[Verb, int] | None:
        """Return the verb of the longest phrase that `words` begin with, and its word count."""
        for count in range(min(len(words), LONGEST_PHRASE), 0, -1):
            verb = self.phrases.get(words[:count])
            if verb is not None:
                return verb, count
        return None

    def joined(self, other: "Grammar") -> "Grammar":
        """Return this grammar with another language's phrases beside its own, its own first."""
        return Grammar({**other.phrases, **self.phrases})
