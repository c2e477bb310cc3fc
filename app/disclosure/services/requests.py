"""Taking in a request for disclosure, and gathering what it reaches (開示請求の受付)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import DomainError, InvalidInput
from app.core.text import is_blank
from app.disclosure.gather import records_of
from app.disclosure.models import DisclosureRecord, DisclosureRequest, DisclosureStatus
from app.disclosure.policy import authorize_prepare
from app.disclosure.queries import is_number_taken
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import get_visible

# From the day of the receipt (行政機関情報公開法第10条第1項).
DUE_DAYS = 30
MOST_CASES = 50
LONGEST_NUMBER = 40  # characters


@dataclass(frozen=True, kw_only=True)
class OpenRequest:
    """A request as it came in (開示請求の登録): the register's number, the cases it reaches."""

    number: str
    received_on: date
    receipt_numbers: Sequence[str]
    note: str = ""


def open_request(command: OpenRequest, *, actor: User) -> DisclosureRequest:
    """Write a request down and gather the records of its cases as they stand (開示請求の登録).

    Raises NotAllowed, InvalidInput.
    """
    authorize_prepare(actor)
    errors = _errors_of(command)
    cases, wrong = _cases(command.receipt_numbers, actor)
    if wrong:
        errors["cases"] = wrong
    if errors:
        raise InvalidInput(errors)
    request = DisclosureRequest(
        number=command.number,
        received_on=command.received_on,
        due_on=command.received_on + timedelta(days=DUE_DAYS),
        note=command.note,
        status=DisclosureStatus.OPEN,
        created_by_id=actor.id,
        created_at=clock.now(),
        changed_at=clock.now(),
        records=_gathered(cases),
    )
    db.session.add(request)
    db.session.flush()
    keep_trace("open", request, actor)
    for proposal in cases:
        record(
            "proposal.gather_disclosure",
            Subject(type="proposal", id=proposal.id, version=proposal.version),
            actor=actor,
            changes={"disclosure_id": request.id},
        )
    return request


def keep_trace(verb: str, request: DisclosureRequest, actor: User, **changes: object) -> None:
    """Note an act on a request (監査記録): numbers and grounds, never a text."""
    record(
        f"disclosure.{verb}",
        Subject(type="disclosure", id=request.id, version=request.version),
        actor=actor,
        changes=changes,
    )


def _gathered(cases: Sequence[Proposal]) -> list[DisclosureRecord]:
    found = [(proposal, row) for proposal in cases for row in records_of(proposal)]
    return [
        DisclosureRecord(
            proposal_id=proposal.id,
            position=position,
            kind=row.kind,
            label=row.label,
            text=row.text,
            attachment_id=row.attachment.id if row.attachment else None,
        )
        for position, (proposal, row) in enumerate(found, start=1)
    ]


def _errors_of(command: OpenRequest) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if is_blank(command.number) or len(command.number) > LONGEST_NUMBER:
        errors["number"] = [f"請求の番号を{LONGEST_NUMBER}文字以内で入力してください"]
    elif is_number_taken(command.number):
        errors["number"] = ["この番号の開示請求は登録されています。別の番号か確かめてください"]
    if command.received_on > clock.today():
        errors["received_on"] = ["受付日は、今日までの日付にしてください"]
    return errors


def _cases(numbers: Sequence[str], actor: User) -> tuple[list[Proposal], list[str]]:
    if not numbers or len(set(numbers)) > MOST_CASES:
        return [], [f"対象の受付番号を1件から{MOST_CASES}件まで入力してください"]
    cases, wrong = [], []
    for number in dict.fromkeys(numbers):
        try:
            proposal = get_visible(actor, number)
        except DomainError:
            wrong.append(f"「{number}」は見つかりません。受付番号を確かめてください")
            continue
        if proposal.round.is_practice:
            wrong.append(f"「{number}」は練習用の募集回の提案です。開示の対象になりません")
        cases.append(proposal)
    return cases, wrong
