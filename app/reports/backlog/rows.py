"""One case of the backlog (滞留の1件), and how it is kept in a stored one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from app.workflow.holders import HolderKind
from app.workflow.states import State


class Holder(NamedTuple):
    """A holder (持ち主): the word of addresses, and the name of that time."""

    key: str
    name: str


FORM_CHECKERS = Holder("form-check", "形式確認の担当")
LEADS = Holder("lead", "総括")
POOLS = (FORM_CHECKERS, LEADS)
REVIEWER_PREFIX, BODY_PREFIX, MINISTRY_PREFIX = "user-", "body-", "ministry-"


def reviewer_key(login: str) -> str:
    """Word of a person for addresses: `user-officer1`."""
    return f"{REVIEWER_PREFIX}{login}"


def body_key(code: str | None) -> str:
    """Word of a body for addresses: `body-131016`."""
    return f"{BODY_PREFIX}{code or ''}"


def ministry_key(organization_id: int) -> str:
    """Word of a ministry for addresses: `ministry-12`."""
    return f"{MINISTRY_PREFIX}{organization_id}"


class Bucket(NamedTuple):
    """A range of ages in office days (滞留日数の区分); `last` is None for the open end."""

    key: str
    first: int
    last: int | None
    label: str


BUCKETS = (
    Bucket("0-5", 0, 5, "0–5日"),
    Bucket("6-10", 6, 10, "6–10日"),
    Bucket("11-20", 11, 20, "11–20日"),
    Bucket("21-40", 21, 40, "21–40日"),
    Bucket("41", 41, None, "41日以上"),
)


def place_of(age: int) -> int:
    """Place among BUCKETS of the range that an age in office days falls into (区分の位置)."""
    return sum(age >= found.first for found in BUCKETS) - 1


def bucket_of(age: int) -> Bucket:
    """The range an age in office days falls into (滞留日数の区分)."""
    return BUCKETS[place_of(age)]


@dataclass(frozen=True, kw_only=True)
class BacklogRow:
    """One case that was not settled at an instant (滞留の1件).

    `since` is when it came into its state, `age` the office days after that day, `overdue` the
    office days past its due date (0: not overdue). A case of two reviewers has two holders.
    """

    proposal_id: int
    number: str
    state: State
    category_key: str
    category_code: str
    holder_kind: HolderKind
    holders: tuple[Holder, ...]
    since: datetime
    age: int
    due_on: date | None
    overdue: int
    is_extended: bool

    @property
    def bucket(self) -> Bucket:
        """Its range of ages (滞留日数の区分)."""
        return bucket_of(self.age)

    @property
    def holder_words(self) -> str:
        """Its holders by name (今の持ち主)."""
        return "、".join(holder.name for holder in self.holders)


def as_stored(row: BacklogRow) -> dict[str, Any]:
    """Shape of a row in a stored backlog (記録の1行): plain JSON values."""
    return {
        "proposal_id": row.proposal_id,
        "number": row.number,
        "state": row.state.value,
        "category_key": row.category_key,
        "category_code": row.category_code,
        "holder_kind": row.holder_kind.value,
        "holders": [list(holder) for holder in row.holders],
        "since": row.since.isoformat(),
        "age": row.age,
        "due_on": row.due_on.isoformat() if row.due_on else None,
        "overdue": row.overdue,
        "is_extended": row.is_extended,
    }


def from_stored(stored: Mapping[str, Any]) -> BacklogRow:
    """The row that was stored (記録の1行)."""
    due_on = stored["due_on"]
    return BacklogRow(
        proposal_id=stored["proposal_id"],
        number=stored["number"],
        state=State(stored["state"]),
        category_key=stored["category_key"],
        category_code=stored["category_code"],
        holder_kind=HolderKind(stored["holder_kind"]),
        holders=tuple(Holder(*holder) for holder in stored["holders"]),
        since=datetime.fromisoformat(stored["since"]),
        age=stored["age"],
        due_on=date.fromisoformat(due_on) if due_on else None,
        overdue=stored["overdue"],
        is_extended=stored["is_extended"],
    )
