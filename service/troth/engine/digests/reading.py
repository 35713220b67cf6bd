"""Who reads which review, and when: what every section is given."""

from dataclasses import dataclass, field
from datetime import datetime

from troth.domain.language import Language
from troth.domain.ritual import Ritual
from troth.domain.states import Sensitivity
from troth.engine.speech import language_of
from troth.store.records import Couple, Partner
from troth.store.vault import Vault


@dataclass(frozen=True)
class Reading:
    """Who reads which review, and when; `is_page` where only its reader has opened it."""

    vault: Vault = field(repr=False)
    couple: Couple
    reader: Partner
    ritual: Ritual
    occurrence_id: int
    now: datetime
    is_page: bool = False

    @property
    def language(self) -> Language:
        """The couple's language."""
        return language_of(self.couple)

    def may_show(self, ritual: Ritual) -> bool:
        """Say whether what belongs to this ritual may stand here: on a channel nothing intimate."""
        return self.is_page or ritual.sensitivity is not Sensitivity.DISCREET

    def day(self, moment: datetime) -> str:
        """Return the day of aware `moment` on the reader's clock."""
        return f"{moment.astimezone(self.reader.zone):%Y-%m-%d}"
