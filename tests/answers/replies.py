"""Sent and released replies for the tests, made by the services (回答の用意)."""

from datetime import date

from app.accounts.models import Organization
from app.answers.services.release import ChosenReply, Release, release_replies
from app.handoffs.models import BodyView, Handoff, Reply
from app.handoffs.queries import awaited_view, current_reply
from app.handoffs.services.draft import SaveReply, Seen, save_reply
from app.handoffs.services.send_reply import send_reply
from app.proposals.models import Proposal
from app.workflow.handoffs import HandoffPart, HandoffState, ReplyKind
from tests.factories import World, make_classified, make_handoff

TEXT = "次の改修で対応する予定です。"
PLANNED_ON = date(2031, 3, 31)


def answer_handoff(
    world: World,
    handoff: Handoff,
    text: str = TEXT,
    kind: ReplyKind = ReplyKind.WILL_ACT,
    planned_on: date | None = PLANNED_ON,
) -> Reply:
    """Write and send the reply of the running round."""
    actor = world["digital-coord" if handoff.destination.name == "デジタル庁" else "coordinator"]
    seen = Seen(handoff.round_number, 0)
    command = SaveReply(seen=seen, kind=kind, text=text, planned_on=planned_on)
    reply = save_reply(handoff, command, actor=actor)
    send_reply(handoff, Seen(handoff.round_number, reply.version), actor=actor)
    return reply


def make_reply(
    world: World,
    proposal: Proposal | None = None,
    *,
    to: Organization | None = None,
    part: HandoffPart = HandoffPart.LEAD,
    text: str = TEXT,
    kind: ReplyKind = ReplyKind.WILL_ACT,
    planned_on: date | None = PLANNED_ON,
) -> Reply:
    """Send a reply to a classified case that was handed off."""
    case = proposal or make_classified(world)
    handoff = make_handoff(world, case, state=HandoffState.ACKNOWLEDGED, to=to, part=part)
    return answer_handoff(world, handoff, text, kind, planned_on)


def chosen(*replies: Reply) -> tuple[ChosenReply, ...]:
    """The replies as they are now, as a release names them."""
    return tuple(ChosenReply(reply_id=row.id, version=row.version) for row in replies)


def release(world: World, *replies: Reply) -> None:
    """Release replies as the lead."""
    command = Release(replies=chosen(*replies), confirmed_count=len(replies))
    release_replies(world.round, command, actor=world["lead"])


def asked_view(proposal: Proposal) -> BodyView:
    """The view that is awaited."""
    view = awaited_view(proposal)
    assert view is not None
    return view


def reply_now(handoff: Handoff) -> Reply:
    """The reply of the running round."""
    reply = current_reply(handoff)
    assert reply is not None
    return reply
