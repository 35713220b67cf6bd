"""The answer page behind a nudge's link. Looking changes nothing; only a form that is sent acts."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from troth.bootstrap import Store
from troth.domain.grammar import Verb
from troth.domain.visible import LONGEST_TEXT
from troth.inbound import link
from troth.store import couples, nudges, occurrences
from troth.store.records import Nudge, Occurrence
from troth.web.cards import Card, cards_of
from troth.web.content import Reader
from troth.web.pages import Pages, new_form

DEMO = "demo"


class AnswerForm(BaseModel):
    """What the forms of a card send."""

    verb: Verb | None = None
    rating: int | None = Field(None, ge=1, le=10)
    later: int | None = Field(None, ge=1, le=60)
    words: str = Field("", max_length=LONGEST_TEXT * 2)  # a line end travels as two characters
    choice: str | None = Field(None, max_length=64)
    number: str | None = Field(None, pattern=r"^\s*[0-9]{1,6}(?:[.,][0-9]{1,3})?\s*$")
    form: str | None = Field(None, pattern=r"^[A-Za-z0-9_-]{1,64}$")
    back: str | None = Field(None, max_length=64)

    @property
    def tap(self) -> link.Tap:
        """Return it as the way in takes it. Without a mark, it is a reply of its own."""
        number = None if self.number is None else float(self.number.replace(",", "."))
        return link.Tap(
            self.form or new_form(),
            self.verb,
            self.rating,
            self.words,
            self.later,
            self.choice,
            number,
        )


@dataclass(frozen=True)
class Linked:
    """What a link is about, and who reads it. `back` is where its reader came from, if they did."""

    nudge: Nudge
    occurrence: Occurrence | None
    reader: Reader
    back: str | None

    @property
    def home(self) -> str:
        """Return the address of the inbox from which this was opened."""
        return "/" if self.back == DEMO else f"/inbox/{self.back}"

    @property
    def is_over(self) -> bool:
        """Whether the link takes no answer any more."""
        return link.is_over(self.nudge, self.occurrence, self.reader.now)


def router(store: Store, pages: Pages, *, demo: bool) -> APIRouter:
    """Return the routes of the answer page."""
    routes = APIRouter()

    @routes.get("/r/{token}")
    def show_answer_page(token: str, back: str | None = None) -> Response:
        with store.db.reading() as conn:
            linked = find_linked(conn, store, token, back, demo=demo)
            return _show(conn, store, pages, linked)

    @routes.post("/r/{token}")
    def take_answer(token: str, form: Annotated[AnswerForm, Form()]) -> Response:
        with store.db.reading() as conn:
            linked = find_linked(conn, store, token, form.back, demo=demo)
        if linked is None:
            return pages.notice(404)
        try:
            said = link.read(form.tap, linked.nudge, linked.occurrence)
        except link.UnfitError:
            return pages.notice(422)
        except link.TooLongError:
            return pages.notice(413)
        if linked.is_over and said.verb not in (Verb.STOP, Verb.START):
            with store.db.reading() as conn:
                return _show(conn, store, pages, linked)
        now = linked.reader.now
        answer = store.take(link.reply_from_link(form.tap, said, linked.nudge, now))
        if linked.back is not None:
            return RedirectResponse(linked.home, 303)
        with store.db.reading() as conn:
            return _show(conn, store, pages, linked, answer.text)

    return routes


def find_linked(
    conn: Connection, store: Store, token: str, back: str | None, *, demo: bool
) -> Linked | None:
    """Return what an answer link is about; None for one that is not ours."""
    nudge = nudges.find_nudge(conn, token)
    if nudge is None:
        return None
    found = None
    if nudge.occurrence_id is not None:
        found = occurrences.load_occurrences(conn, [nudge.occurrence_id])[nudge.occurrence_id]
    couple = couples.load_couple(conn, nudge.couple_id)
    reader = Reader(couple, couple.partner_by_id(nudge.partner_id), store.clock.now())
    return Linked(nudge, found, reader, _checked(conn, reader, back, demo=demo))


def _checked(conn: Connection, reader: Reader, back: str | None, *, demo: bool) -> str | None:
    """Return where to go back to, if it is the reader's own.

    The inbox address must have come with the request: a link opens one occurrence, and must not
    lead on to all of them.
    """
    if not back or (demo and back == DEMO):
        return back or None
    owner = couples.find_by_token(conn, back)
    return back if owner and owner[1].id == reader.partner.id else None


def _show(
    conn: Connection, store: Store, pages: Pages, linked: Linked | None, answer: str = ""
) -> Response:
    if linked is None:
        return pages.notice(404)
    card: Card = cards_of(conn, store.vault, linked.reader, [linked.nudge])[0]
    home = linked.home if linked.back else None
    if linked.is_over and not answer:
        return pages.notice(410, card=card, back=linked.back)
    return pages.show("answer.html", card=card, back=linked.back, home=home, answer=answer)
