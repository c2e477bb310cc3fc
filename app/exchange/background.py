"""Imports that take long (時間のかかる取込み): checked and saved by the job `imports`.

Each step is a transaction of its own, so that the progress can be seen and a process that dies
leaves an import where it was: the next tick goes on.
"""

import logging
from collections.abc import Callable

from sqlalchemy import update

from app.accounts.models import User
from app.core import clock
from app.core.errors import DomainError, StaleVersion
from app.core.postgresql_waits import unhurried
from app.core.unit_of_work import side_transaction, unit_of_work
from app.exchange.models import ImportRun, ImportStage
from app.exchange.queries import imports_to_check, imports_to_commit, outdated_imports
from app.exchange.services.imports import check_import, keep_result, locked, save_import
from app.extensions import db

logger = logging.getLogger(__name__)

FAILED = "処理の途中で問題が起きたため、何も取り込んでいません。もう一度ファイルを送ってください。"


@unhurried()
def run_imports() -> Callable[[], int]:
    """Check and save what waits, forget what is old (取込みの定期処理); tell how many moved.

    Enters its own units of work and leaves nothing to be written down. Safe to run twice: every
    step asks for the stage under a lock.
    """
    moved = 0
    for import_id in imports_to_check():
        moved += _check(import_id)
    for import_id in imports_to_commit():
        moved += _commit(import_id)
    for import_id in outdated_imports():
        with unit_of_work():
            db.session.delete(locked(import_id))
        moved += 1
    return lambda: moved


def _check(import_id: int) -> int:
    with unit_of_work():
        run = locked(import_id)
        run.stage = ImportStage.CHECKING
        run.rows_done = 0
        run.touched_at = clock.now()
    run = db.session.get_one(ImportRun, import_id)
    try:
        result = check_import(
            run, actor=run.created_by, progress=lambda done: _tell(import_id, done)
        )
    except Exception as error:
        _fail(import_id, error)
        return 1
    with unit_of_work():
        keep_result(locked(import_id), result)
    return 1


def _tell(import_id: int, done: int) -> None:
    """Write the progress beside the reading transaction, for whoever looks at the page."""
    with side_transaction() as session:
        session.execute(
            update(ImportRun)
            .where(ImportRun.id == import_id)
            .values(rows_done=done, touched_at=clock.now())
        )


def _commit(import_id: int) -> int:
    """Check while nothing is locked, then save: versions tell whether anything changed between."""
    run = db.session.get_one(ImportRun, import_id)
    try:
        result = check_import(
            run, actor=_presser_of(run), progress=lambda done: _tell(import_id, done)
        )
        with unit_of_work():
            run = locked(import_id)
            if run.stage is not ImportStage.COMMITTING:
                return 0
            save_import(run, result, actor=_presser_of(run))
    except StaleVersion:
        # Checked anew by the next tick, to be looked at and saved again.
        with unit_of_work():
            locked(import_id).stage = ImportStage.WAITING
    except Exception as error:
        _fail(import_id, error)
    return 1


def _presser_of(run: ImportRun) -> User:
    """Whoever pressed the button; whether that person still may is asked by the services."""
    return run.committed_by or run.created_by


def _fail(import_id: int, error: Exception) -> None:
    """Leave word of a failure on the import; the rows were rolled back before."""
    if isinstance(error, DomainError):
        words = error.message
    else:
        logger.exception("import %s failed", import_id)
        words = FAILED
    with unit_of_work():
        run = locked(import_id)
        run.stage = ImportStage.FAILED
        run.failure = words
