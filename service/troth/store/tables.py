"""The tables. Migrations build them; a test proves that both agree."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)

from troth.domain.states import ChannelState, Excuse, NudgePurpose, NudgeState, OccurrenceState
from troth.store.types import Instant, one_of

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
Id = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows itself only for INTEGER


def _id() -> Column[int]:
    return Column("id", Id, primary_key=True)


def _to(table: str, *, nullable: bool = False) -> Column[int]:
    name = f"{table.removesuffix('s')}_id"
    return Column(name, Id, ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=nullable)


OUTCOMES = ("kept", "partial", "missed", "excused")  # how many occurrences stand at each

couples = Table(
    "couples",
    metadata,
    _id(),
    Column("name", String(80), nullable=False, unique=True),
    Column("timezone", String(64), nullable=False),
    Column("day_starts", String(5), nullable=False),
    Column("language", String(64), nullable=False),
    Column("source", Text, nullable=False),  # the file it was applied from
    # The couple's own words and choices that are in no file: sealed where they are private.
    Column("customs", JSON),
    Column("retired_at", Instant),
)

partners = Table(
    "partners",
    metadata,
    _id(),
    _to("couples"),
    Column("key", String(64), nullable=False),
    Column("name", String(80), nullable=False),
    Column("timezone", String(64), nullable=False),
    Column("quiet", String(11)),
    Column("paused_until", Instant),  # they asked for a pause; nobody else is told
    Column("most_a_day", Integer, nullable=False, server_default="3"),  # unprompted nudges
    Column("seed", String(32), nullable=False),  # of the inbox address; useless without the key
    Column("token_hash", String(64), nullable=False, unique=True),
    UniqueConstraint("couple_id", "key"),
)

channels = Table(
    "channels",
    metadata,
    _id(),
    _to("partners"),
    Column("position", Integer, nullable=False),
    Column("scheme", String(32), nullable=False),
    # Who carries it: what limits go by. The default serves writers from before there was one.
    Column("provider", String(64), nullable=False, server_default="unknown"),
    Column("url_sealed", Text, nullable=False),
    Column("url_mark", String(64), nullable=False),  # keyed hash: is it the same URL?
    Column("address_mark", String(64)),  # keyed hash: where its replies come from
    Column("answers_by", String(16)),  # the kind of that address; none where no reply can come
    Column("sensitivity", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("retired_at", Instant),
    UniqueConstraint("partner_id", "url_mark"),
    one_of("state", ChannelState),
)
Index("ix_channels_address_mark", channels.c.address_mark)

providers = Table(
    "providers",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("rests_until", Instant, nullable=False),  # it asked for a pause
)

rituals = Table(
    "rituals",
    metadata,
    _id(),
    _to("couples"),
    Column("key", String(64), nullable=False),
    Column("spec", JSON, nullable=False),  # troth.domain.ritual.Ritual
    Column("weight", Float, nullable=False),
    Column("born", Integer, nullable=False, default=0),  # occurrences so far; picks the next text
    Column("next_slot", String(16)),
    Column("next_due", Instant),
    Column("trouble", Text),  # why it stepped aside
    # `file`, or `troth`: set going by what happened, so that no file retires it.
    Column("origin", String(8), nullable=False, server_default="file"),
    Column("tuned", JSON),  # what was changed by reply: troth.domain.tuning.Tuning
    Column("dormant_at", Instant),  # it asked how to go on, and is quiet until somebody says so
    *(Column(outcome, Integer, nullable=False, default=0) for outcome in OUTCOMES),
    Column("retired_at", Instant),
    UniqueConstraint("couple_id", "key"),
)
Index(
    "ix_rituals_due",
    rituals.c.next_due,
    sqlite_where=rituals.c.next_due.is_not(None),
    postgresql_where=rituals.c.next_due.is_not(None),
)

occurrences = Table(
    "occurrences",
    metadata,
    _id(),
    _to("rituals"),
    _to("couples"),
    Column("slot", String(16), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("settle_at", Instant, nullable=False),  # its end, unless it had to step aside
    Column("follow_up_at", Instant),
    # Its moment has come, and the ledger has it. Writers from before this column told at once.
    Column("announced", Boolean, nullable=False, server_default=true()),
    Column("terms", JSON, nullable=False),  # troth.domain.occurrence.Stamp
    Column("prompt", Text),
    Column("topic_sealed", Text),  # somebody's own words that it is about
    Column("state", String(16), nullable=False),
    Column("reason", String(16)),
    Column("credit", Float),
    Column("settled_at", Instant),
    # What it settled to has been looked at: what follows from it has its own duty.
    Column("reviewed", Boolean, nullable=False, server_default=true()),
    UniqueConstraint("ritual_id", "slot"),
    one_of("state", OccurrenceState),
    one_of("reason", Excuse),
)
_is_open = occurrences.c.state == OccurrenceState.OPEN.value
Index(
    "ix_occurrences_ending",
    occurrences.c.settle_at,
    sqlite_where=_is_open,
    postgresql_where=_is_open,
)
Index(
    "ix_occurrences_open",
    occurrences.c.couple_id,
    sqlite_where=_is_open,
    postgresql_where=_is_open,
)
_follows = occurrences.c.follow_up_at.is_not(None)
Index(
    "ix_occurrences_following",
    occurrences.c.follow_up_at,
    sqlite_where=_follows,
    postgresql_where=_follows,
)
_is_unannounced = occurrences.c.announced.is_(False)
Index(
    "ix_occurrences_coming",
    occurrences.c.due_at,
    sqlite_where=_is_unannounced,
    postgresql_where=_is_unannounced,
)
_is_unreviewed = occurrences.c.reviewed.is_(False)
Index(
    "ix_occurrences_unreviewed",
    occurrences.c.id,
    sqlite_where=_is_unreviewed,
    postgresql_where=_is_unreviewed,
)
Index("ix_occurrences_history", occurrences.c.ritual_id, occurrences.c.due_at)
Index("ix_occurrences_couple", occurrences.c.couple_id, occurrences.c.due_at)

nudges = Table(
    "nudges",
    metadata,
    _id(),
    _to("couples"),
    _to("partners"),
    _to("occurrences", nullable=True),
    _to("channels", nullable=True),
    Column("purpose", String(16), nullable=False),
    Column("text", Text),  # of a step; other nudges speak from the occurrence's stamp
    Column("due_at", Instant, nullable=False),  # when it was meant to leave
    Column(
        "not_before", Instant, nullable=False
    ),  # when it may leave: moves with retries and quiet
    Column("expires_at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text),
    Column("attempt", Integer, nullable=False, default=0),  # claims so far: the fence
    Column("failures", Integer, nullable=False, default=0),  # sends that failed or broke off
    Column("picked", Boolean, nullable=False, default=False),  # a worker has it in hand
    Column("lease_until", Instant),
    Column("repeated", Boolean, nullable=False, default=False),  # may have been sent twice
    Column("discreet", Boolean, nullable=False, server_default=false()),  # its text is sealed
    # Its partner has just asked for it: quiet hours give way.
    Column("prompted", Boolean, nullable=False, server_default=false()),
    Column("topic", String(16)),  # of what one word of Troth replaces another
    Column("sent_at", Instant),
    Column("code", Integer),
    Column("seed", String(32), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    one_of("state", NudgeState),
    one_of("purpose", NudgePurpose),
)
_is_planned = nudges.c.state == NudgeState.PLANNED.value
_is_sending = nudges.c.state == NudgeState.SENDING.value
Index("ix_nudges_due", nudges.c.not_before, sqlite_where=_is_planned, postgresql_where=_is_planned)
Index(
    "ix_nudges_leased", nudges.c.lease_until, sqlite_where=_is_sending, postgresql_where=_is_sending
)
Index("ix_nudges_occurrence", nudges.c.occurrence_id)
Index(
    "ix_nudges_channel",
    nudges.c.channel_id,
    sqlite_where=_is_planned,
    postgresql_where=_is_planned,
)
Index("ix_nudges_partner", nudges.c.partner_id, nudges.c.created_at)

replies = Table(
    "replies",
    metadata,
    _id(),
    _to("couples"),
    _to("partners"),
    _to("occurrences", nullable=True),
    _to("nudges", nullable=True),
    Column("way", String(32), nullable=False),
    Column("provider_id", String(200), nullable=False),
    Column("verb", String(16), nullable=False),
    Column("tap", String(200)),  # names the tap that it was: what takes it away names it again
    Column("rating", Integer),
    Column("number", Float),
    Column("choice", String(64)),
    Column("words_sealed", Text),
    Column("taken_back_at", Instant),  # thanks or a promise that count no more
    Column("answer", Text, nullable=False),  # what was said back; a duplicate hears it again
    Column("received_at", Instant, nullable=False),
    UniqueConstraint("way", "provider_id"),
)
Index("ix_replies_occurrence", replies.c.occurrence_id)
Index("ix_replies_partner", replies.c.partner_id, replies.c.id)

# What will be asked at a moment that no cron gives: a promise's day, a season's end.
occasions = Table(
    "occasions",
    metadata,
    _id(),
    _to("couples"),
    Column("practice", String(64), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("lead", String(64)),  # whose matter it is: a partner's key
    Column("about", JSON, nullable=False),  # plain facts, by name
    Column("topic_sealed", Text),
    Column("opened_at", Instant),
)
_is_coming = occasions.c.opened_at.is_(None)
Index("ix_occasions_due", occasions.c.due_at, sqlite_where=_is_coming, postgresql_where=_is_coming)
Index("ix_occasions_couple", occasions.c.couple_id)

# Times of a couple's life that change what is asked of them, a repair among them.
seasons = Table(
    "seasons",
    metadata,
    _id(),
    _to("couples"),
    Column("kind", String(32), nullable=False),
    Column("origin", String(8), nullable=False),  # `file`, or `reply`
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant),  # none: until somebody says so
    Column("stage", String(32)),  # how far a repair has come
    Column("about", JSON, nullable=False),
)
Index("ix_seasons_couple", seasons.c.couple_id, seasons.c.starts_at)

milestones = Table(
    "milestones",
    metadata,
    _id(),
    _to("couples"),
    Column("name", String(96), nullable=False),
    Column("reached_at", Instant, nullable=False),
    UniqueConstraint("couple_id", "name"),
)

# Where listeners stand: a mailbox's last message, a chat's last event.
positions = Table(
    "positions",
    metadata,
    Column("name", String(128), primary_key=True),
    Column("position", Text, nullable=False),
)

# One row: the oldest schema revision whose code this schema still serves.
serves = Table("serves", metadata, Column("oldest", String(32), primary_key=True))

ledger = Table(
    "ledger",
    metadata,
    _id(),
    Column("event_id", String(32), nullable=False, unique=True),
    _to("couples"),
    Column("type", String(48), nullable=False),
    Column("subject", String(32), nullable=False),
    Column("at", Instant, nullable=False),
    Column("data", JSON, nullable=False),
)
Index("ix_ledger_couple", ledger.c.couple_id, ledger.c.id)

inbox = Table(
    "inbox",
    metadata,
    _id(),
    _to("partners"),
    Column(
        "nudge_id", Id, ForeignKey("nudges.id", ondelete="CASCADE"), nullable=False, unique=True
    ),
    Column("title_sealed", Text, nullable=False),
    Column("body_sealed", Text, nullable=False),
    Column("arrived_at", Instant, nullable=False),
)
Index("ix_inbox_partner", inbox.c.partner_id, inbox.c.id)
