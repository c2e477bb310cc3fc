"""Texts in force (使われる文面): of the class, else of the scheme, else those every round has."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.batches.models import RequestTemplate, TextKind
from app.extensions import db
from app.rounds.models import Category, Scheme
from app.workflow.handoffs import HandoffPurpose
from app.workflow.states import FollowUp

KIND_LABELS: dict[TextKind, str] = {
    TextKind.REQUEST: "検討要請の依頼文",
    TextKind.INFORMATION: "情報提供の文",
    TextKind.COVER_LETTER: "事務連絡の本文",
}
KIND_OF_PURPOSE = {
    HandoffPurpose.REQUEST: TextKind.REQUEST,
    HandoffPurpose.INFORMATION: TextKind.INFORMATION,
}
# Classes whose cases are dealt with elsewhere: a ministry only takes note of them.
INFORMED = (FollowUp.INFORM, FollowUp.OTHER_PROCESS)

_CASE = (
    "受付番号　{受付番号}\n提案概要　{提案概要}\n提案団体　{提案団体}\n"
    "分類　{分類}\n対応方針　{対応方針}"
)
_REQUEST = (
    "次の提案について、{府省庁}（{立場}）における対応を検討し、{回答期限}までに回答してください。"
    f"\n\n{_CASE}"
)
_INFORMATION = f"次の提案があったため、{{府省庁}}（{{立場}}）に情報を提供します。\n\n{_CASE}"
REQUESTS: dict[FollowUp, str] = {
    FollowUp.HANDOFF: (
        f"{_REQUEST}\n\n"
        "所管するシステムや制度の改善、利用の拡大によって対応できるかどうかと、その予定を示してください。"
        "所管でないときは、理由と所管と思われる府省庁を付けて返してください。"
    ),
}
INFORMATIONS: dict[FollowUp, str] = {
    FollowUp.INFORM: (
        f"{_INFORMATION}\n\n既に進められている取組の中で、参考にしてください。回答は要りません。"
    ),
    FollowUp.OTHER_PROCESS: (
        f"{_INFORMATION}\n\n別の手続で検討されているものです。回答は要りません。"
    ),
}
COVER_LETTER = (
    "平素より、地方公共団体の業務システムの共通化の検討にご協力をいただき、ありがとうございます。\n"
    "{募集回}に提出された提案のうち、{府省庁}に関係するもの{件数}件を、別紙のとおり送付します。\n"
    "検討をお願いするものの回答の期限は、別紙に示しています。"
    "それぞれの依頼の内容は、システムの「届いた案件」でご覧ください。"
)


@dataclass(frozen=True, kw_only=True)
class TextInForce:
    """A text as it stands (使われる文面): its body and where it comes from."""

    body: str
    source: str
    template: RequestTemplate | None = None


class TextBook:
    """All texts of a scheme (文面集), read in one question."""

    def __init__(self, scheme: Scheme) -> None:
        self._own = {(row.category_id, row.kind): row for row in _versions(scheme)}

    def text_for(self, kind: TextKind, category: Category | None) -> TextInForce:
        """The text a hand-off of this class gets (分類の文面)."""
        own = self._own.get((category.id, kind)) if category is not None else None
        if own is not None and own.body:
            return TextInForce(body=own.body, source="分類の文面", template=own)
        shared = self._own.get((None, kind))
        if shared is not None and shared.body:
            return TextInForce(body=shared.body, source="共通の文面", template=shared)
        return TextInForce(body=_given(kind, category), source="はじめからの文面")

    def number_of(self, kind: TextKind, category: Category | None) -> int:
        """Number of the last version of exactly this text (文面の版), 0 while there is none."""
        row = self._own.get((category.id if category else None, kind))
        return row.number if row else 0


def purpose_of(category: Category | None) -> HandoffPurpose:
    """What a ministry is asked for in a case of this class (送付の目的)."""
    if category is not None and category.follow_up in INFORMED:
        return HandoffPurpose.INFORMATION
    return HandoffPurpose.REQUEST


def versions_of(
    scheme: Scheme, kind: TextKind, category: Category | None
) -> Sequence[RequestTemplate]:
    """Every version of one text, newest first (文面の履歴)."""
    return [
        row
        for row in reversed(_versions(scheme))
        if row.kind is kind and row.category_id == (category.id if category else None)
    ]


def _versions(scheme: Scheme) -> Sequence[RequestTemplate]:
    return db.session.scalars(
        select(RequestTemplate)
        .where(RequestTemplate.scheme_id == scheme.id)
        .order_by(RequestTemplate.number)
    ).all()


def _given(kind: TextKind, category: Category | None) -> str:
    if kind is TextKind.COVER_LETTER:
        return COVER_LETTER
    given, otherwise = (
        (REQUESTS, _REQUEST) if kind is TextKind.REQUEST else (INFORMATIONS, _INFORMATION)
    )
    return given.get(category.follow_up, otherwise) if category is not None else otherwise
