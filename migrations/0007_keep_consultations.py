"""Keep the threads before a proposal (事前相談) and notes on similar ones; fold keys anew."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# The rule of the search key as of this migration: a migration keeps its own copy, for the rule in
# the product may change again while this step must always do the same.
KANA = "ぁ-ゖァ-ヶゝゞヽヾー"
FINAL_LONG_VOWEL = re.compile(
    f"(?<=[{KANA}]{{2}})ー+(?![{KANA}])|(?<=[{KANA}][ァ-ヶヽヾ])ー+(?=[ぁ-ゖゝゞ])"
)
VARIATION_SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
TO_HIRAGANA = {
    **{code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)},
    ord("ヽ"): ord("ゝ"),
    ord("ヾ"): ord("ゞ"),
}


def upgrade() -> None:
    """Keep the threads before a proposal (事前相談) and notes on similar ones."""
    _create_consultation()
    _create_message()
    _create_file()
    _create_similar_note()
    _fold_search_keys(drop_long_vowels=True)


def downgrade() -> None:
    """Take it back; the search keys are folded as they were before."""
    _fold_search_keys(drop_long_vowels=False)
    op.drop_table("similar_note")
    op.drop_table("consultation_file")
    op.drop_table("consultation_message")
    op.drop_table("consultation")


def _create_consultation() -> None:
    op.create_table(
        "consultation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_answered", sa.Boolean(), nullable=False),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL)", name=op.f("ck_consultation_closed_pair")
        ),
        sa.CheckConstraint("sequence > 0", name=op.f("ck_consultation_sequence_positive")),
        sa.ForeignKeyConstraint(
            ["closed_by_id"],
            ["user_account.id"],
            name=op.f("fk_consultation_closed_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["user_account.id"],
            name=op.f("fk_consultation_created_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_consultation_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_consultation_proposal_id_proposal")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_consultation_round_id_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation")),
        sa.UniqueConstraint("number", name=op.f("uq_consultation_number")),
        sa.UniqueConstraint(
            "organization_id", "sequence", name=op.f("uq_consultation_organization_id_sequence")
        ),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_consultation_proposal_id")),
    )
    op.create_index(op.f("ix_consultation_round_id"), "consultation", ["round_id"])
    op.create_index(
        "ix_consultation_is_answered_waiting_since",
        "consultation",
        ["is_answered", "waiting_since"],
    )


def _create_message() -> None:
    op.create_table(
        "consultation_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("is_answer", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("position > 0", name=op.f("ck_consultation_message_position_positive")),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["user_account.id"],
            name=op.f("fk_consultation_message_author_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_consultation_message_consultation_id_consultation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_message")),
        sa.UniqueConstraint(
            "consultation_id",
            "position",
            name=op.f("uq_consultation_message_consultation_id_position"),
        ),
    )


def _create_file() -> None:
    op.create_table(
        "consultation_file",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("position > 0", name=op.f("ck_consultation_file_position_positive")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_consultation_file_file_id_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["consultation_message.id"],
            name=op.f("fk_consultation_file_message_id_consultation_message"),
        ),
        sa.PrimaryKeyConstraint("message_id", "position", name=op.f("pk_consultation_file")),
        sa.UniqueConstraint("file_id", name=op.f("uq_consultation_file_file_id")),
    )


def _create_similar_note() -> None:
    op.create_table(
        "similar_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("similar_proposal_id", sa.Integer(), nullable=False),
        sa.Column("difference", sa.Text(), nullable=False),
        sa.Column("noted_by_id", sa.Integer(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "proposal_id <> similar_proposal_id", name=op.f("ck_similar_note_two_proposals")
        ),
        sa.ForeignKeyConstraint(
            ["noted_by_id"],
            ["user_account.id"],
            name=op.f("fk_similar_note_noted_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_similar_note_proposal_id_proposal")
        ),
        sa.ForeignKeyConstraint(
            ["similar_proposal_id"],
            ["proposal.id"],
            name=op.f("fk_similar_note_similar_proposal_id_proposal"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_similar_note")),
        sa.UniqueConstraint(
            "proposal_id",
            "similar_proposal_id",
            name=op.f("uq_similar_note_proposal_id_similar_proposal_id"),
        ),
    )
    op.create_index(
        op.f("ix_similar_note_similar_proposal_id"), "similar_note", ["similar_proposal_id"]
    )


def _fold_search_keys(*, drop_long_vowels: bool) -> None:
    """Derive the stored keys anew from title and detail, so that old cases are found alike."""
    proposal = sa.table(
        "proposal",
        sa.column("id", sa.Integer),
        sa.column("title", sa.Text),
        sa.column("detail", sa.Text),
        sa.column("search_key", sa.Text),
    )
    connection = op.get_bind()
    rows = connection.execute(sa.select(proposal)).all()
    for row in rows:
        key = _search_key(f"{row.title} {row.detail}", drop_long_vowels=drop_long_vowels)
        if key != row.search_key:
            connection.execute(
                proposal.update().where(proposal.c.id == row.id).values(search_key=key)
            )


def _search_key(text: str, *, drop_long_vowels: bool) -> str:
    key = VARIATION_SELECTOR.sub("", text)
    key = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", key).casefold())
    if drop_long_vowels:
        key = FINAL_LONG_VOWEL.sub("", key)
    return " ".join(unicodedata.normalize("NFKC", key.translate(TO_HIRAGANA)).split())
