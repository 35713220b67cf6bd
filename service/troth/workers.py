"""Dramatiq: the broker, and the one actor. Messages carry ids; everything else is read from SQL.

One message rings for many nudges: one each would cost a worker a tenth of a send.

Dramatiq's retries, delays and results are not used: due moments, attempts and outcomes live in
SQL, and a lost or doubled message changes nothing.
"""

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker

from troth.broker import rabbitmq
from troth.broker.redis import check_redis, connect
from troth.store.claims import Claim
from troth.telemetry import tracing

QUEUE = "nudges"
ACTOR = "deliver"
STOP_MS = 15_000
BEGUN_BY = "traceparent"  # the option of a message that carries what it was begun by

MOST_IN_RING, LEAST_IN_RING, RINGS_OF_A_BURST = 100, 10, 16
RINGS_AT_ONCE = 4  # answered by one process: each begins its sends and does not wait for them

Deliver = Callable[[Sequence[Claim]], None]


class DramatiqBell:
    """The doorbell over Dramatiq: in memory within one process, or between many.

    Between many it is RabbitMQ where `broker_url` names one, else Redis.
    """

    def __init__(
        self, redis_url: str | None, deliver: Deliver, broker_url: str | None = None
    ) -> None:
        """Raise TrothError when Redis or RabbitMQ can't be reached, or lets anybody in."""
        check_doorbell(redis_url, broker_url)
        self._begun_by = BegunBy()
        self._broker = _broker(redis_url, broker_url)
        if tracing.is_on():
            self._broker.add_middleware(self._begun_by)
        self._actor = dramatiq.Actor(
            partial(self._answer, deliver),
            broker=self._broker,
            actor_name=ACTOR,
            queue_name=QUEUE,
            priority=0,
            options={},
        )

    def ring(self, claims: Sequence[Claim]) -> None:
        """Send some messages of many claims each: a burst gives every process several."""
        size = min(MOST_IN_RING, max(LEAST_IN_RING, len(claims) // RINGS_OF_A_BURST))
        for start in range(0, len(claims), size):
            self._send(claims[start : start + size])

    def unheard(self) -> int:
        """Count the messages in the queue."""
        if isinstance(self._broker, RedisBroker):
            return int(self._broker.do_qsize(QUEUE))
        if isinstance(self._broker, StubBroker):
            return int(self._broker.queues[QUEUE].qsize())
        return rabbitmq.waiting(self._broker, QUEUE)

    def worker(self, idle_ms: int = 100) -> dramatiq.Worker:
        """Return a worker that answers the doorbell; its caller starts and stops it.

        An idle thread of it asks every `idle_ms` milliseconds whether it shall stop.
        """
        if not isinstance(self._broker, RedisBroker | StubBroker):
            rabbitmq.keep_in_touch(self._broker)
        return dramatiq.Worker(self._broker, worker_threads=RINGS_AT_ONCE, worker_timeout=idle_ms)

    def join(self, worker: dramatiq.Worker, seconds: float) -> None:
        """Wait until a worker has answered every ring; only the doorbell in memory can tell.

        Raises what a ring ended in, and QueueJoinTimeout after `seconds`.
        """
        self._broker.join(QUEUE, timeout=int(seconds * 1_000))
        worker.join()

    def _send(self, claims: Sequence[Claim]) -> None:
        """Send one message. What it was begun by stands beside the ids, not among them.

        A worker that makes no traces, or is of another version, passes over it.
        """
        carried = tracing.carried()
        options: dict[str, Any] = {BEGUN_BY: carried} if carried else {}
        self._actor.send_with_options(args=(claims,), **options)

    def _answer(self, deliver: Deliver, claims: Sequence[Sequence[int]]) -> None:
        with tracing.span("worker.ring", after=self._begun_by.get(), nudges=len(claims)):
            deliver([(nudge_id, attempt) for nudge_id, attempt in claims])

    def close(self) -> None:
        """Let the broker go."""
        self._broker.close()


class BegunBy(dramatiq.Middleware):
    """Keeps what the message that this thread answers was begun by."""

    def __init__(self) -> None:
        self._held = threading.local()

    def get(self) -> object:
        """Return it as it came, or None."""
        return getattr(self._held, "value", None)

    def before_process_message(
        self, _broker: dramatiq.Broker, message: dramatiq.MessageProxy
    ) -> None:
        """See dramatiq.Middleware."""
        self._held.value = message.options.get(BEGUN_BY)


def check_doorbell(redis_url: str | None, broker_url: str | None) -> None:
    """Raise TrothError when Redis or RabbitMQ, as far as named, can't be reached or is open."""
    if redis_url is not None:
        check_redis(redis_url)
    if broker_url is not None:
        rabbitmq.check_rabbitmq(broker_url)


def _broker(redis_url: str | None, broker_url: str | None) -> dramatiq.Broker:
    if broker_url is not None:
        return rabbitmq.open_broker(broker_url)
    if redis_url is None:
        return StubBroker(middleware=[])
    client = connect(redis_url)
    return RedisBroker(client=client, middleware=[], namespace="troth")  # type: ignore[no-untyped-call]
