"""The score page: the couple's own numbers, each with what lies behind it; nobody's alone."""

from dataclasses import dataclass

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from troth.bootstrap import Store
from troth.domain.score import RitualStanding
from troth.engine.standing import couple_standing
from troth.store import couples, rituals
from troth.store.records import Couple, ritual_if_sound
from troth.web.pages import Pages


@dataclass(frozen=True)
class Line:
    """One ritual on the score page."""

    title: str
    stands: RitualStanding


def router(store: Store, pages: Pages, *, demo: bool) -> APIRouter:
    """Return the routes of the score page."""
    routes = APIRouter()

    @routes.get("/score/{token}")
    def show_score(token: str) -> Response:
        with store.db.reading() as conn:
            found = couples.find_by_token(conn, token)
            if found is None:
                return pages.notice(404)
            return _show(conn, pages, found[0], f"/inbox/{token}")

    if demo:

        @routes.get("/score")
        def show_demo_score() -> Response:
            with store.db.reading() as conn:
                listed = couples.all_couples(conn)
                if not listed:
                    return pages.notice(404)
                return _show(conn, pages, couples.load_couple(conn, listed[0].id), "/")

    return routes


def _show(conn: Connection, pages: Pages, couple: Couple, home: str) -> Response:
    standing = couple_standing(conn, couple.id)
    titles = {key: _title(row.spec) for key, row in rituals.rituals_of(conn, couple.id).items()}
    lines = [Line(titles[stands.ritual] or stands.ritual, stands) for stands in standing.rituals]
    return pages.show("score.html", couple=couple, standing=standing, lines=lines, home=home)


def _title(spec: object) -> str | None:
    ritual = ritual_if_sound(spec)
    return ritual.title if ritual else None
