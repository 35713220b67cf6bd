"""A burst: many couples whose rituals all fall due in the same minute, and what each will say."""

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from tests.faults.sink import Sink
from tests.faults.sizes import Size
from tests.support.bursts import agree, fall_due
from tests.support.wire import Arrival
from troth.bootstrap import Store
from troth.domain.states import Excuse, OccurrenceState
from troth.engine.apply import apply
from troth.schedules.load import load_schedules
from troth.store.tables import couples

PARTNERS = ("ana", "ben")
Asked = tuple[int, int]  # number of the couple, number of its ritual
One = tuple[Asked, str]  # one partner's part in it
Words = tuple[str | None, str | None]  # what Ana says, what Ben says; None is silence
End = tuple[OccurrenceState, Excuse | None]

KEPT, PARTIAL = (OccurrenceState.KEPT, None), (OccurrenceState.PARTIAL, None)
MISSED = (OccurrenceState.MISSED, None)
SKIPPED = (OccurrenceState.EXCUSED, Excuse.SKIPPED)
DIFFERING = (OccurrenceState.EXCUSED, Excuse.DIFFERING)
UNDELIVERED = (OccurrenceState.EXCUSED, Excuse.UNDELIVERED)
ENDS: dict[Words, End] = {
    ("done", "done"): KEPT,
    ("done", None): PARTIAL,
    (None, None): MISSED,
    ("no", "no"): MISSED,
    ("done", "no"): DIFFERING,
    ("skip", None): SKIPPED,
    (None, "done"): PARTIAL,
    (None, "no"): MISSED,
    ("no", None): MISSED,
}
_PLAYS = tuple(ENDS)

FILE = """\
couple = "Couple {number}"
timezone = "UTC"
[partners.ana]
{most}
name = "Ana"
channels = [{ana}]
[partners.ben]
{most}
name = "Ben"
channels = [{ben}]
{rituals}
"""
RITUAL = """\
[rituals.evening-{ritual}]
practice = "shared-coffee"
cron = "0 4 {day} {month} *"
window = "2h"
rule = "both"
remind = []
texts = ["evening {number}-{ritual}."]
"""
_ASKED = re.compile(r"evening (\d+)-(\d+)\.")
_numbers = itertools.count(1)


@dataclass
class Burst:
    """Who is asked what, and what they answer.

    Each of `providers` holds names of providers that are tried in turn; couples take them in turn.
    """

    size: Size
    providers: Sequence[tuple[str, ...]] = (("kind",),)
    silent: bool = False  # nobody ever answers
    former: Callable[[Path], None] | None = None  # applies their files as an older release does
    numbers: list[int] = field(default_factory=list)
    ids: dict[int, int] = field(default_factory=dict)  # of couples, by number
    unreached: set[One] = field(default_factory=set)  # to whom nothing comes
    unrecorded: set[One] = field(default_factory=set)  # to whom something came, unknown to us
    unsaid: set[Asked] = field(default_factory=set)  # where who was reached waits for the other

    def __post_init__(self) -> None:
        self.numbers = list(itertools.islice(_numbers, self.size.couples))

    @property
    def asked(self) -> list[Asked]:
        return list(itertools.product(self.numbers, range(self.size.rituals)))

    def ways(self, number: int) -> tuple[str, ...]:
        """The providers that bring a couple's nudges, in the order in which they are tried."""
        return self.providers[self.numbers.index(number) % len(self.providers)]

    def nobody_takes(self, *providers: str) -> None:
        """Remember that nothing comes to those who have only these."""
        lonely = [one for one in self.asked if self.ways(one[0])[-1] in providers]
        self.unreached |= {(asked, key) for asked in lonely for key in PARTNERS}

    def words(self, asked: Asked) -> Words:
        """What the two say to one ritual; who is not reached says nothing."""
        said = (None, None) if self.silent else _PLAYS[sum(asked) % len(_PLAYS)]
        if asked in self.unsaid:
            said = (None if said[0] != "done" else said[0], None if said[1] != "done" else said[1])
        first, second = (
            None if (asked, key) in self.unreached else word
            for key, word in zip(PARTNERS, said, strict=True)
        )
        return first, second

    def end(self, asked: Asked) -> End:
        """What one ritual must settle to: a miss needs a delivery."""
        words = dict(zip(PARTNERS, self.words(asked), strict=True))
        unheard = self.unreached | self.unrecorded
        end = ENDS[words["ana"], words["ben"]]
        if end in (PARTIAL, MISSED) and any(
            word is None and (asked, key) in unheard for key, word in words.items()
        ):
            return UNDELIVERED
        return end

    def falls_due(
        self, store: Store, sink: Sink, folder: Path, after: timedelta = timedelta()
    ) -> None:
        """Apply the couples' files, confirm their channels, and let all rituals fall due `after`.

        Their slot is the minute of that moment.
        """
        now = store.clock.now()
        folder = folder / f"burst-{self.numbers[0]}"
        folder.mkdir(parents=True)
        for number in self.numbers:
            (folder / f"{number}.toml").write_text(self._file(number, sink, now))
        if self.former is not None:
            self.former(folder)
        else:
            found = load_schedules([folder], lambda _url: True)
            # As of a later day, so that no clock sends a question of consent before it is
            # withdrawn.
            apply(store.db, store.vault, found.couples, [folder], now + timedelta(days=30))
        self.ids = self._found(store)
        agree(store, self.ids.values())
        fall_due(store, now + after, couple_ids=self.ids.values())

    def _file(self, number: int, sink: Sink, now: datetime) -> str:
        coming = now + timedelta(days=180)  # nothing but the burst may fall due meanwhile
        ways = {
            key: ", ".join(
                f'{{ url = "{sink.url(f"/{provider}/{key}-{number}")}", sensitivity = "open" }}'
                for provider in self.ways(number)
            )
            for key in PARTNERS
        }
        listed = [
            RITUAL.format(ritual=ritual, number=number, day=min(coming.day, 28), month=coming.month)
            for ritual in range(self.size.rituals)
        ]
        most = "" if self.former else "nudges_a_day = 24"  # which older releases do not know
        return FILE.format(number=number, rituals="".join(listed), most=most, **ways)

    def _found(self, store: Store) -> dict[int, int]:
        names = {f"Couple {number}": number for number in self.numbers}
        known = select(couples.c.id, couples.c.name).where(couples.c.name.in_(names))
        with store.db.reading() as conn:
            return {names[row.name]: row.id for row in conn.execute(known)}


def asked_by(arrival: Arrival) -> tuple[Asked, str]:
    """Which ritual of which couple a message is about, and whom it reached."""
    found = _ASKED.search(arrival.body)
    assert found is not None, arrival
    key = arrival.path.split("/")[2].partition("-")[0]
    return (int(found[1]), int(found[2])), key
