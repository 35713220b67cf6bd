"""What a provider is spared: leave to begin a send is asked for, and given back when it ends."""

from contextlib import AbstractContextManager
from typing import Protocol


class Limits(Protocol):
    """Something that knows how much each provider is given at most."""

    def permit(self, provider: str) -> AbstractContextManager[object] | None:
        """Return leave for one send, to be closed when it ends; None where there is none now."""
        ...
