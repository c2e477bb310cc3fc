"""Whose move a case is (今の持ち主), in words for each reader, and what comes next."""

from dataclasses import dataclass

from app.accounts.models import User
from app.casework.deadlines import StoppedDeadline
from app.handoffs.standing import HandoffStanding
from app.proposals.models import Proposal
from app.proposals.policy import is_own
from app.proposals.presentation import is_replied, reads_as_secretariat, told_state
from app.triage.models import Assessment
from app.workflow.states import State

LEAD = "総括"
OFFICERS = "仕分け担当・総括"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where the work on a case stands: read once, asked by every sentence (案件の現況)."""

    reviewers: tuple[str, ...]
    opinion: Assessment | None
    # Whether the reader gives an opinion of its own before reading that one (独立した2人目).
    is_blind: bool
    awaits_lead: bool
    stopped: StoppedDeadline | None
    # Who looks at a pending case again, "" for none.
    owner: str
    # Where it stands with the ministries (送付の現況), and which of them have the next move.
    handoffs: HandoffStanding = HandoffStanding.NONE
    ministries: tuple[str, ...] = ()
    # Ministries that refused it and after which it was not sent on (所管外).
    refused: tuple[str, ...] = ()
    # The hand-off that waits for the secretariat: refused, else prepared; None for none.
    waiting_handoff_id: int | None = None
    # Whether the lead decides where what was refused goes (2回目からの所管外).
    is_rerouted_by_lead: bool = False
    # Settled replies that the body was not shown yet, by id (未公開の回答).
    withheld: tuple[int, ...] = ()
    # Whether a hand-off, a withheld reply or an awaited view keeps it open (終了の妨げ).
    is_held_open: bool = False


SETTLED_HEADINGS: dict[State, str] = {
    State.CLOSED: "この提案は終了しました",
    State.WITHDRAWN: "この提案は取り下げられました",
    State.MERGED: "この提案は、ほかの提案と併せて扱います",
}
_INNER = (
    "事務局が審査しています",
    "結果が決まると、この画面に表示します。今、自団体ですることはありません。",
)
BODY_WAITING: dict[State, tuple[str, str]] = {
    **dict.fromkeys(State, _INNER),
    State.SUBMITTED: (
        "事務局が形式を確認しています",
        "不備がなければ審査に進みます。補正が必要なときは、ホームの「補正が必要な提案」に出ます。",
    ),
    State.RETURNED: (
        "補正を待っています",
        "自団体の担当者か管理者が、差し戻された項目を直します。",
    ),
    State.CLOSED: (
        "結果が出ました",
        "下の「結果」に、分類と対応方針、事務局からの説明があります。",
    ),
    State.WITHDRAWN: (
        "この提案は取り下げました",
        "もう一度提案するときは、新しい提案を書きます。",
    ),
}
# A partner reads along (共同提案団体): the moves are those of the proposing body.
PARTNER_WAITING: dict[State, tuple[str, str]] = {
    **BODY_WAITING,
    State.SUBMITTED: (
        "事務局が形式を確認しています",
        "不備がなければ審査に進みます。補正が必要なときは、提案団体が直します。",
    ),
    State.RETURNED: (
        "提案団体の補正を待っています",
        "提案団体が、差し戻された項目を直します。今、自団体ですることはありません。",
    ),
    State.WITHDRAWN: (
        "この提案は取り下げられました",
        "提案団体が取り下げました。自団体ですることはありません。",
    ),
}
SECRETARIAT_WAITING: dict[State, str] = {
    State.SUBMITTED: "形式の確認を待っています。受理されると、総括が担当を割り当てます。",
    State.RETURNED: "補正して提出されると、形式確認に戻ります。事務局の期限は止まっています。",
    State.ACCEPTED: "総括が担当を割り当てると、仕分けが始まります。",
    State.IN_REVIEW: "担当が仕分け意見を登録すると、別の担当者が確認します。",
    State.IN_CONFIRMATION: "意見を書いた人以外の担当者か総括が確認すると、分類が確定します。",
    State.PENDING: "見直し日まで保留しています。仕分けの期限は止まっています。",
    State.CLASSIFIED: "総括が結果を団体に知らせると終了します。",
    State.CLOSED: "団体に結果を知らせました。分類・対応方針・結果の文が団体に見えています。",
    State.WITHDRAWN: "団体が取り下げたため、仕分けは行いません。理由は履歴にあります。",
    State.MERGED: "仕分けは、下の「系譜」にある提案で行います。この提案の期限は止まっています。",
}
HANDOFF_WAITING: dict[HandoffStanding, str] = {
    HandoffStanding.PREPARED: (
        "送付の準備ができています。仕分け担当か総括が、内容を確かめて送付します。"
    ),
    HandoffStanding.AWAITING_ACKNOWLEDGEMENT: (
        "送付しました。府省庁が受領すると、回答の期限が始まります。"
    ),
    HandoffStanding.AWAITING_REPLY: "府省庁が回答を準備しています。事務局の期限は止まっています。",
    HandoffStanding.ANSWERED: (
        "回答が届いています。事務局が確かめて、確定か再検討の要請を決めます。"
    ),
    HandoffStanding.AWAITING_VIEW: "回答を団体に公開しました。団体が見解を出すのを待っています。",
    HandoffStanding.SETTLED: "回答が確定しています。総括が結果を団体に知らせると終了します。",
    HandoffStanding.REFUSED: "所管外として戻りました。別の府省庁へ送り直します。",
}
# After a release, for the body that may not write itself, for its partners, and after the view.
REPLIED_AWAITING = (
    "府省庁の回答が届いています",
    "提案団体が見解を出します。見解を受けて、事務局が次の進め方を決めます。",
)
REPLIED = (
    "府省庁の回答を事務局が確かめています",
    "回答が確定すると、結果をこの画面に表示します。今、自団体ですることはありません。",
)
REJOINED = (
    "この提案は、元の提案に戻りました",
    "分割が取り消されました。元の提案で審査を続けます。",
)
LEAD_DECIDES = "異議が2回付きました。意見を述べていない総括が分類を決めます。"
NOBODY_ASSIGNED = "担当がいません。総括が担当を割り当てます。"


def holder_of(proposal: Proposal, reader: User, standing: Standing) -> str:
    """Whose move it is, in words for the reader (今の持ち主)."""
    if proposal.state is State.MERGED:
        return "なし（統合済み）" if reads_as_secretariat(reader) else "事務局"
    if proposal.state in SETTLED_HEADINGS:
        return "なし（終了）"
    if proposal.state is State.RETURNED:
        return proposal.organization.name
    if is_replied(proposal) and proposal.view_due_on and not reads_as_secretariat(reader):
        return proposal.organization.name
    return _office_holder(proposal, standing) if reads_as_secretariat(reader) else "事務局"


def waiting_words(proposal: Proposal, reader: User, standing: Standing) -> tuple[str, str]:
    """Heading and sentence for whoever can do nothing now: who has it, and what comes next."""
    if not reads_as_secretariat(reader):
        return _words_for_body(proposal, reader)
    holder = holder_of(proposal, reader, standing)
    heading = SETTLED_HEADINGS.get(proposal.state, f"今は、{holder}の番です")
    if proposal.state is State.IN_REVIEW and standing.awaits_lead:
        return heading, LEAD_DECIDES
    if proposal.state is State.IN_REVIEW and not standing.reviewers:
        return heading, NOBODY_ASSIGNED
    if proposal.state is State.CLASSIFIED and standing.handoffs in HANDOFF_WAITING:
        return heading, HANDOFF_WAITING[standing.handoffs]
    return heading, SECRETARIAT_WAITING[proposal.state]


def _words_for_body(proposal: Proposal, reader: User) -> tuple[str, str]:
    if proposal.is_rejoined:
        return REJOINED
    if is_replied(proposal):
        return REPLIED_AWAITING if proposal.view_due_on else REPLIED
    words_of = BODY_WAITING if is_own(reader, proposal) else PARTNER_WAITING
    return words_of[told_state(proposal)]


def _office_holder(proposal: Proposal, standing: Standing) -> str:
    outside = _outside_holder(proposal, standing)
    if outside:
        return outside
    if proposal.state is State.SUBMITTED:
        return "仕分け担当（形式確認）"
    if proposal.state in (State.ACCEPTED, State.CLASSIFIED) or standing.awaits_lead:
        return OFFICERS if _is_moved_by_officers(standing) else LEAD
    if proposal.state is State.IN_CONFIRMATION and standing.opinion is not None:
        return f"確認者（{standing.opinion.author.display_name}以外）"
    if proposal.state is State.PENDING and standing.owner:
        return standing.owner
    return "、".join(standing.reviewers) or LEAD


def _is_moved_by_officers(standing: Standing) -> bool:
    """Whether the next step of the hand-offs is anybody's of the secretariat, not the lead's."""
    if standing.refused:
        return not standing.is_rerouted_by_lead
    return standing.handoffs in (HandoffStanding.PREPARED, HandoffStanding.ANSWERED)


def _outside_holder(proposal: Proposal, standing: Standing) -> str:
    """Ministries that have the next move, or the body whose view is awaited; "" for neither."""
    if standing.handoffs is HandoffStanding.AWAITING_VIEW:
        return f"{proposal.organization.name}（見解待ち）"
    return "、".join(standing.ministries)
