"""What hand-offs keep a case from (送付が妨げる操作), and what becomes of them with a case."""

from app.accounts.models import User
from app.core.errors import IllegalTransition
from app.handoffs.models import Handoff
from app.handoffs.queries import awaited_view, open_handoffs, withheld_replies
from app.handoffs.services.recall import take_back_handoff
from app.proposals.models import Proposal
from app.proposals.moves import before, when_moved
from app.workflow.handoffs import HANDOFF_STATE_LABELS
from app.workflow.states import Action, State

WITHDRAWN = "提案が取り下げられたため"


def closing_problem(proposal: Proposal) -> str:
    """Why the hand-offs keep a case from being closed (終了できない理由), "" for nothing."""
    rows = open_handoffs(proposal)
    if rows:
        return (
            f"送付が完了していないため、終了できません（{handoff_words(rows)}）。"
            "回答を確定するか、送付を取り下げてから終了してください。"
        )
    withheld = withheld_replies(proposal)
    if withheld:
        names = "、".join(row.handoff.destination.name for row in withheld)
        return (
            f"団体に公開していない回答があるため、終了できません（{names}）。"
            "「回答の確認」で公開し、団体の見解を受けてから終了してください。"
        )
    if awaited_view(proposal) is not None:
        return (
            "提案団体の見解を待っているため、終了できません。"
            "見解が届くか、見解を待たずに進めると決めてから終了してください。"
        )
    return ""


def undecided_handoffs(proposal: Proposal) -> list[Handoff]:
    """Open hand-offs of which it was not decided whether they stay (残すか決めていない送付)."""
    return [row for row in open_handoffs(proposal) if row.kept_for_version != proposal.version]


def lineage_problem(proposal: Proposal) -> str:
    """Why the hand-offs keep a case from being merged or split (統合・分割の妨げ), "" for none."""
    rows = open_handoffs(proposal)
    if not rows:
        return ""
    return (
        f"{proposal.reference}は府省庁へ送付中です（{handoff_words(rows)}）。"
        "先に送付を取り下げるか、回答を確定してください"
    )


def handoff_words(rows: list[Handoff]) -> str:
    """Name hand-offs with their states: 「厚生労働省：回答待ち、デジタル庁：送付前」."""
    return "、".join(f"{row.destination.name}：{HANDOFF_STATE_LABELS[row.state]}" for row in rows)


@before(Action.CLOSE)
def _refuse_close(proposal: Proposal) -> None:
    problem = closing_problem(proposal)
    if problem:
        raise IllegalTransition(problem)


@before(Action.RECLASSIFY)
def _refuse_reclassify(proposal: Proposal) -> None:
    rows = undecided_handoffs(proposal)
    if rows:
        raise IllegalTransition(
            f"府省庁へ送付中です（{handoff_words(rows)}）。"
            "送付・回答の画面で、送付を残すか取り下げるかを決めて仕分け直してください。"
        )


@when_moved
def _recall_of_withdrawn(proposal: Proposal, actor: User | None, _left: str | None) -> None:
    """A case that is classified anew, its hand-offs kept, may be withdrawn by its body."""
    if proposal.state is not State.WITHDRAWN or actor is None:
        return
    for row in open_handoffs(proposal):
        take_back_handoff(row, WITHDRAWN, actor=actor)
