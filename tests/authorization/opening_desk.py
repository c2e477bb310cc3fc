"""What stands ready so that the last doors of the desk open (机の最後の扉), made last of all."""

from datetime import timedelta
from io import BytesIO

from sqlalchemy import select

from app.batches.plan import plan_of
from app.clusters.queries import clusters_of_round
from app.consultations.services.writing import Ask, Upload, ask, receive_files
from app.core import clock
from app.discrepancies.cases.overview import check_cases
from app.extensions import db
from app.files.services import Received
from app.handoffs.queries import awaited_view
from app.handoffs.services.draft import SaveReply, Seen, save_reply
from app.handoffs.services.prepare import Prepare, prepare_handoff
from app.handoffs.services.send import Send, send_handoff
from app.handoffs.services.send_reply import send_reply
from app.proposals.services.drafts import edit_proposal
from app.proposals.services.submission import Submit, submit
from app.reports.backlog.services import store_snapshot
from app.similar.services.verdicts import NO_VERDICT, JudgePair, judge_pair
from app.triage.models import Assignment
from app.workflow.handoffs import HandoffPart, HandoffPurpose, HandoffState, ReplyKind
from tests.answers.replies import answer_handoff, release
from tests.authorization.cases import Cases
from tests.batches.cases import make_batch, make_cited
from tests.consultations.threads import SUBJECT, make_converted, make_ended
from tests.factories import make_classified, make_handoff, make_in_review
from tests.suggestions.rows import HOUSING, add_housing

TABLE = "項目,値\r\n件数,1\r\n".encode()


def open_desk(cases: Cases) -> None:
    """All of them."""
    for add in (
        _add_reply_with_file,
        _add_overdue_view,
        _add_sent_file,
        _add_batch_with_places,
        _add_threads,
        _add_judged_pair,
        _add_figures,
    ):
        add(cases)


def _file() -> list[Received]:
    return receive_files([Upload("資料.csv", BytesIO(TABLE))])


def _add_reply_with_file(cases: Cases) -> None:
    world = cases.world
    case = cases.keep("reply_filed", make_classified(world))
    handoff = make_handoff(world, case, state=HandoffState.ACKNOWLEDGED)
    command = SaveReply(
        seen=Seen(handoff.round_number, 0),
        kind=ReplyKind.WILL_ACT,
        text="次の改修で対応する予定です。",
        planned_on=clock.today() + timedelta(days=400),
        files=_file(),
    )
    reply = save_reply(handoff, command, actor=world["coordinator"])
    send_reply(handoff, Seen(handoff.round_number, reply.version), actor=world["coordinator"])
    release(world, reply)
    cases.know("reply_filed", public_id=reply.files[0].stored_file.public_id)


def _add_overdue_view(cases: Cases) -> None:
    world = cases.world
    case = cases.keep("view_overdue", make_classified(world))
    handoff = make_handoff(world, case, state=HandoffState.ACKNOWLEDGED)
    release(world, answer_handoff(world, handoff))
    view = awaited_view(case)
    assert view is not None
    view.due_on = case.view_due_on = clock.today() - timedelta(days=1)
    db.session.flush()


def _add_sent_file(cases: Cases) -> None:
    world = cases.world
    case = cases.keep("sent_filed", make_classified(world))
    command = Prepare(
        version=case.version,
        destination_id=world["ministry"].organization_id,
        part=HandoffPart.LEAD,
        purpose=HandoffPurpose.REQUEST,
        request_text="検討をお願いします。",
        reason="試験のため",
        files=_file(),
    )
    handoff = cases.handoffs["sent_filed"] = prepare_handoff(case, command, actor=world["officer1"])
    send_handoff(handoff, Send(version=handoff.version), actor=world["officer1"])
    stored = handoff.files[0].stored_file
    assert stored is not None
    cases.know("sent_filed", public_id=stored.public_id)


def _add_batch_with_places(cases: Cases) -> None:
    world = cases.world
    batch = make_batch(world, make_cited(world))
    place = plan_of(batch).destinations[0]
    cases.know("batch_placed", batch_id=batch.id, organization_id=place.destination.id)
    make_cited(world)
    cases.ask_with("batches.new", round=world.round.key)
    cases.ask_with("answers.release", round=world.round.key)


def _add_threads(cases: Cases) -> None:
    world = cases.world
    thread, draft = make_converted(world)
    manager = world["city-mgr"]
    edit_proposal(draft, world.content(), version=draft.version, actor=manager)
    submit(draft, Submit(version=draft.version), actor=manager)
    cases.keep("of_consultation", draft)
    ended = make_ended(world)
    cases.know("thread_ended", consultation_number=ended.number)
    cases.type_in("consultations.take_up", version=ended.version)
    question = Ask(subject=SUBJECT, body="資料を付けます。", round=world.round, files=_file())
    thread = ask(question, actor=world["city"])
    stored = thread.messages[0].files[0].file
    cases.know("thread_filed", consultation_number=thread.number, public_id=stored.public_id)


def _add_judged_pair(cases: Cases) -> None:
    world = cases.world
    case, other = cases.keep("judged", make_in_review(world)), make_in_review(world)
    said = JudgePair(verdict="not_duplicate", note="対象が違う。", version=NO_VERDICT)
    verdict = judge_pair(case, other, said, actor=world["officer1"])
    cases.know("judged", other=other.receipt_number)
    cases.type_in("similar.undo_verdict", version=verdict.version)
    case = cases.keep("suggested", make_in_review(world))
    case.detail = HOUSING
    db.session.flush()
    cases.type_in("triage.judge_suggestion", reject=add_housing().id)
    (cluster, *_) = clusters_of_round(world.round.id)
    known = {member.proposal_id for member in cluster.members}
    assert other.id not in known
    cases.type_in("clusters.add", receipt_number=other.receipt_number)


def _add_figures(cases: Cases) -> None:
    world = cases.world
    store_snapshot(clock.now())
    day = clock.today().isoformat()
    cases.know("snapshot", key=world.round.key, kind="daily", day=day)
    lost = make_in_review(world)
    for row in db.session.scalars(select(Assignment).where(Assignment.proposal_id == lost.id)):
        row.ended_at = row.assigned_at
    checked = check_cases(world["lead"], [world.round]).results
    (pointed, *_) = [row for result in checked for row in result.waiting]
    cases.know("pointed_at", kind=pointed.check.kind.value, finding_key=pointed.key)
