"""The verbs of replies, as one language writes them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from troth.domain.vocabulary import Phrase, Vocabulary


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
    UNDO = "undo"
    WHY = "why"
    SCORE = "score"
    NEXT = "next"
    SWAP = "swap"
    PAUSE = "pause"
    QUIET = "quiet"
    RESUME = "resume"
    THANKS = "thanks"
    PROMISE = "promise"
    REPAIR = "repair"
    REPAIR_OVER = "repair_over"
    TIMEOUT = "timeout"
    SEASON = "season"
    ANOTHER = "another"
    SUGGEST = "suggest"
    SHARE = "share"
    REACHED = "reached"
    GOAL = "goal"
    ENOUGH = "enough"
    RATING = "rating"
    NUMBER = "number"
    CHOICE = "choice"
    WORDS = "words"
    UNKNOWN = "unknown"


LEGAL = frozenset({Verb.STOP, Verb.START, Verb.HELP})
LONGEST_PHRASE = 6  # words
SHORT = 2  # letters; a word of another language as short as this may well be one of one's own
LONGEST_EMOJI = 16  # characters in a row


class Reaction(StrEnum):
    """What a tap on a message can mean, where its emoji does not tell."""

    DONE = "done"
    NO = "no"
    UNDO = "undo"
    UNKNOWN = "unknown"
    EMOJI = "emoji"  # as the emoji means that stands in its place


@dataclass(frozen=True)
class Grammar:
    """Phrases of normalised words, each meaning one verb.

    `guests` are short words of another language, or without their accents, which count alone or
    before a mark: the "no" of English begins many a sentence in Portuguese. In `reactions`, "*" is
    any emoji. `choices` are the words for each choice that practices offer, `seasons` those for
    each kind of season.
    """

    phrases: Mapping[Phrase, Verb]
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    reactions: Mapping[Phrase, Reaction] = field(default_factory=dict)
    guests: frozenset[Phrase] = frozenset()
    choices: Mapping[Phrase, str] = field(default_factory=dict)
    seasons: Mapping[Phrase, str] = field(default_factory=dict)

    def match(self, words: Phrase) -> tuple[Verb, int] | None:
        """Return the verb of the longest phrase that `words` begin with, and its word count."""
        for count in range(min(len(words), LONGEST_PHRASE), 0, -1):
            verb = self.phrases.get(words[:count])
            if verb is not None:
                return verb, count
        emoji = self._emoji(words[0]) if words else None
        return (emoji, 1) if emoji else None

    def _emoji(self, word: str) -> Verb | None:
        """Return what emoji in a row mean, where all of them mean the same."""
        if len(word) > LONGEST_EMOJI or any(char.isalnum() for char in word):
            return None
        verbs = {self.phrases.get((char,)) for char in word}
        return verbs.pop() if len(verbs) == 1 else None

    def aside(self, words: Phrase) -> int:
        """Return how many of the first words say nothing by themselves."""
        return longest(self.vocabulary.asides, words)

    def joined(self, other: "Grammar") -> "Grammar":
        """Return this grammar with another language's phrases beside its own, its own first.

        The words of the law are above that: whatever language has them, they keep their meaning.
        """
        law = {**_law(other.phrases), **_law(self.phrases)}
        short = set(filter(is_short, other.phrases))
        return Grammar(
            {**other.phrases, **self.phrases, **law},
            self.vocabulary.joined(other.vocabulary),
            {**other.reactions, **self.reactions},
            self.guests | frozenset(short - set(self.phrases)),
            {**other.choices, **self.choices},
            {**other.seasons, **self.seasons},
        )


def is_short(words: Phrase) -> bool:
    """Say whether a phrase is one word so short that it may well begin something else."""
    return len(words) == 1 and words[0].isalpha() and len(words[0]) <= SHORT


def longest(phrases: Collection[Phrase], words: Phrase) -> int:
    """Return the length of the longest of `phrases` that `words` begin with; 0 without one."""
    counts = range(min(len(words), LONGEST_PHRASE), 0, -1)
    return next((count for count in counts if words[:count] in phrases), 0)


def _law(phrases: Mapping[Phrase, Verb]) -> dict[Phrase, Verb]:
    return {words: verb for words, verb in phrases.items() if verb in LEGAL}
