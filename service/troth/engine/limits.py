"""What a provider is spared: each send needs a permit, which is given back when it ends."""

from contextlib import AbstractContextManager
from typing import Protocol


class Limits(Protocol):
    """Something that knows how much each provider is given at most."""

    def permit(self, provider: str) -> AbstractContextManager[object] | None:
        """Return a permit of one send, to be closed at its end; None where there is none now."""
        ...

    def close(self) -> None:
        """Let go of what counts the permits."""
        ...
