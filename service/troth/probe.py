"""Ask a running Troth how it is: `python -m troth.probe URL` for images, which have no curl.

Exit 0 where it answers 200; else 1, with the reason on one line, also for an address that is none:
2 is not for health checks to give, says Docker. It needs the standard library
alone, for it is started every few seconds.
"""

import http.client
import sys
from urllib.parse import urlsplit

SECONDS = 4.0  # shorter than what gives a check up from outside
MOST = 500  # characters of an answer that are shown


def ask(url: str) -> str | None:
    """Return why the service at this http:// address is not well, or None where it is.

    Proxies of the environment are not asked: the service is on the same machine.
    """
    try:
        parts = urlsplit(url)
        if parts.scheme != "http" or parts.hostname is None:
            return _no_address(url)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=SECONDS)
        return _ask(connection, url, parts.path or "/")
    except (ValueError, http.client.InvalidURL):  # a port that is none, a space, a stray bracket
        return _no_address(url)


def _no_address(url: str) -> str:
    return f"{url!r} is no address to ask; give one like http://127.0.0.1:8787/readyz"


def _ask(connection: http.client.HTTPConnection, url: str, path: str) -> str | None:
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        said = answer.read(MOST).decode(errors="replace")
    except http.client.InvalidURL:
        raise
    except (OSError, http.client.HTTPException) as error:
        return f"{url} does not answer ({error}); check that the role runs and listens there"
    finally:
        connection.close()
    return None if answer.status == http.client.OK else f"{answer.status}: {said}"


def main() -> int:
    """Ask the address on the command line; return the exit code."""
    problem = ask(sys.argv[1] if len(sys.argv) > 1 else "")
    if problem is not None:
        sys.stderr.write(f"troth.probe: {problem}\n")
    return 1 if problem else 0


if __name__ == "__main__":
    sys.exit(main())
