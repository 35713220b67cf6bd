"""The name of a provider tells whose limits are shared, and nothing of a channel."""

import re
import string

import pytest
from apprise.manager_plugins import NotificationManager
from hypothesis import given
from hypothesis import strategies as st

from troth.delivery.provider import LONGEST, provider_of

HOST = "push.example.org"
SHAPES = [
    (schema, str(shape))
    for schema in sorted(NotificationManager().schemas())
    for shape in NotificationManager()[schema].templates
]
SECRETS = st.text(string.ascii_letters + string.digits + "._-+", min_size=6, max_size=40)


@pytest.mark.parametrize(
    ("url", "provider"),
    [
        ("troth://", "troth"),
        ("twilio://SID:token@15551234567/15557654321", "twilio"),
        ("tgram://123456789:abc_def/5551", "tgram"),
        ("ntfys://ntfy.sh/topic", "ntfys:ntfy.sh"),
        ("NTFYS://Ntfy.SH./topic", "ntfys:ntfy.sh"),
        ("ntfys://topic", "ntfys"),
        ("ntfys://topic.with.dots", "ntfys"),
        ("mailto://ana:hunter2@example.org", "mailto:example.org"),
        ("mailto://ana:hunter2@example.org?to=ben@example.com", "mailto:example.org"),
        ("json://127.0.0.1:8080/path", "json:127.0.0.1"),
        ("jsons://[::1]:8443/path", "jsons:::1"),
        ("signal://localhost:8080/15551234567/15557654321", "signal:localhost"),
        ("https://discord.com/api/webhooks/1/abc", "https:discord.com"),
        ("nosuch://example.org", "nosuch"),
        ("json://[::1", "json"),
        ("json://", "json"),
        ("not a url", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_provider_is_a_scheme_or_a_scheme_and_a_host(url: str, provider: str) -> None:
    assert provider_of(url) == provider


@given(st.sampled_from(SHAPES), st.data())
def test_no_provider_shows_more_of_a_channel_than_its_host(
    shape: tuple[str, str], data: st.DataObject
) -> None:
    schema, template = shape
    fixed = {"{schema}": schema, "{host}": HOST, "{port}": "8080", "{path}": "/push/"}
    url = re.sub(r"\{\w+\}", lambda part: fixed.get(part[0]) or data.draw(SECRETS), template)
    assert provider_of(url) in {schema, f"{schema}:{HOST}"}


@given(st.text(max_size=200))
def test_whatever_is_written_has_a_short_plain_name(text: str) -> None:
    for url in (text, f"json://{text}", f"https://{text}", f"ntfys://{text}.org/topic"):
        name = provider_of(url)
        assert re.fullmatch(r"[a-z0-9+.:-]+", name)
        assert len(name) <= LONGEST


def test_a_long_host_is_known_by_its_end() -> None:
    assert provider_of(f"json://{'a.' * 60}example.org/") == f"json:a{'.a' * 23}.example.org"
