"""Questions to the inner guards of the services (業務の中の確認): behind other locks."""

from sqlalchemy import select

from app.candidates.models import Candidate
from app.comments.queries import comments_on
from app.core import clock
from app.discrepancies.cases.other_class import keeps_class_from_reader
from app.discrepancies.cases.scope import Scope
from app.extensions import db
from app.mailings.models import CASE_AUDIENCES, Mailing
from app.mailings.queries import get_mailing
from app.plans.services.start import StartPlan, start_plan
from app.proposals.late_queries import get_late_submission
from app.proposals.models import LateSubmission, Proposal
from app.proposals.services.joining import SetWindow, open_window
from app.triage.models import Assignment
from app.triage.services.assign import resume_assignments
from app.triage.services.labels import AddTheme, add_theme
from tests.authorization.direct import Scene, is_not_found, tells_of


@tells_of("app.plans.policy._may_start")
def start_a_plan_as_auditor(scene: Scene) -> None:
    candidate = db.session.get_one(Candidate, scene.value("candidate_bare", "candidate_id"))
    start_plan(candidate, StartPlan(fiscal_year=0), actor=scene.person("auditor"))


@tells_of("app.proposals.services.joining._authorize")
def open_cases_to_others_as_auditor(scene: Scene) -> None:
    command = SetWindow(closes_at=clock.now(), note="", proposal_ids=frozenset())
    open_window(scene.case("submitted").round, command, actor=scene.person("auditor"))


@tells_of("app.triage.services.assign._may_review")
def get_a_case_back_in_conflict(scene: Scene) -> bool:
    case = scene.case("in_review")
    found = select(Assignment).where(Assignment.proposal_id == case.id)
    row = db.session.scalars(found.order_by(Assignment.id)).first()
    assert row is not None
    row.reviewer_id = scene.person("officer3").id
    db.session.flush()
    return resume_assignments(case, [row.id]) == []


@tells_of("app.triage.services.labels._authorize_list")
def add_a_theme_without_leading(scene: Scene) -> None:
    add_theme(AddTheme(name=""), actor=scene.person("officer1"))


@tells_of("app.search.queries.readable_by")
def search_cases_in_conflict(scene: Scene) -> bool:
    in_conflict = Proposal.organization_id == scene.person("city").organization_id
    of_round = Proposal.round_id == scene.case("submitted").round_id
    newest = Proposal.receipt_number.desc().nulls_last()
    found = select(Proposal).where(in_conflict, of_round).order_by(newest)
    case = db.session.scalars(found).first()
    assert case is not None
    page = scene.prober.open(f"/search?q={case.title}", "GET", "conflicted")
    assert page.status_code == 200
    return case.reference not in page.text


@tells_of("app.comments.queries.readable_by")
def read_the_inner_talk_as_body(scene: Scene) -> bool:
    case = scene.case("in_review")
    assert comments_on(case, scene.person("officer1"))
    return comments_on(case, scene.person("city")) == []


@tells_of("app.mailings.queries._readable")
def read_a_letter_by_cases_in_conflict(scene: Scene) -> bool:
    letter = db.session.get_one(Mailing, scene.value("mailing_confirmed", "mailing_id"))
    letter.audience = CASE_AUDIENCES[0]
    db.session.flush()
    return is_not_found(lambda: get_mailing(scene.person("officer3"), letter.id))


@tells_of("app.proposals.late_queries.late_submissions_for")
def judge_a_late_submission_in_conflict(scene: Scene) -> bool:
    late = db.session.scalars(select(LateSubmission).order_by(LateSubmission.id)).first()
    assert late is not None
    return is_not_found(lambda: get_late_submission(scene.person("officer3"), late.id))


@tells_of("app.triage.blindness.class_is_open_to")
def learn_the_class_of_an_opinion_unread(scene: Scene) -> bool:
    case = scene.case("foreign")
    case.round.is_second_opinion_blind = True
    db.session.flush()
    scope = Scope(reader=scene.person("officer2"), rounds=[case.round], ids=(case.id,))
    return keeps_class_from_reader(scope)
