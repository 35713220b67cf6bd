"""The hooks by which a mechanism takes part: at an answer, at an occasion, after settling."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from troth.domain.ritual import Ritual
from troth.engine.visit import Visit
from troth.store.occasions import Occasion
from troth.store.records import Couple, Occurrence
from troth.store.vault import Vault


@dataclass(frozen=True)
class Scene:
    """Where something happens to a couple's ritual, beside the door: in the clock's rounds."""

    vault: Vault = field(repr=False)
    couple: Couple
    ritual: Ritual
    now: datetime


@dataclass(frozen=True)
class Opening:
    """How an occasion opens its occurrence. `asks` is by partner key: only these are asked.

    What is left out, the practice gives.
    """

    asks: Mapping[str, str] | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    window: timedelta | None = None
    prompt: str | None = None


Answered = Callable[[Connection, Visit, Occurrence, Ritual], str | None]
"""What follows from an answer; returns what is said back instead of the usual, or None."""

TakenBack = Callable[[Connection, Visit, Occurrence, Ritual], None]
"""What follows from an answer that was taken back; the occurrence is as it stands without it."""

Opener = Callable[[Connection, Scene, Occasion], Opening | None]
"""How an occasion is opened, as things stand at its moment; None where it has none any more."""

Reviewer = Callable[[Connection, Scene, Row[Any], Occurrence], None]
"""What follows from what an occurrence settled to; the row is its ritual's."""
