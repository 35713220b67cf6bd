"""The form of schedule files. `schedules/schema.json` is generated from these models."""

from datetime import time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    model_validator,
)
from pydantic_core import CoreSchema

from troth.domain.grammar import Reaction
from troth.domain.states import (
    AnswerKind,
    Mechanism,
    Rule,
    SeasonKind,
    Section,
    Sensitivity,
    Visibility,
)
from troth.domain.vocabulary import Day as DayName
from troth.schedules.values import (
    ClockTime,
    Cron,
    Day,
    Duration,
    Key,
    Phrases,
    Quiet,
    Reminders,
    ReplyAddress,
    ShortPause,
    Text,
    Title,
    Weight,
    ZoneName,
)

MOST_A_DAY = 24  # nudges that anybody may ask for


class Form(BaseModel):
    """A table of a schedule file: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class StepForm(Form):
    """One timed step of a practice."""

    text: Text
    lasts: Duration


class PracticeForm(Form):
    """A practice of the catalogue: why, how, texts, and the defaults that a couple may override.

    Without a cron it is opened by what happens, never by the clock.
    """

    title: Title
    kind: AnswerKind
    why: Text
    origin: Text
    how: Text
    window: Duration
    rule: Rule
    texts: Annotated[tuple[Text, ...], Field(min_length=3)]
    cron: Cron | None = None
    hint: Text | None = None
    zone: str = "couple"
    remind: Reminders = ()
    lead: str | None = None
    lead_texts: tuple[Text, ...] = ()
    weight: Weight = 1.0
    steps: tuple[StepForm, ...] = ()
    prompts: tuple[Text, ...] = ()
    prompt_order: Literal["rotate", "progress"] = "rotate"
    lite: Text | None = None
    sensitivity: Sensitivity = Sensitivity.OPEN
    visibility: Visibility = Visibility.REVEALED
    unit: Title | None = None
    choices: tuple[Key, ...] = ()
    digest: tuple[Section, ...] = ()
    of: tuple[Key, ...] = ()
    mechanism: Mechanism | None = None


class PracticeFile(Form):
    """A file of `schedules/practices/`: one family of practices."""

    family: Title
    practices: Annotated[dict[Key, PracticeForm], Field(min_length=1)]


class TranslationForm(Form):
    """A practice in another language. What is left out is said in English."""

    title: Title
    hint: Text
    texts: Annotated[tuple[Text, ...], Field(min_length=3)]
    lead_texts: tuple[Text, ...] = ()
    lite: Text | None = None
    why: Text | None = None
    how: Text | None = None
    steps: tuple[Text, ...] = ()
    prompts: tuple[Text, ...] = ()


class TranslationFile(Form):
    """A file of `schedules/practices/<language>/`: a family of practices in that language."""

    translates: Key
    practices: Annotated[dict[Key, TranslationForm], Field(min_length=1)]


class RitualForm(Form):
    """A ritual: a practice as one couple does it. What is left out, the practice gives."""

    practice: Key
    title: Title | None = None
    cron: Cron | None = None
    zone: str | None = None
    window: Duration | None = None
    rule: Rule | None = None
    remind: Reminders | None = None
    lead: str | None = None
    weight: Weight | None = None
    steps: tuple[StepForm, ...] | None = None
    prompts: tuple[Text, ...] | None = None
    lite: Text | None = None
    starts: Day | None = Field(None, alias="from")
    until: Day | None = None
    holidays: Annotated[tuple[Day, ...], Field(max_length=400)] = ()
    sensitivity: Sensitivity | None = None
    visibility: Visibility | None = None
    texts: Annotated[tuple[Text, ...], Field(min_length=1)] | None = None


class ChannelForm(Form):
    """A channel with what may stand on its lock screen."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
    sensitivity: Sensitivity | None = None
    address: ReplyAddress = Field(
        None,
        description="Where its replies come from, if its URL does not tell: phone:+351...",
        json_schema_extra={"type": "string"},
    )

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        return {"url": value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, object]:
        """A channel is a table, or its URL alone."""
        return {"anyOf": [{"type": "string"}, handler(core_schema)]}


class PartnerForm(Form):
    """One of the two partners."""

    name: Title
    timezone: ZoneName | None = None
    quiet: Quiet | None = None
    nudges_a_day: Annotated[int, Field(ge=1, le=MOST_A_DAY)] = 3
    channels: Annotated[tuple[ChannelForm, ...], Field(min_length=1, max_length=8)] = (
        ChannelForm(url="troth://"),
    )


class TimeoutForm(Form):
    """A pause in a quarrel, as the couple has agreed on it: their word, their text, its length."""

    word: Annotated[str, StringConstraints(pattern=r"^[^\W\d_]{3,40}$")] | None = None
    text: Text | None = None
    returns: ShortPause | None = None


class SeasonForm(Form):
    """A time in which rituals grow lighter; without a last day it holds until somebody says so."""

    kind: SeasonKind
    starts: Day = Field(alias="from")
    until: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "SeasonForm":
        if self.until is not None and self.until < self.starts:
            raise ValueError("the last day lies before the first")
        return self


class CoupleFile(Form):
    """A file of `schedules/couples/`: one couple, its two partners and its rituals.

    With `begin`, or without rituals, Troth asks both what they would like to begin with.
    """

    couple: Title
    timezone: ZoneName
    day_starts: ClockTime = time(4)
    language: Key = "en"
    timeout: TimeoutForm = TimeoutForm()
    partners: Annotated[dict[Key, PartnerForm], Field(min_length=2, max_length=2)]
    begin: bool = False
    rituals: dict[Key, RitualForm] = {}
    seasons: Annotated[tuple[SeasonForm, ...], Field(max_length=40)] = ()

    def partner_zone(self, key: str) -> ZoneInfo:
        """Return a partner's own zone: theirs, or else the couple's."""
        return ZoneInfo(self.partners[key].timezone or self.timezone)


class LanguageWords(Form):
    """A language's small words. `months` holds each month's names, January first."""

    asides: Phrases = ()
    but: Phrases = ()
    by: Phrases = ()
    at: Phrases = ()
    fillers: Phrases = ()
    clock: Phrases = ()
    am: Phrases = ()
    pm: Phrases = ()
    months: Annotated[tuple[Phrases, ...], Field(min_length=12, max_length=12)] | None = None
    month_first: bool = False


class LanguageFile(Form):
    """A file of `schedules/languages/`: the verbs people write, and what Troth says."""

    language: Key
    name: Title
    verbs: dict[str, Phrases]
    messages: dict[str, Text]
    words: LanguageWords = LanguageWords()
    numbers: dict[str, float] = {}
    units: dict[Literal["minutes", "hours", "days", "weeks", "months"], Phrases] = {}
    lengths: dict[str, Duration] = {}
    days: dict[DayName, Phrases] = {}
    times: dict[str, ClockTime] = {}
    reactions: dict[Reaction, Phrases] = {}
    choices: dict[Key, Phrases] = {}
    seasons: dict[SeasonKind, Phrases] = {}
