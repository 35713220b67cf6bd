"""The demo: a shipped couple whose rituals fall due every minute, one after the other."""

from dataclasses import replace
from datetime import timedelta

from troth.domain.ritual import Ritual
from troth.schedules.catalogue import shipped_catalogue
from troth.schedules.couple import CoupleSchedule, Reading, read_couple
from troth.schedules.reader import Document
from troth.schedules.shipped import shipped_schedules

WINDOW = timedelta(minutes=15)
REMIND = timedelta(minutes=4)
PLENTY = 10_000  # nudges a day: one falls due every minute


def demo_couple() -> CoupleSchedule:
    """Return the example couple at home, quickened: no quiet hours, no limit, short windows."""
    document = Document(shipped_schedules() / "couples" / "at-home.toml")
    couple = read_couple(document, Reading(shipped_catalogue(), takes_url=lambda _url: True))
    awake = {
        key: partner.model_copy(update={"quiet": None, "nudges_a_day": PLENTY})
        for key, partner in couple.form.partners.items()
    }
    count = len(couple.rituals)
    quick = tuple(_quicken(ritual, i, count) for i, ritual in enumerate(couple.rituals))
    form = couple.form.model_copy(update={"partners": awake})
    return replace(couple, form=form, rituals=quick)


def _quicken(ritual: Ritual, place: int, count: int) -> Ritual:
    """Give the ritual its share of the hour's minutes, so that every minute has one."""
    minutes = ",".join(str(minute) for minute in range(place, 60, count))
    return replace(ritual, cron=f"{minutes} * * * *", window=WINDOW, remind=(REMIND,))
