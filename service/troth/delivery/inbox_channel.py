"""The `troth://` channel: an Apprise plugin that lays a nudge into the built-in web inbox.

It makes the first run work without any account anywhere.
"""

from collections.abc import Callable
from typing import Any

from apprise import AppriseAsset
from apprise.manager_plugins import NotificationManager
from apprise.plugins import NotifyBase
from apprise.url import URLBase

SCHEME = "troth"
LayInInbox = Callable[[int, int, str, str], None]  # partner, nudge, title, body


class InboxAsset(AppriseAsset):  # type: ignore[misc] # Apprise has no type marker
    """What Apprise hands every plugin, with the way into the inbox."""

    lay_in_inbox: LayInInbox | None = None


class InboxChannel(NotifyBase):  # type: ignore[misc] # Apprise has no type marker
    """Delivers `troth://PARTNER/NUDGE` by one insert."""

    service_name = "Troth inbox"
    secure_protocol = SCHEME
    title_maxlen = 200
    body_maxlen = 8_000
    templates = ("{schema}://",)

    def __init__(self, host: str | None = None, **kwargs: Any) -> None:  # noqa: ANN401 - Apprise's
        super().__init__(**kwargs)
        self._partner = host or ""
        self._nudge = "/".join(part for part in (kwargs.get("fullpath") or "").split("/") if part)

    def url(self, privacy: bool = False, *_args: Any, **_kwargs: Any) -> str:  # noqa: ANN401, ARG002
        """Return the address; it holds row ids, which are no secret."""
        return f"{SCHEME}://{self._partner}/{self._nudge}"

    def send(self, body: str, title: str = "", **_kwargs: Any) -> bool:  # noqa: ANN401
        """Lay one nudge in; a repeated delivery of the same nudge changes nothing."""
        if self.asset.lay_in_inbox is None:
            return False
        self.asset.lay_in_inbox(int(self._partner), int(self._nudge), title, body)
        return True

    @staticmethod
    def parse_url(url: str) -> dict[str, Any] | None:
        """Take `troth://` as people write it, and the addressed form made for a send."""
        parsed: dict[str, Any] | None = URLBase.parse_url(url, verify_host=False)
        return parsed


def register() -> None:
    """Make Apprise know the channel; asking again changes nothing."""
    plugins = NotificationManager()
    if SCHEME not in plugins:
        plugins.add(InboxChannel, schemas=SCHEME)
