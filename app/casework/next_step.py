"""The next step of a case for its reader (次にすること): one button at most, the rest are links."""

from collections.abc import Sequence
from dataclasses import replace

from flask import url_for

from app.accounts.models import Role, User
from app.casework.handoff_step import handoff_step
from app.casework.holder import Standing, waiting_words
from app.casework.step import NextStep, StepLink
from app.casework.view_step import view_step
from app.core import clock
from app.core.eras import format_date_short
from app.proposals.models import Proposal
from app.proposals.policy import can_edit
from app.proposals.presentation import is_replied
from app.proposals.queries import waiting_correction
from app.triage.deputies import person_acted_for
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


def next_step(proposal: Proposal, actor: User, standing: Standing) -> NextStep:
    """Say what the actor does next with the case, or whose move it is (次にすること)."""
    asked = view_step(proposal, actor)
    if asked is not None:
        return asked
    actions = available_actions(actor, proposal)
    at_ministries = handoff_step(proposal, actor, standing)
    chosen = None if at_ministries else _primary(proposal, actor, actions, standing)
    others = _others(proposal, actions, chosen, standing)
    if at_ministries is not None:
        return replace(at_ministries, others=(*at_ministries.others, *others))
    if chosen is None:
        heading, why = waiting_words(proposal, actor, standing)
        return NextStep(heading=heading, why=why, others=others)
    heading, button, why, after = _own_move(proposal, actor, chosen, standing)
    return NextStep(
        heading=f"次にすること：{heading}",
        why=why,
        after=after,
        primary=StepLink(button, _url(proposal, chosen, standing)),
        others=others,
    )


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
        if PAGES[action] in pages or (action is Action.CLOSE and standing.is_held_open):
            continue
        pages.add(PAGES[action])
        is_change = action is Action.ASSIGN and standing.reviewers
        label = "担当を替える" if is_change else ACTION_LABELS[action]
        links.append(StepLink(label, _url(proposal, action, standing)))
    return tuple(links)


def _url(proposal: Proposal, action: Action, standing: Standing) -> str:
    if action is Action.RECLASSIFY and standing.is_held_open:
        return url_for("case_handoffs.reclassify", receipt_number=proposal.receipt_number)
    if action is Action.CLOSE and is_replied(proposal):
        return url_for("answers.answer", receipt_number=proposal.receipt_number)
    return url_for(PAGES[action], receipt_number=proposal.receipt_number)


def _own_move(
    proposal: Proposal, actor: User, action: Action, standing: Standing
) -> tuple[str, str, str, str]:
    """Heading, button, why, and what happens then, of the actor's own move."""
    if action is Action.SUBMIT:
        return _correcting(proposal, actor)
    if action is Action.ASSESS:
        return _assessing(proposal, actor, standing)
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
        "受理すると総括が担当を割り当てます。差し戻すと団体の画面に理由が出て、事務局の期限は止まります。",
    ),
    Action.ASSIGN: (
        "担当を割り当てる",
        "担当を割り当てる",
        "形式確認が済み、仕分けを始められます。担当がまだ決まっていません。",
        "割り当てると担当者の仕分けの一覧に出て、仕分けの期限が始まります。"
        "団体には「審査中」とだけ見えます。",
    ),
}


BLIND_MOVE = (
    "2人目として、自分の仕分け意見を書く",
    "独立した意見を書く",
    "この募集回では、1人目の意見を見る前に判断します。意見が1つ登録されています（1／2）。",
    "分類が同じなら確定します。違えば「不一致」として仕分けに戻り、両方の意見が残ります。",
)


def _correcting(proposal: Proposal, actor: User) -> tuple[str, str, str, str]:
    request = waiting_correction(proposal)
    count = len(request.items) if request else 0
    is_manager = actor.has_role(Role.PROPOSER_MANAGER)
    after = (
        "直して提出すると、事務局が形式を確認します。受付番号は変わりません。"
        if is_manager
        else "直した内容は保存できます。提出は自団体の管理者が行います。"
    )
    why = (
        f"事務局から{count}項目の補正の依頼が届いています。"
        "「内容」の「補正の依頼」を確かめてください。"
    )
    return "差し戻された項目を直す", "補正する", why, after


def _assessing(proposal: Proposal, actor: User, standing: Standing) -> tuple[str, str, str, str]:
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
    person = person_acted_for(actor, proposal)
    whose = f"今日は{person.display_name}の代理です" if person else "あなたが担当です"
    why = f"{whose}。分類と理由、根拠となる台帳の行を登録します。"
    return "仕分け意見を書く", "仕分ける", why, after


def _confirming(standing: Standing) -> tuple[str, str, str, str]:
    opinion = standing.opinion
    if standing.is_blind:
        return BLIND_MOVE
    why = (
        f"{opinion.author_words}が、分類{opinion.category.code}とする意見を登録しました。"
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
        "終了すると、団体に分類・対応方針・結果の文が見えるようになります。",
    )
