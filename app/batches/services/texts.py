"""Writing the texts (文面の変更): every version is kept, with who wrote it, when and why."""

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from app.accounts.models import User
from app.audit.services import Subject, record
from app.batches.models import LONGEST_BODY, RequestTemplate, TextKind
from app.batches.placeholders import text_problems
from app.batches.policy import authorize_texts
from app.batches.texts import TextBook
from app.core import clock
from app.core.errors import InvalidInput, StaleVersion
from app.core.text import count_characters, is_blank
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.rounds.models import Category, Scheme

SUBJECT_TYPE = "request_template"


@dataclass(frozen=True, kw_only=True)
class WriteText:
    """A new version of a text (文面の変更); `number` is that of the version it was made from.

    An empty body gives the own text up: the shared one counts again.
    """

    number: int
    body: str
    reason: str


def write_text(
    scheme: Scheme, kind: TextKind, category: Category | None, command: WriteText, *, actor: User
) -> RequestTemplate:
    """Keep a new version of a text, which counts from now on (文面の変更).

    What was sent stays as it was. Raises NotAllowed, StaleVersion, InvalidInput.
    """
    authorize_texts(actor)
    errors = _errors(kind, command)
    if errors:
        raise InvalidInput(errors)
    if TextBook(scheme).number_of(kind, category) != command.number:
        raise StaleVersion(STALE_MESSAGE)
    row = RequestTemplate(
        scheme=scheme,
        category=category,
        kind=kind,
        number=command.number + 1,
        body=command.body,
        reason=command.reason,
        written_by_id=actor.id,
        written_at=clock.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as error:
        raise StaleVersion(STALE_MESSAGE) from error
    record(
        f"{SUBJECT_TYPE}.write",
        Subject(type=SUBJECT_TYPE, id=row.id, version=row.number),
        actor=actor,
        reason=command.reason,
        changes={"kind": kind.value, "category": category.key if category else ""},
    )
    return row


def _errors(kind: TextKind, command: WriteText) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    over = count_characters(command.body) - LONGEST_BODY
    problems = text_problems(command.body, kind)
    if over > 0:
        problems.append(f"{LONGEST_BODY:,}文字以内で入力してください（{over:,}文字超えています）")
    if problems:
        errors["body"] = problems
    if is_blank(command.reason):
        errors["reason"] = ["変える理由を入力してください"]
    return errors
