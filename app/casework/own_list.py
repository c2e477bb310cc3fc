"""The list of a body's own proposals (自団体の提案): drafts and cases, in its own words.

Whatever the address asks for, the result tells nothing of the inner steps, of their dates or of the
category: those filters and orders do not exist here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from flask import url_for
from sqlalchemy import ColumnElement

from app.accounts.models import User
from app.casework import queries
from app.casework.filters import LABELS, Options, read_search
from app.casework.ordering import list_url, page_url, read_order
from app.casework.orders import OWN_SORTS, Sort
from app.casework.sorting import read_page
from app.core.calendar import CalendarRangeError
from app.core.clock import to_jst
from app.extensions import db
from app.lineage.queries import is_rejoined, is_told_closed
from app.proposals.content import label_of, problems_of
from app.proposals.models import Proposal
from app.proposals.policy import can_draft
from app.proposals.presentation import (
    REPLIED_LABEL,
    Due,
    StateBadge,
    due_of,
    due_on,
    is_replied,
    state_badge,
)
from app.proposals.queries import is_of_body
from app.proposals.search import matches
from app.proposals.services.drafts import EDITABLE_STATES
from app.proposals.versions import Saving, last_savings
from app.rounds.models import Round
from app.rounds.queries import named_rounds
from app.workflow.labels import PROPOSER_STATE_LABELS
from app.workflow.states import State

DEFAULT_SORT = Sort(key="todo", is_descending=False, columns=OWN_SORTS["todo"])
# One value for each word a body reads; all inner steps share one.
OPTION_STATES = (
    State.DRAFT,
    State.SUBMITTED,
    State.RETURNED,
    State.IN_REVIEW,
    State.CLOSED,
    State.WITHDRAWN,
)
OPEN = "open"
SETTLED_STATES = (State.CLOSED, State.WITHDRAWN)
STATE_OPTIONS: Options = {OPEN: "終わっていない提案"} | {
    state.value: PROPOSER_STATE_LABELS[state] for state in OPTION_STATES
}
# Replies of ministries were released (回答あり); every other classified case is under review.
REPLIED = "replied"
STATE_OPTIONS[REPLIED] = REPLIED_LABEL
IS_REPLIED = (Proposal.state == State.CLASSIFIED) & Proposal.replies_released_at.is_not(None)
NO_TITLE = "（提案概要は未入力）"


class Task(NamedTuple):
    """One field to fill in or to mend before a draft can be submitted (残りの項目)."""

    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class OwnRow:
    """One proposal in the list of its body (自団体の提案の行).

    `tasks` and `saved` are those of what the body can still write.
    """

    number: str
    url: str
    title: str
    round_label: str
    badge: StateBadge
    due: Due | None
    due_note: str
    todo: str
    tasks: list[Task]
    saved: Saving | None


@dataclass(frozen=True, kw_only=True)
class OwnList:
    """One page of a body's proposals (自団体の提案)."""

    rows: list[OwnRow]
    counts: queries.ListCounts
    problems: list[str]
    q: str
    state: str
    state_options: Options
    chips: list[tuple[str, str]]
    sort: str
    previous_url: str | None
    next_url: str | None
    new_url: str | None


def own_list(actor: User, asked: Mapping[str, str]) -> OwnList:
    """Read the page of a body's proposals that an address asks for (自団体の提案)."""
    rounds = list(db.session.scalars(named_rounds()))
    closings = queries.closing_instants(actor.organization_id, rounds)
    text, problems = read_search(asked)
    state = _asked_state(asked, problems)
    sort, cursor, misread = read_order(asked, OWN_SORTS, DEFAULT_SORT)
    own = is_of_body(actor)
    narrowing = _conditions(text, state)
    counts = queries.count_cases(actor, [own], narrowing)
    statement = queries.listed_cases(actor, with_texts=True).where(own, *narrowing)
    page = read_page(statement, sort, cursor, total=counts.found)
    queries.read_closures(page.rows)
    waits = _waits(page.rows)
    savings = last_savings(page.rows)
    chosen = {name: value for name, value in (("q", text), ("state", state)) if value}
    kept = chosen if sort == DEFAULT_SORT else {**chosen, "sort": sort.word}
    return OwnList(
        rows=[
            _row(
                proposal,
                actor,
                closings[proposal.round_id],
                savings.get(proposal.id),
                waiting_for=waits.get(proposal.id, ""),
            )
            for proposal in page.rows
        ],
        counts=counts,
        problems=[*problems, *misread],
        q=text,
        state=state,
        state_options=STATE_OPTIONS,
        chips=_chips(chosen, kept),
        sort=sort.word,
        previous_url=page_url(kept, page.previous_cursor),
        next_url=page_url(kept, page.next_cursor),
        new_url=_new_url(actor, rounds, closings),
    )


def narrowed_own(
    actor: User, asked: Mapping[str, str]
) -> tuple[dict[str, str], list[ColumnElement[bool]], list[str]]:
    """Filters of an address for the list of a body (絞り込み), by name; the conditions of what it
    shows; and what of the address was left out, in words."""
    text, problems = read_search(asked)
    state = _asked_state(asked, problems)
    chosen = {name: value for name, value in (("q", text), ("state", state)) if value}
    return chosen, [is_of_body(actor), *_conditions(text, state)], problems


def own_words(chosen: Mapping[str, str]) -> list[str]:
    """Filters of the list of a body, in words (絞り込みの札)."""
    return [label for label, _url in _chips(dict(chosen), dict(chosen))]


def _waits(rows: Sequence[Proposal]) -> dict[int, str]:
    """What the text of a proposal is locked for (編集できない理由), by proposal id."""
    return {
        **dict.fromkeys(queries.waiting_approval_ids(rows), "決裁を待っています"),
        **dict.fromkeys(queries.waiting_late_ids(rows), "期限後の提出の可否を待っています"),
    }


def _asked_state(asked: Mapping[str, str], problems: list[str]) -> str:
    word = asked.get("state", "").strip()
    if not word or word in (OPEN, REPLIED):
        return word
    if word not in list(State):
        problems.append("指定された状態は選べないため、この条件を外して表示しています。")
        return ""
    label = PROPOSER_STATE_LABELS[State(word)]
    return next(value for value, known in STATE_OPTIONS.items() if known == label)


def _conditions(text: str, state: str) -> list[ColumnElement[bool]]:
    found = matches(text)
    if state == OPEN:
        found += [Proposal.state.not_in(SETTLED_STATES), ~is_told_closed(), ~is_rejoined()]
    elif state:
        found.append(is_called(STATE_OPTIONS[state]))
    return found


def is_called(label: str) -> ColumnElement[bool]:
    """Condition for the cases whose badge says so; one judged with another is told with it."""
    if label == REPLIED_LABEL:
        return IS_REPLIED
    is_so = Proposal.state.in_(_states_called(label))
    if label == PROPOSER_STATE_LABELS[State.CLOSED]:
        return is_so | (is_told_closed() & ~is_rejoined())
    return is_so & ~IS_REPLIED & ~is_told_closed() & ~is_rejoined()


def _states_called(label: str) -> list[State]:
    return [state for state in State if PROPOSER_STATE_LABELS[state] == label]


def _chips(chosen: Mapping[str, str], kept: Mapping[str, str]) -> list[tuple[str, str]]:
    found = []
    for name, value in chosen.items():
        words = STATE_OPTIONS[value] if name == "state" else value
        rest = {key: kept[key] for key in kept if key != name}
        found.append((f"{LABELS[name]}：{words}", list_url(rest)))
    return found


def _row(
    proposal: Proposal,
    actor: User,
    closes_at: datetime,
    saved: Saving | None,
    *,
    waiting_for: str,
) -> OwnRow:
    is_draft = proposal.state is State.DRAFT
    tasks = _tasks(proposal) if is_draft and not waiting_for else []
    due, note = (
        _closing(proposal, closes_at)
        if is_draft
        else (due_of(proposal, actor), _own_due_words(proposal))
    )
    return OwnRow(
        number=proposal.reference,
        url=_url(proposal),
        title=proposal.title or NO_TITLE,
        round_label=proposal.round.label,
        badge=state_badge(proposal, actor),
        due=due,
        due_note=note if due or is_draft else "",
        todo=waiting_for or _todo(proposal, len(tasks)),
        tasks=tasks,
        saved=saved if proposal.state in EDITABLE_STATES else None,
    )


def _own_due_words(proposal: Proposal) -> str:
    return "見解の期限" if is_replied(proposal) else "補正の期限"


def _url(proposal: Proposal) -> str:
    if proposal.receipt_number is None:
        return url_for("proposals.edit_draft", proposal_id=proposal.id)
    return url_for("casework.show", receipt_number=proposal.receipt_number)


def _closing(proposal: Proposal, closes_at: datetime) -> tuple[Due | None, str]:
    if not proposal.round.is_open(closes_at):
        return None, "募集は締め切りました"
    try:
        return due_on(to_jst(closes_at).date()), "募集の締切"
    except CalendarRangeError:
        return None, "締切は先です"


def _tasks(proposal: Proposal) -> list[Task]:
    """What is missing (未記入・要確認), each with the way to its field, as the form has them."""
    return [
        Task(label_of(proposal.round, name), f"{_url(proposal)}#{name}")
        for name in problems_of(proposal)
    ]


def _todo(proposal: Proposal, tasks: int) -> str:
    if proposal.state is State.RETURNED:
        return "補正して提出する"
    if is_replied(proposal) and proposal.view_due_on is not None:
        return "見解を出す"
    if proposal.state is not State.DRAFT:
        return ""
    return f"あと{tasks}件を入力する" if tasks else "確認して提出する"


def _new_url(actor: User, rounds: list[Round], closings: Mapping[int, datetime]) -> str | None:
    is_any_open = any(round_.is_open(closings[round_.id]) for round_ in rounds)
    return url_for("proposals.new") if can_draft(actor) and is_any_open else None
