"""What forms ask for that only this world knows (記入する番号): versions, ids, prints of lists."""

from app.deadlines.moves import print_of
from app.deadlines.services.terms import rehearse_recount
from app.extensions import db
from app.handoffs.models import HandoffBatch
from app.handoffs.queries import current_reply
from app.mailings.models import Mailing
from app.mailings.recipients import recipients_of
from app.proposals.models import Publication
from tests.authorization.cases import Cases


def type_numbers(cases: Cases) -> None:
    """All of them, once nothing of the world moves any more."""
    for type_for in (_bulk, _batches, _letters, _checks):
        type_for(cases)


def _bulk(cases: Cases) -> None:
    case = cases.by_situation["in_review"]
    for endpoint in ("bulk.act", "bulk.preview"):
        cases.type_in(
            endpoint,
            kind="hold",
            case=f"{case.id}-{case.version}",
            revisit_on="令和6年9月10日",
            reason="資料を待つため",
        )


def _batches(cases: Cases) -> None:
    batch = db.session.get_one(HandoffBatch, cases.known["batched"]["batch_id"])
    case_id = cases.by_situation["batched"].id
    ministry = cases.world["ministry"].organization_id
    cases.type_in(
        "batches.place", version=batch.version, case=case_id, lead_id=ministry, request_text=""
    )
    cases.type_in("batches.remove", version=batch.version, case=case_id)
    for endpoint, situation in (
        ("batches.release", "batch_confirmed"),
        ("batches.stop", "batch_waiting"),
    ):
        other = db.session.get_one(HandoffBatch, cases.known[situation]["batch_id"])
        cases.type_in(endpoint, version=other.version)


def _letters(cases: Cases) -> None:
    letter = db.session.get_one(Mailing, cases.known["mailing_confirmed"]["mailing_id"])
    cases.type_in("mailings.release", version=letter.version)
    first = db.session.get_one(Mailing, 1)
    cases.type_in("mailings.confirm", typed=len(recipients_of(first).people))
    reply = current_reply(cases.handoffs["replied"])
    assert reply is not None
    cases.type_in("answers.release", replies=f"{reply.id}:{reply.version}", confirmed_count=1)
    copy = db.session.get_one(Publication, cases.known["copied"]["publication_id"])
    cases.type_in("public.review", seen=f"{copy.id}:{copy.version}")


def _checks(cases: Cases) -> None:
    world = cases.world
    handoff = cases.handoffs["handed_off"]
    cases.type_in("handoffs.acknowledge_chosen", chosen=f"{handoff.id}-{handoff.version}")
    cases.type_in(
        "proposals.new_window",
        round=cases.by_situation["opened"].round.key,
        closes_on="令和6年9月30日",
        proposals=cases.by_situation["opened"].id,
    )
    moves = rehearse_recount(world.round, actor=world["admin"])
    cases.type_in("deadlines.recount", reason="期間の見直しのため", agreed=print_of(moves))
    case = cases.by_situation["resubmitted"]
    cases.type_in("triage.take_over", version=case.version, from_id=world["officer1"].id)
