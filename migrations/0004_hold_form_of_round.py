"""Hold the form of a round (様式の項目) as data.

Every round that exists keeps the form it was asked in: the same names, labels, helps and marks, the
limits from the three columns that go.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KINDS = ("text", "long_text", "email", "ministry", "viewpoints", "yes_no", "choice")
AUDIENCES = ("body_and_secretariat", "shared")
INTERNAL, SHARED = AUDIENCES

VIEWPOINTS = [
    "ⅰ　新しい課題で、導入団体は少ないが全国に広げる意義がある",
    "ⅱ　制度改正に対応する業務負担が大きい",
    "ⅲ　データを適時に扱う必要があり、国への報告に手間がかかる",
]
HARDSHIP_AND_EFFECT = "hardship_and_effect"
# Columns of the round that held a limit, by the fields they limit.
LIMITS = {
    "title": "title_limit",
    "requested_measure": "requested_measure_limit",
    "hardship_case": "hardship_and_effect_limit",
    "effect": "hardship_and_effect_limit",
}
DEFAULT_LIMITS = {
    "title_limit": 100,
    "requested_measure_limit": 250,
    "hardship_and_effect_limit": 700,
}
ROUND = sa.table("round", sa.column("id"), *map(sa.column, DEFAULT_LIMITS))
FORM_FIELD = sa.table("form_field", *map(sa.column, ("round_id", "name", "character_limit")))
# The form as it stood in the code: (name, kind, label, help, is required, audience).
FIELDS = (
    ("title", "text", "提案概要", "業務の名前が分かるように書いてください。", True, SHARED),
    (
        "detail",
        "long_text",
        "提案詳細",
        "どの業務を、どのように共通化したいかを書いてください。",
        True,
        SHARED,
    ),
    (
        "requested_measure",
        "long_text",
        "求める措置",
        "国や事務局に何をしてほしいかを書いてください。",
        True,
        SHARED,
    ),
    ("hardship_case", "long_text", "支障事例", "今、どの業務で誰が困っているか。", True, SHARED),
    (
        "effect",
        "long_text",
        "制度改正の効果",
        "住民と行政にとって、何がどれだけ良くなるか。",
        True,
        SHARED,
    ),
    (
        "legal_basis",
        "long_text",
        "根拠法令",
        "業務の根拠となる法令と条。例：地方自治法第244条の2。分からなければ空欄。",
        False,
        SHARED,
    ),
    (
        "ministry_id",
        "ministry",
        "所管府省庁",
        "根拠となる制度を所管する府省庁。分からなければ、そのままで構いません。",
        False,
        SHARED,
    ),
    ("viewpoints", "viewpoints", "当てはまる視点", "いくつでも選べます。", True, SHARED),
    (
        "adoption_status",
        "long_text",
        "自団体の導入状況",
        "今使っているシステム、導入した年度、費用など。未導入のときはその旨。",
        False,
        SHARED,
    ),
    (
        "bunken_control_number",
        "text",
        "分権提案管理番号",
        "同じ内容を地方分権改革の提案募集にも出しているときの管理番号。",
        False,
        SHARED,
    ),
    (
        "contact_department",
        "text",
        "担当部署",
        "事務局からの問い合わせに答える部署。",
        True,
        INTERNAL,
    ),
    (
        "contact_email",
        "email",
        "連絡先メールアドレス",
        "担当部署の共用のアドレス。",
        False,
        INTERNAL,
    ),
)


def upgrade() -> None:
    """Make the fields of every round, then drop the columns that held its limits."""
    form_field = op.create_table(
        "form_field",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=100), nullable=False),
        sa.Column("kind", _words(KINDS, "field_kind"), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("help", sa.Text(), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("character_limit", sa.Integer(), nullable=True),
        sa.Column("limit_group", sa.String(length=40), nullable=True),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("shown_when_field", sa.String(length=40), nullable=True),
        sa.Column("shown_when_value", sa.String(length=200), nullable=False),
        sa.Column("keeps_hidden_answer", sa.Boolean(), nullable=False),
        sa.Column("audience", _words(AUDIENCES, "field_audience"), nullable=False),
        sa.CheckConstraint("position > 0", name=op.f("ck_form_field_position_positive")),
        sa.CheckConstraint(
            "character_limit IS NULL OR character_limit > 0",
            name=op.f("ck_form_field_limit_positive"),
        ),
        sa.CheckConstraint(
            "limit_group IS NULL OR character_limit IS NOT NULL",
            name=op.f("ck_form_field_group_has_limit"),
        ),
        sa.CheckConstraint(
            "(shown_when_field IS NULL) = (shown_when_value = '')",
            name=op.f("ck_form_field_condition_complete"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_form_field_round_id_round")
        ),
        sa.PrimaryKeyConstraint("round_id", "name", name=op.f("pk_form_field")),
    )
    _make_fields(form_field)
    _add_column("round", "form_version", sa.Integer(), "1")
    _add_column("proposal", "answers", sa.JSON(), "'{}'")
    with op.batch_alter_table("round") as batch:
        for name in DEFAULT_LIMITS:
            batch.drop_column(name)


def downgrade() -> None:
    """Bring the three limits back into the round; answers to other fields are lost."""
    for name, default in DEFAULT_LIMITS.items():
        _add_column("round", name, sa.Integer(), str(default))
        field = next(field for field, column in LIMITS.items() if column == name)
        limit = (
            sa.select(FORM_FIELD.c.character_limit)
            .where(FORM_FIELD.c.round_id == ROUND.c.id, FORM_FIELD.c.name == field)
            .scalar_subquery()
        )
        op.execute(sa.update(ROUND).values({name: sa.func.coalesce(limit, ROUND.c[name])}))
    with op.batch_alter_table("proposal") as batch:
        batch.drop_column("answers")
    with op.batch_alter_table("round") as batch:
        batch.drop_column("form_version")
    op.drop_table("form_field")


def _words(words: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def _add_column(table: str, name: str, kind: sa.types.TypeEngine[object], default: str) -> None:
    """Add a column whose default is for the rows that exist already, and goes again."""
    with op.batch_alter_table(table) as batch:
        batch.add_column(sa.Column(name, kind, nullable=False, server_default=sa.text(default)))
    with op.batch_alter_table(table) as batch:
        batch.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)


def _make_fields(form_field: sa.Table) -> None:
    rounds = op.get_bind().execute(sa.select(ROUND).order_by(ROUND.c.id))
    rows = [
        _field_row(round_._mapping, position, field)
        for round_ in rounds
        for position, field in enumerate(FIELDS, start=1)
    ]
    if rows:
        op.bulk_insert(form_field, rows)


def _field_row(
    round_: "sa.RowMapping", position: int, field: tuple[str, str, str, str, bool, str]
) -> dict[str, object]:
    name, kind, label, help_text, is_required, audience = field
    return {
        "round_id": round_["id"],
        "name": name,
        "position": position,
        "section": "",
        "kind": kind,
        "label": label,
        "help": help_text,
        "is_required": is_required,
        "character_limit": round_[LIMITS[name]] if name in LIMITS else None,
        "limit_group": HARDSHIP_AND_EFFECT if name in ("hardship_case", "effect") else None,
        "choices": VIEWPOINTS if kind == "viewpoints" else [],
        "shown_when_field": None,
        "shown_when_value": "",
        "keeps_hidden_answer": False,
        "audience": audience,
    }
