"""What the queue is narrowed to (絞り込み): class, ministry, type of body, age, text."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select

from app.accounts.labels import ORG_TYPE_LABELS
from app.accounts.models import OrgType, User
from app.accounts.queries import list_ministries
from app.core import clock
from app.core.closing_days import office_calendar
from app.core.text import normalize_input
from app.extensions import db
from app.proposals.body_types import has_type_on_submission
from app.proposals.models import Proposal
from app.proposals.search import LONGEST_SEARCH, matches
from app.rounds.models import Round
from app.triage.blindness import class_is_open_to
from app.triage.models import Assessment, AssessmentStatus
from app.triage.worklist.items import Waiting

Options = dict[str, str]


class AgeBucket(NamedTuple):
    """Office days a case has been in its state, both ends included (滞留の開庁日数)."""

    first: int
    last: int | None
    label: str


AGES = {
    "0-5": AgeBucket(0, 5, "0–5開庁日"),
    "6-10": AgeBucket(6, 10, "6–10開庁日"),
    "11-20": AgeBucket(11, 20, "11–20開庁日"),
    "21-40": AgeBucket(21, 40, "21–40開庁日"),
    "41-": AgeBucket(41, None, "41開庁日以上"),
}
LABELS = {
    "q": "検索",
    "category": "分類（暫定・意見も）",
    "ministry": "所管府省庁",
    "org_type": "団体種別",
    "age": "滞留",
}
LONGEST_QUOTE = 20


@dataclass(frozen=True, kw_only=True)
class QueueFilters:
    """What the queue is narrowed to (絞り込み); an empty text narrows nothing."""

    q: str = ""
    category: str = ""
    ministry: str = ""
    org_type: str = ""
    age: str = ""

    def chosen(self) -> dict[str, str]:
        """Filters in use, by their names in the address."""
        return {name: value for name, value in asdict(self).items() if value}


FILTER_NAMES = tuple(LABELS)


def queue_options(round_: Round) -> dict[str, Options]:
    """Values every filter can take in a round, with their labels (絞り込みの選択肢)."""
    return {
        "category": {row.key: f"{row.code}　{row.short_label}" for row in round_.scheme.categories},
        "ministry": {str(body.id): body.name for body in list_ministries()},
        "org_type": {kind.value: label for kind, label in ORG_TYPE_LABELS.items()},
        "age": {key: bucket.label for key, bucket in AGES.items()},
    }


def read_queue_filters(
    asked: Mapping[str, str], options: Mapping[str, Options]
) -> tuple[QueueFilters, list[str]]:
    """Take the filters from an address; what cannot be chosen is left out, and said in words."""
    text = normalize_input(asked.get("q", ""))
    taken, problems = {"q": text[:LONGEST_SEARCH]}, []
    if len(text) > LONGEST_SEARCH:
        problems.append(
            f"検索の語は{LONGEST_SEARCH}文字までです。先頭の{LONGEST_SEARCH}文字で検索しました。"
        )
    for name, known in options.items():
        value = asked.get(name, "").strip()
        if value in known:
            taken[name] = value
        elif value:
            problems.append(
                f"{LABELS[name]}「{normalize_input(value)[:LONGEST_QUOTE]}」は選べないため、"
                "この条件を外して表示しています。"
            )
    return QueueFilters(**taken), problems


def filter_words(filters: QueueFilters, options: Mapping[str, Options]) -> list[tuple[str, str]]:
    """Filters in use as (name, words), for chips and for the strip of a case (今の絞り込み)."""
    return [
        (name, f"{LABELS[name]}：{options[name][value] if name in options else value}")
        for name, value in filters.chosen().items()
    ]


def narrowed(
    actor: User, round_: Round, filters: QueueFilters, items: Sequence[Waiting]
) -> list[Waiting]:
    """Those of a round's items that meet the filters, in the same order; one query for all.

    The items are what the actor may see: the filters only take away.
    """
    conditions = _conditions(actor, round_, filters)
    kept = list(items)
    if conditions:
        states = {item.case.state for item in items}
        found = set(
            db.session.scalars(
                select(Proposal.id)
                .join(Proposal.organization)
                .where(Proposal.round_id == round_.id, Proposal.state.in_(states), *conditions)
            )
        )
        kept = [item for item in items if item.case.id in found]
    bucket = AGES.get(filters.age)
    return _of_age(kept, bucket) if bucket else kept


def office_days_in_state(proposal: Proposal) -> int:
    """Office days since the case came into its state (今の状態になってからの開庁日数)."""
    return _office_days_since(clock.to_jst(proposal.state_since).date())


def _office_days_since(day: date) -> int:
    return office_calendar().office_days_between(day, clock.today())


def _of_age(items: Sequence[Waiting], bucket: AgeBucket) -> list[Waiting]:
    """Those that have been in their state as long as a range of ages says (滞留)."""
    days = [clock.to_jst(item.case.state_since).date() for item in items]
    ages = {day: _office_days_since(day) for day in set(days)}
    last = math.inf if bucket.last is None else bucket.last
    return [
        item for item, day in zip(items, days, strict=True) if bucket.first <= ages[day] <= last
    ]


def _conditions(actor: User, round_: Round, filters: QueueFilters) -> list[ColumnElement[bool]]:
    found = matches(filters.q, round_)
    if filters.category:
        found.append(_has_class(actor, round_, filters.category))
    if filters.ministry:
        found.append(Proposal.ministry_id == int(filters.ministry))
    if filters.org_type:
        found.append(has_type_on_submission(OrgType(filters.org_type)))
    return found


def _has_class(actor: User, round_: Round, key: str) -> ColumnElement[bool]:
    """The case has the class, provisionally too, or a waiting opinion says so.

    In a blind round (独立した2人目) only one's own waiting opinion counts: the list must not tell
    the second person what the first one wrote.
    """
    chosen = [row.id for row in round_.scheme.categories if row.key == key]
    proposed = select(Assessment.proposal_id).where(
        Assessment.category_id.in_(chosen), Assessment.status == AssessmentStatus.OPEN
    )
    if round_.is_second_opinion_blind:
        proposed = proposed.where(Assessment.author_id == actor.id)
    return or_(
        Proposal.category_id.in_(chosen),
        and_(Proposal.provisional_category_id.in_(chosen), class_is_open_to(actor)),
        Proposal.id.in_(proposed),
    )
