"""The calendar: a couple's coming rituals on one partner's clock, for any calendar program."""

from datetime import datetime, timedelta

from fastapi import APIRouter
from icalendar import Calendar, Event
from starlette.responses import Response

from troth.bootstrap import Store
from troth.domain.language import UNNAMED
from troth.domain.states import Sensitivity
from troth.engine.foresight import Moment, foreseen
from troth.store import couples
from troth.store.records import Partner
from troth.web.pages import Pages

AHEAD = timedelta(weeks=8)
LASTS = timedelta(minutes=15)  # a moment to see, not a time that is taken
READ_AGAIN = timedelta(hours=6)


def router(store: Store, pages: Pages) -> APIRouter:
    """Return the route of the calendar."""
    routes = APIRouter()

    @routes.get("/calendar/{token}.ics")
    def show_calendar(token: str) -> Response:
        with store.db.reading() as conn:
            found = couples.find_by_calendar(conn, store.vault, token)
            if found is None:
                return pages.notice(404)
            couple, partner = found
            now = store.clock.now()
            coming = foreseen(conn, couple, partner, now, now + AHEAD)
        written = write_calendar(coming, partner, now)
        return Response(written, media_type="text/calendar; charset=utf-8")

    return routes


def write_calendar(coming: list[Moment], partner: Partner, now: datetime) -> bytes:
    """Return coming moments as a calendar in iCalendar form (RFC 5545), on the partner's clock."""
    calendar = Calendar()
    calendar.add("prodid", "-//Troth//Rituals//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", UNNAMED)
    calendar.add("x-wr-calname", UNNAMED)
    calendar.add("refresh-interval", READ_AGAIN, parameters={"VALUE": "DURATION"})
    for moment in coming:
        calendar.add_component(_event(moment, partner, now))
    calendar.add_missing_timezones()
    written: bytes = calendar.to_ical()
    return written


def _event(moment: Moment, partner: Partner, now: datetime) -> Event:
    """Return one moment; its name is its identity, so that a program that reads again moves it."""
    is_discreet = moment.ritual.sensitivity is Sensitivity.DISCREET
    event = Event()
    event.add("uid", f"{moment.ritual_id}-{moment.slot}-{partner.id}@troth")
    event.add("dtstamp", now)
    event.add("dtstart", moment.at.astimezone(partner.zone))
    event.add("duration", LASTS)
    event.add("summary", UNNAMED if is_discreet else moment.title)
    event.add("transp", "TRANSPARENT")
    return event
