"""Further cases (そのほかの案件): each at the step at which certain doors let somebody through."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

from app.accounts.services.bodies import set_requires_approval
from app.candidates.services.link import exempt_case
from app.core import clock
from app.deadlines.services.extensions import Extend, ask_extension
from app.handoffs.services.draft import SaveReply, Seen, ask_approval, save_reply
from app.lineage.services.duplicates import MarkDuplicate, mark_duplicate
from app.lineage.services.splitting import SplitCase, split_case
from app.proposals.models import AttachmentKind
from app.proposals.services import approval
from app.proposals.services.access_codes import IssueCode, issue_code
from app.proposals.services.attachments import (
    AddAttachments,
    Upload,
    add_attachments,
    receive_uploads,
)
from app.proposals.services.endorsements import Join, join
from app.proposals.services.joining import SetWindow, open_window
from app.proposals.services.late import RequestLate, request_late_submission
from app.proposals.services.partners import AskPartner, ask_partner
from app.rounds.models import Round
from app.rounds.services import NewRound, create_round
from app.triage.models import Pile
from app.triage.services.claims import Claim, claim
from app.triage.services.skips import Skip, skip
from app.workflow.handoffs import HandoffState, ReplyKind
from tests.authorization.cases import Cases
from tests.factories import (
    World,
    make_accepted,
    make_classified,
    make_draft,
    make_handoff,
    make_in_review,
    make_submitted,
)

TABLE = "項目,値\r\n件数,1\r\n".encode()
TEXTS = {
    "detail": "内容",
    "requested_measure": "求める措置",
    "hardship_case": "支障",
    "effect": "効果",
}


def add_rooms(cases: Cases) -> None:
    """All of them."""
    for add in (_add_desk, _add_pairs, _add_handoffs, _add_bodies_own, _add_opened):
        add(cases)


def _add_desk(cases: Cases) -> None:
    world = cases.world
    officer = world["officer1"]
    case = cases.keep("claimed", make_submitted(world))
    claim(
        case,
        Claim(version=case.version, pile=Pile.FORM_CHECK, term=timedelta(hours=2)),
        actor=officer,
    )
    case = cases.keep("skipped", make_submitted(world))
    tomorrow = clock.today() + timedelta(days=2)
    skip(case, Skip(version=case.version, until=tomorrow, reason="資料を待つ"), actor=officer)
    case = cases.keep("extension_asked", make_submitted(world))
    later = clock.today() + timedelta(days=60)
    asked = Extend(version=case.version, due_on=later, reason="照会中のため")
    ask_extension(case, asked, actor=officer)
    case = cases.keep("exempt", make_classified(world))
    exempt_case(case, reason="対象候補にしない", actor=world["lead"])


def _add_pairs(cases: Cases) -> None:
    world = cases.world
    officer = world["officer1"]
    case = cases.keep("split", make_accepted(world))
    texts = tuple({"title": title, **TEXTS} for title in ("一つ目", "二つ目"))
    split_case(
        case, SplitCase(version=case.version, texts=texts, reason="二件のため"), actor=officer
    )
    cases.keep("accepted", make_accepted(world))
    case, other = cases.keep("duplicate", make_in_review(world)), make_in_review(world)
    command = MarkDuplicate(version=case.version, duplicate_of=other, reason="同じ内容")
    mark = mark_duplicate(case, command, actor=officer)
    cases.know("duplicate", mark_id=mark.id, other=other.receipt_number)


def _add_handoffs(cases: Cases) -> None:
    world = cases.world
    for situation, state in (
        ("prepared", HandoffState.PREPARED),
        ("acknowledged", HandoffState.ACKNOWLEDGED),
        ("drafted", HandoffState.ACKNOWLEDGED),
        ("approval_asked", HandoffState.ACKNOWLEDGED),
        ("refused", HandoffState.REFUSED),
    ):
        case = cases.keep(situation, make_classified(world))
        handoff = cases.handoffs[situation] = make_handoff(world, case, state=state)
        if situation in ("drafted", "approval_asked"):
            command = SaveReply(
                seen=Seen(handoff.round_number, 0),
                kind=ReplyKind.WILL_ACT,
                text="次の改修で対応する予定です。",
                planned_on=clock.today() + timedelta(days=400),
            )
            reply = save_reply(handoff, command, actor=world["ministry"])
            if situation == "approval_asked":
                seen = Seen(handoff.round_number, reply.version)
                ask_approval(handoff, seen, actor=world["ministry"])


def _add_bodies_own(cases: Cases) -> None:
    world = cases.world
    city = world["city"]
    case = cases.keep("attached", make_draft(world))
    files = receive_uploads(case, [Upload("資料.csv", BytesIO(TABLE))], actor=city)
    command = AddAttachments(
        version=case.version, kind=AttachmentKind.REFERENCE, field="", files=files
    )
    (attachment,) = add_attachments(case, command, actor=city)
    cases.know("attached", public_id=attachment.file.public_id)
    case = cases.keep("joint_asked", make_draft(world))
    partner = world["partner-mgr"].organization_id
    asked = ask_partner(case, AskPartner(version=case.version, organization_id=partner), actor=city)
    cases.know("joint_asked", partner_id=asked.id)
    case = cases.keep("own_approval_asked", make_draft(world))
    body = city.organization
    set_requires_approval(body, True, version=body.version, actor=world["city-mgr"])
    wanted = approval.ask_approval(case, approval.AskApproval(version=case.version), actor=city)
    cases.know("own_approval_asked", approval_id=wanted.id)
    set_requires_approval(body, False, version=body.version, actor=world["city-mgr"])


def _add_opened(cases: Cases) -> None:
    """In a round that is over: a case opened to others, and a draft that came too late."""
    closed = _closed_round(cases.world)
    world = replace(cases.world, round=closed)
    with clock.at(closed.opens_at + timedelta(days=1)):
        case = cases.keep("opened", make_accepted(world))
        cases.keep("too_late", make_draft(world))
        late = cases.keep("late_asked", make_draft(world))
    command = SetWindow(
        closes_at=clock.now() + timedelta(days=20), note="", proposal_ids=frozenset({case.id})
    )
    window = open_window(closed, command, actor=world["lead"])
    join(case, Join(hardship_case="当市でも同じです。"), actor=world["other-mgr"])
    cases.know("opened", window_id=window.id)
    asked = RequestLate(version=late.version, reason="停電のため")
    wanted = request_late_submission(late, asked, actor=world["city-mgr"])
    cases.know("late_asked", late_id=wanted.id)
    code = IssueCode(
        organization=world["city"].organization,
        uses_allowed=1,
        expires_on=clock.today() + timedelta(days=9),
        reason="通信障害",
    )
    issue_code(closed, code, actor=world["lead"])


def _closed_round(world: World) -> Round:
    return create_round(
        world.round.scheme,
        NewRound(
            key="R5",
            label="令和5年",
            name="終わった募集",
            opens_at=clock.now() - timedelta(days=9),
            closes_at=clock.now() - timedelta(days=2),
        ),
        actor=world["admin"],
    )
