"""The built-in inbox: each partner's by its secret address; both side by side in the demo."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from sqlalchemy import Connection
from starlette.responses import Response

from troth.bootstrap import Store
from troth.delivery.inbox_channel import SCHEME
from troth.domain.states import ChannelState
from troth.domain.visible import LONGEST_TEXT
from troth.engine.standing import couple_standing
from troth.inbound.inbox_page import reply_from_inbox
from troth.store import channels, couples, nudges
from troth.store.records import Partner
from troth.web.cards import Card, Look, cards_of
from troth.web.content import Reader
from troth.web.pages import Pages


class SayingForm(BaseModel):
    """What the form of an inbox sends: anything that could be a reply by any other way."""

    text: str = Field(min_length=1, max_length=LONGEST_TEXT * 2)
    form: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")


LETTERS = 60
LETTERS_IN_DEMO = 24


@dataclass(frozen=True)
class Tray:
    """One partner's inbox, ready to show. `back` tells an answer where it came from."""

    partner: Partner
    waiting: list[Card]
    earlier: list[Card]
    back: str
    is_stopped: bool

    @property
    def newest(self) -> Card | None:
        """Return the card whose link can stop this inbox, or start it again."""
        return next(iter(self.waiting + self.earlier), None)


def router(store: Store, pages: Pages, *, demo: bool) -> APIRouter:
    """Return the routes of the inbox."""
    routes = APIRouter()

    @routes.get("/inbox/{token}")
    def show_inbox(token: str) -> Response:
        with store.db.reading() as conn:
            found = couples.find_by_token(conn, token)
            if found is None:
                return pages.notice(404)
            return _show_inbox(conn, store, pages, Reader(*found, store.clock.now()), token)

    @routes.post("/inbox/{token}")
    def take_saying(token: str, form: Annotated[SayingForm, Form()]) -> Response:
        with store.db.reading() as conn:
            found = couples.find_by_token(conn, token)
        if found is None:
            return pages.notice(404)
        now = store.clock.now()
        answer = store.take(reply_from_inbox(*found, form.text, form.form, now))
        with store.db.reading() as conn:
            return _show_inbox(conn, store, pages, Reader(*found, now), token, answer.text)

    @routes.get("/")
    def show_first_page() -> Response:
        return _show_demo(store, pages) if demo else pages.show("welcome.html")

    return routes


def _show_inbox(
    conn: Connection, store: Store, pages: Pages, reader: Reader, token: str, answer: str = ""
) -> Response:
    tray = _tray(conn, store, reader, LETTERS, token)
    return pages.show("inbox.html", tray=tray, token=token, answer=answer)


def _show_demo(store: Store, pages: Pages) -> Response:
    with store.db.reading() as conn:
        listed = couples.all_couples(conn)
        if not listed:
            return pages.show("demo.html", couple=None, trays=[], standing=None)
        couple, now = couples.load_couple(conn, listed[0].id), store.clock.now()
        trays = [
            _tray(conn, store, Reader(couple, partner, now), LETTERS_IN_DEMO, "demo")
            for partner in couple.partners
        ]
        standing = couple_standing(conn, couple.id)
        return pages.show("demo.html", couple=couple, trays=trays, standing=standing)


def _tray(conn: Connection, store: Store, reader: Reader, last: int, back: str) -> Tray:
    partner = reader.partner
    told = nudges.told(conn, partner.id, last, with_tellings=True)
    cards = cards_of(conn, store.vault, reader, told)
    mine = channels.channels_of(conn, [partner.id])[partner.id]
    return Tray(
        partner=partner,
        waiting=[card for card in cards if card.look is Look.WAITING],
        earlier=[card for card in cards if card.look is not Look.WAITING],
        back=back,
        is_stopped=any(c.scheme == SCHEME and c.state is ChannelState.STOPPED for c in mine),
    )
