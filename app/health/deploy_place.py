"""What is unsafe about the machine and the database (台とデータベースの点検)."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sqlalchemy import func, select, text

from app.accounts.demo_accounts import DEMO_ACCOUNTS
from app.accounts.models import Role, SecondFactor, User
from app.accounts.policy import requires_second_factor
from app.accounts.queries import is_active_today, users_with_role
from app.core import clock
from app.core.node_clock import clock_offset, is_off
from app.extensions import alembic, db
from app.health.deploy import Finding, found
from app.health.routes import SCHEDULER_AGE, SCHEDULER_JOB
from app.jobs.queries import last_finish
from config import Settings

OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO
NETWORK_SYSTEMS = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "ceph")
DURABLE = ("fsync", "full_page_writes")
FEWEST_ADMINS = 2
MOUNTS = Path("/proc/self/mounts")


def place_findings(settings: Settings) -> Iterator[Finding]:
    """What the machine tells (台の点検): who may read the files, and where they lie."""
    if os.geteuid() == 0:
        yield found("実行する利用者", "root で動いています。専用の利用者で動かしてください。")
    if settings.is_sqlite():
        path = Path(settings.database_url().removeprefix("sqlite:///")).absolute()
        yield from _file_findings("DATABASE_URL", "データベースのファイル", path)
        if file_system_of(path) in NETWORK_SYSTEMS:
            words = (
                "SQLite がネットワーク上のフォルダーにあります。この台のディスクに移してください。"
            )
            yield found("DATABASE_URL", words)
    if settings.storage_url().startswith("file:///"):
        folder = Path(unquote(urlsplit(settings.storage_url()).path))
        yield from _file_findings("STORAGE_URL", "添付の保管先", folder)


def _file_findings(name: str, label: str, path: Path) -> Iterator[Finding]:
    if path.exists() and path.stat().st_mode & OPEN_TO_OTHERS:
        # A folder that lets nobody in hides what is in it.
        is_hidden = path.is_file() and not path.parent.stat().st_mode & OPEN_TO_OTHERS
        if not is_hidden:
            words = f"{label}を、この台のほかの利用者が読めます。持ち主だけにしてください。"
            yield found(name, words)


def file_system_of(path: Path, mounts: Path = MOUNTS) -> str:
    """Kind of file system a path lies on; "" where the machine does not tell."""
    best, kind = "", ""
    lines = mounts.read_text(encoding="utf-8").splitlines() if mounts.exists() else []
    for line in lines:
        _, point, system, *_ = line.split(" ")
        point = point.replace("\\040", " ")
        is_above = path.is_relative_to(point)
        if is_above and len(point) >= len(best):
            best, kind = point, system
    return kind


def database_findings(settings: Settings) -> Iterator[Finding]:
    """What the database tells (データベースの点検): its own settings, the accounts, the jobs."""
    if db.engine.dialect.name == "postgresql":
        yield from _postgresql_findings()
    known = set(alembic.script_directory.get_heads())
    if set(alembic.migration_context.get_current_heads()) != known:
        words = "まだ行っていない移行があります。flask --app wsgi db upgrade を行ってください。"
        yield found("db upgrade", words)
        # Before its migrations the tables are others than these questions know.
        return
    yield from _account_findings(settings)
    if is_off(clock_offset()):
        yield found(
            "時計", "この台とデータベースの時計が合っていません。時刻同期を確かめてください。"
        )
    finished = last_finish(SCHEDULER_JOB)
    if finished is None or clock.now() - finished > SCHEDULER_AGE:
        words = "定期処理が動いていません。flask --app wsgi scheduler を常駐させてください。"
        yield found("scheduler", words)


def _postgresql_findings() -> Iterator[Finding]:
    for name in DURABLE:
        if _shown(name) != "on":
            yield found(f"PostgreSQL {name}", "on にしてください。電源断で記録が失われます。")
    if _shown("synchronous_commit") == "off":
        words = "off 以外にしてください。応答した操作が電源断で失われます。"
        yield found("PostgreSQL synchronous_commit", words)
    is_super = text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    if db.session.scalar(is_super):
        words = "接続する役割が superuser です。表の権限だけを持つ役割にしてください。"
        yield found("DATABASE_URL", words)


def _shown(name: str) -> str:
    return str(db.session.scalar(select(func.current_setting(name))))


def _account_findings(settings: Settings) -> Iterator[Finding]:
    demo = [account.login for account in DEMO_ACCOUNTS]
    count = db.session.scalar(
        select(func.count()).select_from(User).where(User.login.in_(demo), is_active_today())
    )
    if count:
        words = f"試用の利用者が{count}人います。公開されたパスワードを持つため、停止してください。"
        yield found("試用の利用者", words)
    admins = len(list(db.session.scalars(users_with_role(Role.ADMIN))))
    if admins < FEWEST_ADMINS:
        words = f"有効な人が{admins}人です。互いに承認できるように、2人以上にしてください。"
        yield found("システム管理", words)
    if settings.enforces_second_factor():
        yield from _factor_findings()


def _factor_findings() -> Iterator[Finding]:
    confirmed = select(SecondFactor.user_id).where(SecondFactor.secret.is_not(None))
    without = db.session.scalars(
        select(User).where(User.id.not_in(confirmed), is_active_today())
    ).unique()
    count = sum(map(requires_second_factor, without))
    if count:
        words = f"登録していない人が{count}人います。次のログインで登録を求められます。"
        yield found("二要素認証", words)
