"""What sends rely on in Apprise, requests and urllib3: a release that changes it fails here."""

import inspect
import re
import time
from pathlib import Path

import apprise
import pytest
import requests
import urllib3
from apprise import Apprise
from apprise.plugins.email import smtp
from requests import Session

from tests.delivery.conftest import Send
from tests.delivery.provider_server import Provider, answer
from troth.delivery.connections import MOST_IDLE, Connections
from troth.delivery.contexts import MailContext
from troth.delivery.courier import Courier
from troth.delivery.exchange import Exchange, exchanging
from troth.delivery.outcome import Sent
from troth.delivery.session import OPTIONS

PLUGINS = sorted((Path(apprise.__file__).parent / "plugins").rglob("*.py"))
OWN_SESSION = re.compile(
    r"requests\.(Session|session|sessions|adapters)\b|from requests import|\bHTTPAdapter\b"
    r"|\burllib3\b|\burlopen\b|http\.client|HTTPPolicy\("
)
KNOWN_OWN = {"nostr/relay.py"}  # sockets of its own: kept to public addresses, and never pooled


def test_every_plugin_sends_by_the_functions_of_requests() -> None:
    found = {
        str(file.relative_to(PLUGINS[0].parents[0]))
        for file in PLUGINS
        if OWN_SESSION.search(file.read_text(encoding="utf-8"))
    }
    assert found == KNOWN_OWN, "a plugin of Apprise has its own way out: bound it, or name it here"


@pytest.mark.parametrize("method", ["get", "options", "head", "post", "put", "patch", "delete"])
def test_every_function_of_requests_goes_through_our_session(
    provider: Provider, courier: Courier, method: str
) -> None:
    connections = Connections(keep=True)
    with exchanging(Exchange(connections)) as exchange:
        getattr(requests, method)(f"http://127.0.0.1:{provider.port}/ana", timeout=10)
    connections.close()
    assert exchange.status == 200, "requests no longer looks for sessions in requests.api.sessions"


def test_our_session_knows_every_option_that_requests_has() -> None:
    theirs = set(inspect.signature(Session.request).parameters) - {"self", "method", "url"}
    assert theirs == OPTIONS, "requests has other options: let LightSession honour or refuse them"


def test_an_option_that_nobody_knows_is_refused(courier: Courier) -> None:
    connections = Connections(keep=True)
    with exchanging(Exchange(connections)), pytest.raises(TypeError):
        requests.post("http://127.0.0.1:9/", fire=True, timeout=1)  # type: ignore[call-arg] # that is the point
    connections.close()


def test_connections_for_as_many_as_a_worker_has_greenlets_are_kept() -> None:
    connections = Connections(keep=True)
    pool = connections.poolmanager.connection_from_url("http://127.0.0.1:9/")
    assert type(pool).__module__.startswith("troth."), "urllib3 makes its pools elsewhere"
    assert MOST_IDLE >= 1_000
    connections.close()


def test_urllib3_is_told_to_try_nothing_twice() -> None:
    retries = Connections(keep=True).max_retries
    assert (retries.total, retries.read) == (0, False), "requests lets urllib3 send again"
    assert isinstance(retries, urllib3.Retry)


def test_mails_ask_for_their_context_where_ours_stands(courier: Courier) -> None:
    made = smtp.ssl.create_default_context()
    assert isinstance(made, MailContext)
    source = inspect.getsource(smtp)
    uses = set(re.findall(r"\bcontext\.(\w+)", source))
    assert uses <= {"check_hostname", "verify_mode"}, "Apprise's mails ask more of their context"


def test_a_plugin_made_afresh_does_not_wait_for_the_one_before(
    provider: Provider, send: Send
) -> None:
    url = provider.url.replace("json://", "ntfy://") + "/topic?image=no"
    plugin = Apprise.instantiate(url)
    assert plugin is not None
    assert plugin.request_rate_per_sec > 1, "Apprise's plugins no longer wait: keep them, perhaps"
    provider.answers["/"] = answer(200, body=b"{}")
    begun = time.monotonic()
    for _ in range(3):
        assert send(url) == Sent()
    assert time.monotonic() - begun < plugin.request_rate_per_sec
