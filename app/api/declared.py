"""What the API offers (APIの宣言): each operation once, for its check and its description."""

from dataclasses import dataclass

from app.accounts.labels import ORG_TYPE_LABELS
from app.api.parameters import Parameter
from app.casework.backlog_filter import AGE_OPTIONS
from app.casework.filters import BACKLOG, LABELS, OPEN, YES
from app.casework.orders import CASE_SORTS, OWN_SORTS
from app.casework.own_list import REPLIED
from app.handoffs.standing import HandoffStanding
from app.proposals.search import LONGEST_SEARCH
from app.workflow.states import State

MOST_ROWS = 100
LONGEST_CURSOR = 1000
OFFICE_ONLY = "事務局のAPIトークンでだけ使えます。"


def _both_ways(*keys: str) -> tuple[str, ...]:
    return tuple(word for key in keys for word in (key, f"-{key}"))


def _filter(
    name: str, description: str = OFFICE_ONLY, *, choices: tuple[str, ...] = ()
) -> Parameter:
    return Parameter(
        name=name, words=LABELS[name], description=description, choices=choices, longest=100
    )


ROUND = Parameter(
    name="round",
    words="募集回",
    description="募集回の符号（R6 など）。/api/v1/rounds の key です。",
    longest=32,
    is_required=True,
)
SEARCH = Parameter(
    name="q", words=LABELS["q"], description="画面の検索と同じ語。", longest=LONGEST_SEARCH
)
STATE = _filter(
    "state",
    "提案団体のAPIトークンでは、画面の絞り込みにある値だけを使えます。",
    choices=(OPEN, BACKLOG, REPLIED, *(state.value for state in State)),
)
OFFICE_FILTERS = (
    _filter("category"),
    _filter("org_type", choices=tuple(kind.value for kind in ORG_TYPE_LABELS)),
    _filter("organization", f"団体コード。{OFFICE_ONLY}"),
    _filter("ministry", f"府省庁の番号。{OFFICE_ONLY}"),
    _filter("standing", choices=tuple(row.value for row in HandoffStanding)),
    _filter("reviewer", f"ログインID。{OFFICE_ONLY}"),
    _filter("label"),
    _filter("age", choices=tuple(AGE_OPTIONS)),
    _filter("holder"),
    *(_filter(name, choices=(YES,)) for name in ("overdue", "extended", "late")),
)
SORT = Parameter(
    name="sort",
    words="並べ替え",
    description="頭に - を付けると逆順。初めは number（受付番号の順）。",
    choices=_both_ways(*dict.fromkeys([*CASE_SORTS, *OWN_SORTS])),
)
CURSOR = Parameter(
    name="cursor",
    words="ページの位置",
    description="前の応答の next に入っています。自分で作らないでください。",
    longest=LONGEST_CURSOR,
)
LIMIT = Parameter(
    name="limit",
    words="1ページの件数",
    description="初めは50件。",
    bounds=(1, MOST_ROWS),
)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One address of the API (操作); `endpoint` names its view."""

    endpoint: str
    summary: str
    description: str
    shape: type | None = None
    parameters: tuple[Parameter, ...] = ()
    # What stands in the address itself, in words by its name.
    path: tuple[tuple[str, str], ...] = ()
