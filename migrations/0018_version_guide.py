"""Versions of the decision guide, labels, ratings (手引きの版・評価)."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# The guide and the rubric as they are when this runs: what the program ships later is not them.
GUIDE: dict[str, Any] = {
    "order": ["types", "bunken", "core20", "keiyu", "dpi"],
    "questions": {
        "types": {
            "mark": "A",
            "text": "TYPESに関係するか",
            "hint": "",
            "answers": [["yes", "該当する"], ["no", "該当しない"]],
            "outcomes": {"yes": "types", "no": None},
        },
        "bunken": {
            "mark": "B",
            "text": "令和6年 分権提案に該当するか",
            "hint": "",
            "answers": [["yes", "該当する"], ["no", "該当しない"]],
            "outcomes": {"yes": "bunken", "no": None},
        },
        "core20": {
            "mark": "C",
            "text": "20業務、または密接に関連する業務か",
            "hint": "",
            "answers": [["yes", "該当する"], ["no", "該当しない"]],
            "outcomes": {"yes": "core20", "no": None},
        },
        "keiyu": {
            "mark": "D",
            "text": "経由事務・経由調査か",
            "hint": "",
            "answers": [["yes", "該当する"], ["no", "該当しない"]],
            "outcomes": {"yes": "keiyu", "no": None},
        },
        "dpi": {
            "mark": "E",
            "text": "地方自治体だけの課題ではないもの（DPI）か",
            "hint": "",
            "answers": [["yes", "該当する"], ["no", "該当しない"]],
            "outcomes": {"yes": "dpi", "no": None},
        },
        "common_system": {
            "mark": "問1",
            "text": "共通システムが存在するか",
            "hint": "存在すればF-1",
            "answers": [["yes", "ある"], ["no", "ない"]],
            "outcomes": {"yes": "f1", "no": None},
        },
        "adoption": {
            "mark": "問2",
            "text": "システムを導入している団体は",
            "hint": "ないならF-4",
            "answers": [["many", "多い"], ["some", "一部"], ["none", "ない"]],
            "outcomes": {"many": None, "some": None, "none": "f4"},
        },
        "new_issue": {
            "mark": "問3",
            "text": "新たな課題・新技術、または頻繁な制度改正があるか",
            "hint": "あれば、問4で効果を見込む材料になります",
            "answers": [["yes", "ある"], ["no", "ない"]],
            "outcomes": {"yes": None, "no": None},
        },
        "effect": {
            "mark": "問4",
            "text": "効果は調整コストを上回るか",
            "hint": "上回るならF-5、見いだせないならF-2、判然としないならF-3",
            "answers": [
                ["exceeds", "上回る"],
                ["not_found", "見いだせない"],
                ["unclear", "判然としない"],
            ],
            "outcomes": {"exceeds": "f5", "not_found": "f2", "unclear": "f3"},
        },
        "special": {
            "mark": "問5",
            "text": "専用端末や補助金による構築に関わるか",
            "hint": "関われば、問4の答えによらずF-6（今後の検討の参考）",
            "answers": [["yes", "関わる"], ["no", "関わらない"]],
            "outcomes": {"yes": "f6", "no": None},
        },
    },
}
RUBRIC: dict[str, Any] = {
    "criteria": [
        {
            "key": "effect",
            "label": "効果",
            "weight": 2,
            "anchors": [
                "手間も費用もほとんど変わらない",
                "一部の団体・担当だけが楽になる",
                "多くの団体で作業や費用がはっきり減る",
                "多くの団体で大きく減り、住民の手間も減る",
                "ほぼ全団体で大きく減り、住民・国の双方に効果が及ぶ",
            ],
        },
        {
            "key": "coordination_cost",
            "label": "調整コスト",
            "weight": 2,
            "anchors": [
                "運用が団体ごとに大きく違い、そろえる見通しが立たない",
                "法令改正や多くの関係機関の合意が要る",
                "運用の差があり、標準の手順を決める必要がある",
                "運用の差は小さく、合意を取りやすい",
                "運用はほぼ同じで、すぐに使い始められる",
            ],
        },
        {
            "key": "viewpoint",
            "label": "視点の当てはまり",
            "weight": 1,
            "anchors": [
                "どの視点にも当てはまらない",
                "一つの視点に部分的に当てはまる",
                "一つ以上の視点にはっきり当てはまる",
            ],
        },
    ]
}

LABEL_KINDS = ("also_met", "viewpoint", "theme")
GUIDE_OF_OPINION = "fk_assessment_guide_version_id_guide_version"
RUBRIC_OF_OPINION = "fk_assessment_rubric_version_id_rubric_version"
FIRST_OF_SECOND = "fk_assessment_first_opinion_id_assessment"


def upgrade() -> None:
    """Store the guide, the rubric, labels and ratings; opinions with answers used version 1."""
    _create_versions("guide_version", "scheme_id", "scheme")
    _create_versions("rubric_version", "round_id", "round")
    _grow_round()
    op.add_column("proposal", sa.Column("pending_owner_id", sa.Integer(), nullable=True))
    _grow_assessment()
    _create_ratings()
    _create_labels()
    _begin("guide_version", "scheme", "scheme_id", GUIDE)
    _begin("rubric_version", "round", "round_id", RUBRIC)
    op.execute(
        "UPDATE assessment SET guide_version_id = (SELECT guide_version.id FROM guide_version"
        " JOIN round ON round.scheme_id = guide_version.scheme_id"
        " JOIN proposal ON proposal.round_id = round.id"
        " WHERE proposal.id = assessment.proposal_id)"
        " WHERE CAST(answers AS TEXT) <> '{}'"
    )


def downgrade() -> None:
    """Take it back: versions, labels and ratings are lost, opinions stay."""
    op.drop_table("theme")
    op.drop_index("ix_proposal_label_kind_value", "proposal_label")
    op.drop_table("proposal_label")
    op.drop_table("assessment_rating")
    with op.batch_alter_table("assessment") as batch:
        batch.drop_constraint(op.f("uq_assessment_first_opinion_id"), type_="unique")
        for name in (FIRST_OF_SECOND, RUBRIC_OF_OPINION, GUIDE_OF_OPINION):
            batch.drop_constraint(op.f(name), type_="foreignkey")
        for name in ("first_opinion_id", "rubric_version_id", "guide_version_id", "viewpoints"):
            batch.drop_column(name)
    with op.batch_alter_table("proposal") as batch:
        batch.drop_column("pending_owner_id")
    with op.batch_alter_table("round") as batch:
        batch.drop_constraint(op.f("ck_round_silent_after_days"), type_="check")
        for name in ("revisit_until", "silent_after_days", "is_second_opinion_blind"):
            batch.drop_column(name)
    op.drop_table("rubric_version")
    op.drop_table("guide_version")


def _create_versions(table: str, owner: str, owner_table: str) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(owner, sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f(f"ck_{table}_number")),
        sa.ForeignKeyConstraint(
            [owner], [f"{owner_table}.id"], name=op.f(f"fk_{table}_{owner}_{owner_table}")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["user_account.id"],
            name=op.f(f"fk_{table}_created_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(owner, "number", name=op.f(f"uq_{table}_{owner}_number")),
    )


def _begin(table: str, owner_table: str, owner: str, content: dict[str, Any]) -> None:
    """Give every scheme its guide, or every round its rubric: version 1."""
    versions = sa.table(
        table,
        sa.column(owner, sa.Integer),
        sa.column("number", sa.Integer),
        sa.column("content", sa.JSON),
        sa.column("reason", sa.Text),
        sa.column("created_at", sa.DateTime(timezone=True)),
    )
    ids = op.get_bind().scalars(sa.select(sa.table(owner_table, sa.column("id")).c.id)).all()
    for owner_id in ids:
        row = {owner: owner_id, "number": 1, "content": content, "reason": ""}
        op.execute(versions.insert().values(created_at=sa.func.now(), **row))


def _grow_round() -> None:
    with op.batch_alter_table("round") as batch:
        batch.add_column(
            sa.Column(
                "is_second_opinion_blind", sa.Boolean(), nullable=False, server_default=sa.false()
            )
        )
        batch.add_column(
            sa.Column("silent_after_days", sa.Integer(), nullable=False, server_default="5")
        )
        batch.add_column(sa.Column("revisit_until", sa.Date(), nullable=True))
    with op.batch_alter_table("round") as batch:
        batch.alter_column(
            "is_second_opinion_blind", existing_type=sa.Boolean(), server_default=None
        )
        batch.alter_column("silent_after_days", existing_type=sa.Integer(), server_default=None)
        batch.create_check_constraint(
            op.f("ck_round_silent_after_days"), "silent_after_days BETWEEN 1 AND 250"
        )


def _grow_assessment() -> None:
    with op.batch_alter_table("assessment") as batch:
        batch.add_column(
            sa.Column("viewpoints", sa.JSON(), nullable=False, server_default=sa.text("'{}'"))
        )
        for name in ("guide_version_id", "rubric_version_id", "first_opinion_id"):
            batch.add_column(sa.Column(name, sa.Integer(), nullable=True))
    with op.batch_alter_table("assessment") as batch:
        batch.alter_column("viewpoints", existing_type=sa.JSON(), server_default=None)
        batch.create_foreign_key(
            op.f(GUIDE_OF_OPINION), "guide_version", ["guide_version_id"], ["id"]
        )
        batch.create_foreign_key(
            op.f(RUBRIC_OF_OPINION), "rubric_version", ["rubric_version_id"], ["id"]
        )
        batch.create_foreign_key(op.f(FIRST_OF_SECOND), "assessment", ["first_opinion_id"], ["id"])
        batch.create_unique_constraint(op.f("uq_assessment_first_opinion_id"), ["first_opinion_id"])


def _create_ratings() -> None:
    op.create_table(
        "assessment_rating",
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(length=40), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_assessment_rating_level")),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_assessment_rating_assessment_id_assessment"),
        ),
        sa.PrimaryKeyConstraint("assessment_id", "criterion", name=op.f("pk_assessment_rating")),
    )


def _create_labels() -> None:
    op.create_table(
        "proposal_label",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                *LABEL_KINDS, name="kind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("value", sa.String(length=40), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_label_proposal_id_proposal")
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_proposal_label_assessment_id_assessment"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["user_account.id"],
            name=op.f("fk_proposal_label_created_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_label")),
        sa.UniqueConstraint(
            "proposal_id", "kind", "value", name=op.f("uq_proposal_label_proposal_id_kind_value")
        ),
    )
    op.create_index("ix_proposal_label_kind_value", "proposal_label", ["kind", "value"])
    op.create_table(
        "theme",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_theme")),
    )
