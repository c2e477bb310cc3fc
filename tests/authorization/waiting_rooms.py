"""What waits for a second person, or was just done (待っている手続): made after all the others."""

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

from app.accounts.models import FactorResetRequest
from app.bulk.models import BulkKind
from app.bulk.services.acting import ActOnMany, act_on_many
from app.consultations.services.writing import receive_files
from app.core import clock
from app.extensions import db
from app.handoffs.services.draft import SaveReply, Seen, save_reply
from app.personal_data.models import DisposalItem, DisposalList, ErasurePlan
from app.personal_data.proof import digest_of_ids
from app.proposals.models import PartnerAnswer
from app.proposals.services.attachments import Upload
from app.proposals.services.partners import AnswerJoint, AskPartner, answer_joint, ask_partner
from app.registers.models import Register
from app.registers.services import NewEntry, add_entries
from app.triage.services.plans import MakePlan, make_plan
from app.triage.services.publishing import publish_plan
from app.workflow.handoffs import HandoffState, ReplyKind
from tests.authorization.cases import Cases
from tests.batches.cases import confirm, make_batch, make_cited
from tests.exchange.tables import complete, sent, started
from tests.factories import (
    World,
    make_accepted,
    make_classified,
    make_closed,
    make_draft,
    make_handoff,
    make_in_confirmation,
    make_in_review,
)
from tests.public.copies import make_copy
from tests.triage.resubmitting import make_resubmitted

SITTING = "the sitting of whoever did it"


def add_waiting_rooms(cases: Cases) -> None:
    """All of them."""
    for add in (
        _add_triage,
        _add_plans,
        _add_handoffs,
        _add_disposals,
        _add_bodies_own,
        _add_desk,
    ):
        add(cases)


def _of_prefecture(world: World) -> World:
    """The world in which the prefecture proposes: nobody has a conflict with it."""
    manager = world["pref-mgr"]
    return replace(world, people={**world.people, "city": manager, "city-mgr": manager})


def _add_triage(cases: Cases) -> None:
    world = cases.world
    practice = cases.by_situation["practice"].round
    practice.is_second_opinion_blind = True
    cases.keep("blind", make_in_confirmation(replace(world, round=practice)))
    cases.keep("resubmitted", make_resubmitted(world))


def _add_plans(cases: Cases) -> None:
    # One plan a round is being drafted: that of the round of the world stays.
    world = replace(_of_prefecture(cases.world), round=cases.by_situation["practice"].round)
    for situation in ("plan_published", "plan_drafted"):
        case = cases.keep(situation, make_accepted(world))
        command = MakePlan(proposal_ids=(case.id,), reviewers_per_case=1, seed=1)
        plan = make_plan(world.round, command, actor=world["lead"])
        cases.know(situation, plan_id=plan.id)
        if situation == "plan_published":
            publish_plan(plan, plan.version, session_key=SITTING, actor=world["lead"])
            cases.sittings.append(("lead", plan))


def _add_handoffs(cases: Cases) -> None:
    world = cases.world
    batch = make_batch(world, cases.keep("batched", make_cited(world)))
    cases.know("batched", batch_id=batch.id)
    awaited = make_batch(world, cases.keep("batch_confirmed", make_cited(world)))
    confirm(world, awaited, needs_second=True)
    cases.know("batch_confirmed", batch_id=awaited.id)
    waiting = make_batch(world, cases.keep("batch_waiting", make_cited(world)))
    confirm(world, waiting)
    cases.know("batch_waiting", batch_id=waiting.id)
    case = cases.keep("filed", make_classified(world))
    handoff = cases.handoffs["filed"] = make_handoff(world, case, state=HandoffState.ACKNOWLEDGED)
    files = receive_files([Upload("資料.csv", BytesIO("項目,値\r\n件数,1\r\n".encode()))])
    command = SaveReply(
        seen=Seen(handoff.round_number, 0),
        kind=ReplyKind.WILL_ACT,
        text="次の改修で対応する予定です。",
        planned_on=clock.today() + timedelta(days=400),
        files=files,
    )
    reply = save_reply(handoff, command, actor=world["ministry"])
    cases.know("filed", public_id=reply.files[0].stored_file.public_id)


def _add_disposals(cases: Cases) -> None:
    world = cases.world
    now, ids = clock.now(), [cases.by_situation["opened"].id]
    plan = ErasurePlan(
        round_id=cases.by_situation["opened"].round_id,
        purpose_ends_on=date(2034, 3, 31),
        purpose="連絡",
        storage="データベース",
        method="消去",
        erases_files=False,
        written_by_id=world["officer1"].id,
        written_at=now,
        approved_by_id=world["lead"].id,
        approved_at=now,
    )
    db.session.add(plan)
    db.session.flush()
    for situation, asked_by in (("disposal_asked", world["officer1"]), ("disposal_open", None)):
        row = DisposalList(
            plan_id=plan.id,
            proposed_at=now,
            digest=digest_of_ids(ids),
            requested_by_id=asked_by.id if asked_by else None,
            requested_at=now if asked_by else None,
            reason="期日" if asked_by else "",
            items=[DisposalItem(proposal_id=ids[0], counts={}, digest="")],
        )
        db.session.add(row)
        db.session.flush()
        cases.know(situation, disposal_list_id=row.id)


def _add_bodies_own(cases: Cases) -> None:
    world = cases.world
    case = cases.keep("joint_accepted", make_draft(world))
    partner = world["partner-mgr"].organization_id
    wish = AskPartner(version=case.version, organization_id=partner)
    asked = ask_partner(case, wish, actor=world["city"])
    accepted = AnswerJoint(version=case.version, answer=PartnerAnswer.ACCEPTED)
    answer_joint(asked, accepted, actor=world["partner-mgr"])
    cases.know("joint_accepted", partner_id=asked.id)
    cases.know("import", import_id=started(world, sent(complete())).id)
    asked_off = FactorResetRequest(
        user_id=world["city"].id,
        requested_by_id=world["city-mgr"].id,
        requested_at=clock.now(),
        reason="電話で確かめた",
    )
    db.session.add(asked_off)
    db.session.flush()
    cases.know("factor_asked", request_id=asked_off.id)


def _add_desk(cases: Cases) -> None:
    world = cases.world
    copied = cases.keep("copied", make_closed(world))
    cases.know("copied", publication_id=make_copy(world, copied).id)
    case = make_in_review(world)
    command = ActOnMany(
        kind=BulkKind.HOLD,
        cases=((case.id, case.version),),
        reason="資料を待つため",
        revisit_on=clock.today() + timedelta(days=14),
    )
    act = act_on_many(command, actor=world["officer1"], session_key=SITTING)
    cases.know("bulk_done", act_id=act.id)
    cases.sittings.append(("officer1", act))
    row = NewEntry(
        register=Register.BUNKEN,
        number=1,
        title="分権提案の行",
        as_of=date(2024, 7, 3),
        source="台帳の出典",
    )
    add_entries([row])
