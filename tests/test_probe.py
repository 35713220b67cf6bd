"""What images ask instead of curl: a service that is well, one that is not, one that is gone."""

import subprocess
import sys
from collections.abc import Callable

from tests.support.processes import Process
from troth.probe import ask

PROBE = (sys.executable, "-m", "troth.probe")


def _ask(*url: str) -> tuple[int, str]:
    proxied = {"http_proxy": "http://127.0.0.1:1", "HTTP_PROXY": "http://127.0.0.1:1"}
    done = subprocess.run([*PROBE, *url], check=False, capture_output=True, text=True, env=proxied)
    return done.returncode, done.stdout + done.stderr


def test_a_service_that_is_well_is_found_well_and_one_that_is_gone_is_not(
    start_troth: Callable[..., Process], free_port: int
) -> None:
    troth = start_troth("web", TROTH_PORT=str(free_port))
    troth.wait_for_port(free_port)
    address = f"http://127.0.0.1:{free_port}"
    assert _ask(f"{address}/readyz") == (0, "")
    code, said = _ask(f"{address}/nowhere")
    assert (code, said[:16]) == (1, "troth.probe: 404")
    troth.kill()
    code, said = _ask(f"{address}/readyz")
    assert code == 1
    assert "check that the role runs" in said


def test_what_is_no_address_is_told_how_to_be_one() -> None:
    nowhere = ("", "127.0.0.1:8787", "ftp://127.0.0.1/", "http://", "http://[::1/readyz")
    ports = ("http://127.0.0.1:web/", "http://127.0.0.1:99999/", "http://127.0.0.1:-1/")
    strange = ("http://a b/", "http://127.0.0.1/a b", "http://127.0.0.1/ä", f"http://{'a' * 64}/")
    for url in (*nowhere, *ports, *strange):
        problem = ask(url)
        assert problem is not None
        assert "give one like http://127.0.0.1:8787/readyz" in problem
    for given in ((), ("http://127.0.0.1:web/",)):
        code, said = _ask(*given)
        assert (code, said.count("\n")) == (1, 1)  # Docker knows 0 and 1
        assert "give one like" in said
