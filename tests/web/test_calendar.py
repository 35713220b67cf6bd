"""The calendar that a partner's own program subscribes to."""

import httpx
from icalendar import Calendar

from tests.support.house import House

WEEK = """
couple = "Ana & Ben"
timezone = "Europe/Lisbon"
[partners.ana]
name = "Ana"
[partners.ben]
name = "Ben"
timezone = "America/New_York"
[rituals.coffee]
practice = "shared-coffee"
cron = "15 7 * * mon"
[rituals.text]
practice = "check-in-text"
cron = "0 21 * * fri"
[rituals.closeness]
practice = "closeness-rating"
cron = "0 20 * * wed"
"""


def address_of(house: House, key: str) -> str:
    partner = house.partner(key)
    return f"/calendar/{house.store.vault.calendar_token(partner.id, partner.seed)}.ics"


def events_of(house: House, web: httpx.Client, key: str) -> list[tuple[str, str]]:
    """What a calendar program reads: (local start, what), in order."""
    answer = web.get(address_of(house, key))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    read = Calendar.from_ical(answer.text)
    return [(f"{event.start:%m-%d %H:%M}", str(event["summary"])) for event in read.events]


def test_eight_weeks_stand_on_each_partners_own_clock(house: House, web: httpx.Client) -> None:
    house.take_in_file(WEEK)
    anas, bens = (events_of(house, web, key) for key in ("ana", "ben"))
    assert len(anas) == len(bens) == 3 * 8
    assert anas[:3] == [
        ("03-02 07:15", "Coffee together"),
        ("03-04 20:00", "Troth"),
        ("03-06 21:00", "A line before the night"),
    ]
    assert ("03-04 15:00", "Troth") in bens
    assert ("03-06 21:00", "A line before the night") in bens
    assert ("03-16 03:15", "Coffee together") in bens  # New York has summer time, Lisbon not yet
    assert ("04-06 02:15", "Coffee together") in bens


def test_what_is_intimate_is_named_by_nothing(house: House, web: httpx.Client) -> None:
    house.take_in_file(WEEK)
    page = web.get(address_of(house, "ana")).text
    assert "close" not in page.casefold()
    assert "Ana" not in page


def test_each_moment_keeps_its_identity_and_takes_no_time(house: House, web: httpx.Client) -> None:
    house.take_in_file(WEEK)
    first, again = (
        Calendar.from_ical(web.get(address_of(house, "ana")).text).events for _ in range(2)
    )
    assert [event["uid"] for event in first] == [event["uid"] for event in again]
    assert len({event["uid"] for event in first}) == len(first)
    assert {str(event["transp"]) for event in first} == {"TRANSPARENT"}


def test_a_calendar_is_never_kept_and_reading_it_changes_nothing(
    house: House, web: httpx.Client
) -> None:
    before = house.dump()
    answer = web.get(address_of(house, "ana"))
    assert answer.headers["cache-control"] == "no-store"
    assert house.dump() == before


def test_only_a_calendars_own_address_leads_to_it(house: House, web: httpx.Client) -> None:
    ana, ben = house.partner("ana"), house.partner("ben")
    token = house.store.vault.calendar_token(ana.id, ana.seed)
    swapped = f"{ben.id}-{token.partition('-')[2]}"
    for wrong in ("", "x", "1", "-", f"{ana.id}-", swapped, token + "x", house.inbox_token("ana")):
        assert web.get(f"/calendar/{wrong}.ics").status_code == 404
    assert web.get(f"/calendar/{ana.id}-%C3%A9.ics").status_code == 404
    assert web.get(f"/inbox/{token}").status_code == 404
    assert token.partition("-")[2] not in house.dump()


def test_a_ritual_that_cannot_be_read_leaves_the_others(house: House, web: httpx.Client) -> None:
    house.take_in_file(WEEK)
    house.damage_ritual("coffee")
    assert {what for _, what in events_of(house, web, "ana")} == {
        "Troth",
        "A line before the night",
    }
