"""Jobs by hand and the scheduler (定期処理のコマンド)."""

import signal
from datetime import datetime
from types import FrameType

import click
from flask.cli import AppGroup, ScriptInfo

from app.core import clock
from app.core.eras import format_datetime
from app.core.errors import DomainError
from app.extensions import db
from app.jobs.queries import latest_runs
from app.jobs.runner import run_tick
from app.jobs.schedule import JOBS, get_job
from app.jobs.scheduler import build_scheduler

jobs_commands = AppGroup("jobs", help="定期処理を一覧・手動実行する。")


@jobs_commands.command("list")
def list_jobs() -> None:
    """Show the jobs with their next time (定期処理の一覧)."""
    for job in JOBS:
        following = job.trigger().get_next_fire_time(None, clock.now())
        when = format_datetime(following) if following else "予定なし"
        click.echo(f"{job.name}\t{job.label}\t次回 {when}")


@jobs_commands.command("run")
@click.argument("name")
@click.option("--at", "moment", help="処理の時点（ISO 8601。時差のない値は日本時間）。既定は現在。")
def run_job(name: str, moment: str | None) -> None:
    """Run a job for a moment (手動実行); a tick that was run before is not run again."""
    try:
        job = get_job(name)
    except DomainError as error:
        raise click.ClickException(error.message) from error
    result = run_tick(job, _moment(moment), is_by_hand=True)
    if not result.is_mine:
        click.echo("この時点の処理は既に行われています。")
    elif result.error:
        raise click.ClickException(f"処理に失敗しました：{result.error}")
    else:
        click.echo(f"{job.label}：{result.effects}件")


@jobs_commands.command("history")
@click.option("--limit", default=20, show_default=True, help="表示する件数。")
def show_history(limit: int) -> None:
    """Show the last ticks (実行の履歴)."""
    for run in db.session.scalars(latest_runs(limit)):
        ended = format_datetime(run.finished_at) if run.finished_at else "実行中"
        outcome = f"失敗 {run.error}" if run.error else f"{run.effects}件"
        click.echo(f"{format_datetime(run.scheduled_for)}\t{run.job}\t{ended}\t{outcome}")


@click.command("scheduler", help="定期処理を前面で動かす（Ctrl-C または SIGTERM で終了）。")
@click.pass_obj
def scheduler_command(script: ScriptInfo) -> None:
    """Run the scheduler until it is told to stop (定期処理の起動)."""
    scheduler = build_scheduler(script.load_app())

    def stop(_signal: int, _frame: FrameType | None) -> None:
        scheduler.shutdown(wait=False)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    scheduler.start()


def _moment(text: str | None) -> datetime:
    if text is None:
        return clock.now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.ClickException(
            "--at は 2024-08-28T00:01:00+09:00 のように指定してください。"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.JST)
