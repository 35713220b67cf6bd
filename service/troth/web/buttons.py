"""Buttons of the message itself, and the one click by which a mail program unsubscribes.

They send what they mean and nothing else, and nobody looks at what comes back.
"""

from fastapi import APIRouter
from starlette.responses import Response

from troth.bootstrap import Store
from troth.domain.grammar import Verb
from troth.inbound import link
from troth.web.answers import Linked, find_linked

MARK = "button"  # of a form that is pressed, however often: all presses of one verb are one reply
ALWAYS = (Verb.STOP, Verb.START)


def router(store: Store) -> APIRouter:
    """Return the route of the buttons; looking at it (GET) is no press."""
    routes = APIRouter()

    @routes.post("/r/{token}/{verb}")
    def press(token: str, verb: Verb) -> Response:
        with store.db.reading() as conn:
            linked = find_linked(conn, store, token, None, demo=False)
        return Response(status_code=404 if linked is None else _press(store, linked, verb))

    return routes


def _press(store: Store, linked: Linked, verb: Verb) -> int:
    """Give the press to the door; return the status that tells how it went."""
    if linked.is_over and verb not in ALWAYS:
        return 410
    tap = link.Tap(MARK, verb)
    try:
        said = link.read(tap, linked.nudge, linked.occurrence)
    except link.UnfitError:
        return 422
    store.take(link.reply_from_link(tap, said, linked.nudge, linked.reader.now))
    return 204
