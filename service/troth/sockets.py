"""Addresses: taken to listen on before anything else starts, and told from those elsewhere."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address

from troth.errors import TrothError, cause_of


def is_loopback(host: str) -> bool:
    """Say whether a host, as an address names it, is this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def bound(host: str, port: int, who: str, mend: str) -> Iterator[socket.socket]:
    """Give a socket that listens; raises TrothError, for `who` and with the mend, where none can.

    Port 0 takes any that is free.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(128)
        except (OSError, OverflowError) as error:  # the latter for a port beyond 65535
            cause = cause_of(error)
            raise TrothError(f"{who} can't listen on {host}:{port}: {cause}; {mend}") from error
        yield listener
