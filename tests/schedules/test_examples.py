"""The example couples: ready to copy, without an account anywhere."""

import re

import pytest

from tests.schedules.shipped import COUPLES, PRACTICES, SCHEDULES
from troth.domain.cron import check_cron
from troth.domain.ritual import ZONE_COUPLE, ZONE_EACH
from troth.domain.turns import ALTERNATE
from troth.schedules.models import CoupleFile, RitualForm

RITUALS = {
    f"{couple}:{key}": (file, ritual)
    for couple, file in COUPLES.items()
    for key, ritual in file.rituals.items()
}
each_ritual = pytest.mark.parametrize(("couple", "ritual"), RITUALS.values(), ids=RITUALS)


def test_the_two_example_couples_are_ready_to_copy() -> None:
    assert {file.couple for file in COUPLES.values()} >= {"Ana & Ben", "Chidi & Mia"}


@each_ritual
def test_an_example_ritual_names_a_practice_of_the_catalogue(
    couple: CoupleFile, ritual: RitualForm
) -> None:
    assert ritual.practice in PRACTICES


@each_ritual
def test_an_example_ritual_has_a_schedule_a_zone_and_a_lead_that_exist(
    couple: CoupleFile, ritual: RitualForm
) -> None:
    if ritual.cron is not None:
        check_cron(ritual.cron)
    assert ritual.zone in {None, ZONE_COUPLE, ZONE_EACH, *couple.partners}
    assert ritual.lead in {None, ALTERNATE, *couple.partners}


@each_ritual
def test_an_example_rituals_reminders_come_within_its_window(
    couple: CoupleFile, ritual: RitualForm
) -> None:
    practice = PRACTICES[ritual.practice]
    window = practice.window if ritual.window is None else ritual.window
    remind = practice.remind if ritual.remind is None else ritual.remind
    assert all(after < window for after in remind)


@pytest.mark.parametrize("couple", COUPLES.values(), ids=COUPLES)
def test_an_example_couple_needs_no_account_anywhere(couple: CoupleFile) -> None:
    for partner in couple.partners.values():
        assert [channel.url for channel in partner.channels] == ["troth://"]


def test_the_couple_at_a_distance_shows_all_three_kinds_of_zone() -> None:
    couple = COUPLES["at-a-distance"]
    zones = {ritual.zone for ritual in couple.rituals.values()}
    assert {ZONE_COUPLE, ZONE_EACH} < zones
    assert zones & set(couple.partners)


def test_every_commented_channel_keeps_its_secrets_in_the_environment() -> None:
    for path in (SCHEDULES / "couples").glob("*.toml"):
        for url in re.findall(r"[a-z]+://[^\s\"]+", path.read_text("utf-8")):
            assert url.startswith("troth://") or "${" in url
