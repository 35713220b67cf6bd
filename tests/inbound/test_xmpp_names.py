"""The names of XMPP messages: two are never one, and one that comes again is itself."""

from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element, fromstring

import pytest

from troth.inbound.reading.xmpp_names import Names

OURS = "nudge@x"
NOW = datetime(2026, 3, 2, 21, 30, tzinfo=UTC)
KEPT = "<delay xmlns='urn:xmpp:delay' from='x' stamp='2026-03-02T21:29:59Z'/>"
LATER = "<delay xmlns='urn:xmpp:delay' from='x' stamp='2026-03-02T22:10:00Z'/>"
OURS_GAVE = "<stanza-id xmlns='urn:xmpp:sid:0' by='nudge@x' id='s-{}'/>"
THEIRS_GAVE = "<stanza-id xmlns='urn:xmpp:sid:0' by='alex@x' id='s-1'/>"
ORIGIN = "<origin-id xmlns='urn:xmpp:sid:0' id='{}'/>"


def stanza(inside: str = "", *, number: str = "id='1'", sender: str = "alex@x/phone") -> Element:
    return fromstring(f"<message from='{sender}' {number}>{inside}</message>")  # noqa: S314 - ours


def name(names: Names, told: Element, text: str = "done", *, after: timedelta = timedelta()) -> str:
    return names.of(told, text, OURS, NOW + after)


def test_a_name_that_our_own_server_gave_is_the_name() -> None:
    first, again = stanza(OURS_GAVE.format(1)), stanza(OURS_GAVE.format(1) + LATER)
    assert name(Names(), first) == name(Names(), again)
    assert name(Names(), first) != name(Names(), stanza(OURS_GAVE.format(2)))


def test_a_name_that_another_gave_is_none() -> None:
    names = Names()
    assert name(names, stanza(THEIRS_GAVE)) != name(names, stanza(THEIRS_GAVE))


def test_nobody_takes_anothers_name() -> None:
    told = OURS_GAVE.format(1) + KEPT
    names = {name(Names(), stanza(told, sender=each)) for each in ("alex@x/a", "sam@x/a")}
    assert len(names) == 2


@pytest.mark.parametrize("number", ["id='1'", ""])
def test_what_was_kept_is_named_by_its_number_and_when(number: str) -> None:
    first = name(Names(), stanza(KEPT, number=number))
    assert name(Names(), stanza(KEPT + LATER, number=number)) == first  # kept once more
    assert name(Names(), stanza(LATER, number=number)) != first
    assert name(Names(), stanza(KEPT, number=number), "undo") != first


def test_an_origin_id_is_a_number_too() -> None:
    one, other = (stanza(ORIGIN.format(each) + KEPT, number="") for each in "12")
    assert name(Names(), one) == name(Names(), one) != name(Names(), other)


@pytest.mark.parametrize("number", ["id='1'", ""])
def test_what_comes_at_once_is_new_however_it_is_numbered(number: str) -> None:
    names = Names()
    assert len({name(names, stanza(number=number)) for _ in range(9)}) == 9


def test_what_came_at_once_and_comes_again_is_itself() -> None:
    names = Names()
    before = name(names, stanza(), after=-timedelta(minutes=3))
    live = name(names, stanza())
    again = name(names, stanza(KEPT), after=timedelta(minutes=1))
    assert again == live != before


def test_what_was_kept_much_later_is_another() -> None:
    names = Names()
    live = name(names, stanza())
    assert name(names, stanza(LATER), after=timedelta(hours=1)) != live


@pytest.mark.parametrize("stamp", ["", "yesterday", "0001-01-01T00:00:00+23:00", "9" * 5_000])
def test_a_stamp_that_cannot_be_read_is_none(stamp: str) -> None:
    names, told = Names(), stanza(f"<delay xmlns='urn:xmpp:delay' stamp='{stamp}'/>")
    assert name(names, told) != name(names, told)


def test_stamps_with_and_without_a_zone_can_be_compared() -> None:
    naive = "<delay xmlns='urn:xmpp:delay' stamp='2026-03-02T21:29:59'/>"
    assert name(Names(), stanza(naive + LATER)) == name(Names(), stanza(KEPT))
