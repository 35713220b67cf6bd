"""The couple of the model: the forms that its file takes while everything runs, and its words."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from tests.faults import snapshot
from tests.faults.stand_ins import RIGHT
from tests.faults.witness import Witness
from tests.support.stage import couple_file
from troth.clock import Clock
from troth.delivery.courier import is_channel_url
from troth.domain.grammar import Verb
from troth.domain.language import Languages
from troth.domain.reply import Reply
from troth.domain.said import Said
from troth.domain.states import NudgeState
from troth.engine import door
from troth.engine.apply import apply
from troth.schedules.couple import CoupleSchedule
from troth.schedules.load import load_schedules
from troth.store.replies import ACCOUNTS
from troth.store.vault import Vault

TALK = """
[rituals.talk]
practice = "evening-check-in"
cron = "0 */6 * * *"
window = "2h"
rule = "both"
remind = ["20m", "1h"]
"""
COFFEE = """
[rituals.coffee]
practice = "shared-coffee"
cron = "30 19 * * *"
window = "3h"
rule = "each"
zone = "each"
remind = ["30m"]
"""


def _phones(*names: str) -> str:
    urls = {name: f"json://127.0.0.1:9/ana/{name}" for name in names} | {"inbox": "troth://"}
    return f"channels = {[urls[name] for name in names]}"


FIRST, WEST = _phones("inbox", "first"), 'timezone = "America/New_York"'
FILES = {
    "plain": couple_file(TALK + COFFEE, ana=FIRST, ben=WEST),
    "another hour": couple_file(TALK.replace("0 */6", "5 */6") + COFFEE, ana=FIRST, ben=WEST),
    "another phone": couple_file(TALK + COFFEE, ana=_phones("second", "inbox"), ben=WEST),
    "one phone": couple_file(TALK + COFFEE, ana=_phones("first"), ben=WEST),
    "no talk": couple_file(COFFEE, ana=FIRST, ben=WEST),
    "either": couple_file(TALK.replace('"both"', '"either"') + COFFEE, ana=FIRST, ben=WEST),
    "lead": couple_file(
        TALK.replace('"both"', '"lead"\nlead = "alternate"'),
        ana=_phones("first", "inbox"),
        ben=WEST,
    ),
    "quiet": couple_file(
        TALK + COFFEE, ana=f'quiet = "18:10-18:40"\n{FIRST}', ben=f'quiet = "17:00-23:00"\n{WEST}'
    ),
}


def read_files(folder: Path) -> Mapping[str, CoupleSchedule]:
    """Every form of the file, read once: the model applies them hundreds of times."""
    file, read = folder / "couple.toml", {}
    for name, toml in FILES.items():
        file.write_text(toml)
        read[name] = load_schedules([file], is_channel_url).couples[0]
    return read


class Couple:
    """Ana and Ben, who change their file, and answer or not."""

    def __init__(
        self,
        files: Mapping[str, CoupleSchedule],
        witness: Witness,
        clock: Clock,
        vault: Vault,
        languages: Languages,
    ) -> None:
        self.files, self.witness, self.clock = files, witness, clock
        self.vault, self.languages = vault, languages

    def apply(self, name: str, skew: timedelta = RIGHT, *, dies: bool = False) -> None:
        """Apply one form of the couple's file."""
        now = self.clock.now() + skew
        with self.witness.watching("apply", now, dies=dies) as db:
            apply(db, self.vault, [self.files[name]], [], now)

    def reply(
        self,
        partner: str,
        verb: Verb,
        nudge: Row[Any] | None = None,
        *,
        skew: timedelta = RIGHT,
        dies: bool = False,
    ) -> None:
        """Say one word: by the link of a nudge, or out of the blue."""
        now, number = self.clock.now() + skew, f"message-{len(self.witness.said)}"
        said = self._reply(partner, verb, nudge, number, now)
        with self.witness.watching("reply", now, dies=dies) as db:
            answer = door.take(db, self.vault, self.languages, said, now)
            if not dies:
                self.witness.said[number] = answer
        if nudge is not None and nudge.occurrence_id is not None and not dies:
            self._check_heard(nudge.occurrence_id, partner, verb, now)

    def repeat(self, number: str, partner: str, verb: Verb) -> None:
        """Hand in a message that has come before."""
        before = self.witness.last
        again = self._reply(partner, verb, None, number, self.clock.now())
        answer = door.take(self.witness.db, self.vault, self.languages, again, self.clock.now())
        assert answer == self.witness.said[number], "the same message gets the same answer"
        assert self.witness.look() == before, "the same message twice counts once"

    def _reply(
        self, partner: str, verb: Verb, nudge: Row[Any] | None, number: str, now: datetime
    ) -> Reply:
        partner_id = next(one for one, key in self.witness.last.keys.items() if key == partner)
        couple_id = next(row.couple_id for row in self.witness.last.rituals.values())
        link, channel = (nudge.id, nudge.channel_id) if nudge is not None else (None, None)
        said = Said(verb)
        return Reply("model", number, couple_id, partner_id, "", now, link, channel, said)

    def _check_heard(self, occurrence_id: int, partner: str, verb: Verb, now: datetime) -> None:
        """A claim is kept at its occurrence, and the occurrence stands as the rules say."""
        claim = ACCOUNTS.get(verb)
        if claim is None:
            return
        row = self.witness.last.occurrence(occurrence_id)
        assert row is not None
        assert self.witness.last.answered(occurrence_id)[partner] is claim
        outcome = self.witness.last.judged(row, now)
        retired = self.witness.last.rituals[row.ritual_id].retired_at is not None
        assert (outcome is None and retired) or snapshot.stands(row) == outcome, row
        mine = (n for n in self.witness.last.nudges.values() if n.occurrence_id == occurrence_id)
        waiting = [n for n in mine if self.witness.last.keys[n.partner_id] == partner]
        assert all(n.state != NudgeState.PLANNED for n in waiting), "silence after the answer"
