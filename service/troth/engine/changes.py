"""What applying schedule files changes, line by line."""

from dataclasses import dataclass
from enum import StrEnum


class ChangeKind(StrEnum):
    """What happened to a thing of the store."""

    ADDED = "added"
    CHANGED = "changed"
    RETIRED = "retired"


@dataclass(frozen=True)
class Change:
    """One line of the plan."""

    kind: ChangeKind
    couple: str
    what: str
    detail: str = ""

    def __str__(self) -> str:
        detail = f" ({self.detail})" if self.detail else ""
        return f"{self.kind:8} {self.couple}: {self.what}{detail}"
