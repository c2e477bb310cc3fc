"""Classified cases and ministries for the tests of the batches (まとめて送付の試験)."""

from collections.abc import Sequence

from sqlalchemy import select

from app.accounts.models import Organization, OrganizationKind, Role, User, UserRole
from app.batches.models import BatchConfirmation
from app.batches.plan import plan_of
from app.batches.queries import sent_handoffs
from app.batches.services.confirming import ConfirmBatch, confirm_batch, release_batch
from app.batches.services.sending import send_due_batches
from app.batches.services.writing import BatchWords, create_batch
from app.core import clock
from app.extensions import db
from app.handoffs.models import HandoffBatch
from app.proposals.models import Proposal
from app.rounds.models import Category
from app.triage.consistency import differences
from app.triage.services.confirm import Confirm, confirm_assessment
from app.workflow.states import State
from tests.factories import PASSWORD_HASH, World, give_opinion, make_in_review


def make_ministry(name: str, *coordinators: str) -> Organization:
    """Add a ministry with its coordinators."""
    body = Organization(kind=OrganizationKind.MINISTRY, name=name)
    db.session.add(body)
    for login in coordinators:
        db.session.add(
            User(
                login=login,
                display_name=login,
                organization=body,
                password_hash=PASSWORD_HASH,
                created_at=clock.now(),
                role_grants=[UserRole(role=Role.MINISTRY_COORDINATOR)],
            )
        )
    db.session.flush()
    return body


def make_cited(world: World, key: str = "core20") -> Proposal:
    """Move a case to 分類確定 in a class that goes to ministries, citing the row of the world."""
    proposal = make_in_review(world)
    opinion = give_opinion(world, proposal, key)
    compared_with = tuple(row.number for row in differences(world["officer2"], proposal))
    command = Confirm(
        version=proposal.version, assessment_id=opinion.id, compared_with=compared_with
    )
    confirm_assessment(proposal, command, actor=world["officer2"])
    return proposal


def make_many(world: World, ministries: Sequence[Organization], count: int) -> None:
    """Add classified cases at once, one ministry after the other (一括)."""
    category = db.session.scalars(select(Category).where(Category.key == "core20")).one()
    now = clock.now()
    texts = ("detail", "requested_measure", "hardship_case", "effect", "legal_basis")
    others = ("adoption_status", "bunken_control_number", "contact_department", "contact_email")
    db.session.add_all(
        Proposal(
            round_id=world.round.id,
            organization_id=world["city"].organization_id,
            receipt_sequence=number,
            receipt_number=f"R6-{number:04}",
            title=f"提案{number}",
            **dict.fromkeys((*texts, *others, "search_key"), ""),
            is_viewpoint_new_issue=True,
            is_viewpoint_reform_burden=False,
            is_viewpoint_timely_data=False,
            is_late=False,
            ministry_id=ministries[number % len(ministries)].id,
            state=State.CLASSIFIED,
            state_since=now,
            submitted_at=now,
            category_id=category.id,
            created_by_id=world["city"].id,
            created_at=now,
        )
        for number in range(1, count + 1)
    )
    db.session.flush()


def make_batch(world: World, *cases: Proposal, by: str = "officer1") -> HandoffBatch:
    """Take cases into a batch."""
    words = BatchWords(title="共通化提案の送付について", letter_number="事務連絡第1号")
    return create_batch(world.round, words, [case.id for case in cases], actor=world[by])


def confirm(
    world: World, batch: HandoffBatch, by: str = "officer1", *, needs_second: bool = False
) -> BatchConfirmation:
    """Confirm a batch as it stands (送付の確認); `needs_second`: as if it went to many."""
    plan = plan_of(batch)
    command = ConfirmBatch(version=batch.version, seen=plan.digest(), typed=str(len(plan.handoffs)))
    confirmation = confirm_batch(batch, command, actor=world[by])
    if needs_second:
        confirmation.needs_second = True
        confirmation.released_by = confirmation.released_at = confirmation.sends_at = None
        db.session.flush()
    return confirmation


def pass_time(confirmation: BatchConfirmation) -> int:
    """Let the time for second thoughts pass and the job run (猶予の後); return what was sent."""
    assert confirmation.sends_at is not None
    with clock.at(confirmation.sends_at):
        return send_due_batches(confirmation.sends_at)


def send(world: World, batch: HandoffBatch, by: str = "officer1", second: str = "officer2") -> int:
    """Send a batch as it stands, by two people where it needs them; return its hand-offs."""
    confirmation = confirm(world, batch, by)
    if confirmation.needs_second:
        release_batch(batch, batch.version, actor=world[second])
    assert pass_time(confirmation) == 1
    return len(sent_handoffs(batch))
