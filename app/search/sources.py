"""What the documents of the search are made of (検索の文書): cases, replies, register rows.

A document holds only what every reader of its kind may read: of a case the answers that are shared
(P27), and in a document of another kind these with those that stay between the body and the
secretariat (内部の項目); never whom to call, nor what the secretariat wrote. The receipt number is
no text either: 2 is a number, not a letter of R6-0021. Who may read it is asked when searching.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from app.accounts.models import Organization
from app.handoffs.models import Handoff, Reply
from app.proposals.models import Proposal
from app.registers.models import RegisterAlias, RegisterEntry
from app.rounds.default_form import CORE_FIELDS, TITLE_FIELD
from app.rounds.models import FieldAudience, FormField
from app.search.kinds import Kind
from app.search_index.sources import Document, Source, Watch, register_source

TEXTS = (
    "title",
    "detail",
    "requested_measure",
    "hardship_case",
    "effect",
    "legal_basis",
    "adoption_status",
    "bunken_control_number",
)
ENTRY_TEXTS = (
    "title",
    "detail",
    "field",
    "group_label",
    "existing_system",
    "examples",
    "response_policy",
    "ministry_name",
)


def register_sources() -> None:
    """Have the kinds kept in step (検索の文書の登録); called once.

    An index made anew has them in this order, and a search shows the last ones first: the cases.
    """
    register_source(
        Source(
            kind=Kind.REGISTER,
            watches=_ENTRY_WATCHES,
            read=_entries,
            ids=_ids_of(RegisterEntry),
        )
    )
    register_source(Source(kind=Kind.REPLY, watches=_REPLY_WATCHES, read=_replies, ids=_REPLY_IDS))
    register_source(
        Source(kind=Kind.CASE, watches=_CASE_WATCHES, read=_cases, ids=_ids_of(Proposal))
    )
    register_source(
        Source(kind=Kind.WHOLE_CASE, watches=_CASE_WATCHES, read=_whole_cases, ids=_WITH_INNER)
    )


def _ids_of(model: type[Proposal] | type[RegisterEntry]) -> Any:
    return select(model.id).order_by(model.id)


def _own_ids(rows: Iterable[Any]) -> list[int]:
    return [row.id for row in rows]


# Of the inner fields, whom to call alone is no text of the search (P27).
_WITH_INNER = (
    select(Proposal.id)
    .where(
        Proposal.round_id.in_(
            select(FormField.round_id).where(
                FormField.audience == FieldAudience.BODY_AND_SECRETARIAT,
                FormField.name.not_in(CORE_FIELDS.keys() - set(TEXTS)),
            )
        )
    )
    .order_by(Proposal.id)
)
_REPLY_IDS = select(Reply.id).where(Reply.text != "").order_by(Reply.id)

_CASE_WATCHES = (
    Watch(
        model=Proposal,
        columns=(*TEXTS, "answers", "organization_id", "round_id"),
        owners=_own_ids,
    ),
    Watch(
        model=Organization,
        columns=("recorded_name", "next_name"),
        owners=lambda rows: select(Proposal.id).where(
            Proposal.organization_id.in_([row.id for row in rows])
        ),
    ),
    Watch(
        model=FormField,
        columns=("audience", "shown_when_field", "shown_when_value"),
        owners=lambda rows: select(Proposal.id).where(
            Proposal.round_id.in_([row.round_id for row in rows])
        ),
    ),
)
_REPLY_WATCHES = (Watch(model=Reply, columns=("text",), owners=_own_ids),)
_ENTRY_WATCHES = (
    Watch(model=RegisterEntry, columns=ENTRY_TEXTS, owners=_own_ids),
    Watch(
        model=RegisterAlias,
        columns=("text", "entry_id"),
        owners=lambda rows: {row.entry_id for row in rows},
    ),
)


def _cases(connection: Connection, ids: Sequence[int]) -> Iterator[Document]:
    found = _case_columns().where(Proposal.id.in_(ids))
    for row, names, form in _with_forms(connection, found):
        yield _document(row, names, shared_texts(form, row._asdict()))


def _whole_cases(connection: Connection, ids: Sequence[int]) -> Iterator[Document]:
    found = _case_columns().where(Proposal.id.in_(ids), Proposal.id.in_(_WITH_INNER.order_by(None)))
    for row, names, form in _with_forms(connection, found):
        answers = row._asdict()
        whole = all_texts(form, answers)
        if whole != shared_texts(form, answers):
            yield _document(row, names, whole)


def _document(row: Any, names: list[str], texts: Mapping[str, str]) -> Document:
    return Document(owner_id=row.id, case_id=row.id, fields=[*names, *texts.values()])


def _case_columns() -> Select[Any]:
    columns = [getattr(Proposal, name) for name in TEXTS]
    return (
        select(
            Proposal.id,
            Proposal.round_id,
            Proposal.answers,
            Organization.recorded_name.label("body"),
            Organization.next_name,
            *columns,
        )
        .join(Organization, Organization.id == Proposal.organization_id)
        .order_by(Proposal.id)
    )


def _with_forms(
    connection: Connection, found: Select[Any]
) -> Iterator[tuple[Any, list[str], list[Any]]]:
    """Each case with the names it is found by and the fields of its form."""
    rows = connection.execute(found).all()
    forms = forms_of(connection, {row.round_id for row in rows}) if rows else {}
    for row in rows:
        names = [row.body, row.next_name or ""]
        yield row, names, forms.get(row.round_id, [])


def shared_texts(fields: Iterable[Any], answers: Mapping[str, Any]) -> dict[str, str]:
    """Answers of a case that everybody who sees the case may read, by name (検索する項目).

    `answers` has the columns of the case and, under `answers`, its other answers. The title always
    is one. A field that is not asked, because another one was answered otherwise, is none.
    """
    return all_texts([row for row in fields if row.audience is FieldAudience.SHARED], answers)


def all_texts(fields: Iterable[Any], answers: Mapping[str, Any]) -> dict[str, str]:
    """Answers that the body and the secretariat may read (内部の項目を含む), as `shared_texts`."""
    others = answers["answers"] or {}
    found = {TITLE_FIELD: answers[TITLE_FIELD]}
    for field in fields:
        is_asked = not field.shown_when_field or (
            others.get(field.shown_when_field, "") == field.shown_when_value
        )
        if is_asked:
            text = _text_of(field.name, answers, others)
            if text:
                found[field.name] = text
    return found


def _text_of(name: str, answers: Mapping[str, Any], others: Mapping[str, Any]) -> str:
    if name in TEXTS:
        return str(answers[name])
    return "" if name in CORE_FIELDS else str(others.get(name, ""))


def forms_of(connection: Connection, round_ids: set[int]) -> dict[int, list[Any]]:
    """Fields of the forms of some rounds, in their order, by round (様式の項目)."""
    forms: dict[int, list[Any]] = {}
    for row in connection.execute(_fields_of(), {"round_ids": list(round_ids)}):
        forms.setdefault(row.round_id, []).append(row)
    return forms


# The words of a question that every page asks are made once; it is asked anew each time.
@cache
def _fields_of() -> Select[*tuple[Any, ...]]:
    return (
        select(
            FormField.round_id,
            FormField.name,
            FormField.label,
            FormField.audience,
            FormField.shown_when_field,
            FormField.shown_when_value,
        )
        .where(FormField.round_id.in_(bindparam("round_ids", expanding=True)))
        .order_by(FormField.round_id, FormField.position, FormField.name)
    )


def _replies(connection: Connection, ids: Sequence[int]) -> Iterator[Document]:
    rows = connection.execute(
        select(Reply.id, Handoff.proposal_id, Reply.text)
        .join(Handoff, Handoff.id == Reply.handoff_id)
        .where(Reply.id.in_(ids), Reply.text != "")
    )
    for row in rows:
        yield Document(owner_id=row.id, case_id=row.proposal_id, fields=[row.text])


def _entries(connection: Connection, ids: Sequence[int]) -> Iterator[Document]:
    aliases: dict[int, list[str]] = {}
    for row in connection.execute(
        select(RegisterAlias.entry_id, RegisterAlias.text)
        .where(RegisterAlias.entry_id.in_(ids))
        .order_by(RegisterAlias.id)
    ):
        aliases.setdefault(row.entry_id, []).append(row.text)
    columns = [getattr(RegisterEntry, name) for name in ENTRY_TEXTS]
    rows = connection.execute(select(RegisterEntry.id, *columns).where(RegisterEntry.id.in_(ids)))
    for row in rows:
        texts = [getattr(row, name) for name in ENTRY_TEXTS]
        yield Document(
            owner_id=row.id, case_id=None, fields=[texts[0], *aliases.get(row.id, []), *texts[1:]]
        )
