"""The RabbitMQ of a cluster: how it is reached, whether it keeps strangers out, how it is rung.

pika is imported only where there is one: it comes with the extra of that name.
"""

import logging
from typing import TYPE_CHECKING

from troth.errors import TrothError
from troth.sockets import is_loopback

if TYPE_CHECKING:
    import pika
    from dramatiq import Broker
    from dramatiq.brokers.rabbitmq import RabbitmqBroker

FORM = "amqp://troth:PASSWORD@HOST:5672/troth (amqps:// for TLS; ; between several of one cluster)"
GUEST = "guest"
# A machine that lost power says nothing more, and a broker without room takes nothing more.
PATIENCE = {"socket_timeout": 5.0, "stack_timeout": 5.0, "blocked_connection_timeout": 10.0}
HEARTBEAT = 60  # seconds; who answers rings sends it, who only rings has other ways to notice
KEPT_ALIVE = {
    "TCP_KEEPIDLE": 15,  # seconds of silence until the other side is asked whether it is there
    "TCP_KEEPINTVL": 5,
    "TCP_KEEPCNT": 3,
    "TCP_USER_TIMEOUT": 15_000,  # milliseconds until what was sent must have been received
}


def check_rabbitmq(url: str) -> None:
    """Raise TrothError when RabbitMQ can't be reached, or lets in whoever knows its default."""
    for each in _read(url):
        _refuse_guest(each)
    try:
        _knock(*_read(url))
    except PermissionError:
        raise TrothError(
            "RabbitMQ refuses the name, the password or the virtual host in TROTH_BROKER_URL; "
            "check them: rabbitmqctl list_permissions -p troth"
        ) from None
    except ConnectionError:
        raise TrothError(
            "RabbitMQ (TROTH_BROKER_URL) does not answer; check that it runs, and its address"
        ) from None
    for each in _read(url):
        if not is_loopback(each.host) and _lets_guests_in(each):
            raise TrothError(
                "RabbitMQ (TROTH_BROKER_URL) lets anybody in from anywhere as guest with its "
                "default password; delete that user: rabbitmqctl delete_user guest"
            )


def open_broker(url: str) -> "RabbitmqBroker":
    """Return the broker behind this URL. What is sent is confirmed, or sending it fails."""
    parameters = _read(url)
    from dramatiq.brokers.rabbitmq import RabbitmqBroker

    broker = RabbitmqBroker(confirm_delivery=True, middleware=[])
    broker.parameters = parameters
    # It tells every lost connection with a traceback of its own; who used it tells it, too.
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    return broker


def keep_in_touch(broker: "Broker") -> None:
    """Let whoever answers rings be seen to live: its connections are looked after all the time.

    A clock's are not: RabbitMQ would close each that rings nothing for two minutes, with a warning.
    """
    for each in _ours(broker).parameters:
        each.heartbeat = HEARTBEAT


def waiting(broker: "Broker", queue: str) -> int:
    """Count the messages that wait in a queue; those that somebody answers are not among them."""
    from pika.exceptions import AMQPChannelError, AMQPConnectionError

    ours = _ours(broker)
    try:
        return _count(ours, queue)
    except (AMQPConnectionError, AMQPChannelError):
        # It broke since it was last used, or RabbitMQ was made anew and knows no queue.
        del ours.connection
        ours.queues_pending.add(queue)
        return _count(ours, queue)


def _count(broker: "RabbitmqBroker", queue: str) -> int:
    broker.declare_queue(queue, ensure=True)
    return int(broker.channel.queue_declare(queue, passive=True).method.message_count)


def _ours(broker: "Broker") -> "RabbitmqBroker":
    from dramatiq.brokers.rabbitmq import RabbitmqBroker

    assert isinstance(broker, RabbitmqBroker)  # noqa: S101 - opened here
    return broker


def _read(url: str) -> "list[pika.URLParameters]":
    """Read one address or several; raises TrothError."""
    try:
        import pika
    except ImportError:
        raise TrothError(
            "TROTH_BROKER_URL names RabbitMQ, whose client is not installed; "
            "install Troth with its rabbitmq extra: pip install 'troth[cluster,rabbitmq]'"
        ) from None
    found = []
    for part in url.split(";"):
        try:
            found.append(_with_patience(pika.URLParameters(_amqp(part.strip())), part))
        # A part that is missing, an option that is no Python literal, a file that is not there.
        except (ValueError, TypeError, AttributeError, SyntaxError, OSError):
            raise TrothError(f"TROTH_BROKER_URL is no address of RabbitMQ; write {FORM}") from None
    return found


def _amqp(url: str) -> str:
    if not url.startswith(("amqp://", "amqps://")):
        raise ValueError("not this protocol")
    return url


def _with_patience(parameters: "pika.URLParameters", url: str) -> "pika.URLParameters":
    for name, value in {**PATIENCE, "heartbeat": 0, "tcp_options": KEPT_ALIVE}.items():
        if f"{name}=" not in url:
            setattr(parameters, name, value)
    parameters.client_properties = {"connection_name": "troth"}
    return parameters


def _refuse_guest(parameters: "pika.URLParameters") -> None:
    login = parameters.credentials
    if (login.username, login.password) == (GUEST, GUEST) and not is_loopback(parameters.host):
        raise TrothError(
            "TROTH_BROKER_URL uses guest with its default password, which everybody knows, or "
            f"names nobody; make a user for Troth: rabbitmqctl add_user troth, and write {FORM}"
        )


def _knock(*parameters: "pika.URLParameters") -> None:
    """Connect once. Raises PermissionError or ConnectionError."""
    import pika
    from pika import exceptions

    turned_away = (
        exceptions.ProbableAuthenticationError,
        exceptions.AuthenticationError,
        exceptions.ProbableAccessDeniedError,
    )
    try:
        pika.BlockingConnection(parameters).close()
    except exceptions.AMQPError as error:
        refused = isinstance(error, turned_away) or getattr(error, "reply_code", 0) in (403, 530)
        raise (PermissionError if refused else ConnectionError) from None
    except (OSError, UnicodeError, TypeError):  # a name or an option that leads nowhere
        raise ConnectionError from None


def _lets_guests_in(parameters: "pika.URLParameters") -> bool:
    import pika

    login, parameters.credentials = parameters.credentials, pika.PlainCredentials(GUEST, GUEST)
    try:
        _knock(parameters)
    except OSError:
        return False
    finally:
        parameters.credentials = login
    return True
