"""The least that a door could do: verify a message, INSERT it, answer.

`python -m tests.benchmarks.bare_door PORT URL`. Served, threaded and verified as Troth's own is,
over connections opened as Troth opens its own; nothing is looked up, settled, scored or said back.
"""

import sys
from datetime import UTC, datetime

import uvicorn
from pydantic import SecretStr
from sqlalchemy import Column, MetaData, String, Table, Text
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.benchmarks.repliers import PATH, SECRET
from troth.inbound.hook import Hook
from troth.inbound.standard_webhook import StandardWebhook, StandardWebhookSettings
from troth.store.database import Database
from troth.store.types import Instant

messages = Table(
    "bare_messages",
    MetaData(),
    Column("provider_id", String(200), primary_key=True),
    Column("address", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
)


def create_app(db: Database) -> Starlette:
    """The application over an open database that has the table."""
    way = StandardWebhook(StandardWebhookSettings(secret=SecretStr(SECRET)))

    def take(hook: Hook) -> Response:
        now = datetime.now(UTC)
        (message,) = way.read(hook, now).messages
        values = {
            "provider_id": message.provider_id,
            "address": message.address.value,
            "text": message.text,
            "received_at": now,
        }
        with db.writing() as conn:
            conn.execute(messages.insert().values(values))
        return Response(status_code=204)

    async def take_in(request: Request) -> Response:
        headers = dict(request.headers.items())
        hook = Hook("POST", PATH, "", headers, await request.body())
        return await run_in_threadpool(take, hook)

    return Starlette(routes=[Route(PATH, take_in, methods=["POST"])])


def main() -> None:
    port, url = sys.argv[1:]
    db = Database(url)
    print("ready", flush=True)  # noqa: T201
    uvicorn.run(
        create_app(db), port=int(port), log_config=None, access_log=False, server_header=False
    )


if __name__ == "__main__":
    main()
