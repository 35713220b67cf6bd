"""What went wrong with TLS, read from the error of a client: its cause, and its mend, in words.

Clients say only that nobody answers; what OpenSSL said stands behind that, or nowhere.
"""

import ssl
from collections.abc import Iterator

# Of X509_V_ERR_*, which `verify_code` holds.
NOT_YET, EXPIRED = 9, 10
OTHER_HOST, OTHER_ADDRESS = 62, 64
# Of the alerts by which the other side turns away who shows no certificate, or one not to its mind.
ASKED_FOR_OURS = ("CERTIFICATE_REQUIRED", "BAD_CERTIFICATE", "UNKNOWN_CA")


def flaw(error: BaseException, trust: str, ours: str) -> str | None:
    """Return what keeps TLS from being spoken, and what mends it; None where it is not TLS.

    `trust` says how to name whom to trust, `ours` how to name a certificate of our own.
    """
    for each in _behind(error):
        if isinstance(each, ssl.SSLCertVerificationError):
            return _of_certificate(each.verify_code, trust)
        if isinstance(each, ssl.SSLError):
            return _of_talk(each.reason or str(each), ours)
    return None


def _behind(error: BaseException) -> Iterator[BaseException]:
    """Give an error, and all that led to it: raised from, raised amid, or held."""
    left, seen = [error], set[int]()
    while left:
        each = left.pop(0)
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        behind = (each.__cause__, each.__context__, getattr(each, "exception", None), *each.args)
        left += [one for one in behind if isinstance(one, BaseException)]


def _of_certificate(code: int, trust: str) -> str:
    if code in (OTHER_HOST, OTHER_ADDRESS):
        return (
            "shows a certificate for another name; write the name that stands in the certificate, "
            "or have one made for the name that you use"
        )
    if code in (NOT_YET, EXPIRED):
        return "shows a certificate that does not hold today; renew it, and check this clock"
    return (
        "shows a certificate that nobody whom Troth trusts has given; check that it is the right "
        f"server, and name the authority that gave it: {trust}"
    )


def _of_talk(reason: str, ours: str) -> str:
    if "EOF" in reason:  # what it said before it hung up is lost where we were writing just then
        return f"hangs up: it may ask for a certificate of ours ({ours}), or speak no TLS there"
    if any(alert in reason for alert in ASKED_FOR_OURS):
        return f"asks for a certificate of ours, or does not trust it; name one: {ours}"
    return "does not speak TLS there, or only in unsafe ways; check the port and the scheme"
