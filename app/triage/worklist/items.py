"""Whose move it is (自分の仕事): the cases that wait for one person, the next due first."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from sqlalchemy import or_

from app.accounts.models import Role, User
from app.core import clock
from app.proposals.models import Proposal
from app.rounds.models import Round
from app.triage.models import Pile
from app.triage.resubmissions import Resubmission, resubmissions_waiting
from app.triage.worklist.standing import Standing, read_standing
from app.triage.worklist.waiting import WaitingCase, cases_by_id, waiting_cases
from app.workflow.states import Action, State

WORK_STATES = (
    State.SUBMITTED,
    State.ACCEPTED,
    State.IN_REVIEW,
    State.IN_CONFIRMATION,
    State.PENDING,
)


class Waiting(NamedTuple):
    """A case that waits for this person, and the next step (自分の仕事), before it is shown.

    `resubmission` is set for a corrected case that came back.
    """

    case: WaitingCase
    action: Action
    todo: str
    button: str
    pile: Pile
    resubmission: Resubmission | None = None


class WorkItem(NamedTuple):
    """The same with the case itself, for who shows or does it (自分の仕事)."""

    proposal: Proposal
    action: Action
    todo: str
    button: str
    pile: Pile
    resubmission: Resubmission | None = None


def my_work(actor: User) -> list[WorkItem]:
    """All of `waiting_work` with their cases (自分の仕事)."""
    return opened(waiting_work(actor))


def opened(items: Sequence[Waiting]) -> list[WorkItem]:
    """These items with their cases, in the same order (一覧に出すもの)."""
    cases = cases_by_id([item.case.id for item in items])
    return [WorkItem(cases[item.case.id], *item[1:]) for item in items]


def waiting_work(actor: User) -> list[Waiting]:
    """Cases of all rounds that wait for the actor, the next due first (自分の仕事).

    In front of all stand the corrected cases that came back to the actor; those that came back to
    a colleague are that colleague's work.
    """
    if not actor.has_role(Role.OFFICER, Role.LEAD):
        return []
    cases = waiting_cases(
        actor,
        Proposal.state.in_(WORK_STATES),
        or_(Proposal.state != State.PENDING, Proposal.due_on <= clock.today()),
    )
    standing = read_standing(actor, cases)
    found = [_item(actor, case, standing) for case in cases]
    items = [item for item in found if item is not None]
    return sorted(items, key=lambda item: not is_back_with(actor, item.resubmission))


def resubmissions_of_others(actor: User, round_: Round) -> list[Waiting]:
    """Corrected cases of a round that came back to a colleague; one may take over (引継ぎ)."""
    of_round = Proposal.round_id == round_.id
    known = resubmissions_waiting(of_round)
    cases = waiting_cases(actor, of_round, Proposal.state == State.SUBMITTED) if known else []
    return [
        _form_check_item(case, known[case.id])
        for case in cases
        if _is_of_another(actor, known.get(case.id))
    ]


def is_back_with(actor: User, resubmission: Resubmission | None) -> bool:
    """Whether a corrected case came back to the actor (差戻しから続けて確認するもの)."""
    return resubmission is not None and resubmission.officer == actor


def _is_of_another(actor: User, resubmission: Resubmission | None) -> bool:
    return resubmission is not None and resubmission.officer not in (None, actor)


def _item(actor: User, case: WaitingCase, standing: Standing) -> Waiting | None:
    rule = RULES.get(case.state)
    return rule(actor, case, standing) if rule else None


def _form_check(actor: User, case: WaitingCase, standing: Standing) -> Waiting | None:
    resubmission = standing.resubmissions.get(case.id)
    if _is_of_another(actor, resubmission):
        return None
    return _form_check_item(case, resubmission)


def _form_check_item(case: WaitingCase, resubmission: Resubmission | None) -> Waiting:
    todo = "再提出の形式を確認する" if resubmission else "形式を確認する"
    return Waiting(case, Action.ACCEPT, todo, "確認する", Pile.FORM_CHECK, resubmission)


def _assignment(actor: User, case: WaitingCase, standing: Standing) -> Waiting | None:
    if not actor.has_role(Role.LEAD):
        return None
    return Waiting(case, Action.ASSIGN, "担当を割り当てる", "割り当てる", Pile.ASSIGNMENT)


def _review(actor: User, case: WaitingCase, standing: Standing) -> Waiting | None:
    if case.id in standing.twice_disputed:
        # A third person decides: whoever gave an opinion or a dispute has spoken.
        if not actor.has_role(Role.LEAD) or case.id in standing.spoken:
            return None
        return Waiting(
            case,
            Action.ASSESS,
            "2回目の異議を決裁する",
            "両論を見て決める",
            Pile.SECOND_DISPUTE,
        )
    if case.id in standing.unassigned:
        return _assignment(actor, case, standing)
    if case.id not in standing.assigned:
        return _deputy_review(case, standing)
    return Waiting(case, Action.ASSESS, "仕分け意見を書く", "仕分ける", Pile.REVIEW)


def _deputy_review(case: WaitingCase, standing: Standing) -> Waiting | None:
    """Work of an absent reviewer, for today's deputy (代理の仕事)."""
    name = standing.deputised.get(case.id)
    if name is None:
        return None
    return Waiting(
        case, Action.ASSESS, f"{name}の代理で仕分け意見を書く", "代理で仕分ける", Pile.REVIEW
    )


def _confirmation(actor: User, case: WaitingCase, standing: Standing) -> Waiting | None:
    if case.id in standing.own_opinion:
        return None
    return Waiting(case, Action.CONFIRM, "仕分け意見を確認する", "確認する", Pile.CONFIRMATION)


def _revisit(actor: User, case: WaitingCase, standing: Standing) -> Waiting | None:
    if case.id not in standing.to_revisit:
        return None
    return Waiting(case, Action.RESUME, "ペンディングを見直す", "見直す", Pile.REVISIT)


Rule = Callable[[User, WaitingCase, Standing], Waiting | None]

RULES: dict[State, Rule] = {
    State.SUBMITTED: _form_check,
    State.ACCEPTED: _assignment,
    State.IN_REVIEW: _review,
    State.IN_CONFIRMATION: _confirmation,
    State.PENDING: _revisit,
}


# What may be done next in a state, the first one that is open to a person counts (次の仕事).
STEPS: dict[State, tuple[tuple[Pile, Action], ...]] = {
    State.SUBMITTED: ((Pile.FORM_CHECK, Action.ACCEPT),),
    State.ACCEPTED: ((Pile.ASSIGNMENT, Action.ASSIGN),),
    State.IN_REVIEW: (
        (Pile.REVIEW, Action.ASSESS),
        (Pile.SECOND_DISPUTE, Action.ASSESS),
        (Pile.ASSIGNMENT, Action.ASSIGN),
    ),
    State.IN_CONFIRMATION: (
        (Pile.CONFIRMATION, Action.CONFIRM),
        (Pile.ASSIGNMENT, Action.ASSIGN),
    ),
    State.PENDING: ((Pile.REVISIT, Action.RESUME),),
}


def action_of(pile: Pile, proposal: Proposal) -> Action | None:
    """Act that this kind of work asks for in the present state, None where it asks for none."""
    return dict(STEPS.get(proposal.state, ())).get(pile)
