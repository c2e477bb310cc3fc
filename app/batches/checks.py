"""What keeps a batch from being sent (送付できない理由), and what to look at before (注意)."""

from collections.abc import Sequence

from app.batches.models import BatchCase
from app.batches.queries import in_other_batches
from app.core import clock
from app.core.closing_days import office_calendar
from app.core.eras import format_date
from app.freezes.models import FrozenKind
from app.freezes.queries import frozen_among
from app.handoffs.models import HandoffBatch
from app.handoffs.queries import open_by_proposal
from app.handoffs.services.prepare import destination_problem, needs_no_handoff
from app.workflow.handoffs import HandoffPart
from app.workflow.labels import STATE_LABELS
from app.workflow.states import State

PAST = "回答期限（{day}）を過ぎています。今日より後の日に変えてください"
FROZEN = "今は送付できません。この送付から外してください"
NOTHING = "送付する提案がありません。取りやめて、新しく準備してください"


def date_blocks(batch: HandoffBatch) -> list[str]:
    """An announced date that is over (過ぎた回答期限)."""
    day = batch.reply_due_on
    if day is None or day > clock.today():
        return []
    return [PAST.format(day=format_date(day))]


def case_blocks(cases: Sequence[BatchCase]) -> list[str]:
    """Why cases cannot be sent now, each with its number (送付できない提案)."""
    if not cases:
        return [NOTHING]
    handed = open_by_proposal([case.proposal_id for case in cases])
    frozen = frozen_among(FrozenKind.CASE, [case.proposal.reference for case in cases])
    return [
        f"{case.proposal.reference}：{words}"
        for case in cases
        for words in (
            [FROZEN]
            if case.proposal.receipt_number in frozen
            else _blocks_of(case, is_handed_off=case.proposal_id in handed)
        )
    ]


def _blocks_of(case: BatchCase, *, is_handed_off: bool) -> list[str]:
    proposal = case.proposal
    if proposal.state is not State.CLASSIFIED or proposal.category is None:
        said = STATE_LABELS[proposal.state]
        return [f"今の状態は「{said}」で、送付できません。この送付から外してください"]
    if needs_no_handoff(proposal):
        return [
            f"分類{proposal.category.code}は府省庁へ送付しないものです。"
            "この送付から外し、必要なら提案の画面から理由を付けて送付してください"
        ]
    if is_handed_off:
        return ["ほかの送付があり、まだ終わっていません。この送付から外してください"]
    if case.category_id != proposal.category_id:
        return [
            f"分類が{case.category.code}から{proposal.category.code}に変わりました。"
            "宛先を確かめて、決め直してください"
        ]
    return _destination_blocks(case)


def _destination_blocks(case: BatchCase) -> list[str]:
    if not case.destinations:
        return ["宛先がありません。宛先を決めるか、この送付から外してください"]
    found = [words for row in case.destinations if (words := destination_problem(row.destination))]
    if not any(row.part is HandoffPart.LEAD for row in case.destinations):
        found.append("主管の宛先がありません。主管を決めてください")
    return found


def plan_warnings(
    batch: HandoffBatch, cases: Sequence[BatchCase], unreached: Sequence[str]
) -> list[str]:
    """What to look at before sending (送付の前の注意); none of it keeps from sending."""
    found = []
    day = batch.reply_due_on
    reason = office_calendar().closing_reason(day) if day is not None else None
    if day is not None and reason is not None:
        found.append(f"回答期限の{format_date(day)}は閉庁日（{reason}）です")
    if unreached:
        found.append(f"窓口担当の利用者がいない宛先があります：{'、'.join(unreached)}")
    elsewhere = in_other_batches([case.proposal_id for case in cases], besides=batch)
    numbers = [case.proposal.reference for case in cases if case.proposal_id in elsewhere]
    if numbers:
        said = "、".join(numbers[:10]) + (f"　ほか{len(numbers) - 10}件" if numbers[10:] else "")
        found.append(f"ほかの送付の準備にも入っている提案があります：{said}")
    if batch.round.is_practice:
        found.append("練習の募集回のため、知らせは送られません")
    return found
