"""Which reports there are (報告の種類): the one list behind screen, files and command line."""

from collections.abc import Callable
from dataclasses import dataclass

from app.accounts.models import User
from app.core.errors import NotFound
from app.reports import classification, intake, pending
from app.reports.report import Report
from app.rounds.models import Round


@dataclass(frozen=True, kw_only=True)
class ReportKind:
    """A report that can be asked for (報告の種類).

    `build` takes the round and the reader; without a reader it leaves nothing out. `is_statistics`
    marks figures alone: no text of a proposal, no body by name.
    """

    name: str
    title: str
    description: str
    build: Callable[[Round, User | None], Report]
    template: str
    is_statistics: bool


REPORTS = {
    kind.name: kind
    for kind in (
        ReportKind(
            name=intake.NAME,
            title=intake.TITLE,
            description="募集期間、提案件数、団体種別ごとの提案団体数",
            build=intake.build_intake,
            template="reports/intake.html",
            is_statistics=True,
        ),
        ReportKind(
            name=classification.NAME,
            title=classification.TITLE,
            description="分類ごとの提案件数と対応方針、ペンディングの件数",
            build=classification.build_classification,
            template="reports/classification.html",
            is_statistics=True,
        ),
        ReportKind(
            name=pending.NAME,
            title=pending.TITLE,
            description="ペンディングの提案の概要、詳細、団体種別。画面では理由、担当、見直し日も",
            build=pending.build_pending,
            template="reports/pending.html",
            is_statistics=False,
        ),
    )
}


def get_report_kind(name: str) -> ReportKind:
    """Return the report with this name (`classification`). Raises NotFound."""
    kind = REPORTS.get(name)
    if kind is None:
        known = "、".join(f"{each.name}（{each.title}）" for each in REPORTS.values())
        raise NotFound(f"「{name}」という報告はありません。報告は {known} です。")
    return kind
