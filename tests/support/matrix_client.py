"""Somebody's own client at a Matrix homeserver."""

import uuid
from urllib.parse import quote

import requests

from tests.support.chat_servers import Synapse


class MatrixClient:
    """Somebody with an account, by the plain client API."""

    def __init__(self, synapse: Synapse, token: str) -> None:
        self._base, self.token = f"{synapse.url}/_matrix/client/v3", token
        self.user = self._ask("GET", "/account/whoami", None)["user_id"]

    def post(self, path: str, **body: object) -> dict[str, object]:
        return self._ask("POST", path, body)

    def send(self, room: str, kind: str, **content: object) -> str:
        path = f"/rooms/{quote(room)}/send/{kind}/{uuid.uuid4().hex}"
        return str(self._ask("PUT", path, content)["event_id"])

    def write(self, room: str, text: str, **more: object) -> str:
        return self.send(room, "m.room.message", msgtype="m.text", body=text, **more)

    def redact(self, room: str, event_id: str) -> None:
        path = f"/rooms/{quote(room)}/redact/{quote(event_id)}/{uuid.uuid4().hex}"
        self._ask("PUT", path, {})

    def last(self, room: str) -> dict[str, object]:
        told = self._ask("GET", f"/rooms/{quote(room)}/messages?dir=b&limit=1", None)
        chunk = told["chunk"]
        assert isinstance(chunk, list)
        event: dict[str, object] = chunk[0]
        return event

    def place(self, room: str) -> str:
        """Where a room stands now: what is said next comes after it."""
        return str(self._ask("GET", f"/rooms/{quote(room)}/messages?dir=b&limit=1", None)["start"])

    def said(self, room: str, after: str) -> tuple[list[str], str]:
        """What the others said after a place, and the place after that."""
        told = self._ask("GET", f"/rooms/{quote(room)}/messages?dir=f&from={after}", None)
        chunk = told["chunk"]
        assert isinstance(chunk, list)
        texts = [
            e["content"]["body"]
            for e in chunk
            if e["sender"] != self.user and "body" in e["content"]
        ]
        return texts, str(told.get("end", after))

    def _ask(self, method: str, path: str, body: object) -> dict[str, object]:
        headers = {"Authorization": f"Bearer {self.token}"}
        response = requests.request(
            method,
            self._base + path,
            json=body,  # type: ignore[arg-type]
            headers=headers,
            timeout=20,
        )
        assert response.ok, response.text
        told: dict[str, object] = response.json()
        return told
