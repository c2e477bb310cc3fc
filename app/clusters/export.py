"""The clusters of a round as a table (まとまりの出力): a row a member, as the reader sees them."""

from collections.abc import Sequence

from app.accounts.models import User
from app.audit.services import Subject, record
from app.clusters.adoption_matrix import ADOPTION_LABELS
from app.clusters.presentation import JOINED_WORDS, NO_CLASS, ClusterView, MemberView
from app.core.tabular import Column, Table
from app.rounds.models import Round

COLUMNS = (
    Column("cluster", "まとまり番号", "integer", 12),
    Column("functions", "共通する機能", width=32),
    Column("rows", "20業務・密接関連業務", width=32),
    Column("receipt_number", "受付番号", width=12),
    Column("title", "提案概要", width=48),
    Column("body", "団体名", width=16),
    Column("names", "呼称", width=32),
    Column("joined_by", "加わった理由", width=16),
    Column("own", "この提案の文", width=40),
    Column("others", "共通する提案の文", width=40),
    Column("class", "分類", width=8),
    Column("class_kind", "分類の確定", width=10),
    Column("ministry", "所管府省庁", width=20),
    Column("adoption", "導入状況", width=18),
    Column("adoption_words", "導入状況を読み取った文", width=40),
)


def clusters_table(round_: Round, views: Sequence[ClusterView]) -> Table:
    """One row a member (まとまりの表), cluster by cluster."""
    return Table(
        title=f"{round_.label}　機能のまとまり",
        columns=COLUMNS,
        rows=[_row(view, member) for view in views for member in view.members],
        notes=(
            "この表を出力した人が閲覧できる提案だけを数えています。",
            "導入状況は「自団体の導入状況」の文から読み取ったもので、団体の回答そのものではありません。",
        ),
    )


def _row(view: ClusterView, member: MemberView) -> dict[str, object]:
    shown = member.shown_class
    return {
        "cluster": view.cluster.id,
        "functions": "、".join(view.kinds),
        "rows": "、".join(row.title for row in view.rows if row.is_main),
        "receipt_number": member.proposal.receipt_number,
        "title": member.proposal.title,
        "body": member.proposal.organization.name,
        "names": "、".join(member.names),
        "joined_by": JOINED_WORDS[member.joined_by],
        "own": "\n".join(reason.own for reason in member.reasons),
        "others": "\n".join(f"{row.other_number}：{row.others}" for row in member.reasons),
        "class": shown.code if shown else NO_CLASS,
        "class_kind": ("暫定" if shown.is_provisional else "確定") if shown else "",
        "ministry": member.ministry,
        "adoption": ADOPTION_LABELS[member.adoption],
        "adoption_words": member.adoption_words,
    }


def note_export(round_: Round, table: Table, form: str, *, actor: User) -> None:
    """Record who took the clusters of a round out (出力の記録, P22)."""
    record(
        "round.export_clusters",
        Subject(type="round", id=round_.id, version=round_.version),
        actor=actor,
        changes={"round": round_.key, "format": form, "rows": len(table.rows)},
    )
