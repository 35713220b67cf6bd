"""TLS contexts that many connections share, each with one way of verifying for as long as it lives.

Reading the authorities' certificates costs 17-21 ms of CPU; a context made anew for each connection
reads them each time. requests and urllib3 do that for HTTPS, Apprise does it for every mail.
"""

import ssl
import threading
from pathlib import Path
from typing import Any

from apprise.plugins.email import smtp
from requests.exceptions import SSLError
from requests.utils import DEFAULT_CA_BUNDLE_PATH

Verify = bool | str  # True: the usual authorities; a path: these alone; False: nobody is asked
Certificate = str | tuple[str, str] | None  # what a client shows of itself: a file, or two


class SharedContext(ssl.SSLContext):
    """A client's context that is complete when it is made.

    urllib3 sets the protocols again for each connection. OpenSSL then frees the old list, which
    another thread may be copying into its own connection at that moment: so it is set here, once.
    """

    def set_alpn_protocols(self, alpn_protocols: Any) -> None:  # noqa: ANN401 - typed as ssl's
        """Leave the protocols as they are."""


class Contexts:
    """Makes each context once. Those that verify and those that do not are never the same one."""

    def __init__(self) -> None:
        self._made: dict[tuple[Verify, Certificate], SharedContext] = {}
        self._lock = threading.Lock()

    def of(self, verify: Verify, cert: Certificate = None) -> SharedContext:
        """Return the one context for this way of verifying and this client certificate.

        Raises SSLError, of which nothing has left yet, when a file can't be read.
        """
        known = self._made.get((verify, cert))
        if known is not None:
            return known
        with self._lock:
            if (verify, cert) not in self._made:
                self._made[verify, cert] = _make(verify, cert)
            return self._made[verify, cert]


def _make(verify: Verify, cert: Certificate) -> SharedContext:
    context = SharedContext(ssl.PROTOCOL_TLS_CLIENT)  # verifies certificate and host
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_TICKET
    ssl.SSLContext.set_alpn_protocols(context, ["http/1.1"])
    try:
        if verify is False:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        else:
            _trust(context, DEFAULT_CA_BUNDLE_PATH if verify is True else verify)
        if cert is not None:
            context.load_cert_chain(*((cert,) if isinstance(cert, str) else cert))
    except OSError as error:
        raise SSLError("a certificate file can't be read") from error
    return context


def _trust(context: ssl.SSLContext, authorities: str) -> None:
    if Path(authorities).is_dir():
        context.load_verify_locations(capath=authorities)
    else:
        context.load_verify_locations(cafile=authorities)


class MailContext:
    """Stands for the context that Apprise makes for a mail, and makes none.

    Apprise may turn verifying off in it; that is written here, and picks which shared one is used.
    """

    _lock = threading.Lock()
    _shared: dict[bool, ssl.SSLContext] = {}  # noqa: RUF012 - one for the whole process

    def __init__(self) -> None:
        self.check_hostname = True
        self.verify_mode = ssl.CERT_REQUIRED

    def wrap_socket(self, *args: Any, **kwargs: Any) -> ssl.SSLSocket:  # noqa: ANN401 - ssl's own
        """Wrap with the shared context that verifies, unless both settings were turned off."""
        verifies = self.check_hostname or self.verify_mode is not ssl.CERT_NONE
        return self._of(verifies=verifies).wrap_socket(*args, **kwargs)

    @classmethod
    def _of(cls, *, verifies: bool) -> ssl.SSLContext:
        with cls._lock:
            if verifies not in cls._shared:
                context = ssl.create_default_context()
                if not verifies:
                    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
                cls._shared[verifies] = context
            return cls._shared[verifies]


class _MailSSL:
    """What Apprise's mail module sees as `ssl`."""

    create_default_context = MailContext

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever ssl has
        return getattr(ssl, name)


def share_mail_contexts() -> None:
    """Let Apprise's mails share contexts. Asking again changes nothing."""
    if not isinstance(smtp.ssl, _MailSSL):
        smtp.ssl = _MailSSL()
