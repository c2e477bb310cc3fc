"""Who sees what of a case (だれに見えるか)."""

from app.accounts.models import User
from app.handoffs.queries import handoffs_of
from app.proposals.models import Proposal
from app.proposals.presentation import (
    is_replied,
    reads_as_secretariat,
)
from app.proposals.sharing.joining import window_of
from app.proposals.sharing.partners import accepted_partners_of
from app.workflow.handoffs import TOLD_HANDOFF_STATES
from app.workflow.states import State


def audience_note(proposal: Proposal, reader: User) -> str:
    """Who sees what of the case (だれに見えるか)."""
    body = proposal.organization.name
    if not reads_as_secretariat(reader):
        partners = "、".join(row.organization.name for row in accepted_partners_of(proposal))
        bodies = f"{body}と共同提案団体（{partners}）" if partners else body
        window = window_of(proposal)
        others = (
            "ほかの団体には、追加共同提案の照会のために、提案の要点と団体名だけが見えます。"
            if window is not None
            else "ほかの団体には見えません。"
        )
        inner = "連絡先などの内部の項目は、共同提案団体には見えません。" if partners else ""
        readers = (
            f"この提案を見られるのは、{bodies}の担当者・管理者と、事務局、"
            "事務局が検討を依頼した府省庁だけです。"
        )
        return f"{readers}{inner}{others}"
    inner = "仕分け意見と内部の理由は事務局だけが見られます。"
    told = [row for row in handoffs_of(proposal) if row.state in TOLD_HANDOFF_STATES]
    if told:
        names = "、".join(dict.fromkeys(row.destination.name for row in told))
        inner = f"{inner}{names}には、提案の内容と依頼文、選んだ資料が見えます。"
    return f"{inner}{body}には、{_body_reads(proposal, is_handed_off=bool(told))}"


def _body_reads(proposal: Proposal, *, is_handed_off: bool) -> str:
    """What the body reads of its case by now (団体に見えるもの), the end of a sentence."""
    replies = "公開した府省庁の回答"
    if proposal.state is State.CLOSED:
        joined = f"・{replies}" if proposal.replies_released_at else ""
        return f"提案の内容と、分類・対応方針・結果の文{joined}が見えます。"
    if is_replied(proposal):
        return f"提案の内容と、分類・対応方針・{replies}が見えます。"
    hidden = "分類と府省庁の回答は、公開するまで" if is_handed_off else "分類は"
    return f"自団体の提案の内容と「審査中」などの表示だけが見え、{hidden}見えません。"
