"""Taking proposals out (提案の出力): every file that leaves is in the trail."""

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core.tabular import Table
from app.exchange.files import ExportFormat
from app.exchange.models import ImportRun
from app.rounds.models import Round


def note_export(
    round_: Round, table: Table, form: ExportFormat, *, actor: User | None, with_contact: bool
) -> None:
    """Record who took how many proposals out, in which form (出力の記録, P22)."""
    record(
        "round.export_proposals",
        Subject(type="round", id=round_.id, version=round_.version),
        actor=actor,
        changes={
            "round": round_.key,
            "format": form.value,
            "proposals": len(table.rows),
            "with_contact": with_contact,
        },
    )


def note_errors_file(run: ImportRun, *, actor: User) -> None:
    """Record that the rows of an import went out with their errors (誤りの列を付けた表の記録)."""
    subject = Subject(type="import", id=run.id, version=run.version)
    record("import.export_errors", subject, actor=actor, changes={"rows": run.rows_total})
