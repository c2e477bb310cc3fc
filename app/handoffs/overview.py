"""All hand-offs of a round, for the secretariat (送付・回答の一覧)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import render_template, request, url_for
from sqlalchemy import ColumnElement, Date, Select, func, literal, select
from sqlalchemy.orm import aliased, contains_eager

from app.accounts.models import Organization, User
from app.accounts.queries import list_ministries
from app.core import clock
from app.core.numbered_pages import Key, read_numbered
from app.extensions import db
from app.handoffs.models import Handoff
from app.proposals.models import Proposal
from app.proposals.presentation import Due, due_on
from app.proposals.queries import visible_to
from app.rounds.choice import chosen_round
from app.rounds.models import Round
from app.workflow.handoffs import (
    HANDOFF_PART_LABELS,
    HANDOFF_STATE_LABELS,
    OPEN_HANDOFF_STATES,
    OWED_HANDOFF_STATES,
    HandoffPart,
    HandoffState,
)
from app.workflow.labels import TERM_LABELS
from app.workflow.terms import Term

PAGE_SIZE = 50
# Those without a date owe nothing, and come last.
BY_DUE_DATE = (
    Key(func.coalesce(Handoff.due_on, literal(date(8999, 12, 31), Date())), date),
    Key(Proposal.receipt_sequence, int),
    Key(Proposal.id, int),
    Key(Handoff.id, int),
)
OPEN = "open"
OPEN_LABEL = "完了していない"
LABELS = {"ministry": "府省庁", "state": "状態", "part": "立場", "overdue": "期限超過"}


class OverviewLine(NamedTuple):
    """One hand-off in the list (送付の行)."""

    number: str
    title: str
    url: str
    destination: str
    part: str
    state: str
    tone: str
    due: Due | None
    term: str
    sent_on: date | None


@dataclass(frozen=True, kw_only=True)
class Overview:
    """One page of the hand-offs of a round (送付・回答)."""

    round: Round | None
    figures: list[dict[str, Any]]
    options: Mapping[str, Mapping[str, str]]
    chosen: Mapping[str, str]
    chips: list[tuple[str, str]]
    problems: list[str]
    lines: list[OverviewLine]
    found: int
    total: int
    previous_url: str | None
    next_url: str | None


def overview_page(actor: User) -> str:
    """Render the list of all hand-offs an actor of the secretariat may know of (送付・回答)."""
    overview = read_overview(actor, request.args.to_dict(), chosen_round())
    return render_template("handoffs/overview.html", overview=overview)


def read_overview(actor: User, asked: Mapping[str, str], round_: Round | None) -> Overview:
    """Read the page an address asks for (送付の一覧), by due date; what owes nothing comes last.

    What the address asks for and is not there is left out, and said in words.
    """
    options = _options()
    chosen, problems = _chosen(asked, options)
    base = _of_round(actor, round_)
    narrowed = base.where(*_conditions(chosen))
    total, found = _count(base), _count(narrowed)
    page = read_numbered(
        narrowed.options(contains_eager(Handoff.proposal)),
        BY_DUE_DATE,
        asked,
        size=PAGE_SIZE,
        total=found,
    )
    return Overview(
        round=round_,
        figures=_figures(base),
        options=options,
        chosen=chosen,
        chips=_chips(chosen, options),
        problems=problems,
        lines=[_line(row) for row in page.rows],
        found=found,
        total=total,
        previous_url=_url({**chosen, **page.previous}) if page.previous else None,
        next_url=_url({**chosen, **page.next}) if page.next else None,
    )


def narrowed_handoffs(
    actor: User,
    asked: Mapping[str, str],
    round_: Round | None,
    options: Mapping[str, Mapping[str, str]],
) -> tuple[dict[str, str], Select[Handoff], list[str]]:
    """Filters of an address for the list of the hand-offs (絞り込み), by name; what it shows, in no
    order; and what of the address was left out, in words. `options`: `overview_options`."""
    chosen, problems = _chosen(asked, options)
    return chosen, _of_round(actor, round_).where(*_conditions(chosen)), problems


def overview_options() -> dict[str, dict[str, str]]:
    """Values every filter of the list of the hand-offs can take (絞り込みの選択肢)."""
    return _options()


def overview_words(
    chosen: Mapping[str, str], options: Mapping[str, Mapping[str, str]]
) -> list[str]:
    """Filters of the list of the hand-offs, in words (絞り込みの札)."""
    return [label for label, _url in _chips(chosen, options)]


def is_at_ministry(ministry_id: int) -> ColumnElement[bool]:
    """Condition for the hand-offs to a ministry or a unit below it (府省庁とその内部の組織)."""
    below = select(Organization.id).where(Organization.id == ministry_id).cte(recursive=True)
    unit = aliased(Organization)
    tree = below.union(select(unit.id).where(unit.parent_id == below.c.id))
    return Handoff.destination_id.in_(select(tree.c.id))


def is_late() -> ColumnElement[bool]:
    """Condition for the hand-offs of which a ministry is past its date (期限超過)."""
    return (Handoff.due_on < clock.today()) & Handoff.state.in_(OWED_HANDOFF_STATES)


def _of_round(actor: User, round_: Round | None) -> Select[Handoff]:
    statement = select(Handoff).join(Handoff.proposal).where(visible_to(actor))
    return statement.where(Proposal.round_id == (round_.id if round_ else None))


def _options() -> dict[str, dict[str, str]]:
    return {
        "ministry": {str(body.id): body.name for body in list_ministries()},
        "state": {OPEN: OPEN_LABEL}
        | {row.value: HANDOFF_STATE_LABELS[row] for row in HandoffState},
        "part": {row.value: HANDOFF_PART_LABELS[row] for row in HandoffPart},
        "overdue": {"1": "期限超過だけ"},
    }


def _chosen(
    asked: Mapping[str, str], options: Mapping[str, Mapping[str, str]]
) -> tuple[dict[str, str], list[str]]:
    chosen: dict[str, str] = {}
    problems: list[str] = []
    for name, known in options.items():
        value = asked.get(name, "").strip()
        if value in known:
            chosen[name] = value
        elif value:
            problems.append(
                f"{LABELS[name]}の指定が選べないものだったため、この条件を外して表示しています。"
            )
    return chosen, problems


def _conditions(chosen: Mapping[str, str]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    state = chosen.get("state", "")
    if state:
        wanted = OPEN_HANDOFF_STATES if state == OPEN else (HandoffState(state),)
        found.append(Handoff.state.in_(wanted))
    if "ministry" in chosen:
        found.append(is_at_ministry(int(chosen["ministry"])))
    if "part" in chosen:
        found.append(Handoff.part == HandoffPart(chosen["part"]))
    if "overdue" in chosen:
        found.append(is_late())
    return found


def _count(statement: Select[Handoff]) -> int:
    return db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0


def _figures(base: Select[Handoff]) -> list[dict[str, Any]]:
    by_state = base.with_only_columns(Handoff.state, func.count()).group_by(Handoff.state)
    counts = {row[0]: row[1] for row in db.session.execute(by_state)}
    late = _count(base.where(is_late()))
    shown = [
        {"label": HANDOFF_STATE_LABELS[state], "value": counts.get(state, 0), "unit": "件"}
        | {"url": _url({"state": state.value})}
        for state in (*OPEN_HANDOFF_STATES, HandoffState.REFUSED, HandoffState.SETTLED)
    ]
    overdue = {"label": "府省庁の期限超過", "value": late, "unit": "件"} | {
        "url": _url({"overdue": "1"})
    }
    return [*shown, overdue | ({"level": "late"} if late else {})]


def _chips(
    chosen: Mapping[str, str], options: Mapping[str, Mapping[str, str]]
) -> list[tuple[str, str]]:
    return [
        (
            f"{LABELS[name]}：{options[name][value]}" if name != "overdue" else LABELS[name],
            _url({other: kept for other, kept in chosen.items() if other != name}),
        )
        for name, value in chosen.items()
    ]


_TONES: dict[HandoffState, str] = {
    HandoffState.SENT: "wait",
    HandoffState.ACKNOWLEDGED: "wait",
    HandoffState.ANSWERED: "work",
    HandoffState.REFUSED: "work",
    HandoffState.SETTLED: "done",
}


# Whose date it is: the ministry's, or the secretariat's own to look at what was answered.
_TERMS: dict[HandoffState, str] = {
    HandoffState.SENT: TERM_LABELS[Term.ACKNOWLEDGEMENT],
    HandoffState.ACKNOWLEDGED: TERM_LABELS[Term.REPLY],
    HandoffState.ANSWERED: TERM_LABELS[Term.SETTLEMENT],
}


def _line(handoff: Handoff) -> OverviewLine:
    proposal = handoff.proposal
    return OverviewLine(
        number=proposal.reference,
        title=proposal.title,
        url=url_for("case_handoffs.show", receipt_number=proposal.receipt_number),
        destination=handoff.destination.name,
        part=HANDOFF_PART_LABELS[handoff.part],
        state=HANDOFF_STATE_LABELS[handoff.state],
        tone=_TONES.get(handoff.state, "plain"),
        due=due_on(handoff.due_on) if handoff.due_on else None,
        term=_TERMS.get(handoff.state, ""),
        sent_on=clock.to_jst(handoff.sent_at).date() if handoff.sent_at else None,
    )


def _url(values: Mapping[str, str]) -> str:
    return (
        f"{url_for('handoffs.index')}?{urlencode(values)}" if values else url_for("handoffs.index")
    )
