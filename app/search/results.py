"""What was found, for the screen (検索結果の行): what it is, how it stands, where the words are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

from flask import url_for
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload, lazyload, load_only

from app.accounts.models import User
from app.extensions import db
from app.handoffs.models import Handoff, Reply
from app.handoffs.queries import MINISTRY_ROLES, handed_to
from app.proposals.models import Proposal
from app.proposals.policy import is_own
from app.proposals.presentation import StateBadge, reads_as_secretariat, state_badge
from app.proposals.queries import BODY_ROLES
from app.registers.models import REGISTER_LABELS, RegisterEntry
from app.registers.structure import columns_of
from app.rounds.models import Category
from app.search.highlights import Piece, pieces_of, snippet_of
from app.search.kinds import KIND_LABELS, Kind
from app.search.queries import Hit
from app.search.sources import ENTRY_TEXTS, TEXTS, all_texts, forms_of, shared_texts
from app.workflow.handoffs import REPLY_KIND_LABELS
from app.workflow.states import State

MOST_SNIPPETS = 3
NO_TITLE = "（提案概要は未入力）"
ALIASES = "別名"


@dataclass(frozen=True, kw_only=True)
class Snippet:
    """Where the words stand (該当箇所): the field, and its text around the first hit."""

    label: str
    pieces: list[Piece]


@dataclass(frozen=True, kw_only=True)
class Found:
    """One hit as a person reads it (検索結果の1件)."""

    kind: Kind
    kind_label: str
    number: str
    title: list[Piece]
    url: str
    badge: StateBadge | None
    class_code: str
    facts: list[str]
    snippets: list[Snippet]


class _Beside(NamedTuple):
    """What is read for all cases of a page together: fields by round, hand-offs by case."""

    forms: Mapping[int, Sequence[Any]]
    desks: Mapping[int, int]


def found_rows(hits: Sequence[Hit], keys: Sequence[str], actor: User) -> list[Found]:
    """Read the things behind one page of hits, as many questions for one as for many."""
    cases = _cases({hit.case_id for hit in hits if hit.case_id is not None})
    replies = _replies(_owners(hits, Kind.REPLY))
    entries = _entries(_owners(hits, Kind.REGISTER))
    beside = _Beside(
        forms=forms_of(db.session.connection(), {row.round_id for row in cases.values()}),
        desks=_desks(set(cases), actor),
    )
    found: list[Found] = []
    for hit in hits:
        case = cases.get(hit.case_id or 0)
        if hit.kind == Kind.REGISTER and hit.owner_id in entries:
            found.append(_entry_row(entries[hit.owner_id], keys))
        elif hit.kind == Kind.REPLY and case is not None and hit.owner_id in replies:
            row = _case_row(case, keys, actor, beside)
            found.append(_reply_row(row, replies[hit.owner_id], keys))
        elif case is not None:
            is_whole = hit.kind == Kind.WHOLE_CASE
            found.append(_case_row(case, keys, actor, beside, is_whole=is_whole))
    return found


def _owners(hits: Iterable[Hit], kind: Kind) -> set[int]:
    return {hit.owner_id for hit in hits if hit.kind == kind}


def _cases(ids: set[int]) -> dict[int, Proposal]:
    return {row.id: row for row in db.session.scalars(_cases_of(), {"ids": list(ids)})}


# The words of a question that every page asks are made once; it is asked anew each time. The
# rounds of the cases were read before.
@cache
def _cases_of() -> Select[Proposal]:
    return (
        select(Proposal)
        .where(Proposal.id.in_(bindparam("ids", expanding=True)))
        .options(
            lazyload(Proposal.round),
            joinedload(Proposal.category).load_only(Category.code),
            joinedload(Proposal.ministry),
            load_only(
                Proposal.round_id,
                Proposal.organization_id,
                Proposal.receipt_number,
                Proposal.branch_number,
                Proposal.merged_into_id,
                Proposal.state,
                Proposal.replies_released_at,
                Proposal.view_due_on,
                Proposal.answers,
                *(getattr(Proposal, name) for name in TEXTS),
            ),
        )
    )


def _replies(ids: set[int]) -> dict[int, Reply]:
    if not ids:
        return {}
    rows = db.session.scalars(
        select(Reply)
        .where(Reply.id.in_(ids))
        .options(joinedload(Reply.handoff).joinedload(Handoff.destination))
    )
    return {row.id: row for row in rows}


def _entries(ids: set[int]) -> dict[int, RegisterEntry]:
    if not ids:
        return {}
    rows = db.session.scalars(
        select(RegisterEntry)
        .where(RegisterEntry.id.in_(ids))
        .options(joinedload(RegisterEntry.aliases))
    )
    return {row.id: row for row in rows.unique()}


def _desks(case_ids: set[int], actor: User) -> dict[int, int]:
    """The latest hand-off of each case to the reader's ministry, by case (届いた案件)."""
    if not actor.has_role(*MINISTRY_ROLES):
        return {}
    rows = db.session.execute(
        select(Handoff.proposal_id, Handoff.id)
        .where(Handoff.proposal_id.in_(case_ids), handed_to(actor))
        .order_by(Handoff.id)
    )
    return {row[0]: row[1] for row in rows}


def _case_row(
    case: Proposal,
    keys: Sequence[str],
    actor: User,
    beside: _Beside,
    *,
    is_whole: bool = False,
) -> Found:
    form = beside.forms.get(case.round_id, [])
    texts = (all_texts if is_whole else shared_texts)(form, _answers(case))
    labels = {field.name: field.label for field in form}
    title = texts.pop("title", "")
    is_told = reads_as_secretariat(actor) or actor.has_role(*BODY_ROLES)
    ministry = f"所管 {case.ministry.name}" if case.ministry else ""
    facts = [f"{case.round.label}の募集", case.organization.name, ministry]
    return Found(
        kind=Kind.CASE,
        kind_label=KIND_LABELS[Kind.CASE],
        number=case.reference,
        title=pieces_of(title or NO_TITLE, keys),
        url=_case_url(case, actor, beside.desks),
        badge=state_badge(case, actor) if is_told else None,
        class_code=case.category.code if case.category and reads_as_secretariat(actor) else "",
        facts=[fact for fact in facts if fact],
        snippets=_snippets(((labels[name], text) for name, text in texts.items()), keys),
    )


def _answers(case: Proposal) -> dict[str, Any]:
    return {name: getattr(case, name) for name in (*TEXTS, "answers")}


def _case_url(case: Proposal, actor: User, desks: Mapping[int, int]) -> str:
    if case.id in desks:
        return url_for("handoffs.desk", handoff_id=desks[case.id])
    if case.state is State.DRAFT:
        is_mine = is_own(actor, case)
        return (
            url_for("proposals.edit_draft", proposal_id=case.id)
            if is_mine
            else url_for("proposals.joint")
        )
    return url_for("casework.show", receipt_number=case.receipt_number)


def _reply_row(row: Found, reply: Reply, keys: Sequence[str]) -> Found:
    kind = [REPLY_KIND_LABELS[reply.kind]] if reply.kind else []
    return Found(
        kind=Kind.REPLY,
        kind_label=KIND_LABELS[Kind.REPLY],
        number=row.number,
        title=row.title,
        url=row.url,
        badge=row.badge,
        class_code=row.class_code,
        facts=[f"{reply.handoff.destination.name}の回答", *kind, *row.facts],
        snippets=_snippets([("回答", reply.text)], keys),
    )


def _entry_row(entry: RegisterEntry, keys: Sequence[str]) -> Found:
    labels = {column.name: column.label for column in columns_of(entry.register)}
    aliases = "、".join(alias.text for alias in entry.aliases)
    texts = [
        (labels.get(name, "内容"), getattr(entry, name)) for name in ENTRY_TEXTS if name != "title"
    ]
    facts = [REGISTER_LABELS[entry.register], entry.ministry_name]
    return Found(
        kind=Kind.REGISTER,
        kind_label=KIND_LABELS[Kind.REGISTER],
        number=f"番号{entry.number}",
        title=pieces_of(entry.title, keys),
        url=url_for("registers.entry", register=entry.register.value, number=entry.number),
        badge=None,
        class_code="",
        facts=[*[fact for fact in facts if fact], *(["廃止"] if entry.is_retired else [])],
        snippets=_snippets([(ALIASES, aliases), *texts], keys),
    )


def _snippets(texts: Iterable[tuple[str, str]], keys: Sequence[str]) -> list[Snippet]:
    found = (Snippet(label=label, pieces=snippet_of(text, keys)) for label, text in texts if text)
    return list(islice((snippet for snippet in found if snippet.pieces), MOST_SNIPPETS))
