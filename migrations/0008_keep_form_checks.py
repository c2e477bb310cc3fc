"""Keep what was checked by hand in the form check (形式確認), and the letters that went out."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# What a round starts with, as on the day of this migration: (label, help, target).
ITEMS = (
    (
        "1件の提案に、1つの業務だけが書かれている",
        "複数の業務が混ざっているときは、業務ごとに分けて提出してもらいます。",
        "proposal",
    ),
    (
        "提案概要だけで、どの業務のシステムか分かる",
        "会議資料の一覧には、提案概要だけが載ります。",
        "title",
    ),
    (
        "求める措置が、システムの共通化についてのものである",
        "制度の見直しだけを求めるものは、地方分権改革の提案募集を案内します。",
        "requested_measure",
    ),
    (
        "支障事例に、団体の実情が具体的に書かれている",
        "どの場面で、だれに、どの程度の支障があるかが読み取れるかを見ます。",
        "hardship_case",
    ),
    (
        "個人情報や、公開できない内容が含まれていない",
        "提案の内容は、府省庁への送付と公表の対象になります。",
        "proposal",
    ),
    (
        "別紙があるときは、本文と別紙が対応している",
        "別紙がないときは「良」にします。",
        "attachments",
    ),
)
PHRASES = (
    (
        "業務名がない",
        "どの業務のシステムについての提案か分かるように、業務の名称を入れてください。",
        "title",
    ),
    (
        "求める措置があいまい",
        "どのシステムを、だれが、どのように共通化することを求めるのかを書いてください。",
        "requested_measure",
    ),
    (
        "支障が具体的でない",
        "どの場面で、だれに、どの程度（件数、時間、費用など）の支障があるかを、具体的に書いてください。",
        "hardship_case",
    ),
    (
        "効果が分からない",
        "求める措置が実現したときに減る手間や費用を、分かる範囲で数字を入れて書いてください。",
        "effect",
    ),
    (
        "複数の業務が混ざっている",
        "複数の業務が1件に書かれています。1件を1つの業務にして、ほかの業務は別の提案にしてください。",
        "proposal",
    ),
    (
        "個人が特定できる",
        "個人が特定できる記載があります。氏名などを消すか、特定できない書き方に直してください。",
        "proposal",
    ),
    (
        "別紙と本文が合わない",
        "本文と別紙の内容が合っていません。どちらが正しいかを確かめて、そろえてください。",
        "attachments",
    ),
)


def upgrade() -> None:
    """Create the lists of the rounds and the marks; returns get their letter and their officer."""
    _create_lists()
    _create_marks()
    with op.batch_alter_table("correction_item") as batch:
        batch.alter_column("field", existing_type=sa.String(length=40), type_=sa.String(length=80))
    with op.batch_alter_table("correction_request") as batch:
        batch.add_column(sa.Column("letter", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("returns_to_id", sa.Integer(), nullable=True))
    op.execute("UPDATE correction_request SET returns_to_id = requested_by_id")
    with op.batch_alter_table("correction_request") as batch:
        batch.alter_column("letter", server_default=None)
        batch.alter_column("returns_to_id", existing_type=sa.Integer(), nullable=False)
        batch.create_foreign_key(
            "fk_correction_request_returns_to_id_user_account",
            "user_account",
            ["returns_to_id"],
            ["id"],
        )
    _fill_lists()


def downgrade() -> None:
    """Take it back: marks, lists and letters are lost."""
    with op.batch_alter_table("correction_request") as batch:
        batch.drop_constraint(
            "fk_correction_request_returns_to_id_user_account", type_="foreignkey"
        )
        batch.drop_column("returns_to_id")
        batch.drop_column("letter")
    # What a return names may be a whole section since this migration: longer than before.
    op.execute("UPDATE correction_item SET field = substr(field, 1, 40)")
    with op.batch_alter_table("correction_item") as batch:
        batch.alter_column("field", existing_type=sa.String(length=80), type_=sa.String(length=40))
    op.drop_table("form_check_mark")
    op.drop_index("ix_correction_phrase_round_id", table_name="correction_phrase")
    op.drop_table("correction_phrase")
    op.drop_index("ix_form_check_item_round_id", table_name="form_check_item")
    op.drop_table("form_check_item")


def _create_lists() -> None:
    op.create_table(
        "form_check_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("help", sa.Text(), nullable=False),
        sa.Column("target", sa.String(length=80), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_form_check_item_round_id_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_check_item")),
    )
    op.create_index("ix_form_check_item_round_id", "form_check_item", ["round_id"], unique=False)
    op.create_table(
        "correction_phrase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("target", sa.String(length=80), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_correction_phrase_round_id_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_phrase")),
    )
    op.create_index(
        "ix_correction_phrase_round_id", "correction_phrase", ["round_id"], unique=False
    )


def _create_marks() -> None:
    op.create_table(
        "form_check_mark",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("revision_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item", sa.String(length=80), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "ok",
                "problem",
                "waived",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("marked_by_id", sa.Integer(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "verdict <> 'waived' OR reason <> ''",
            name=op.f("ck_form_check_mark_waived_with_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id", "revision_number"],
            ["proposal_revision.proposal_id", "proposal_revision.number"],
            name="fk_form_check_mark_proposal_revision",
        ),
        sa.ForeignKeyConstraint(
            ["marked_by_id"],
            ["user_account.id"],
            name=op.f("fk_form_check_mark_marked_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint(
            "proposal_id", "revision_number", "item", name=op.f("pk_form_check_mark")
        ),
    )


def _fill_lists() -> None:
    """Give the rounds that are there what a new round starts with."""
    connection = op.get_bind()
    rounds = connection.execute(sa.text("SELECT id FROM round ORDER BY id")).scalars().all()
    if not rounds:
        return
    for table, rows, words in (
        ("form_check_item", ITEMS, "help"),
        ("correction_phrase", PHRASES, "text"),
    ):
        op.bulk_insert(
            sa.table(
                table,
                sa.column("round_id", sa.Integer),
                sa.column("position", sa.Integer),
                sa.column("label", sa.String),
                sa.column(words, sa.Text),
                sa.column("target", sa.String),
                sa.column("is_active", sa.Boolean),
            ),
            [
                {
                    "round_id": round_id,
                    "position": position,
                    "label": label,
                    words: long_words,
                    "target": target,
                    "is_active": True,
                }
                for round_id in rounds
                for position, (label, long_words, target) in enumerate(rows, start=1)
            ],
        )
