"""The way in by a Matrix account: its /sync.

The address is the room: a channel of ours writes to a room, so that is whom an answer comes from.
The sender is kept nowhere, for nothing of ours knows partners by their Matrix names; who wants to
be told apart gives each partner a room. What is said to somebody else in the room - a reply or a
reaction to a message that is not ours - is not for us and is passed over.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from typing import ClassVar
from urllib.parse import quote

import structlog
from pydantic import Field, SecretStr

from troth.inbound.hook import WaySettings
from troth.inbound.listener import (
    Memory,
    Take,
    UnreachableError,
    hand_over,
    keep_at,
    unless_stopped,
)
from troth.inbound.reading.json_client import JsonClient
from troth.inbound.reading.json_value import at, id_at, items_at
from troth.inbound.reading.matrix_event import (
    ENCRYPTED,
    MESSAGE,
    REACTION,
    REDACTION,
    WAY,
    read_event,
)

log = structlog.get_logger()
_V3 = "/_matrix/client/v3"
_A_PAGE, _MOST_PAGES = 100, 20  # events of one room after an outage
_MOST_JOINS = 20  # invitations accepted in one sync
_ABSENT = frozenset({403, 404})
_TIMELINE = {"limit": 10, "types": [MESSAGE, REACTION, REDACTION, ENCRYPTED]}
_FILTER = {
    "presence": {"types": []},
    "account_data": {"types": []},
    "room": {
        "account_data": {"types": []},
        "ephemeral": {"types": []},
        "state": {"types": []},
        "timeline": _TIMELINE,
    },
}


class MatrixSettings(WaySettings):
    """An account of its own on any homeserver. Rooms are to be unencrypted, for it has no keys."""

    homeserver: str = Field(pattern=r"^https?://")
    token: SecretStr
    joins: bool = Field(False, description="Whether invitations are accepted, whoever invites.")
    poll: int = Field(25, ge=0, le=50, description="How long one sync waits, in seconds.")


class MatrixListener:
    """Events since the last sync whose messages were all taken."""

    name: ClassVar[str] = WAY

    def __init__(self, settings: MatrixSettings, memory: Memory) -> None:
        self._settings = settings
        self._memory = memory
        self._api = JsonClient(settings.homeserver, settings.token.get_secret_value())
        self._own: str | None = None

    def run(self, take: Take, stopping: threading.Event) -> None:
        """Sync until stopped."""
        with closing(self._api):
            keep_at(self.name, lambda: self._turn(take, stopping), stopping)

    def _turn(self, take: Take, stopping: threading.Event) -> None:
        """Take what is new. What was said before the first sync of all answered nothing of ours."""
        own = self._own = self._own or self._who_we_are()
        place = f"{WAY}:{own}"
        since = self._memory.get(place)
        sync = unless_stopped(lambda: self._sync(since), stopping)
        if sync is None:
            return
        upto = id_at(sync, "next_batch")
        if upto is None:
            raise UnreachableError
        if since is not None and not self._take_all(sync, since, own, take, stopping):
            return
        self._join(sync)
        self._memory.set(place, upto)

    def _take_all(
        self, sync: object, since: str, own: str, take: Take, stopping: threading.Event
    ) -> bool:
        for room, timeline in _rooms(sync, "join"):
            for event in self._events(room, at(timeline, "timeline"), since):
                self._note_unreadable(event)
                incoming = read_event(room, event, own, partial(self._event, room))
                if incoming is not None and not hand_over(incoming, take, stopping):
                    return False
        return True

    def _who_we_are(self) -> str:
        own = id_at(self._api.get(f"{_V3}/account/whoami"), "user_id")
        if own is None:
            raise UnreachableError
        return own

    def _sync(self, since: str | None) -> object:
        wait = self._settings.poll if since else 0
        query: dict[str, str | int] = {"timeout": wait * 1_000, "filter": json.dumps(_FILTER)}
        if since is not None:
            query["since"] = since
        return self._api.get(f"{_V3}/sync", query, seconds=wait + 30)

    def _events(self, room: str, timeline: object, since: str) -> list[object]:
        """Return a room's events, oldest first; those too that did not fit into the sync."""
        events = items_at(timeline, "events")
        start = id_at(timeline, "prev_batch")
        if at(timeline, "limited") is not True or start is None:
            return events
        return [*reversed(list(self._earlier(room, start, since))), *events]

    def _earlier(self, room: str, start: str, since: str) -> Iterator[object]:
        """Yield what came between two places of a room, newest first, page by page."""
        wanted = json.dumps({**_TIMELINE, "limit": _A_PAGE})
        path = f"{_V3}/rooms/{quote(room, safe='')}/messages"
        for _ in range(_MOST_PAGES):
            query: dict[str, str | int]
            query = {"dir": "b", "from": start, "to": since, "limit": _A_PAGE, "filter": wanted}
            page = self._api.get(path, query)
            yield from items_at(page, "chunk")
            end = id_at(page, "end")
            if end is None or end == start:
                return
            start = end
        log.warning("way.too_much", way=WAY, events=_A_PAGE * _MOST_PAGES)

    def _event(self, room: str, event_id: str) -> object:
        """Return an event that another one speaks of; None where we may not see it."""
        path = f"{_V3}/rooms/{quote(room, safe='')}/event/{quote(event_id, safe='')}"
        try:
            return self._api.get(path)
        except UnreachableError as error:
            if error.status in _ABSENT:
                return None
            raise

    def _join(self, sync: object) -> None:
        if not self._settings.joins:
            return
        for room, _ in list(_rooms(sync, "invite"))[:_MOST_JOINS]:
            try:
                self._api.post(f"{_V3}/join/{quote(room, safe='')}", {})
            except UnreachableError as error:  # taken back, or its server is gone
                log.warning("way.not_joined", way=WAY, status=error.status)

    def _note_unreadable(self, event: object) -> None:
        if at(event, "type") == ENCRYPTED:
            log.warning("way.encrypted", way=WAY)


def _rooms(sync: object, kind: str) -> Iterator[tuple[str, object]]:
    rooms = at(sync, "rooms", kind)
    if isinstance(rooms, dict):
        yield from ((room, told) for room, told in rooms.items() if isinstance(room, str))
