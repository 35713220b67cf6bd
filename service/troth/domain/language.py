"""One language: the verbs people write in it, and what Troth says in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from troth.domain.grammar import Grammar

UNNAMED = "Troth"  # what goes without a name goes by this: it tells nothing

# Everything Troth says, each message with the places that are filled when it is said.
MESSAGES: Mapping[str, frozenset[str]] = {
    "discreet_title": frozenset(),
    "discreet_body": frozenset({"link"}),
    "reminder": frozenset({"ask"}),
    "lite": frozenset({"lite"}),
    "answer_at": frozenset({"link"}),
    "answer_here": frozenset({"link"}),
    "answer_so": frozenset({"hint", "link"}),
    "button_done": frozenset(),
    "button_later": frozenset(),
    "button_skip": frozenset(),
    "consent_title": frozenset(),
    "consent_body": frozenset({"names", "link"}),
    "noted_done": frozenset({"title", "rating"}),
    "noted_no": frozenset({"title", "rating"}),
    "noted_skip": frozenset({"title", "rating"}),
    "noted_rating": frozenset({"title", "rating"}),
    "noted_words": frozenset({"title", "rating"}),
    "noted_late": frozenset(),
    "noted_number": frozenset({"title", "number"}),
    "noted_choice": frozenset({"title", "choice"}),
    "snoozed": frozenset({"title", "at"}),
    "too_late_to_snooze": frozenset({"title"}),
    "begun": frozenset({"title", "lasts"}),
    "nothing_to_begin": frozenset({"title"}),
    "steps_over": frozenset(),
    "stopped": frozenset(),
    "started": frozenset(),
    "help": frozenset(),
    "unknown": frozenset(),
    "nothing_open": frozenset(),
    "no_channel": frozenset({"title"}),
    "nothing_more": frozenset({"title"}),
    "which": frozenset({"choices", "code"}),
    "undone": frozenset({"title"}),
    "nothing_to_undo": frozenset(),
    "paused": frozenset({"until"}),
    "pause_how_long": frozenset(),
    "resumed": frozenset(),
    "not_paused": frozenset(),
    "quiet": frozenset({"until"}),
    "thanked": frozenset(),
    "promised": frozenset({"until"}),
    "promise_by_when": frozenset(),
    "promise_what": frozenset(),
    "promise_enough": frozenset(),
    "promise_renew": frozenset({"title"}),
    "unsaid": frozenset(),
    "thanks_section": frozenset(),
    "thanks_line": frozenset({"name", "day", "words"}),
    "promises_section": frozenset(),
    "promise_open": frozenset({"words", "day"}),
    "promise_kept": frozenset({"words"}),
    "promise_still_open": frozenset({"words"}),
    "swapped": frozenset({"title", "at"}),
    "swap_to_when": frozenset({"title"}),
    "repair_asked": frozenset(),
    "repair_noted": frozenset(),
    "repair_yes_or_no": frozenset(),
    "repair_runs": frozenset(),
    "repair_wait": frozenset({"at"}),
    "repair_none": frozenset(),
    "repair_ended": frozenset(),
    "repair_over": frozenset(),
    "repair_done": frozenset(),
    "repair_at_stage": frozenset({"stage"}),
    "choice_yes": frozenset(),
    "choice_no": frozenset(),
    "timeout_noted": frozenset({"at"}),
    "timeout_until": frozenset({"at"}),
    "score_line": frozenset({"title", "score", "scored"}),
    "score_building": frozenset({"title", "scored", "needed"}),
    "no_score": frozenset(),
    "next_line": frozenset({"title", "at"}),
    "nothing_next": frozenset(),
    "why_line": frozenset({"title", "at"}),
    "why_occasion": frozenset({"title", "at"}),
    "offer_talk": frozenset(),
    "share_nothing": frozenset(),
    "share_waits": frozenset(),
    "shared": frozenset(),
    "another_card": frozenset({"title"}),
    "no_other_card": frozenset({"title"}),
    "section_words": frozenset(),
    "section_coming": frozenset(),
    "section_last": frozenset({"day"}),
    "own_numbers": frozenset({"title", "numbers"}),
    "trend_up": frozenset(),
    "trend_down": frozenset(),
    "trend_level": frozenset(),
    "both_mean": frozenset({"mean"}),
    "digest_more": frozenset(),
    "agreed": frozenset({"title"}),
    "bid_made": frozenset({"name"}),
    "bid_answered": frozenset({"name"}),
    "goal_noted": frozenset({"title"}),
    "goal_reached": frozenset({"title"}),
    "goal_new": frozenset({"title"}),
    "no_goal": frozenset(),
    "enough": frozenset({"title"}),
    "season_begun": frozenset({"season"}),
    "season_begun_until": frozenset({"season", "until"}),
    "season_over": frozenset(),
    "season_none": frozenset(),
    "season_which": frozenset({"kinds"}),
    "season_until_when": frozenset(),
    "season_still": frozenset({"season"}),
    "a_private_ritual": frozenset(),
    "choice_move_to": frozenset({"at"}),
    "season_of_career-change": frozenset(),
    "season_of_newborn": frozenset(),
    "season_of_illness": frozenset(),
    "season_of_distance": frozenset(),
    "season_of_care": frozenset(),
    "season_of_grief": frozenset(),
    "season_of_exams": frozenset(),
    "choice_keep": frozenset(),
    "choice_lighter": frozenset(),
    "choice_rest": frozenset(),
    "choice_move": frozenset(),
    "choice_fewer": frozenset(),
    "choice_restore": frozenset(),
    "choice_change": frozenset(),
    "milestone_days": frozenset({"days"}),
    "milestone_bedtime": frozenset(),
    "begun_ritual": frozenset({"title", "at"}),
    "begun_already": frozenset({"title"}),
    "begun_enough": frozenset({"title"}),
    "suggest_coming": frozenset(),
    "suggest_waiting": frozenset(),
    "suggest_later": frozenset(),
    "suggest_none": frozenset(),
}


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
    _known: dict[str, Language] = field(default_factory=dict, compare=False, repr=False)

    def of(self, key: str) -> Language:
        """Return a couple's language, with English verbs understood beside its own."""
        if key not in self._known:  # joining two takes as long as sending a nudge
            self._known[key] = self._joined(key)
        return self._known[key]

    def _joined(self, key: str) -> Language:
        english = self.by_key["en"]
        language = self.by_key.get(key, english)
        if language is english:
            return english
        grammar = language.grammar.joined(english.grammar)
        messages = {**english.messages, **language.messages}
        return Language(language.key, language.name, grammar, messages)
