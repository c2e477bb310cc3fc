"""The restore drill (復元の訓練): the real command on a scratch place, timed, and cleared away."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL

from app.backup.manifest import BackupFailure
from app.extensions import db
from config import ROOT

NO_SCRATCH = (
    "訓練用のデータベースを作れません。データベースを作る権限のある役割で行うか、"
    "空のデータベースを --database-url に指定してください。"
)


def run_drill(archive: Path, database_url: str = "") -> tuple[bool, float]:
    """Restore and verify in a scratch place (訓練); whether it went well, and in how many seconds.

    The place in use is not touched. Raises BackupFailure when there is nowhere to restore to.
    """
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "backup", "restore", str(archive)]
    with (
        tempfile.TemporaryDirectory(prefix="kyotsu-drill-") as folder,
        _scratch_database(Path(folder), database_url) as url,
    ):
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "STORAGE_URL": (Path(folder) / "files").as_uri(),
            "SMTP_URL": "",
        }
        started = time.monotonic()
        # The command itself, in a process of its own: what is practised is what is done.
        done = subprocess.run(command, cwd=ROOT, env=environment, check=False)  # noqa: S603 - our own command
        return done.returncode == 0, time.monotonic() - started


@contextmanager
def _scratch_database(folder: Path, given: str) -> Iterator[str]:
    """An empty database for the drill (訓練用のデータベース), removed after it."""
    if given or db.engine.dialect.name == "sqlite":
        yield given or f"sqlite:///{folder / 'drill.sqlite3'}"
        return
    name = f"kyotsu_drill_{uuid4().hex[:12]}"
    here = db.engine.url
    try:
        _execute(
            here,
            f"CREATE DATABASE {name} TEMPLATE template0"
            " ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'",
        )
    except Exception as error:
        raise BackupFailure(NO_SCRATCH) from error
    try:
        yield here.set(database=name).render_as_string(hide_password=False)
    finally:
        _execute(here, f"DROP DATABASE {name} WITH (FORCE)")


def _execute(url: URL, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
