"""Backups on the command line (バックアップのコマンド)."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import AppGroup

from app.backup.archive import check_archive
from app.backup.create import create_backup
from app.backup.drill import run_drill
from app.backup.manifest import BackupFailure, Manifest
from app.backup.restore import restore_backup
from app.core.storage import StorageFailure
from app.integrity.commands import verify_and_tell

backup_commands = AppGroup("backup", help="バックアップを作る・確かめる・復元する。")

NEW_FILE = click.Path(dir_okay=False, path_type=Path, resolve_path=True)
OLD_FILE = click.Path(dir_okay=False, exists=True, path_type=Path, resolve_path=True)
NEXT = "SMTP_URL を空のまま起動し、画面と送信状況を確かめてから、メールを再開してください。"


@backup_commands.command("create")
@click.argument("file", type=NEW_FILE)
def create(file: Path) -> None:
    """動かしたまま、データベースとファイルの写しを1つのファイルに作る。"""
    started = time.monotonic()
    with _in_words():
        manifest = create_backup(file)
    size = file.stat().st_size / 1024 / 1024
    click.echo(f"{file} を作りました（{size:,.1f}MB、{time.monotonic() - started:.1f}秒）。")
    _tell(manifest)
    if manifest.missing:
        click.echo(
            f"保管先にないか壊れているファイルが{len(manifest.missing)}件あり、写せませんでした。"
            "flask --app wsgi verify で確かめてください。",
            err=True,
        )
        sys.exit(1)


@backup_commands.command("verify")
@click.argument("file", type=OLD_FILE)
def verify(file: Path) -> None:
    """バックアップが作ったときのままかを、全部読んで確かめる。"""
    with _in_words():
        manifest = check_archive(file)
    click.echo(f"{file} は、作ったときのままです。")
    _tell(manifest)


@backup_commands.command("restore")
@click.argument("file", type=OLD_FILE)
def restore(file: Path) -> None:
    """空のデータベースと空の保管先に復元し、整合性を検証する。"""
    started = time.monotonic()
    with _in_words():
        manifest = restore_backup(file)
    click.echo(f"{file} を復元しました（{time.monotonic() - started:.1f}秒）。")
    _tell(manifest)
    is_well = verify_and_tell()
    click.echo(f"復元と検証：{time.monotonic() - started:.1f}秒")
    if not is_well:
        sys.exit(1)
    click.echo(NEXT)


@backup_commands.command("drill")
@click.argument("file", type=OLD_FILE)
@click.option(
    "--database-url",
    default="",
    metavar="URL",
    help="訓練に使う空のデータベース。既定は、その場で作って消す。",
)
def drill(file: Path, database_url: str) -> None:
    """今のものに触れずに、別の場所へ復元・検証し、かかった時間を示して消す（復元の訓練）。"""
    with _in_words():
        is_well, seconds = run_drill(file, database_url)
    if not is_well:
        raise click.ClickException("復元の訓練：失敗しました。上の理由を確かめてください。")
    click.echo(
        f"復元の訓練：成功。復元にかかる時間（RTO）{seconds:.0f}秒。訓練の場所は消しました。"
    )


def _tell(manifest: Manifest) -> None:
    moment = manifest.moment
    click.echo(
        f"時点 {manifest.created_at}、{moment.engine}、表の版 {moment.revision}、"
        f"提案 {moment.tables['proposal']:,}件、ファイル {manifest.files:,}件、"
        f"監査記録 {moment.audit_seq:,}番（{moment.audit_hash[:16]}…）"
    )


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except BackupFailure as error:
        raise click.ClickException(str(error)) from error
    except StorageFailure as error:
        raise click.ClickException(
            f"保管先（STORAGE_URL）を読み書きできません（{error}）。"
        ) from error
