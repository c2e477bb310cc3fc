"""Which reports there are (報告の種類): the one list behind screen, files and command line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.accounts.models import User
from app.core.errors import InvalidInput, NotFound
from app.reports import candidates, classification, intake, pending
from app.reports.backlog import report as backlog
from app.reports.counting import NOW, Counting, read_counting
from app.reports.flow import durations, progress
from app.reports.flow.question import read_question
from app.reports.registers import REGISTER_REPORTS
from app.reports.registers import TEMPLATE as REGISTER_TEMPLATE
from app.reports.report import Report
from app.rounds.models import Round


@dataclass(frozen=True, kw_only=True)
class ReportKind:
    """A report that can be asked for (報告の種類).

    `build` takes the round and the reader; without a reader it leaves nothing out. One that
    `counts_cases` takes the counting, too (数え方・時点). `is_statistics` marks figures alone: no
    text of a proposal, no body by name. `read` reads the counting from an address (クエリ).
    """

    name: str
    title: str
    description: str
    build: Callable[..., Report]
    template: str
    is_statistics: bool
    counts_cases: bool = False
    read: Callable[[Mapping[str, str]], Counting] = read_counting
    # Builds it for its page, where that needs less than the files (画面用); None: as for files.
    build_page: Callable[..., Report] | None = None

    def make_page(self, round_: Round, reader: User, counting: Counting) -> Report:
        """Build the report for its page (画面). Raises InvalidInput like `make`."""
        if self.build_page is None:
            return self.make(round_, reader, counting)
        return self.build_page(round_, reader, counting)

    def make(self, round_: Round, reader: User | None, counting: Counting = NOW) -> Report:
        """Build the report (報告). Raises InvalidInput for a counting it does not know."""
        if self.counts_cases:
            return self.build(round_, reader, counting)
        if counting != NOW:
            message = f"「{self.title}」では、数え方（basis）と時点（as_of）を指定できません"
            raise InvalidInput({"as_of": [message]}, message + "。")
        return self.build(round_, reader)


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
            counts_cases=True,
        ),
        ReportKind(
            name=classification.NAME,
            title=classification.TITLE,
            description="分類ごとの提案件数と対応方針、ペンディングの件数",
            build=classification.build_classification,
            template="reports/classification.html",
            is_statistics=True,
            counts_cases=True,
        ),
        ReportKind(
            name=pending.NAME,
            title=pending.TITLE,
            description="ペンディングの提案の概要、詳細、団体種別。画面では理由、担当、見直し日も",
            build=pending.build_pending,
            template="reports/pending.html",
            is_statistics=False,
            counts_cases=True,
        ),
        ReportKind(
            name=backlog.NAME,
            title=backlog.TITLE,
            description="終了していない提案の状態・分類と日数、今の持ち主、期限超過。過去の時点も",
            build=backlog.build_backlog,
            build_page=backlog.show_backlog,
            template="reports/backlog/show.html",
            is_statistics=False,
            counts_cases=True,
        ),
        ReportKind(
            name=progress.NAME,
            title=progress.TITLE,
            description="受付と分類確定の推移、状態ごとの累積、週ごとの分類確定の件数、全件確定の見込み",
            build=progress.build_flow,
            template="reports/flow_progress.html",
            is_statistics=False,
            counts_cases=True,
            read=read_question,
        ),
        ReportKind(
            name=durations.NAME,
            title=durations.TITLE,
            description="手順ごと・分類ごとの日数の中央値と85％値、事務局の時間と待ちの時間",
            build=durations.build_cycle_time,
            template="reports/flow_durations.html",
            is_statistics=False,
            counts_cases=True,
            read=read_question,
        ),
        ReportKind(
            name=candidates.NAME,
            title=candidates.TITLE,
            description="対象候補の番号、区分、業務・システム、府省庁、由来、状態",
            build=candidates.build_candidates,
            template=candidates.TEMPLATE,
            is_statistics=False,
        ),
        *(
            ReportKind(
                name=kind.name,
                title=kind.title,
                description=kind.description,
                build=kind.build,
                template=REGISTER_TEMPLATE,
                is_statistics=False,
            )
            for kind in REGISTER_REPORTS
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
