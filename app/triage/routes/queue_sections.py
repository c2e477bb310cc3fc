"""Sections of the queue (仕分けの一覧の区分): words, rows and counts, one a kind of work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from flask import url_for

from app.accounts.models import Role, User
from app.core import clock
from app.core.eras import format_datetime_short
from app.core.pagination import Page
from app.proposals.models import Proposal
from app.proposals.presentation import Due, StateBadge, due_on, revisit_on, state_badge
from app.rounds.models import Round
from app.triage.models import CaseClaim
from app.triage.queries import owner_names, reviewer_names
from app.triage.routes.case import case_url
from app.triage.routes.trail import kept_arguments
from app.triage.routes.work_frame import section_id, work_url
from app.triage.worklist import Pile, Waiting, WorkItem, opened, resubmissions_of_others
from app.triage.worklist.claims import claims_on, without_skipped
from app.triage.worklist.filters import QueueFilters, narrowed, office_days_in_state
from app.triage.worklist.pages import page_of_items
from app.triage.worklist.waiting import WaitingCase, waiting_cases
from app.workflow.states import Action, State

ROWS_SHOWN = 20


class QueueRow(NamedTuple):
    """A case in the queue (一覧の行).

    `received_at` is the first receipt (最初の受付) of a corrected case that came back, None for any
    other; `claim` says who works on it now, empty for nobody; `age` in office days.
    """

    proposal: Proposal
    url: str
    badge: StateBadge
    due: Due
    reviewers: str
    button: str
    button_url: str
    received_at: datetime | None
    claim: str
    age: int


@dataclass(frozen=True, kw_only=True)
class Section:
    """Work of one kind (一覧の区分); `unfiltered` counts what there is without the filters.

    `free` is the number of cases nobody works on: what 「次の1件」 gives out. `pile` is None where
    it gives out nothing.
    """

    id: str
    pile: Pile | None
    title: str
    note: str
    empty: str
    rows: list[QueueRow]
    total: int
    unfiltered: int
    free: int
    overdue: int
    more_url: str
    previous_url: str = ""
    next_url: str = ""


class SectionWords(NamedTuple):
    """Words of a section (区分の言葉)."""

    title: str
    note: str
    empty: str


WORDS: dict[Pile, SectionWords] = {
    Pile.FORM_CHECK: SectionWords(
        "形式確認待ち", "事務局のだれでも", "提案が提出されると、ここに並びます。"
    ),
    Pile.ASSIGNMENT: SectionWords("割当待ち", "総括", "形式確認が終わると、ここに並びます。"),
    Pile.REVIEW: SectionWords(
        "自分の仕分け", "あなたが担当", "総括が割り当てると、ここに並びます。"
    ),
    Pile.CONFIRMATION: SectionWords(
        "自分が確認できるもの",
        "ほかの担当者の仕分け意見",
        "仕分け意見が登録されると、意見を書いた人以外のところに並びます。",
    ),
    Pile.SECOND_DISPUTE: SectionWords(
        "2回目の異議（総括）",
        "意見を述べていない総括が決めます",
        "異議が2回付いた提案は、ここに並びます。",
    ),
    Pile.REVISIT: SectionWords(
        "ペンディング",
        "見直し日が来たものが先",
        "ペンディングにした提案は、見直し日の順にここに並びます。",
    ),
}
LEAD_PILES = (Pile.ASSIGNMENT, Pile.SECOND_DISPUTE)
# Where an officer begins (はじめの仕事): the first of these that is not empty.
FIRST_PILES = (
    Pile.SECOND_DISPUTE,
    Pile.REVIEW,
    Pile.CONFIRMATION,
    Pile.FORM_CHECK,
    Pile.ASSIGNMENT,
    Pile.REVISIT,
)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What the sections are made from: whose desk, which round, what of it is looked at."""

    actor: User
    round: Round
    filters: QueueFilters
    only: Pile | None
    cursor: str


def queue_sections(desk: Desk, work: Sequence[Waiting]) -> list[Section]:
    """Sections of the desk, one a kind of work; the whole of one where only that is asked for."""
    here = [item for item in work if item.case.round_id == desk.round.id]
    piles = [pile for pile in WORDS if pile not in LEAD_PILES or desk.actor.has_role(Role.LEAD)]
    if desk.only in piles:
        piles = [desk.only]
    waiting = {pile: [item for item in here if item.pile is pile] for pile in piles}
    if Pile.REVISIT in waiting:
        waiting[Pile.REVISIT] = _pending(desk.actor, desk.round)
    every = [item for pile in piles for item in waiting[pile]]
    unskipped = {item.case.id for item in without_skipped(desk.actor, every)}
    kept = {item.case.id for item in narrowed(desk.actor, desk.round, desk.filters, every)}
    claims = claims_on([item.case.id for item in every])
    parts = []
    for pile in piles:
        all_items = [item for item in waiting[pile] if item.case.id in unskipped]
        items = [item for item in all_items if item.case.id in kept]
        parts.append(_Part(pile, items, len(all_items), _page(desk, pile, items)))
    shown = opened([item for part in parts for item in part.page.rows])
    by_id = {item.proposal.id: item for item in shown}
    # A pending case is its owner's to look at again (ペンディングの持ち主).
    cases = [item.proposal for item in shown]
    owners = {case_id: [name] for case_id, name in owner_names(cases).items()}
    people = reviewer_names(cases) | owners
    return _with_others(desk, [_section(desk, part, by_id, people, claims) for part in parts])


class _Part(NamedTuple):
    """What waits of one kind (区分の中身): all of it, how many there were, and the page of it."""

    pile: Pile
    items: list[Waiting]
    unfiltered: int
    page: Page[Waiting]


def _with_others(desk: Desk, sections: list[Section]) -> list[Section]:
    if desk.only is not None:
        return sections
    items = resubmissions_of_others(desk.actor, desk.round)
    others = _others(desk, narrowed(desk.actor, desk.round, desk.filters, items))
    return [sections[0], *others, *sections[1:]]


def _others(desk: Desk, items: list[Waiting]) -> list[Section]:
    """Corrected cases that came back to a colleague (ほかの人に戻った再提出); none, no section."""
    if not items:
        return []
    shown = opened(items[:ROWS_SHOWN])
    names = {row.proposal.id: _officer_of(row) for row in shown}
    return [
        Section(
            id="resubmitted",
            pile=None,
            title="ほかの人に戻った再提出",
            note="差し戻した人が続けて確認します。急ぐときは引き継げます",
            empty="",
            rows=[_row(item, desk.actor, names, {}) for item in shown],
            total=len(items),
            unfiltered=len(items),
            free=0,
            overdue=_overdue(items),
            more_url=url_for("casework.index", round=desk.round.key, state=State.SUBMITTED.value),
        )
    ]


def _officer_of(item: WorkItem) -> list[str]:
    officer = item.resubmission.officer if item.resubmission else None
    return [officer.display_name] if officer else []


def _overdue(items: Sequence[Waiting]) -> int:
    """Cases past their date (期限超過); of pending ones, those whose revisit date has come."""
    today = clock.today()
    return sum(
        _is_due_work(item)
        if item.pile is Pile.REVISIT
        else item.case.due_on is not None and item.case.due_on < today
        for item in items
    )


def _section(
    desk: Desk,
    part: _Part,
    shown: Mapping[int, WorkItem],
    people: dict[int, list[str]],
    claims: dict[int, CaseClaim],
) -> Section:
    pile, items, unfiltered, page = part
    words = WORDS[pile]
    return Section(
        id=section_id(pile),
        pile=pile,
        title=words.title,
        note=words.note,
        empty=words.empty,
        rows=[_row(shown[item.case.id], desk.actor, people, claims) for item in page.rows],
        total=len(items),
        unfiltered=unfiltered,
        free=sum(item.case.id not in claims and _is_due_work(item) for item in items),
        overdue=_overdue(items),
        more_url=pile_url(pile),
        previous_url=pile_url(pile, page.previous_cursor) if page.previous_cursor else "",
        next_url=pile_url(pile, page.next_cursor) if page.next_cursor and desk.only else "",
    )


def _page(desk: Desk, pile: Pile, items: list[Waiting]) -> Page[Waiting]:
    if desk.only is pile:
        return page_of_items(desk.actor, items, desk.cursor)
    return page_of_items(desk.actor, items, "", size=ROWS_SHOWN)


def _is_due_work(item: Waiting) -> bool:
    """Whether 「次の1件」 gives it out: a pending case only when its revisit date has come."""
    due = item.case.due_on
    return item.pile is not Pile.REVISIT or (due is not None and due <= clock.today())


def pile_url(pile: Pile, cursor: str | None = None) -> str:
    """Address of the whole list of one pile, with the filters of now (区分の全件)."""
    return url_for("triage.queue", **{**kept_arguments(), "pile": pile.value, "cursor": cursor})


def _row(
    item: WorkItem, actor: User, reviewers: dict[int, list[str]], claims: dict[int, CaseClaim]
) -> QueueRow:
    proposal = item.proposal
    if proposal.due_on is None:
        raise LookupError("a case that waits for somebody has a due date")
    return QueueRow(
        proposal=proposal,
        url=case_url(proposal),
        badge=state_badge(proposal, actor),
        due=(revisit_on if item.pile is Pile.REVISIT else due_on)(proposal.due_on),
        reviewers="、".join(reviewers[proposal.id]),
        button=item.button,
        button_url=work_url(item),
        received_at=proposal.submitted_at if item.resubmission else None,
        claim=_claim_words(claims.get(proposal.id), actor),
        age=office_days_in_state(proposal),
    )


def _claim_words(held: CaseClaim | None, actor: User) -> str:
    if held is None:
        return ""
    name = "あなた" if held.user_id == actor.id else held.user.display_name
    return f"{name}が着手中（{format_datetime_short(held.claimed_at)}から）"


def _pending(actor: User, round_: Round) -> list[Waiting]:
    """Pending cases of a round the actor may see, the next revisit date first (ペンディング)."""
    pending = waiting_cases(actor, Proposal.round_id == round_.id, Proposal.state == State.PENDING)
    return [
        Waiting(case, Action.RESUME, "ペンディングを見直す", _revisit_button(case), Pile.REVISIT)
        for case in pending
    ]


def _revisit_button(case: WaitingCase) -> str:
    is_due = case.due_on is not None and case.due_on <= clock.today()
    return "見直す" if is_due else "再開する"
