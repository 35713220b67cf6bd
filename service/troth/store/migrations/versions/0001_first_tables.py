"""First tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for create in (
        _couples,
        _ledger,
        _partners,
        _rituals,
        _channels,
        _occurrences,
        _indexes_of_occurrences,
        _nudges,
        _indexes_of_nudges,
        _inbox,
        _replies,
    ):
        create()


def _couples() -> None:
    op.create_table(
        "couples",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("day_starts", sa.String(length=5), nullable=False),
        sa.Column("language", sa.String(length=64), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_couples")),
        sa.UniqueConstraint("name", name=op.f("uq_couples_name")),
    )


def _ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("id", ID, nullable=False),
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("couple_id", ID, nullable=False),
        sa.Column("type", sa.String(length=48), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["couple_id"], ["couples.id"], name=op.f("fk_ledger_couple_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
        sa.UniqueConstraint("event_id", name=op.f("uq_ledger_event_id")),
    )
    op.create_index("ix_ledger_couple", "ledger", ["couple_id", "id"], unique=False)


def _partners() -> None:
    op.create_table(
        "partners",
        sa.Column("id", ID, nullable=False),
        sa.Column("couple_id", ID, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("quiet", sa.String(length=11), nullable=True),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["couple_id"], ["couples.id"], name=op.f("fk_partners_couple_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partners")),
        sa.UniqueConstraint("couple_id", "key", name=op.f("uq_partners_couple_id_key")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_partners_token_hash")),
    )


def _rituals() -> None:
    op.create_table(
        "rituals",
        sa.Column("id", ID, nullable=False),
        sa.Column("couple_id", ID, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("spec", sa.JSON(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("born", sa.Integer(), nullable=False),
        sa.Column("next_slot", sa.String(length=16), nullable=True),
        sa.Column("next_due", MOMENT, nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("partial", sa.Integer(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("excused", sa.Integer(), nullable=False),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["couple_id"], ["couples.id"], name=op.f("fk_rituals_couple_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rituals")),
        sa.UniqueConstraint("couple_id", "key", name=op.f("uq_rituals_couple_id_key")),
    )
    op.create_index(
        "ix_rituals_due",
        "rituals",
        ["next_due"],
        unique=False,
        sqlite_where=sa.text("next_due IS NOT NULL"),
        postgresql_where=sa.text("next_due IS NOT NULL"),
    )


def _channels() -> None:
    op.create_table(
        "channels",
        sa.Column("id", ID, nullable=False),
        sa.Column("partner_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(length=32), nullable=False),
        sa.Column("url_sealed", sa.Text(), nullable=False),
        sa.Column("url_mark", sa.String(length=64), nullable=False),
        sa.Column("sensitivity", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('unconfirmed', 'confirmed', 'stopped', 'failing')",
            name=op.f("ck_channels_state_word"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_channels_partner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
        sa.UniqueConstraint("partner_id", "url_mark", name=op.f("uq_channels_partner_id_url_mark")),
    )


def _occurrences() -> None:
    op.create_table(
        "occurrences",
        sa.Column("id", ID, nullable=False),
        sa.Column("ritual_id", ID, nullable=False),
        sa.Column("couple_id", ID, nullable=False),
        sa.Column("slot", sa.String(length=16), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("settle_at", MOMENT, nullable=False),
        sa.Column("follow_up_at", MOMENT, nullable=True),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=True),
        sa.Column("credit", sa.Float(), nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "reason IN ('skipped', 'paused', 'season', 'undelivered', 'differing', 'dormant')",
            name=op.f("ck_occurrences_reason_word"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'kept', 'partial', 'missed', 'excused')",
            name=op.f("ck_occurrences_state_word"),
        ),
        sa.ForeignKeyConstraint(
            ["couple_id"], ["couples.id"], name=op.f("fk_occurrences_couple_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["ritual_id"], ["rituals.id"], name=op.f("fk_occurrences_ritual_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occurrences")),
        sa.UniqueConstraint("ritual_id", "slot", name=op.f("uq_occurrences_ritual_id_slot")),
    )


def _indexes_of_occurrences() -> None:
    op.create_index("ix_occurrences_couple", "occurrences", ["couple_id", "due_at"], unique=False)
    op.create_index(
        "ix_occurrences_ending",
        "occurrences",
        ["settle_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_occurrences_following",
        "occurrences",
        ["follow_up_at"],
        unique=False,
        sqlite_where=sa.text("follow_up_at IS NOT NULL"),
        postgresql_where=sa.text("follow_up_at IS NOT NULL"),
    )
    op.create_index("ix_occurrences_history", "occurrences", ["ritual_id", "due_at"], unique=False)
    op.create_index(
        "ix_occurrences_open",
        "occurrences",
        ["couple_id"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )


def _nudges() -> None:
    op.create_table(
        "nudges",
        sa.Column("id", ID, nullable=False),
        sa.Column("couple_id", ID, nullable=False),
        sa.Column("partner_id", ID, nullable=False),
        sa.Column("occurrence_id", ID, nullable=True),
        sa.Column("channel_id", ID, nullable=True),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("picked", sa.Boolean(), nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("repeated", sa.Boolean(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "purpose IN ('ritual', 'reminder', 'snooze', 'step', 'consent')",
            name=op.f("ck_nudges_purpose_word"),
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'sending', 'sent', 'failed', 'expired', 'withdrawn')",
            name=op.f("ck_nudges_state_word"),
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_nudges_channel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["couple_id"], ["couples.id"], name=op.f("fk_nudges_couple_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["occurrence_id"],
            ["occurrences.id"],
            name=op.f("fk_nudges_occurrence_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_nudges_partner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nudges")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_nudges_token_hash")),
    )


def _indexes_of_nudges() -> None:
    op.create_index("ix_nudges_channel", "nudges", ["channel_id"], unique=False)
    op.create_index(
        "ix_nudges_due",
        "nudges",
        ["not_before"],
        unique=False,
        sqlite_where=sa.text("state = 'planned'"),
        postgresql_where=sa.text("state = 'planned'"),
    )
    op.create_index(
        "ix_nudges_leased",
        "nudges",
        ["lease_until"],
        unique=False,
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    )
    op.create_index("ix_nudges_occurrence", "nudges", ["occurrence_id"], unique=False)
    op.create_index("ix_nudges_partner", "nudges", ["partner_id", "created_at"], unique=False)


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("partner_id", ID, nullable=False),
        sa.Column("nudge_id", ID, nullable=False),
        sa.Column("title_sealed", sa.Text(), nullable=False),
        sa.Column("body_sealed", sa.Text(), nullable=False),
        sa.Column("arrived_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["nudge_id"], ["nudges.id"], name=op.f("fk_inbox_nudge_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_inbox_partner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("nudge_id", name=op.f("uq_inbox_nudge_id")),
    )
    op.create_index("ix_inbox_partner", "inbox", ["partner_id", "id"], unique=False)


def _replies() -> None:
    op.create_table(
        "replies",
        sa.Column("id", ID, nullable=False),
        sa.Column("couple_id", ID, nullable=False),
        sa.Column("partner_id", ID, nullable=False),
        sa.Column("occurrence_id", ID, nullable=True),
        sa.Column("nudge_id", ID, nullable=True),
        sa.Column("way", sa.String(length=32), nullable=False),
        sa.Column("provider_id", sa.String(length=200), nullable=False),
        sa.Column("verb", sa.String(length=16), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("words_sealed", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["couple_id"], ["couples.id"], name=op.f("fk_replies_couple_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["nudge_id"], ["nudges.id"], name=op.f("fk_replies_nudge_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["occurrence_id"],
            ["occurrences.id"],
            name=op.f("fk_replies_occurrence_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_replies_partner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replies")),
        sa.UniqueConstraint("way", "provider_id", name=op.f("uq_replies_way_provider_id")),
    )
    op.create_index("ix_replies_occurrence", "replies", ["occurrence_id"], unique=False)
