"""Filters of the case list (絞り込み): what an address asks for, checked against what there is."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import NamedTuple

from sqlalchemy import ColumnElement, select

from app.accounts.labels import ORG_TYPE_LABELS
from app.accounts.models import OrgType, User
from app.accounts.queries import ministry_names
from app.casework.backlog_filter import AGE_OPTIONS, holder_name, in_backlog, is_asked
from app.casework.handoff_filter import concerns_ministry, stands_with_ministries
from app.casework.past import standings_on, stood_so
from app.casework.queries import proposing_bodies
from app.core.errors import InvalidInput
from app.core.text import normalize_input
from app.extensions import db
from app.handoffs.standing import STANDING_LABELS, HandoffStanding
from app.proposals.body_types import has_type_on_submission
from app.proposals.models import Proposal
from app.proposals.queries import is_overdue
from app.proposals.search import LONGEST_SEARCH, matches
from app.reports.counting import read_time
from app.rounds.models import Round
from app.triage.labels import has_label, label_options
from app.triage.models import Assignment
from app.triage.queries import reviewers
from app.workflow.labels import STATE_LABELS
from app.workflow.states import State

OPEN = "open"
OPEN_LABEL = "分類確定前（滞留）"
OPEN_STATES = (
    State.SUBMITTED,
    State.RETURNED,
    State.ACCEPTED,
    State.IN_REVIEW,
    State.IN_CONFIRMATION,
    State.PENDING,
)
BACKLOG = "backlog"
BACKLOG_LABEL = "終了していない（滞留）"
BACKLOG_STATES = (*OPEN_STATES, State.CLASSIFIED)
YES = "1"

LABELS = {
    "q": "検索",
    "state": "状態",
    "category": "分類",
    "org_type": "団体種別",
    "organization": "提案団体",
    "ministry": "所管・送付先の府省庁",
    "standing": "送付の現況",
    "reviewer": "今の担当",
    "label": "ラベル",
    "age": "今の状態の日数",
    "holder": "今の持ち主",
    "overdue": "期限超過",
    "extended": "期限の延長あり",
    "late": "期限後受付",
    "as_of": "時点",
}
FLAGS = ("overdue", "extended", "late")
# What is known of this moment only.
NOW_ONLY = ("reviewer", "standing")
LONGEST_QUOTE = 20

Options = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class CaseFilters:
    """What a list is narrowed to (絞り込み); an empty text narrows nothing."""

    q: str = ""
    state: str = ""
    category: str = ""
    org_type: str = ""
    organization: str = ""
    ministry: str = ""
    # Where it stands with the ministries (送付の現況).
    standing: str = ""
    reviewer: str = ""
    label: str = ""
    # Range of office days in its state, and whose move it is: cells of the backlog (滞留).
    age: str = ""
    holder: str = ""
    overdue: str = ""
    extended: str = ""
    late: str = ""
    # A past day or instant, ISO (時点): state and category are those of its end.
    as_of: str = ""

    def chosen(self) -> dict[str, str]:
        """Filters in use, by their names in the address."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value}


class Chip(NamedTuple):
    """A filter in use, in words (絞り込みの札)."""

    name: str
    label: str


def filter_options(actor: User, round_: Round) -> dict[str, Options]:
    """Values every filter can take in a round, with their labels (絞り込みの選択肢)."""
    return {
        "state": {OPEN: OPEN_LABEL, BACKLOG: BACKLOG_LABEL}
        | {state.value: STATE_LABELS[state] for state in State if state is not State.DRAFT},
        "category": {row.key: f"{row.code}　{row.short_label}" for row in round_.scheme.categories},
        "org_type": {kind.value: label for kind, label in ORG_TYPE_LABELS.items()},
        "organization": {
            code: f"{name}（{code}）" for code, name in proposing_bodies(actor, round_)
        },
        "ministry": ministry_names(),
        "standing": {row.value: STANDING_LABELS[row] for row in HandoffStanding},
        "reviewer": _reviewer_names(),
        "label": label_options(actor, round_),
        "age": AGE_OPTIONS,
        "overdue": {YES: "期限超過だけ"},
        "extended": {YES: "期限の延長ありだけ"},
        "late": {YES: "期限後受付だけ"},
    }


def _reviewer_names() -> Options:
    names = reviewers().with_only_columns(User.login, User.display_name)
    return {row[0]: row[1] for row in db.session.execute(names)}


def read_filters(
    asked: Mapping[str, str], options: Mapping[str, Options]
) -> tuple[CaseFilters, list[str]]:
    """Take the filters from an address; what cannot be chosen is left out, and said in words."""
    text, problems = read_search(asked)
    taken = {"q": text}
    for name, known in options.items():
        value = asked.get(name, "").strip()
        if value and value not in known:
            problems.append(_not_known(name, value))
        elif value:
            taken[name] = value
    holder = asked.get("holder", "").strip()
    if holder and holder_name(holder, options):
        taken["holder"] = holder
    elif holder:
        problems.append(_not_known("holder", holder))
    as_of, misread = _read_day(asked.get("as_of", ""))
    if as_of:
        dropped = [LABELS[name] for name in NOW_ONLY if taken.pop(name, "")]
        problems += [f"{label}の条件は、時点を指定すると使えません。" for label in dropped]
    return CaseFilters(**taken, as_of=as_of), [*problems, *misread]


def _not_known(name: str, value: str) -> str:
    quoted = normalize_input(value)[:LONGEST_QUOTE]
    return f"{LABELS[name]}「{quoted}」は選べないため、この条件を外して表示しています。"


def _read_day(text: str) -> tuple[str, list[str]]:
    """Take a past day or instant from an address (時点); what is none is left out, and said."""
    try:
        return read_time(text).as_of_text, []
    except InvalidInput as error:
        return "", [error.message]


def read_search(asked: Mapping[str, str]) -> tuple[str, list[str]]:
    """Take the search from an address, cut to its longest length, and say so in words."""
    text = normalize_input(asked.get("q", ""))
    if len(text) <= LONGEST_SEARCH:
        return text, []
    return text[:LONGEST_SEARCH], [
        f"検索の語は{LONGEST_SEARCH}文字までです。先頭の{LONGEST_SEARCH}文字で検索しました。"
    ]


def conditions(filters: CaseFilters, round_: Round) -> list[ColumnElement[bool]]:
    """Conditions of the filters, all of which must hold (絞り込みの条件)."""
    found = matches(filters.q, round_)
    states = _states(filters.state) if filters.state else ()
    chosen = [row.id for row in round_.scheme.categories if row.key == filters.category]
    if filters.as_of:
        standings = standings_on(round_, filters.as_of)
        found.append(stood_so(standings, states, chosen))
    else:
        found += _standing_now(filters, states, chosen)
    if filters.org_type:
        found.append(has_type_on_submission(OrgType(filters.org_type)))
    if filters.organization:
        found.append(Proposal.organization.has(code=filters.organization))
    if filters.ministry:
        found.append(concerns_ministry(int(filters.ministry)))
    if filters.reviewer:
        found.append(_has_reviewer(filters.reviewer))
    if filters.label:
        found.append(has_label(filters.label))
    if is_asked(filters):
        found.append(in_backlog(filters, round_))
    elif filters.overdue:
        found.append(is_overdue())
    if filters.late:
        found.append(Proposal.is_late.is_(True))
    return found


def states_alone(filters: CaseFilters) -> tuple[State, ...] | None:
    """States that the filters ask for, all of them for none; None when they ask for more."""
    asked = filters.chosen()
    if not asked:
        return tuple(State)
    return _states(filters.state) if set(asked) == {"state"} else None


def _standing_now(
    filters: CaseFilters, states: tuple[State, ...], category_ids: list[int]
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.state:
        found.append(Proposal.state.in_(states))
    if filters.category:
        found.append(Proposal.category_id.in_(category_ids))
    if filters.standing:
        found.append(stands_with_ministries(HandoffStanding(filters.standing)))
    return found


def chips(filters: CaseFilters, options: Mapping[str, Options]) -> list[Chip]:
    """Filters in use, in words (今の絞り込み)."""
    return [Chip(name, _words(name, value, options)) for name, value in filters.chosen().items()]


def _words(name: str, value: str, options: Mapping[str, Options]) -> str:
    if name in FLAGS:
        return LABELS[name]
    if name == "holder":
        return f"{LABELS[name]}：{holder_name(value, options)}"
    if name == "as_of":
        return f"{LABELS[name]}：{read_time(value).as_of_words}"
    return f"{LABELS[name]}：{options[name][value] if name in options else value}"


def _states(word: str) -> tuple[State, ...]:
    if word == BACKLOG:
        return BACKLOG_STATES
    return OPEN_STATES if word == OPEN else (State(word),)


def _has_reviewer(login: str) -> ColumnElement[bool]:
    in_hand = (
        select(Assignment.proposal_id)
        .join(User, User.id == Assignment.reviewer_id)
        .where(User.login == login, Assignment.ended_at.is_(None))
    )
    return Proposal.id.in_(in_hand)
