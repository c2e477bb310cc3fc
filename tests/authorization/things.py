"""What other addresses name (そのほかの番地): plans, candidates, people, registers, runs."""

from dataclasses import replace
from datetime import date, timedelta

from app.accounts.models import Role
from app.accounts.services.closures import AddClosure, add_closure
from app.accounts.services.invitations import Invite, invite
from app.accounts.services.master_data import request_correction
from app.candidates.services.link import LinkCase, add_register_row, link_case
from app.clusters.background import run_clusters
from app.clusters.queries import clusters_of_round
from app.clusters.services.runs import ask_run
from app.core import clock
from app.deadlines.moves import print_of
from app.deadlines.services.calendar import AddClosingDay, add_closing_day, rehearse_adding
from app.disclosure.models import Ground
from app.disclosure.services import OpenRequest, open_request
from app.disclosure.services.approval import Decide, approve, ask_approval
from app.disclosure.services.hiding import HideWords, hide_words
from app.extensions import db
from app.jobs.schedule import get_job
from app.jobs.services import AddContact, add_contact
from app.papers.services import MakePaper, make_paper
from app.plans.models import VersionDecision
from app.plans.services.comments import CommentOnPlan, comment_on_plan
from app.plans.services.review import DecidePlan, SubmitPlan, decide_plan, submit_plan
from app.plans.services.start import StartPlan, start_plan
from app.registers.models import AliasKind
from app.registers.services.editing import AddAlias, add_alias
from app.routing.services.duties import NewDuty, add_duty
from app.saved_lists.models import ListKind
from app.saved_lists.services import SaveList, save_list
from app.triage.services.absences import RegisterAbsence, register_absence
from app.triage.services.labels import AddTheme, add_theme
from app.triage.services.plans import MakePlan, make_plan
from app.workflow.candidates import CandidateState
from tests.authorization.cases import Cases
from tests.candidates.lists import add, go_to
from tests.clusters.systems import A, B, propose
from tests.factories import make_accepted
from tests.plans.plan_world import fill_texts


def add_things(cases: Cases) -> None:
    """All of them."""
    for make in (
        _add_candidates,
        _add_plans,
        _add_requests,
        _add_accounts,
        _add_calendar,
        _add_desk_plans,
        _add_lists,
        _add_clusters,
    ):
        make(cases)


def _add_candidates(cases: Cases) -> None:
    world = cases.world
    fresh = add(world, "新しい候補")
    add_register_row(fresh, world.entry.id, actor=world["lead"])
    cases.know("candidate_new", candidate_id=fresh.id, entry_id=world.entry.id)
    moved = add(world, "選定した候補")
    go_to(world, moved, CandidateState.SELECTED)
    cases.know("candidate_selected", candidate_id=moved.id)
    agreed = add(world, "同意した候補")
    go_to(world, agreed, CandidateState.AGREED)
    cases.know("candidate_agreed", candidate_id=agreed.id)
    case = cases.by_situation["classified"]
    link_case(fresh, case, LinkCase(reason="同じ業務"), actor=world["officer1"])
    cases.know("candidate_linked", candidate_id=fresh.id, receipt_number=case.receipt_number or "")


def _add_plans(cases: Cases) -> None:
    world = cases.world
    studied = add(world, "検討中の候補")
    go_to(world, studied, CandidateState.STUDYING)
    cases.know("plan_to_start", candidate_id=studied.id)
    for name in ("plan_written", "plan_submitted", "plan_approved"):
        candidate = add(world, name)
        go_to(world, candidate, CandidateState.STUDYING)
        plan = start_plan(candidate, StartPlan(fiscal_year=2024), actor=world["coordinator"])
        fill_texts(plan, world)
        key = next(section.key for section in plan.sections if section.text)
        cases.know(name, candidate_id=candidate.id, number=1, key=key)
        if name == "plan_written":
            continue
        command = SubmitPlan(version=plan.version, reason="提出")
        version = submit_plan(plan, command, actor=world["coordinator"])
        note = CommentOnPlan(section_key=key, text="根拠を書いてください。")
        comment = comment_on_plan(version, note, actor=world["officer1"])
        cases.know(name, comment_id=comment.id)
        if name == "plan_approved":
            decision = DecidePlan(version=plan.version, number=1, decision=VersionDecision.APPROVED)
            decide_plan(plan, version, decision, actor=world["lead"])


def _add_requests(cases: Cases) -> None:
    world = cases.world
    closed = cases.by_situation["closed"].reference
    for name in ("disclosure_hidden", "disclosure_asked", "disclosure_approved"):
        command = OpenRequest(
            number=f"令6-{name[11:]}", received_on=date(2024, 8, 19), receipt_numbers=[closed]
        )
        request = open_request(command, actor=world["officer1"])
        record = request.records[0]
        hide = HideWords(
            version=request.version, words="鍵", ground=next(iter(Ground)), records=[record]
        )
        hide_words(request, hide, actor=world["officer1"])
        cases.know(name, disclosure_id=request.id, record_id=record.id)
        cases.know(name, redaction_id=record.redactions[0].id)
        if name != "disclosure_hidden":
            ask_approval(request, Decide(version=request.version), actor=world["officer1"])
        if name == "disclosure_approved":
            approve(request, Decide(version=request.version), actor=world["lead"])


def _add_accounts(cases: Cases) -> None:
    world = cases.world
    manager, city = world["city-mgr"], world["city"].organization
    wish = Invite(display_name="新しい人", email="new@city.example.jp", roles=(Role.PROPOSER,))
    invitation, _ = invite(city, wish, actor=manager)
    closing = AddClosure(day=date(2024, 11, 15), name="市の記念日")
    add_closure(city, closing, actor=manager)
    asked = request_correction(city, "名称の読みが違います。", actor=manager)
    cases.know("city", organization_id=city.id, invitation_id=invitation.id, request_id=asked.id)
    cases.know("job", name="backlog_report")
    who = AddContact(user_id=world["admin"].id, is_for_all=False)
    ministry = world["ministry"].organization_id
    cases.know("batch", batch_id=1, organization_id=ministry)
    contact = add_contact(get_job("backlog_report"), who, actor=world["admin"])
    cases.know("job", contact_id=contact.id)


def _add_calendar(cases: Cases) -> None:
    world = cases.world
    command = AddClosingDay(day=date(2026, 12, 2), name="臨時の閉庁", basis="告示")
    moves = rehearse_adding(command, actor=world["admin"])
    add_closing_day(replace(command, agreed=print_of(moves)), actor=world["admin"])


def _add_desk_plans(cases: Cases) -> None:
    world = cases.world
    waiting = [make_accepted(world), make_accepted(world)]
    ids = tuple(case.id for case in waiting)
    make_plan(
        world.round, MakePlan(proposal_ids=ids, reviewers_per_case=1, seed=1), actor=world["lead"]
    )
    absence = RegisterAbsence(
        user_id=world["officer1"].id,
        starts_on=clock.today() + timedelta(days=9),
        ends_on=clock.today() + timedelta(days=10),
    )
    register_absence(absence, actor=world["officer1"])
    add_theme(AddTheme(name="窓口"), actor=world["lead"])
    cases.know("reviewer", user_id=world["officer1"].id)


def _add_lists(cases: Cases) -> None:
    world = cases.world
    duty = NewDuty(
        organization_id=world["ministry"].organization_id, reason="所管のため", words="体育館"
    )
    added = add_duty(duty, actor=world["lead"])
    cases.know("duty", duty_id=added.id)
    word = AddAlias(version=1, text="別の呼び名", kind=AliasKind.OTHER_NAME, reason="団体の言い方")
    add_alias(world.entry, word, actor=world["lead"])
    make_paper(MakePaper(round=world.round, reason="配付のため"), actor=world["officer1"])
    save_list(
        SaveList(
            kind=next(iter(ListKind)),
            round=world.round,
            name="自分の一覧",
            query={"state": "submitted"},
        ),
        actor=world["officer1"],
    )


def _add_clusters(cases: Cases) -> None:
    world = cases.world
    for system in (A, B, B):
        propose(world, system)
    run = ask_run(world.round, actor=world["lead"])
    db.session.commit()
    run_clusters()()
    (cluster, *_) = clusters_of_round(world.round.id)
    cases.know("cluster", cluster_id=cluster.id, run_id=run.id)
