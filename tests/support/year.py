"""What may be asked of any simulated log, however long: a nudge is never a nuisance.

Each check returns what breaks it, so that a test shows all of it.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from troth.domain.states import NudgePurpose
from troth.simulation.log import Nudged
from troth.simulation.run import Simulated

# What comes of what partners have just said; all else comes unprompted.
PROMPTED = frozenset(
    {
        NudgePurpose.ANSWER,
        NudgePurpose.CONSENT,
        NudgePurpose.SNOOZE,
        NudgePurpose.STEP,
    }
)
A_WHILE = timedelta(days=7)
MOST_A_DAY = 3


def unprompted(simulated: Simulated) -> list[Nudged]:
    """Every nudge that its partner had not just asked for, oldest first."""
    nudges = [entry for entry in simulated.log if isinstance(entry, Nudged)]
    return [nudge for nudge in nudges if nudge.purpose not in PROMPTED]


def repeated_texts(simulated: Simulated) -> list[str]:
    """What a partner read again within seven days; of one occurrence a reminder may."""
    last: dict[tuple[str, str, str], tuple[datetime, str | None]] = {}
    return [line for nudge in unprompted(simulated) for line in _repeats(nudge, last)]


def _repeats(
    nudge: Nudged, last: dict[tuple[str, str, str], tuple[datetime, str | None]]
) -> Iterator[str]:
    text = (nudge.couple, nudge.partner, nudge.asks or nudge.text)
    before, occurrence = last.get(text, (None, None))
    is_reminder = occurrence is not None and occurrence == nudge.occurrence
    if before is not None and nudge.at - before < A_WHILE and not is_reminder:
        yield f"{nudge.partner} {nudge.local:%Y-%m-%d} after {nudge.at - before}: {text[2]}"
    last[text] = (nudge.at, nudge.occurrence)


def crowded_days(simulated: Simulated) -> list[str]:
    """The days, by a partner's own calendar, with more unprompted nudges than three."""
    days: dict[tuple[str, str, date], int] = defaultdict(int)
    for nudge in unprompted(simulated):
        days[nudge.couple, nudge.partner, nudge.local.date()] += 1
    return [
        f"{partner} {day}: {count}"
        for (_, partner, day), count in days.items()
        if count > MOST_A_DAY
    ]


def in_quiet_hours(simulated: Simulated) -> list[str]:
    """What reached a partner unprompted in their own quiet hours."""
    partners = {
        (couple.name, partner.key): partner
        for couple, _, _ in simulated.standings
        for partner in couple.partners
    }
    return [
        f"{nudge.partner} {nudge.local:%Y-%m-%d %H:%M}: {nudge.title}"
        for nudge in unprompted(simulated)
        if partners[nudge.couple, nudge.partner].is_quiet(nudge.at)
    ]
