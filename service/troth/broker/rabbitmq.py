"""The RabbitMQ of a cluster: how it is reached, whether it keeps strangers out, how it is rung.

pika is imported only where there is one: it comes with the extra of that name.
"""

import logging
from typing import TYPE_CHECKING

from troth.broker import certificates
from troth.broker.rabbitmq_address import FORM, read
from troth.errors import TrothError
from troth.sockets import is_loopback

if TYPE_CHECKING:
    import pika
    from dramatiq import Broker
    from dramatiq.brokers.rabbitmq import RabbitmqBroker

GUEST = "guest"
AWAY = "does not answer; check that it runs, and its address"
TRUST = "SSL_CERT_FILE=/path, or ssl_options={'ca_certs':'/path'} in TROTH_BROKER_URL"
OURS = "ssl_options={'ca_certs':'/path','certfile':'/path','keyfile':'/path'} in TROTH_BROKER_URL"
HEARTBEAT = 60  # seconds; who answers rings sends it, who only rings has other ways to notice


def check_rabbitmq(url: str) -> None:
    """Raise TrothError when RabbitMQ can't be reached, or lets in whoever knows its default."""
    for each in read(url):
        _refuse_guest(each)
    try:
        _knock(*read(url))
    except PermissionError:
        raise TrothError(
            "RabbitMQ refuses the name, the password or the virtual host in TROTH_BROKER_URL; "
            "check them: rabbitmqctl list_permissions -p troth"
        ) from None
    except ConnectionError as error:
        flaw = certificates.flaw(error, TRUST, OURS) or AWAY
        raise TrothError(f"RabbitMQ (TROTH_BROKER_URL) {flaw}") from None
    for each in read(url):
        if not is_loopback(each.host) and _lets_guests_in(each):
            raise TrothError(
                "RabbitMQ (TROTH_BROKER_URL) lets anybody in from anywhere as guest with its "
                "default password; delete that user: rabbitmqctl delete_user guest"
            )


def open_broker(url: str) -> "RabbitmqBroker":
    """Return the broker behind this URL. What is sent is confirmed, or sending it fails."""
    parameters = read(url)
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
        raise (PermissionError if refused else ConnectionError) from error
    except (OSError, UnicodeError, TypeError) as error:  # a name or an option that leads nowhere
        raise ConnectionError from error


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
