"""Asking and answering (相談・回答)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm.attributes import flag_modified

from app.accounts.models import Organization, Role, User
from app.accounts.queries import users_of_body, users_with_role
from app.consultations.letters import letter_recipients, tell
from app.consultations.lifecycle import check_going_on, check_version, keep_trace
from app.consultations.models import Consultation, ConsultationFile, ConsultationMessage
from app.consultations.policy import authorize_answer, authorize_ask
from app.core import clock
from app.core.errors import InvalidInput
from app.core.text import is_blank
from app.extensions import db
from app.files.gate import clean_name
from app.files.services import Received, keep, receive
from app.rounds.models import Round

FILES_AT_ONCE = 5
FILE_LIMIT_MB = 20
MEGABYTE = 1024 * 1024


class Upload(NamedTuple):
    """A file as it comes from the browser (送られたファイル)."""

    name: str
    content: BinaryIO


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A new question (事前相談): subject of at most 100 characters, text, round if known."""

    subject: str
    body: str
    round: Round | None = None
    files: Sequence[Received] = ()


@dataclass(frozen=True, kw_only=True)
class Write:
    """A further message of either side (発言)."""

    version: int
    body: str
    files: Sequence[Received] = ()


def receive_files(uploads: Sequence[Upload]) -> list[Received]:
    """Check the files of one message and put them in the store, all or none (資料の受入検査).

    Called before the unit of work, for it is slow. Raises InvalidInput with every refusal, each
    with the name of its file.
    """
    if len(uploads) > FILES_AT_ONCE:
        raise InvalidInput({"files": [f"ファイルは一度に{FILES_AT_ONCE}個まで選んでください"]})
    received: list[Received] = []
    refused: list[str] = []
    for upload in uploads:
        try:
            limit = FILE_LIMIT_MB * MEGABYTE
            received.append(receive(upload.content, upload.name, size_limit_bytes=limit))
        except InvalidInput as error:
            said = "、".join(words for row in error.errors.values() for words in row)
            refused.append(f"「{clean_name(upload.name)}」：{said}")
    if refused:
        raise InvalidInput({"files": refused})
    return received


def ask(command: Ask, *, actor: User) -> Consultation:
    """Open a thread of the actor's body (事前相談). Raises NotAllowed, InvalidInput."""
    authorize_ask(actor)
    errors = _body_problems(command.body, "相談の内容")
    if is_blank(command.subject):
        errors = {"subject": ["件名を入力してください"], **errors}
    if errors:
        raise InvalidInput(errors)
    sequence = _next_sequence(actor)
    now = clock.now()
    consultation = Consultation(
        number=f"{actor.organization.code}-{sequence:03d}",
        organization_id=actor.organization_id,
        sequence=sequence,
        round=command.round,
        subject=command.subject,
        created_by_id=actor.id,
        created_at=now,
        waiting_since=now,
    )
    db.session.add(consultation)
    db.session.flush()
    _add_message(consultation, command.body, command.files, actor=actor, is_answer=False)
    keep_trace(
        consultation,
        "ask",
        actor,
        changes={"number": consultation.number, **_digests(command.files)},
    )
    _tell_secretariat(consultation)
    return consultation


def add_question(consultation: Consultation, command: Write, *, actor: User) -> None:
    """Write more to a thread of one's body (追記): the secretariat has the move again.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize_ask(actor, consultation)
    _write(consultation, command, actor=actor, is_answer=False)
    keep_trace(consultation, "add_question", actor, changes=_digests(command.files))
    _tell_secretariat(consultation)


def answer(consultation: Consultation, command: Write, *, actor: User) -> None:
    """Answer a thread (回答). Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput."""
    authorize_answer(actor)
    _write(consultation, command, actor=actor, is_answer=True)
    keep_trace(consultation, "answer", actor, changes=_digests(command.files))
    body = users_of_body(consultation.organization_id, Role.PROPOSER, Role.PROPOSER_MANAGER)
    tell("consultation_answered", consultation, db.session.scalars(body))


def _write(consultation: Consultation, command: Write, *, actor: User, is_answer: bool) -> None:
    check_version(consultation, command.version)
    check_going_on(consultation)
    errors = _body_problems(command.body, "回答" if is_answer else "相談の内容")
    if errors:
        raise InvalidInput(errors)
    # Who adds to what it asked does not lose its place: the wait began with the first question.
    if consultation.is_answered or is_answer:
        consultation.waiting_since = clock.now()
    consultation.is_answered = is_answer
    # Every message makes a new version: who answers an older state of the thread is told.
    flag_modified(consultation, "is_answered")
    _add_message(consultation, command.body, command.files, actor=actor, is_answer=is_answer)


def _body_problems(body: str, label: str) -> dict[str, list[str]]:
    return {"body": [f"{label}を入力してください"]} if is_blank(body) else {}


def _next_sequence(actor: User) -> int:
    # Two of one body at once: the second waits here, and then counts the first.
    db.session.scalar(
        select(Organization.id)
        .where(Organization.id == actor.organization_id)
        # The key of the body does not change: rows that point to it need not wait.
        .with_for_update(key_share=True)
    )
    last = db.session.scalar(
        select(func.max(Consultation.sequence)).where(
            Consultation.organization_id == actor.organization_id
        )
    )
    return (last or 0) + 1


def _add_message(
    consultation: Consultation,
    body: str,
    files: Sequence[Received],
    *,
    actor: User,
    is_answer: bool,
) -> None:
    message = ConsultationMessage(
        position=len(consultation.messages) + 1,
        author_id=actor.id,
        is_answer=is_answer,
        body=body,
        written_at=clock.now(),
        files=[
            ConsultationFile(position=position, file=keep(received, actor=actor))
            for position, received in enumerate(files, start=1)
        ],
    )
    consultation.messages.append(message)
    db.session.flush()


def _digests(files: Sequence[Received]) -> dict[str, list[str]]:
    return {"sha256": [received.sha256 for received in files]} if files else {}


def _tell_secretariat(consultation: Consultation) -> None:
    officers = db.session.scalars(users_with_role(Role.OFFICER, Role.LEAD))
    tell("consultation_asked", consultation, letter_recipients(consultation, officers))
