"""The work queue (仕分けの一覧): what waits, by kind of work, the next due first."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from flask import render_template, request, url_for

from app.accounts.current import current_actor
from app.accounts.models import Role, User
from app.core import clock
from app.core.access import roles
from app.proposals.models import Proposal
from app.proposals.presentation import Due, StateBadge, due_on, state_badge
from app.proposals.sharing.amendments import waiting_amendments
from app.rounds.choice import chosen_round
from app.rounds.models import Round
from app.rounds.queries import get_round
from app.triage.queries import count_late_submissions, pending_cases, reviewer_names
from app.triage.routes.blueprint import blueprint
from app.triage.routes.case import case_url, work_url
from app.triage.worklist import Pile, WorkItem, my_work, resubmissions_of_others
from app.workflow.states import Action, State

ROWS_SHOWN = 20


class QueueRow(NamedTuple):
    """A case in the queue (一覧の行).

    `received_at` is the first receipt (最初の受付) of a corrected case that came back, None for any
    other.
    """

    proposal: Proposal
    url: str
    badge: StateBadge
    due: Due
    reviewers: str
    button: str
    button_url: str
    received_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Section:
    """Work of one kind (一覧の区分)."""

    id: str
    title: str
    note: str
    empty: str
    rows: list[QueueRow]
    total: int
    overdue: int
    more_url: str


class SectionWords(NamedTuple):
    """Words of a section, and the state its full list is filtered by."""

    title: str
    note: str
    empty: str
    state: State


WORDS: dict[Pile, SectionWords] = {
    Pile.FORM_CHECK: SectionWords(
        "形式確認待ち",
        "事務局のだれでも",
        "提案が提出されると、ここに並びます。",
        State.SUBMITTED,
    ),
    Pile.ASSIGNMENT: SectionWords(
        "割当待ち", "総括", "形式確認が終わると、ここに並びます。", State.ACCEPTED
    ),
    Pile.REVIEW: SectionWords(
        "自分の仕分け",
        "あなたが担当",
        "総括が割り当てると、ここに並びます。",
        State.IN_REVIEW,
    ),
    Pile.CONFIRMATION: SectionWords(
        "自分が確認できるもの",
        "ほかの担当者の仕分け意見",
        "仕分け意見が登録されると、意見を書いた人以外のところに並びます。",
        State.IN_CONFIRMATION,
    ),
    Pile.SECOND_DISPUTE: SectionWords(
        "2回目の異議（総括）",
        "意見を述べていない総括が決めます",
        "異議が2回付いた提案は、ここに並びます。",
        State.IN_REVIEW,
    ),
    Pile.REVISIT: SectionWords(
        "ペンディング",
        "見直し日が来たものが先",
        "ペンディングにした提案は、見直し日の順にここに並びます。",
        State.PENDING,
    ),
}
LEAD_PILES = (Pile.ASSIGNMENT, Pile.SECOND_DISPUTE)


@blueprint.get("/triage")
@roles(Role.OFFICER, Role.LEAD)
def queue() -> str:
    """Work queue of one round (仕分けの一覧): the one named, or the one looked at."""
    actor = current_actor()
    key = request.args.get("round")
    round_ = get_round(key) if key else chosen_round()
    is_lead = actor.has_role(Role.LEAD)
    work = my_work(actor)
    return render_template(
        "triage/queue.html",
        round=round_,
        sections=_sections(actor, round_, work) if round_ else [],
        elsewhere=Counter(item.proposal.round for item in work if item.proposal.round != round_),
        is_lead=is_lead,
        late_waiting=count_late_submissions(round_) if round_ and is_lead else 0,
        amendments=waiting_amendments(actor, round_) if round_ else [],
        today=clock.today(),
    )


def _sections(actor: User, round_: Round, work: list[WorkItem]) -> list[Section]:
    here = [item for item in work if item.proposal.round_id == round_.id]
    piles = [pile for pile in WORDS if pile not in LEAD_PILES or actor.has_role(Role.LEAD)]
    items = {pile: [item for item in here if item.pile is pile] for pile in piles}
    items[Pile.REVISIT] = _pending(actor, round_)
    shown = [item.proposal for pile in piles for item in items[pile][:ROWS_SHOWN]]
    reviewers = reviewer_names(shown)
    sections = [_section(pile, items[pile], round_, actor, reviewers) for pile in piles]
    others = resubmissions_of_others(actor, round_)
    return [sections[0], *_section_of_others(others, round_, actor), *sections[1:]]


def _section_of_others(items: list[WorkItem], round_: Round, actor: User) -> list[Section]:
    """Corrected cases that came back to a colleague (ほかの人に戻った再提出); none, no section."""
    if not items:
        return []
    shown = items[:ROWS_SHOWN]
    names = {row.proposal.id: _officer_of(row) for row in shown}
    return [
        Section(
            id="resubmitted",
            title="ほかの人に戻った再提出",
            note="差し戻した人が続けて確認します。急ぐときは引き継げます",
            empty="",
            rows=[_row(item, actor, names) for item in shown],
            total=len(items),
            overdue=_overdue(items),
            more_url=_full_list_url(Pile.FORM_CHECK, round_, actor),
        )
    ]


def _officer_of(item: WorkItem) -> list[str]:
    officer = item.resubmission.officer if item.resubmission else None
    return [officer.display_name] if officer else []


def _overdue(items: list[WorkItem]) -> int:
    today = clock.today()
    return sum(1 for item in items if item.proposal.due_on and item.proposal.due_on < today)


def _section(
    pile: Pile, items: list[WorkItem], round_: Round, actor: User, reviewers: dict[int, list[str]]
) -> Section:
    words = WORDS[pile]
    return Section(
        id=pile.value.replace("_", "-"),
        title=words.title,
        note=words.note,
        empty=words.empty,
        rows=[_row(item, actor, reviewers) for item in items[:ROWS_SHOWN]],
        total=len(items),
        overdue=_overdue(items),
        more_url=_full_list_url(pile, round_, actor),
    )


def _full_list_url(pile: Pile, round_: Round, actor: User) -> str:
    """Address of the case list that shows the whole section."""
    reviewer = actor.id if pile is Pile.REVIEW else None
    state = WORDS[pile].state.value
    return url_for("casework.index", round=round_.key, state=state, reviewer=reviewer)


def _row(item: WorkItem, actor: User, reviewers: dict[int, list[str]]) -> QueueRow:
    proposal = item.proposal
    if proposal.due_on is None:
        raise LookupError("a case that waits for somebody has a due date")
    return QueueRow(
        proposal=proposal,
        url=case_url(proposal),
        badge=state_badge(proposal, actor),
        due=_revisit_due(proposal) if item.pile is Pile.REVISIT else due_on(proposal.due_on),
        reviewers="、".join(reviewers[proposal.id]),
        button=item.button,
        button_url=work_url(item),
        received_at=proposal.submitted_at if item.resubmission else None,
    )


def _revisit_due(proposal: Proposal) -> Due:
    """Put a revisit date into words: it is announced, nobody is late while it has not come."""
    if proposal.due_on is None:
        raise LookupError("a pending case has a revisit date")
    due = due_on(proposal.due_on)
    if proposal.due_on <= clock.today():
        return due._replace(words="見直し日が来ています", level="soon")
    return due._replace(level="stopped")


def _pending(actor: User, round_: Round) -> list[WorkItem]:
    return [
        WorkItem(
            proposal, Action.RESUME, "ペンディングを見直す", _revisit_button(proposal), Pile.REVISIT
        )
        for proposal in pending_cases(actor, round_)
    ]


def _revisit_button(proposal: Proposal) -> str:
    is_due = proposal.due_on is not None and proposal.due_on <= clock.today()
    return "見直す" if is_due else "再開する"
