"""The case list of the secretariat (提案一覧): filters, order, one page of rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from app.accounts.labels import ORG_TYPE_SHORT_LABELS
from app.accounts.models import User
from app.casework import queries
from app.casework.backlog_filter import past_due, past_rows
from app.casework.filters import (
    CaseFilters,
    Options,
    chips,
    conditions,
    filter_options,
    read_filters,
    states_alone,
)
from app.casework.ordering import case_url, list_url, page_url, read_order
from app.casework.orders import CASE_SORTS, Sort
from app.casework.past import badge_of, class_code_of, standings_on
from app.casework.sorting import read_page
from app.core import clock
from app.core.pagination import Page
from app.extensions import db
from app.handoffs.standing import standings_of
from app.proposals.models import Proposal
from app.proposals.presentation import Due, StateBadge, due_of, state_badge
from app.proposals.queries import visible_to
from app.proposals.search import round_named_in
from app.reports.counting import read_time
from app.rounds.models import Round
from app.rounds.queries import named_rounds
from app.triage.blindness import cases_with_hidden_class
from app.triage.labels import labels_by_case
from app.triage.queries import reviewer_names
from app.workflow.states import State

DEFAULT_SORT = Sort(key="number", is_descending=False, columns=CASE_SORTS["number"])
SORT_LABELS = {
    "number": "受付番号順",
    "due": "期限順",
    "title": "提案概要順",
    "since": "今の状態になった日の順",
    "organization": "団体コード順",
}


@dataclass(frozen=True, kw_only=True)
class CaseRow:
    """One case in the list (一覧の行)."""

    number: str
    url: str
    title: str
    badge: StateBadge
    since: date | None
    class_code: str
    is_provisional: bool
    due: Due | None
    organization: str
    org_type: str
    reviewers: list[str]
    is_late: bool
    labels: list[str]
    # Where it stands with the ministries (送付の現況), "" where nothing was handed off.
    standing: str = ""


@dataclass(frozen=True, kw_only=True)
class CaseList:
    """One page of the case list with everything around it (提案一覧)."""

    round: Round | None
    rounds: list[Round]
    filters: CaseFilters
    options: Mapping[str, Options]
    chips: list[tuple[str, str]]
    clear_url: str
    problems: list[str]
    counts: queries.ListCounts
    rows: list[CaseRow]
    sort: str
    order_label: str
    previous_url: str | None
    next_url: str | None

    @property
    def as_of_words(self) -> str:
        """The past instant it is about, in words (時点); "" for now."""
        return read_time(self.filters.as_of).as_of_words


def case_list(actor: User, asked: Mapping[str, str], chosen: Round | None) -> CaseList:
    """Read the page of the list that an address asks for (提案一覧).

    The round of the address counts, then the one a receipt number names, then the chosen one.
    What the address asks for and cannot be had is left out, and said in words.
    """
    rounds = list(db.session.scalars(named_rounds()))
    round_, problems = _asked_round(asked, rounds, chosen)
    if round_ is None:
        return _nothing(rounds, problems)
    options = filter_options(actor, round_)
    filters, left_out = read_filters(asked, options)
    sort, cursor, misread = read_order(asked, CASE_SORTS, DEFAULT_SORT)
    narrowing = conditions(filters, round_)
    counts = queries.count_round(
        actor,
        round_,
        narrowing,
        states=states_alone(filters),
        with_bodies=bool(filters.q),
    )
    statement = queries.listed_cases(actor).where(Proposal.round_id == round_.id, *narrowing)
    page = read_page(statement, sort, cursor, total=counts.found)
    kept = _kept_arguments(asked, round_, filters, sort)
    return CaseList(
        round=round_,
        rounds=rounds,
        filters=filters,
        options=options,
        chips=_removable(filters, options, kept),
        clear_url=list_url({"round": round_.key}),
        problems=[*problems, *left_out, *misread],
        counts=counts,
        rows=_rows_at(filters, round_, page, actor),
        sort=sort.word,
        order_label=SORT_LABELS[sort.key] + ("（逆順）" if sort.is_descending else ""),
        previous_url=page_url(kept, page.previous_cursor),
        next_url=page_url(kept, page.next_cursor),
    )


def listed_numbers(actor: User, asked: Mapping[str, str], chosen: Round | None) -> list[str]:
    """Receipt numbers of everything the list of an address shows, in the order of receipt."""
    rounds = list(db.session.scalars(named_rounds()))
    round_, _problems = _asked_round(asked, rounds, chosen)
    if round_ is None:
        return []
    filters, _left_out = read_filters(asked, filter_options(actor, round_))
    return numbers_found(actor, round_, filters)


def numbers_found(actor: User, round_: Round, filters: CaseFilters) -> list[str]:
    """Receipt numbers of the cases that filters find in a round, in the order of receipt."""
    statement = (
        select(Proposal.receipt_number)
        .join(Proposal.organization)
        .where(visible_to(actor), Proposal.round_id == round_.id, *conditions(filters, round_))
        .order_by(Proposal.receipt_sequence, Proposal.id)
    )
    return [number for number in db.session.scalars(statement) if number is not None]


def _asked_round(
    asked: Mapping[str, str], rounds: list[Round], chosen: Round | None
) -> tuple[Round | None, list[str]]:
    key = asked.get("round", "").strip()
    if not key:
        return round_named_in(asked.get("q", ""), rounds) or chosen, []
    found = next((row for row in rounds if row.key == key), None)
    if found is not None:
        return found, []
    instead = f"「{chosen.label}」を表示しています。" if chosen else "表示できません。"
    return chosen, [f"指定された募集回は見つからないため、{instead}"]


def _kept_arguments(
    asked: Mapping[str, str], round_: Round, filters: CaseFilters, sort: Sort
) -> dict[str, str]:
    kept = filters.chosen()
    if asked.get("round"):
        kept = {"round": round_.key, **kept}
    return kept if sort == DEFAULT_SORT else {**kept, "sort": sort.word}


def _removable(
    filters: CaseFilters, options: Mapping[str, Options], kept: Mapping[str, str]
) -> list[tuple[str, str]]:
    found = []
    for chip in chips(filters, options):
        rest = {name: value for name, value in kept.items() if name != chip.name}
        found.append((chip.label, list_url(rest)))
    return found


def _rows_at(
    filters: CaseFilters, round_: Round, page: Page[Proposal], actor: User
) -> list[CaseRow]:
    """Rows as they stood at a past instant (時点), as they stand now for none."""
    rows = case_rows(page.rows, round_, actor)
    if not filters.as_of:
        return rows
    standings = standings_on(round_, filters.as_of)
    known = past_rows(filters, round_, [proposal.id for proposal in page.rows])
    return [
        replace(
            row,
            badge=badge_of(standings[proposal.id]),
            since=None,
            class_code=class_code_of(standings[proposal.id], round_),
            is_provisional=False,
            due=past_due(known.get(proposal.id)),
            standing="",
            reviewers=[holder.name for holder in known[proposal.id].holders]
            if proposal.id in known
            else [],
        )
        for row, proposal in zip(rows, page.rows, strict=True)
    ]


class _Around(NamedTuple):
    """What was read for all rows of a page at once."""

    codes: dict[int, str]
    reviewers: dict[int, list[str]]
    labels: dict[int, list[str]]
    with_hidden_class: frozenset[int]
    standings: dict[int, str]


def case_rows(proposals: Sequence[Proposal], round_: Round, actor: User) -> list[CaseRow]:
    """Rows of some cases of one round, as the secretariat reads them (一覧の行)."""
    queries.read_closures(proposals)
    around = _Around(
        codes={row.id: row.code for row in round_.scheme.categories},
        reviewers=reviewer_names(proposals),
        labels=labels_by_case(proposals),
        with_hidden_class=cases_with_hidden_class(actor, proposals),
        standings=standings_of([row for row in proposals if row.state is State.CLASSIFIED]),
    )
    return [_row(proposal, actor, around) for proposal in proposals]


def _row(proposal: Proposal, actor: User, around: _Around) -> CaseRow:
    key = proposal.id
    category_id = proposal.category_id
    if category_id is None and key not in around.with_hidden_class:
        category_id = proposal.provisional_category_id
    return CaseRow(
        number=proposal.reference,
        url=case_url(proposal.reference),
        title=proposal.title,
        badge=state_badge(proposal, actor),
        since=clock.to_jst(proposal.state_since).date(),
        class_code="" if category_id is None else around.codes[category_id],
        is_provisional=proposal.category_id is None,
        due=due_of(proposal, actor),
        organization=proposal.organization.name,
        org_type=type_on_submission(proposal),
        reviewers=around.reviewers[key],
        is_late=proposal.is_late,
        labels=around.labels[key],
        standing=around.standings.get(key, ""),
    )


def type_on_submission(proposal: Proposal) -> str:
    """Type of the body on the day of submission, in words (提出日の団体種別)."""
    instant = proposal.submitted_at or clock.now()
    kind = proposal.organization.type_on(clock.to_jst(instant).date())
    return ORG_TYPE_SHORT_LABELS[kind] if kind else ""


def _nothing(rounds: list[Round], problems: list[str]) -> CaseList:
    return CaseList(
        round=None,
        rounds=rounds,
        filters=CaseFilters(),
        options={},
        chips=[],
        clear_url=list_url({}),
        problems=problems,
        counts=queries.ListCounts(total=0, found=0, found_withdrawn=0),
        rows=[],
        sort=DEFAULT_SORT.word,
        order_label="",
        previous_url=None,
        next_url=None,
    )
