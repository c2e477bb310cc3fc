"""Finding imports (取込みの検索). A body knows of its own imports only."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select

from app.accounts.models import User
from app.core import clock
from app.core.errors import NotFound
from app.exchange.models import ImportFile, ImportRun, ImportStage
from app.extensions import db
from app.rounds.models import Round
from app.rounds.queries import list_rounds

NOT_FOUND = "この取込みは見つかりません。「表・様式の取込み」の一覧から開いてください。"
SHOWN_RUNS = 10
KEPT_DAYS = 14
# A check that gave no sign of life for so long lost its process, and is begun anew.
LOST_AFTER = timedelta(minutes=10)


def get_import(actor: User, import_id: int) -> ImportRun:
    """Return the import of the actor's body with this id. Raises NotFound."""
    found = db.session.scalars(imports_of(actor).where(ImportRun.id == import_id)).one_or_none()
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def imports_of(actor: User) -> Select[ImportRun]:
    """Imports of the actor's body, in no order yet (自団体の取込み)."""
    return select(ImportRun).where(ImportRun.organization_id == actor.organization_id)


def latest_imports(actor: User) -> list[ImportRun]:
    """Latest imports of the actor's body, newest first (最近の取込み)."""
    statement = imports_of(actor).order_by(ImportRun.id.desc()).limit(SHOWN_RUNS)
    return list(db.session.scalars(statement))


def rounds_to_import() -> list[Round]:
    """Rounds one can write for (取込みの募集回): opened ones, those still open in front."""
    opened = [row for row in db.session.scalars(list_rounds()) if row.has_opened()]
    return sorted(opened, key=lambda row: (not row.is_open(), row.is_practice))


def imports_to_check() -> list[int]:
    """Ids of the imports that wait for their check, oldest first; lost checks too."""
    is_lost = (ImportRun.stage == ImportStage.CHECKING) & (
        ImportRun.touched_at < clock.now() - LOST_AFTER
    )
    return _ids(select(ImportRun.id).where(or_(ImportRun.stage == ImportStage.WAITING, is_lost)))


def imports_to_commit() -> list[int]:
    """Ids of the imports that wait to be saved, oldest first."""
    return _ids(select(ImportRun.id).where(ImportRun.stage == ImportStage.COMMITTING))


def outdated_imports() -> list[int]:
    """Ids of the imports that have been kept long enough (保存期限を過ぎた取込み)."""
    before = clock.now() - timedelta(days=KEPT_DAYS)
    return _ids(select(ImportRun.id).where(ImportRun.created_at < before))


def earlier_commit(digests: Sequence[str], organization_id: int) -> datetime | None:
    """When a file with one of these contents was saved before, by the same body (取込み済み)."""
    return db.session.scalar(
        select(ImportRun.committed_at)
        .join(ImportFile, ImportFile.run_id == ImportRun.id)
        .where(
            ImportFile.sha256.in_(digests),
            ImportRun.organization_id == organization_id,
            ImportRun.stage == ImportStage.DONE,
        )
        .order_by(ImportRun.committed_at.desc())
        .limit(1)
    )


def _ids(statement: Select[int]) -> list[int]:
    return list(db.session.scalars(statement.order_by(ImportRun.id)))
