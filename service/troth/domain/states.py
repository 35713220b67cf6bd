"""Every status word of Troth, once. The same words stand in the database, the CLI and the docs."""

from enum import StrEnum


class OccurrenceState(StrEnum):
    """Where an occurrence stands. All but OPEN are outcomes; a later reply may settle it again."""

    OPEN = "open"
    KEPT = "kept"
    PARTIAL = "partial"
    MISSED = "missed"
    EXCUSED = "excused"


class Excuse(StrEnum):
    """Why an occurrence is not scored."""

    SKIPPED = "skipped"
    PAUSED = "paused"
    SEASON = "season"
    UNDELIVERED = "undelivered"
    DIFFERING = "differing"
    DORMANT = "dormant"


class Origin(StrEnum):
    """Where a ritual or a season comes from: the couple's file, a reply, or Troth on occasion."""

    FILE = "file"
    REPLY = "reply"
    TROTH = "troth"


class NudgeState(StrEnum):
    """Where a nudge stands on its way to one partner; says nothing of the answer."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class NudgePurpose(StrEnum):
    """What a nudge is for."""

    RITUAL = "ritual"
    REMINDER = "reminder"
    SNOOZE = "snooze"
    STEP = "step"
    CONSENT = "consent"
    ANSWER = "answer"
    SHARE = "share"
    TELL = "tell"


class ChannelState(StrEnum):
    """Whether the owner of a channel wants to be reached by it."""

    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    STOPPED = "stopped"
    FAILING = "failing"


class Rule(StrEnum):
    """Who must acknowledge for a ritual to count as kept."""

    BOTH = "both"
    EITHER = "either"
    LEAD = "lead"
    EACH = "each"
    BID = "bid"


class AnswerKind(StrEnum):
    """What a ritual asks back."""

    DONE = "done"
    RATING = "rating"
    WORDS = "words"
    STEPS = "steps"
    CHOICE = "choice"
    REVIEW = "review"
    NUMBER = "number"


class Mechanism(StrEnum):
    """What a practice sets going beyond its nudge and its answers; most need nothing."""

    BID = "bid"
    AGREEMENT = "agreement"
    GOAL = "goal"
    PROMISE = "promise"
    REPAIR = "repair"
    TIMEOUT = "timeout"
    SEASON = "season"
    SEASON_REVIEW = "season-review"
    RECALIBRATION = "recalibration"
    BEGINNING = "beginning"
    MILESTONE = "milestone"


class SeasonKind(StrEnum):
    """Times of a life in which rituals grow lighter."""

    CAREER_CHANGE = "career-change"
    NEWBORN = "newborn"
    ILLNESS = "illness"
    DISTANCE = "distance"
    CARE = "care"
    GRIEF = "grief"
    EXAMS = "exams"


class Section(StrEnum):
    """What a review can lay before a couple of their own."""

    THANKS = "thanks"
    PROMISES = "promises"
    RATINGS = "ratings"
    NUMBERS = "numbers"
    WORDS = "words"
    AGREEMENTS = "agreements"
    REPAIRS = "repairs"
    COMING = "coming"
    LAST = "last"


class Visibility(StrEnum):
    """When a partner's words are shown to the other."""

    NOW = "now"
    REVIEW = "review"
    SEALED = "sealed"
    REVEALED = "revealed"


class Sensitivity(StrEnum):
    """What may stand on a lock screen: nothing of the content, or all of it."""

    DISCREET = "discreet"
    OPEN = "open"


class Account(StrEnum):
    """What one partner says of one occurrence."""

    DONE = "done"
    NO = "no"
    SKIP = "skip"
