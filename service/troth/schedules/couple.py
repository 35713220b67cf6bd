"""A couple's file, checked against the catalogue and resolved into the domain's rituals."""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from troth.domain.durations import format_duration
from troth.domain.incoming import Address
from troth.domain.places import Days
from troth.domain.ritual import ZONE_COUPLE, ZONE_EACH, Ritual, Step, Zones
from troth.domain.states import AnswerKind, Rule, Sensitivity
from troth.domain.turns import ALTERNATE
from troth.schedules.catalogue import Catalogue, Practice
from troth.schedules.crowding import crowded_day
from troth.schedules.languages import load_languages
from troth.schedules.models import MOST_A_DAY, CoupleFile, PartnerForm, RitualForm
from troth.schedules.own_words import check_timeout
from troth.schedules.problems import Problem, ScheduleError
from troth.schedules.reader import Document
from troth.schedules.suggest import nearest

_NO_CHANNEL = (
    "Apprise takes no such channel (its address is not shown: it may hold a secret); compare it "
    "with the form that Apprise documents, and see whether the service needs a library of its own "
    "(MQTT, XMPP)"
)
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
TakesUrl = Callable[[str], bool]


@dataclass(frozen=True)
class Way:
    """A channel as a file gives it. The URL is a secret."""

    url: str = field(repr=False)
    sensitivity: Sensitivity
    address: Address | None = field(default=None, repr=False)


@dataclass(frozen=True)
class CoupleSchedule:
    """One couple as its file has it. `ways` are each partner's channels, by partner key."""

    source: Path
    form: CoupleFile
    rituals: tuple[Ritual, ...]
    ways: Mapping[str, tuple[Way, ...]]

    @property
    def name(self) -> str:
        """The couple's name: its identity across files."""
        return self.form.couple

    @property
    def zones(self) -> Zones:
        """The zones that its slots are reckoned in."""
        partners = {key: self.form.partner_zone(key) for key in self.form.partners}
        return Zones(ZoneInfo(self.form.timezone), partners)


@dataclass(frozen=True)
class Reading:
    """How couple files are read: with which catalogue, and how channels are checked.

    Without `takes_url` channels are left unread: looking ahead needs no secrets. From aware `now`
    on no day may ask a partner more often than they want; without it, nobody looks.
    """

    catalogue: Catalogue
    takes_url: TakesUrl | None = None
    now: datetime | None = None


def read_couple(document: Document, reading: Reading) -> CoupleSchedule:
    """Return the couple of a file; raises ScheduleError with every problem it has."""
    try:
        form = document.into(CoupleFile)
    except ScheduleError as error:
        raise ScheduleError([*error.problems, *_check_practices(document, reading)]) from None
    problems = [*_check_names(document, form), *_check_language(document, form)]
    problems += check_timeout(document, form)
    rituals = []
    for key, ritual in form.rituals.items():
        found = [*_check_ritual(document, form, key, ritual, reading)]
        problems += found
        if not found:
            practice = reading.catalogue[ritual.practice]
            rituals.append(resolve(key, ritual, practice, form.language))
    ways = {}
    for key, partner in form.partners.items():
        ways[key], found = _read_ways(document, key, partner, reading)
        problems += found
    couple = CoupleSchedule(document.file, form, tuple(rituals), ways)
    if not problems and reading.now is not None:
        problems += _check_days(document, couple, reading.now)
    if problems:
        raise ScheduleError(problems)
    return couple


def _check_days(document: Document, couple: CoupleSchedule, now: datetime) -> Iterable[Problem]:
    form = couple.form
    for key, partner in form.partners.items():
        zone, most = form.partner_zone(key), partner.nudges_a_day
        days = Days(zone, form.day_starts, partner.quiet, most)
        found = crowded_day(couple.rituals, couple.zones, key, days, now)
        if found is not None:
            day, count = found
            mend = f"write nudges_a_day = {count}, or let " if count <= MOST_A_DAY else "let "
            message = (
                f"on {day:%Y-%m-%d} these rituals bring {partner.name} {count} nudges, what the "
                f"other writes among them, and at most {most} may come on a day; {mend}some of "
                f"them come less often"
            )
            yield document.problem(("partners", key, "nudges_a_day"), message)


def _check_names(document: Document, form: CoupleFile) -> Iterable[Problem]:
    first, second = form.partners.items()
    taken = {first[0].casefold(), first[1].name.casefold()}
    if taken & {second[0].casefold(), second[1].name.casefold()}:
        message = f"both partners are called '{second[1].name}'; give each a name of their own"
        yield document.problem(("partners", second[0], "name"), message)
    for key in form.partners:
        if key in (ZONE_COUPLE, ZONE_EACH, ALTERNATE):
            message = f"a partner can't be called '{key}', which means something else here"
            yield document.problem(("partners", key), message)


def _check_practices(document: Document, reading: Reading) -> Iterable[Problem]:
    """Name unknown practices even in a file whose form is wrong, so that one look mends more."""
    rituals = document.data.get("rituals")
    for key, ritual in rituals.items() if isinstance(rituals, dict) else ():
        name = ritual.get("practice") if isinstance(ritual, dict) else None
        if isinstance(name, str) and name not in reading.catalogue:
            yield _unknown_practice(document, key, name, reading)


def _unknown_practice(document: Document, key: str, name: str, reading: Reading) -> Problem:
    message = f"there is no practice '{name}'{nearest(name, reading.catalogue)}"
    return document.problem(("rituals", key, "practice"), f"{message}; see: troth practices")


def _check_language(document: Document, form: CoupleFile) -> Iterable[Problem]:
    known = load_languages().by_key
    if form.language not in known:
        hint = nearest(form.language, known)
        message = f"Troth does not speak '{form.language}'{hint}; one of: {', '.join(known)}"
        yield document.problem(("language",), message)


def _check_ritual(
    document: Document, form: CoupleFile, key: str, ritual: RitualForm, reading: Reading
) -> Iterable[Problem]:
    path = ("rituals", key)
    practice = reading.catalogue.get(ritual.practice)
    if practice is None:
        yield _unknown_practice(document, key, ritual.practice, reading)
        return
    if practice.form.cron is None and ritual.cron is None:
        message = (
            "this practice comes by itself when there is occasion; leave it out, or give a cron"
        )
        yield document.problem((*path, "practice"), message)
    resolved = resolve(key, ritual, practice, form.language)
    for name, message in _contradictions(resolved, list(form.partners)):
        yield document.problem((*path, name), message)


def _contradictions(ritual: Ritual, partners: list[str]) -> Iterable[tuple[str, str]]:
    """Yield (key, message) for values that can't hold together."""
    zones = [ZONE_COUPLE, ZONE_EACH, *partners]
    if ritual.zone not in zones:
        hint = nearest(ritual.zone, zones)
        yield "zone", f"'{ritual.zone}' is no zone here{hint}; one of: {', '.join(zones)}"
    leads = [ALTERNATE, *partners]
    if ritual.lead is not None and ritual.lead not in leads:
        hint = nearest(ritual.lead, leads)
        yield "lead", f"'{ritual.lead}' can't lead{hint}; one of: {', '.join(leads)}"
    if ritual.rule is Rule.LEAD and ritual.lead is None:
        yield "lead", f"the rule 'lead' needs one; one of: {', '.join(leads)}"
    window = format_duration(ritual.window)
    if not timedelta(minutes=1) <= ritual.window <= timedelta(days=60):
        yield "window", "a window lasts between 1m and 60d"
    if any(offset >= ritual.window for offset in ritual.remind):
        yield "remind", f"every reminder must come before the window ends (after {window})"
    if ritual.starts and ritual.until and ritual.until < ritual.starts:
        yield "until", "the last day lies before the first"
    if ritual.kind is AnswerKind.STEPS and not ritual.steps:
        yield "steps", "a practice of kind 'steps' needs steps"


def resolve(key: str, ritual: RitualForm, practice: Practice, language: str) -> Ritual:
    """Fill what the couple left out from the practice, as it is said in their language."""
    given = ritual.model_dump(exclude_unset=True, exclude={"practice", "steps"})
    base = practice.form.model_dump(exclude={"steps", "prompt_order", "origin"})
    spoken = _translated(practice, language)
    merged = {
        **base,
        **spoken,
        **{name: value for name, value in given.items() if value is not None},
    }
    own_texts = "texts" in given
    return Ritual(
        key=key,
        practice=practice.name,
        steps=_steps(ritual, practice, language),
        prompts_in_order=practice.form.prompt_order == "progress",
        **{**merged, "lead_texts": () if own_texts else merged["lead_texts"]},
    )


def _translated(practice: Practice, language: str) -> dict[str, object]:
    translation = practice.translations.get(language)
    if translation is None:
        return {}
    spoken = translation.model_dump(exclude={"steps"})
    return {name: value for name, value in spoken.items() if value}


def _steps(ritual: RitualForm, practice: Practice, language: str) -> tuple[Step, ...]:
    if ritual.steps is not None:
        return tuple(Step(step.text, step.lasts) for step in ritual.steps)
    steps, translation = practice.form.steps, practice.translations.get(language)
    texts = translation.steps if translation else tuple(step.text for step in steps)
    return tuple(Step(text, step.lasts) for text, step in zip(texts, steps, strict=True))


def _read_ways(
    document: Document, key: str, partner: PartnerForm, reading: Reading
) -> tuple[tuple[Way, ...], list[Problem]]:
    """Return a partner's channels with `${VAR}` filled in. No message ever shows a URL."""
    ways: list[Way] = []
    problems: list[Problem] = []
    for index, channel in enumerate(partner.channels if reading.takes_url else ()):
        told = list(_check_variables(channel.url))
        if not told:
            url = _VARIABLE.sub(lambda found: os.environ[found[1]], channel.url).strip()
            told = [] if reading.takes_url and reading.takes_url(url) else [_NO_CHANNEL]
            inbox = url.casefold().startswith("troth:")
            default = Sensitivity.OPEN if inbox else Sensitivity.DISCREET
            ways.append(Way(url, channel.sensitivity or default, channel.address))
        path = ("partners", key, "channels", index)
        problems += [document.problem(path, message) for message in told]
    urls = [way.url for way in ways]
    if len(set(urls)) < len(urls):
        problems.append(document.problem(("partners", key, "channels"), "a channel stands twice"))
    return tuple(ways), problems


def _check_variables(url: str) -> Iterable[str]:
    """Yield what is wrong with the `${VAR}`s of a channel."""
    for name in _VARIABLE.findall(url):
        if name.startswith("TROTH_"):
            yield f"${{{name}}} is Troth's own and belongs in no channel"
        elif not os.environ.get(name):
            yield f"${{{name}}} is not set in the environment; export {name}=..."
    if "${" in _VARIABLE.sub("", url):
        yield "a ${NAME} lacks its closing brace"
