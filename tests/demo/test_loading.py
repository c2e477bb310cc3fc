"""The loaded demo says what the paper printed, and everybody in it kept the rules."""

from collections import Counter
from datetime import UTC

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Organization, OrganizationKind, OrganizationType, OrgType
from app.audit.models import AuditEvent
from app.audit.verification import verify
from app.consultations.models import Consultation
from app.core import clock
from app.core.calendar import DEFAULT_CALENDAR
from app.demo.candidates import LISTED_AT
from app.demo.loading import NotEmpty, load_demo, practice_day
from app.demo.texts import DATA, read_categories, read_figures, read_pending
from app.extensions import db
from app.notifications.models import OutboxMessage
from app.proposals.models import CoProposer, CorrectionRequest, Proposal
from app.rounds.models import Category, Round
from app.rounds.queries import get_round
from app.triage.models import Assessment, AssessmentDecision, AssessmentStatus, DecisionKind
from app.workflow.states import State
from tests.factories import make_organization

LOADED_AT = clock.jst(2026, 6, 1, 7)
# From the opening to the day on which the candidates were listed.
WINDOW = (clock.jst(2024, 8, 5), LISTED_AT)


def proposals_of(session: Session, key: str) -> list[Proposal]:
    return list(
        session.scalars(
            select(Proposal)
            .join(Round, Proposal.round_id == Round.id)
            .where(Round.key == key)
            .order_by(Proposal.receipt_sequence)
        )
    )


def events_about_cases(session: Session, key: str) -> list[AuditEvent]:
    ids = [proposal.id for proposal in proposals_of(session, key)]
    return list(
        session.scalars(
            select(AuditEvent)
            .where(AuditEvent.subject_type == "proposal", AuditEvent.subject_id.in_(ids))
            .order_by(AuditEvent.seq)
        )
    )


def test_news_of_the_past_is_read_when_the_demo_is_loaded(demo_session: Session) -> None:
    unread = demo_session.scalars(
        select(OutboxMessage.created_at).where(OutboxMessage.read_at.is_(None))
    ).all()

    assert [at for at in unread if at < clock.jst(2026, 6, 1)] == []


# --- The printed figures ------------------------------------------------------------------------


def test_demo_holds_227_classified_and_5_pending_proposals(demo_session: Session) -> None:
    states = Counter(proposal.state for proposal in proposals_of(demo_session, "R6"))

    assert states == {State.CLASSIFIED: 227, State.PENDING: 5}


def test_demo_counts_categories_as_printed(demo_session: Session) -> None:
    printed = {row["key"]: int(row["published_count"]) for row in read_categories()}

    counted = Counter(
        proposal.category.key
        for proposal in proposals_of(demo_session, "R6")
        if proposal.category is not None
    )

    assert counted == printed


def test_demo_has_74_proposing_bodies_in_printed_mix(demo_session: Session) -> None:
    proposing = {proposal.organization_id for proposal in proposals_of(demo_session, "R6")}

    types = Counter(
        demo_session.scalars(
            select(OrganizationType.org_type).where(OrganizationType.organization_id.in_(proposing))
        )
    )

    assert len(proposing) == 74
    assert types == {
        OrgType.PREFECTURE: 16,
        OrgType.DESIGNATED_CITY: 5,
        OrgType.CORE_CITY: 9,
        OrgType.CITY: 37,
        OrgType.TOWN_VILLAGE: 7,
    }


def test_demo_bodies_are_marked_as_samples(demo_session: Session) -> None:
    unmarked = demo_session.scalars(
        select(Organization.name).where(
            Organization.kind == OrganizationKind.LOCAL_GOVERNMENT,
            Organization.is_sample.is_(False),
        )
    )

    assert list(unmarked) == []


def test_demo_keeps_published_figures(demo_session: Session) -> None:
    kept = {figure.name: figure.value for figure in get_round("R6").published_figures}

    assert kept == read_figures()
    assert (kept["proposals"], kept["organizations"], kept["pending"]) == (232, 74, 5)


def test_demo_scheme_asks_for_evidence_in_a_to_d_and_f1(demo_session: Session) -> None:
    required = demo_session.scalars(
        select(Category.code).where(Category.is_evidence_required).order_by(Category.position)
    )

    assert list(required) == ["A", "B", "C", "D", "F-1"]


def test_demo_round_shows_both_announced_ends(demo_session: Session) -> None:
    change = get_round("R6").closing_changes[0]

    assert change.old_closes_at == clock.jst(2024, 8, 23, 23, 59, 59)
    assert change.new_closes_at == clock.jst(2024, 8, 27, 23, 59, 59)
    assert get_round("R6").closes_at == change.new_closes_at


# --- The pending five ---------------------------------------------------------------------------


def test_demo_pending_proposals_stand_word_for_word_at_their_numbers(demo_session: Session) -> None:
    pending = [row for row in proposals_of(demo_session, "R6") if row.state is State.PENDING]

    shown = [(row.receipt_number, row.title, row.detail) for row in pending]

    assert shown == [
        (f"R6-0{number}", text.title, text.fields["detail"])
        for number, text in zip(range(228, 233), read_pending(), strict=True)
    ]
    assert (DATA / "pending_proposals.csv").read_text(encoding="utf-8").count(shown[0][2]) == 1


def test_demo_pending_proposals_have_category_in_mind_and_revisit_date(
    demo_session: Session,
) -> None:
    pending = [row for row in proposals_of(demo_session, "R6") if row.state is State.PENDING]

    incomplete = [
        row.receipt_number
        for row in pending
        if row.provisional_category is None or row.due_on is None
    ]

    assert incomplete == []


# --- The order of things ------------------------------------------------------------------------


def test_demo_receipt_numbers_are_gapless_in_order_of_submission(demo_session: Session) -> None:
    proposals = proposals_of(demo_session, "R6")

    instants = [proposal.submitted_at for proposal in proposals]

    assert [row.receipt_number for row in proposals] == [f"R6-{n:04}" for n in range(1, 233)]
    assert instants == sorted(instant for instant in instants if instant is not None)


def test_demo_story_lies_in_office_hours_of_its_window(demo_session: Session) -> None:
    moments = [event.occurred_at for event in events_about_cases(demo_session, "R6")]

    outside = [
        moment
        for moment in moments
        if not WINDOW[0] <= moment <= WINDOW[1]
        or not DEFAULT_CALENDAR.is_office_day(clock.to_jst(moment).date())
        or not 9 <= clock.to_jst(moment).hour <= 17
    ]

    assert outside == []


def test_demo_practice_lies_before_the_day_of_loading(demo_session: Session) -> None:
    moments = [event.occurred_at for event in events_about_cases(demo_session, "R8")]

    assert max(moments) < clock.jst(2026, 5, 30).astimezone(UTC)


def test_demo_trail_is_intact_and_in_order(demo_session: Session) -> None:
    moments = list(demo_session.scalars(select(AuditEvent.occurred_at).order_by(AuditEvent.seq)))

    assert verify(demo_session).is_intact
    assert moments == sorted(moments)


# --- The rules ----------------------------------------------------------------------------------


def test_demo_nobody_decided_on_own_opinion(demo_session: Session) -> None:
    opinions = demo_session.scalars(
        select(Assessment).where(Assessment.status != AssessmentStatus.OPEN)
    )

    own = [
        opinion.id
        for opinion in opinions
        if opinion.decision is not None and opinion.decision.decided_by_id == opinion.author_id
    ]

    assert own == []


def test_demo_two_cases_end_with_the_word_of_the_lead(demo_session: Session) -> None:
    decided = list(
        demo_session.scalars(
            select(Assessment).where(Assessment.status == AssessmentStatus.DECIDED)
        )
    )

    disputes = [
        demo_session.scalar(
            select(func.count())
            .select_from(AssessmentDecision)
            .join(Assessment, AssessmentDecision.assessment_id == Assessment.id)
            .where(
                Assessment.proposal_id == opinion.proposal_id,
                AssessmentDecision.kind == DecisionKind.DISPUTE,
            )
        )
        for opinion in decided
    ]

    assert [opinion.author.login for opinion in decided] == ["lead", "lead"]
    assert disputes == [2, 2]


def test_demo_evidence_quotes_stand_in_the_proposals(demo_session: Session) -> None:
    opinions = demo_session.scalars(select(Assessment))
    details = {row.id: row.detail for row in demo_session.scalars(select(Proposal))}

    missing = [
        row.quote
        for opinion in opinions
        for row in opinion.evidence
        if row.quote not in details[opinion.proposal_id]
    ]

    assert missing == []


# --- The practice -------------------------------------------------------------------------------


def test_practice_has_cases_in_every_state(demo_session: Session) -> None:
    states = {proposal.state for proposal in proposals_of(demo_session, "R8")}

    assert states == set(State)


def test_practice_is_open_for_30_more_days(demo_session: Session) -> None:
    practice = get_round("R8")

    assert (practice.is_practice, practice.label) == (True, "令和8年（操作練習）")
    assert practice.closes_at == clock.jst(2026, 7, 1, 23, 59, 59)
    assert practice.is_open()


def test_practice_has_overdue_cases_and_timely_ones(demo_session: Session) -> None:
    today = clock.to_jst(LOADED_AT).date()
    due = [
        (proposal.state, proposal.due_on < today)
        for proposal in proposals_of(demo_session, "R8")
        if proposal.due_on is not None
    ]

    with_deadline = (
        State.SUBMITTED,
        State.RETURNED,
        State.ACCEPTED,
        State.IN_REVIEW,
        State.IN_CONFIRMATION,
        State.PENDING,
        State.CLASSIFIED,
    )

    assert set(due) == {(state, late) for state in with_deadline for late in (True, False)}


def test_practice_gives_each_published_officer_an_opinion_of_the_other(
    demo_session: Session,
) -> None:
    waiting = demo_session.scalars(
        select(Assessment).where(Assessment.status == AssessmentStatus.OPEN)
    )

    authors = {opinion.author.login for opinion in waiting}

    assert {"officer1", "officer2"} <= authors


@pytest.mark.usefixtures("db_session")
@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (clock.jst(2026, 6, 1), (2026, 6, 1)),
        (clock.jst(2027, 12, 30), (2027, 11, 15)),
        (clock.jst(2031, 1, 1), (2027, 11, 15)),
    ],
)
def test_practice_day_stays_where_holidays_are_known(moment, day) -> None:
    with clock.at(moment):
        found = practice_day()

    assert (found.year, found.month, found.day) == day


# --- Where it must not be loaded ----------------------------------------------------------------


def test_load_demo_refuses_database_with_other_bodies(db_session: Session) -> None:
    make_organization(OrganizationKind.MINISTRY, "厚生労働省")
    db_session.commit()

    with pytest.raises(NotEmpty, match="空のデータベースにだけ"):
        load_demo(lambda _words: None)

    assert db.session.scalar(select(func.count()).select_from(Organization)) == 1


def test_practice_has_a_question_to_answer_a_partner_to_ask_and_a_resubmission(
    demo_session: Session,
) -> None:
    threads = demo_session.scalars(select(Consultation)).all()
    partners = demo_session.scalars(select(CoProposer)).all()
    corrections = demo_session.scalars(
        select(CorrectionRequest).where(CorrectionRequest.answered_at.is_not(None))
    ).all()
    practice = {proposal.id for proposal in proposals_of(demo_session, "R8")}

    assert sorted(len(thread.messages) for thread in threads) == [1, 2]
    assert [partner.organization.name for partner in partners] == ["甲子市"]
    assert len([request for request in corrections if request.proposal_id in practice]) == 1
