"""Fields of a search as conditions (検索の項目の条件), and what cannot be one, in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, false, not_, or_, select

from app.accounts.labels import ORG_TYPE_LABELS, ORG_TYPE_SHORT_LABELS
from app.accounts.models import Organization, User
from app.accounts.queries import list_ministries
from app.casework.handoff_filter import concerns_ministry
from app.casework.own_list import is_called
from app.core.text import like_pattern, normalize_input, search_key
from app.proposals.body_types import has_type_on_submission
from app.proposals.models import Proposal
from app.proposals.presentation import reads_as_secretariat
from app.proposals.queries import BODY_ROLES
from app.rounds.models import Round
from app.search.kinds import KIND_LABELS, Kind
from app.search.language import Field, FieldTerm
from app.search_index.models import SearchDocument
from app.triage.models import Assignment
from app.workflow.labels import PROPOSER_STATE_LABELS, STATE_LABELS
from app.workflow.states import State

# What the desk knows and others must not read off a list (P25–P28).
OFFICE_ONLY = frozenset(
    {Field.BODY_TYPE, Field.CATEGORY, Field.MINISTRY, Field.REVIEWER, Field.DUE}
)


@dataclass(frozen=True)
class Scope:
    """Who searches, and among which rounds (検索の範囲)."""

    actor: User
    rounds: Sequence[Round]


class NotUnderstood(Exception):
    """A value that a field cannot take (読めない条件); the message is for the user."""


def fields_for(actor: User) -> list[Field]:
    """Fields a person can search by (使える項目), in the order of the help."""
    if reads_as_secretariat(actor):
        return list(Field)
    hidden = OFFICE_ONLY if actor.has_role(*BODY_ROLES) else OFFICE_ONLY | {Field.STATE}
    return [known for known in Field if known not in hidden]


def condition_of(term: FieldTerm, scope: Scope) -> ColumnElement[bool]:
    """Condition of one field (項目の条件). Raises NotUnderstood, in words."""
    if term.field not in fields_for(scope.actor):
        usable = "、".join(fields_for(scope.actor))
        raise NotUnderstood(
            f"「{term.field}」の条件は使えないため、外して探しました。使える項目：{usable}。"
        )
    found = _READERS[term.field](term, scope)
    return not_(found) if term.is_excluded else found


def _refused(term: FieldTerm, known: Sequence[str]) -> NotUnderstood:
    choices = "、".join(known)
    return NotUnderstood(
        f"「{term.field}:{term.value}」は見つからないため、この条件を外して探しました。"
        f"選べる値：{choices}。"
    )


def _kind(term: FieldTerm, _scope: Scope) -> ColumnElement[bool]:
    key = search_key(term.value)
    kinds = [kind for kind in Kind if search_key(KIND_LABELS[kind]) == key]
    if not kinds:
        raise _refused(term, list(dict.fromkeys(KIND_LABELS.values())))
    return SearchDocument.kind.in_(kinds)


def _number(term: FieldTerm, _scope: Scope) -> ColumnElement[bool]:
    """The number itself, or the beginning of one with its parts (枝番)."""
    number = normalize_input(search_key(term.value)).upper()
    part = like_pattern(f"{number}-").removeprefix("%")
    return or_(Proposal.receipt_number == number, Proposal.receipt_number.like(part, escape="\\"))


def _round(term: FieldTerm, scope: Scope) -> ColumnElement[bool]:
    found = round_named(term, scope.rounds)
    if found is None:
        raise _refused(term, [row.key for row in scope.rounds])
    return Proposal.round_id == found.id


def round_named(term: FieldTerm, rounds: Sequence[Round]) -> Round | None:
    """Round that a condition names, by its key or its label (回)."""
    key = search_key(term.value)
    names = {row.id: (search_key(row.key), search_key(row.label)) for row in rounds}
    return next((row for row in rounds if key in names[row.id]), None)


def _body(term: FieldTerm, _scope: Scope) -> ColumnElement[bool]:
    """Bodies with these letters in their name, or of this code."""
    name = like_pattern(search_key(term.value))
    bodies = select(Organization.id).where(
        or_(Organization.name.like(name, escape="\\"), Organization.code == term.value)
    )
    typed = like_pattern(term.value)
    named = select(Organization.id).where(Organization.name.like(typed, escape="\\"))
    return or_(Proposal.organization_id.in_(bodies), Proposal.organization_id.in_(named))


def _body_type(term: FieldTerm, _scope: Scope) -> ColumnElement[bool]:
    key = search_key(term.value)
    for kind, label in ORG_TYPE_SHORT_LABELS.items():
        if key in (search_key(label), search_key(ORG_TYPE_LABELS[kind])):
            return has_type_on_submission(kind)
    raise _refused(term, list(ORG_TYPE_SHORT_LABELS.values()))


def _state(term: FieldTerm, scope: Scope) -> ColumnElement[bool]:
    if not reads_as_secretariat(scope.actor):
        return _told_state(term)
    key = search_key(term.value)
    exact = [state for state in State if search_key(STATE_LABELS[state]) == key]
    told = [state for state in State if search_key(PROPOSER_STATE_LABELS[state]) == key]
    if not (exact or told):
        known = [STATE_LABELS[state] for state in State if state is not State.DRAFT]
        raise _refused(term, known)
    return Proposal.state.in_(exact or told)


def _told_state(term: FieldTerm) -> ColumnElement[bool]:
    """State in the word a body reads: all inner steps share one."""
    known = list(dict.fromkeys(PROPOSER_STATE_LABELS.values()))
    key = search_key(term.value)
    label = next((label for label in known if search_key(label).startswith(key)), None)
    if label is None:
        raise _refused(term, known)
    return is_called(label)


def _category(term: FieldTerm, scope: Scope) -> ColumnElement[bool]:
    """Confirmed class by its code, or all those of a letter: F is F-1 to F-6."""
    code = search_key(term.value).upper()
    # A scheme may serve several rounds; the same code of another scheme is meant as well.
    known = {row.id: row for round_ in scope.rounds for row in round_.scheme.categories}
    found = [row.id for row in known.values() if code and code in (row.code, row.group_code)]
    if not found:
        raise _refused(term, list(dict.fromkeys(row.code for row in known.values())))
    return Proposal.category_id.in_(found)


def _ministry(term: FieldTerm, _scope: Scope) -> ColumnElement[bool]:
    ministries = list_ministries()
    key = search_key(term.value)
    found = [row for row in ministries if search_key(row.name) == key]
    if not found:
        raise _refused(term, [row.name for row in ministries])
    return or_(false(), *[concerns_ministry(row.id) for row in found])


def _reviewer(term: FieldTerm, _scope: Scope) -> ColumnElement[bool]:
    in_hand = (
        select(Assignment.proposal_id)
        .join(User, User.id == Assignment.reviewer_id)
        .where(
            or_(User.login == term.value, User.display_name == term.value),
            Assignment.ended_at.is_(None),
        )
    )
    return Proposal.id.in_(in_hand)


def _due(term: FieldTerm, _scope: Scope) -> ColumnElement[bool]:
    try:
        day = date.fromisoformat(search_key(term.value))
    except ValueError:
        raise NotUnderstood(
            f"「期限:{term.value}」は日付として読めないため、外して探しました。"
            "例：期限:<2024-09-01（2024年9月1日より前）"
        ) from None
    column = Proposal.due_on
    compared: dict[str, ColumnElement[bool]] = {
        "": column == day,
        "<": column < day,
        "<=": column <= day,
        ">": column > day,
        ">=": column >= day,
    }
    return compared[term.comparison]


_READERS: dict[Field, Callable[[FieldTerm, Scope], ColumnElement[bool]]] = {
    Field.KIND: _kind,
    Field.NUMBER: _number,
    Field.ROUND: _round,
    Field.BODY: _body,
    Field.BODY_TYPE: _body_type,
    Field.STATE: _state,
    Field.CATEGORY: _category,
    Field.MINISTRY: _ministry,
    Field.REVIEWER: _reviewer,
    Field.DUE: _due,
}
