"""What is shipped, read as it stands in its files: what each practice says, and how often."""

import tomllib
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from troth.domain.cron import next_minute
from troth.schedules.catalogue import Practice
from troth.schedules.models import (
    CoupleFile,
    LanguageFile,
    PracticeFile,
    PracticeForm,
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

ONE_SMS = 160
WEEK = timedelta(weeks=1)
# A text does not come again within seven days, nor does it become a refrain.
FEWEST_TEXTS = 4
FEWEST_TEXTS_WEEKLY = 5
FEWEST_TEXTS_OFTENER = 9


def said(practice: Practice, language: str) -> PracticeForm | TranslationForm:
    return practice.form if language == "en" else practice.translations[language]


def spoken(form: PracticeForm | TranslationForm) -> list[str]:
    steps = [step if isinstance(step, str) else step.text for step in form.steps]
    return [*form.texts, *form.lead_texts, *steps, form.hint or "", form.lite or ""]


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
