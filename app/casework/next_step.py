"""The next step of a case for its reader (次にすること): one button at most, the rest are links."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from flask import url_for

from app.accounts.models import Role, User
from app.casework.deadlines import StoppedDeadline
from app.core import clock
from app.core.eras import format_date_short
from app.proposals.models import Proposal
from app.proposals.policy import can_edit
from app.proposals.presentation import reads_as_secretariat
from app.proposals.queries import waiting_correction
from app.triage.models import Assessment
from app.triage.policy import available_actions
from app.workflow.labels import ACTION_LABELS
from app.workflow.states import Action, State

# The page a step is taken on: accepting and returning share one, so do confirming and disputing.
PAGES: dict[Action, str] = {
    Action.SUBMIT: "proposals.edit_returned",
    Action.WITHDRAW: "triage.withdraw",
    Action.RETURN_FOR_CORRECTION: "triage.form_check",
    Action.ACCEPT: "triage.form_check",
    Action.ASSIGN: "triage.assign",
    Action.ASSESS: "triage.assess",
    Action.CONFIRM: "triage.confirm",
    Action.DISPUTE: "triage.confirm",
    Action.HOLD: "triage.hold",
    Action.RESUME: "triage.resume",
    Action.RECLASSIFY: "triage.reclassify",
    Action.CLOSE: "triage.close",
    Action.REOPEN: "triage.reopen",
}
PRIMARY_OF_STATE: dict[State, Action] = {
    State.SUBMITTED: Action.ACCEPT,
    State.RETURNED: Action.SUBMIT,
    State.ACCEPTED: Action.ASSIGN,
    State.IN_REVIEW: Action.ASSESS,
    State.IN_CONFIRMATION: Action.CONFIRM,
    State.PENDING: Action.RESUME,
    State.CLASSIFIED: Action.CLOSE,
}


class StepLink(NamedTuple):
    """A link to the page of an action (操作)."""

    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where the work on a case stands: read once, asked by every sentence below (案件の現況)."""

    reviewers: tuple[str, ...]
    opinion: Assessment | None
    awaits_lead: bool
    stopped: StoppedDeadline | None


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """The panel of the next step (次にすること); without a primary action it says who is next."""

    heading: str
    why: str
    after: str = ""
    primary: StepLink | None = None
    others: tuple[StepLink, ...] = ()


def next_step(proposal: Proposal, actor: User, standing: Standing) -> NextStep:
    """Say what the actor does next with the case, or whose move it is (次にすること)."""
    actions = available_actions(actor, proposal)
    chosen = _primary(proposal, actor, actions, standing)
    others = _others(proposal, actions, chosen, standing)
    if chosen is None:
        heading, why = _waiting(proposal, actor, standing)
        return NextStep(heading=heading, why=why, others=others)
    heading, button, why, after = _own_move(proposal, actor, chosen, standing)
    return NextStep(
        heading=f"次にすること：{heading}",
        why=why,
        after=after,
        primary=StepLink(button, _url(proposal, chosen)),
        others=others,
    )


def holder_of(proposal: Proposal, reader: User, standing: Standing) -> str:
    """Whose move it is, in words for the reader (今の持ち主)."""
    if proposal.state in (State.CLOSED, State.WITHDRAWN):
        return "なし（終了）"
    if proposal.state is State.RETURNED:
        return proposal.organization.name
    if not reads_as_secretariat(reader):
        return "事務局"
    if proposal.state is State.SUBMITTED:
        return "仕分け担当（形式確認）"
    if proposal.state in (State.ACCEPTED, State.CLASSIFIED) or standing.awaits_lead:
        return "総括"
    if proposal.state is State.IN_CONFIRMATION and standing.opinion is not None:
        return f"確認者（{standing.opinion.author.display_name}以外）"
    return "、".join(standing.reviewers) or "総括"


def _primary(
    proposal: Proposal, actor: User, actions: Sequence[Action], standing: Standing
) -> Action | None:
    usual = PRIMARY_OF_STATE.get(proposal.state)
    if usual in actions:
        return usual
    if usual is Action.SUBMIT and can_edit(actor, proposal):
        return usual
    is_left_alone = proposal.state is State.IN_REVIEW and not standing.reviewers
    if is_left_alone and not standing.awaits_lead and Action.ASSIGN in actions:
        return Action.ASSIGN
    return None


def _others(
    proposal: Proposal, actions: Sequence[Action], chosen: Action | None, standing: Standing
) -> tuple[StepLink, ...]:
    """Links to the pages of the other actions, the page of the primary one left out."""
    pages = {PAGES[chosen]} if chosen else set()
    links: list[StepLink] = []
    for action in actions:
        if PAGES[action] in pages:
            continue
        pages.add(PAGES[action])
        is_change = action is Action.ASSIGN and standing.reviewers
        label = "担当を替える" if is_change else ACTION_LABELS[action]
        links.append(StepLink(label, _url(proposal, action)))
    return tuple(links)


def _url(proposal: Proposal, action: Action) -> str:
    return url_for(PAGES[action], receipt_number=proposal.receipt_number)


def _own_move(
    proposal: Proposal, actor: User, action: Action, standing: Standing
) -> tuple[str, str, str, str]:
    """Heading, button, why, and what happens then, of the actor's own move."""
    if action is Action.SUBMIT:
        return _correcting(proposal, actor)
    if action is Action.ASSESS:
        return _assessing(proposal, standing)
    if action is Action.CONFIRM:
        return _confirming(standing)
    if action is Action.RESUME:
        return _resuming(proposal, standing)
    if action is Action.CLOSE:
        return _closing(proposal)
    return OWN_MOVES[action]


OWN_MOVES: dict[Action, tuple[str, str, str, str]] = {
    Action.ACCEPT: (
        "形式を確認し、受理するか差し戻すか決める",
        "形式を確認する",
        "仕分けに必要なことが書かれているかを確かめます。",
        "受理すると総括が担当を割り当てます。差し戻すと団体に理由が届き、事務局の期限は止まります。",
    ),
    Action.ASSIGN: (
        "担当を割り当てる",
        "担当を割り当てる",
        "形式確認が済み、仕分けを始められます。担当がまだ決まっていません。",
        "割り当てると担当者に知らせが届き、仕分けの期限が始まります。"
        "団体には「審査中」とだけ見えます。",
    ),
}


def _correcting(proposal: Proposal, actor: User) -> tuple[str, str, str, str]:
    request = waiting_correction(proposal)
    count = len(request.items) if request else 0
    is_manager = actor.has_role(Role.PROPOSER_MANAGER)
    after = (
        "直して提出すると、事務局が形式を確認します。受付番号は変わりません。"
        if is_manager
        else "直した内容は保存できます。提出は自団体の管理者が行います。"
    )
    why = f"事務局から{count}項目の補正の依頼が届いています。下の「補正の依頼」を確かめてください。"
    return "差し戻された項目を直す", "補正する", why, after


def _assessing(proposal: Proposal, standing: Standing) -> tuple[str, str, str, str]:
    if standing.awaits_lead:
        return (
            "2回目の異議を決裁する",
            "両論を見て決める",
            "意見と異議が2回分かれました。意見を述べていない総括が分類を決めます。",
            "登録すると分類が確定します。これまでの意見と異議はすべて残ります。",
        )
    after = (
        "登録すると分類が確定します。意見は事務局だけが見られます。"
        if proposal.round.reviewers_required == 1
        else "登録すると、別の担当者が確認します。意見は事務局だけが見られます。"
    )
    why = "あなたが担当です。分類と理由、根拠となる台帳の行を登録します。"
    return "仕分け意見を書く", "仕分ける", why, after


def _confirming(standing: Standing) -> tuple[str, str, str, str]:
    opinion = standing.opinion
    why = (
        f"{opinion.author.display_name}が、分類{opinion.category.code}とする意見を登録しました。"
        if opinion
        else "仕分け意見が確認を待っています。"
    )
    after = "確認すると分類が確定します。異議を付けると仕分けに戻り、両方の意見が残ります。"
    return "仕分け意見を確認する", "意見を確認する", why, after


def _resuming(proposal: Proposal, standing: Standing) -> tuple[str, str, str, str]:
    is_due = proposal.due_on is not None and proposal.due_on <= clock.today()
    heading = (
        "見直し日が来たので、仕分けを再開するか決める"
        if is_due
        else "見直し日までに、仕分けを再開するか決める"
    )
    stopped = standing.stopped
    after = (
        f"今日再開すると{'、'.join(standing.reviewers) or '担当'}に戻り、{stopped.label}の期限は"
        f"{format_date_short(stopped.resumed_due)}になります（残り{stopped.days_left}開庁日）。"
        if stopped
        else "再開すると仕分けに戻り、仕分けの期限が始まります。"
    )
    return heading, "仕分けを再開する", "ペンディングの間、仕分けの期限は止まっています。", after


def _closing(proposal: Proposal) -> tuple[str, str, str, str]:
    code = proposal.category.code if proposal.category else ""
    return (
        "結果を団体に知らせて終了する",
        "結果を知らせる",
        f"分類{code}が確定しています。団体にはまだ「審査中」とだけ見えています。",
        "終了すると、団体に分類・対応方針・結果の文が見えるようになり、メールで知らせます。",
    )


def _waiting(proposal: Proposal, actor: User, standing: Standing) -> tuple[str, str]:
    """Heading and sentence for those who can do nothing now: who has it, what comes next."""
    if not reads_as_secretariat(actor):
        return BODY_WAITING[proposal.state]
    holder = holder_of(proposal, actor, standing)
    heading = SETTLED_HEADINGS.get(proposal.state, f"今は、{holder}の番です")
    return heading, _secretariat_waiting(proposal, standing)


SETTLED_HEADINGS: dict[State, str] = {
    State.CLOSED: "この提案は終了しました",
    State.WITHDRAWN: "この提案は取り下げられました",
}
_INNER = (
    "事務局が審査しています",
    "結果が決まると、この画面に表示し、メールでも知らせます。今、自団体ですることはありません。",
)
BODY_WAITING: dict[State, tuple[str, str]] = {
    **dict.fromkeys(State, _INNER),
    State.SUBMITTED: (
        "事務局が形式を確認しています",
        "不備がなければ審査に進みます。補正が必要なときは、メールで知らせます。",
    ),
    State.RETURNED: (
        "補正を待っています",
        "自団体の担当者か管理者が、差し戻された項目を直します。",
    ),
    State.CLOSED: (
        "結果が出ました",
        "下の「結果」に、分類と対応方針、事務局からの説明があります。",
    ),
    State.WITHDRAWN: ("この提案は取り下げました", "もう一度提案するときは、新しい提案を書きます。"),
}
SECRETARIAT_WAITING: dict[State, str] = {
    State.SUBMITTED: "形式の確認を待っています。受理されると、総括が担当を割り当てます。",
    State.RETURNED: "補正を待っています。提出されると形式確認に戻ります。事務局の期限は止まっています。",
    State.ACCEPTED: "総括が担当を割り当てると、仕分けが始まります。",
    State.IN_REVIEW: "担当が仕分け意見を登録すると、別の担当者が確認します。",
    State.IN_CONFIRMATION: "意見を書いた人以外の担当者か総括が確認すると、分類が確定します。",
    State.PENDING: "見直し日まで保留しています。仕分けの期限は止まっています。",
    State.CLASSIFIED: "総括が結果を団体に知らせると終了します。",
    State.CLOSED: "団体に結果を知らせました。分類・対応方針・結果の文が団体に見えています。",
    State.WITHDRAWN: "団体が取り下げたため、仕分けは行いません。理由は履歴にあります。",
}


def _secretariat_waiting(proposal: Proposal, standing: Standing) -> str:
    if proposal.state is State.IN_REVIEW:
        if standing.awaits_lead:
            return "異議が2回付きました。意見を述べていない総括が分類を決めます。"
        if not standing.reviewers:
            return "担当がいません。総括が担当を割り当てます。"
    return SECRETARIAT_WAITING[proposal.state]
