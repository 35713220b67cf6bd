"""The address of a RabbitMQ, read: one node or several, and the patience with each.

pika is imported only where there is one: it comes with the extra of that name.
"""

from typing import TYPE_CHECKING

from troth.errors import TrothError

if TYPE_CHECKING:
    import pika

FORM = "amqp://troth:PASSWORD@HOST:5672/troth (amqps:// for TLS; ; between several of one cluster)"
# A machine that lost power says nothing more, and a broker without room takes nothing more.
PATIENCE = {"socket_timeout": 5.0, "stack_timeout": 5.0, "blocked_connection_timeout": 10.0}
KEPT_ALIVE = {
    "TCP_KEEPIDLE": 15,  # seconds of silence until the other side is asked whether it is there
    "TCP_KEEPINTVL": 5,
    "TCP_KEEPCNT": 3,
    "TCP_USER_TIMEOUT": 15_000,  # milliseconds until what was sent must have been received
}


def read(url: str) -> "list[pika.URLParameters]":
    """Read one address, or several with `;` between them. Raises TrothError, shows no secret."""
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
