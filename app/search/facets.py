"""What the hits are of (内訳): counted one by one, so that each count is that of its list."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import select

from app.accounts.labels import ORG_TYPE_SHORT_LABELS
from app.accounts.models import Organization, OrganizationKind, OrganizationType, OrgType
from app.core import clock
from app.extensions import db
from app.handoffs.models import Handoff
from app.rounds.models import Category, Round
from app.search.kinds import KIND_LABELS
from app.search.language import Field, Query, quoted
from app.search.queries import Standing
from app.workflow.handoffs import HandoffState
from app.workflow.labels import STATE_LABELS

MOST_VALUES = 8
# The desk is told all of them; others by kind and round alone, for the rest tells of the desk.
OFFICE_FACETS = (
    Field.KIND,
    Field.ROUND,
    Field.STATE,
    Field.CATEGORY,
    Field.BODY_TYPE,
    Field.MINISTRY,
)
OUTER_FACETS = (Field.KIND, Field.ROUND)


@dataclass(frozen=True, kw_only=True)
class FacetValue:
    """One value with its count and the search that lists these (内訳の値)."""

    label: str
    count: int
    query: str


@dataclass(frozen=True, kw_only=True)
class Facet:
    """One way to narrow the hits (内訳)."""

    field: Field
    values: list[FacetValue]


# Words of each facet for some hits: none or several for one hit, as its list has it.
_WordsOf = Callable[[Sequence[Standing]], Iterator[str]]


def facets_of(
    parts: Iterable[Sequence[Standing]], query: Query, wanted: Sequence[Field]
) -> tuple[int, list[Facet]]:
    """Count the hits, and by each of the fields that the search does not name yet (件数・内訳).

    The hits come in parts and none is kept: all of them may be all cases.
    """
    named = {term.field for term in query.fields}
    readers = {field: _READERS[field]() for field in wanted if field not in named}
    counted: dict[Field, Counter[str]] = {field: Counter() for field in readers}
    count = 0
    for hits in parts:
        count += len(hits)
        for field, words_of in readers.items():
            counted[field].update(words_of(hits))
    found = [
        Facet(field=field, values=_values(query, field, words))
        for field, words in counted.items()
        if len(words) > 1
    ]
    return count, found


def narrowed(text: str, field: Field, value: str) -> str:
    """A search with one more condition, as one types it (条件の追加)."""
    return f"{text} {field}:{quoted(value)}".strip()


def _values(query: Query, field: Field, words: Counter[str]) -> list[FacetValue]:
    ordered = sorted(words.items(), key=lambda pair: (-pair[1], pair[0]))
    return [
        FacetValue(label=label, count=count, query=narrowed(query.text, field, label))
        for label, count in ordered[:MOST_VALUES]
    ]


def _kinds() -> _WordsOf:
    labels: dict[str, str] = {kind.value: label for kind, label in KIND_LABELS.items()}
    return lambda hits: (labels[hit.kind] for hit in hits)


def _rounds() -> _WordsOf:
    keys = {row[0]: row[1] for row in db.session.execute(select(Round.id, Round.key))}
    return lambda hits: (keys[hit.round_id] for hit in hits if hit.round_id is not None)


def _states() -> _WordsOf:
    return lambda hits: (STATE_LABELS[hit.state] for hit in hits if hit.state is not None)


def _categories() -> _WordsOf:
    codes = {row[0]: row[1] for row in db.session.execute(select(Category.id, Category.code))}
    return lambda hits: (codes[hit.category_id] for hit in hits if hit.category_id is not None)


def _body_types() -> _WordsOf:
    """Types of the bodies on the day of submission, as `has_type_on_submission` says."""
    periods: dict[int, list[OrganizationType]] = {}
    for period in db.session.scalars(select(OrganizationType)):
        periods.setdefault(period.organization_id, []).append(period)

    @cache
    def labels_on(body_id: int, day: date) -> list[str]:
        types: set[OrgType] = {
            row.org_type
            for row in periods.get(body_id, [])
            if row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)
        }
        return [ORG_TYPE_SHORT_LABELS[kind] for kind in types]

    def words_of(hits: Sequence[Standing]) -> Iterator[str]:
        for hit in hits:
            if hit.organization_id is not None and hit.submitted_at is not None:
                yield from labels_on(hit.organization_id, clock.to_jst(hit.submitted_at).date())

    return words_of


def _ministries() -> _WordsOf:
    """Ministries a case is named with or was handed to, as `concerns_ministry` says."""
    units = {
        row.id: row
        for row in db.session.execute(
            select(Organization.id, Organization.parent_id, Organization.name).where(
                Organization.kind == OrganizationKind.MINISTRY
            )
        )
    }

    def words_of(hits: Sequence[Standing]) -> Iterator[str]:
        handed = _handed_to({hit.case_id for hit in hits if hit.case_id is not None}, units)
        for hit in hits:
            if hit.case_id is not None:
                concerned = set(handed.get(hit.case_id, ()))
                if hit.ministry_id is not None:
                    concerned.add(hit.ministry_id)
                yield from {units[unit].name for unit in concerned}

    return words_of


def _handed_to(case_ids: set[int], units: dict[int, Any]) -> dict[int, set[int]]:
    """Ministries that cases are with or were answered by, and those above them, by case."""
    left = (HandoffState.REFUSED, HandoffState.RECALLED)
    rows = db.session.execute(
        select(Handoff.proposal_id, Handoff.destination_id).where(
            Handoff.state.not_in(left), Handoff.proposal_id.in_(case_ids)
        )
    )
    found: dict[int, set[int]] = {}
    for case_id, unit_id in rows:
        found.setdefault(case_id, set()).update(_with_those_above(unit_id, units))
    return found


def _with_those_above(unit_id: int, units: dict[int, Any]) -> list[int]:
    chain: list[int] = []
    step: int | None = unit_id
    while step is not None and step not in chain:
        chain.append(step)
        step = units[step].parent_id
    return chain


_READERS: dict[Field, Callable[[], _WordsOf]] = {
    Field.KIND: _kinds,
    Field.ROUND: _rounds,
    Field.STATE: _states,
    Field.CATEGORY: _categories,
    Field.BODY_TYPE: _body_types,
    Field.MINISTRY: _ministries,
}
