"""Erasing the personal data of one case (廃棄の実行): one transaction a case, each once (P48)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select, update

from app.audit.services import Subject, record
from app.core import clock
from app.extensions import db
from app.files.gate.names import split_extension
from app.lineage.models import CaseSplit
from app.notifications.models import DeliveryAttempt, DeliveryStatus, OutboxMessage
from app.personal_data.models import DisposalItem, DisposalList, ItemOutcome
from app.personal_data.proof import digest_of
from app.personal_data.queries import ENDED_STATES, is_held_now
from app.proposals.models import Amendment, CoProposer, DraftVersion, Proposal, ProposalRevision
from app.rounds.models import FieldAudience, FieldKind, Round
from app.rounds.round_form import fields_of, is_extra

ERASED_WORDS = "（廃棄済み）"
ERASED_FILE = "廃棄した添付"
ANSWERS = "answers"
CONTACTS = {"contact_department": ERASED_WORDS, "contact_email": ""}
SETTLED = (
    DeliveryStatus.SENT,
    DeliveryStatus.BOUNCED,
    DeliveryStatus.WITHHELD,
    DeliveryStatus.CANCELLED,
    DeliveryStatus.DROPPED,
)


class Trace:
    """What was found and erased of one case (廃棄の記録): counts by kind, values for the digest."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.values: list[object] = []

    def take(self, kind: str, *values: object) -> None:
        """Note one place that is erased, and what stood there."""
        self.counts[kind] += 1
        self.values += [kind, *values]


def erase_item(item_id: int) -> bool:
    """Erase one case of an approved list (廃棄の実行); False when it was done already.

    A case that is held by now, or whose work goes on again, is kept and says so.
    """
    item = db.session.get_one(DisposalItem, item_id, with_for_update=True)
    if item.outcome is not None:
        return False
    proposal = db.session.get_one(Proposal, item.proposal_id, with_for_update=True)
    if is_held_now(proposal.id) or proposal.state not in ENDED_STATES:
        item.outcome, item.done_at = ItemOutcome.KEPT, clock.now()
        return True
    plan = db.session.get_one(DisposalList, item.list_id).plan
    trace = _erase(proposal, erases_files=plan.erases_files)
    item.outcome, item.done_at = ItemOutcome.ERASED, clock.now()
    item.counts = dict(trace.counts)
    item.digest = digest_of(trace.values)
    db.session.flush()
    record(
        "proposal.erase_personal_data",
        Subject(type="proposal", id=proposal.id, version=proposal.version),
        actor=None,
        changes={"list": item.list_id, "digest": item.digest, **trace.counts},
    )
    return True


def _erase(proposal: Proposal, *, erases_files: bool) -> Trace:
    trace = Trace()
    names = names_to_erase(proposal.round)
    _erase_columns(proposal, names, trace)
    for kind, row, column in _copies(proposal):
        _erase_copy(row, column, names, trace, kind)
    _erase_letters(proposal, trace)
    if erases_files:
        _erase_files(proposal, trace)
    return trace


def names_to_erase(round_: Round) -> dict[str, str]:
    """Answers of a round that are personal data, with what stands there after (消す項目).

    Whom to call, and of the fields that only this round has the addresses and those that stay
    between the body and the secretariat (内部の項目).
    """
    extra = [
        field.name
        for field in fields_of(round_)
        if is_extra(field)
        and (field.kind is FieldKind.EMAIL or field.audience is not FieldAudience.SHARED)
    ]
    return {**CONTACTS, **dict.fromkeys(extra, "")}


def _erase_columns(proposal: Proposal, names: Mapping[str, str], trace: Trace) -> None:
    found = [proposal.contact_department, proposal.contact_email]
    if any(found):
        trace.take("contacts", *found)
        proposal.contact_department = CONTACTS["contact_department"]
        proposal.contact_email = CONTACTS["contact_email"]
    answers, taken = _without(proposal.answers, names)
    if taken:
        trace.take("answers", *taken)
        proposal.answers = answers


def _copies(proposal: Proposal) -> Iterable[tuple[str, Any, str]]:
    """Rows that keep a copy of the content, with the column it stands in (内容の写し)."""
    for kind, model, owner, column in (
        ("revisions", ProposalRevision, ProposalRevision.proposal_id, "content"),
        ("drafts", DraftVersion, DraftVersion.proposal_id, "content"),
        ("amendments", Amendment, Amendment.proposal_id, "content"),
        ("consents", CoProposer, CoProposer.proposal_id, "accepted_content"),
        ("splits", CaseSplit, CaseSplit.original_id, "content_before"),
    ):
        for row in db.session.scalars(select(model).where(owner == proposal.id)):
            yield kind, row, column


def _erase_copy(row: Any, column: str, names: Mapping[str, str], trace: Trace, kind: str) -> None:
    content = getattr(row, column)
    left, taken = _without(content or {}, names)
    if taken:
        trace.take(kind, *taken)
        setattr(row, column, left)


def _without(
    content: Mapping[str, Any], names: Mapping[str, str]
) -> tuple[dict[str, Any], list[Any]]:
    """Return the content without these answers, and what they were; also those kept beside."""
    left, taken = dict(content), []
    for name, words in names.items():
        if left.get(name) not in (None, "", words):
            taken.append(left[name])
            left[name] = words
    if isinstance(left.get(ANSWERS), Mapping):
        left[ANSWERS], beside = _without(left[ANSWERS], names)
        taken += beside
    return left, taken


def _erase_letters(proposal: Proposal, trace: Trace) -> None:
    """Blank the letters about the case; the rows stay and keep news from going out twice."""
    letters = db.session.scalars(
        select(OutboxMessage).where(
            OutboxMessage.about_type == "proposal",
            OutboxMessage.about_id == proposal.id,
            OutboxMessage.status.in_(SETTLED),
        )
    )
    for letter in letters:
        if letter.body or letter.last_error:
            trace.take("letters", letter.body, letter.last_error)
            letter.body = letter.last_error = ""
        db.session.execute(
            update(DeliveryAttempt)
            .where(DeliveryAttempt.message_id == letter.id, DeliveryAttempt.answer != "")
            .values(answer="")
        )


def _erase_files(proposal: Proposal, trace: Trace) -> None:
    """Give the files up (添付の廃棄): their hash stays, name and content go.

    The content itself is deleted after the commit, once no other row names it.
    """
    now = clock.now()
    for attachment in proposal.attachments:
        stored = attachment.file
        if stored.erased_at is None:
            trace.take("files", stored.name, stored.sha256)
            stored.name = _neutral(stored.name)
            stored.erased_at = now
    for revision in db.session.scalars(
        select(ProposalRevision).where(ProposalRevision.proposal_id == proposal.id)
    ):
        if revision.files:
            revision.files = [{**row, "name": _neutral(row["name"])} for row in revision.files]


def _neutral(name: str) -> str:
    extension = split_extension(name)[1]
    return f"{ERASED_FILE}.{extension}" if extension else ERASED_FILE
