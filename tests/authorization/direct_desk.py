"""Questions to the guards of the desk (事務局の権限): bulk acts, deadlines, meetings, opinions."""

from datetime import timedelta

from sqlalchemy import select

from app.bulk.models import BulkAct, BulkKind
from app.bulk.rehearsal import rehearse
from app.bulk.services.acting import ActOnMany, act_on_many
from app.bulk.services.undoing import undo
from app.core import clock
from app.deadlines.services.extensions import (
    Decide,
    Extend,
    ask_extension,
    decide_extension,
    extend,
)
from app.discrepancies.services import ExplainDiscrepancy, explain_discrepancy
from app.extensions import db
from app.follow_ups.models import OutcomeStatus
from app.follow_ups.services import RecordOutcome, record_outcome
from app.lineage.services.merging import MergeCases, SeenCase, UndoMerge, merge_cases, undo_merge
from app.meetings.models import AgendaItem, ItemOutcome
from app.meetings.services.running import RecordItem, record_item
from app.registers.models import RegisterEntry
from app.suggestions.services import RejectSuggestion, reject_suggestion
from app.triage.services.confirm import refuse_blind
from tests.authorization.direct import Scene, tells_of

NOTHING_SEEN = 99


@tells_of("app.bulk.policy.authorize")
def assign_many_without_leading(scene: Scene) -> None:
    rehearse(ActOnMany(kind=BulkKind.ASSIGN, cases=()), actor=scene.person("officer1"))


def _held_by_officer(scene: Scene) -> BulkAct:
    case = scene.case("in_review")
    command = ActOnMany(
        kind=BulkKind.HOLD,
        cases=((case.id, case.version),),
        reason="資料を待つため",
        revisit_on=clock.today() + timedelta(days=14),
    )
    return act_on_many(command, actor=scene.person("officer1"), session_key="his")


@tells_of("app.bulk.policy.authorize_undo")
def take_back_what_another_did(scene: Scene) -> None:
    undo(_held_by_officer(scene), actor=scene.person("officer2"), session_key="his")


@tells_of("app.bulk.policy.can_undo")
def take_back_in_another_sign_in(scene: Scene) -> None:
    undo(_held_by_officer(scene), actor=scene.person("officer1"), session_key="another")


@tells_of("app.deadlines.policy.authorize_ask")
def ask_for_a_date_of_others(scene: Scene) -> None:
    case = scene.case("in_review")
    command = Extend(version=case.version, due_on=None, reason="")
    ask_extension(case, command, actor=scene.person("officer2"))


@tells_of("app.deadlines.policy.authorize_extend")
def extend_without_leading(scene: Scene) -> None:
    case = scene.case("in_review")
    command = Extend(version=case.version, due_on=None, reason="")
    extend(case, command, actor=scene.person("officer1"))


@tells_of("app.deadlines.policy.authorize_decide")
def decide_what_oneself_asked_for(scene: Scene) -> None:
    case, lead = scene.case("submitted"), scene.person("lead")
    later = clock.today() + timedelta(days=60)
    asked = Extend(version=case.version, due_on=later, reason="照会中のため")
    request = ask_extension(case, asked, actor=lead)
    decision = Decide(version=case.version, request_id=request.id, is_approved=None, reason="")
    decide_extension(case, decision, actor=lead)


@tells_of("app.discrepancies.policy.authorize_explain")
def explain_as_auditor(scene: Scene) -> None:
    round_ = scene.case("submitted").round
    command = ExplainDiscrepancy(kind="deadlines", key="closing", explanation="", seen="")
    explain_discrepancy(round_, command, actor=scene.person("auditor"))


def _record_outcome_as_auditor(scene: Scene) -> None:
    entry = db.session.scalars(select(RegisterEntry)).first()
    assert entry is not None
    command = RecordOutcome(
        seen=NOTHING_SEEN,
        status=OutcomeStatus.UNDER_REVIEW,
        text="検討中です。",
        decided_on=None,
        source="所管の資料",
    )
    record_outcome(entry, command, actor=scene.person("auditor"))


tells_of("app.follow_ups.policy.authorize_outcomes")(_record_outcome_as_auditor)
tells_of("app.follow_ups.policy.can_record_outcomes")(_record_outcome_as_auditor)


@tells_of("app.lineage.policy.authorize_merge")
def merge_what_has_a_class_without_leading(scene: Scene) -> None:
    target, decided = scene.case("in_review"), scene.case("classified")
    seen = (SeenCase(decided, decided.version),)
    command = MergeCases(version=target.version, absorbed=seen, reason="")
    merge_cases(target, command, actor=scene.person("officer1"))


@tells_of("app.lineage.policy.authorize_undo_merge")
def part_what_was_merged_in_conflict(scene: Scene) -> None:
    case = scene.case("merged")
    command = UndoMerge(version=case.version, reason="")
    undo_merge(case, command, actor=scene.person("officer3"))


def _item(scene: Scene, situation: str) -> AgendaItem:
    case = scene.case(situation)
    found = select(AgendaItem).where(AgendaItem.proposal_id == case.id)
    return db.session.scalars(found).one()


def _record(item: AgendaItem, outcome: ItemOutcome, scene: Scene, login: str) -> None:
    command = RecordItem(
        version=item.version,
        case_version=NOTHING_SEEN,
        outcome=outcome,
        minutes="決めた",
        category_key="",
    )
    record_item(item, command, actor=scene.person(login))


def _propose_without_being_reviewer(scene: Scene) -> None:
    _record(_item(scene, "in_review"), ItemOutcome.PROPOSED, scene, "officer2")


tells_of("app.meetings.policy.authorize_propose")(_propose_without_being_reviewer)
tells_of("app.meetings.policy.can_propose")(_propose_without_being_reviewer)


def _make_blind(scene: Scene) -> None:
    scene.case("foreign").round.is_second_opinion_blind = True
    db.session.flush()


@tells_of("app.meetings.policy.authorize_record")
def write_over_a_record_unread(scene: Scene) -> None:
    item = _item(scene, "foreign")
    _record(item, ItemOutcome.NOTED, scene, "officer1")
    _make_blind(scene)
    _record(item, ItemOutcome.NOTED, scene, "officer2")


@tells_of("app.triage.blindness.is_blind_for")
def answer_an_opinion_unread(scene: Scene) -> None:
    _make_blind(scene)
    refuse_blind(scene.case("foreign"), scene.person("officer2"))


@tells_of("app.suggestions.policy.authorize_judging")
def judge_in_conflict(scene: Scene) -> None:
    command = RejectSuggestion(register_entry_id=0)
    reject_suggestion(scene.case("in_review"), command, actor=scene.person("officer3"))
