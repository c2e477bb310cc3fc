"""What a program reads of a case (提案の応答): what its page or its list shows the same person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from flask import url_for

from app.accounts.models import User
from app.answers.told import ToldReply, told_answer
from app.casework.case_list import case_rows, type_on_submission
from app.casework.content_view import Item, content_view, may_see_contact
from app.casework.own_list import STATE_OPTIONS
from app.core.clock import to_jst
from app.proposals.models import Proposal
from app.proposals.presentation import due_of, reads_as_secretariat, state_badge
from app.rounds.models import Round

PARAGRAPH = "\n\n"


@dataclass(frozen=True, kw_only=True)
class OfficeLine:
    """What the secretariat alone reads of a case in the list (事務局だけが読む項目)."""

    state_since: Annotated[date | None, "今の状態になった日"]
    category_code: Annotated[str | None, "分類の記号。まだないとき、読めないときは null"]
    is_category_provisional: Annotated[bool, "分類が暫定かどうか"]
    reviewers: Annotated[list[str], "今の担当の表示名"]
    labels: Annotated[list[str], "ラベル"]
    standing: Annotated[str, "送付の現況。送付していないときは空"]


@dataclass(frozen=True, kw_only=True)
class CaseLine:
    """One case in the list (提案の1件)."""

    receipt_number: Annotated[str, "受付番号"]
    url: Annotated[str, "1件の内容を読むアドレス（パス）"]
    title: Annotated[str, "提案概要"]
    round: Annotated[str, "募集回の符号"]
    organization_code: Annotated[str, "提案団体の団体コード"]
    organization_name: Annotated[str, "提案団体の名称"]
    organization_type: Annotated[str, "提出日の団体種別"]
    state: Annotated[str, "状態の符号。絞り込みの state に使える値。ないときは空"]
    state_label: Annotated[str, "状態。画面と同じ言葉"]
    received_on: Annotated[date | None, "受付日"]
    due_on: Annotated[date | None, "期限の日。画面に出ないときは null"]
    is_late: Annotated[bool, "期限後受付かどうか"]
    office: Annotated[OfficeLine | None, "事務局だけが読む項目。ほかの人には null"]


@dataclass(frozen=True, kw_only=True)
class FieldText:
    """One field of the form with its text (項目)."""

    name: Annotated[str, "項目の符号。システムが加えた項目は空"]
    label: Annotated[str, "項目の名前"]
    text: Annotated[str, "書かれた内容。空行で段落を分ける"]


@dataclass(frozen=True, kw_only=True)
class OutcomeTold:
    """Result of a case (結果)."""

    category_code: Annotated[str, "分類の記号"]
    category_label: Annotated[str, "分類の名前"]
    response_policy: Annotated[str, "対応方針"]
    text: Annotated[str, "団体に伝えた言葉。伝えるまでは空"]


@dataclass(frozen=True, kw_only=True)
class ReplyTold:
    """A released reply of a ministry (公開された回答)."""

    ministry: Annotated[str, "回答した府省庁"]
    part: Annotated[str, "主か協力か"]
    number: Annotated[int, "何回目の回答か"]
    kind: Annotated[str, "回答の区分"]
    text: Annotated[str, "回答"]
    planned_on: Annotated[date | None, "予定日"]
    released_at: Annotated[datetime, "公開の日時"]


@dataclass(frozen=True, kw_only=True)
class CaseDetail:
    """One case with its content (提案の内容)."""

    proposal: Annotated[CaseLine, "一覧と同じ項目"]
    fields: Annotated[list[FieldText], "項目の内容。様式の順"]
    contact: Annotated[list[FieldText] | None, "連絡先などの内部の項目。読めない人には null"]
    outcome: Annotated[OutcomeTold | None, "結果。伝えられるまでは null"]
    replies: Annotated[list[ReplyTold], "公開された回答"]


def lines_of(proposals: Sequence[Proposal], round_: Round, reader: User) -> list[CaseLine]:
    """Cases of one round as their list shows them to the reader (提案の一覧)."""
    if not reads_as_secretariat(reader):
        return [_line(proposal, round_, reader, None) for proposal in proposals]
    rows = case_rows(proposals, round_, reader)
    return [
        _line(
            proposal,
            round_,
            reader,
            OfficeLine(
                state_since=row.since,
                category_code=row.class_code or None,
                is_category_provisional=bool(row.class_code) and row.is_provisional,
                reviewers=row.reviewers,
                labels=row.labels,
                standing=row.standing,
            ),
        )
        for proposal, row in zip(proposals, rows, strict=True)
    ]


def detail_of(proposal: Proposal, reader: User) -> CaseDetail:
    """One case as its page shows it to the reader (提案の内容)."""
    content = content_view(proposal, reader)
    told = told_answer(proposal, reader)
    outcome = content.outcome
    return CaseDetail(
        proposal=lines_of([proposal], proposal.round, reader)[0],
        fields=_texts(content.items),
        contact=_texts(content.contact) if may_see_contact(reader, proposal) else None,
        outcome=None
        if outcome is None
        else OutcomeTold(
            category_code=outcome.code,
            category_label=outcome.label,
            response_policy=outcome.response_policy,
            text=PARAGRAPH.join(outcome.paragraphs),
        ),
        replies=[_reply(reply) for reply in (told.replies if told else ())],
    )


def _line(proposal: Proposal, round_: Round, reader: User, office: OfficeLine | None) -> CaseLine:
    badge, due = state_badge(proposal, reader), due_of(proposal, reader)
    submitted_at = proposal.submitted_at
    return CaseLine(
        receipt_number=proposal.reference,
        url=url_for("api.proposal", receipt_number=proposal.reference),
        title=proposal.title,
        round=round_.key,
        organization_code=proposal.organization.code or "",
        organization_name=proposal.organization.name,
        organization_type=type_on_submission(proposal),
        state=proposal.state.value if office else _told_state(badge.label),
        state_label=badge.label,
        received_on=to_jst(submitted_at).date() if submitted_at else None,
        due_on=due.date if due else None,
        is_late=proposal.is_late,
        office=office,
    )


def _told_state(label: str) -> str:
    """Value of the filter that finds what a body reads as this word; "" for none."""
    return next((value for value, words in STATE_OPTIONS.items() if words == label), "")


def _texts(items: Sequence[Item]) -> list[FieldText]:
    return [
        FieldText(name=item.name, label=item.label, text=PARAGRAPH.join(item.paragraphs))
        for item in items
    ]


def _reply(reply: ToldReply) -> ReplyTold:
    return ReplyTold(
        ministry=reply.ministry,
        part=reply.part,
        number=reply.round_number,
        kind=reply.kind,
        text=reply.text,
        planned_on=reply.planned_on,
        released_at=reply.released_at,
    )
