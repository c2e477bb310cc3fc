"""What every page of one case shows around its content (案件の枠)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import url_for

from app.accounts.models import User
from app.audit.queries import events_of
from app.casework.audience_note import audience_note
from app.casework.case_list import type_on_submission
from app.casework.content_view import may_see_contact
from app.casework.deadlines import Deadlines, deadlines_of
from app.casework.handoff_standing import with_handoffs
from app.casework.history import HistoryEntry, history_entries
from app.casework.holder import Standing, holder_of
from app.casework.next_step import next_step
from app.casework.ordering import list_url
from app.casework.presence import look_at
from app.casework.step import NextStep
from app.casework.triage_record import is_disagreed
from app.comments.queries import comments_on
from app.consultations.queries import consultation_of
from app.extensions import db
from app.handoffs.queries import handoffs_of
from app.proposals.models import Proposal
from app.proposals.policy import is_own
from app.proposals.presentation import (
    Due,
    StateBadge,
    due_of,
    is_replied,
    reads_as_secretariat,
    state_badge,
)
from app.proposals.queries import revisions_of
from app.proposals.sharing.partners import accepted_partners_of
from app.rounds.models import Category
from app.triage.blindness import hides_class, progress
from app.triage.labels import label_words, labels_of
from app.triage.models import Assessment
from app.triage.open_work import keeper_of
from app.triage.queries import (
    awaits_lead,
    current_assignments,
    open_assessment,
    opinions_in_brief,
    owner_names,
)
from app.workflow.states import State

LATE_MARK = "期限後受付"
DISAGREED = "不一致"


class ClassMark(NamedTuple):
    """Class of a case as the secretariat sees it (分類): final, or provisional (暫定)."""

    code: str
    label: str
    is_provisional: bool


@dataclass(frozen=True, kw_only=True)
class CaseFrame:
    """Frame of the pages of one case, for one reader (案件の枠)."""

    number: str
    title: str
    badge: StateBadge
    marks: list[str]
    class_mark: ClassMark | None
    labels: list[str]
    facts: list[tuple[str, Due | str]]
    crumbs: list[tuple[str, str | None]]
    tabs: list[dict[str, Any]]
    step: NextStep
    deadlines: Deadlines
    history: list[HistoryEntry]
    parties: list[tuple[str, list[str]]]
    audience_note: str
    is_inner: bool


def case_frame(proposal: Proposal, reader: User, *, tab: str) -> CaseFrame:
    """Build the frame for a reader; `tab` is the endpoint of the open tab (案件の枠)."""
    look_at(proposal, reader)
    is_inner = reads_as_secretariat(reader)
    deadlines = deadlines_of(proposal, reader)
    opinions = opinions_in_brief(proposal) if is_inner else []
    standing = _standing(proposal, deadlines, reader)
    history = history_entries(
        list(db.session.scalars(events_of("proposal", proposal.id))),
        proposal=proposal,
        reader=reader,
    )
    counts = {
        "casework.history": len(history),
        "casework.deadlines": len(deadlines.runs),
        **_counts_of_tabs(proposal, reader, len(opinions)),
    }
    return CaseFrame(
        number=proposal.reference,
        title=proposal.title,
        badge=state_badge(proposal, reader),
        marks=[*_marks(proposal), *(_inner_marks(proposal) if is_inner else [])],
        class_mark=_class_mark(proposal, standing) if is_inner else None,
        labels=[label_words(row) for row in labels_of(proposal)] if is_inner else [],
        facts=_facts(proposal, reader, standing, deadlines),
        crumbs=_crumbs(proposal, reader),
        tabs=_tabs(proposal, tab, counts),
        step=next_step(proposal, reader, standing),
        deadlines=deadlines,
        history=history,
        parties=_parties(proposal, reader, standing, opinions),
        audience_note=audience_note(proposal, reader),
        is_inner=is_inner,
    )


def _counts_of_tabs(proposal: Proposal, reader: User, opinions: int) -> dict[str, int]:
    """Counts of the tabs that are not always there, by endpoint (見出しの件数)."""
    is_inner = reads_as_secretariat(reader)
    counts: dict[str, int] = {}
    revisions = revisions_of(proposal)
    if len(revisions) > 1:
        counts["casework.revisions"] = len(revisions)
    if is_inner:
        counts["casework.triage_record"] = opinions
        counts |= _handoff_count(proposal)
    thread = consultation_of(proposal, reader)
    if thread is not None:
        counts["casework.consultation"] = len(thread.messages)
    said = comments_on(proposal, reader)
    if is_inner or said:
        counts["comments.index"] = len(said)
    return counts


def _handoff_count(proposal: Proposal) -> dict[str, int]:
    """Count for the tab 送付・回答, which is there from the class on; empty before."""
    handed = len(handoffs_of(proposal))
    is_there = handed > 0 or proposal.state is State.CLASSIFIED
    return {"case_handoffs.show": handed} if is_there else {}


def _standing(proposal: Proposal, deadlines: Deadlines, reader: User) -> Standing:
    standing = Standing(
        reviewers=tuple(row.reviewer.display_name for row in current_assignments(proposal)),
        opinion=open_assessment(proposal) if reads_as_secretariat(reader) else None,
        is_blind=hides_class(reader, proposal),
        awaits_lead=proposal.state is State.IN_REVIEW and awaits_lead(proposal),
        stopped=deadlines.stopped,
        owner=owner_names([proposal]).get(proposal.id, ""),
    )
    return with_handoffs(standing, proposal) if reads_as_secretariat(reader) else standing


def _marks(proposal: Proposal) -> list[str]:
    kind = type_on_submission(proposal)
    body = proposal.organization.name
    marks = [f"{kind}（{body}）" if kind else body]
    return [*marks, LATE_MARK] if proposal.is_late else marks


def _inner_marks(proposal: Proposal) -> list[str]:
    """What the secretariat alone reads at the head: 不一致, and opinions given of those asked."""
    given, required = progress(proposal)
    waits = proposal.state is State.IN_CONFIRMATION and required > 1
    marks = [f"意見 {given}／{required}"] if waits else []
    return [DISAGREED, *marks] if is_disagreed(proposal) else marks


def _class_mark(proposal: Proposal, standing: Standing) -> ClassMark | None:
    proposed = standing.opinion.category if standing.opinion else proposal.provisional_category
    category: Category | None = proposal.category or (None if standing.is_blind else proposed)
    if category is None:
        return None
    return ClassMark(category.code, category.short_label, proposal.category is None)


def _facts(
    proposal: Proposal, reader: User, standing: Standing, deadlines: Deadlines
) -> list[tuple[str, Due | str]]:
    facts: list[tuple[str, Due | str]] = []
    due = due_of(proposal, reader)
    if due is not None and is_replied(proposal) and not reads_as_secretariat(reader):
        facts.append(("見解の期限", due))
    elif due is not None and deadlines.running is not None:
        facts.append((deadlines.running.label, due))
    return [*facts, ("今の持ち主", holder_of(proposal, reader, standing))]


def _crumbs(proposal: Proposal, reader: User) -> list[tuple[str, str | None]]:
    if not reads_as_secretariat(reader):
        if not is_own(reader, proposal):
            return [("共同提案", url_for("proposals.joint")), (proposal.reference, None)]
        return [("自団体の提案", list_url({})), (proposal.reference, None)]
    in_round = {"round": proposal.round.key}
    badge = state_badge(proposal, reader)
    return [
        ("提案一覧", list_url(in_round)),
        (badge.label, list_url({**in_round, "state": proposal.state.value})),
        (proposal.reference, None),
    ]


TABS = (
    ("内容", "casework.show"),
    ("仕分け", "casework.triage_record"),
    ("変更点", "casework.revisions"),
    ("期限", "casework.deadlines"),
    ("送付・回答", "case_handoffs.show"),
    ("事前相談", "casework.consultation"),
    ("コメント", "comments.index"),
    ("履歴", "casework.history"),
)


def _tabs(proposal: Proposal, tab: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "url": url_for(endpoint, receipt_number=proposal.receipt_number),
            "count": counts.get(endpoint),
            "is_current": endpoint == tab,
        }
        for label, endpoint in TABS
        if endpoint == "casework.show" or endpoint in counts
    ]


def _parties(
    proposal: Proposal, reader: User, standing: Standing, opinions: Sequence[Assessment]
) -> list[tuple[str, list[str]]]:
    """Who has to do with the case (関係者); a body reads no name of an officer."""
    body = [proposal.organization.name]
    is_known = may_see_contact(reader, proposal)
    if is_known:
        body += [text for text in (proposal.contact_department, proposal.contact_email) if text]
    partners = [row.organization.name for row in accepted_partners_of(proposal)]
    joint = [("共同提案団体", partners)] if partners else []
    if not reads_as_secretariat(reader):
        kept = [("自団体の担当", [keeper_of(proposal).display_name])] if is_known else []
        return [("提案団体", body), *joint, *kept, ("担当", ["事務局"])]
    spoken = [f"{row.author_words}（意見）" for row in opinions]
    decided = [
        f"{row.decision.decided_by.display_name}（確認）" for row in opinions if row.decision
    ]
    ministry = proposal.ministry.name if proposal.ministry else "記載なし"
    return [
        ("提案団体", body),
        *joint,
        ("今の担当", list(standing.reviewers) or ["なし"]),
        ("意見・確認", list(dict.fromkeys([*spoken, *decided])) or ["まだありません"]),
        ("所管府省庁", [ministry]),
    ]
