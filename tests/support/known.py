"""What is known on the stage: what the store holds of its couple, as tests ask for it."""

import re
from typing import Any

from sqlalchemy import select, text

from tests.support.phones import Heard, Phones
from troth.bootstrap import Store
from troth.domain.score import RitualStanding, Standing
from troth.engine.standing import couple_standing, folded_standing
from troth.store import channels, couples, ledger, nudges, occurrences, replies
from troth.store.records import Channel, Couple, Nudge, Occurrence
from troth.store.tables import metadata
from troth.store.tables import nudges as nudge_table
from troth.store.tables import occurrences as occurrence_table

PUBLIC = "https://troth.test"


class Known:
    """A store, and the couple in it of which everything is asked."""

    store: Store
    phones: Phones
    _couple_id: int | None = None

    @property
    def in_play(self) -> Couple:
        assert self._couple_id is not None, "call stage.couple(...) first"
        with self.store.db.reading() as conn:
            return couples.load_couple(conn, self._couple_id)

    def partner_id(self, key: str) -> int:
        partner = self.in_play.partner(key)
        assert partner is not None
        return partner.id

    def channel_id(self, key: str, on: str) -> int:
        """The id of a partner's channel, by its path on the phones' server."""
        url = self.phones.url + on
        with self.store.db.reading() as conn:
            mark = self.store.vault.mark(url)
            found = channels.find_channel(conn, self.partner_id(key), mark)
        assert found is not None, f"{key} has no channel {on}"
        return found

    def channels(self, key: str) -> list[Channel]:
        """A partner's channels, in the order in which they are tried."""
        partner_id = self.partner_id(key)
        with self.store.db.reading() as conn:
            return channels.channels_of(conn, [partner_id])[partner_id]

    def occurrences(self) -> list[Occurrence]:
        """Every occurrence, oldest first."""
        query = select(occurrence_table).order_by(occurrence_table.c.due_at, occurrence_table.c.id)
        with self.store.db.reading() as conn:
            return [occurrences.to_occurrence(row) for row in conn.execute(query)]

    def occurrence(self) -> Occurrence:
        """The newest occurrence."""
        return self.occurrences()[-1]

    def outcomes(self) -> list[str]:
        """How each occurrence stands, oldest first: `kept`, `excused: skipped`."""
        return [
            f"{one.state}: {one.reason}" if one.reason else str(one.state)
            for one in self.occurrences()
        ]

    def nudges(self) -> list[Nudge]:
        """Every nudge, oldest first."""
        with self.store.db.reading() as conn:
            rows = conn.execute(select(nudge_table).order_by(nudge_table.c.id))
            return [nudges.to_nudge(row) for row in rows]

    def token_behind(self, heard: Heard) -> str:
        """The token of the link that a message holds."""
        return self.store.vault.token(self.nudge_behind(heard).seed)

    def nudge_behind(self, heard: Heard) -> Nudge:
        """The nudge whose link a message holds."""
        link = re.search(rf"{re.escape(PUBLIC)}/r/(\S+)", heard.body)
        assert link is not None, f"no link in {heard}"
        with self.store.db.reading() as conn:
            found = nudges.find_nudge(conn, link[1])
        assert found is not None
        return found

    def words_of(self, key: str) -> list[str]:
        """A partner's latest words on the newest occurrence, opened."""
        with self.store.db.reading() as conn:
            said = replies.acknowledgements(conn, self.occurrence().id).get(key)
        return [self.store.vault.open(said.words_sealed)] if said and said.words_sealed else []

    def events(self, kind: str = "") -> list[dict[str, Any]]:
        """The ledger as it is streamed, oldest first; those of one kind, such as `nudge.sent`."""
        with self.store.db.reading() as conn:
            entries = ledger.read(conn, self.in_play.id, last=10_000)
        return [entry for entry in entries if kind in entry["type"]]

    def dump(self) -> str:
        """Everything that is in the database, as text."""
        with self.store.db.reading() as conn:
            rows = [
                [str(value) for value in row]
                for table in metadata.sorted_tables
                for row in conn.execute(text(f"SELECT * FROM {table.name}"))  # noqa: S608 - ours
            ]
        return str(rows)

    def standing(self) -> Standing:
        """Where the couple stands; the fold over the whole ledger must say the same."""
        with self.store.db.reading() as conn:
            shown = couple_standing(conn, self.in_play.id)
            folded = folded_standing(conn, self.in_play.id)
        assert shown == folded, "the score is a fold over the ledger"
        return shown

    def score(self, ritual: str | None = None) -> float | None:
        """The score of a ritual, of the only one where none is named; shown or not yet."""
        found: dict[str, RitualStanding] = {r.ritual: r for r in self.standing().rituals}
        return found[ritual].score if ritual else next(iter(found.values())).score
