"""What a case has beside itself (案件に付くもの), asked in one question before its panels ask.

Most cases have no hand-off, no partner, no watch. What is not there is told to the panels, so that
none of them asks for it (see `app.core.page_reads`); what is there they read themselves.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Executable, bindparam, exists, literal, or_, select
from sqlalchemy.orm.attributes import set_committed_value

from app.accounts.models import User
from app.candidates.models import CandidateCase, CandidateExemption
from app.candidates.queries import exemption_of, links_of
from app.comments.models import Comment
from app.comments.queries import comments_on
from app.consultations.models import Consultation
from app.consultations.queries import consultation_of
from app.core.page_reads import tell
from app.deadlines.models import DeadlineChange, ExtensionRequest
from app.deadlines.queries import changes_of, requests_of
from app.extensions import db
from app.follow_ups.models import StudyNote
from app.follow_ups.queries import note_of
from app.handoffs.models import BodyView, Handoff
from app.handoffs.queries import handoffs_of, sent_replies_of, views_of
from app.lineage.models import CaseMerge, CaseSplit, DuplicateMark
from app.lineage.queries import duplicates_of, merges_into, standing_splits
from app.notifications.models import OutboxMessage
from app.notifications.queries import deliveries_about
from app.proposals.models import (
    Amendment,
    Attachment,
    ConflictOfInterest,
    CoProposer,
    CorrectionRequest,
    Endorsement,
    OpenedProposal,
    Proposal,
)
from app.proposals.queries import corrections_of, has_any_conflict, is_conflicted
from app.proposals.sharing.amendments import amendments_of
from app.proposals.sharing.joining import all_endorsements_of, window_of
from app.proposals.sharing.partners import partners_of
from app.similar.models import SimilarNote
from app.similar.queries import notes_of
from app.triage.labels import labels_of
from app.triage.models import Assessment, AssessmentStatus, Assignment, ProposalLabel
from app.triage.queries import (
    assessments_of,
    current_assignments,
    disputed_assessments,
    open_assessment,
    opinions_in_brief,
)
from app.watches.models import Watch
from app.watches.queries import watches_of

_CASE = bindparam("case_id", type_=Proposal.id.type)
_READER = bindparam("reader_id", type_=User.id.type)

Question = tuple[Callable[..., Any], ColumnElement[bool], Any]
# A question of a case, the rows it is answered from, and its answer where there are none.
_OF_CASE: tuple[Question, ...] = (
    (changes_of, DeadlineChange.proposal_id == _CASE, []),
    (requests_of, ExtensionRequest.proposal_id == _CASE, []),
    (handoffs_of, Handoff.proposal_id == _CASE, []),
    (sent_replies_of, Handoff.proposal_id == _CASE, []),
    (views_of, BodyView.proposal_id == _CASE, []),
    (labels_of, ProposalLabel.proposal_id == _CASE, []),
    (partners_of, CoProposer.proposal_id == _CASE, []),
    (corrections_of, CorrectionRequest.proposal_id == _CASE, []),
    (all_endorsements_of, Endorsement.proposal_id == _CASE, []),
    (amendments_of, Amendment.proposal_id == _CASE, []),
    (window_of, OpenedProposal.proposal_id == _CASE, None),
    (standing_splits, CaseSplit.original_id == _CASE, []),
    (merges_into, CaseMerge.target_id == _CASE, []),
    (watches_of, Watch.proposal_id == _CASE, []),
    (links_of, CandidateCase.proposal_id == _CASE, []),
    (exemption_of, CandidateExemption.proposal_id == _CASE, None),
    (note_of, StudyNote.proposal_id == _CASE, None),
    (notes_of, SimilarNote.proposal_id == _CASE, []),
    (assessments_of, Assessment.proposal_id == _CASE, []),
    (opinions_in_brief, Assessment.proposal_id == _CASE, []),
    (
        open_assessment,
        (Assessment.proposal_id == _CASE) & (Assessment.status == AssessmentStatus.OPEN),
        None,
    ),
    (
        disputed_assessments,
        (Assessment.proposal_id == _CASE) & (Assessment.status == AssessmentStatus.DISPUTED),
        [],
    ),
    (
        current_assignments,
        (Assignment.proposal_id == _CASE) & Assignment.ended_at.is_(None),
        [],
    ),
)
# Questions whose answer is the reader's, too: whoever it is, there is nothing to read.
_OF_READER: tuple[Question, ...] = (
    (consultation_of, Consultation.proposal_id == _CASE, None),
    (comments_on, Comment.proposal_id == _CASE, []),
    (
        duplicates_of,
        or_(DuplicateMark.proposal_id == _CASE, DuplicateMark.duplicate_of_id == _CASE),
        [],
    ),
)
_ATTACHED = Attachment.proposal_id == _CASE
_HEARD_OF = (OutboxMessage.about_type == "proposal") & (OutboxMessage.about_id == _CASE)
_IN_CONFLICT = (ConflictOfInterest.user_id == _READER) & ConflictOfInterest.ended_at.is_(None)


@cache
def _question() -> Executable:
    """Whether each thing is there, a column each; made once, the ids are filled in."""
    conditions = [
        *(row[1] for row in (*_OF_CASE, *_OF_READER)),
        _ATTACHED,
        _HEARD_OF,
        _IN_CONFLICT,
    ]
    there = [
        exists(select(literal(1)).where(condition)).label(f"there_{place}")
        for place, condition in enumerate(conditions)
    ]
    return select(*there)


def look_at(proposal: Proposal, reader: User) -> None:
    """Ask what a case has beside itself, and spare its panels the questions about the rest."""
    found = db.session.execute(_question(), {"case_id": proposal.id, "reader_id": reader.id}).one()
    there = iter(found)
    for ask, _condition, nothing in _OF_CASE:
        if not next(there):
            tell(ask, nothing, proposal)
    for ask, _condition, nothing in _OF_READER:
        if not next(there):
            tell(ask, nothing, proposal, reader)
    if not next(there):
        set_committed_value(proposal, "attachments", [])
    if not next(there):
        tell(deliveries_about, [], reader, "proposal", proposal.id)
    if not next(there):
        tell(has_any_conflict, False, reader.id)
        tell(is_conflicted, False, reader.id, proposal)
