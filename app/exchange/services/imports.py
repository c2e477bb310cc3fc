"""Bringing proposals in (取込み): sent, checked, saved as a whole or not at all (P34)."""

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum, auto
from itertools import groupby, islice

from sqlalchemy import select

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.eras import format_datetime
from app.core.errors import IllegalTransition, InvalidInput, NotFound
from app.exchange.checking import Progress, check_rows
from app.exchange.models import ImportFile, ImportRun, ImportStage
from app.exchange.policy import authorize_import
from app.exchange.queries import NOT_FOUND, earlier_commit
from app.exchange.result import CheckResult, Line, LineKind, result_of
from app.exchange.rows import SentFile, Upload, read_upload
from app.exchange.scopes import BodyScope, Scope
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.services.drafts import ProposalContent, edit_proposal, start_drafts
from app.rounds.models import Round

# What is checked and saved while the browser waits; more than that is done in the background.
ROWS_AT_ONCE = 500
DRAFTS_AT_ONCE = 500
HAS_ERRORS = "誤りのある行があるため取り込めません。直したファイルを送り直してください。"
NOTHING_TO_DO = "取り込む変更がありません。ファイルの内容は、今の提案と同じです。"
CHANGED_SINCE = (
    "確認した後に提案が変わったため、まだ取り込んでいません。"
    "下の結果を確かめて、もう一度「取り込む」を押してください。"
)
NOT_CHECKED = "この取込みは、まだ確認が終わっていないか、既に終わっています。"


class Outcome(Enum):
    """What became of the wish to save (取込みの結果)."""

    DONE = auto()
    ALREADY_DONE = auto()
    CHANGED_SINCE = auto()
    QUEUED = auto()


def start_import(
    round_: Round, files: Sequence[SentFile], upload: Upload, *, actor: User
) -> ImportRun:
    """Keep what was sent in, to be checked (取込みの受付). Raises NotAllowed."""
    authorize_import(actor)
    now = clock.now()
    run = ImportRun(
        round_id=round_.id,
        organization_id=actor.organization_id,
        created_by_id=actor.id,
        created_at=now,
        touched_at=now,
        stage=ImportStage.WAITING,
        encoding=upload.encoding,
        rows_total=len(upload.rows),
        rows_done=0,
        findings={},
        failure="",
        files=[_stored(sent, position) for position, sent in enumerate(files, start=1)],
    )
    db.session.add(run)
    db.session.flush()
    digests = [row.sha256 for row in run.files]
    _record(run, "import.start", actor, {"sha256": digests, "rows": run.rows_total})
    return run


def check_import(run: ImportRun, *, actor: User, progress: Progress | None = None) -> CheckResult:
    """Check an import for its body (取込みの確認). Reads only. Raises InvalidInput."""
    upload = read_upload(sent_files(run), run.round)
    digests = [row.sha256 for row in run.files]
    return check_upload(upload, run.round, digests, actor=actor, progress=progress)


def check_upload(
    upload: Upload,
    round_: Round,
    digests: Sequence[str],
    *,
    actor: User,
    progress: Progress | None = None,
) -> CheckResult:
    """Check what was read from files with these digests (取込みの確認). Reads only."""
    result = check_rows(upload, round_, BodyScope(actor), progress=progress)
    before = earlier_commit(digests, actor.organization_id)
    if before is not None:
        result.notices.insert(
            0, f"同じ内容のファイルは、{format_datetime(before)}に取り込み済みです。"
        )
    return result


def keep_result(run: ImportRun, result: CheckResult) -> None:
    """Write down what the check found (確認の結果)."""
    run.stage = ImportStage.CHECKED
    run.findings = result.to_data()
    run.rows_done = run.rows_total
    run.touched_at = clock.now()
    run.failure = ""
    db.session.flush()


def ask_commit(run: ImportRun, *, actor: User) -> Outcome:
    """Save an import, or put a long one in line for the background (取込みの実行).

    Pressed twice it acts once. Raises NotAllowed, IllegalTransition, InvalidInput.
    """
    authorize_import(actor, run)
    run = locked(run.id)
    if run.stage in (ImportStage.DONE, ImportStage.COMMITTING):
        return Outcome.ALREADY_DONE
    _check_committable(run)
    run.committed_by_id = actor.id
    if run.rows_total > ROWS_AT_ONCE:
        run.stage = ImportStage.COMMITTING
        run.touched_at = clock.now()
        db.session.flush()
        return Outcome.QUEUED
    return save_import(run, check_import(run, actor=actor), actor=actor)


def save_import(run: ImportRun, result: CheckResult, *, actor: User) -> Outcome:
    """Save every row of a fresh check (取込みの実行); the caller has locked the import.

    When a proposal changed since the check that was shown, nothing is saved: the new result is
    shown first. Raises what the services of the form raise; then nothing is saved.
    """
    if result.errors or result.marks != result_of(run.findings).marks:
        result.notices.insert(0, CHANGED_SINCE)
        keep_result(run, result)
        return Outcome.CHANGED_SINCE
    result = replace(result, lines=save_lines(result, run.round, BodyScope(actor)))
    run.stage = ImportStage.DONE
    run.committed_at = clock.now()
    run.committed_by_id = actor.id
    run.findings = result.to_data()
    for row in run.files:
        row.content = None
    db.session.flush()
    counts = {kind.value: len(result.of_kind(kind)) for kind in LineKind}
    _record(run, "import.commit", actor, {"round": run.round.key, **counts})
    return Outcome.DONE


def save_lines(result: CheckResult, round_: Round, scope: Scope) -> list[Line]:
    """Save the rows through the services of the form (行の反映); return them with their drafts.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput; the caller rolls back.
    """
    saved: list[Line] = []
    for is_new, lines in groupby(result.lines, key=lambda line: line.kind is LineKind.NEW):
        if is_new:
            # Some at a time: each group is written with as many statements as one draft.
            while some := list(islice(lines, DRAFTS_AT_ONCE)):
                saved += _started(some, round_, scope)
        else:
            saved += [_edited(line, scope) for line in lines]
    return saved


def _started(lines: Sequence[Line], round_: Round, scope: Scope) -> list[Line]:
    wanted = [(_content_of(line), _actor_for(line, scope)) for line in lines]
    return [
        replace(line, proposal_id=draft.id, reference=f"下書き{draft.id}")
        for line, draft in zip(lines, start_drafts(round_, wanted), strict=True)
    ]


def _edited(line: Line, scope: Scope) -> Line:
    if line.content is None or line.proposal_id is None:
        return line
    proposal = db.session.get_one(Proposal, line.proposal_id)
    actor = _actor_for(line, scope)
    edit_proposal(proposal, line.content, version=line.version or 0, actor=actor)
    return line


def _content_of(line: Line) -> ProposalContent:
    if line.content is None:
        raise InvalidInput({}, HAS_ERRORS)
    return line.content


def _actor_for(line: Line, scope: Scope) -> User:
    actor = None if line.organization_id is None else scope.actor_for(line.organization_id)
    if actor is None:
        raise InvalidInput({}, HAS_ERRORS)
    return actor


def locked(import_id: int) -> ImportRun:
    """Return an import anew, so that nobody else moves it meanwhile. Raises NotFound."""
    # The row first: whoever comes second reads what the first one left, instead of a version of it
    # that is no longer true.
    db.session.execute(select(ImportRun.id).where(ImportRun.id == import_id).with_for_update())
    found = db.session.get(ImportRun, import_id, populate_existing=True)
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def sent_files(run: ImportRun) -> list[SentFile]:
    """Files of an import as they were sent; those that were forgotten are left out."""
    return [SentFile(row.name, row.content) for row in run.files if row.content is not None]


def _check_committable(run: ImportRun) -> None:
    if run.stage is not ImportStage.CHECKED:
        raise IllegalTransition(NOT_CHECKED)
    result = result_of(run.findings)
    if result.errors:
        raise IllegalTransition(HAS_ERRORS)
    if not result.effects:
        raise IllegalTransition(NOTHING_TO_DO)


def _stored(sent: SentFile, position: int) -> ImportFile:
    return ImportFile(
        position=position,
        name=sent.name,
        sha256=sent.sha256,
        size_bytes=len(sent.content),
        content=sent.content,
    )


def _record(run: ImportRun, verb: str, actor: User | None, changes: dict[str, object]) -> None:
    subject = Subject(type="import", id=run.id, version=run.version)
    record(verb, subject, actor=actor, changes=changes)
