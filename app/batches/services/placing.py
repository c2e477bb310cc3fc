"""Saying where the cases of a batch go (宛先の決定), case by case or for several at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.accounts.models import Organization, User
from app.batches.models import LONGEST_BODY, BatchCase, BatchDestination
from app.batches.placeholders import text_problems
from app.batches.services.writing import keep_trace, open_for_change, touch
from app.batches.texts import KIND_OF_PURPOSE, purpose_of
from app.core.errors import InvalidInput
from app.core.text import count_characters
from app.extensions import db
from app.handoffs.models import HandoffBatch
from app.handoffs.services.prepare import destination_problem
from app.workflow.handoffs import HandoffPart

BY_HAND = "事務局が決めた宛先"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Destinations of cases (宛先), and for a single case a text of its own, "" for that of its
    class; None leaves the texts as they are.
    """

    lead_id: int | None
    related_ids: tuple[int, ...] = ()
    request_text: str | None = None


def place_cases(
    batch: HandoffBatch,
    version: int,
    cases: Sequence[BatchCase],
    command: Place,
    *,
    actor: User,
) -> None:
    """Give cases of a batch their destinations (宛先の決定).

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    open_for_change(batch, version, actor=actor)
    errors = _errors(cases, command)
    if errors:
        raise InvalidInput(errors)
    for case in cases:
        _place(case, command)
    touch(batch)
    keep_trace(
        "place_cases",
        batch,
        actor,
        numbers=[case.proposal.reference for case in cases],
        lead=command.lead_id,
        related=list(command.related_ids),
    )


def _place(case: BatchCase, command: Place) -> None:
    before = {row.destination_id: row.why for row in case.destinations}
    case.destinations.clear()
    # The old rows have to go before others with the same key come.
    db.session.flush()
    for position, destination_id in enumerate(_ordered(command), start=1):
        is_lead = destination_id == command.lead_id
        case.destinations.append(
            BatchDestination(
                destination=db.session.get_one(Organization, destination_id),
                part=HandoffPart.LEAD if is_lead else HandoffPart.RELATED,
                why=before.get(destination_id, BY_HAND),
                position=position,
            )
        )
    if case.proposal.category is not None:
        case.category = case.proposal.category
    if command.request_text is not None:
        case.request_text = command.request_text


def _ordered(command: Place) -> list[int]:
    lead = [command.lead_id] if command.lead_id is not None else []
    return list(dict.fromkeys([*lead, *command.related_ids]))


def _errors(cases: Sequence[BatchCase], command: Place) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if not cases:
        errors["case"] = ["宛先を決める提案を選んでください"]
    if command.lead_id is None:
        errors["lead_id"] = ["主管の府省庁を選んでください"]
    elif words := destination_problem(db.session.get(Organization, command.lead_id)):
        errors["lead_id"] = [words]
    found = [destination_problem(db.session.get(Organization, row)) for row in command.related_ids]
    if any(found):
        errors["related_ids"] = list(dict.fromkeys(filter(None, found)))
    if command.request_text and cases:
        problems = _text_errors(cases[0], command.request_text)
        if problems:
            errors["request_text"] = problems
    return errors


def _text_errors(case: BatchCase, text: str) -> list[str]:
    over = count_characters(text) - LONGEST_BODY
    if over > 0:
        return [f"{LONGEST_BODY:,}文字以内で入力してください（{over:,}文字超えています）"]
    kind = KIND_OF_PURPOSE[purpose_of(case.proposal.category)]
    return text_problems(text, kind, where="依頼文")
