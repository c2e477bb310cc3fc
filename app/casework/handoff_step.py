"""The next step of a case that goes to ministries, or is with them (送付・回答の次の一手)."""

from flask import url_for

from app.accounts.models import User
from app.answers.policy import can_release
from app.casework.holder import Standing, waiting_words
from app.casework.step import NextStep, StepLink
from app.handoffs.policy import can_direct, can_hand_off
from app.handoffs.standing import HandoffStanding
from app.proposals.models import Proposal
from app.workflow.states import FollowUp, State

SEE = "送付・回答を見る"


def handoff_step(proposal: Proposal, actor: User, standing: Standing) -> NextStep | None:
    """Say what the secretariat does next about the hand-offs; None where they ask for nothing.

    What was refused comes first, for nobody has it; then what waits to be sent, what was answered,
    and a case whose class goes to a ministry and that was not sent yet.
    """
    if proposal.state is not State.CLASSIFIED or not can_hand_off(actor, proposal):
        return None
    if standing.refused:
        return _rerouting(proposal, actor, standing)
    if standing.handoffs in _MOVES:
        heading, button, why, after = _MOVES[standing.handoffs]
        return _step(heading, StepLink(button, _url_of_move(proposal, standing)), why, after)
    if standing.is_held_open:
        return _waiting(proposal, actor, standing)
    if standing.handoffs is HandoffStanding.NONE and _goes_to_ministry(proposal):
        return _preparing(proposal)
    return None


_MOVES: dict[HandoffStanding, tuple[str, str, str, str]] = {
    HandoffStanding.PREPARED: (
        "送付の内容を確かめて送付する",
        "送付の内容を確かめる",
        "府省庁への送付が準備されています。まだどこにも知らせていません。",
        "送付すると府省庁の「届いた案件」に出て、受領の期限が始まります。"
        "団体には「審査中」とだけ見えます。",
    ),
    HandoffStanding.ANSWERED: (
        "府省庁の回答を確かめる",
        "回答を確かめる",
        "回答が届いています。確定するか、再検討を要請するかを決めます。",
        "回答は、総括が公開するまで団体にもほかの府省庁にも見えません。",
    ),
}


def _rerouting(proposal: Proposal, actor: User, standing: Standing) -> NextStep:
    names = "、".join(standing.refused)
    if standing.is_rerouted_by_lead and not can_direct(actor, proposal):
        return NextStep(
            heading="今は、総括の番です",
            why=f"{names}が所管外として返しました。2回目からは、送り直す先を総括が決めます。",
            others=(StepLink(SEE, _page(proposal)),),
        )
    return _step(
        "所管外として返された提案を送り直す",
        StepLink("送り直す", _waiting_page("reroute", proposal, standing)),
        f"{names}が所管外として返しました。別の府省庁へ送り直します。",
        "送り直すと、新しい府省庁の期限が始まります。経過はすべて残ります。",
    )


def _waiting(proposal: Proposal, actor: User, standing: Standing) -> NextStep:
    if standing.withheld and standing.handoffs is HandoffStanding.SETTLED:
        return _releasing(proposal, actor, standing)
    heading, why = waiting_words(proposal, actor, standing)
    return NextStep(heading=heading, why=why, others=(StepLink(SEE, _page(proposal)),))


def _releasing(proposal: Proposal, actor: User, standing: Standing) -> NextStep:
    why = "回答を確定しましたが、団体にはまだ公開していません。公開するまで終了できません。"
    if not can_release(actor):
        see = StepLink(SEE, _page(proposal))
        return NextStep(heading="今は、総括の番です", why=why, others=(see,))
    url = url_for("answers.release", round=proposal.round.key, reply=standing.withheld)
    return _step(
        "回答を団体に公開する",
        StepLink("公開する内容を確かめる", url),
        why,
        "公開すると団体が回答を読み、見解の期限が始まります。",
    )


def _preparing(proposal: Proposal) -> NextStep:
    code = proposal.category.code if proposal.category else ""
    return NextStep(
        heading="次にすること：府省庁への送付を準備する",
        why=f"分類{code}は、所管の府省庁へ送付します。まだ送付していません。",
        after="準備した内容は、送付するまで府省庁に見えません。",
        primary=StepLink(
            "送付を準備する",
            url_for("case_handoffs.prepare", receipt_number=proposal.receipt_number),
        ),
    )


def _step(heading: str, primary: StepLink, why: str, after: str) -> NextStep:
    return NextStep(heading=f"次にすること：{heading}", why=why, after=after, primary=primary)


def _url_of_move(proposal: Proposal, standing: Standing) -> str:
    if standing.handoffs is HandoffStanding.PREPARED:
        return _waiting_page("preview", proposal, standing)
    return f"{_page(proposal)}#replies"


def _waiting_page(name: str, proposal: Proposal, standing: Standing) -> str:
    return url_for(
        f"case_handoffs.{name}",
        receipt_number=proposal.receipt_number,
        handoff_id=standing.waiting_handoff_id,
    )


def _page(proposal: Proposal) -> str:
    return url_for("case_handoffs.show", receipt_number=proposal.receipt_number)


def _goes_to_ministry(proposal: Proposal) -> bool:
    return proposal.category is not None and proposal.category.follow_up is FollowUp.HANDOFF
