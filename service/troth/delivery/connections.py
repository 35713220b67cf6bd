"""The connections that sends share, and nothing else of a request."""

import os
from typing import Any
from urllib.request import getproxies

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

from troth.delivery.contexts import Certificate, Contexts, SharedContext, Verify
from troth.delivery.wire import POOLS

MOST_HOSTS = 100  # whose connections are kept; the one unused for longest goes first
MOST_IDLE = 1_000  # connections to one host: as many as a worker has greenlets

_CONTEXTS = Contexts()


class Connections(HTTPAdapter):
    """The way out for HTTP: holds connections and TLS contexts.

    What the environment says of proxies and authorities is read once: reading it for each request
    cost a fifth of a send.
    """

    def __init__(self, *, keep: bool) -> None:
        self._has_proxies = bool(getproxies())
        bundle = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
        self._authorities: Verify = bundle or True
        super().__init__(pool_connections=MOST_HOSTS, pool_maxsize=MOST_IDLE if keep else 0)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxies_for(self, url: str) -> dict[str, str]:
        """Return the proxies that the environment names for this URL."""
        return get_environ_proxies(url) if self._has_proxies else {}

    def build_connection_pool_key_attributes(
        self,
        request: PreparedRequest,
        verify: Any,  # noqa: ANN401 - as requests has it
        cert: Any = None,  # noqa: ANN401 - as requests has it
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Pick the pool by host and TLS context, so that ways of verifying never mix."""
        host, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        if host["scheme"] != "https":
            return host, {}
        return host, {"ssl_context": self._context(verify, cert)}

    def cert_verify(self, *_args: Any) -> None:  # noqa: ANN401 - as requests has it
        """Add nothing: the context is complete, and a shared pool is not to be written to."""

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:  # noqa: ANN401 - as requests has it
        """Keep and bound connections by way of a proxy like the others."""
        if proxy.lower().startswith("https"):
            kwargs["proxy_ssl_context"] = self._context(None)
        manager = super().proxy_manager_for(proxy, **kwargs)
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = POOLS
        return manager

    def _context(self, verify: Verify | None, cert: Certificate = None) -> SharedContext:
        trusted = self._authorities if verify is None or verify is True else verify
        return _CONTEXTS.of(trusted, cert)
