"""The doorbell: tells workers that claimed nudges wait. It carries ids and nothing else."""

from collections.abc import Sequence
from typing import Protocol

from troth.store.claims import Claim


class Doorbell(Protocol):
    """Something that makes a worker look. A ring may be lost or heard twice; SQL knows better."""

    def ring(self, claims: Sequence[Claim]) -> None:
        """Announce claimed nudges; raises where nobody can be told."""
        ...

    def unheard(self) -> int:
        """Count the messages that no worker has taken yet; raises where nobody can be told."""
        ...
