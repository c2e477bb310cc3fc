"""Words about the jobs (定期処理の言葉)."""

from datetime import timedelta
from typing import NamedTuple

from app.jobs.ledger import RETRY_AFTER
from app.jobs.models import AlarmKind, JobRun
from app.jobs.schedule import Job
from app.jobs.standing import JobState

ALARM_LABELS = {
    AlarmKind.FAILED: "失敗",
    AlarmKind.LATE: "遅れ",
    AlarmKind.CUT_SHORT: "中断",
    AlarmKind.CLOCK: "時計のずれ",
    AlarmKind.AUDIT_BROKEN: "監査証跡の異常",
    AlarmKind.DISK: "保存場所の空き",
}
DAY_WORDS = {
    "mon": "月曜",
    "tue": "火曜",
    "wed": "水曜",
    "thu": "木曜",
    "fri": "金曜",
    "sat": "土曜",
    "sun": "日曜",
    "mon-fri": "平日",
}


class Badge(NamedTuple):
    """A word with its tone (状況の言葉)."""

    label: str
    tone: str


STATE_BADGES = {
    JobState.OK: Badge("正常", "done"),
    JobState.RUNNING: Badge("実行中", "work"),
    JobState.LATE: Badge("遅れ", "late"),
    JobState.CUT_SHORT: Badge("中断", "late"),
    JobState.FAILED: Badge("失敗", "late"),
    JobState.NEVER_RAN: Badge("予定の回はまだありません", "wait"),
}


def schedule_words(job: Job) -> str:
    """When a job runs, in words (実行の予定): 10秒ごと, 毎分, 毎日8時30分, 平日8時."""
    second = job.cron.get("second", "0")
    if second.startswith("*/"):
        return f"{second[2:]}秒ごと"
    minute, hour = job.cron.get("minute", "0"), job.cron.get("hour", "*")
    if minute.startswith("*"):
        return f"{minute[2:]}分ごと" if minute.startswith("*/") else "毎分"
    day = job.cron.get("day_of_week")
    days = DAY_WORDS.get(day, day) if day else "毎日"
    moment = f"{hour}時" + (f"{minute}分" if minute != "0" else "")
    return f"毎時{minute}分" if hour == "*" else f"{days}{moment}"


def missed_words(job: Job) -> str:
    """What becomes of ticks that were missed (抜けた回の扱い)."""
    if job.each_missed:
        return "古い順に1回ずつ、それぞれの予定の時点で行います。1回も抜けません。"
    return "いちばん新しい回が、抜けた回の分もまとめて行います。"


def retry_words(job: Job) -> str:
    """What becomes of a tick that failed (失敗した回の扱い)."""
    waits = "・".join(f"{duration_words(wait)}後" for wait in RETRY_AFTER)
    until = "" if job.each_missed else "次の回が先に来たときは、その回が引き受けます。"
    return f"{waits}に自動で試し直します。{until}"


def duration_words(duration: timedelta | None) -> str:
    """A duration as people read it (所要時間): 0.2秒, 12秒, 3分5秒."""
    if duration is None:
        return "—"
    seconds = max(duration.total_seconds(), 0)
    if seconds < 10:
        return f"{seconds:.1f}秒"
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest}秒"
    return f"{minutes}分{rest}秒" if rest else f"{minutes}分"


def run_badge(run: JobRun, is_cut_short: bool) -> Badge:
    """How one tick ended (実行の結果)."""
    if run.has_failed:
        return Badge("失敗", "late")
    if is_cut_short:
        return Badge("中断", "late")
    return Badge("実行中", "work") if run.finished_at is None else Badge("完了", "done")
