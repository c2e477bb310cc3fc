"""Who may merge, split and mark, and when (系譜の権限と条件)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.accounts.models import Role, User
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed
from app.core.text import is_blank
from app.handoffs.guards import lineage_problem
from app.lineage.models import CaseMerge, CaseSplit
from app.lineage.queries import merges_into, original_of
from app.proposals.models import Proposal
from app.proposals.queries import is_conflicted, revisions_of
from app.workflow.labels import STATE_LABELS
from app.workflow.states import State

OFFICER_ONLY = "統合・分割・重複の印を扱えるのは、事務局の仕分け担当と総括だけです。"
LEAD_ONLY = (
    "3件以上をまとめる統合と、分類が確定した提案の統合は、総括だけが行えます。"
    "総括に依頼してください。"
)
CONFLICTED = "利益相反があるため、この提案は扱えません。"
NO_REASON = "理由を入力してください"

# Cases an officer merges by himself; more of them are for a lead.
MOST_BY_OFFICER = 2
# After so many days the results are out and reported: what was joined stays joined.
UNDO_DAYS = 365

MERGEABLE_STATES = (
    State.SUBMITTED,
    State.ACCEPTED,
    State.IN_REVIEW,
    State.IN_CONFIRMATION,
    State.PENDING,
    State.CLASSIFIED,
)
# A case that takes others in may also be with its body for a correction.
TARGET_STATES = (*MERGEABLE_STATES, State.RETURNED)
SPLITTABLE_STATES = (State.ACCEPTED, State.IN_REVIEW, State.PENDING)
BEFORE_CLASSIFICATION = (
    State.SUBMITTED,
    State.RETURNED,
    State.ACCEPTED,
    State.IN_REVIEW,
    State.IN_CONFIRMATION,
    State.PENDING,
)
FIRST_STEP: dict[State, str] = {
    State.SUBMITTED: "先に受理してください",
    State.RETURNED: "再提出を待ってください",
    State.IN_CONFIRMATION: "先に異議を付けて仕分けに戻してください",
    State.CLASSIFIED: "先に総括が仕分け直しにしてください",
    State.CLOSED: "先に総括が終了を取り消してください",
    State.MERGED: "先に統合を取り消してください",
}


def can_trace(actor: User) -> bool:
    """Whether the actor may merge, split and mark at all (仕分け担当・総括)."""
    return actor.has_role(Role.OFFICER, Role.LEAD)


def authorize(actor: User, cases: Sequence[Proposal]) -> None:
    """Refuse whoever is no officer, or has a conflict with one of the cases. Raises NotAllowed."""
    if not can_trace(actor):
        raise NotAllowed(OFFICER_ONLY)
    if any(is_conflicted(actor.id, proposal) for proposal in cases):
        raise NotAllowed(CONFLICTED)


def needs_lead(target: Proposal, absorbed: Sequence[Proposal]) -> bool:
    """Whether a merge is for a lead (総括): more than two cases in all, or one with a class."""
    together = 1 + len(merges_into(target)) + len(absorbed)
    is_decided = any(row.state is State.CLASSIFIED for row in absorbed)
    return together > MOST_BY_OFFICER or is_decided


def authorize_merge(actor: User, target: Proposal, absorbed: Sequence[Proposal]) -> None:
    """Refuse, in words, an actor who may not merge these cases. Raises NotAllowed."""
    authorize(actor, [target, *absorbed])
    if needs_lead(target, absorbed) and not actor.has_role(Role.LEAD):
        raise NotAllowed(LEAD_ONLY)


def check_reason(reason: str) -> None:
    """Refuse an act without a reason (理由). Raises InvalidInput."""
    if is_blank(reason):
        raise InvalidInput({"reason": [NO_REASON]})


def check_target(target: Proposal) -> None:
    """Refuse a case that cannot take another one in (統合先). Raises IllegalTransition."""
    if target.state in TARGET_STATES:
        _check_not_handed_off(target)
        return
    step = FIRST_STEP.get(target.state, "別の提案を選んでください")
    raise IllegalTransition(
        f"{target.reference}は{STATE_LABELS[target.state]}のため、ほかの提案を統合できません。{step}。"
    )


def _check_not_handed_off(case: Proposal) -> None:
    """What a ministry has before it stays as it was sent (送付中). Raises IllegalTransition."""
    problem = lineage_problem(case)
    if problem:
        raise IllegalTransition(f"{problem}。")


def merge_obstacle(target: Proposal, absorbed: Proposal) -> str:
    """Why a case cannot go into another one, in words; "" when nothing is in the way."""
    number = absorbed.reference
    if absorbed.id == target.id:
        return f"{number}は統合先と同じ提案です。別の提案の番号を入力してください"
    if absorbed.round_id != target.round_id:
        return f"{number}は別の募集回の提案です。統合できるのは同じ募集回の提案だけです"
    if absorbed.state not in MERGEABLE_STATES:
        step = FIRST_STEP.get(absorbed.state, "別の提案を選んでください")
        return f"{number}は{STATE_LABELS[absorbed.state]}のため統合できません。{step}"
    if absorbed.is_part and original_of(absorbed) == target:
        return f"{number}は{target.reference}から分割した提案です。分割を取り消してください"
    inside = merges_into(absorbed)
    if inside:
        listed = "、".join(row.absorbed.reference for row in inside)
        return f"{number}には{listed}が統合されています。その統合を取り消してから選んでください"
    return lineage_problem(absorbed)


def authorize_undo_merge(actor: User, merge: CaseMerge) -> None:
    """Refuse an actor who may not undo a merge: whoever may not make it. Raises NotAllowed."""
    authorize(actor, [merge.target, merge.absorbed])
    was_decided = merge.standing["standing"]["state"] == State.CLASSIFIED
    is_large = 1 + len(merges_into(merge.target)) > MOST_BY_OFFICER
    if (was_decided or is_large) and not actor.has_role(Role.LEAD):
        raise NotAllowed(LEAD_ONLY)


def check_merge_undoable(merge: CaseMerge) -> None:
    """Refuse to part what was told to the bodies together, or long ago. Raises IllegalTransition.

    The class of the target may have changed meanwhile: the absorbed case stands where it stood.
    """
    target = merge.target
    if target.state is State.CLOSED:
        raise IllegalTransition(
            f"{target.reference}は終了し、結果を{merge.absorbed.reference}の団体にも知らせたため、"
            "統合を取り消せません。先に総括が終了を取り消してください。"
        )
    _check_recent("統合", merge.merged_at)


def split_obstacle(original: Proposal) -> str:
    """Why a case cannot be split, in words; "" when nothing is in the way."""
    number = original.reference
    if original.is_part:
        return (
            f"{number}は分割した提案です。分け方を変えるときは、元の提案の画面で分割を"
            "取り消してから、もう一度分割してください。"
        )
    if merges_into(original):
        return f"{number}にはほかの提案が統合されています。統合を取り消してから分割してください。"
    if original.state in SPLITTABLE_STATES:
        handed_off = lineage_problem(original)
        return f"{handed_off}。" if handed_off else ""
    step = FIRST_STEP.get(original.state, "この提案は分割できません")
    return f"{number}は{STATE_LABELS[original.state]}のため分割できません。{step}。"


def check_splittable(original: Proposal) -> None:
    """Refuse to split a case that cannot be split now. Raises IllegalTransition."""
    found = split_obstacle(original)
    if found:
        raise IllegalTransition(found)


def check_split_undoable(split: CaseSplit) -> None:
    """Refuse to join parts again that have gone their own way. Raises IllegalTransition."""
    original = split.original
    for case in (original, *(row.proposal for row in split.parts)):
        _check_not_handed_off(case)
        if case.state not in BEFORE_CLASSIFICATION:
            raise IllegalTransition(
                f"{case.reference}は{STATE_LABELS[case.state]}のため、分割を取り消せません。"
                f"{FIRST_STEP.get(case.state, 'このまま別々に扱ってください')}。"
            )
        if case is original and case.state is State.IN_CONFIRMATION:
            # The waiting opinion was given on the divided text.
            raise IllegalTransition(
                f"{case.reference}は{STATE_LABELS[case.state]}のため、分割を取り消せません。"
                f"{FIRST_STEP[case.state]}。"
            )
        if case is not original and merges_into(case):
            raise IllegalTransition(
                f"{case.reference}にはほかの提案が統合されています。先にその統合を取り消してください。"
            )
        known = split.revision_number if case is original else 1
        if len(revisions_of(case)) > known:
            raise IllegalTransition(
                f"{case.reference}の内容が分割のあとに変わったため、分割を取り消せません。"
                "取り消すと、その変更が失われます。このまま別々に扱ってください。"
            )
    _check_recent("分割", split.split_at)


def _check_recent(words: str, done_at: datetime) -> None:
    if clock.now() - done_at > timedelta(days=UNDO_DAYS):
        raise IllegalTransition(
            f"{words}から{UNDO_DAYS}日を過ぎたため、取り消せません。"
            "この間の報告は、この扱いで出ています。このまま扱ってください。"
        )
