"""The jobs and when they run (定期処理の一覧). One row a job; times are JST."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from apscheduler.triggers.cron import CronTrigger

from app.attestations.services import tell_soon_over
from app.audit.checkpoints import prepare_checkpoint
from app.audit.reading_digest import seal_readings
from app.batches.services.sending import send_due_batches
from app.clusters.background import run_clusters
from app.core.clock import JST
from app.core.errors import NotFound
from app.exchange.background import run_imports
from app.files.services import look_for_orphans, look_for_viruses
from app.jobs.audit_check import check_audit
from app.jobs.cluster_round import prepare_nightly_runs
from app.jobs.erase_idle_runs import erase_idle_runs
from app.jobs.erase_old_drafts import erase_old_drafts
from app.jobs.retention import erase_expired
from app.jobs.round_gate import tell_round_changes
from app.notifications.delivery import send_due
from app.outsiders.services import report_month
from app.personal_data.erasure import erase_by_plan
from app.reminders.services import escalate, record_overdue, send_digests, tell_revisits
from app.reports.backlog.services import store_snapshot
from app.similar.services.indexing import look_for_changed_texts
from app.transfers.services import escalate_unconfirmed, remind_unconfirmed


def no_effect(moment: datetime) -> int:
    """Stand-in for the work of a job that prepares its work (下調べのある定期処理)."""
    return 0


class Job(NamedTuple):
    """A job (定期処理): `run` takes its scheduled instant and returns how many effects it had.

    A job that waits for others (a scanner, a store) has `prepare` instead: it does the slow part
    while nothing is locked, and returns what is left to write down.

    `each_missed`: whether every tick that was missed is run for its own moment (回ごとの後追い), as
    a report of a day must be; otherwise the last one stands for all of them. `lease` is the time
    after which a tick whose process was lost is taken over, `grace` that after which a tick that
    did not come is late (遅れ).

    `cron` holds fields of a cron trigger. Days of the week are written as words: a number means
    another day to the scheduler than to cron.
    """

    name: str
    label: str
    cron: dict[str, str]
    run: Callable[[datetime], int] = no_effect
    prepare: Callable[[], Callable[[], int]] | None = None
    each_missed: bool = False
    lease: timedelta = timedelta(minutes=15)
    grace: timedelta = timedelta(minutes=15)

    def trigger(self) -> CronTrigger:
        """Trigger of the scheduler, in Japanese time."""
        return CronTrigger(**self.cron, timezone=JST)

    def following(self, instant: datetime) -> datetime | None:
        """First scheduled instant after another (次の予定時刻)."""
        found: datetime | None = self.trigger().get_next_fire_time(
            None, instant + timedelta(seconds=1)
        )
        return found


JOBS = (
    Job(
        name="outbox",
        label="メールの送信",
        cron={"second": "*/10"},
        prepare=send_due,
    ),
    Job(
        name="overdue_events",
        label="期限を過ぎた提案の記録",
        cron={"hour": "0", "minute": "5", "second": "0"},
        run=record_overdue,
        each_missed=True,
    ),
    Job(
        name="backlog_report",
        label="滞留の日次・週次報告",
        cron={"hour": "8", "minute": "0", "second": "0"},
        run=store_snapshot,
        each_missed=True,
    ),
    Job(
        name="reminders",
        label="期限のまとめの知らせ",
        cron={"hour": "8", "minute": "30", "second": "0"},
        run=send_digests,
    ),
    Job(
        name="transfer_reminders",
        label="受領されていない授受の知らせ",
        cron={"hour": "8", "minute": "35", "second": "0"},
        run=remind_unconfirmed,
    ),
    Job(
        name="transfer_escalation",
        label="催促しても受領されていない授受の総括への知らせ",
        cron={"hour": "8", "minute": "42", "second": "0"},
        run=escalate_unconfirmed,
    ),
    Job(
        name="escalation",
        label="期限を3開庁日以上過ぎた提案の総括への知らせ",
        cron={"hour": "8", "minute": "40", "second": "0"},
        run=escalate,
    ),
    Job(
        name="pending_revisit",
        label="見直し日が来た提案の知らせ",
        cron={"hour": "8", "minute": "45", "second": "0"},
        run=tell_revisits,
    ),
    Job(
        name="audit_check",
        label="監査証跡の検証",
        cron={"hour": "2", "minute": "0", "second": "0"},
        prepare=check_audit,
    ),
    Job(
        name="audit_checkpoint",
        label="監査証跡の封印",
        cron={"minute": "10", "second": "0"},
        prepare=prepare_checkpoint,
    ),
    Job(
        name="read_log_seal",
        label="閲覧の記録の封",
        cron={"hour": "0", "minute": "40", "second": "0"},
        run=seal_readings,
        each_missed=True,
    ),
    Job(
        name="retention",
        label="保存期間を過ぎた記録の消去",
        cron={"hour": "3", "minute": "0", "second": "0"},
        run=erase_expired,
    ),
    Job(
        name="erase_personal_data",
        label="計画による個人情報の廃棄",
        cron={"hour": "3", "minute": "30", "second": "0"},
        prepare=erase_by_plan,
        lease=timedelta(hours=2),
    ),
    Job(
        name="attestation_notices",
        label="研修・誓約の期限の知らせ",
        cron={"hour": "8", "minute": "50", "second": "0"},
        run=tell_soon_over,
    ),
    Job(
        name="outsider_reports",
        label="部外者の月ごとの活動報告",
        cron={"day": "1", "hour": "6", "minute": "30", "second": "0"},
        run=report_month,
        each_missed=True,
    ),
    Job(
        name="round_gate",
        label="募集の開始・締切の知らせ",
        cron={"minute": "*", "second": "0"},
        run=tell_round_changes,
    ),
    Job(
        name="batches",
        label="承認されたまとめて送付の実行",
        cron={"minute": "*", "second": "45"},
        run=send_due_batches,
    ),
    Job(
        name="erase_old_drafts",
        label="古い下書きの版・送信キーの整理",
        cron={"hour": "3", "minute": "10", "second": "0"},
        run=erase_old_drafts,
    ),
    Job(
        name="erase_idle_runs",
        label="何もすることのなかった定期処理の記録の整理",
        cron={"hour": "3", "minute": "20", "second": "0"},
        run=erase_idle_runs,
    ),
    Job(
        name="scan_files",
        label="ファイルのウイルス検査",
        cron={"minute": "*", "second": "30"},
        prepare=look_for_viruses,
    ),
    Job(
        name="sweep_files",
        label="どこからも使われていないファイルの掃除",
        cron={"hour": "3", "minute": "40", "second": "0"},
        prepare=look_for_orphans,
    ),
    Job(
        name="similarity",
        label="似た提案を探すための索引の更新",
        cron={"minute": "*", "second": "15"},
        prepare=look_for_changed_texts,
    ),
    Job(
        name="imports",
        label="時間のかかる取込みの確認・実行",
        cron={"second": "*/5"},
        prepare=run_imports,
    ),
    Job(
        name="clusters",
        label="機能のまとまりの作成",
        cron={"second": "*/10"},
        prepare=run_clusters,
    ),
    Job(
        name="clusters_nightly",
        label="提案の文が変わった募集回のまとめ直しの依頼",
        cron={"hour": "2", "minute": "30", "second": "0"},
        prepare=prepare_nightly_runs,
    ),
)


def get_job(name: str) -> Job:
    """Return the job with this name. Raises NotFound with the names that exist."""
    for job in JOBS:
        if job.name == name:
            return job
    names = "、".join(job.name for job in JOBS)
    raise NotFound(f"定期処理「{name}」はありません。次から選んでください：{names}")
