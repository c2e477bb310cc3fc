"""What a body reads in the timeline of its own case (履歴)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.casework.history import history_lines
from app.core import clock
from app.proposals.models import LateDecision
from app.proposals.services.late import (
    DecideLate,
    RequestLate,
    decide_late_submission,
    request_late_submission,
)
from tests.factories import make_draft, make_world


def test_body_reads_why_its_late_submission_was_accepted(db_session: Session) -> None:
    with clock.at(clock.jst(2024, 8, 20)):
        world = make_world(
            opens_at=clock.jst(2024, 8, 5), closes_at=clock.jst(2024, 8, 27, 23, 59, 59)
        )
        draft = make_draft(world)
    with clock.at(clock.jst(2024, 8, 28)):
        request = RequestLate(version=draft.version, reason="停電のため")
        late = request_late_submission(draft, request, actor=world["city-mgr"])
        decision = DecideLate(decision=LateDecision.ACCEPTED, reason="事前に連絡があったため")
        decide_late_submission(late, decision, actor=world["lead"])
        db_session.commit()

    events = db_session.scalars(
        select(AuditEvent).where(AuditEvent.verb == "proposal.late_accepted")
    ).all()
    lines = history_lines(events, proposal=draft, reader=world["city"])
    assert [(line.who, line.detail) for line in lines] == [("事務局", "事前に連絡があったため。")]
