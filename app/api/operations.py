"""The operations of the API (APIの操作), with what each of them answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from app.api.cases import CaseDetail
from app.api.declared import CURSOR, LIMIT, OFFICE_FILTERS, ROUND, SEARCH, SORT, STATE, Operation
from app.api.listing import CasePage


@dataclass(frozen=True, kw_only=True)
class Entrance:
    """Where the API begins (入口)."""

    rounds: Annotated[str, "募集回の一覧のアドレス（パス）"]
    proposals: Annotated[str, "提案の一覧のアドレス（パス）"]
    openapi: Annotated[str, "このAPIの記述（OpenAPI）のアドレス（パス）"]


@dataclass(frozen=True, kw_only=True)
class RoundLine:
    """One round (募集回)."""

    key: Annotated[str, "募集回の符号。提案の一覧の round に使う"]
    label: Annotated[str, "短い名前"]
    name: Annotated[str, "名前"]
    opens_at: Annotated[datetime, "募集の開始"]
    closes_at: Annotated[datetime, "募集の締切。団体ごとの延長は含まない"]
    is_practice: Annotated[bool, "操作練習の募集回かどうか"]


@dataclass(frozen=True, kw_only=True)
class RoundList:
    """The rounds a token reads (募集回の一覧)."""

    items: Annotated[list[RoundLine], "募集回。新しい順"]


ENTRANCE = Operation(
    endpoint="api.index",
    summary="入口",
    description="ほかの操作のアドレスです。",
    shape=Entrance,
)
ROUNDS = Operation(
    endpoint="api.rounds",
    summary="募集回の一覧",
    description="APIトークンの範囲にある募集回を、新しい順に返します。",
    shape=RoundList,
)
PROPOSALS = Operation(
    endpoint="api.proposals",
    summary="提案の一覧",
    description=(
        "1つの募集回の、提出済みの提案を返します。提案団体のAPIトークンでは自団体の提案だけです。"
        "続きは next のアドレスで読みます。"
    ),
    shape=CasePage,
    parameters=(ROUND, SEARCH, STATE, *OFFICE_FILTERS, SORT, CURSOR, LIMIT),
)
PROPOSAL = Operation(
    endpoint="api.proposal",
    summary="提案の内容",
    description="1件の内容を、画面で読める範囲で返します。開いたことは閲覧の記録に残ります。",
    shape=CaseDetail,
    path=(("receipt_number", "受付番号"),),
)
OPENAPI = Operation(
    endpoint="api.openapi",
    summary="このAPIの記述",
    description="OpenAPI 3.1 の文書です。",
)
OPERATIONS = (ENTRANCE, ROUNDS, PROPOSALS, PROPOSAL, OPENAPI)
